#include "backend/calls.h"

#include <check.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"

/* Each test has a process of its own, and so a fresh count. */

START_TEST(the_slowest_of_the_last_minute)
{
    struct cost cost;
    int64_t now = clock_mono_ns();

    calls_read(&cost, now);
    ck_assert_uint_eq(cost.calls, 0);
    ck_assert_str_eq(cost.slowest.what, "");
    calls_note("a tick", 5 * NS_PER_MS);
    calls_note("a tick", 3 * NS_PER_MS);
    calls_end(calls_begin("virDomainGetInfo", "web"));
    calls_read(&cost, now);
    ck_assert_uint_eq(cost.calls, 1);
    ck_assert_str_eq(cost.slowest.what, "a tick");
    ck_assert_int_eq(cost.slowest.took_ns, 5 * NS_PER_MS);
    ck_assert(!cost.slowest.running);
    calls_read(&cost, now + 70 * NS_PER_S);
    ck_assert_str_eq(cost.slowest.what, "");
    ck_assert_uint_eq(cost.calls, 1);
}
END_TEST

START_TEST(what_hangs_is_slow_as_well)
{
    struct cost cost;
    int call = calls_begin("virDomainListGetStats", "db");

    calls_note("a tick", 5 * NS_PER_MS);
    calls_read(&cost, clock_mono_ns() + 100 * NS_PER_S);
    ck_assert_str_eq(cost.slowest.what, "virDomainListGetStats");
    ck_assert_str_eq(cost.slowest.about, "db");
    ck_assert(cost.slowest.running);
    ck_assert_int_ge(cost.slowest.took_ns, 100 * NS_PER_S);
    calls_end(call);
    calls_read(&cost, clock_mono_ns() + 100 * NS_PER_S);
    ck_assert_str_eq(cost.slowest.what, "");
}
END_TEST

START_TEST(names_are_cut_and_room_is_bounded)
{
    char name[4096];
    struct cost cost;
    int call[40];

    memset(name, 'x', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    for (int i = 0; i < 40; i++)
        call[i] = calls_begin(name, name);
    ck_assert_int_eq(call[39], -1);
    calls_read(&cost, clock_mono_ns() + NS_PER_S);
    ck_assert_uint_eq(cost.calls, 40);
    ck_assert_uint_eq(strlen(cost.slowest.about), COST_ABOUT_MAX - 1);
    for (int i = 0; i < 40; i++)
        calls_end(call[i]);
    ck_assert_int_ge(calls_begin("again", NULL), 0);
}
END_TEST

static void *call_often(void *unused)
{
    for (int i = 0; i < 10000; i++)
        calls_end(calls_begin("a", "b"));
    return unused;
}

START_TEST(threads_lose_no_call)
{
    pthread_t thread[4];
    struct cost cost;

    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, call_often, NULL), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    calls_read(&cost, clock_mono_ns());
    ck_assert_uint_eq(cost.calls, 40000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend/calls");
    TCase *tc = tcase_create("calls");
    SRunner *runner = srunner_create(suite);

    suite_add_tcase(suite, tc);
    tcase_add_test(tc, the_slowest_of_the_last_minute);
    tcase_add_test(tc, what_hangs_is_slow_as_well);
    tcase_add_test(tc, names_are_cut_and_room_is_bounded);
    tcase_add_test(tc, threads_lose_no_call);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
