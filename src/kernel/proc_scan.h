/* Looks for processes of some kind among all of a host without reading all of them each time: at
 * each step those that came since, and a slice of a slow pass over everything. */
#ifndef VCTOP_KERNEL_PROC_SCAN_H
#define VCTOP_KERNEL_PROC_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct proc_scan;

/* ROOT as in kernel/proc.h; a pass over everything begins every EVERY_NS.  HASTY: what came is
 * looked at at once, and a second time, for a program takes its name a moment after its process
 * came; else only that second time.  The caller frees. */
struct proc_scan *proc_scan_new(const char *root, int64_t every_ns, bool hasty);
void proc_scan_free(struct proc_scan *scan);

/* Calls VISIT for the pids that were given out since the step before the last (there may be threads
 * among them, and what has ended again), then for a slice of a pass over all processes.  The first
 * step makes a whole pass.  When too many pids were given out to look at each, a pass comes sooner,
 * 30 s after the last.  True when one has begun.  What VISIT returns does not matter. */
bool proc_scan_step(struct proc_scan *scan, int64_t now_ns, bool (*visit)(pid_t pid, void *user),
                    void *user);

/* The next step begins a pass, if none is under way. */
void proc_scan_anew(struct proc_scan *scan);

#endif
