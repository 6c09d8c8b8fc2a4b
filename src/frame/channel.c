#include "frame/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"

#define QUEUE_MAX ((size_t)FRAME_MAX_BYTES * 2)
#define READ_CHUNK ((size_t)64 << 10)
#define INPUT_MAX (FRAME_MAX_BYTES + 4 + READ_CHUNK)
#define KEEP_BYTES ((size_t)1 << 20) /* an empty buffer above this goes back to the system */

void channel_init(struct channel *channel, int fd)
{
    memset(channel, 0, sizeof(*channel));
    channel->fd = fd;
    msgpack_sbuffer_init(&channel->out);
}

void channel_clear(struct channel *channel)
{
    if (channel->fd >= 0)
        close(channel->fd);
    msgpack_sbuffer_destroy(&channel->out);
    free(channel->in);
    channel_init(channel, -1);
}

size_t channel_pending(const struct channel *channel)
{
    return channel->out.size - channel->out_done;
}

static int lost(struct error *err, int errnum)
{
    if (errnum == 0 || errnum == EPIPE || errnum == ECONNRESET)
        return error_set(err, ERR_LOST, NULL, "the other process is gone");
    return error_set(err, ERR_LOST, NULL, "the channel failed: %s", strerror(errnum));
}

/* Drops what was written, so that a queue that never quite empties does not grow for ever. */
static void compact_out(struct channel *channel)
{
    size_t pending = channel_pending(channel);

    if (pending == 0) {
        if (channel->out.alloc > KEEP_BYTES) {
            msgpack_sbuffer_destroy(&channel->out);
            msgpack_sbuffer_init(&channel->out);
        }
    } else if (channel->out_done < channel->out.size / 2) {
        return;
    } else {
        memmove(channel->out.data, channel->out.data + channel->out_done, pending);
    }
    channel->out.size = pending;
    channel->out_done = 0;
}

int channel_flush(struct channel *channel, struct error *err)
{
    if (channel->fd < 0)
        return lost(err, 0);
    while (channel_pending(channel) > 0) {
        /* MSG_NOSIGNAL: SIGPIPE stays at its default, for guests inherit an ignored one. */
        ssize_t n = send(channel->fd, channel->out.data + channel->out_done,
                         channel_pending(channel), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0)
            channel->out_done += (size_t)n;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            break;
        else if (errno != EINTR)
            return lost(err, errno);
    }
    compact_out(channel);
    return 0;
}

/* Keeps what was queued behind SIZE when the bound allows it, and writes. */
static int queued(struct channel *channel, size_t before, struct error *err)
{
    if (channel_pending(channel) > QUEUE_MAX) {
        channel->out.size = before;
        return error_set(err, ERR_BUSY, NULL, "the other process does not read what it is sent");
    }
    return channel_flush(channel, err);
}

int channel_send(struct channel *channel, const struct frame *frame, struct error *err)
{
    size_t before = channel->out.size;

    if (channel->fd < 0)
        return lost(err, 0);
    frame_put(&channel->out, frame);
    return queued(channel, before, err);
}

int channel_send_bytes(struct channel *channel, const msgpack_sbuffer *buf, struct error *err)
{
    size_t before = channel->out.size;

    if (channel->fd < 0)
        return lost(err, 0);
    if (buf->size > QUEUE_MAX - channel_pending(channel))
        return error_set(err, ERR_BUSY, NULL, "the other process does not read what it is sent");
    if (channel->out.alloc - channel->out.size < buf->size) {
        size_t size = channel->out.size + buf->size;
        channel->out.data = xrealloc(channel->out.data, size, 1);
        channel->out.alloc = size;
    }
    if (buf->size)
        memcpy(channel->out.data + channel->out.size, buf->data, buf->size);
    channel->out.size += buf->size;
    return queued(channel, before, err);
}

/* Room for at least one more chunk, or as much as the bound leaves.  The buffer grows with what has
 * really come, never with what a length claims. */
static void make_room(struct channel *channel)
{
    if (channel->in_done > 0) {
        channel->in_len -= channel->in_done;
        memmove(channel->in, channel->in + channel->in_done, channel->in_len);
        channel->in_done = 0;
    }
    if (channel->in_len == 0 && channel->in_size > KEEP_BYTES) {
        free(channel->in);
        channel->in = NULL;
        channel->in_size = 0;
    }
    if (channel->in_size - channel->in_len < READ_CHUNK && channel->in_size < INPUT_MAX) {
        size_t size = channel->in_size ? channel->in_size * 2 : READ_CHUNK;
        if (size > INPUT_MAX)
            size = INPUT_MAX;
        channel->in = xrealloc(channel->in, size, 1);
        channel->in_size = size;
    }
}

int channel_fill(struct channel *channel, struct error *err)
{
    ssize_t n;

    if (channel->fd < 0)
        return lost(err, 0);
    make_room(channel);
    if (channel->in_len == channel->in_size)
        return 0; /* full of whole frames: they are to be taken first */
    do {
        n = recv(channel->fd, channel->in + channel->in_len, channel->in_size - channel->in_len,
                 MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
        channel->in_len += (size_t)n;
        channel->received += (uint64_t)n;
        return 0;
    }
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    return lost(err, n < 0 ? errno : 0);
}

int channel_next(struct channel *channel, struct frame *ret, struct error *err)
{
    size_t have = channel->in_len - channel->in_done;
    const unsigned char *head;
    size_t len;
    int rc;

    if (have < 4)
        return 0;
    head = (const unsigned char *)channel->in + channel->in_done;
    len = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
    if (len == 0 || len > FRAME_MAX_BYTES)
        return error_set(err, ERR_SYNTAX, NULL, "a frame claims %zu bytes", len);
    if (have - 4 < len)
        return 0;
    rc = frame_parse(ret, channel->in + channel->in_done + 4, len, err);
    if (rc < 0)
        return rc;
    channel->in_done += 4 + len;
    return 1;
}
