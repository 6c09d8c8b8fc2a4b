/* When a daemon of this host was started anew while guests of it ran on.  It says so to nobody, but
 * its process is younger than theirs then, or another one than the one that we saw before. */
#ifndef VCTOP_BACKEND_LIBVIRT_RESTART_H
#define VCTOP_BACKEND_LIBVIRT_RESTART_H

#include <stdint.h>

#include "backend/libvirt/uri.h"
#include "kernel/proc.h"

struct lv_restart {
    struct proc_identity daemon; /* pid 0: not found yet */
    int64_t started_ns;          /* CLOCK_MONOTONIC */
    int64_t due_ns;              /* when to look again */
    int64_t restarted_ns;        /* as in struct source */
};

/* The process of the daemon whose pid file is in DIR.  0 or ERR_GONE. */
int lv_restart_find(const char *root, const char *dir, struct proc_identity *ret);

/* Looks every few seconds.  OLDEST: start of the oldest of its QEMUs in proc_identity's ticks, 0:
 * none runs.  Only while the daemon answers; URI is one with local_qemu. */
void lv_restart_step(struct lv_restart *restart, const struct lv_uri *uri, uint64_t oldest,
                     int64_t now_ns);

/* Takes over what was found: FOUND is the daemon's process, of which AGE_MS is the age. */
void lv_restart_take(struct lv_restart *restart, const struct proc_identity *found, uint64_t age_ms,
                     uint64_t oldest, int64_t now_ns);

#endif
