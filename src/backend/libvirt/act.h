/* Jobs and probes: one action or one question on a connection of their own. */
#ifndef VCTOP_BACKEND_LIBVIRT_ACT_H
#define VCTOP_BACKEND_LIBVIRT_ACT_H

#include "backend/backend.h"
#include "backend/libvirt/uri.h"

/* See struct backend_ops.  Says progress every second from the calling thread; gives a daemon 10 s
 * to accept the connection. */
int lv_act(const struct lv_uri *uri, const struct frame_do *request, struct progress *progress,
           struct error *err);

/* "addresses": what libvirt's DHCP leases and ARP tables say, over a read-only connection; when
 * they know none and REQUEST allows it, what the guest's agent says, over a writable one. */
int lv_ask(const struct lv_uri *uri, const struct frame_ask *request, struct frame_answer *answer,
           struct error *err);

#endif
