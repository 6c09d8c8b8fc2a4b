/* The only place where a sampler lets libvirt enter a QEMU's monitor: one question about one guest
 * at a time, in a thread that may hang for good. */
#ifndef VCTOP_BACKEND_LIBVIRT_MONITOR_H
#define VCTOP_BACKEND_LIBVIRT_MONITOR_H

#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend/libvirt/io_error.h"
#include "backend/libvirt/uri.h"
#include "model/part.h"

/* Each stuck call holds one of the daemon's 20 workers, even after its client is gone. */
#define LV_STUCK_MAX 4

struct lv_monitor;

struct lv_balloon {
    int64_t at_ns; /* CLOCK_MONOTONIC of the answer */
    bool has_used, has_cache;
    uint64_t used, cache; /* bytes; used is what is neither free nor page cache */
    uint64_t measured_ms; /* before the answer: when the guest reported USED and CACHE */
    uint64_t reported_s;  /* the same in the guest's words: another report has another */
    int64_t reported_ns;  /* and on our clock, the same for the same report */
    struct part report;   /* all that the group said, as figures of PART_MEMORY */
};

enum lv_question {
    LV_BALLOON,
    LV_PARTS,   /* the same, and its disks */
    LV_IO_ERROR /* which disk holds a guest that an I/O error paused */
};

struct lv_answer {
    enum lv_question question;
    struct lv_balloon balloon;
    struct parts disks; /* of LV_PARTS; owned */
    struct lv_io_error io_error;
};

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

/* The disk to name of those that have an error: one without space first. */
void lv_io_error_read(const virDomainDiskError *errors, int count, struct lv_io_error *ret);

/* Reads the balloon group of bulk statistics; WALL_S is the time of the answer.  What the guest did
 * not report lately stays unset. */
void lv_balloon_read(const virTypedParameter *params, int count, int64_t wall_s,
                     struct lv_balloon *ret);

#endif
