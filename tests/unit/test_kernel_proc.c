#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/error.h"
#include "kernel/proc.h"
#include "kernel/proc_text.h"
#include "kernel/watch.h"
#include "test_kernel_tree.h"

#define STAT_TEXT \
    "4242 (CPU 0) R (x) S 17 4242 4242 0 -1 4194560 100 200 3 0 250 150 30 20 20 0 5 0 123456 " \
    "999 77 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 40 0 0 0 0 0 0 0 0 0\n"
#define STATUS_TEXT \
    "Name:\tqemu\nUmask:\t0002\nState:\tS (sleeping)\nTgid:\t4242\nPid:\t4242\nUid:\t64055\t64055" \
    "\t64055\t64055\nNSpid:\t4242\t17\t1\nVmRSS:\t  2048 kB\nVmSwap:\t  12 kB\nHugetlbPages:\t   " \
    " 4096 kB\n"
#define IO_TEXT \
    "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\nread_bytes: 5000\nwrite_bytes: 6000\n" \
    "cancelled_write_bytes: 7\n"

static uint64_t tick_ns(void)
{
    return UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK);
}

START_TEST(stat_ends_the_name_at_the_last_parenthesis)
{
    struct proc_stat stat;
    ck_assert_int_eq(proc_parse_stat(STAT_TEXT, &stat), 0);
    ck_assert_int_eq(stat.id.pid, 4242);
    ck_assert_str_eq(stat.comm, "CPU 0) R (x");
    ck_assert_int_eq(stat.state, 'S');
    ck_assert_int_eq(stat.parent, 17);
    ck_assert_uint_eq(stat.major_faults, 3);
    ck_assert_uint_eq(stat.user_ns, 250 * tick_ns());
    ck_assert_uint_eq(stat.system_ns, 150 * tick_ns());
    ck_assert_uint_eq(stat.children_user_ns, 30 * tick_ns());
    ck_assert_uint_eq(stat.guest_ns, 40 * tick_ns());
    ck_assert_uint_eq(stat.threads, 5);
    ck_assert_uint_eq(stat.id.start_ticks, 123456);
}
END_TEST

static void use_texts(const char *text)
{
    struct proc_stat stat;
    struct proc_status status;
    struct proc_io io;
    proc_parse_stat(text, &stat);
    proc_parse_status(text, &status);
    proc_parse_io(text, &io);
}

START_TEST(spoilt_texts_are_survived)
{
    tree_spoil(STAT_TEXT, use_texts);
    tree_spoil(STATUS_TEXT, use_texts);
    tree_spoil(IO_TEXT, use_texts);
    struct proc_stat stat = {.threads = 99};
    ck_assert_int_eq(proc_parse_stat("", &stat), ERR_SYNTAX);
    ck_assert_int_eq(proc_parse_stat("1 (a) S 1 2 3", &stat), ERR_SYNTAX);
    ck_assert_int_eq(proc_parse_stat("1 )a( S 1 2 3", &stat), ERR_SYNTAX);
    ck_assert_uint_eq(stat.threads, 99);
    struct proc_io io = {.read_bytes = 99};
    ck_assert_int_eq(proc_parse_io("rchar: 1\nread_bytes: 1\n", &io), ERR_SYNTAX);
    ck_assert_uint_eq(io.read_bytes, 99);
}
END_TEST

START_TEST(status_counts_huge_pages_and_finds_the_inner_pid)
{
    struct proc_status status;
    ck_assert_int_eq(proc_parse_status(STATUS_TEXT, &status), 0);
    ck_assert(status.has_memory);
    ck_assert_int_eq(status.leader, 4242);
    ck_assert_uint_eq(status.rss_bytes, 2048 * 1024);
    ck_assert_uint_eq(status.hugetlb_bytes, 4096 * 1024);
    ck_assert_int_eq(status.inner_pid, 1);
    ck_assert_uint_eq(status.uid, 64055);
    ck_assert_int_eq(proc_parse_status("Name:\tkthreadd\nUid:\t0\t0\t0\t0\n", &status), 0);
    ck_assert(!status.has_memory);
    ck_assert_int_eq(status.inner_pid, 0);
}
END_TEST

