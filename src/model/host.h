/* The machine that carries the guests. */
#ifndef VCTOP_MODEL_HOST_H
#define VCTOP_MODEL_HOST_H

#include <stdbool.h>
#include <stdint.h>

#define HOST_CPUS_MAX 1024
#define HOST_DEVICES_MAX 64
#define HOST_NAME_MAX_BYTES 64

/* Nanoseconds since boot of one CPU, or of all.  Guest time is inside user and nice in /proc/stat
 * and stays there: it is not counted twice. */
struct host_cpu {
    uint64_t user_ns, system_ns, iowait_ns, steal_ns, idle_ns;
};

struct host_device {
    char name[32];
    uint64_t in_bytes, out_bytes; /* disk: read, written; link: received, sent */
    uint64_t in_ops, out_ops;     /* operations or packets */
    uint64_t errors, drops;
};

/* One instant.  Counts may be 0 when a file could not be read; then the flag is false. */
struct host_sample {
    int64_t at_ns; /* CLOCK_MONOTONIC; 0: never */
    char name[HOST_NAME_MAX_BYTES];
    uint64_t uptime_s;
    bool has_cpu, has_memory, has_load, has_psi, has_devices;
    struct host_cpu total;
    int cpus; /* online */
    struct host_cpu cpu[HOST_CPUS_MAX];
    uint64_t mem_total, mem_free, mem_available, mem_cache, swap_total, swap_used; /* bytes */
    double load[3];
    double psi_cpu, psi_mem, psi_io; /* some avg10 in % */
    int disks, links;                /* whole disks; physical links only, so that sums are right */
    struct host_device disk[HOST_DEVICES_MAX];
    struct host_device link[HOST_DEVICES_MAX];
};

/* Figures between two samples.  Percentages: 100 = one CPU.  NAN: unknown. */
struct host_figures {
    double cpu, user, system, iowait, steal;
    double disk_read_bps, disk_write_bps, net_rx_bps, net_tx_bps;
    int cpus;
    float per_cpu[HOST_CPUS_MAX]; /* busy % of each CPU, NAN unknown */
};

struct host {
    struct host_sample prev, cur;
    struct host_figures figures;
    struct host_history *history;
};

void host_init(struct host *host);
void host_clear(struct host *host);

/* Takes SAMPLE as the newest and computes the figures. */
void host_update(struct host *host, const struct host_sample *sample);

/* The newest COUNT values of total CPU use (100 = one CPU), NAN for gaps; returns how many. */
int host_cpu_tail(const struct host *host, float *ret, int count);

#endif
