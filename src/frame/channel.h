/* Frames over one nonblocking stream socket: bounded queues in both directions.  Single thread. */
#ifndef VCTOP_FRAME_CHANNEL_H
#define VCTOP_FRAME_CHANNEL_H

#include "frame/frame.h"

struct channel {
    int fd; /* owned; -1 closed */
    msgpack_sbuffer out;
    size_t out_done;
    char *in;
    size_t in_len, in_size, in_done;
    uint64_t received; /* bytes, since it was made */
};

void channel_init(struct channel *channel, int fd);
void channel_clear(struct channel *channel);

/* Queues FRAME and writes what the socket takes.  Queued frames never pass FRAME_MAX_BYTES * 2:
 * ERR_BUSY then, and nothing is queued.  ERR_LOST when the peer is gone. */
int channel_send(struct channel *channel, const struct frame *frame, struct error *err);
/* The same for bytes made by frame_put or frame_rows_end. */
int channel_send_bytes(struct channel *channel, const msgpack_sbuffer *buf, struct error *err);
int channel_flush(struct channel *channel, struct error *err);
size_t channel_pending(const struct channel *channel); /* bytes not yet written */

/* Reads what is there, once.  ERR_LOST at the end of the stream, 0 otherwise (also with nothing).
 * Frames that came before the end are still to be had from channel_next. */
int channel_fill(struct channel *channel, struct error *err);
/* The next whole frame: 1 and RET filled, 0 when there is none, ERR_SYNTAX on garbage. */
int channel_next(struct channel *channel, struct frame *ret, struct error *err);

#endif