START_TEST(command_lines_are_bounded)
{
    tree_make();
    static const char args[] = "qemu\0-uuid\0abc\0-name\0";
    tree_put_bytes("/proc/5/cmdline", args, sizeof(args) - 1);
    char buf[64];
    ssize_t len = proc_read_cmdline(tree_root, 5, buf, sizeof(buf));
    ck_assert_int_eq(len, (int)sizeof(args) - 1);
    ck_assert_str_eq(proc_cmdline_option(buf, (size_t)len, "-uuid"), "abc");
    ck_assert_ptr_null(proc_cmdline_option(buf, (size_t)len, "-name"));
    ck_assert_ptr_null(proc_cmdline_option(buf, (size_t)len, "abc-"));
    /* Cut inside the value: half a UUID must not be taken for one. */
    len = proc_read_cmdline(tree_root, 5, buf, 14);
    ck_assert_int_eq(len, 12);
    ck_assert_ptr_null(proc_cmdline_option(buf, (size_t)len, "-uuid"));
    ck_assert_int_eq(proc_read_cmdline(tree_root, 6, buf, sizeof(buf)), ERR_GONE);
    ck_assert_int_eq(proc_read_cmdline(tree_root, 5, buf, 1), ERR_USAGE);
    ck_assert_ptr_null(proc_cmdline_option("", 0, "-uuid"));
    tree_remove();
}
END_TEST

START_TEST(children_are_collected_over_threads)
{
    tree_make();
    tree_put("/proc/5/task/5/children", "10 11 ");
    tree_put("/proc/5/task/6/children", "12 ");
    tree_put("/proc/5/task/7/children", "junk 13 ");
    tree_put("/proc/5/task/x/children", "99 ");
    pid_t pids[8];
    ck_assert_int_eq(proc_children(tree_root, 5, pids, 8), 3);
    int sum = pids[0] + pids[1] + pids[2];
    ck_assert_int_eq(sum, 33);
    ck_assert_int_eq(proc_children(tree_root, 5, pids, 2), 2);
    ck_assert_int_eq(proc_children(tree_root, 9, pids, 8), ERR_GONE);
    tree_remove();
}
END_TEST

static bool find_self(pid_t pid, void *user)
{
    if (pid == getpid())
        *(bool *)user = true;
    return true;
}

START_TEST(live_own_process_is_told_from_another)
{
    struct proc_stat stat;
    ck_assert_int_eq(proc_read_stat("", getpid(), &stat), 0);
    ck_assert_int_eq(stat.parent, getppid());
    ck_assert_int_eq(stat.id.pid, getpid());
    char exe[4096];
    ck_assert_int_eq(proc_read_exe("", getpid(), exe, sizeof(exe)), 0);
    ck_assert_ptr_nonnull(strstr(exe, "/test_kernel_proc"));
    ck_assert_int_eq(proc_read_exe("", getpid(), exe, 3), 0);
    ck_assert_uint_eq(strlen(exe), 2);
    ck_assert_int_eq(proc_read_exe("/nowhere", getpid(), exe, sizeof(exe)), ERR_GONE);
    ck_assert_uint_ne(stat.id.start_ticks, 0);

    bool found = false;
    ck_assert_int_eq(proc_each("", find_self, &found), 0);
    ck_assert(found);
    ck_assert_uint_ne(proc_namespace("", getpid(), "net"), 0);
    ck_assert_uint_eq(proc_namespace("", getpid(), "net"), proc_namespace("", 0, "net"));
    ck_assert_uint_eq(proc_namespace("", getpid(), "nonsense"), 0);
    ck_assert_uint_lt(proc_age_ms(&stat.id, proc_boottime_ns()), 600000);
    ck_assert_uint_eq(proc_age_ms(&stat.id, 0), 0);
    char life[48];
    proc_life(&stat.id, life, sizeof(life));
    ck_assert_ptr_nonnull(strchr(life, ':'));
}
END_TEST

