// sources: src/backend/lxc/monitor.c src/backend/lxc/call.c
// libraries: LXC
#include "backend/lxc/monitor.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/lxc/call.h"

static struct lxc_path path = {.given = (char *)"/var/lib/lxc", .real = (char *)"/srv/lxc"};

static const char *name_in(const char *title)
{
    size_t len;
    return lxc_title_name(title, strlen(title) + 1, &path, &len);
}

START_TEST(a_title_names_its_container)
{
    size_t len;
    ck_assert_str_eq(name_in("[lxc monitor] /var/lib/lxc a1"), "a1");
    ck_assert_str_eq(name_in("[lxc monitor] /var/lib/lxc two  words "), "two  words ");
    ck_assert_str_eq(name_in("[lxc monitor] /var/lib/lxc// -rf"), "-rf");
    ck_assert_str_eq(name_in("[lxc monitor] /srv/lxc \033[31mred\xff"), "\033[31mred\xff");
    lxc_title_name("[lxc monitor] /srv/lxc/ a", 26, &path, &len);
    ck_assert_uint_eq(len, strlen("/srv/lxc/"));
}
END_TEST

START_TEST(other_titles_name_none)
{
    static const char *const titles[] = {
        "",
        "[lxc monitor]",
        "[lxc monitor] ",
        "[lxc monitor] /var/lib/lxc",
        "[lxc monitor] /var/lib/lxc ",
        "[lxc monitor] /var/lib/lxcx a1",
        "[lxc monitor] /var/lib a1",
        "[lxc monitor] /home/me/lxc a1",
        "x[lxc monitor] /var/lib/lxc a1",
        "vi [lxc monitor] /var/lib/lxc a1",
    };
    for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
        ck_assert_msg(!name_in(titles[i]), "%s", titles[i]);
}
END_TEST

START_TEST(a_path_loses_its_slashes)
{
    struct lxc_path made;
    lxc_path_init(&made, "/nonexistent/lxc///");
    ck_assert_str_eq(made.given, "/nonexistent/lxc");
    ck_assert_ptr_null(made.real);
    lxc_path_clear(&made);
    lxc_path_init(&made, "/");
    ck_assert_str_eq(made.given, "/");
    lxc_path_clear(&made);
}
END_TEST

START_TEST(a_group_must_fit_the_name)
{
    ck_assert(lxc_cgroup_fits("4:memory:/lxc.monitor.a1\n0::/lxc.monitor.a1\n", "a1"));
    ck_assert(lxc_cgroup_fits("0::/lxc.monitor.a1-12\n", "a1"));
    ck_assert(lxc_cgroup_fits("0::/outer/lxc.monitor.a1/inner\n", "a1"));
    ck_assert(lxc_cgroup_fits("0::/own/place\n", "a1"));
    ck_assert(lxc_cgroup_fits("", "a1"));
    ck_assert(!lxc_cgroup_fits("0::/lxc.monitor.a11\n", "a1"));
    ck_assert(!lxc_cgroup_fits("0::/lxc.monitor.a1-x\n", "a1"));
    ck_assert(!lxc_cgroup_fits("0::/lxc.monitor.b c\n", "c"));
}
END_TEST

START_TEST(a_claim_is_not_enough)
{
    struct lxc_monitor monitor;
    struct proc_identity init;
    ck_assert(!lxc_monitor_probe(getpid(), &path, &monitor));
    ck_assert(!lxc_monitor_probe(0x7ffffff0, &path, &monitor));
    ck_assert(!lxc_monitor_find(&path, "no such container here", &monitor));
    ck_assert(!lxc_monitor_init(getpid(), &init));
}
END_TEST

START_TEST(the_dead_do_not_live)
{
    struct proc_identity id = {0};
    struct proc_stat stat;
    ck_assert(!lxc_process_lives(&id));
    pid_t pid = fork();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    ck_assert_int_eq(proc_read_stat("", pid, &stat), 0);
    ck_assert(lxc_process_lives(&stat.id));
    id = stat.id;
    id.start_ticks++;
    ck_assert(!lxc_process_lives(&id)); /* another one with its number */
    kill(pid, SIGKILL);
    siginfo_t info;
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    ck_assert(!lxc_process_lives(&stat.id)); /* a zombie */
    ck_assert_int_eq(lxc_process_state(pid), 'Z');
    waitpid(pid, NULL, 0);
    ck_assert_int_eq(lxc_process_state(pid), 0);
}
END_TEST

#define LINE(text) "lxc c 20240102030405.678 ERROR    part - ../src/lxc/x.c:f:12 - " text "\n"

static const char *reason_of(const char *log)
{
    static char buf[300];
    return lxc_log_reason(log, buf, sizeof(buf)) ? buf : NULL;
}

START_TEST(a_log_gives_its_first_reason)
{
    ck_assert_str_eq(reason_of(LINE("Failed to spawn.") LINE("more")), "Failed to spawn");
    ck_assert_str_eq(reason_of("lxc c 2024 INFO     x - y:z:1 - fine\n" LINE("bad")), "bad");
    ck_assert_str_eq(reason_of(LINE("No such file or directory - Failed to open \"/x\"")),
                     "Failed to open \"/x\": No such file or directory");
    ck_assert_str_eq(reason_of(LINE("a - b")), "a - b");
    ck_assert_str_eq(
        reason_of(LINE("Script exited with status 3") LINE("Failed to run lxc.hook.pre-start")),
        "Failed to run lxc.hook.pre-start: Script exited with status 3");
    ck_assert_str_eq(reason_of(LINE("Script exited with status 3")), "Script exited with status 3");
}
END_TEST

START_TEST(a_log_without_one_gives_none)
{
    ck_assert_ptr_null(reason_of(""));
    ck_assert_ptr_null(reason_of(" ERROR "));
    ck_assert_ptr_null(reason_of(" ERROR  a - b\n"));
    ck_assert_ptr_null(reason_of(LINE("")));
    char longest[4096];
    memset(longest, 'x', sizeof(longest));
    memcpy(longest, LINE("No such process - "), strlen(LINE("No such process - ")) - 1);
    longest[sizeof(longest) - 1] = '\0';
    ck_assert_uint_lt(strlen(reason_of(longest)), 160);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lxc monitor");
    TCase *all = tcase_create("all");
    tcase_add_test(all, a_title_names_its_container);
    tcase_add_test(all, other_titles_name_none);
    tcase_add_test(all, a_path_loses_its_slashes);
    tcase_add_test(all, a_group_must_fit_the_name);
    tcase_add_test(all, a_claim_is_not_enough);
    tcase_add_test(all, the_dead_do_not_live);
    tcase_add_test(all, a_log_gives_its_first_reason);
    tcase_add_test(all, a_log_without_one_gives_none);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
