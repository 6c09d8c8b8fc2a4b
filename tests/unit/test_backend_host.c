/* The host backend through its contract, on this machine's own /proc, with a sink of the test's. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "backend/backend.h"
#include "base/clock.h"

struct sink {
    int up, hosts, answered, storages;
    struct host_sample host;
};

void sink_source(struct sink *sink, enum source_state state, const struct error *why,
                 const char *note)
{
    (void)note;
    ck_assert_int_eq(state, SOURCE_UP);
    ck_assert_ptr_null(why);
    sink->up++;
}

void sink_host(struct sink *sink, const struct host_sample *sample)
{
    sink->hosts++;
    sink->host = *sample;
}

void sink_storage(struct sink *sink, const struct storage_report *report)
{
    sink->storages++;
    ck_assert_uint_le(report->places, STORAGE_PLACES_MAX);
}

void sink_answered(struct sink *sink)
{
    sink->answered++;
}

START_TEST(every_tick_gives_one_host_sample)
{
    struct backend *backend = NULL;
    struct error err = {0};
    ck_assert_int_eq(backend_host_ops.open(&backend, "", &err), 0);
    ck_assert_ptr_eq(backend->ops, &backend_host_ops);
    struct sink *sink = calloc(1, sizeof(*sink));
    ck_assert_ptr_nonnull(sink);
    struct want want = {.period_ns = NS_PER_S};
    for (int i = 1; i <= 3; i++) {
        backend_host_ops.tick(backend, &want, sink, i * NS_PER_S);
        ck_assert_int_eq(sink->hosts, i);
        ck_assert_int_eq(sink->host.at_ns, i * NS_PER_S);
        ck_assert(sink->host.has_cpu && sink->host.has_memory);
    }
    ck_assert_int_ge(sink->up, 1);
    ck_assert_int_ge(sink->answered, 1);
    backend_host_ops.close(backend);
    free(sink);
}
END_TEST

START_TEST(an_argument_is_refused)
{
    struct backend *backend = NULL;
    struct error err = {0};
    ck_assert_int_eq(backend_host_ops.open(&backend, "x", &err), ERR_USAGE);
    ck_assert_ptr_null(backend);
    ck_assert_uint_gt(strlen(err.message), 0);
    ck_assert_str_eq(backend_host_ops.name, "host");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend/host");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_tick_gives_one_host_sample);
    tcase_add_test(tests, an_argument_is_refused);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
