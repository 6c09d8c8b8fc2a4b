/* One round of questions to a daemon: who is there, in what state, defined how.  Only calls that
 * never enter a monitor. */
#ifndef VCTOP_BACKEND_LIBVIRT_ROUND_H
#define VCTOP_BACKEND_LIBVIRT_ROUND_H

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdbool.h>

#include "backend/libvirt/list.h"
#include "backend/libvirt/snapshot.h"

/* What is remembered of the domains between rounds.  One thread. */
struct lv_round;

struct lv_wish {
    bool figures;  /* GetInfo and link counters: the kernel cannot be asked */
    bool lists;    /* autostart and persistence too */
    bool only_new; /* names and states, no definitions: for a fast first sight */
    char (*watch)[VIR_UUID_STRING_BUFLEN]; /* whose monitor's state is wanted */
    size_t watch_count;
};

struct lv_round *lv_round_new(void);
void lv_round_free(struct lv_round *round);

/* The definition of UUID has changed; NULL: any may have. */
void lv_round_redefined(struct lv_round *round, const char *uuid);

/* An I/O error paused UUID. */
void lv_round_io_error(struct lv_round *round, const char *uuid, const struct lv_io_error *error);

/* Asks, and makes a snapshot (the caller's).  Blocks as long as the daemon does.  0, or -1 with
 * libvirt's error (the caller's to free; NULL: it gave none). */
int lv_round_run(struct lv_round *round, virConnectPtr conn, const struct lv_wish *wish,
                 struct lv_pulse *pulse, struct lv_snapshot **ret, virErrorPtr *ret_why);

#endif
