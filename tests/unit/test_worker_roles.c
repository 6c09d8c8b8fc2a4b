/* Drives the real spawner, whose children are this program again, with a backend of their own. */
#include "worker/role.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "frame/channel.h"
#include "frame/spawn.h"
#include "test_worker_fake.h"
#include "worker/roles.h"

#define PATIENCE_NS (10 * NS_PER_S)

struct kid {
    struct channel channel;
    int log;
    pid_t pid;
};

static int spawner = -1;

static void ask_spawner(uint32_t op, uint32_t role, uint32_t token, const char *source)
{
    struct spawn_request request = {.magic = SPAWN_MAGIC, .op = op, .role = role, .token = token};

    snprintf(request.source, sizeof(request.source), "%s", source);
    ck_assert_int_eq(send(spawner, &request, sizeof(request), MSG_NOSIGNAL), sizeof(request));
}

/* The next answer; FDS are its descriptors, -1 without. */
static struct spawn_answer hear_spawner(int fds[2])
{
    struct spawn_answer answer = {0};
    struct iovec iov = {.iov_base = &answer, .iov_len = sizeof(answer)};
    char control[CMSG_SPACE(2 * sizeof(int))];
    struct msghdr message = {.msg_iov = &iov,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof(control)};
    struct pollfd pfd = {.fd = spawner, .events = POLLIN};
    struct cmsghdr *head;

    fds[0] = fds[1] = -1;
    ck_assert_int_eq(poll(&pfd, 1, (int)(PATIENCE_NS / NS_PER_MS)), 1);
    ck_assert_int_eq(recvmsg(spawner, &message, MSG_CMSG_CLOEXEC), sizeof(answer));
    ck_assert_uint_eq(answer.magic, SPAWN_MAGIC);
    head = CMSG_FIRSTHDR(&message);
    if (head)
        memcpy(fds, CMSG_DATA(head), 2 * sizeof(int));
    return answer;
}

static struct kid start(uint32_t role, uint32_t token, const char *source)
{
    struct kid kid;
    struct spawn_answer answer;
    int fds[2];

    ask_spawner(SPAWN_START, role, token, source);
    answer = hear_spawner(fds);
    ck_assert_uint_eq(answer.kind, SPAWN_STARTED);
    ck_assert_uint_eq(answer.token, token);
    ck_assert_int_gt(answer.pid, 1);
    ck_assert_int_ge(fds[0], 0);
    ck_assert_int_ge(fds[1], 0);
    channel_init(&kid.channel, fds[0]);
    kid.log = fds[1];
    kid.pid = answer.pid;
    return kid;
}

static void forget(struct kid *kid)
{
    channel_clear(&kid->channel);
    close(kid->log);
}

/* Waits until FRAME is the next of TYPE; false when the child hangs up or takes too long. */
static bool hear(struct kid *kid, enum frame_type type, struct frame *frame)
{
    int64_t deadline = clock_mono_ns() + PATIENCE_NS;

    while (clock_mono_ns() < deadline) {
        struct pollfd pfd = {.fd = kid->channel.fd, .events = POLLIN};
        int rc;
        while ((rc = channel_next(&kid->channel, frame, NULL)) == 1) {
            if (frame->type == type)
                return true;
            frame_clear(frame);
        }
        ck_assert_int_eq(rc, 0);
        poll(&pfd, 1, 100);
        if (pfd.revents && channel_fill(&kid->channel, NULL) < 0)
            return channel_next(&kid->channel, frame, NULL) == 1 && frame->type == type;
    }
    return false;
}

static void expect(struct kid *kid, enum frame_type type, struct frame *frame)
{
    if (!hear(kid, type, frame))
        ck_abort_msg("no frame of type %d", type);
}

static void want(struct kid *kid, int64_t period_ns, uint32_t selected)
{
    struct frame frame = {.type = FRAME_WANT,
                          .u.want = {.period_ns = period_ns, .selected = selected}};

    ck_assert_int_eq(channel_send(&kid->channel, &frame, NULL), 0);
}

