/* What is shown of a guest: one table gives name, unit, JSON key, filter name and format of a
 * figure to screen, batch, filter and help. */
#ifndef VCTOP_MODEL_METRIC_H
#define VCTOP_MODEL_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/units.h"
#include "model/field.h"

enum metric_format {
    FORMAT_PERCENT,   /* 100 = one host CPU, or of the limit */
    FORMAT_BYTES,     /* powers of 1024 */
    FORMAT_BYTE_RATE, /* bytes a second */
    FORMAT_COUNT,     /* plain or per second */
    FORMAT_SECONDS,   /* shown as a duration */
    FORMAT_MILLISECONDS
};

/* X(id, JSON key, filter name, column title, format, how it comes about) */
#define METRIC_LIST(X) \
    X(CPU, "cpu_percent", "cpu", "CPU%", FORMAT_PERCENT, "CPU use; 100 is one host CPU") \
    X(CPU_USER, "cpu_user_percent", "user", "USER%", FORMAT_PERCENT, "CPU use in user mode") \
    X(CPU_SYSTEM, "cpu_system_percent", "sys", "SYS%", FORMAT_PERCENT, "CPU use in the kernel") \
    X(CPU_WAIT, "cpu_wait_percent", "wait", "WAIT%", FORMAT_PERCENT, "runnable but kept waiting") \
    X(THROTTLED, "throttled_percent", "throttled", "THR%", FORMAT_PERCENT, "held by a CPU quota") \
    X(CPU_VIRT, "cpu_virt_percent", "virt", "VIRT%", FORMAT_PERCENT, \
      "CPU use of what runs it: QEMU without the vCPUs, a container's monitor") \
    X(MEM_USED, "mem_used_bytes", "mem", "MEM", FORMAT_BYTES, "memory the guest needs") \
    X(MEM_PERCENT, "mem_percent", "mem%", "MEM%", FORMAT_PERCENT, "the same, of its limit") \
    X(MEM_CACHE, "mem_cache_bytes", "cache", "CACHE", FORMAT_BYTES, "file cache of the guest") \
    X(MEM_LIMIT, "mem_limit_bytes", "limit", "LIMIT", FORMAT_BYTES, "memory limit") \
    X(MEM_HOST, "mem_host_bytes", "host", "HOST", FORMAT_BYTES, "memory the host spends on it") \
    X(MEM_OVERHEAD, "mem_overhead_bytes", "overhead", "OVER", FORMAT_BYTES, "cost of running it") \
    X(MEM_SWAP, "mem_swap_bytes", "swap", "SWAP", FORMAT_BYTES, "memory of it in the host's swap") \
    X(MEM_AGE, "mem_age_s", "memage", "MEM AGE", FORMAT_SECONDS, \
      "age of what a machine's balloon says of its memory") \
    X(MAJOR_FAULTS, "major_faults_ps", "faults", "FLT/s", FORMAT_COUNT, \
      "page faults that needed a disk") \
    X(DISK_READ, "disk_read_bps", "read", "READ/s", FORMAT_BYTE_RATE, "read from disk") \
    X(DISK_WRITE, "disk_write_bps", "write", "WRITE/s", FORMAT_BYTE_RATE, "written to disk") \
    X(DISK_READ_OPS, "disk_read_iops", "readops", "RD op/s", FORMAT_COUNT, "read operations") \
    X(DISK_WRITE_OPS, "disk_write_iops", "writeops", "WR op/s", FORMAT_COUNT, "write operations") \
    X(DISK_READ_TIME, "disk_read_ms", "readtime", "RD ms", FORMAT_MILLISECONDS, \
      "time of a read; of machines, lately") \
    X(DISK_WRITE_TIME, "disk_write_ms", "writetime", "WR ms", FORMAT_MILLISECONDS, \
      "time of a write, likewise") \
    X(NET_RX, "net_rx_bps", "rx", "IN/s", FORMAT_BYTE_RATE, "received by the guest") \
    X(NET_TX, "net_tx_bps", "tx", "OUT/s", FORMAT_BYTE_RATE, "sent by the guest") \
    X(NET_RX_PACKETS, "net_rx_pps", "rxpkt", "IN p/s", FORMAT_COUNT, "packets received") \
    X(NET_TX_PACKETS, "net_tx_pps", "txpkt", "OUT p/s", FORMAT_COUNT, "packets sent") \
    X(NET_ERRORS, "net_errors_ps", "neterr", "ERR/s", FORMAT_COUNT, "network errors") \
    X(NET_DROPS, "net_drops_ps", "drops", "DROP/s", FORMAT_COUNT, "packets dropped") \
    X(PIDS, "pids", "pids", "TASKS", FORMAT_COUNT, "processes and threads") \
    X(OOM_KILLS, "oom_kills", "oom", "OOM", FORMAT_COUNT, "processes killed for want of memory") \
    X(MEM_LIMIT_HITS, "mem_limit_hits", "memhits", "MEM HIT", FORMAT_COUNT, \
      "times its memory limit stood in the way") \
    X(PIDS_LIMIT_HITS, "pids_limit_hits", "pidhits", "PID HIT", FORMAT_COUNT, \
      "tasks that its limit did not let start") \
    X(PSI_CPU, "psi_cpu", "psi.cpu", "PSI c", FORMAT_PERCENT, "time some task waited for CPU") \
    X(PSI_MEM, "psi_mem", "psi.mem", "PSI m", FORMAT_PERCENT, "time some task waited for memory") \
    X(PSI_IO, "psi_io", "psi.io", "PSI i", FORMAT_PERCENT, "time some task waited for disk") \
    X(UPTIME, "uptime_s", "up", "UP", FORMAT_SECONDS, "time since it was started") \
    X(BOOT, "boot_ms", "boot", "BOOT", FORMAT_MILLISECONDS, "from start to init or agent") \
    X(AGE, "age_s", "age", "AGE", FORMAT_SECONDS, "age of the figures")

enum metric {
#define METRIC_ENUM(id, json, filter, title, format, help) METRIC_##id,
    METRIC_LIST(METRIC_ENUM)
#undef METRIC_ENUM
    METRIC_COUNT
};

struct metric_info {
    const char *json;   /* key in JSON and CSV */
    const char *filter; /* name in filters and -s */
    const char *title;  /* column header, with its unit where it has one */
    const char *help;
    enum metric_format format;
};

const struct metric_info *metric_info(enum metric metric);

/* The metric whose filter name or JSON key is NAME; METRIC_COUNT when there is none. */
enum metric metric_from_name(const char *name);

/* Computed figures of one guest. */
struct metrics {
    uint64_t valid; /* bit per enum metric */
    double value[METRIC_COUNT];
};

static inline bool metrics_has(const struct metrics *metrics, enum metric metric)
{
    return metrics->valid >> metric & 1;
}

/* Two samples nearer to each other than this say more about the jitter of the clock than about the
 * guest. */
#define METRIC_MIN_GAP_NS (50 * NS_PER_MS)

/* Fills RET from two samples of one life.  PREV may have at_ns 0 (none): then only gauges are
 * valid. A rate is valid when both samples have the counter, it did not go back, and the gap is
 * between 50 ms and MAX_GAP_NS.  AGE is not set here: it depends on when one looks. */
void metrics_compute(struct metrics *ret, const struct sample *prev, const struct sample *cur,
                     int64_t max_gap_ns);

/* A figure that is known as text for the screen. */
void metric_format_value(char dst[UNITS_MAX], enum metric metric, double value);

#endif
