/* The processes of a control group, and what they did that the group itself does not count. */
#ifndef VCTOP_KERNEL_CGROUP_MEMBER_H
#define VCTOP_KERNEL_CGROUP_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "model/field.h"

/* The processes of the group in DIR and of the groups below it, at most MAX into RET, each once, by
 * pid.  Returns how many; *RET_TOTAL is how many there are in all. */
size_t cgroup_members(const char *dir, pid_t *ret, size_t max, size_t *ret_total);

/* Sets DISK_READ and DISK_WRITE to what they have read from disks and written (to the page cache,
 * for late writes): the sum of /proc/PID/io, which has a process's waited-for children too.  It
 * goes back when one that was started from outside ends.  False, and nothing is set, when one may
 * not be asked or there are more than 256.  ROOT as in kernel/proc.h; 10 us a process. */
bool cgroup_members_io(const char *root, const char *dir, struct sample *sample);

#endif
