/* One container as the sampling worker knows it. */
#ifndef VCTOP_BACKEND_LXC_GUEST_H
#define VCTOP_BACKEND_LXC_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include <uthash.h>

#include "backend/backend.h"
#include "backend/isolation_beat.h"
#include "backend/lxc/config.h"
#include "backend/lxc/monitor.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_read.h"
#include "kernel/link.h"
#include "kernel/part_process.h"
#include "kernel/proc.h"
#include "kernel/watch.h"
#include "model/devsum.h"
#include "model/guest.h"

#define LXC_LINKS_MAX 16

/* Where the network figures of a container come from. */
enum lxc_network {
    LXC_NET_UNRESOLVED,
    LXC_NET_NONE,  /* it has no network, or the host's own */
    LXC_NET_LINKS, /* veths whose host ends are ours */
    LXC_NET_OWN    /* its own view: no link of ours leads there */
};

/* What is held to measure one life of a container. */
struct lxc_figures {
    struct cgroup_reader *cgroup; /* NULL: not resolved */
    struct devsum *network;
    enum lxc_network network_kind;
    int links[LXC_LINKS_MAX];
    size_t link_count;
    uint64_t monitor_rss; /* 0 unknown */
    int64_t slow_at_ns;   /* when links, addresses and the monitor's size come up again */
    int64_t slow_ns;      /* when that was done last */
    uint64_t slow_cpu_ns; /* and the container's CPU time then */
    char *addresses[FACTS_ADDRESSES_MAX];
    struct sample io;   /* where the kernel does not count it by group: DISK_READ, DISK_WRITE */
    uint64_t io_cpu_ns; /* and the container's CPU time then */
    bool resolved;      /* groups and links were looked for */
    bool looked_slowly; /* once at least */
    bool has_network;   /* one of its own, not the host's */
    bool measured;      /* its groups were read once */
    struct cgroup_state state;
};

struct lxc_guest {
    UT_hash_handle hh;
    char *name; /* raw; the key */
    uint32_t handle;
    struct lxc_config config;
    const char *manager; /* a literal: who owns it, or NULL */
    bool seen;           /* in the listing under way */

    struct proc_watch *monitor; /* NULL: none runs */
    struct proc_identity monitor_id;
    uid_t monitor_uid;
    char monitor_state;        /* letter as in /proc/PID/stat; 0 unknown */
    uint64_t monitor_ns;       /* CPU time of the monitor; 0 unknown */
    uint64_t followed_ns;      /* what that was when the monitor was followed last */
    uint64_t seen_cpu_ns;      /* CPU time of the container when its init was looked at last */
    struct proc_identity init; /* pid 0: none */
    bool init_ran;             /* it runs the container's program */
    bool init_was;             /* this monitor has had one */
    bool ran;                  /* one of them has run the container's program */
    bool late;                 /* its monitor was old when we first saw it */
    bool starved;              /* its last init was killed for want of memory */
    uint64_t boot_ms;          /* UINT64_MAX unknown */
    int64_t ready_ns;          /* CLOCK_MONOTONIC of when BOOT_MS ended */
    struct lxc_figures figures;

    char life[48];                   /* as said last */
    struct proc_identity said_init;  /* whose life that is; pid 0: nobody's */
    struct isolation_turn isolation; /* of that life */
    bool facts_stale;                /* facts must be said again */
    enum guest_state said_state;     /* as of the last row */
    bool visible;
    int64_t transit_ns; /* CLOCK_MONOTONIC since when it is on its way; 0: it is not */
};

struct lxc_guest *lxc_guest_new(const char *name, uint32_t handle);
void lxc_guest_free(struct lxc_guest *guest);

/* A monitor of this container was found; ignored when one is known.  OLD: at the first look, when
 * nobody can tell whether a container without an init comes or goes. */
void lxc_guest_attach(struct lxc_guest *guest, const struct lxc_monitor *monitor, bool old);

/* Follows the processes for one step: is the monitor there, has init come, run, or ended?  DEEP
 * looks at a known init too.  Figures of a life that ended are dropped.  WHAT_HAPPENED (may be left
 * NULL) becomes a text for the event log. */
void lxc_guest_follow(struct lxc_guest *guest, bool deep, const char **what_happened);

/* Something may have happened to its monitor since lxc_guest_follow(): reads the monitor's CPU
 * time. */
bool lxc_guest_monitor_moved(struct lxc_guest *guest);

/* None of its processes has run since the container's CPU time was CPU_NS, as far as the last
 * reading of its groups tells. */
bool lxc_guest_rests(const struct lxc_guest *guest, uint64_t cpu_ns);

/* It is on its way from one state to another: worth a look in milliseconds. */
bool lxc_guest_in_transit(const struct lxc_guest *guest);

/* FOREIGN: not ours to look at; OBSCURED: /proc hides other users' processes from us. */
enum guest_state lxc_guest_state(const struct lxc_guest *guest, bool obscured, const char **reason,
                                 const char **blame);

/* It belongs to another user than the one we run as (never for root). */
bool lxc_guest_is_foreign(const struct lxc_guest *guest);

/* Says facts when they changed. */
void lxc_guest_say_facts(struct lxc_guest *guest, enum guest_state state, struct sink *sink);

/* figures.c: measuring. */
void lxc_figures_clear(struct lxc_figures *figures);

/* What the figures of all containers share. */
struct lxc_ground {
    struct cgroup_layout layout;
    struct links *links; /* NULL: no netlink here */
    uint64_t own_netns;
    struct part_processes *processes;  /* of the selected one, NULL: nobody looks at them */
    struct proc_identity processes_of; /* its init */
    bool map_stale;                    /* links_map() is due */
    unsigned turn;                     /* counts ticks */
    struct cgroup_paths own;           /* our groups, as of OWN_TURN */
    unsigned own_turn;
    int64_t period_ns; /* between them */
};

/* GUEST's turn among those of which each is looked at once in INTERVAL_NS: the cost of what can
 * wait is spread over the ticks, and does not grow as they come faster. */
static inline bool lxc_is_turn(const struct lxc_ground *ground, const struct lxc_guest *guest,
                               int64_t interval_ns)
{
    int64_t ticks = ground->period_ns > 0 ? interval_ns / ground->period_ns : 0;
    return ticks < 2 || (guest->handle + ground->turn) % (uint64_t)ticks == 0;
}

/* The directory of the group that its processes are in, NULL unknown; its CGROUP is there. */
const char *lxc_figures_group(const struct lxc_figures *figures);

/* Reads ahead of the figures whether a running container is frozen: it is not said to run first. */
void lxc_figures_look_at_freezer(struct lxc_guest *guest, struct lxc_ground *ground);

/* Adds to SAMPLE what is known of a running container and looks after what is resolved slowly.
 * WHOLE: the costly files too.  ERR_GONE when its groups have vanished: time to look at init. */
int lxc_figures_read(struct lxc_guest *guest, struct lxc_ground *ground, bool whole, int64_t now_ns,
                     struct sample *sample);

/* parts.c: adds the parts of a running container of those KINDS (PART_BITs). */
void lxc_guest_parts(const struct lxc_guest *guest, struct lxc_ground *ground, unsigned kinds,
                     struct parts *ret);

#endif
