/* Raw values of one guest as a backend reads them: counters and gauges, all unsigned integers.
 * What the screen shows is computed from them (model/metric.h). */
#ifndef VCTOP_MODEL_FIELD_H
#define VCTOP_MODEL_FIELD_H

#include <stdbool.h>
#include <stdint.h>

/* X(id, wire name, kind, unit): COUNTERs only grow within one life of the guest.  Network and disk
 * are the guest's view (a host-side tap or veth is swapped by the backend) and sums over devices
 * made with model/devsum.h. */
#define FIELD_LIST(X) \
    X(CPU, "cpu", COUNTER, "ns") \
    X(CPU_USER, "cpu_user", COUNTER, "ns") \
    X(CPU_SYSTEM, "cpu_system", COUNTER, "ns") \
    X(CPU_WAIT, "cpu_wait", COUNTER, "ns, runnable but not running") \
    X(CPU_THROTTLED, "cpu_throttled", COUNTER, "ns") \
    X(CPU_VIRT, "cpu_virt", COUNTER, \
      "ns of what runs the guest: a machine's CPU but its vCPUs'; a container's monitor") \
    X(MEM_USED, "mem_used", GAUGE, "bytes, the guest's own need") \
    X(MEM_CACHE, "mem_cache", GAUGE, "bytes") \
    X(MEM_LIMIT, "mem_limit", GAUGE, "bytes; absent: no limit") \
    X(MEM_AGE, "mem_age", GAUGE, "ms since MEM_USED was measured; absent: with the sample") \
    X(MEM_HOST, "mem_host", GAUGE, "bytes that the host spends") \
    X(MEM_OVERHEAD, "mem_overhead", GAUGE, "bytes") \
    X(MEM_SWAP, "mem_swap", GAUGE, "bytes of it in the host's swap") \
    X(MAJOR_FAULTS, "major_faults", COUNTER, "page faults that needed a disk") \
    X(DISK_READ, "disk_read", COUNTER, "bytes") \
    X(DISK_WRITE, "disk_write", COUNTER, "bytes") \
    X(DISK_READ_OPS, "disk_read_ops", COUNTER, "operations") \
    X(DISK_WRITE_OPS, "disk_write_ops", COUNTER, "operations") \
    X(DISK_READ_TIME, "disk_read_time", GAUGE, "us that a read took, the mean of some seconds") \
    X(DISK_WRITE_TIME, "disk_write_time", GAUGE, "us") \
    X(NET_RX, "net_rx", COUNTER, "bytes") \
    X(NET_TX, "net_tx", COUNTER, "bytes") \
    X(NET_RX_PACKETS, "net_rx_packets", COUNTER, "packets") \
    X(NET_TX_PACKETS, "net_tx_packets", COUNTER, "packets") \
    X(NET_ERRORS, "net_errors", COUNTER, "packets, both ways") \
    X(NET_DROPS, "net_drops", COUNTER, "packets, both ways") \
    X(PIDS, "pids", GAUGE, "tasks") \
    X(OOM_KILLS, "oom_kills", COUNTER, "kills") \
    X(MEM_LIMIT_HITS, "mem_limit_hits", COUNTER, "times the memory limit stood in the way") \
    X(PIDS_LIMIT_HITS, "pids_limit_hits", COUNTER, "tasks that could not be started") \
    X(PSI_CPU, "psi_cpu", GAUGE, "1/100 % avg10 some") \
    X(PSI_MEM, "psi_mem", GAUGE, "1/100 % avg10 some") \
    X(PSI_IO, "psi_io", GAUGE, "1/100 % avg10 some") \
    X(UPTIME, "uptime", GAUGE, "ms since this life began") \
    X(BOOT, "boot", GAUGE, "ms from start to init or agent") \
    X(READY, "ready", GAUGE, "ms since then")

enum field {
#define FIELD_ENUM(id, name, kind, unit) FIELD_##id,
    FIELD_LIST(FIELD_ENUM)
#undef FIELD_ENUM
    FIELD_COUNT
};

const char *field_name(enum field field);

/* The field of that wire name, FIELD_COUNT when there is none. */
enum field field_from_name(const char *name);

/* Counters and gauges of one guest at one CLOCK_MONOTONIC instant. */
struct sample {
    int64_t at_ns;  /* 0: never sampled */
    uint64_t valid; /* bit per enum field */
    uint64_t value[FIELD_COUNT];
};

static inline void sample_set(struct sample *sample, enum field field, uint64_t value)
{
    sample->value[field] = value;
    sample->valid |= UINT64_C(1) << field;
}

static inline bool sample_has(const struct sample *sample, enum field field)
{
    return sample->valid >> field & 1;
}

#endif
