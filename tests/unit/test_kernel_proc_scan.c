#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "kernel/proc_scan.h"
#include "test_kernel_tree.h"

static int visits[4096];
static int total;
static struct proc_scan *scan;

static bool visit(pid_t pid, void *user)
{
    ck_assert_ptr_eq(user, visits);
    ck_assert_int_lt(pid, 4096);
    visits[pid]++;
    total++;
    return false;
}

static bool step(int seconds)
{
    total = 0;
    memset(visits, 0, sizeof(visits));
    return proc_scan_step(scan, seconds * NS_PER_S, visit, visits);
}

static void newest_is(int pid)
{
    char text[64];
    snprintf(text, sizeof(text), "0.00 0.01 0.05 1/123 %d\n", pid);
    tree_put("/proc/loadavg", text);
}

static void add(int pid)
{
    char name[64];
    snprintf(name, sizeof(name), "/proc/%d/comm", pid);
    tree_put(name, "x\n");
}

static void set_up(void)
{
    tree_make();
    tree_put("/proc/self/comm", "x");
    scan = proc_scan_new(tree_root, 60 * NS_PER_S, true);
}

static void tear_down(void)
{
    proc_scan_free(scan);
    proc_scan_free(NULL);
    tree_remove();
}

START_TEST(the_first_step_sees_all_and_later_ones_what_came)
{
    for (int pid = 1; pid <= 1000; pid++)
        add(pid);
    newest_is(1000);
    ck_assert(step(1));
    ck_assert_int_eq(total, 1000);
    ck_assert(!step(3));
    ck_assert_int_eq(total, 0);
    newest_is(1003);
    step(5);
    ck_assert_int_eq(total, 3);
    ck_assert_int_eq(visits[1001] + visits[1002] + visits[1003], 3);
    step(7); /* once more: they have taken their names by now */
    ck_assert_int_eq(total, 3);
    step(9);
    ck_assert_int_eq(total, 0);
}
END_TEST

START_TEST(without_haste_each_is_seen_once)
{
    proc_scan_free(scan);
    scan = proc_scan_new(tree_root, 60 * NS_PER_S, false);
    newest_is(1000);
    step(1);
    newest_is(1003);
    step(3);
    ck_assert_int_eq(total, 0);
    newest_is(1004);
    step(5);
    ck_assert_int_eq(total, 3);
    step(7);
    ck_assert_int_eq(total, 1);
    ck_assert_int_eq(visits[1004], 1);
    step(9);
    ck_assert_int_eq(total, 0);
}
END_TEST

START_TEST(a_pass_comes_in_slices)
{
    for (int pid = 1; pid <= 1000; pid++)
        add(pid);
    newest_is(1000);
    step(1);
    ck_assert(!step(60));
    ck_assert_int_eq(total, 0);
    int steps = 0, all = 0;
    ck_assert(step(61));
    for (; total > 0; steps++) {
        ck_assert_int_le(total, 400);
        all += total;
        ck_assert(!step(63));
    }
    ck_assert_int_eq(steps, 3);
    ck_assert_int_eq(all, 1000);
    proc_scan_anew(scan);
    ck_assert(step(65));
    ck_assert_int_eq(total, 400);
}
END_TEST

START_TEST(a_flood_or_a_wrap_is_left_to_the_pass)
{
    add(1);
    newest_is(3000);
    step(1);
    step(2);
    newest_is(5); /* pids began anew */
    step(3);
    step(4);
    ck_assert_int_eq(total, 0);
    step(5);
    newest_is(2000);
    ck_assert(!step(6));
    ck_assert_int_eq(total, 0);
    ck_assert(step(31)); /* which comes sooner then */
    ck_assert_int_eq(visits[1], 1);
    ck_assert(!step(61));
    ck_assert(step(91));
}
END_TEST

START_TEST(without_loadavg_there_is_still_the_pass)
{
    add(7);
    ck_assert(step(1));
    ck_assert_int_eq(total, 1);
    tree_put("/proc/loadavg", "junk");
    step(2);
    step(3);
    ck_assert(step(61));
    ck_assert_int_eq(visits[7], 1);
}
END_TEST

static pid_t wanted;
static int found, others;

static bool look(pid_t pid, void *user)
{
    (void)user;
    if (pid == wanted)
        found++;
    else
        others++;
    return true;
}

START_TEST(a_real_process_is_met_twice_and_nobody_old_with_it)
{
    struct proc_scan *real = proc_scan_new("", 3600 * NS_PER_S, true);
    wanted = getpid();
    proc_scan_step(real, 1, look, NULL);
    ck_assert_int_eq(found, 1);
    proc_scan_step(real, 2, look, NULL);
    found = 0;
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    proc_scan_step(real, 3, look, NULL);
    ck_assert_int_eq(found, 0);
    wanted = child;
    for (int i = 0; i < 5; i++)
        proc_scan_step(real, 4, look, NULL);
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    /* Three steps of this test's saw it, two as a newcomer. */
    ck_assert_int_ge(found, 1);
    ck_assert_int_le(found, 2);
    proc_scan_free(real);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel proc scan");
    TCase *tcase = tcase_create("scan");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, the_first_step_sees_all_and_later_ones_what_came);
    tcase_add_test(tcase, without_haste_each_is_seen_once);
    tcase_add_test(tcase, a_pass_comes_in_slices);
    tcase_add_test(tcase, a_flood_or_a_wrap_is_left_to_the_pass);
    tcase_add_test(tcase, without_loadavg_there_is_still_the_pass);
    tcase_add_test(tcase, a_real_process_is_met_twice_and_nobody_old_with_it);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
