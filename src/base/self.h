/* What this process has spent since it began, all its threads together, as the kernel counts it. */
#ifndef VCTOP_BASE_SELF_H
#define VCTOP_BASE_SELF_H

#include <stdbool.h>
#include <stdint.h>

struct self {
    int64_t cpu_ns; /* CLOCK_PROCESS_CPUTIME_ID */
    bool has_calls;
    uint64_t reads, writes; /* /proc/self/io, syscr and syscw: calls of read() and write() and their
                               kin; no other system call is counted by the kernel */
    bool has_memory;
    uint64_t memory; /* bytes of PSS, /proc/self/smaps_rollup; what is shared with others counts in
                        part */
};

/* Reads two small files of /proc; some 50 us.  Any thread; does not block. */
void self_measure(struct self *ret);

#endif
