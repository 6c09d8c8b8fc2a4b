#include "worker/roles.h"

#include "base/alloc.h"

int probe_run(struct role *role)
{
    struct backend *backend = NULL;
    struct error err = {0};
    struct frame request, answer = {.type = FRAME_ANSWER};
    int rc;

    if (role_await(role, FRAME_ASK, &request, &err) < 0)
        return 1;
    request.u.ask.agent &= !role->readonly;
    /* May never return: the engine kills the probe after the request's limit. */
    rc = role_open(role, &backend, &err);
    if (rc == 0)
        rc = backend_ask(backend, &request.u.ask, &answer.u.answer, &err);
    if (rc < 0)
        xreplace(&answer.u.answer.error, err.message);
    channel_send(&role->channel, &answer, NULL);
    role_flush(role);
    backend_close(backend);
    frame_clear(&answer);
    frame_clear(&request);
    return rc < 0 ? 1 : 0;
}
