#include "worker/role.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "backend/trace.h"
#include "base/confine.h"
#include "base/io.h"
#include "base/log.h"
#include "base/watched.h"
#include "worker/roles.h"

static const struct {
    const char *name;
    int (*run)(struct role *role);
} roles[] = {{"worker", sampling_run},
             {"job", job_run},
             {"probe", probe_run},
             {"console", console_run},
             {"log", log_run}};

static void no_more_reader(int signal)
{
    (void)signal;
}

static int find(const struct role *role, const struct backend_ops **ret_ops, const char **ret_arg,
                struct error *err)
{
    const char *colon = strchr(role->source, ':');

    *ret_ops = role->ops;
    *ret_arg = colon ? colon + 1 : "";
    return role->ops ? 0 : backend_find(role->source, ret_ops, ret_arg, err);
}

static int open_found(const struct role *role, const struct backend_ops *ops, const char *arg,
                      struct backend **ret, struct error *err)
{
    return role->debug ? trace_open(ops, ret, arg, err) : backend_open(ops, ret, arg, err);
}

int role_open(struct role *role, struct backend **ret, struct error *err)
{
    const struct backend_ops *ops;
    const char *arg;
    int rc = find(role, &ops, &arg, err);

    return rc < 0 ? rc : open_found(role, ops, arg, ret, err);
}

int role_open_to_sample(struct role *role, struct backend **ret, struct error *err)
{
    const struct backend_ops *ops;
    const char *arg;
    int rc = find(role, &ops, &arg, err);

    role_confine(rc < 0 ? 0 : ops->capabilities);
    return rc < 0 ? rc : open_found(role, ops, arg, ret, err);
}

int role_waited(int ready)
{
    if (ready >= 0 || !io_cannot_wait())
        return ready;
    log_line("cannot wait: %s", strerror(errno));
    _exit(1);
}

int role_await(struct role *role, enum frame_type type, struct frame *ret, struct error *err)
{
    struct channel *channel = &role->channel;

    for (;;) {
        struct pollfd pfd = {.fd = channel->fd, .events = POLLIN};
        struct frame frame;
        int rc;

        while ((rc = channel_next(channel, &frame, err)) > 0) {
            if (frame.type == type) {
                *ret = frame;
                return 0;
            }
            frame_clear(&frame);
        }
        if (rc < 0)
            return rc;
        if (channel_pending(channel))
            pfd.events |= POLLOUT;
        role_waited(poll(&pfd, 1, -1));
        if ((rc = channel_flush(channel, err)) < 0 || (rc = channel_fill(channel, err)) < 0)
            return rc;
    }
}

bool role_listen(struct channel *channel, void (*obey)(void *user, const struct frame *frame),
                 void *user)
{
    bool gone = channel_flush(channel, NULL) < 0 || channel_fill(channel, NULL) < 0;
    struct frame frame;
    int rc;

    while ((rc = channel_next(channel, &frame, NULL)) > 0) {
        obey(user, &frame);
        frame_clear(&frame);
    }
    return !gone && rc == 0;
}

void role_confine(uint64_t keep)
{
    int rc = confine_capabilities(keep);

    if (rc < 0)
        log_line("capabilities are kept: %s", strerror(-rc));
}

void role_flush(struct role *role)
{
    while (channel_flush(&role->channel, NULL) == 0 && channel_pending(&role->channel)) {
        struct pollfd pfd = {.fd = role->channel.fd, .events = POLLOUT};
        role_waited(poll(&pfd, 1, -1));
    }
}

static int role_run(struct role *role, int fd)
{
    struct frame hello = {.type = FRAME_HELLO, .u.hello = {.protocol = FRAME_PROTOCOL}};
    int status = 2;

    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (strcmp(roles[i].name, role->name) != 0)
            continue;
        channel_init(&role->channel, fd);
        hello.u.hello.role = (char *)role->name;
        hello.u.hello.source = (char *)role->source;
        status = 1;
        if (channel_send(&role->channel, &hello, NULL) == 0)
            status = roles[i].run(role);
        channel_clear(&role->channel);
        break;
    }
    return status;
}

int role_start(struct role *role)
{
    /* A handler that does nothing, not SIG_IGN: standard error may lose its reader, and what a job
     * starts inherits what is ignored, but not what is handled. */
    struct sigaction action = {.sa_handler = no_more_reader, .sa_flags = SA_RESTART};
    char who[96];
    int status;

    sigaction(SIGPIPE, &action, NULL);
    prctl(PR_SET_NAME, "vctop"); /* executed as /proc/self/exe, it would be called "exe" */
    fcntl(ROLE_CHANNEL_FD, F_SETFD, FD_CLOEXEC);
    snprintf(who, sizeof(who), "%s %s", role->name, role->source);
    log_to(STDERR_FILENO, who);
    status = role_run(role, ROLE_CHANNEL_FD);
    if (status == 2)
        return status;
    /* A worker, which leaves open what may hang, has looked meanwhile. */
    if (strcmp(role->name, "worker") != 0)
        watched_look_for_leaks();
    /* A thread or exit handler of a library that hangs must not keep the process. */
    _exit(status);
}

int role_main(const char *role, const char *source, bool debug, bool readonly)
{
    return role_start(
        &(struct role){.name = role, .source = source, .debug = debug, .readonly = readonly});
}