static void act(struct kid *kid, enum action action, const char *key)
{
    struct frame frame = {.type = FRAME_DO,
                          .u.action = {.action = action,
                                       .key = (char *)key,
                                       .life = (char *)"",
                                       .name = (char *)"n",
                                       .timeout_s = 3}};

    ck_assert_int_eq(channel_send(&kid->channel, &frame, NULL), 0);
}

static void ask(struct kid *kid, const char *question, const char *key)
{
    struct frame frame = {
        .type = FRAME_ASK,
        .u.ask = {
            .question = (char *)question, .key = (char *)key, .life = (char *)"", .timeout_s = 3}};

    ck_assert_int_eq(channel_send(&kid->channel, &frame, NULL), 0);
}

/* The news that TOKEN has ended. */
static int exit_of(uint32_t token)
{
    int fds[2];
    struct spawn_answer answer = hear_spawner(fds);

    ck_assert_uint_eq(answer.kind, SPAWN_EXITED);
    ck_assert_uint_eq(answer.token, token);
    return answer.wstatus;
}

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
static void setup(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    spawner = spawner_start(false, -1);
    ck_assert_int_ge(spawner, 0);
}

static void teardown(void)
{
    int64_t deadline = clock_mono_ns() + PATIENCE_NS;

    close(spawner);
    /* Everything ends by itself: no process outlives the test. */
    while (waitpid(-1, NULL, WNOHANG) >= 0) {
        ck_assert_int_lt(clock_mono_ns(), deadline);
        usleep(5000);
    }
    ck_assert_int_eq(errno, ECHILD);
}

START_TEST(worker_samples_as_wanted)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:ok");
    struct frame frame;

    expect(&kid, FRAME_HELLO, &frame);
    ck_assert_int_eq(frame.u.hello.protocol, FRAME_PROTOCOL);
    ck_assert_str_eq(frame.u.hello.role, "worker");
    ck_assert_str_eq(frame.u.hello.source, "fake:ok");
    frame_clear(&frame);
    want(&kid, NS_PER_S / 5, 77);
    expect(&kid, FRAME_SOURCE, &frame);
    ck_assert_int_eq(frame.u.source.state, SOURCE_UP);
    frame_clear(&frame);
    expect(&kid, FRAME_FACTS, &frame);
    ck_assert_str_eq(frame.u.facts.key, "1");
    frame_clear(&frame);
    expect(&kid, FRAME_FACTS, &frame);
    frame_clear(&frame);
    expect(&kid, FRAME_ROWS, &frame);
    ck_assert_uint_eq(frame.u.rows.row[0].sample.value[FIELD_CPU], NS_PER_S / 5);
    ck_assert_uint_eq(frame.u.rows.row[0].sample.value[FIELD_PIDS], 77);
    frame_clear(&frame);
    expect(&kid, FRAME_ANSWERED, &frame);
    expect(&kid, FRAME_BEAT, &frame);
    forget(&kid);
    ck_assert_int_eq(exit_of(1), 0); /* it leaves by itself when nobody listens */
}
END_TEST

START_TEST(ticks_fall_on_multiples_of_the_period)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:ok");
    int64_t period = NS_PER_S / 5, last = 0, first = 0;
    struct frame frame;

    want(&kid, period, 0);
    for (int i = 0; i < 8; i++) {
        /* The first tick comes in two frames, for a column more. */
        expect(&kid, FRAME_ROWS, &frame);
        int64_t at = frame.u.rows.row[0].sample.at_ns;
        if (i == 0)
            first = at;
        else if (at != first)
            ck_assert_int_eq(at % period, 0);
        if (at != first && last != first)
            ck_assert_int_eq(at - last, period);
        last = at;
        frame_clear(&frame);
    }
    /* A new period holds from the next multiple on. */
    want(&kid, NS_PER_S, 0);
    expect(&kid, FRAME_ROWS, &frame);
    while (frame.u.rows.row[0].sample.value[FIELD_CPU] != (uint64_t)NS_PER_S) {
        frame_clear(&frame);
        expect(&kid, FRAME_ROWS, &frame);
    }
    ck_assert_int_eq(frame.u.rows.row[0].sample.at_ns % NS_PER_S, 0);
    frame_clear(&frame);
    forget(&kid);
    exit_of(1);
}
END_TEST

