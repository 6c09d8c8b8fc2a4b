#include "engine/console_flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "model/console.h"

#define TYPED_MAX ((size_t)1 << 20)

void console_flow_init(struct console_flow *flow)
{
    *flow = (struct console_flow){.output = xmalloc(CONSOLE_WINDOW)};
}

void console_flow_clear(struct console_flow *flow)
{
    free(flow->typed);
    free(flow->output);
}

size_t console_flow_type(struct console_flow *flow, const char *bytes, size_t len)
{
    size_t room = TYPED_MAX - flow->typed_len;
    size_t fits = len < room ? len : room;

    if (fits > 0) {
        flow->typed = xrealloc(flow->typed, flow->typed_len + fits, 1);
        memcpy(flow->typed + flow->typed_len, bytes, fits);
        flow->typed_len += fits;
    }
    return len - fits;
}

void console_flow_send(struct console_flow *flow, struct channel *channel)
{
    size_t room = CONSOLE_WINDOW - flow->in_flight;
    size_t len = flow->typed_len < room ? flow->typed_len : room;
    struct frame frame = {.type = FRAME_BYTES, .u.bytes = {.data = flow->typed, .len = len}};

    if (len == 0)
        return;
    channel_send(channel, &frame, NULL);
    flow->in_flight += len;
    flow->typed_len -= len;
    memmove(flow->typed, flow->typed + len, flow->typed_len);
}

int console_flow_passed(struct console_flow *flow, uint32_t count)
{
    if (count > flow->in_flight)
        return ERR_SYNTAX;
    flow->in_flight -= count;
    return 0;
}

void console_flow_forget(struct console_flow *flow)
{
    flow->typed_len = 0;
}

int console_flow_put(struct console_flow *flow, const struct frame_bytes *bytes)
{
    size_t at = (flow->output_at + flow->output_len) % CONSOLE_WINDOW;
    size_t first = CONSOLE_WINDOW - at;

    if (bytes->len > CONSOLE_WINDOW - flow->output_len)
        return ERR_SYNTAX;
    first = bytes->len < first ? bytes->len : first;
    memcpy(flow->output + at, bytes->data, first);
    memcpy(flow->output, bytes->data + first, bytes->len - first);
    flow->output_len += bytes->len;
    return 0;
}

size_t console_flow_take(struct console_flow *flow, char *dst, size_t max, struct channel *channel)
{
    size_t len = flow->output_len < max ? flow->output_len : max;
    size_t first = CONSOLE_WINDOW - flow->output_at;

    first = len < first ? len : first;
    memcpy(dst, flow->output + flow->output_at, first);
    memcpy(dst + first, flow->output, len - first);
    flow->output_at = (flow->output_at + len) % CONSOLE_WINDOW;
    flow->output_len -= len;
    flow->taken += len;
    /* Not a frame for every few bytes of a flood. */
    if (channel && flow->taken > 0 &&
        (flow->output_len == 0 || flow->taken >= CONSOLE_WINDOW / 4)) {
        struct frame frame = {.type = FRAME_CREDIT, .u.credit = (uint32_t)flow->taken};
        channel_send(channel, &frame, NULL);
        flow->taken = 0;
    }
    return len;
}
