/* Parsers of cgroup files, apart from reading them.  Each sets only what the text says. */
#ifndef VCTOP_KERNEL_CGROUP_TEXT_H
#define VCTOP_KERNEL_CGROUP_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/block.h"
#include "kernel/cgroup.h"
#include "model/field.h"

/* The controller with that version 1 name, CGROUP_COUNT when there is none. */
enum cgroup_controller cgroup_v1_controller(const char *word, size_t len);

/* cpu.stat of version 2. */
void cgroup_parse_cpu_v2(const char *text, struct sample *sample);

/* cpu.stat (throttling) and cpuacct.stat (ticks) of version 1. */
void cgroup_parse_throttled_v1(const char *text, struct sample *sample);
void cgroup_parse_cpuacct_stat(const char *text, struct sample *sample);

/* A file with one number and nothing else. */
bool cgroup_parse_number(const char *text, uint64_t *ret);

/* Bytes of a limit file; false for none: "max", or version 1's near-endless number. */
bool cgroup_parse_limit(const char *text, uint64_t *ret);

/* What memory.stat says. */
struct cgroup_memory {
    bool has_inactive, has_cache, has_kernel, has_limit, has_swap, has_faults;
    uint64_t inactive, cache, kernel, limit, swap, faults;
};

void cgroup_parse_memory_v1(const char *text, struct cgroup_memory *ret);
void cgroup_parse_memory_v2(const char *text, struct cgroup_memory *ret);

enum cgroup_io_counter {
    CGROUP_IO_READ,
    CGROUP_IO_WRITE,
    CGROUP_IO_READ_OPS,
    CGROUP_IO_WRITE_OPS,
    CGROUP_IO_COUNTERS
};

/* Sums of one group over devices that come and go. */
#define CGROUP_DEVICES_MAX 64

struct cgroup_io {
    struct cgroup_io_device {
        uint32_t major, minor;
        uint64_t last[CGROUP_IO_COUNTERS];
    } * device;
    size_t count;
    uint64_t total[CGROUP_IO_COUNTERS];
};

/* io.stat of version 2: all four; false when the text makes no sense. */
bool cgroup_parse_io_v2(const char *text, struct block_cache *blocks, struct cgroup_io *io);

/* blkio.throttle.io_service_bytes (FIRST is CGROUP_IO_READ) or io_serviced (CGROUP_IO_READ_OPS) of
 * version 1. */
bool cgroup_parse_io_v1(const char *text, struct block_cache *blocks, enum cgroup_io_counter first,
                        struct cgroup_io *io);

#endif
