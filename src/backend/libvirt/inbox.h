/* What events leave behind until somebody has time for it.  Bounded; the owner locks. */
#ifndef VCTOP_BACKEND_LIBVIRT_INBOX_H
#define VCTOP_BACKEND_LIBVIRT_INBOX_H

#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/libvirt/events.h"
#include "backend/libvirt/round.h"

#define LV_REMARKS 64
#define LV_CHANGES 256

/* Something worth a line in the event log.  What happens to the same guest under the same topic
 * until somebody looks is one remark, with the newest words. */
struct lv_remark {
    char uuid[VIR_UUID_STRING_BUFLEN];
    struct lv_words words;
    uint32_t times;
    bool agent;    /* it says that the guest's agent came up */
    bool pinned;   /* or that it may run on other CPUs */
    bool panicked; /* or that its system has panicked */
    int64_t at_ns; /* CLOCK_MONOTONIC, of the newest */
};

/* What the next round of questions has to know. */
struct lv_changes {
    struct lv_change {
        char uuid[VIR_UUID_STRING_BUFLEN];
        bool redefined;
        struct lv_io_error io_error; /* known: it was paused by one */
    } change[LV_CHANGES];
    size_t count;
    bool all; /* there were more */
};

struct lv_inbox {
    struct lv_changes changes;
    struct lv_remark remarks[LV_REMARKS];
    size_t remark_count;
    size_t lost; /* remarks for which there was no room */
};

void lv_inbox_put(struct lv_inbox *inbox, const struct lv_happening *happening);

/* Takes the remarks out, oldest first, at most LV_REMARKS; returns how many.  *RET_LOST is how many
 * there was no room for since. */
size_t lv_inbox_remarks(struct lv_inbox *inbox, struct lv_remark *ret, size_t *ret_lost);

void lv_changes_apply(const struct lv_changes *changes, struct lv_round *round);

#endif
