#include "worker/journal.h"
#include "worker/roles.h"

struct job_progress {
    struct progress progress;
    struct channel *channel;
};

/* What cannot be said is not worth stopping for: the job goes on when the screen is gone or slow.
 */
static void say(struct progress *progress, const char *text, int percent)
{
    struct job_progress *self = (struct job_progress *)progress;
    struct frame frame = {
        .type = FRAME_PROGRESS,
        .u.progress = {.text = (char *)text,
                       .percent = percent < -1 || percent > 100 ? -1 : percent},
    };

    channel_send(self->channel, &frame, NULL);
}

static void say_result(struct role *role, int rc, struct error *err)
{
    struct frame frame = {
        .type = FRAME_PROGRESS,
        .u.progress = {.text = rc < 0 ? err->message : (char *)"done",
                       .remedy = rc < 0 && err->remedy[0] ? err->remedy : NULL,
                       .percent = rc < 0 ? -1 : 100,
                       .done = true,
                       .failed = rc < 0,
                       .timed_out = rc == ERR_TIMEOUT,
                       .denied = rc == ERR_DENIED || rc == ERR_BARRED,
                       .barred = rc == ERR_BARRED},
    };

    channel_send(&role->channel, &frame, NULL);
    role_flush(role);
}

int job_run(struct role *role)
{
    struct job_progress progress = {.progress = {.say = say}, .channel = &role->channel};
    struct backend *backend = NULL;
    struct error err = {0};
    struct frame request;
    int rc;

    if (role_await(role, FRAME_DO, &request, &err) < 0)
        return 1; /* nothing was asked for, so nothing is done */
    const struct frame_do *what = &request.u.action;
    journal_about(JOURNAL_SOCKET, role->source, what->key, what->name);
    journal("%s is asked for", action_name(what->action));
    /* On the main thread of a process without others: liblxc forks to start a container. */
    rc = role_open(role, &backend, &err);
    if (rc == 0)
        rc = backend_act(backend, what, &progress.progress, &err);
    say_result(role, rc, &err);
    journal("%s %s%s", action_name(what->action), rc < 0 ? "failed: " : "is done",
            rc < 0 ? err.message : "");
    /* Closed after the result is out, for closing may wait for a daemon. */
    backend_close(backend);
    frame_clear(&request);
    return rc < 0 ? 1 : 0;
}
