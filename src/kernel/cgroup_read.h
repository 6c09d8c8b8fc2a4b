/* The figures of one control group, read every tick through held descriptors (10 us for the four
 * main files). */
#ifndef VCTOP_KERNEL_CGROUP_READ_H
#define VCTOP_KERNEL_CGROUP_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cgroup.h"
#include "kernel/cgroup_rest.h"
#include "model/field.h"

/* What to read, and the fields it sets.  Whatever is absent or unreadable stays unset. */
enum cgroup_what {
    /* CPU: cpu.stat; v1 cpuacct.usage; on a hybrid host without a cpuacct group the unified
     * cpu.stat.  v2 gives what CPU_DETAIL names as well, from the same file */
    CGROUP_READ_CPU = 1 << 0,
    /* MEM_HOST: memory.current, v1 memory.usage_in_bytes.  MEM_USED is that minus the inactive_file
     * of the newest memory.stat, MEM_CACHE, MEM_OVERHEAD (kernel memory of the group), MEM_SWAP and
     * MEM_LIMIT are the newest ones known: all five unset until memory.stat was read once.
     * MAJOR_FAULTS, a counter, is set only when what memory.stat said holds for this reading */
    CGROUP_READ_MEMORY = 1 << 1,
    /* reads memory.stat (7 us), the limit (own and of all groups above; unset: none) and, v1,
     * memory.kmem.usage_in_bytes, v2 memory.swap.current first */
    CGROUP_READ_MEMORY_STAT = 1 << 2,
    /* DISK_READ, _WRITE, _READ_OPS, _WRITE_OPS: io.stat; v1
     * blkio.throttle.io_service_bytes_recursive and io_serviced_recursive.  Bottom devices only
     * (kernel/block.h): a write through a stack of devices counts once */
    CGROUP_READ_IO = 1 << 3,
    CGROUP_READ_PIDS = 1 << 4, /* PIDS: pids.current */
    /* OOM_KILLS: oom_kill of memory.events, v1 of memory.oom_control.  MEM_LIMIT_HITS: max of
     * memory.events, v1 memory.failcnt.  PIDS_LIMIT_HITS: max of pids.events */
    CGROUP_READ_OOM = 1 << 5,
    /* PSI_CPU, _MEM, _IO: X.pressure of the unified hierarchy */
    CGROUP_READ_PSI = 1 << 6,
    /* v1: CPU_USER, CPU_SYSTEM (cpuacct.stat, in ticks) and CPU_THROTTLED (cpu.stat): two more
     * files */
    CGROUP_READ_CPU_DETAIL = 1 << 7,
    CGROUP_READ_ALL = (1 << 8) - 1,
    /* Of a group whose processes have not run since (its CPU time stands still), what was read last
     * of memory.stat (while memory.current stands still too), IO (version 1 only: in version 2 late
     * writes are the group's own), PIDS, OOM and CPU_DETAIL is given again, unread, and PSI_MEM and
     * _IO once they are zero: three files in four of a host whose guests mostly sleep.  Without
     * MEMORY_STAT so is memory.current, which can hardly have grown.  To be left out now and then,
     * for limits are changed and memory is taken from outside. */
    CGROUP_SAME_AT_REST = 1 << 8
};

struct cgroup_reader;

/* LAYOUT must outlive the reader; PATHS are copied.  Opens nothing yet: files are opened at their
 * first read and held.  The caller frees.  One thread a layout. */
struct cgroup_reader *cgroup_reader_new(struct cgroup_layout *layout,
                                        const struct cgroup_paths *paths);
void cgroup_reader_free(struct cgroup_reader *reader);

/* Adds the figures that WHAT names to SAMPLE.  A file whose group was removed and made again
 * (ENODEV) is opened again.  ERR_GONE when none of the groups exists any more (SAMPLE may have got
 * some figures before). */
int cgroup_reader_read(struct cgroup_reader *reader, unsigned what, struct sample *sample);

/* The group's CPU time in nanoseconds as read last; CGROUP_CPU_UNKNOWN.  As long as it is the same
 * none of its processes has run: none has ended, and none has changed anything. */
uint64_t cgroup_reader_cpu_ns(const struct cgroup_reader *reader);

/* Where the group is in CONTROLLER's hierarchy; NULL: it is in none.  Valid as long as READER. */
const char *cgroup_reader_dir(const struct cgroup_reader *reader,
                              enum cgroup_controller controller);

/* Each is 1 yes, 0 no, -1 unknown. */
struct cgroup_state {
    int frozen;    /* v1 freezer.state FROZEN, v2 cgroup.events frozen 1 */
    int freezing;  /* asked for and not reached yet */
    int populated; /* v2 and hybrid: a process lives in it or below */
};

void cgroup_reader_state(struct cgroup_reader *reader, struct cgroup_state *ret);

/* None of its processes has run between the last cgroup_reader_state() and the last read of CPU:
 * what is frozen or thawed runs for a moment, so its state is still the same, unless it was
 * freezing. */
bool cgroup_reader_state_holds(const struct cgroup_reader *reader);

#endif
