#include "backend/libvirt/stream.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/libvirt/wait.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"

#define RING ((size_t)64 << 10)
#define CHUNK ((size_t)16 << 10)
/* How long the event thread waits for room.  Longer, and the daemon would take our silence for our
 * death: then the flood is thrown away instead. */
#define STALL_NS (5 * NS_PER_S)

struct lv_stream {
    virConnectPtr conn;
    virStreamPtr stream;
    int bell;
    bool watched; /* the close callback is registered */

    pthread_mutex_t lock;
    pthread_cond_t room;
    int refs; /* ours, and one for each callback that libvirt has */
    char ring[RING];
    size_t at, len;
    uint64_t lost; /* bytes thrown away */
    enum lv_stream_end end;
    bool closing;
    bool blocked; /* libvirt takes no more just now */
};

static void unref(void *user)
{
    struct lv_stream *self = user;

    pthread_mutex_lock(&self->lock);
    bool last = --self->refs == 0;
    pthread_mutex_unlock(&self->lock);
    if (!last)
        return;
    pthread_cond_destroy(&self->room);
    pthread_mutex_destroy(&self->lock);
    close(self->bell);
    free(self);
}

static void set_end(struct lv_stream *self, enum lv_stream_end end)
{
    pthread_mutex_lock(&self->lock);
    if (self->end == LV_STREAM_OPEN)
        self->end = end;
    pthread_cond_broadcast(&self->room);
    pthread_mutex_unlock(&self->lock);
    lv_bell_ring(self->bell);
}

/* Waits, locked, until there is room; false when it is given up. */
static bool await_room(struct lv_stream *self)
{
    int64_t until = clock_mono_ns() + STALL_NS;

    while (self->len == RING && !self->closing && self->end == LV_STREAM_OPEN) {
        if (!lv_cond_wait(&self->room, &self->lock, until))
            return false;
    }
    return self->len < RING;
}

/* False when it is being closed. */
static bool keep(struct lv_stream *self, const char *buf, size_t len)
{
    pthread_mutex_lock(&self->lock);
    while (len > 0) {
        /* Once it has stalled, it stays so until there is room again: no second wait. */
        if (self->len == RING && (self->lost || !await_room(self))) {
            if (self->lost == 0)
                log_line("the output of the guest is thrown away, for nobody takes it");
            self->lost += len;
            break;
        }
        if (self->len == RING)
            break; /* closing */
        size_t tail = (self->at + self->len) % RING;
        size_t room = tail >= self->at || self->len == 0 ? RING - tail : self->at - tail;
        size_t part = len < room ? len : room;
        memcpy(self->ring + tail, buf, part);
        self->len += part;
        buf += part;
        len -= part;
    }
    bool go_on = !self->closing;
    pthread_mutex_unlock(&self->lock);
    lv_bell_ring(self->bell);
    return go_on;
}

/* On the event thread: while this waits, nothing is read from the daemon's socket, the socket fills
 * up, and the daemon stops reading the guest. */
static void drain(struct lv_stream *self, virStreamPtr stream)
{
    char buf[CHUNK];
    int got;

    while ((got = virStreamRecv(stream, buf, sizeof(buf))) > 0 && keep(self, buf, (size_t)got))
        ;
    if (got == 0)
        set_end(self, LV_STREAM_EOF);
    else if (got == -1)
        set_end(self, LV_STREAM_ERROR);
}

static void on_stream(virStreamPtr stream, int events, void *user)
{
    struct lv_stream *self = user;

    if (events & VIR_STREAM_EVENT_READABLE)
        drain(self, stream);
    if (events & VIR_STREAM_EVENT_WRITABLE) {
        pthread_mutex_lock(&self->lock);
        self->blocked = false;
        pthread_mutex_unlock(&self->lock);
        virStreamEventUpdateCallback(stream, VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR |
                                                 VIR_STREAM_EVENT_HANGUP);
        lv_bell_ring(self->bell);
    }
    if (events & (VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP)) {
        drain(self, stream);
        set_end(self, LV_STREAM_ERROR);
        virStreamEventUpdateCallback(stream, 0); /* it would be told again and again */
    }
}

static void on_close(virConnectPtr conn, int reason, void *user)
{
    (void)conn;
    (void)reason;
    set_end(user, LV_STREAM_LOST);
}

struct lv_stream *lv_stream_new(virConnectPtr conn, virStreamPtr stream)
{
    struct lv_stream *self = xcalloc(1, sizeof(*self));

    self->conn = conn;
    self->stream = stream;
    self->bell = lv_bell_open();
    self->refs = 3; /* until libvirt refuses a callback */
    pthread_mutex_init(&self->lock, NULL);
    lv_cond_init(&self->room);
    /* A daemon that dies makes no event of the stream. */
    self->watched = virConnectRegisterCloseCallback(conn, on_close, self, unref) == 0;
    self->refs -= !self->watched;
    if (virStreamEventAddCallback(
            stream, VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP,
            on_stream, self, unref) < 0) {
        self->refs--;
        if (self->watched)
            virConnectUnregisterCloseCallback(conn, on_close);
        unref(self);
        return NULL;
    }
    return self;
}

void lv_stream_close(struct lv_stream *self)
{
    pthread_mutex_lock(&self->lock);
    self->closing = true;
    bool finished = self->end == LV_STREAM_EOF;
    pthread_cond_broadcast(&self->room);
    pthread_mutex_unlock(&self->lock);
    virStreamEventRemoveCallback(self->stream);
    /* Freed without one of these, the console would stay in use. */
    if (!finished || virStreamFinish(self->stream) < 0)
        virStreamAbort(self->stream);
    virStreamFree(self->stream);
    if (self->watched)
        virConnectUnregisterCloseCallback(self->conn, on_close);
    virConnectClose(self->conn);
    unref(self);
}

int lv_stream_fd(const struct lv_stream *self)
{
    return self->bell;
}

size_t lv_stream_read(struct lv_stream *self, char *buf, size_t size, enum lv_stream_end *end)
{
    lv_bell_hush(self->bell);
    pthread_mutex_lock(&self->lock);
    size_t part = self->len < RING - self->at ? self->len : RING - self->at;
    part = part < size ? part : size;
    memcpy(buf, self->ring + self->at, part);
    self->at = (self->at + part) % RING;
    self->len -= part;
    if (part) {
        self->lost = 0;
        pthread_cond_broadcast(&self->room);
    }
    bool more = self->len > 0 || (part && self->end != LV_STREAM_OPEN);
    *end = part ? LV_STREAM_OPEN : self->end;
    pthread_mutex_unlock(&self->lock);
    if (more)
        lv_bell_ring(self->bell);
    return part;
}

size_t lv_stream_write(struct lv_stream *self, const char *buf, size_t len)
{
    size_t done = 0;

    while (done < len) {
        size_t part = len - done < CHUNK ? len - done : CHUNK;
        pthread_mutex_lock(&self->lock);
        bool stop = self->blocked || self->end != LV_STREAM_OPEN;
        pthread_mutex_unlock(&self->lock);
        if (stop)
            break;
        int sent = virStreamSend(self->stream, buf + done, part);
        if (sent <= 0) {
            pthread_mutex_lock(&self->lock);
            self->blocked = sent == -2;
            pthread_mutex_unlock(&self->lock);
            if (sent == -2)
                virStreamEventUpdateCallback(self->stream,
                                             VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_WRITABLE |
                                                 VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP);
            break; /* what else went wrong shows in reading */
        }
        done += (size_t)sent;
    }
    return done;
}
