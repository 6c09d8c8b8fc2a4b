#include "worker/sink.h"

#include <stdlib.h>
#include <string.h>

#include "backend/calls.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"

#define ROWS_BYTES (2u << 20) /* a frame of rows is closed at this size; far below the limit */

void sink_init(struct sink *sink, struct channel *channel)
{
    *sink = (struct sink){.channel = channel};
}

void sink_clear(struct sink *sink)
{
    free(sink->error);
    free(sink->remedy);
    free(sink->note);
    msgpack_sbuffer_destroy(&sink->out);
    if (sink->collecting)
        msgpack_sbuffer_destroy(&sink->rows.body);
    memset(sink, 0, sizeof(*sink));
}

/* Everything but rows must arrive.  A screen that takes nothing for so long that the queue is full
 * has lost this worker; another starts from a clean sheet. */
static void check(struct sink *sink, int rc, const struct error *err)
{
    if (rc == 0)
        return;
    sink->failed = true;
    log_line("giving up: %s", err->message);
}

static void send_frame(struct sink *sink, const struct frame *frame)
{
    struct error err;

    if (sink->failed)
        return;
    if (sink->corked)
        frame_put(&sink->out, frame);
    else
        check(sink, channel_send(sink->channel, frame, &err), &err);
}

static void send_corked(struct sink *sink)
{
    struct error err;

    if (sink->out.size && !sink->failed)
        check(sink, channel_send_bytes(sink->channel, &sink->out, &err), &err);
    msgpack_sbuffer_destroy(&sink->out);
    msgpack_sbuffer_init(&sink->out);
}

void sink_flush(struct sink *sink)
{
    msgpack_sbuffer buf;

    send_corked(sink); /* the facts that the rows build on */
    if (!sink->collecting)
        return;
    msgpack_sbuffer_init(&buf);
    frame_rows_end(&sink->rows, &buf);
    sink->collecting = false;
    /* A full queue costs this tick's rows and no more; a lost screen shows when the loop reads. */
    channel_send_bytes(sink->channel, &buf, NULL);
    msgpack_sbuffer_destroy(&buf);
}

void sink_begin(struct sink *sink, int64_t at_ns)
{
    sink->at_ns = at_ns;
    sink->said = 0;
    sink->dropping = channel_pending(sink->channel) > 0;
    sink->corked = true;
}

void sink_end(struct sink *sink)
{
    sink_flush(sink);
    sink->corked = false;
}

void sink_beat(struct sink *sink)
{
    struct frame frame = {.type = FRAME_BEAT};

    /* What is queued is sign of life enough once the screen reads again. */
    if (channel_pending(sink->channel) == 0)
        send_frame(sink, &frame);
}

void sink_cost(struct sink *sink, int64_t now_ns)
{
    struct frame frame = {.type = FRAME_COST, .u.cost = {.at_ns = now_ns}};

    if (channel_pending(sink->channel) > 0)
        return;
    self_measure(&frame.u.cost.self);
    calls_read(&frame.u.cost, now_ns);
    send_frame(sink, &frame);
}

void sink_row(struct sink *sink, uint32_t handle, enum guest_state state, const char *reason,
              const char *blame, const struct sample *sample)
{
    uint64_t valid = sample && sample->at_ns > 0 ? sample->valid : 0;

    sink->said++;
    if (sink->dropping)
        return;
    if (sink->collecting && (valid & ~sink->columns || sink->rows.count == FRAME_MAX_ROWS ||
                             sink->rows.body.size > ROWS_BYTES))
        sink_flush(sink);
    /* Columns are only ever added: a field that comes for the first time splits this one tick. */
    sink->columns |= valid;
    if (!sink->collecting)
        frame_rows_begin(&sink->rows, sink->at_ns, sink->columns);
    sink->collecting = true;
    frame_rows_add(&sink->rows, handle, state, reason, blame, sample);
}

void sink_facts(struct sink *sink, const struct facts *facts)
{
    struct frame frame = {.type = FRAME_FACTS, .u.facts = *facts};

    send_frame(sink, &frame);
}

void sink_gone(struct sink *sink, uint32_t handle)
{
    struct frame frame = {.type = FRAME_GONE, .u.gone = handle};

    send_frame(sink, &frame);
}

void sink_answered(struct sink *sink)
{
    struct frame frame = {.type = FRAME_ANSWERED};

    if (sink->answered)
        return;
    sink->answered = true;
    sink_flush(sink); /* complete means with states */
    send_frame(sink, &frame);
}

void sink_host(struct sink *sink, const struct host_sample *sample)
{
    struct frame frame = {.type = FRAME_HOST, .u.host = (struct host_sample *)sample};

    sink->said++;
    if (!sink->dropping)
        send_frame(sink, &frame);
}

void sink_event(struct sink *sink, uint32_t handle, const struct news *news, int64_t wall_ns)
{
    struct frame frame = {
        .type = FRAME_EVENT,
        .u.event = {.handle = handle,
                    .wall_ns = wall_ns,
                    .text = (char *)news->text,
                    .topic = (char *)news->topic,
                    .grade = news->grade,
                    .times = news->times},
    };

    send_frame(sink, &frame);
}

void sink_stuck(struct sink *sink, int calls)
{
    struct frame frame = {.type = FRAME_STUCK, .u.stuck = calls};

    if (calls == sink->stuck)
        return;
    sink->stuck = calls;
    send_frame(sink, &frame);
}

void sink_daemon(struct sink *sink, int64_t restarted_ns)
{
    sink->restarted_ns = restarted_ns;
}

void sink_storage(struct sink *sink, const struct storage_report *report)
{
    struct frame frame = {.type = FRAME_STORAGE, .u.storage = *report};

    /* Another one comes soon. */
    if (!sink->dropping)
        send_frame(sink, &frame);
}

void sink_isolation(struct sink *sink, uint32_t handle, const struct isolation_facts *facts)
{
    struct frame frame = {.type = FRAME_ISOLATION, .u.isolation = {handle, *facts}};

    send_frame(sink, &frame);
}

void sink_parts(struct sink *sink, uint32_t handle, const struct parts *parts)
{
    struct frame frame = {.type = FRAME_PARTS, .u.parts = {.handle = handle, .parts = *parts}};

    if (!sink->dropping)
        send_frame(sink, &frame);
}

void sink_source(struct sink *sink, enum source_state state, const struct error *why,
                 const char *note)
{
    struct frame frame = {.type = FRAME_SOURCE};
    bool changed = !sink->has_source || sink->state != state;

    changed |= xreplace(&sink->error, why && why->message[0] ? why->message : NULL) != 0;
    changed |= xreplace(&sink->remedy, why && why->remedy[0] ? why->remedy : NULL) != 0;
    changed |= xreplace(&sink->note, note) != 0;
    changed |= sink->restarted_ns != sink->said_restarted_ns;
    if (!changed)
        return;
    sink->said_restarted_ns = sink->restarted_ns;
    sink->has_source = true;
    sink->state = state;
    frame.u.source = (struct frame_source){.state = state,
                                           .error = sink->error,
                                           .remedy = sink->remedy,
                                           .note = sink->note,
                                           .restarted_ns = sink->restarted_ns};
    send_frame(sink, &frame);
}
