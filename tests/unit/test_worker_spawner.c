/* How the spawner starts children, what they inherit, and who outlives whom. */
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "test_worker_kid.h"

static size_t count_entries(const char *path)
{
    CLEANUP_CLOSEDIR DIR *dir = opendir(path);
    size_t count = 0;

    ck_assert_ptr_nonnull(dir);
    while (readdir(dir))
        count++;
    return count;
}

static pid_t parent_of(pid_t pid)
{
    char path[64], stat[1024];
    int parent = 0;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    ck_assert_int_gt(io_read_file(AT_FDCWD, path, stat, sizeof(stat)), 0);
    ck_assert_int_eq(sscanf(strrchr(stat, ')') + 1, " %*c %d", &parent), 1);
    return parent;
}

/* Orphans come to this process, so that it sees how they end. */

static void expect_refusal(const struct spawn_request *request, size_t size, int errnum)
{
    struct spawn_answer answer;
    int fds[2];

    ck_assert_int_eq(send(spawner, request, size, 0), (ssize_t)size);
    answer = hear_spawner(fds);
    ck_assert_uint_eq(answer.kind, SPAWN_REFUSED);
    ck_assert_int_eq(answer.errnum, errnum);
}

START_TEST(bad_requests_are_refused)
{
    const struct spawn_request good = {
        .magic = SPAWN_MAGIC, .op = SPAWN_START, .role = ROLE_PROBE, .token = 1, .source = "fake:"};
    struct spawn_request bad = good;
    struct kid kid;

    bad.magic++;
    expect_refusal(&bad, sizeof(bad), EINVAL);
    expect_refusal(&good, sizeof(good) - 1, EINVAL);
    expect_refusal(&good, 1, EINVAL);
    bad = good;
    bad.op = 99;
    expect_refusal(&bad, sizeof(bad), EINVAL);
    bad = good;
    bad.role = 0;
    expect_refusal(&bad, sizeof(bad), EINVAL);
    bad.role = ROLE_LOG + 1;
    expect_refusal(&bad, sizeof(bad), EINVAL);
    bad = good;
    bad.source[0] = '\0';
    expect_refusal(&bad, sizeof(bad), EINVAL);
    memset(bad.source, 'x', sizeof(bad.source));
    expect_refusal(&bad, sizeof(bad), EINVAL);
    ask_spawner(SPAWN_KILL, 0, 12345, ""); /* nobody: nothing to say */
    kid = start(ROLE_PROBE, 1, "fake:");
    expect_refusal(&good, sizeof(good), EEXIST);
    forget(&kid);
    exit_of(1);
}
END_TEST

/* Whatever vctop itself was started with. */
START_TEST(children_start_clean)
{
    struct rlimit limit;
    char path[64], expected[256];
    struct frame frame;
    struct kid kid;
    sigset_t all;

    close(spawner);
    ck_assert_int_ge(fcntl(open("/dev/null", O_RDONLY), F_DUPFD, 40), 40); /* leaky parents */
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = 321;
    setrlimit(RLIMIT_NOFILE, &limit);
    spawner = spawner_start(false, -1);
    signal(SIGCHLD, SIG_DFL);

    kid = start(ROLE_JOB, 1, "fake:");
    expect(&kid, FRAME_HELLO, &frame);
    frame_clear(&frame);
    snprintf(path, sizeof(path), "/proc/%d/fd", (int)kid.pid);
    ck_assert_uint_eq(count_entries(path), 4 + 2); /* and . and .. */
    act(&kid, ACTION_PAUSE, "k");
    expect(&kid, FRAME_PROGRESS, &frame);
    snprintf(expected, sizeof(expected), "SigBlk:0 SigIgn:0 NoNewPrivs:0 files:321 leader:1");
    ck_assert_str_eq(frame.u.progress.text, expected);
    ck_assert_int_eq(frame.u.progress.percent, -1);
    frame_clear(&frame);
    ck_assert_int_eq(exit_of(1), 0);
    forget(&kid);
}
END_TEST

START_TEST(terminal_signals_do_not_reach_the_spawner)
{
    static const int signals[] = {SIGINT, SIGTSTP, SIGHUP, SIGQUIT, SIGPIPE, SIGTTOU};
    struct kid kid = start(ROLE_WORKER, 1, "fake:ok");
    pid_t pid = parent_of(kid.pid);

    ck_assert_int_eq(getsid(pid), pid);
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        ck_assert_int_eq(kill(pid, signals[i]), 0);
    forget(&kid);
    exit_of(1);
    kid = start(ROLE_WORKER, 2, "fake:ok");
    forget(&kid);
    exit_of(2);
}
END_TEST