START_TEST(worker_does_not_wait_for_ever_to_be_asked)
{
    int64_t start_ns = clock_mono_ns();
    struct kid kid = start(ROLE_WORKER, 1, "fake:ok");
    struct frame frame;

    expect(&kid, FRAME_ROWS, &frame);
    ck_assert_int_lt(clock_mono_ns() - start_ns, 2 * NS_PER_S);
    ck_assert_uint_eq(frame.u.rows.row[0].sample.value[FIELD_CPU], 2 * NS_PER_S);
    frame_clear(&frame);
    forget(&kid);
    exit_of(1);
}
END_TEST

START_TEST(ready_backend_gets_a_tick_out_of_turn)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:ready");
    int64_t before = clock_mono_ns(), at = 0;
    struct frame frame;

    want(&kid, 3600 * NS_PER_S, 0);
    expect(&kid, FRAME_EVENT, &frame);
    ck_assert_str_eq(frame.u.event.text, "woken");
    frame_clear(&frame);
    while (at == 0) {
        expect(&kid, FRAME_ROWS, &frame);
        for (size_t i = 0; i < frame.u.rows.count; i++)
            if (frame.u.rows.row[i].sample.value[FIELD_BOOT])
                at = frame.u.rows.row[i].sample.at_ns;
        frame_clear(&frame);
    }
    ck_assert_int_lt(at - before, 3 * NS_PER_S);
    forget(&kid);
    exit_of(1);
}
END_TEST

START_TEST(what_cannot_be_opened_says_why_and_beats)
{
    static const struct {
        const char *source;
        enum source_state state;
        const char *error, *remedy;
    } cases[] = {{"fake:denied", SOURCE_DENIED, "not for you", "join the group"},
                 {"nonsense", SOURCE_FAILED, "there is no source \"nonsense\"",
                  "a source is libvirt:URI, lxc:PATH, host, proc or sim"}};
    struct kid kid = start(ROLE_WORKER, 1, cases[_i].source);
    struct frame frame;

    expect(&kid, FRAME_SOURCE, &frame);
    ck_assert_int_eq(frame.u.source.state, cases[_i].state);
    ck_assert_str_eq(frame.u.source.error, cases[_i].error);
    ck_assert_str_eq(frame.u.source.remedy, cases[_i].remedy);
    frame_clear(&frame);
    expect(&kid, FRAME_ANSWERED, &frame);
    want(&kid, NS_PER_S / 5, 0);
    expect(&kid, FRAME_BEAT, &frame);
    expect(&kid, FRAME_BEAT, &frame);
    forget(&kid);
    ck_assert_int_eq(exit_of(1), 0);
}
END_TEST

START_TEST(a_screen_that_does_not_read_costs_rows_only)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:flood");
    struct frame frame;
    size_t facts = 0;
    uint32_t rows = 0;

    want(&kid, NS_PER_S / 20, 0);
    usleep(1500000);
    /* All facts, in order, and of thirty ticks the two or three that fitted the socket. */
    while (facts < 5000) {
        expect(&kid, FRAME_FACTS, &frame);
        ck_assert_uint_eq(frame.u.facts.handle, ++facts);
        frame_clear(&frame);
    }
    for (int64_t at = 0; at < clock_mono_ns() - NS_PER_S; rows++) {
        expect(&kid, FRAME_ROWS, &frame);
        at = frame.u.rows.row[0].sample.at_ns;
        frame_clear(&frame);
        ck_assert_uint_lt(rows, 8);
    }
    /* It is as lively as before. */
    for (int i = 0; i < 10; i++) {
        expect(&kid, FRAME_ROWS, &frame);
        frame_clear(&frame);
    }
    forget(&kid);
    ck_assert_int_eq(exit_of(1), 0);
}
END_TEST

