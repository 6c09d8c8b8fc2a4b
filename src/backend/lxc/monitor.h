/* The processes behind a container, found without liblxc: "[lxc monitor] LXCPATH NAME" and its
 * child, the container's init. */
#ifndef VCTOP_BACKEND_LXC_MONITOR_H
#define VCTOP_BACKEND_LXC_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kernel/proc.h"

/* An lxcpath in the spellings that monitors may carry in their title; owned, no final slash. */
struct lxc_path {
    char *given, *real; /* REAL: NULL when it is the same or cannot be told */
};

void lxc_path_init(struct lxc_path *path, const char *given);
void lxc_path_clear(struct lxc_path *path);

struct lxc_monitor {
    struct proc_identity id;
    uid_t uid;
    char *name; /* of the container, raw; owned */
    char *path; /* the lxcpath as the monitor knows it: what its socket is named after; owned */
};

void lxc_monitor_clear(struct lxc_monitor *monitor);

/* The container's name in a command line of LEN bytes when that is the title of a monitor of PATH;
 * points into TITLE, which must be terminated.  NULL when it is none.  *RET_PATH_LEN: how many
 * bytes of the lxcpath stand before it, from TITLE + strlen("[lxc monitor] "). */
const char *lxc_title_name(const char *title, size_t len, const struct lxc_path *path,
                           size_t *ret_path_len);

/* Whether TEXT, a /proc/PID/cgroup, can be that of the monitor of NAME: LXC names the group after
 * the container, and puts -1, -2 ... behind it when the name is taken.  Groups of other names (a
 * configured cgroup directory, no cgroups at all) say nothing. */
bool lxc_cgroup_fits(const char *text, const char *name);

/* Looks whether PID is the monitor of a container of PATH.  A title is but a claim: the process
 * must be in our own pid namespace (or a nested container's monitors would count) and its group
 * must fit. RET is only filled when true; release with lxc_monitor_clear. */
bool lxc_monitor_probe(pid_t pid, const struct lxc_path *path, struct lxc_monitor *ret);

/* PID wears the title of a monitor of another lxcpath than PATH. */
bool lxc_monitor_is_foreign(pid_t pid, const struct lxc_path *path);

/* Scans /proc for the monitor of NAME: milliseconds; jobs and probes only. */
bool lxc_monitor_find(const struct lxc_path *path, const char *name, struct lxc_monitor *ret);

/* The init of the container: the monitor's child that is pid 1 in a namespace of its own, else one
 * in a payload group (a container that shares its pid namespace). */
bool lxc_monitor_init(pid_t monitor, struct proc_identity *ret);

/* Init has left liblxc's code and runs the container's own program: its title is not the monitor's
 * any more. */
bool lxc_init_runs(pid_t init);

/* A process of that identity lives, and not as a zombie. */
bool lxc_process_lives(const struct proc_identity *id);

#endif
