/* A sink that hears nothing, for tests of a backend that do not look at all that it says: what such
 * a test defines itself stands in front of this. */
#include "backend/backend.h"

#define QUIET __attribute__((weak))

QUIET void sink_source(struct sink *sink, enum source_state state, const struct error *why,
                       const char *note)
{
    (void)sink, (void)state, (void)why, (void)note;
}

QUIET void sink_daemon(struct sink *sink, int64_t restarted_ns)
{
    (void)sink, (void)restarted_ns;
}

QUIET void sink_facts(struct sink *sink, const struct facts *facts)
{
    (void)sink, (void)facts;
}

QUIET void sink_row(struct sink *sink, uint32_t handle, enum guest_state state, const char *reason,
                    const char *blame, const struct sample *sample)
{
    (void)sink, (void)handle, (void)state, (void)reason, (void)blame, (void)sample;
}

QUIET void sink_gone(struct sink *sink, uint32_t handle)
{
    (void)sink, (void)handle;
}

QUIET void sink_answered(struct sink *sink)
{
    (void)sink;
}

QUIET void sink_flush(struct sink *sink)
{
    (void)sink;
}

QUIET void sink_host(struct sink *sink, const struct host_sample *sample)
{
    (void)sink, (void)sample;
}

QUIET void sink_event(struct sink *sink, uint32_t handle, const struct news *news, int64_t wall_ns)
{
    (void)sink, (void)handle, (void)news, (void)wall_ns;
}

QUIET void sink_storage(struct sink *sink, const struct storage_report *report)
{
    (void)sink, (void)report;
}

QUIET void sink_isolation(struct sink *sink, uint32_t handle, const struct isolation_facts *facts)
{
    (void)sink, (void)handle, (void)facts;
}

QUIET void sink_parts(struct sink *sink, uint32_t handle, const struct parts *parts)
{
    (void)sink, (void)handle, (void)parts;
}

QUIET void sink_stuck(struct sink *sink, int calls)
{
    (void)sink, (void)calls;
}