START_TEST(live_watch_follows_cpu_and_sees_the_end)
{
    pid_t child = fork();
    if (child == 0) {
        for (volatile unsigned i = 0;; i++)
            ;
    }
    struct proc_watch *watch = NULL;
    struct proc_identity id = {.pid = child};
    ck_assert_int_eq(proc_watch_new(&watch, "", &id), 0);
    struct sample first = {0}, second = {0};
    char state = 0;
    unsigned what = WATCH_CPU | WATCH_IO | WATCH_MEMORY | WATCH_WAIT;
    ck_assert_int_eq(proc_watch_read(watch, what, &first, &state), 0);
    int64_t begin = clock_mono_ns();
    do { /* a busy host gives it little */
        usleep(50000);
        ck_assert_int_eq(proc_watch_read(watch, what, &second, &state), 0);
    } while (second.value[FIELD_CPU] < first.value[FIELD_CPU] + 20000000 &&
             clock_mono_ns() < begin + 20 * NS_PER_S);
    ck_assert(sample_has(&second, FIELD_CPU) && sample_has(&second, FIELD_CPU_USER));
    ck_assert(sample_has(&second, FIELD_MEM_HOST) && sample_has(&second, FIELD_UPTIME));
    ck_assert_uint_ge(second.value[FIELD_CPU], first.value[FIELD_CPU] + 20000000);
    ck_assert_uint_lt(second.value[FIELD_CPU],
                      first.value[FIELD_CPU] + (uint64_t)(clock_mono_ns() - begin) + 100000000);
    ck_assert_msg(!sample_has(&second, FIELD_CPU_WAIT), "no vCPU, so no wait");
    ck_assert_int_eq(state, 'R');

    struct sample after = {0};
    kill(child, SIGKILL);
    siginfo_t info;
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    ck_assert_int_eq(proc_watch_read(watch, what, &after, &state), ERR_GONE); /* a zombie */
    waitpid(child, NULL, 0);
    ck_assert_int_eq(proc_watch_read(watch, what, &after, &state), ERR_GONE);
    ck_assert_uint_eq(after.valid, 0);
    struct proc_watch *none = NULL;
    ck_assert_int_eq(proc_watch_new(&none, "", &id), ERR_GONE);
    ck_assert_ptr_null(none);
    proc_watch_free(watch);
    proc_watch_free(NULL);
}
END_TEST

static void put_vcpu(int tid, const char *name, const char *schedstat)
{
    char path[64], text[512];
    snprintf(path, sizeof(path), "/proc/4242/task/%d/stat", tid);
    snprintf(text, sizeof(text), "%d (%s) %s", tid, name, strstr(STAT_TEXT, "S 17"));
    tree_put(path, text);
    snprintf(path, sizeof(path), "/proc/4242/task/%d/schedstat", tid);
    tree_put(path, schedstat);
}

static uint64_t wait_of(struct proc_watch *watch, unsigned what)
{
    struct sample sample = {0};
    ck_assert_int_eq(proc_watch_read(watch, what, &sample, NULL), 0);
    ck_assert(sample_has(&sample, FIELD_CPU_WAIT));
    return sample.value[FIELD_CPU_WAIT];
}

