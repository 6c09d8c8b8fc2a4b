/* When a daemon was started anew while its guests ran on. */
// sources: src/backend/libvirt/restart.c src/backend/libvirt/uri.c
#include "backend/libvirt/restart.h"

#include <check.h>

#include "base/clock.h"
#include "base/error.h"
#include "test_kernel_tree.h"

#define S NS_PER_S

static void put_process(int pid, const char *comm, int start)
{
    char path[64], text[256];

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    snprintf(text, sizeof(text),
             "%d (%s) S 1 77 77 0 -1 0 0 0 0 0 5 6 0 0 20 0 3 0 %d 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 "
             "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
             pid, comm, start);
    tree_put(path, text);
}

START_TEST(a_pid_file_is_believed_only_with_the_name)
{
    struct proc_identity id = {0};

    ck_assert_int_eq(lv_restart_find(tree_root, "/run", &id), ERR_GONE);
    put_process(70, "libvirtd", 4711);
    tree_put("/run/libvirtd.pid", "70\n");
    ck_assert_int_eq(lv_restart_find(tree_root, "/run", &id), 0);
    ck_assert_int_eq(id.pid, 70);
    ck_assert_uint_eq(id.start_ticks, 4711);

    /* One that was left behind, and a pid that somebody else has now. */
    static const char *const bad[] = {"71", "-70", "1", "", "x", "99999999999999999999"};
    put_process(71, "libvirtd-x", 1);
    put_process(1, "libvirtd", 1);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        tree_put("/run/libvirtd.pid", bad[i]);
        ck_assert_int_eq(lv_restart_find(tree_root, "/run", &id), ERR_GONE);
    }
    ck_assert_int_eq(id.pid, 70);

    put_process(72, "virtqemud", 5);
    tree_put("/run/virtqemud.pid", "72");
    ck_assert_int_eq(lv_restart_find(tree_root, "/run", &id), 0);
    ck_assert_int_eq(id.pid, 72);
}
END_TEST

START_TEST(a_daemon_younger_than_a_guest_was_restarted)
{
    struct lv_restart restart = {0};
    const struct proc_identity daemon = {70, 5000};

    lv_restart_take(&restart, &daemon, 58000, 0, 1000 * S); /* no guest runs: nobody knows */
    ck_assert_int_eq(restart.restarted_ns, 0);
    lv_restart_take(&restart, &daemon, 59000, 5001, 1001 * S); /* it has started that guest */
    ck_assert_int_eq(restart.restarted_ns, 0);
    lv_restart_take(&restart, &daemon, 60000, 4999, 1002 * S);
    ck_assert_int_eq(restart.restarted_ns, 942 * S);
    /* The old guest goes; what was is still true. */
    lv_restart_take(&restart, &daemon, 61000, 5001, 1003 * S);
    ck_assert_int_eq(restart.restarted_ns, 942 * S);
}
END_TEST

START_TEST(another_daemon_than_before_is_a_restart)
{
    struct lv_restart restart = {0};

    lv_restart_take(&restart, &(struct proc_identity){70, 5000}, 58000, 0, 1000 * S);
    lv_restart_take(&restart, &(struct proc_identity){70, 9000}, 2000, 0, 1010 * S);
    ck_assert_int_eq(restart.restarted_ns, 1008 * S);
    /* Started before the clock began, which stands still in suspend. */
    lv_restart_take(&restart, &(struct proc_identity){71, 1}, 9000000, 0, 1011 * S);
    ck_assert_int_eq(restart.restarted_ns, 1);
}
END_TEST

START_TEST(nothing_is_looked_for_all_the_time)
{
    struct lv_restart restart = {0};
    struct lv_uri uri = {.pid_dir = (char *)"/nowhere"};

    lv_restart_step(&restart, &uri, 1, 10 * S);
    ck_assert_int_eq(restart.restarted_ns, 0);
    int64_t due = restart.due_ns;
    ck_assert_int_gt(due, 10 * S);
    lv_restart_step(&restart, &uri, 1, 11 * S);
    ck_assert_int_eq(restart.due_ns, due);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("libvirt restart");
    TCase *tcase = tcase_create("restart");

    tcase_add_checked_fixture(tcase, tree_make, tree_remove);
    tcase_add_test(tcase, a_pid_file_is_believed_only_with_the_name);
    tcase_add_test(tcase, a_daemon_younger_than_a_guest_was_restarted);
    tcase_add_test(tcase, another_daemon_than_before_is_a_restart);
    tcase_add_test(tcase, nothing_is_looked_for_all_the_time);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