START_TEST(no_descriptor_and_no_zombie_is_left)
{
    const struct spawn_request nonsense = {.magic = SPAWN_MAGIC};
    struct kid kid = start(ROLE_WORKER, 1000, "fake:ok");
    pid_t pid = parent_of(kid.pid);
    char fds[64], children[64], list[4096];
    size_t before, before_spawner;

    snprintf(fds, sizeof(fds), "/proc/%d/fd", (int)pid);
    /* By its next answer the spawner has closed what it passed on. */
    expect_refusal(&nonsense, sizeof(nonsense), EINVAL);
    before = count_entries("/proc/self/fd");
    before_spawner = count_entries(fds);
    for (uint32_t i = 1; i <= 50; i++) {
        struct kid other = start(i % 2 ? ROLE_WORKER : ROLE_PROBE, i, "fake:hang");
        ask_spawner(SPAWN_KILL, 0, i, "");
        exit_of(i);
        forget(&other);
    }
    expect_refusal(&nonsense, sizeof(nonsense), EINVAL);
    ck_assert_uint_eq(count_entries("/proc/self/fd"), before);
    ck_assert_uint_eq(count_entries(fds), before_spawner);
    /* Only the first is left, not even a zombie beside it. */
    snprintf(children, sizeof(children), "/proc/%d/task/%d/children", (int)pid, (int)pid);
    if (io_read_file(AT_FDCWD, children, list, sizeof(list)) > 0)
        ck_assert_int_eq(atoi(list), kid.pid);
    if (strchr(list, ' '))
        ck_assert_str_eq(strchr(list, ' '), " ");
    forget(&kid);
    exit_of(1000);
}
END_TEST

START_TEST(want_of_descriptors_is_told)
{
    struct spawn_answer answer;
    struct rlimit limit;
    int fds[2];

    close(spawner);
    getrlimit(RLIMIT_NOFILE, &limit);
    /* Whoever started this test may have left some open. */
    int next = dup(STDIN_FILENO);
    close(next);
    struct rlimit low = {.rlim_cur = (rlim_t)next + 3, .rlim_max = limit.rlim_max};
    setrlimit(RLIMIT_NOFILE, &low);
    spawner = spawner_start(false, -1);
    setrlimit(RLIMIT_NOFILE, &limit);
    ask_spawner(SPAWN_START, ROLE_WORKER, 1, "fake:ok");
    answer = hear_spawner(fds);
    ck_assert_uint_eq(answer.kind, SPAWN_REFUSED);
    ck_assert_int_eq(answer.errnum, EMFILE);
}
END_TEST

START_TEST(trace_goes_to_standard_error)
{
    char path[] = "/tmp/test-worker-XXXXXX", log[8192] = "";
    int64_t deadline = clock_mono_ns() + PATIENCE_NS;
    CLEANUP_CLOSE int trace = mkstemp(path);
    size_t used = 0;
    struct kid kid;

    unlink(path);
    close(spawner);
    spawner = spawner_start(false, trace);
    kid = start(ROLE_WORKER, 1, "fake:ok");
    while (!strstr(log, "tick: ") && clock_mono_ns() < deadline) {
        struct pollfd pfd = {.fd = kid.log, .events = POLLIN};
        poll(&pfd, 1, 100);
        ssize_t n = read(kid.log, log + used, sizeof(log) - 1 - used);
        used += n > 0 ? (size_t)n : 0;
    }
    ck_assert_ptr_nonnull(strstr(log, "worker fake:ok"));
    ck_assert_ptr_nonnull(strstr(log, "open: ok"));
    ck_assert_ptr_nonnull(strstr(log, "tick: "));
    forget(&kid);
    exit_of(1);
    ck_assert_int_gt(io_pread_all(trace, log, sizeof(log)), 0);
    ck_assert_ptr_nonnull(strstr(log, "started 1"));
}
END_TEST

/* A screen in a process of its own: starts one child of each role and is killed. */
static void screen(const char *proof, int tell)
{
    struct kid kids[4];

    spawner = spawner_start(false, -1);
    kids[0] = start(ROLE_WORKER, 1, "fake:ok");
    kids[1] = start(ROLE_WORKER, 2, "fake:hang");
    kids[2] = start(ROLE_PROBE, 3, "fake:");
    ask(&kids[2], "addresses", "hang");
    kids[3] = start(ROLE_JOB, 4, "fake:");
    act(&kids[3], ACTION_START, proof);
    usleep(200000);
    for (int i = 0; i < 4; i++)
        if (write(tell, &kids[i].pid, sizeof(kids[i].pid)) < 0)
            _exit(1);
    for (;;)
        pause();
}

