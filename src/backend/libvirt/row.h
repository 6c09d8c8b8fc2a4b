/* The row of one domain: its figures, of its QEMU by the kernel or as the daemon gave them, and its
 * state in words, with what is to blame for it.  Main thread only. */
#ifndef VCTOP_BACKEND_LIBVIRT_ROW_H
#define VCTOP_BACKEND_LIBVIRT_ROW_H

#include "backend/backend.h"
#include "backend/libvirt/guests.h"
#include "kernel/oom_log.h"

/* Looks for its QEMU where it has none yet.  LOCAL: NULL when machines are not here. */
void lv_row_find(struct lv_guest *guest, struct lv_local *local);

/* Of its QEMU, if it has one.  True when that has just ended. */
bool lv_row_read_local(struct lv_guest *guest, int64_t at_ns);

/* Of the daemon's newest round, with the time when they were taken.  False: nothing is new. */
bool lv_row_read_remote(struct lv_guest *guest);

/* What it waits for: its health, else a monitor that does not answer. */
void lv_row_blame(struct lv_guest *guest, int64_t now_ns);

/* USABLE: the daemon answers at present, and its word goes before the kernel's. */
void lv_row_say(const struct lv_guest *guest, const struct oom_log *oom_log, bool usable,
                struct sink *sink);

#endif
