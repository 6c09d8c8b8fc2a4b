/* Who is there, in what state: the list of a daemon's domains. */
#ifndef VCTOP_BACKEND_LIBVIRT_LIST_H
#define VCTOP_BACKEND_LIBVIRT_LIST_H

#include <libvirt/libvirt.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend/libvirt/snapshot.h"

/* Written by the thread that calls libvirt, read by the one that must not wait for it. */
struct lv_pulse {
    _Atomic int64_t busy_since_ns; /* 0: no call under way */
    _Atomic int64_t answered_ns;
    int call; /* the one under way, as of calls_begin() */
};

/* WHAT and ABOUT as of calls_begin(). */
void lv_pulse_begin(struct lv_pulse *pulse, const char *what, const char *about);
void lv_pulse_end(struct lv_pulse *pulse, bool answered);

/* A call that returned RC failed for want of a connection: false.  Other failures concern one
 * domain only: it left in between, or it may not be looked at. */
bool lv_answered(int rc);

/* All domains with their states by one bulk call (STATE, and INTERFACE for FIGURES), or a call each
 * for drivers without.  *RET_DOMS has a pointer for every domain of *RET, in its order; the caller
 * frees them and the array, also when list_each failed half-way.  0, or -1 with libvirt's last
 * error. */
int lv_list_bulk(virConnectPtr conn, bool figures, struct lv_pulse *pulse, virDomainPtr **ret_doms,
                 struct lv_snapshot **ret);
int lv_list_each(virConnectPtr conn, struct lv_pulse *pulse, virDomainPtr **ret_doms,
                 struct lv_snapshot **ret);

#endif