START_TEST(garbage_ends_a_worker)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:ok");
    struct frame frame;

    expect(&kid, FRAME_HELLO, &frame);
    frame_clear(&frame);
    ck_assert_int_eq(send(kid.channel.fd, "\x02\0\0\0\x91\x63", 6, 0), 6);
    ck_assert(WIFEXITED(exit_of(1)));
    forget(&kid);
}
END_TEST

START_TEST(a_thread_that_hangs_does_not_keep_a_worker)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:thread");
    struct frame frame;

    expect(&kid, FRAME_ROWS, &frame);
    frame_clear(&frame);
    forget(&kid);
    ck_assert_int_eq(exit_of(1), 0);
}
END_TEST

START_TEST(death_is_told)
{
    struct kid kid = start(ROLE_WORKER, 1, "fake:die");
    int status = exit_of(1);

    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    forget(&kid);
    kid = start(ROLE_WORKER, 1, "fake:hang"); /* its number is free again */
    ask_spawner(SPAWN_KILL, 0, 1, "");
    status = exit_of(1);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    forget(&kid);
}
END_TEST

START_TEST(job_reports_progress_and_result)
{
    char path[] = "/tmp/test-worker-XXXXXX";
    struct kid kid = start(ROLE_JOB, 9, "fake:");
    struct frame frame;
    int steps = 0;

    ck_assert_ptr_nonnull(mkdtemp(path));
    CLEANUP_FREE char *proof = xasprintf("%s/done", path);
    act(&kid, ACTION_START, proof);
    for (bool done = false; !done;) {
        expect(&kid, FRAME_PROGRESS, &frame);
        done = frame.u.progress.done;
        steps++;
        if (!done)
            ck_assert_str_eq(frame.u.progress.text, "working");
        else
            ck_assert(!frame.u.progress.failed && frame.u.progress.percent == 100);
        frame_clear(&frame);
    }
    ck_assert_int_eq(steps, 21);
    ck_assert_int_eq(exit_of(9), 0);
    ck_assert_int_eq(unlink(proof), 0);
    rmdir(path);
    forget(&kid);
}
END_TEST

START_TEST(job_says_why_it_failed)
{
    struct kid kid = start(ROLE_JOB, 1, "fake:");
    struct frame frame;

    act(&kid, ACTION_SHUTDOWN, "k");
    expect(&kid, FRAME_PROGRESS, &frame);
    ck_assert(frame.u.progress.done && frame.u.progress.failed && frame.u.progress.timed_out);
    ck_assert_str_eq(frame.u.progress.text, "it did not stop in 3 s");
    ck_assert_str_eq(frame.u.progress.remedy, "force it off");
    frame_clear(&frame);
    ck_assert_int_ne(exit_of(1), 0);
    forget(&kid);

    kid = start(ROLE_JOB, 2, "fake:");
    act(&kid, ACTION_RESET, "k");
    expect(&kid, FRAME_PROGRESS, &frame);
    ck_assert(frame.u.progress.failed && !frame.u.progress.timed_out);
    ck_assert_ptr_null(frame.u.progress.remedy);
    frame_clear(&frame);
    ck_assert_int_ne(exit_of(2), 0);
    forget(&kid);

    kid = start(ROLE_JOB, 3, "fake:denied");
    act(&kid, ACTION_RESET, "k");
    expect(&kid, FRAME_PROGRESS, &frame);
    ck_assert_str_eq(frame.u.progress.text, "not for you");
    frame_clear(&frame);
    exit_of(3);
    forget(&kid);
}
END_TEST

START_TEST(job_without_a_task_does_nothing)
{
    struct kid kid = start(ROLE_JOB, 1, "fake:");

    forget(&kid);
    ck_assert_int_ne(exit_of(1), 0);
}
END_TEST

START_TEST(probe_answers)
{
    struct kid kid = start(ROLE_PROBE, 1, "fake:");
    struct frame frame;

    ask(&kid, "addresses", "k");
    expect(&kid, FRAME_ANSWER, &frame);
    ck_assert_ptr_null(frame.u.answer.error);
    ck_assert_str_eq(frame.u.answer.values[0], "10.0.0.7");
    frame_clear(&frame);
    ck_assert_int_eq(exit_of(1), 0);
    forget(&kid);

    kid = start(ROLE_PROBE, 1, "fake:");
    ask(&kid, "weather", "k");
    expect(&kid, FRAME_ANSWER, &frame);
    ck_assert_str_eq(frame.u.answer.error, "what?");
    frame_clear(&frame);
    exit_of(1);
    forget(&kid);
}
END_TEST

