/* The real spawner, whose children are the test's program again, with a backend of their own. */
#ifndef TEST_WORKER_KID_H
#define TEST_WORKER_KID_H

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "frame/channel.h"
#include "frame/spawn.h"
#include "test_worker_fake.h"
#include "worker/role.h"
#include "worker/roles.h"

#define PATIENCE_NS (10 * NS_PER_S)

struct kid {
    struct channel channel;
    int log;
    pid_t pid;
};

static int spawner = -1;

static inline void ask_spawner(uint32_t op, uint32_t role, uint32_t token, const char *source)
{
    struct spawn_request request = {.magic = SPAWN_MAGIC, .op = op, .role = role, .token = token};

    snprintf(request.source, sizeof(request.source), "%s", source);
    ck_assert_int_eq(send(spawner, &request, sizeof(request), MSG_NOSIGNAL), sizeof(request));
}

/* The next answer; FDS are its descriptors, -1 without. */
static inline struct spawn_answer hear_spawner(int fds[2])
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

static inline struct kid start(uint32_t role, uint32_t token, const char *source)
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

static inline void forget(struct kid *kid)
{
    channel_clear(&kid->channel);
    close(kid->log);
}

/* Waits until FRAME is the next of TYPE; false when the child hangs up or takes too long. */
static inline bool hear(struct kid *kid, enum frame_type type, struct frame *frame)
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

static inline void expect(struct kid *kid, enum frame_type type, struct frame *frame)
{
    if (!hear(kid, type, frame))
        ck_abort_msg("no frame of type %d", type);
}

static inline void want(struct kid *kid, int64_t period_ns, uint32_t selected)
{
    struct frame frame = {.type = FRAME_WANT,
                          .u.want = {.period_ns = period_ns, .selected = selected}};

    ck_assert_int_eq(channel_send(&kid->channel, &frame, NULL), 0);
}

static inline void act(struct kid *kid, enum action action, const char *key)
{
    struct frame frame = {.type = FRAME_DO,
                          .u.action = {.action = action,
                                       .key = (char *)key,
                                       .life = (char *)"",
                                       .name = (char *)"n",
                                       .timeout_s = 3}};

    ck_assert_int_eq(channel_send(&kid->channel, &frame, NULL), 0);
}

static inline void ask(struct kid *kid, const char *question, const char *key)
{
    struct frame frame = {.type = FRAME_ASK,
                          .u.ask = {.question = (char *)question,
                                    .key = (char *)key,
                                    .life = (char *)"",
                                    .timeout_s = 3,
                                    .agent = true}};

    ck_assert_int_eq(channel_send(&kid->channel, &frame, NULL), 0);
}

/* The news that TOKEN has ended. */
static inline int exit_of(uint32_t token)
{
    int fds[2];
    struct spawn_answer answer = hear_spawner(fds);

    ck_assert_uint_eq(answer.kind, SPAWN_EXITED);
    ck_assert_uint_eq(answer.token, token);
    return answer.wstatus;
}

static inline void setup(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    spawner = spawner_start(false, -1);
    ck_assert_int_ge(spawner, 0);
}

static inline void teardown(void)
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

/* Whether this is a child, which then returns *RET_STATUS from main(). */
static inline bool is_kid(int argc, char **argv, int *ret_status)
{
    if (argc <= 2 || strncmp(argv[1], "--role=", 7) != 0)
        return false;
    const char *source = argv[argc - 1];
    struct role role = {.name = argv[1] + 7, .source = source};
    for (int i = 2; i < argc - 1; i++) {
        role.debug |= strcmp(argv[i], "--debug=-") == 0;
        role.readonly |= strcmp(argv[i], "--readonly") == 0;
    }
    /* Other sources are looked up as in vctop itself. */
    role.ops = strncmp(source, "fake:", 5) == 0 ? &fake_ops : NULL;
    *ret_status = role_start(&role);
    return true;
}

static inline TCase *kid_tests(void)
{
    TCase *tc = tcase_create("processes");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    return tc;
}

/* Runs the tests of TC; the status for main(). */
static inline int run_kid_tests(const char *name, TCase *tc)
{
    Suite *suite = suite_create(name);

    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}

#endif
