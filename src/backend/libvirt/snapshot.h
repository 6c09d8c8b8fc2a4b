/* What the daemon said last, as plain values: made by the thread that talks to it, read by the main
 * thread.  Immutable once published. */
#ifndef VCTOP_BACKEND_LIBVIRT_SNAPSHOT_H
#define VCTOP_BACKEND_LIBVIRT_SNAPSHOT_H

#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/libvirt/definition.h"
#include "backend/libvirt/io_error.h"
#include "model/devsum.h"
#include "model/world.h"

/* One link of a guest of a daemon elsewhere: the guest's own view, in devsum's order of NET_*. */
struct lv_nic_count {
    uint64_t key; /* hash of the name of its host end */
    uint64_t counters[DEVSUM_COUNTERS];
};

struct lv_domain {
    char uuid[VIR_UUID_STRING_BUFLEN];
    char *name;
    int id; /* -1 while off */
    int state, reason;
    struct lv_definition *definition; /* NULL: not read yet, or it could not be */
    int autostart, persistent;        /* 1, 0, -1 unknown */
    struct lv_io_error io_error;      /* what paused it, if an event said so */

    /* virDomainGetInfo and link counters, only where the kernel cannot be asked; at_ns 0: not
     * read. */
    int64_t at_ns; /* CLOCK_MONOTONIC */
    uint64_t cpu_ns, memory, max_memory;
    uint32_t vcpus;
    struct lv_nic_count *nics;
    size_t nic_count;

    /* virDomainGetControlInfo; control_at_ns 0: not asked. */
    int64_t control_at_ns;
    bool occupied; /* a monitor command is under way since occupied_ms */
    uint32_t occupied_ms;
};

struct lv_snapshot {
    struct lv_domain *domains;
    size_t count;
    bool complete; /* definitions were read too */
};

struct lv_snapshot *lv_snapshot_new(size_t count);
void lv_snapshot_free(struct lv_snapshot *snapshot);

/* FNV-1a, for devsum keys. */
uint64_t lv_hash(const char *text);

#endif