START_TEST(readonly_refuses_jobs)
{
    struct spawn_answer answer;
    struct kid kid;
    int fds[2];

    close(spawner);
    spawner = spawner_start(true, -1);
    ask_spawner(SPAWN_START, ROLE_JOB, 1, "fake:");
    answer = hear_spawner(fds);
    ck_assert_uint_eq(answer.kind, SPAWN_REFUSED);
    ck_assert_uint_eq(answer.token, 1);
    ck_assert_int_eq(answer.errnum, EROFS);
    ck_assert_int_eq(fds[0], -1);
    kid = start(ROLE_WORKER, 2, "fake:ok");
    forget(&kid);
    exit_of(2);
    kid = start(ROLE_PROBE, 3, "fake:");
    forget(&kid);
    exit_of(3);
}
END_TEST

static void expect_refusal(const struct spawn_request *request, size_t size, int errnum)
{
    struct spawn_answer answer;
    int fds[2];

    ck_assert_int_eq(send(spawner, request, size, 0), (ssize_t)size);
    answer = hear_spawner(fds);
    ck_assert_uint_eq(answer.kind, SPAWN_REFUSED);
    ck_assert_int_eq(answer.errnum, errnum);
}

static void open_console(struct kid *kid, enum console_kind kind, const char *key)
{
    struct frame frame = {.type = FRAME_OPEN,
                          .u.open = {.kind = kind, .key = (char *)key, .rows = 24, .columns = 80}};

    ck_assert_int_eq(channel_send(&kid->channel, &frame, NULL), 0);
}

/* What became of it: its state. */
static enum console_state console_state(struct kid *kid)
{
    struct frame frame;
    enum console_state state;

    expect(kid, FRAME_CONSOLE, &frame);
    state = frame.u.console.state;
    frame_clear(&frame);
    return state;
}

static void expect_log(const struct kid *kid, const char *text)
{
    int64_t deadline = clock_mono_ns() + PATIENCE_NS;
    char said[4096] = "";
    size_t len = 0;

    while (!strstr(said, text)) {
        ck_assert_msg(clock_mono_ns() < deadline, "no \"%s\" in \"%s\"", text, said);
        usleep(5000);
        ssize_t got = read(kid->log, said + len, sizeof(said) - 1 - len);
        len += got > 0 ? (size_t)got : 0;
        said[len] = '\0';
    }
}

START_TEST(a_console_is_given_back)
{
    struct kid kid = start(ROLE_CONSOLE, 1, "fake:");

    open_console(&kid, CONSOLE_SERIAL, "busy");
    ck_assert_int_eq(console_state(&kid), CONSOLE_BUSY);
    ck_assert_int_eq(WEXITSTATUS(exit_of(1)), 1);
    forget(&kid);

    kid = start(ROLE_CONSOLE, 2, "fake:");
    open_console(&kid, CONSOLE_SERIAL, "ok");
    ck_assert_int_eq(console_state(&kid), CONSOLE_OPEN);
    ck_assert_int_eq(channel_send(&kid.channel, &(struct frame){.type = FRAME_CLOSE}, NULL), 0);
    expect_log(&kid, "given back");
    ck_assert_int_eq(exit_of(2), 0);
    forget(&kid);

    /* The screen is gone, then all of it. */
    kid = start(ROLE_CONSOLE, 3, "fake:");
    open_console(&kid, CONSOLE_SERIAL, "ok");
    ck_assert_int_eq(console_state(&kid), CONSOLE_OPEN);
    channel_clear(&kid.channel);
    expect_log(&kid, "given back");
    ck_assert_int_eq(exit_of(3), 0);
    close(kid.log);

    struct kid hangs = start(ROLE_CONSOLE, 4, "fake:");
    open_console(&hangs, CONSOLE_SERIAL, "hang"); /* ends too: see teardown */
    kid = start(ROLE_CONSOLE, 5, "fake:");
    open_console(&kid, CONSOLE_SERIAL, "ok");
    ck_assert_int_eq(console_state(&kid), CONSOLE_OPEN);
    close(spawner);
    spawner = -1;
    expect_log(&kid, "given back");
    forget(&kid);
    forget(&hangs);
}
END_TEST

