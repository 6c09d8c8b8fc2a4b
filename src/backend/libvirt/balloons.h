/* When which guest's monitor is asked for what: disks and balloon of the selected one every 5 s, of
 * all every 10 s or less often (20 a second at most) while their times are wanted; the balloon of
 * those on the screen every 30 s; before those, once, the disk of one that an I/O error paused if
 * no event has told of it.  One at a time, and none at all once too many calls hang. */
#ifndef VCTOP_BACKEND_LIBVIRT_BALLOONS_H
#define VCTOP_BACKEND_LIBVIRT_BALLOONS_H

#include "backend/backend.h"
#include "backend/libvirt/daemon.h"
#include "backend/libvirt/guests.h"
#include "backend/libvirt/monitor.h"

struct lv_balloons {
    struct lv_monitor *monitor;
    int of_others; /* calls that earlier processes and screens left hanging */
};

/* One step: picks up an answer, asks the next.  USABLE: the daemon answers at present. */
void lv_balloons_step(struct lv_balloons *balloons, struct lv_guests *guests,
                      struct lv_daemon *daemon, const struct want *want, bool usable,
                      int64_t now_ns);

/* Calls of this process that hang in this daemon. */
int lv_balloons_own(const struct lv_balloons *balloons);
void lv_balloons_forget(struct lv_balloons *balloons); /* that daemon has ended */
/* Those of others that are known included. */
int lv_balloons_stuck(const struct lv_balloons *balloons);

/* Adds what is known of GUEST's memory from its balloon to its sample. */
void lv_balloons_figures(struct lv_guest *guest, int64_t at_ns);

#endif
