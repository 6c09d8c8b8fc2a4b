/* What is asked in a QEMU's monitor, and what the answer says. */
#ifndef VCTOP_BACKEND_LIBVIRT_QUESTION_H
#define VCTOP_BACKEND_LIBVIRT_QUESTION_H

#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend/libvirt/io_error.h"
#include "model/part.h"

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

/* Asks ANSWER's question about DOM and fills the rest; false when the call failed.  Blocks, for
 * ever perhaps. */
bool lv_question_ask(virDomainPtr dom, struct lv_answer *answer);

/* The disk to name of those that have an error: one without space first. */
void lv_io_error_read(const virDomainDiskError *errors, int count, struct lv_io_error *ret);

/* Reads the balloon group of bulk statistics; WALL_S is the time of the answer.  What the guest did
 * not report lately stays unset. */
void lv_balloon_read(const virTypedParameter *params, int count, int64_t wall_s,
                     struct lv_balloon *ret);

#endif
