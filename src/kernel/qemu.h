/* The figures of one QEMU process and of what is around it: its control group, its virtual CPUs,
 * its taps.  Nothing here can wait for a daemon or for QEMU.  One thread a ground. */
#ifndef VCTOP_KERNEL_QEMU_H
#define VCTOP_KERNEL_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/proc.h"
#include "model/field.h"
#include "model/isolation.h"
#include "model/part.h"

#define QEMU_NICS_MAX 64

struct qemu_ground; /* what all QEMUs of a host share: control groups, link counters, clocks */
struct qemu;        /* one life of one machine */

enum qemu_health {
    QEMU_RUNS,
    QEMU_SLEEPS,  /* in D state for more than one tick: its counters are real */
    QEMU_STOPPED, /* T: the counters are not those of a running guest, SAMPLE is left alone */
    QEMU_ENDED
};

/* ROOT as in kernel/proc.h.  The caller frees. */
struct qemu_ground *qemu_ground_new(const char *root);
void qemu_ground_free(struct qemu_ground *ground);

/* Once a tick: what was read of the links is old. */
void qemu_ground_tick(struct qemu_ground *ground);

/* NULL when ID is not there any more.  GROUND must outlive it; the caller frees. */
struct qemu *qemu_new(struct qemu_ground *ground, const struct proc_identity *id);
void qemu_free(struct qemu *qemu);

const struct proc_identity *qemu_identity(const struct qemu *qemu);

/* "PID:START". */
const char *qemu_life(const struct qemu *qemu);

/* Its virtual CPUs as the last reading found them, by their threads; 0: not known. */
uint32_t qemu_vcpus(const struct qemu *qemu);

struct qemu_nic {
    const char *dev; /* the host's end */
    const char *mac; /* NULL unknown */
    bool direct;     /* macvtap: the host's view is the guest's, nothing to swap */
};

/* Its links are these from now on (copied; what is beyond QEMU_NICS_MAX is left out). */
void qemu_wire(struct qemu *qemu, const struct qemu_nic *nics, size_t count);

/* All figures of this tick into SAMPLE (overwritten), at AT_NS. */
enum qemu_health qemu_read(struct qemu *qemu, int64_t at_ns, struct sample *sample);

/* Adds the parts of those KINDS (PART_BITs) that the kernel knows: links, by their MAC or host end,
 * with the counters of this tick; threads; the memory that the host spends (HOST: VmRSS and
 * HugetlbPages, SWAP: VmSwap, of /proc/PID/status). */
void qemu_parts(struct qemu *qemu, unsigned kinds, struct parts *ret);

/* Adds where its links lead; unknown stays where a macvtap goes. */
void qemu_network(const struct qemu *qemu, struct isolation_facts *ret);

/* Who is to blame, in words; NULL: nobody. */
const char *qemu_blame(enum qemu_health health);

#endif
