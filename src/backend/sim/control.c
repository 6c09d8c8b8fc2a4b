#include "backend/sim/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

#define MESSAGE_MAX 512
#define ANSWER_MS 3000
#define POLL_MS 100
#define LIMIT_S 30

static socklen_t address(struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    int len =
        snprintf(ret->sun_path + 1, sizeof(ret->sun_path) - 1, "vctop-sim-%ld", (long)getppid());
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len);
}

int sim_control_listen(void)
{
    CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un name;
    socklen_t len = address(&name);
    int on = 1;

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) != 0 ||
        bind(fd, (struct sockaddr *)&name, len) != 0)
        return -1;
    return move_fd(&fd);
}

/* Anyone on the host can reach an abstract socket: only our own user is listened to. */
static bool from_ourselves(struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        struct ucred who;
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_CREDENTIALS)
            continue;
        memcpy(&who, CMSG_DATA(c), sizeof(who));
        return who.uid == getuid();
    }
    return false;
}

static struct sim_guest *find(struct sim *sim, const char *key)
{
    for (uint32_t i = 0; i < sim->spec.guests; i++)
        if (!strcmp(sim->guest[i].key, key))
            return &sim->guest[i];
    return NULL;
}

/* One question, cut into its words; fills ERR or the guest's state. */
static int answer(struct sim *sim, char *question, bool *changed, const char **state,
                  struct error *err)
{
    char *rest = question, life[16];
    const char *word = strsep(&rest, " ");
    const char *key = strsep(&rest, " ");
    enum action action = action_from_word(word);
    int64_t now = clock_mono_ns();

    bool attached = strcmp(word, "attached") == 0;

    if (!key || !rest || (action == ACTION_COUNT && !attached && strcmp(word, "state") != 0))
        return error_set(err, ERR_USAGE, NULL, "the simulation was asked nonsense");
    struct sim_guest *guest = find(sim, key);
    if (!guest)
        return error_set(err, ERR_GONE, NULL, "no such simulated guest");
    *changed |= sim_guest_settle(guest, sim->now, now);
    sim_guest_life(guest, life);
    if ((action != ACTION_COUNT || attached) && strcmp(rest, life) != 0)
        return error_set(err, ERR_CHANGED, NULL,
                         "it was restarted or stopped meanwhile: nothing was done");
    if (action != ACTION_COUNT) {
        int rc = sim_guest_act(guest, action, sim->now, now, err);
        if (rc != 0)
            return rc;
        *changed = true;
    }
    *state = state_name(guest->state);
    return 0;
}

bool sim_control_answer(struct sim *sim)
{
    bool changed = false;

    /* Bounded: a flood of questions must not keep the beat from being sent. */
    for (int i = 0; i < 64; i++) {
        char text[MESSAGE_MAX + 1], control[CMSG_SPACE(sizeof(struct ucred))];
        struct sockaddr_un from;
        struct iovec iov = {.iov_base = text, .iov_len = MESSAGE_MAX};
        struct msghdr message = {.msg_name = &from,
                                 .msg_namelen = sizeof(from),
                                 .msg_iov = &iov,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof(control)};
        ssize_t len = recvmsg(sim->control, &message, MSG_DONTWAIT);
        if (len < 0)
            break;
        if (!from_ourselves(&message))
            continue;
        text[len] = '\0';
        struct error err = {0};
        const char *state = "";
        char reply[MESSAGE_MAX];
        int rc = answer(sim, text, &changed, &state, &err);
        int size = snprintf(reply, sizeof(reply), "%d %s", rc, rc == 0 ? state : err.message);
        if (size >= (int)sizeof(reply))
            size = (int)sizeof(reply) - 1;
        (void)sendto(sim->control, reply, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL,
                     (struct sockaddr *)&from, message.msg_namelen);
    }
    return changed;
}

