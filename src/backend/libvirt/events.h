/* What a daemon reports by itself: subscriptions on one connection. */
#ifndef VCTOP_BACKEND_LIBVIRT_EVENTS_H
#define VCTOP_BACKEND_LIBVIRT_EVENTS_H

#include <libvirt/libvirt.h>
#include <stdbool.h>

#include "backend/libvirt/event_words.h"
#include "backend/libvirt/io_error.h"

struct lv_happening {
    const char *uuid;
    bool moved;                         /* its state may be another one now */
    bool redefined;                     /* its XML reads differently now */
    const struct lv_io_error *io_error; /* which one paused it, or NULL */
    struct lv_words words;              /* for the event log */
    bool agent;                         /* its guest agent came up */
    bool pinned;                        /* it may run on other CPUs now */
    bool panicked;                      /* its system did */
};

/* Embedded in what wants to know.  All are called on libvirt's event thread: they must not call
 * libvirt.  hold() and release() count what libvirt keeps of the listener. */
struct lv_listener {
    void (*happened)(struct lv_listener *listener, const struct lv_happening *happening);
    void (*closed)(struct lv_listener *listener, int reason); /* virConnectCloseReason */
    void (*hold)(struct lv_listener *listener);
    void (*release)(struct lv_listener *listener);
};

#define LV_SUBSCRIPTIONS 18

struct lv_subscriptions {
    int id[LV_SUBSCRIPTIONS]; /* -1: the driver does not have it */
    bool close;
};

/* Subscribes to what the driver has; what it has not is no error. */
void lv_events_subscribe(virConnectPtr conn, struct lv_listener *listener,
                         struct lv_subscriptions *ret);
void lv_events_unsubscribe(virConnectPtr conn, const struct lv_subscriptions *subscriptions);

#endif
