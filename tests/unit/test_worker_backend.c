#include "backend/backend.h"

#include <check.h>
#include <string.h>
#include <unistd.h>

#include "backend/trace.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "test_worker_fake.h"

static int bare_open(struct backend **ret, const char *arg, struct error *err)
{
    extern const struct backend_ops bare_ops;

    if (strcmp(arg, "broken") == 0)
        return error_set(err, ERR_IO, NULL, "broken");
    *ret = xcalloc(1, sizeof(**ret));
    (*ret)->ops = &bare_ops;
    return 0;
}

static void bare_close(struct backend *backend)
{
    free(backend);
}

/* What is required and no more. */
const struct backend_ops bare_ops = {.name = "bare", .open = bare_open, .close = bare_close};

START_TEST(sources_find_their_backend)
{
    static const struct {
        const char *source, *name, *arg;
    } cases[] = {{"host", "host", ""},
                 {"sim", "sim", ""},
                 {"sim:", "sim", ""},
                 {"sim:vms=3,seed=1:2", "sim", "vms=3,seed=1:2"}};
    const struct backend_ops *ops = NULL;
    const char *arg = NULL;

    ck_assert_int_eq(backend_find(cases[_i].source, &ops, &arg, NULL), 0);
    ck_assert_str_eq(ops->name, cases[_i].name);
    ck_assert_str_eq(arg, cases[_i].arg);
}
END_TEST

START_TEST(unknown_sources_are_refused)
{
    static const char *const sources[] = {"",        ":",     "hos",       "hosts", "libvirt",
                                          "libvir:", "lxc",   "lxcx:/",    "../x:", "simx:1",
                                          "HOST",    " host", "backend:x", "lx:c"};
    const struct backend_ops *ops = &bare_ops;
    const char *arg = "untouched";
    struct error err;

    for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
        ck_assert_int_eq(backend_find(sources[i], &ops, &arg, &err), ERR_USAGE);
        ck_assert_ptr_eq(ops, &bare_ops);
        ck_assert_str_eq(arg, "untouched");
    }
}
END_TEST

/* No module beside this program loads: it exports nothing that a module needs. */
START_TEST(a_missing_module_names_the_package)
{
    const struct backend_ops *ops = NULL;
    const char *arg = NULL;
    struct error err;

    ck_assert_int_eq(backend_find("lxc:/var/lib/lxc", &ops, &arg, &err), ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.remedy, "liblxc1"));
    ck_assert_int_eq(backend_find("libvirt:qemu:///system", &ops, &arg, &err), ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.remedy, "libvirt0"));
    ck_assert_ptr_null(ops);
}
END_TEST

static void check_bare(struct backend *backend)
{
    struct frame_do request = {.action = ACTION_START, .key = (char *)"k"};
    struct frame_ask question = {.question = (char *)"addresses", .key = (char *)"k"};
    struct frame_answer answer = {0};
    struct want want = {.period_ns = NS_PER_S};
    struct pollfd fds[BACKEND_POLL_MAX];
    struct error err;

    ck_assert_ptr_null(backend->ops->tick);
    ck_assert_ptr_null(backend->ops->act);
    ck_assert_str_eq(backend->ops->name, "bare");
    backend_tick(backend, &want, NULL, 1);
    ck_assert_uint_eq(backend_poll_fds(backend, fds), 0);
    ck_assert(!backend_ready(backend, &want, NULL, fds, 0));
    ck_assert_int_eq(backend_act(backend, &request, NULL, &err), ERR_UNSUPPORTED);
    ck_assert_str_eq(err.message, "the bare backend cannot change guests");
    ck_assert_int_eq(backend_ask(backend, &question, &answer, &err), ERR_UNSUPPORTED);
    backend_close(backend);
}

START_TEST(empty_slots_are_unsupported)
{
    struct backend *backend = NULL;
    struct error err;

    backend_close(NULL);
    ck_assert_int_eq(backend_open(&bare_ops, &backend, "broken", &err), ERR_IO);
    ck_assert_ptr_null(backend);
    ck_assert_int_eq(backend_open(&bare_ops, &backend, "", &err), 0);
    check_bare(backend);
    backend = NULL;
    ck_assert_int_eq(trace_open(&bare_ops, &backend, "broken", &err), ERR_IO);
    ck_assert_str_eq(err.message, "broken");
    ck_assert_ptr_null(backend);
    ck_assert_int_eq(trace_open(&bare_ops, &backend, "", &err), 0);
    check_bare(backend);
}
END_TEST

START_TEST(traced_calls_keep_their_result_and_are_logged)
{
    struct frame_do request = {.action = ACTION_RESET, .key = (char *)"evil\x1b[2J\nkey"};
    struct frame_ask question = {.question = (char *)"addresses", .key = (char *)"k"};
    struct frame_answer answer = {0};
    struct backend *backend = NULL;
    struct pollfd fds[BACKEND_POLL_MAX];
    struct error err = {0};
    char log[4096] = "";
    int tube[2];

    ck_assert_int_eq(pipe(tube), 0);
    log_to(tube[1], "trace");
    ck_assert_int_eq(trace_open(&fake_ops, &backend, "ready", &err), 0);
    ck_assert_uint_eq(backend_poll_fds(backend, fds), 1);
    ck_assert_int_eq(backend_act(backend, &request, NULL, &err), ERR_CHANGED);
    ck_assert_int_eq(err.code, ERR_CHANGED);
    ck_assert_str_eq(err.message, "it is another guest now");
    ck_assert_int_eq(backend_act(backend, &request, NULL, NULL), ERR_CHANGED);
    ck_assert_int_eq(backend_ask(backend, &question, &answer, NULL), 0);
    ck_assert_str_eq(answer.values[0], "10.0.0.7");
    free(answer.values[0]);
    backend_close(backend);
    log_to(-1, "");
    ck_assert_int_gt(read(tube[0], log, sizeof(log) - 1), 0);
    ck_assert_ptr_nonnull(strstr(log, "open: ok"));
    ck_assert_ptr_nonnull(strstr(log, "act: -10 it is another guest now"));
    ck_assert_ptr_nonnull(strstr(log, "ask: ok"));
    ck_assert_ptr_nonnull(strstr(log, "close: "));
    ck_assert_ptr_null(strchr(log, '\x1b'));
    close(tube[0]);
    close(tube[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend");
    TCase *tc = tcase_create("dispatch");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tc, sources_find_their_backend, 0, 4);
    tcase_add_test(tc, unknown_sources_are_refused);
    tcase_add_test(tc, a_missing_module_names_the_package);
    tcase_add_test(tc, empty_slots_are_unsupported);
    tcase_add_test(tc, traced_calls_keep_their_result_and_are_logged);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
