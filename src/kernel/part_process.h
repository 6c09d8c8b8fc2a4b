/* The processes of a control group as parts of a guest, the busiest first. */
#ifndef VCTOP_KERNEL_PART_PROCESS_H
#define VCTOP_KERNEL_PART_PROCESS_H

#include <sys/types.h>

#include "model/part.h"

struct part_processes; /* what was read last, for who is busy shows only over time */

struct part_processes *part_processes_new(const char *root); /* ROOT must outlive it */
void part_processes_free(struct part_processes *processes);

/* Adds the processes of the group in DIR and in the groups below it: those that used most CPU since
 * the last call, at first since they began; at most MAX, the rest is counted as left out.  CPU,
 * RSS, LAST_CPU, state: /proc/PID/stat; of those that are added command line and user too.  The
 * user is its number in the user namespace of INIT ("root" for 0).  10 us a process, 20 more for
 * each that is new. */
void part_processes_read(struct part_processes *processes, const char *dir, pid_t init, size_t max,
                         struct parts *parts);

#endif
