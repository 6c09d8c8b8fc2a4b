/* What the files isolation*.c share. */
#ifndef VCTOP_KERNEL_ISOLATION_INTERNAL_H
#define VCTOP_KERNEL_ISOLATION_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/isolation.h"
#include "kernel/mount.h"

#define ISOLATION_SCRATCH (192u * 1024)
#define ISOLATION_KNOBS 2

struct isolation_ground {
    const char *root;
    uint64_t space[SPACE_COUNT]; /* inodes of the host's namespaces; 0 unknown or not there */
    char *scratch;               /* ISOLATION_SCRATCH for the text of one file */
    bool unlabelled;             /* no security module of this host labels processes */
    struct mount_table *mounts;  /* the host's; NULL: not read, or too old */
    int64_t mounts_ns;           /* CLOCK_MONOTONIC when they were; 0 not yet */
    char *devices;              /* where the device controller of cgroup v1 is mounted; NULL none */
    bool devices_known;         /* that was looked for */
    bool v2;                    /* a cgroup v2 hierarchy is mounted */
    bool knobs_known;           /* that was looked for: */
    bool knob[ISOLATION_KNOBS]; /* the kernel has it, isolation_mounts.c */
};

/* Reads ROOT/proc/PID/NAME (PID 0: self) into the ground's scratch; false when it cannot be read
 * whole. */
bool isolation_read_text(struct isolation_ground *ground, pid_t pid, const char *name);
/* The same of a file that is one record, or of short ones: it is not asked whether there is more.
 */
bool isolation_read_record(struct isolation_ground *ground, pid_t pid, const char *name);

/* isolation_mounts.c, isolation_devices.c, isolation_qemu.c. */
void isolation_read_mounts(struct isolation_ground *ground, pid_t init,
                           struct isolation_facts *ret);
void isolation_read_devices(struct isolation_ground *ground, pid_t init,
                            struct isolation_facts *ret);
void isolation_read_qemu(struct isolation_ground *ground, pid_t pid, struct isolation_facts *ret);

#endif
