/* What a daemon's events told of its machines, said of them.  What happened while a machine was
 * only being started waits for it for a moment.  Main thread only. */
#ifndef VCTOP_BACKEND_LIBVIRT_REMARKS_H
#define VCTOP_BACKEND_LIBVIRT_REMARKS_H

#include "backend/backend.h"
#include "backend/libvirt/daemon.h"
#include "backend/libvirt/guests.h"

#define LV_EARLY_MAX 16

struct lv_remarks {
    struct lv_remark early[LV_EARLY_MAX]; /* of machines that are not known yet */
    size_t early_count;
};

/* Says what has come since, and what waited: once GUESTS were told of. */
void lv_remarks_say(struct lv_remarks *remarks, struct lv_daemon *daemon, struct lv_guests *guests,
                    struct sink *sink);

#endif