START_TEST(readonly_shows_logs_only)
{
    struct spawn_answer answer;
    struct kid kid;
    int fds[2];

    close(spawner);
    spawner = spawner_start(true, -1);
    ask_spawner(SPAWN_START, ROLE_CONSOLE, 1, "fake:");
    answer = hear_spawner(fds);
    ck_assert_uint_eq(answer.kind, SPAWN_REFUSED);
    ck_assert_int_eq(answer.errnum, EROFS);
    kid = start(ROLE_LOG, 2, "fake:");
    open_console(&kid, CONSOLE_SERIAL, "ok");
    ck_assert_int_eq(console_state(&kid), CONSOLE_ENDED);
    ck_assert_int_eq(WEXITSTATUS(exit_of(2)), 1);
    forget(&kid);
    kid = start(ROLE_LOG, 3, "fake:");
    open_console(&kid, CONSOLE_LOG, "ok");
    ck_assert_int_eq(console_state(&kid), CONSOLE_OPEN);
    forget(&kid);
}
END_TEST

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

static void add_tests(TCase *tc)
{
    tcase_add_test(tc, worker_samples_as_wanted);
    tcase_add_test(tc, ticks_fall_on_multiples_of_the_period);
    tcase_add_test(tc, worker_does_not_wait_for_ever_to_be_asked);
    tcase_add_test(tc, ready_backend_gets_a_tick_out_of_turn);
    tcase_add_loop_test(tc, what_cannot_be_opened_says_why_and_beats, 0, 2);
    tcase_add_test(tc, a_screen_that_does_not_read_costs_rows_only);
    tcase_add_test(tc, garbage_ends_a_worker);
    tcase_add_test(tc, a_thread_that_hangs_does_not_keep_a_worker);
    tcase_add_test(tc, death_is_told);
    tcase_add_test(tc, job_reports_progress_and_result);
    tcase_add_test(tc, job_says_why_it_failed);
    tcase_add_test(tc, job_without_a_task_does_nothing);
    tcase_add_test(tc, probe_answers);
    tcase_add_test(tc, readonly_refuses_jobs);
    tcase_add_test(tc, a_console_is_given_back);
    tcase_add_test(tc, readonly_shows_logs_only);
    tcase_add_test(tc, bad_requests_are_refused);
    tcase_add_test(tc, children_start_clean);
    tcase_add_test(tc, terminal_signals_do_not_reach_the_spawner);
    tcase_add_test(tc, no_descriptor_and_no_zombie_is_left);
    tcase_add_test(tc, want_of_descriptors_is_told);
    tcase_add_test(tc, trace_goes_to_standard_error);
    tcase_add_loop_test(tc, a_killed_screen_takes_workers_but_not_jobs, 0, 2);
    tcase_add_test(tc, a_replaced_program_still_starts_children);
}

int main(int argc, char **argv)
{
    Suite *suite;
    TCase *tc;
    SRunner *runner;
    int failed;

    if (argc > 2 && strncmp(argv[1], "--role=", 7) == 0) {
        const char *source = argv[argc - 1];
        bool debug = strcmp(argv[2], "--debug=-") == 0;
        /* Other sources are looked up as in vctop itself. */
        return role_start(argv[1] + 7, source, debug,
                          strncmp(source, "fake:", 5) == 0 ? &fake_ops : NULL);
    }
    suite = suite_create("worker roles");
    tc = tcase_create("processes");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    if (argc == 3 && strcmp(argv[1], "--deleted") == 0) {
        deleted_path = argv[2];
        tcase_add_test(tc, children_start_though_the_program_is_gone);
    } else {
        add_tests(tc);
    }
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
