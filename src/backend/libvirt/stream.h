/* Bytes to and from a libvirt stream.  libvirt's own event thread reads the stream into a ring and
 * stops reading when that is full: libvirt itself would queue a flood without a bound. */
#ifndef VCTOP_BACKEND_LIBVIRT_STREAM_H
#define VCTOP_BACKEND_LIBVIRT_STREAM_H

#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

struct lv_stream;

enum lv_stream_end {
    LV_STREAM_OPEN,
    LV_STREAM_EOF,   /* the guest's side has closed it */
    LV_STREAM_ERROR, /* broken off: somebody took it over, for example */
    LV_STREAM_LOST   /* the connection to the daemon is gone */
};

/* Takes over both, STREAM open and nonblocking; NULL: libvirt refuses to watch it. */
struct lv_stream *lv_stream_new(virConnectPtr conn, virStreamPtr stream);
/* Gives the console back, then closes the connection.  Waits for the daemon. */
void lv_stream_close(struct lv_stream *self);

/* Becomes readable when there is something to read, room to write again, or an end. */
int lv_stream_fd(const struct lv_stream *self);

/* 0: nothing just now, or *END says that nothing will come. */
size_t lv_stream_read(struct lv_stream *self, char *buf, size_t size, enum lv_stream_end *end);
/* How much was taken; may wait for a daemon that does not read. */
size_t lv_stream_write(struct lv_stream *self, const char *buf, size_t len);

#endif
