/* The only place where a sampler lets libvirt enter a QEMU's monitor: one question about one guest
 * at a time, in a thread that may hang for good. */
#ifndef VCTOP_BACKEND_LIBVIRT_MONITOR_H
#define VCTOP_BACKEND_LIBVIRT_MONITOR_H

#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend/libvirt/question.h"
#include "backend/libvirt/uri.h"

/* Each stuck call holds one of the daemon's 20 workers, even after its client is gone. */
#define LV_STUCK_MAX 4

struct lv_monitor;

enum lv_asked {
    LV_IDLE,     /* nothing under way */
    LV_BUSY,     /* a call is */
    LV_ANSWERED, /* the answer is in RET */
    LV_REFUSED,  /* the call failed */
    LV_STUCK     /* it hangs in the monitor and was given up */
};

/* Starts nothing yet.  Main thread for all of these; none blocks but free (a second at most). */
struct lv_monitor *lv_monitor_new(const struct lv_uri *uri);
void lv_monitor_free(struct lv_monitor *monitor);

/* Asks QUESTION about UUID; false when a call is under way or no thread can be had. */
bool lv_monitor_ask(struct lv_monitor *monitor, enum lv_question question, const char *uuid);

/* How the call goes; ANSWERED, REFUSED and STUCK are told once, with the guest in UUID and the
 * question in RET, whose disks are the caller's.  A call is stuck after 2 s, if the daemon has
 * ANSWERED_NS another thread later than that: otherwise it is the daemon that hangs. */
enum lv_asked lv_monitor_poll(struct lv_monitor *monitor, int64_t now_ns, int64_t answered_ns,
                              char uuid[VIR_UUID_STRING_BUFLEN], struct lv_answer *ret);

/* A call is under way for longer than it should: ask the daemon something harmless. */
bool lv_monitor_is_slow(struct lv_monitor *monitor, int64_t now_ns);

/* Readable when an answer is there (-1: there is none to wait for); lv_monitor_poll() drains it. */
int lv_monitor_fd(const struct lv_monitor *monitor);

/* Calls of this process that hang in the daemon. */
int lv_monitor_stuck(struct lv_monitor *monitor);
/* That daemon has ended, and they with it. */
void lv_monitor_forget(struct lv_monitor *monitor);

#endif
