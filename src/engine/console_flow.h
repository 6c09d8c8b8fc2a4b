/* The bytes of one console on their way: each side may have CONSOLE_WINDOW of them under way, the
 * other gives leave for as many as it has passed on.  What is typed meanwhile waits within bounds.
 */
#ifndef VCTOP_ENGINE_CONSOLE_FLOW_H
#define VCTOP_ENGINE_CONSOLE_FLOW_H

#include <stddef.h>
#include <stdint.h>

#include "frame/channel.h"

struct console_flow {
    char *typed; /* what the child may not have yet */
    size_t typed_len;
    size_t in_flight; /* typed bytes that the child has not passed on */
    char *output;     /* a ring of CONSOLE_WINDOW bytes: what nobody took yet */
    size_t output_at, output_len;
    size_t taken; /* since the last credit */
};

void console_flow_init(struct console_flow *flow);
void console_flow_clear(struct console_flow *flow);

/* Queues what is typed; returns how many bytes of it there was no room for. */
size_t console_flow_type(struct console_flow *flow, const char *bytes, size_t len);
/* Sends as much of it as the child may have. */
void console_flow_send(struct console_flow *flow, struct channel *channel);
/* The child has passed on COUNT of them.  ERR_SYNTAX: it had not so many. */
int console_flow_passed(struct console_flow *flow, uint32_t count);
/* Nobody wants any more what waits to be sent. */
void console_flow_forget(struct console_flow *flow);

/* What the guest said.  ERR_SYNTAX: more than the child was given leave for. */
int console_flow_put(struct console_flow *flow, const struct frame_bytes *bytes);
/* Moves up to MAX bytes of that to DST, in order; CHANNEL, unless NULL, gets leave for as many. */
size_t console_flow_take(struct console_flow *flow, char *dst, size_t max, struct channel *channel);

#endif
