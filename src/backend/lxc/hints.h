/* Where monitors appear: the cgroup directories in which LXC makes "lxc.monitor.NAME".  A new name
 * there leads to the monitor's pid for the price of one small file, where a scan of /proc costs
 * milliseconds.  Only a hint: the scan is the net below it. */
#ifndef VCTOP_BACKEND_LXC_HINTS_H
#define VCTOP_BACKEND_LXC_HINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel/cgroup.h"

struct lxc_hints;

/* Watches, with the inotify descriptor INOTIFY (-1: none), the top and our own group of the unified
 * hierarchy and of one of version 1.  The groups that are there already wait for
 * lxc_hints_follow(), which looks at them once.  The caller frees. */
struct lxc_hints *lxc_hints_new(const struct cgroup_layout *layout, int inotify);
void lxc_hints_free(struct lxc_hints *hints);

/* Takes an inotify event; false when WD is not one of ours.  *RET_ENDED: the name of the container
 * whose group went away (points into NAME, perhaps with LXC's -1 behind it), or NULL. */
bool lxc_hints_event(struct lxc_hints *hints, int wd, uint32_t mask, const char *name,
                     int64_t now_ns, const char **ret_ended);

/* New monitor groups: calls VISIT for the processes that are in them by now.  A group is looked at
 * until VISIT has returned true (it was a monitor of ours) or for a few seconds. */
void lxc_hints_follow(struct lxc_hints *hints, int64_t now_ns, bool (*visit)(pid_t pid, void *user),
                      void *user);

/* Groups are being looked at. */
bool lxc_hints_pending(const struct lxc_hints *hints);

#endif
