/* One guest as the program knows it. */
#ifndef VCTOP_MODEL_GUEST_H
#define VCTOP_MODEL_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "model/action.h"
#include "model/field.h"
#include "model/history.h"
#include "model/id.h"
#include "model/isolation.h"
#include "model/metric.h"
#include "model/state.h"
#include "model/trend.h"

#define FACTS_ADDRESSES_MAX 8
#define FACTS_DISKS_MAX 16

struct facts_disk {
    char *target; /* "vda", or "rootfs" of a container */
    char *source; /* raw: absolute path on this host of the image, device or root file system;
                     NULL: none (an empty drive) or none that can be told */
    char *pool;   /* raw: name of the libvirt pool when it is a volume of one, else NULL */
};

/* Slow things of a guest, as a backend says them.  Strings are owned and may be NULL for unknown;
 * raw bytes in a child, sanitised in the model (but for what is said to be raw). */
struct facts {
    uint32_t handle; /* the worker's own number of the guest, never reused within a worker */
    char *key;       /* raw: see struct guest_id */
    char *life;      /* raw: differs between two lives of the guest; "" while it is off */
    char *name;
    char *title;   /* a longer description */
    char *type;    /* "kvm", "qemu", "lxc", "test": what runs it */
    char *manager; /* who owns it if not the operator ("Proxmox"), else NULL */
    char *domain;  /* source "proc" only: the UUID of the libvirt domain whose QEMU it is by its
                      command line, else NULL */
    enum guest_kind kind;
    uint32_t can;                             /* ACTION_BITs that its backend can do at all */
    int autostart;                            /* 1, 0, -1 unknown */
    int persistent;                           /* 1, 0 transient, -1 unknown */
    uint32_t vcpus;                           /* 0 unknown */
    uint64_t memory;                          /* configured maximum in bytes, 0 unknown */
    char *addresses[FACTS_ADDRESSES_MAX];     /* textual IP addresses, NULL after the last */
    struct facts_disk disks[FACTS_DISKS_MAX]; /* target NULL after the last */
    char *io_error_disk; /* while an I/O error holds it: the disk ("vda"); NULL none or unknown */
    bool io_error_no_space; /* that error was that no space was left */
};

void facts_clear(struct facts *facts);
bool facts_disks_same(const struct facts *a, const struct facts *b);
void facts_copy(struct facts *dst, const struct facts *src); /* dst is overwritten, not cleared */

/* Something that the kernel counts when a guest runs into a limit. */
struct hits {
    bool known;     /* a count was read in this life, or the life began while we looked */
    uint64_t count; /* in this life */
    int64_t at_ns;  /* when it was last seen to grow; 0: not since we look */
};

/* What only one who was there knows: see model/problem.h. */
struct guest_seen {
    struct hits oom;        /* processes killed for want of memory */
    struct hits mem, tasks; /* its limits stood in the way */
    uint32_t acknowledged;  /* problems of this life that the operator knows of: bit per kind */
    char noted[128];        /* the newest event worth a look that he does not know of; "": none */
    int64_t noted_ns;       /* CLOCK_MONOTONIC of that event */
    bool off_wanted;        /* the operator shut it down from here */
    bool start_known;       /* how long the start of this life took is among the starts */
    int64_t start_asked_ns; /* CLOCK_MONOTONIC of when the operator wanted it started; 0: never */
};

struct guest {
    struct guest_id id;
    struct facts facts; /* sanitised */
    enum guest_state state;
    char *reason;           /* state_reason in words, NULL when there is nothing to say */
    char *denied;           /* why an action on it was not permitted lately, NULL: none was */
    char *blame;            /* why the figures are not fresh ("QEMU stopped"), NULL: they are */
    int64_t blame_since_ns; /* CLOCK_MONOTONIC */
    int64_t state_since_ns; /* when we saw the state change; 0: since before we looked */
    struct sample prev, cur;
    struct metrics metrics; /* of the newest sample; empty while off */
    struct history *history;
    struct guest_seen seen;
    struct isolation *isolation; /* owned, sanitised; NULL: not read in this life */
    struct trend written;        /* its DISK_WRITE counter, for who fills a place */
    bool marked;
};

/* The operator asked for ACTION: what comes of it is wanted, and what happened before is known. */
void guest_asked(struct guest *guest, enum action action, int64_t now_ns);

/* What it uses, its cache left out, fills its memory limit.  Caches fill memory up to any limit:
 * only a limit that cannot be kept by dropping them hurts. */
bool guest_is_near_limit(const struct guest *guest);

/* The figure as of NOW (AGE too); false when unknown. */
bool guest_metric(const struct guest *guest, enum metric metric, int64_t now_ns, double *ret);

/* The sum of those of the two that are known; false when neither is. */
bool guest_metric_sum(const struct guest *guest, enum metric a, enum metric b, int64_t now_ns,
                      double *ret);

/* How well it is isolated: "strong", "fair", "weak", "unknown" (also before it was read); NULL when
 * it does not run. */
const char *guest_isolation(const struct guest *guest);

/* Those of AT_NS are older than they should be: than two periods and a second. */
bool figures_are_old(int64_t at_ns, int64_t now_ns, int64_t period_ns);

/* Its figures are so, or somebody is to blame for them. */
bool guest_is_stale(const struct guest *guest, int64_t now_ns, int64_t period_ns);

#endif