START_TEST(a_killed_screen_takes_workers_but_not_jobs)
{
    char path[] = "/tmp/test-worker-XXXXXX";
    int64_t deadline = clock_mono_ns() + PATIENCE_NS;
    int tell[2], status[4] = {-1, -1, -1, -1};
    pid_t pids[4], pid, screen_pid;
    int64_t ended[4] = {0};

    ck_assert_ptr_nonnull(mkdtemp(path));
    CLEANUP_FREE char *proof = xasprintf("%s/done", path);
    ck_assert_int_eq(pipe(tell), 0);
    if ((screen_pid = fork()) == 0)
        screen(proof, tell[1]);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(read(tell[0], &pids[i], sizeof(pids[i])), sizeof(pids[i]));
    ck_assert_int_ne(access(proof, F_OK), 0);
    if (_i == 0) {
        kill(screen_pid, SIGKILL);
    } else { /* and the spawner with it */
        pid_t spawner_pid = parent_of(pids[0]);
        kill(spawner_pid, SIGKILL);
        kill(screen_pid, SIGKILL);
    }
    close(spawner); /* the fixture's own has nothing to do here */
    spawner = -1;
    while (clock_mono_ns() < deadline) {
        int got;
        pid = waitpid(-1, &got, 0);
        if (pid < 0)
            break;
        for (int i = 0; i < 4; i++) {
            if (pids[i] == pid) {
                status[i] = got;
                ended[i] = clock_mono_ns();
            }
        }
    }
    ck_assert(WIFEXITED(status[3]) && WEXITSTATUS(status[3]) == 0);
    ck_assert_int_eq(access(proof, F_OK), 0);
    /* Those that hang are killed; on a busy machine one may not hang yet and go by itself. */
    for (int i = 0; i < 3; i++) {
        ck_assert_int_ne(kill(pids[i], 0), 0);
        ck_assert_int_le(ended[i], ended[3]);
    }
    unlink(proof);
    rmdir(path);
}
END_TEST

/* Runs this program from a copy that is gone by the time children start. */
START_TEST(a_replaced_program_still_starts_children)
{
    char path[] = "/tmp/test-worker-XXXXXX", exe[4096];
    ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    int status;
    pid_t pid;

    ck_assert_int_gt(len, 0);
    exe[len] = '\0';
    ck_assert_ptr_nonnull(mkdtemp(path));
    CLEANUP_FREE char *copy = xasprintf("%s/copy", path);
    CLEANUP_FREE char *bytes = NULL;
    ssize_t size = io_read_regular(AT_FDCWD, exe, 256u << 20, &bytes);
    ck_assert_int_gt(size, 0);
    int fd = open(copy, O_CREAT | O_WRONLY | O_CLOEXEC, 0700);
    ck_assert_int_eq(write(fd, bytes, (size_t)size), size);
    close(fd);
    if ((pid = fork()) == 0) {
        execl(copy, copy, "--deleted", copy, (char *)NULL);
        _exit(99);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_ne(access(copy, F_OK), 0);
    ck_assert_int_eq(status, 0);
    rmdir(path);
}
END_TEST

/* What the copy runs, argv[2] its path. */
static const char *deleted_path;

START_TEST(children_start_though_the_program_is_gone)
{
    struct frame frame;
    struct kid kid;

    ck_assert_int_eq(unlink(deleted_path), 0);
    kid = start(ROLE_WORKER, 1, "fake:ok");
    expect(&kid, FRAME_ROWS, &frame);
    frame_clear(&frame);
    forget(&kid);
    exit_of(1);
}
END_TEST

int main(int argc, char **argv)
{
    int status;

    if (is_kid(argc, argv, &status))
        return status;
    TCase *tc = kid_tests();
    if (argc == 3 && strcmp(argv[1], "--deleted") == 0) {
        deleted_path = argv[2];
        tcase_add_test(tc, children_start_though_the_program_is_gone);
        return run_kid_tests("worker spawner", tc);
    }
    tcase_add_test(tc, bad_requests_are_refused);
    tcase_add_test(tc, children_start_clean);
    tcase_add_test(tc, terminal_signals_do_not_reach_the_spawner);
    tcase_add_test(tc, no_descriptor_and_no_zombie_is_left);
    tcase_add_test(tc, want_of_descriptors_is_told);
    tcase_add_test(tc, trace_goes_to_standard_error);
    tcase_add_loop_test(tc, a_killed_screen_takes_workers_but_not_jobs, 0, 2);
    tcase_add_test(tc, a_replaced_program_still_starts_children);
    return run_kid_tests("worker spawner", tc);
}
