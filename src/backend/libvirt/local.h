/* Machines of this host as the kernel sees them: their QEMU processes, control groups and taps.
 * Nothing here can wait for libvirtd or for QEMU.  Main thread only. */
#ifndef VCTOP_BACKEND_LIBVIRT_LOCAL_H
#define VCTOP_BACKEND_LIBVIRT_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/libvirt/definition.h"
#include "backend/libvirt/uri.h"
#include "kernel/proc.h"
#include "model/field.h"

#define LV_LIFE_MAX 48

struct lv_local; /* what all machines share: control groups, link counters */
struct lv_qemu;  /* one life of one machine */

enum lv_health {
    LV_RUNS,
    LV_SLEEPS,  /* in D state for more than one tick: its counters are real */
    LV_STOPPED, /* T: the counters are not those of a running guest, SAMPLE is left alone */
    LV_ENDED
};

struct lv_local *lv_local_new(const struct lv_uri *uri);
void lv_local_free(struct lv_local *local);

/* Once a tick: link counters, clocks. */
void lv_local_tick(struct lv_local *local, int64_t now_ns);

/* The QEMU of a domain by libvirt's NAME.pid, else by looking through /proc (seldom); whichever it
 * is must carry UUID in its command line.  NULL: not found.  The caller frees. */
struct lv_qemu *lv_qemu_find(struct lv_local *local, const char *name, const char *uuid);
void lv_qemu_free(struct lv_qemu *qemu);

/* "PID:START". */
const char *lv_qemu_life(const struct lv_qemu *qemu);

/* When its process was started, in proc_identity's ticks. */
uint64_t lv_qemu_start(const struct lv_qemu *qemu);

/* Its links are to be found anew. */
void lv_qemu_rewired(struct lv_qemu *qemu);

/* All figures of this tick into SAMPLE (overwritten), at AT_NS.  DEFINITION may be NULL. */
enum lv_health lv_qemu_read(struct lv_qemu *qemu, struct lv_local *local,
                            const struct lv_definition *definition, int64_t at_ns,
                            struct sample *sample);

/* Only the identity, for jobs: 0 or ERR_GONE. */
int lv_qemu_identify(const struct lv_uri *uri, const char *name, const char *uuid,
                     struct proc_identity *ret);

#endif
