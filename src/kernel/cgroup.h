/* Control groups, version 1, 2 and hybrid: where a controller is, which group is a guest's. */
#ifndef VCTOP_KERNEL_CGROUP_H
#define VCTOP_KERNEL_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "kernel/held.h"

#define CGROUP_SCRATCH_BYTES 32768

enum cgroup_controller {
    CGROUP_CPU,     /* v1: quota and throttling; v2: use as well */
    CGROUP_CPUACCT, /* v1 only; v2: the same as CGROUP_CPU */
    CGROUP_MEMORY,
    CGROUP_IO, /* v1: blkio */
    CGROUP_PIDS,
    CGROUP_FREEZER, /* v2: part of the core */
    CGROUP_UNIFIED, /* the v2 hierarchy itself: PSI, events, on hybrid hosts too */
    CGROUP_COUNT
};

/* Where each controller lives on this host.  Plain data, but for the count of held descriptors,
 * which readers keep: one thread. */
struct cgroup_layout {
    char *root; /* as given */
    struct cgroup_mount {
        char *point;  /* without ROOT, NULL: the controller is nowhere */
        char *within; /* the group that is mounted there, "/" as a rule */
        bool v2;
    } mount[CGROUP_COUNT];
    struct held_budget fds;     /* readers hold that many descriptors at most, then read by path */
    struct block_cache *blocks; /* kernel/block.h */
    char *scratch;              /* CGROUP_SCRATCH_BYTES for the text of one file */
    bool io_counts;             /* version 1: the kernel counts what groups read and write at all */
    unsigned io_asked;          /* how often that was asked in vain */
};

/* Reads ROOT/proc/self/mountinfo.  A host without any cgroups is no error: every mount is NULL.
 * fds.max becomes 3/4 of the soft descriptor limit as it is then.  Release with
 * cgroup_layout_clear. */
int cgroup_layout_load(struct cgroup_layout *ret, const char *root, struct error *err);
void cgroup_layout_clear(struct cgroup_layout *layout);

/* A process's group in each controller's hierarchy; NULL: none of its own, or not to be used (the
 * root group is the whole host and is never given).  Owned strings. */
struct cgroup_paths {
    char *path[CGROUP_COUNT];
};

void cgroup_paths_clear(struct cgroup_paths *paths);
bool cgroup_paths_any(const struct cgroup_paths *paths);

/* Fills RET from the text of a /proc/PID/cgroup, raw ("/" stays in).  Lines that make no sense are
 * skipped. */
void cgroup_paths_parse(const struct cgroup_layout *layout, const char *text,
                        struct cgroup_paths *ret);

/* The groups of the machine whose QEMU (or other hypervisor process) is PID: without /emulator,
 * /vcpuN, /iothreadN, /libvirt; only groups that are a machine's own (a `machine-….scope`, a
 * `….libvirt-qemu`, a `qemu.slice/….scope`), for a daemon's or a login session's own group would
 * count others too.  ERR_GONE, ERR_DENIED, ERR_IO.  All NULL is a possible answer. */
int cgroup_resolve_machine(const struct cgroup_layout *layout, pid_t pid, struct cgroup_paths *ret);

/* The groups that this process is in. */
int cgroup_resolve_own(const struct cgroup_layout *layout, struct cgroup_paths *ret);

/* The groups of the container whose init is PID: the path outside minus the path that init sees in
 * its own cgroup namespace (it may have moved itself into init.scope); where that namespace is ours
 * or may not be entered, by the names that LXC gives.  Enters init's cgroup namespace with this
 * thread for the length of one read: call it when the pid changes, not every tick.  OWN are this
 * process's groups, so that they are not taken for the container's; empty: nothing to compare
 * with. */
int cgroup_resolve_container(const struct cgroup_layout *layout, pid_t pid,
                             const struct cgroup_paths *own, struct cgroup_paths *ret);

/* The pure halves of the two, for tests and other sources of text.  Each returns a new string or
 * NULL. */
char *cgroup_machine_path(const char *path);
char *cgroup_container_path(const char *outer, const char *inner); /* INNER NULL: go by names */

/* The directory of the group in CONTROLLER's hierarchy, ROOT included; NULL when it has none or it
 * is not below what is mounted.  The caller frees. */
char *cgroup_dir(const struct cgroup_layout *layout, const struct cgroup_paths *paths,
                 enum cgroup_controller controller);

#endif
