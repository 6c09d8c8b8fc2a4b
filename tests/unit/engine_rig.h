/* A spawner that a test plays: it hands out children whose ends the test holds, on a clock that the
 * test turns. */
#ifndef VCTOP_TESTS_ENGINE_RIG_H
#define VCTOP_TESTS_ENGINE_RIG_H

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/io.h"
#include "engine/engine.h"
#include "frame/channel.h"
#include "frame/spawn.h"

#define RIG_CHILDREN 64

struct rig_child {
    uint32_t token, role;
    char source[1024];
    struct channel channel;
    int err_fd;
    bool killed, gone;
};

struct rig {
    int fd; /* the spawner's end */
    struct engine *engine;
    struct rig_child child[RIG_CHILDREN];
    size_t count;
    int64_t now;
    unsigned changes; /* of all turns since it was last cleared */
    int refuse;       /* errno: refuse what is asked for */
    bool hold;        /* do not answer requests */
};

static inline int rig_count_fds(void)
{
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;

    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static inline void rig_answer(struct rig *rig, uint32_t kind, uint32_t token, int value,
                              const int *fds)
{
    struct spawn_answer answer = {.magic = SPAWN_MAGIC, .kind = kind, .token = token, .pid = 1};
    struct iovec iov = {&answer, sizeof(answer)};
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

    answer.wstatus = kind == SPAWN_EXITED ? value : 0;
    answer.errnum = kind == SPAWN_REFUSED ? value : 0;
    if (fds) {
        memset(&control, 0, sizeof(control));
        msg.msg_control = control.space;
        msg.msg_controllen = sizeof(control.space);
        CMSG_FIRSTHDR(&msg)->cmsg_level = SOL_SOCKET;
        CMSG_FIRSTHDR(&msg)->cmsg_type = SCM_RIGHTS;
        CMSG_FIRSTHDR(&msg)->cmsg_len = CMSG_LEN(2 * sizeof(int));
        memcpy(CMSG_DATA(CMSG_FIRSTHDR(&msg)), fds, 2 * sizeof(int));
    }
    ck_assert_int_eq(sendmsg(rig->fd, &msg, MSG_NOSIGNAL), sizeof(answer));
}

static inline void rig_start_child(struct rig *rig, const struct spawn_request *request)
{
    struct rig_child *child = &rig->child[rig->count++];
    int pair[2], lines[2], fds[2];

    ck_assert_uint_lt(rig->count, RIG_CHILDREN);
    ck_assert_int_eq(io_socketpair(pair), 0);
    ck_assert_int_eq(pipe2(lines, O_CLOEXEC), 0);
    *child = (struct rig_child){.token = request->token, .role = request->role, .err_fd = lines[1]};
    memcpy(child->source, request->source, sizeof(child->source));
    channel_init(&child->channel, pair[1]);
    fds[0] = pair[0];
    fds[1] = lines[0];
    rig_answer(rig, SPAWN_STARTED, request->token, 0, fds);
    close(pair[0]);
    close(lines[0]);
}

static inline void rig_close_child(struct rig_child *child)
{
    channel_clear(&child->channel);
    child->channel.fd = -1;
    if (child->err_fd >= 0)
        close(child->err_fd);
    child->err_fd = -1;
    child->gone = true;
}

/* The child ends by itself: its descriptors close, then the spawner reports it. */
static inline void rig_exit(struct rig *rig, struct rig_child *child, int wstatus)
{
    rig_close_child(child);
    rig_answer(rig, SPAWN_EXITED, child->token, wstatus, NULL);
}

static inline void rig_serve(struct rig *rig)
{
    struct spawn_request request;

    while (recv(rig->fd, &request, sizeof(request), MSG_DONTWAIT) == (ssize_t)sizeof(request)) {
        ck_assert_uint_eq(request.magic, SPAWN_MAGIC);
        if (request.op == SPAWN_START && rig->refuse) {
            rig_answer(rig, SPAWN_REFUSED, request.token, rig->refuse, NULL);
        } else if (request.op == SPAWN_START) {
            rig_start_child(rig, &request);
        } else {
            for (size_t i = 0; i < rig->count; i++) {
                if (rig->child[i].token == request.token && !rig->child[i].gone) {
                    rig->child[i].killed = true;
                    rig_exit(rig, &rig->child[i], SIGKILL);
                }
            }
        }
    }
}

/* Time passes, then both sides work. */
static inline void rig_turn(struct rig *rig, int64_t pass_ns)
{
    struct pollfd fds[256];
    size_t count;

    rig->now += pass_ns;
    for (int i = 0; i < 3; i++) { /* requests of this turn are served in it */
        if (!rig->hold && rig->fd >= 0)
            rig_serve(rig);
        for (size_t k = 0; k < rig->count; k++) {
            if (!rig->child[k].gone)
                channel_flush(&rig->child[k].channel, NULL);
        }
        count = engine_poll_fds(rig->engine, fds, 256);
        poll(fds, count, 0);
        rig->changes |= engine_dispatch(rig->engine, fds, count, rig->now);
    }
}

static inline void rig_pass(struct rig *rig, int seconds)
{
    for (int i = 0; i < seconds * 2; i++)
        rig_turn(rig, NS_PER_S / 2);
}

static inline struct rig rig_new(bool readonly, const char *const *sources, size_t count)
{
    struct engine_source source[8];
    struct rig rig = {0};
    int pair[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    for (size_t i = 0; i < count; i++)
        source[i] = (struct engine_source){.id = sources[i]};
    rig.fd = pair[1];
    rig.engine = engine_new(pair[0], readonly, NS_PER_S, source, count);
    rig.now = clock_mono_ns(); /* not before what the engine saw itself */
    return rig;
}

static inline void rig_free(struct rig *rig)
{
    engine_free(rig->engine);
    for (size_t i = 0; i < rig->count; i++) {
        if (!rig->child[i].gone)
            rig_close_child(&rig->child[i]);
    }
    if (rig->fd >= 0)
        close(rig->fd);
}

/* The newest child of ROLE for SOURCE, or NULL. */
static inline struct rig_child *rig_child(struct rig *rig, enum spawn_role role, const char *source)
{
    for (size_t i = rig->count; i-- > 0;) {
        if (rig->child[i].role == role && strcmp(rig->child[i].source, source) == 0)
            return &rig->child[i];
    }
    return NULL;
}

static inline void rig_send(struct rig_child *child, const struct frame *frame)
{
    ck_assert_int_eq(channel_send(&child->channel, frame, NULL), 0);
}

static inline void rig_hello(struct rig_child *child)
{
    static const char *const roles[] = {[ROLE_WORKER] = "worker",
                                        [ROLE_JOB] = "job",
                                        [ROLE_PROBE] = "probe",
                                        [ROLE_CONSOLE] = "console",
                                        [ROLE_LOG] = "log"};
    struct frame frame = {.type = FRAME_HELLO,
                          .u.hello = {.protocol = FRAME_PROTOCOL,
                                      .role = (char *)roles[child->role],
                                      .source = child->source}};

    rig_send(child, &frame);
}

static inline void rig_beat(struct rig_child *child)
{
    rig_send(child, &(struct frame){.type = FRAME_BEAT});
}

static inline void rig_source(struct rig_child *child, enum source_state state, const char *error)
{
    struct frame frame = {.type = FRAME_SOURCE,
                          .u.source = {.state = state, .error = (char *)error}};

    rig_send(child, &frame);
}

static inline void rig_guest(struct rig_child *child, uint32_t handle, const char *key,
                             const char *life)
{
    struct frame frame = {.type = FRAME_FACTS,
                          .u.facts = {.handle = handle,
                                      .key = (char *)key,
                                      .life = (char *)life,
                                      .name = (char *)key,
                                      .can = ~UINT32_C(0),
                                      .autostart = -1,
                                      .persistent = -1}};

    rig_send(child, &frame);
}

static inline void rig_row(struct rig_child *child, uint32_t handle, enum guest_state state,
                           int64_t at_ns, uint64_t cpu_ns)
{
    struct frame_rows_writer writer;
    struct sample sample = {.at_ns = at_ns};
    msgpack_sbuffer buf;

    sample_set(&sample, FIELD_CPU, cpu_ns);
    msgpack_sbuffer_init(&buf);
    frame_rows_begin(&writer, at_ns, UINT64_C(1) << FIELD_CPU);
    frame_rows_add(&writer, handle, state, NULL, NULL, &sample);
    frame_rows_end(&writer, &buf);
    ck_assert_int_eq(channel_send_bytes(&child->channel, &buf, NULL), 0);
    msgpack_sbuffer_destroy(&buf);
}

/* The newest frame of TYPE that the engine sent to CHILD; false when there is none. */
static inline bool rig_receive(struct rig_child *child, enum frame_type type, struct frame *ret)
{
    struct frame frame;
    bool found = false;

    channel_fill(&child->channel, NULL);
    while (channel_next(&child->channel, &frame, NULL) == 1) {
        if (frame.type != type) {
            frame_clear(&frame);
            continue;
        }
        if (found)
            frame_clear(ret);
        *ret = frame;
        found = true;
    }
    return found;
}

static inline const struct source *rig_state(struct rig *rig, const char *source)
{
    return world_source(engine_world(rig->engine), source);
}

static inline struct guest *rig_find(struct rig *rig, const char *source, const char *key)
{
    struct guest_id id = {(char *)source, (char *)key};

    return world_find(engine_world(rig->engine), &id);
}

#endif
