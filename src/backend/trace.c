#include "backend/trace.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"

/* poll_fds is asked at every turn of the loop: it is worth a line only when it is slow. */
#define SLOW_NS NS_PER_MS

/* The table is part of the instance, for which slots are NULL depends on what is inside. */
struct trace {
    struct backend backend;
    struct backend_ops ops;
    struct backend *inner;
};

static struct backend *inner(struct backend *backend)
{
    return ((struct trace *)backend)->inner;
}

static double ms_since(int64_t start_ns)
{
    return (double)(clock_mono_ns() - start_ns) / (double)NS_PER_MS;
}

static void log_result(const char *what, int64_t start_ns, int rc, const struct error *err)
{
    if (rc < 0)
        log_line("%s: %d %s, %.2f ms", what, rc, err->message, ms_since(start_ns));
    else
        log_line("%s: ok, %.2f ms", what, ms_since(start_ns));
}

static void trace_close(struct backend *backend)
{
    int64_t start = clock_mono_ns();

    backend_close(inner(backend));
    log_line("close: %.2f ms", ms_since(start));
    free(backend);
}

static void trace_tick(struct backend *backend, const struct want *want, struct sink *sink,
                       int64_t at_ns)
{
    int64_t start = clock_mono_ns();

    backend_tick(inner(backend), want, sink, at_ns);
    log_line("tick: %.2f ms, begun %.2f ms late", ms_since(start),
             (double)(start - at_ns) / (double)NS_PER_MS);
}

static void trace_parts(struct backend *backend, const struct want *want, struct sink *sink)
{
    int64_t start = clock_mono_ns();

    backend_parts(inner(backend), want, sink);
    log_line("parts: %#x of %u, %.2f ms", want->parts, want->selected, ms_since(start));
}

static size_t trace_poll_fds(struct backend *backend, struct pollfd *fds)
{
    int64_t start = clock_mono_ns();
    size_t count = backend_poll_fds(inner(backend), fds);

    if (clock_mono_ns() - start > SLOW_NS)
        log_line("poll_fds: %zu, %.2f ms", count, ms_since(start));
    return count;
}

static bool trace_ready(struct backend *backend, const struct want *want, struct sink *sink,
                        const struct pollfd *fds, size_t count)
{
    int64_t start = clock_mono_ns();
    bool tick = backend_ready(inner(backend), want, sink, fds, count);

    log_line("ready: %s, %.2f ms", tick ? "wants a tick" : "done", ms_since(start));
    return tick;
}

static int trace_act(struct backend *backend, const struct frame_do *request,
                     struct progress *progress, struct error *err)
{
    int64_t start = clock_mono_ns();
    struct error mine = {0};
    int rc;

    log_line("act: %s %s", action_word(request->action), request->key);
    rc = backend_act(inner(backend), request, progress, &mine);
    log_result("act", start, rc, &mine);
    if (rc < 0 && err)
        *err = mine;
    return rc;
}

static int trace_ask(struct backend *backend, const struct frame_ask *request,
                     struct frame_answer *answer, struct error *err)
{
    int64_t start = clock_mono_ns();
    struct error mine = {0};
    int rc;

    log_line("ask: %s of %s", request->question, request->key);
    rc = backend_ask(inner(backend), request, answer, &mine);
    log_result("ask", start, rc, &mine);
    if (rc < 0 && err)
        *err = mine;
    return rc;
}

/* The relay is not traced: what is typed is nobody's business. */
static int trace_console(struct backend *backend, const struct frame_open *request,
                         struct relay **ret, struct error *err)
{
    int64_t start = clock_mono_ns();
    struct error mine = {0};
    int rc;

    log_line("console: kind %d of %s", (int)request->kind, request->key);
    rc = backend_console(inner(backend), request, ret, &mine);
    log_result("console", start, rc, &mine);
    if (rc < 0 && err)
        *err = mine;
    return rc;
}

int trace_open(const struct backend_ops *ops, struct backend **ret, const char *arg,
               struct error *err)
{
    int64_t start = clock_mono_ns();
    struct error mine = {0};
    struct backend *opened = NULL;
    struct trace *trace;
    int rc = backend_open(ops, &opened, arg, &mine);

    log_result("open", start, rc, &mine);
    if (rc < 0) {
        if (err)
            *err = mine;
        return rc;
    }
    trace = xcalloc(1, sizeof(*trace));
    trace->inner = opened;
    trace->ops = (struct backend_ops){
        .name = ops->name,
        .capabilities = ops->capabilities,
        .close = trace_close,
        .tick = ops->tick ? trace_tick : NULL,
        .parts = ops->parts ? trace_parts : NULL,
        .poll_fds = ops->poll_fds ? trace_poll_fds : NULL,
        .ready = ops->ready ? trace_ready : NULL,
        .act = ops->act ? trace_act : NULL,
        .ask = ops->ask ? trace_ask : NULL,
        .console = ops->console ? trace_console : NULL,
    };
    trace->backend.ops = &trace->ops;
    *ret = &trace->backend;
    return 0;
}