int sim_control_connect(struct error *err)
{
    CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un name, own = {.sun_family = AF_UNIX};
    socklen_t len = address(&name);
    struct timeval limit = {.tv_sec = ANSWER_MS / 1000};

    /* Bound to a name of the kernel's choice, so that an answer can come. */
    if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof(own.sun_family)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0)
        return error_errno(err, errno, "cannot make a socket");
    if (connect(fd, (struct sockaddr *)&name, len) != 0)
        return error_set(err, ERR_LOST, NULL, "the simulation is not there");
    return move_fd(&fd);
}

int sim_control_send(int fd, const char *word, const struct frame_do *request)
{
    char text[MESSAGE_MAX + 1];
    int len = snprintf(text, sizeof(text), "%s %s %s", word, request->key ? request->key : "",
                       request->life ? request->life : "");

    if (len >= (int)sizeof(text))
        return ERR_GONE;
    return send(fd, text, (size_t)len, MSG_NOSIGNAL | MSG_DONTWAIT) == len ? 0 : ERR_LOST;
}

/* TEXT, terminated, is "CODE TEXT"; STATE receives what the guest is then. */
static int read_answer(const char *text, enum guest_state *state, struct error *err)
{
    char *end;
    long code = strtol(text, &end, 10);

    if (end == text || *end != ' ')
        return error_set(err, ERR_INTERNAL, NULL, "the simulation answers nonsense");
    if (code != 0)
        return error_set(err, (int)code, NULL, "%s", end + 1);
    if (state)
        *state = state_from_name(end + 1);
    return 0;
}

int sim_control_heard(int fd, struct error *err)
{
    char text[MESSAGE_MAX + 1];
    ssize_t got = recv(fd, text, MESSAGE_MAX, MSG_DONTWAIT);

    if (got < 0)
        return 0;
    text[got] = '\0';
    return read_answer(text, NULL, err);
}

int sim_control_ask(int fd, const char *word, const struct frame_do *request,
                    enum guest_state *state, struct error *err)
{
    char text[MESSAGE_MAX + 1];
    ssize_t got = -1;
    int rc = sim_control_send(fd, word, request);

    if (rc == ERR_GONE)
        return error_set(err, ERR_GONE, NULL, "no such simulated guest");
    if (rc == 0)
        got = recv(fd, text, MESSAGE_MAX, 0);
    if (got < 0)
        return error_set(err, ERR_LOST, NULL, "the simulation does not answer");
    text[got] = '\0';
    return read_answer(text, state, err);
}

static enum guest_state aim(enum action action)
{
    switch (action) {
    case ACTION_SHUTDOWN:
    case ACTION_FORCE_OFF:
        return STATE_OFF;
    case ACTION_PAUSE:
        return STATE_PAUSED;
    case ACTION_START:
    case ACTION_REBOOT:
    case ACTION_RESUME:
    case ACTION_RESET:
        return STATE_RUNNING;
    case ACTION_AUTOSTART_ON:
    case ACTION_AUTOSTART_OFF:
    case ACTION_COUNT:
        break;
    }
    return STATE_COUNT; /* any will do */
}

int sim_control_act(const struct frame_do *request, struct progress *progress, struct error *err)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * NS_PER_MS};
    enum guest_state state = STATE_UNKNOWN, wanted = aim(request->action);
    int limit_s = request->timeout_s > 0 ? request->timeout_s : LIMIT_S;
    CLEANUP_CLOSE int fd = sim_control_connect(err);

    if (fd < 0)
        return fd;
    int rc = sim_control_ask(fd, action_word(request->action), request, &state, err);
    if (rc != 0)
        return rc;
    int64_t start = clock_mono_ns();
    progress->say(progress, "asked the simulated guest", 0);
    while (rc == 0 && wanted != STATE_COUNT && state != wanted) {
        int64_t passed = clock_mono_ns() - start;
        if (passed >= limit_s * NS_PER_S)
            return error_set(err, ERR_TIMEOUT, "force it off", "%s took longer than %d s",
                             action_name(request->action), limit_s);
        progress->say(progress, state_name(state), -1);
        nanosleep(&pause, NULL);
        rc = sim_control_ask(fd, "state", request, &state, err);
    }
    return rc;
}
