/* What running guests costs on this host: its machines beside its containers, by figures that were
 * measured.  Pure; built anew whenever somebody looks.  Guests of other hosts and stale figures do
 * not count. */
#ifndef VCTOP_MODEL_COMPARE_H
#define VCTOP_MODEL_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/guest.h"

struct world;

enum compare_kind {
    COMPARE_KVM,
    COMPARE_EMULATED, /* machines without KVM: what they cost says nothing about it */
    COMPARE_LXC,
    COMPARE_KINDS /* none of these: only in the sum */
};

const char *compare_kind_name(enum compare_kind kind); /* "kvm", "emulated", "lxc" */

/* X(id, JSON key, format as of METRIC_*, what) */
#define COMPARE_LIST(X) \
    X(OVERHEAD, "mem_overhead_bytes", MEM_OVERHEAD, "memory overhead") \
    X(VIRT, "cpu_virt_percent", CPU_VIRT, "CPU of what runs it") \
    X(BOOT, "boot_ms", BOOT, "start: its process to ready") \
    X(REQUEST, "request_ms", BOOT, "start: request to ready") \
    X(DISK, "disk_bps", DISK_READ, "disk, read and written") \
    X(DISK_OPS, "disk_iops", DISK_READ_OPS, "disk, operations") \
    X(READ_TIME, "disk_read_ms", BOOT, "disk, time of a read") \
    X(WRITE_TIME, "disk_write_ms", BOOT, "disk, time of a write") \
    X(NET, "net_bps", NET_RX, "network, in and out") \
    X(MEM_HOST, "mem_host_bytes", MEM_HOST, "memory of the host")

enum compare_figure {
#define COMPARE_ENUM(id, json, format, what) COMPARE_##id,
    COMPARE_LIST(COMPARE_ENUM)
#undef COMPARE_ENUM
    COMPARE_COUNT
};

struct compare_info {
    const char *json, *what;
    enum metric format; /* a metric of the same unit */
};

const struct compare_info *compare_info(enum compare_figure figure);

/* Adding them up makes sense: amounts, not times. */
bool compare_has_total(enum compare_figure figure);

struct compare_value {
    int count; /* guests that it rests on, for starts: starts; 0: it is unknown */
    double median, worst, total;
    const struct guest *worst_guest; /* NULL for starts; valid as rows of the world are */
};

struct compare_side {
    int guests, running;
    struct compare_value value[COMPARE_COUNT];
    double per_gib; /* how many fit in a GiB of the host's memory, of those that MEM_HOST rests on;
                       NAN unknown */
};

/* What all guests together take of the machine. */
struct compare_sum {
    int known, live;        /* guests whose figure is in the sum, of how many that live */
    double guests, machine; /* NAN unknown */
};

struct compare {
    struct compare_side side[COMPARE_KINDS];
    struct compare_sum cpu; /* 100 = one CPU */
    struct compare_sum mem; /* bytes in use, caches too */
};

void compare_build(struct compare *ret, const struct world *world, int64_t now_ns);

/* SUM in whole units that are SCALE to one: what is shown adds up to the last digit.  *RET_OTHER
 * may be negative, for the host's clock is coarser than the guests'.  False: it is unknown. */
bool compare_round(const struct compare_sum *sum, double scale, int64_t *ret_guests,
                   int64_t *ret_other, int64_t *ret_machine);

/* ---- the starts that were seen: the world keeps the newest ---- */

#define STARTS_MAX 256

struct starts {
    struct start {
        enum compare_kind kind;
        double boot_ms;    /* from its first process to its init or agent */
        double request_ms; /* from the operator's wish to that; negative: it was not ours */
    } start[STARTS_MAX];
    size_t count; /* ever */
};

/* The newest sample of GUEST may be the first that tells how long its start took. */
void starts_look(struct starts *starts, struct guest *guest);

#endif