START_TEST(waiting_vcpus_are_summed_without_steps_back)
{
    tree_make();
    tree_put("/proc/4242/stat", STAT_TEXT);
    put_vcpu(4242, "qemu-system-x86", "1 1000000 1");
    put_vcpu(4243, "CPU 0/KVM", "50 100 3");
    put_vcpu(4244, "CPU 1/TCG", "50 200 3");
    put_vcpu(4245, "IO mon_iothread", "50 4000 3");
    put_vcpu(4246, "CPU x/KVM", "50 4000 3");
    struct proc_watch *watch = NULL;
    ck_assert_int_eq(proc_watch_new(&watch, tree_root, &(struct proc_identity){4242, 123456}), 0);
    ck_assert_uint_eq(wait_of(watch, WATCH_WAIT), 300);
    ck_assert_int_eq(proc_watch_vcpus(watch), 2);
    uint64_t run = 0;
    ck_assert(proc_watch_vcpu_run(watch, &run));
    ck_assert_uint_eq(run, 100);
    put_vcpu(4243, "CPU 0/KVM", "60 150 3");
    ck_assert_uint_eq(wait_of(watch, WATCH_WAIT), 350);
    put_vcpu(4247, "CPU 2/KVM", "1 7 1");
    ck_assert_uint_eq(wait_of(watch, WATCH_WAIT), 350);
    ck_assert_int_eq(proc_watch_vcpus(watch), 2);
    ck_assert_uint_eq(wait_of(watch, WATCH_WAIT | WATCH_THREADS), 350);
    ck_assert_int_eq(proc_watch_vcpus(watch), 3);
    put_vcpu(4247, "CPU 2/KVM", "9 17 2");
    ck_assert_uint_eq(wait_of(watch, WATCH_WAIT), 360);
    put_vcpu(4244, "CPU 1/TCG", "rubbish");
    struct sample sample = {0};
    ck_assert_int_eq(proc_watch_read(watch, WATCH_WAIT, &sample, NULL), 0);
    ck_assert(!sample_has(&sample, FIELD_CPU_WAIT));

    /* The same pid, another process. */
    tree_put("/proc/4242/stat", "4242 (other) S 1 1 1 0 -1 1 1 1 0 0 1 1 1 1 20 0 1 0 999999 1\n");
    ck_assert_int_eq(proc_watch_read(watch, WATCH_CPU, &sample, NULL), ERR_GONE);
    proc_watch_free(watch);
    tree_remove();
}
END_TEST

static void *spin(void *stop)
{
    pthread_setname_np(pthread_self(), "CPU 0/KVM");
    while (!atomic_load((atomic_bool *)stop))
        ;
    return NULL;
}

static pthread_t plug_vcpu(atomic_bool *stop)
{
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, spin, stop), 0);
    usleep(50000);
    return thread;
}

static void unplug_vcpu(pthread_t thread, atomic_bool *stop)
{
    atomic_store(stop, true);
    pthread_join(thread, NULL);
    usleep(50000);
}

START_TEST(live_vcpu_threads_are_found_by_name)
{
    atomic_bool stop = false, stop_plugged = false;
    pthread_t thread = plug_vcpu(&stop);
    struct proc_watch *watch = NULL;
    ck_assert_int_eq(proc_watch_new(&watch, "", &(struct proc_identity){.pid = getpid()}), 0);
    struct sample sample = {0};
    ck_assert_int_eq(proc_watch_read(watch, WATCH_WAIT, &sample, NULL), 0);
    ck_assert_int_eq(proc_watch_vcpus(watch), 1);
    ck_assert(sample_has(&sample, FIELD_CPU_WAIT));
    pthread_t plugged = plug_vcpu(&stop_plugged);
    ck_assert_int_eq(proc_watch_read(watch, WATCH_WAIT, &sample, NULL), 0);
    ck_assert_int_eq(proc_watch_vcpus(watch), 2);
    unplug_vcpu(plugged, &stop_plugged);
    ck_assert_int_eq(proc_watch_read(watch, WATCH_WAIT, &sample, NULL), 0);
    ck_assert_int_eq(proc_watch_vcpus(watch), 1);
    unplug_vcpu(thread, &stop);
    sample = (struct sample){0};
    ck_assert_int_eq(proc_watch_read(watch, WATCH_WAIT, &sample, NULL), 0);
    ck_assert_int_eq(proc_watch_vcpus(watch), 0);
    ck_assert(!sample_has(&sample, FIELD_CPU_WAIT));
    proc_watch_free(watch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel/proc");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, stat_ends_the_name_at_the_last_parenthesis);
    tcase_add_test(tests, spoilt_texts_are_survived);
    tcase_add_test(tests, status_counts_huge_pages_and_finds_the_inner_pid);
    tcase_add_test(tests, command_lines_are_bounded);
    tcase_add_test(tests, children_are_collected_over_threads);
    tcase_add_test(tests, live_own_process_is_told_from_another);
    tcase_add_test(tests, live_watch_follows_cpu_and_sees_the_end);
    tcase_add_test(tests, waiting_vcpus_are_summed_without_steps_back);
    tcase_add_test(tests, live_vcpu_threads_are_found_by_name);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
