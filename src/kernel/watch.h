/* A process sampled every tick through held descriptors: a third of the cost of opening by path.
 * A held /proc file never shows another process that got the same pid. */
#ifndef VCTOP_KERNEL_WATCH_H
#define VCTOP_KERNEL_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel/proc.h"
#include "model/field.h"

enum proc_watch_what {
    WATCH_CPU = 1 << 0,    /* FIELD_CPU, _CPU_USER, _CPU_SYSTEM, _UPTIME, _MAJOR_FAULTS:
                              /proc/PID/stat */
    WATCH_IO = 1 << 1,     /* FIELD_DISK_READ, _DISK_WRITE (bytes): /proc/PID/io */
    WATCH_MEMORY = 1 << 2, /* FIELD_MEM_HOST: VmRSS + HugetlbPages, FIELD_MEM_SWAP: VmSwap of
                              /proc/PID/status (10 us) */
    WATCH_WAIT = 1 << 3,   /* FIELD_CPU_WAIT: schedstat of the vCPU threads */
    WATCH_THREADS = 1 << 4 /* WATCH_WAIT looks for vCPU threads again, as it does by itself when the
                              process has more threads than before */
};

struct proc_watch;

/* Holds /proc/PID/stat open (3 descriptors and one for each vCPU in all, opened as they are needed;
 * without a free one figures stay unset).  ERR_GONE when ID is not there any more: start_ticks 0
 * takes whoever has the pid now.  The caller frees. */
int proc_watch_new(struct proc_watch **ret, const char *root, const struct proc_identity *id);
void proc_watch_free(struct proc_watch *watch);

/* Adds what WHAT names (bits of enum proc_watch_what) to SAMPLE; what cannot be read stays unset.
 * *RET_STATE (may be NULL) becomes the state letter of the process, which costs nothing extra with
 * WATCH_CPU.  ERR_GONE when the process has ended (a zombie too): SAMPLE is untouched then. */
int proc_watch_read(struct proc_watch *watch, unsigned what, struct sample *sample,
                    char *ret_state);

/* Nanoseconds of CPU that the whole process has used, by its CPU clock (under 1 us, ns resolution);
 * 0 when there is no such process, or in a recorded tree.  Whoever had the same before has not run
 * in between: it has neither ended, nor stopped, nor gone on. */
uint64_t proc_watch_cpu_ns(const struct proc_watch *watch);

/* vCPU threads found so far: names "CPU n/KVM" and "CPU n/TCG", or "ALL CPUs/TCG" where all share
 * one. */
int proc_watch_vcpus(const struct proc_watch *watch);
bool proc_watch_is_shared(const struct proc_watch *watch);

/* Nanoseconds that all vCPU threads there ever were have run, as of the last WATCH_WAIT; false when
 * that is not known of each. */
bool proc_watch_vcpu_run(const struct proc_watch *watch, uint64_t *ret);

#endif
