/* Whom the kernel's log says was killed for want of memory. */
#include "kernel/oom_log.h"

#include <check.h>
#include <stdlib.h>

START_TEST(victims_are_read_from_the_kernels_own_words)
{
    ck_assert_int_eq(
        oom_log_victim("3,1042,2545638002,-;Memory cgroup out of memory: Killed process 20463 "
                       "(qemu-system-x86) total-vm:1726264kB, anon-rss:226880kB, UID:64055\n"),
        20463);
    ck_assert_int_eq(oom_log_victim("3,7,99,-,caller=T1;Out of memory: Killed process 7 (a)\n"), 7);
    /* A program wrote that, a name holds it, and nonsense. */
    static const char *const none[] = {
        "12,7,99,-;Out of memory: Killed process 7 (a)\n",
        "6,7,99,-;Out of memory: Killed process -7 (a)\n",
        "6,7,99,-;Out of memory: Killed process 99999999999 (a)\n",
        "6,7,99,-;Out of memory: Killed process (a)\n",
        "6,7,99,-;oom_reaper: reaped process 7 (a)\n",
        "Out of memory: Killed process 7 (a)\n",
        "6,",
        "6",
        "",
    };
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        ck_assert_int_eq(oom_log_victim(none[i]), 0);
}
END_TEST

START_TEST(a_log_that_is_closed_says_nothing)
{
    struct oom_log log = {.fd = -1};

    oom_log_read(&log);
    ck_assert(!oom_log_has(&log, 0));
    ck_assert(!oom_log_has(&log, 7));
    log.killed[3] = 7;
    ck_assert(oom_log_has(&log, 7));
    oom_log_close(&log);
    oom_log_open(&log); /* whether we may or not */
    oom_log_read(&log);
    oom_log_close(&log);
    ck_assert_int_eq(log.fd, -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel/oom_log");
    TCase *tests = tcase_create("all");

    tcase_add_test(tests, victims_are_read_from_the_kernels_own_words);
    tcase_add_test(tests, a_log_that_is_closed_says_nothing);
    suite_add_tcase(suite, tests);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
