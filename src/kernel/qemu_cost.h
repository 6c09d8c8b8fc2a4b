/* What it costs to run one machine, beside what its guest uses: CPU of QEMU's own threads, memory
 * of its own. */
#ifndef VCTOP_KERNEL_QEMU_COST_H
#define VCTOP_KERNEL_QEMU_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/proc.h"
#include "kernel/qemu_args.h"
#include "kernel/watch.h"
#include "model/field.h"

/* How many machines may be looked at in this tick: a look takes up to 3 ms. */
struct qemu_looks {
    int first, again;
};

void qemu_looks_begin(struct qemu_looks *looks);

struct qemu_cost {
    int vcpus;        /* threads that BASE_NS was made with */
    uint64_t base_ns; /* CPU that no vCPU used, when it was first seen */
    uint64_t virt_ns; /* and since then */
    struct qemu_args *args;
    bool looked, has_overhead;
    uint64_t overhead; /* bytes */
    int64_t due_ns;    /* when OVERHEAD is counted again */
};

void qemu_cost_clear(struct qemu_cost *cost);

/* FIELD_CPU_VIRT from FIELD_CPU of SAMPLE and the vCPUs of WATCH: grows from 0 on.  Unset while a
 * vCPU's time is unknown, and for a QEMU whose threads have no names (run without libvirt). */
void qemu_cost_cpu(struct qemu_cost *cost, const struct proc_watch *watch, struct sample *sample);

/* FIELD_MEM_OVERHEAD: counted anew every two minutes, every ten seconds in its first minute, when
 * LOOKS has one left.  See kernel/qemu_memory.h. */
void qemu_cost_memory(struct qemu_cost *cost, const char *root, const struct proc_identity *id,
                      struct qemu_looks *looks, struct sample *sample);

#endif
