/* The parts of a guest that its control group knows: disks and memory.  Read by path each time, for
 * one guest at a time is looked at. */
#ifndef VCTOP_KERNEL_CGROUP_PART_H
#define VCTOP_KERNEL_CGROUP_PART_H

#include "kernel/cgroup_read.h"
#include "model/part.h"

/* Adds the devices at the bottom that the group's I/O reached, by the kernel's names: io.stat; v1
 * blkio.throttle.io_service_bytes_recursive and io_serviced_recursive.  None when the kernel does
 * not count (see CGROUP_READ_IO). */
void cgroup_part_disks(struct cgroup_layout *layout, struct cgroup_reader *reader,
                       struct parts *parts);

/* Adds the segments of its memory.  CACHE is what memory.stat calls file without shmem, USED is all
 * else of memory.current (SHARED and KERNEL are in it), FREE what is left to LIMIT: with a limit,
 * the three add up to it.  SWAP: memory.swap.current, v1 swap of memory.stat; MAJOR_FAULTS:
 * pgmajfault of memory.stat. */
void cgroup_part_memory(struct cgroup_layout *layout, struct cgroup_reader *reader,
                        struct parts *parts);

#endif
