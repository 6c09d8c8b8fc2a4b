/* Everything known about one host: sources, guests, events, storage (model/storage.h).  Pure: no
 * I/O, told the time. */
#ifndef VCTOP_MODEL_WORLD_H
#define VCTOP_MODEL_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/event.h"
#include "model/guest.h"
#include "model/host.h"
#include "model/storage.h"

struct starts;

enum source_state {
    SOURCE_CONNECTING, /* has not answered yet */
    SOURCE_UP,
    SOURCE_LATE,   /* the worker itself is silent */
    SOURCE_LOST,   /* the daemon behind it is gone or hangs; retrying */
    SOURCE_DENIED, /* no permission */
    SOURCE_ABSENT, /* not installed or not running here */
    SOURCE_FAILED  /* cannot work at all; no retry */
};

struct source {
    char *id;   /* "libvirt:URI", "lxc:PATH", "host", "proc", "sim"; raw, for looking up */
    char *name; /* the same, sanitised, for people */
    enum source_state state;
    char *error;    /* NULL when up */
    char *remedy;   /* NULL when there is none */
    char *note;     /* what does not work though it is up ("monitor off: 4 stuck calls"), or NULL */
    bool explicit_; /* named on the command line: its failure is the exit status */
    bool answered;  /* was up at least once, with its list of guests complete */
    int64_t since_ns; /* CLOCK_MONOTONIC of the last state change */
    int64_t back_ns;  /* when it last came back after it was lost; 0: it never was */
    /* CLOCK_MONOTONIC of when the daemon behind it was started anew while guests of it ran on; 0:
     * it was not, as far as anyone knows.  No news after a while: see source_was_restarted(). */
    int64_t restarted_ns;
};

/* Worth saying: the daemon behind SOURCE was started anew within the last 15 minutes.  *RET_AGE_NS
 * is how long ago. */
bool source_was_restarted(const struct source *source, int64_t now_ns, int64_t *ret_age_ns);

const char *source_state_name(enum source_state state);

/* Nobody asked for it and it has nothing to say: "proc" looks for machines that most hosts have
 * not. */
bool source_is_quiet(const struct source *source);

struct world;

struct world *world_new(int64_t period_ns);
void world_free(struct world *world);
void world_set_period(struct world *world, int64_t period_ns);
int64_t world_period(const struct world *world);

/* Feeding.  The world copies what it keeps and sanitises every string here, at the door. */
struct source *world_add_source(struct world *world, const char *id, bool explicit_);
/* What a worker says of its source, or the engine of the worker. ERROR, REMEDY, NOTE may be NULL.
 */
void world_source_state(struct world *world, const char *source, enum source_state state,
                        const char *error, const char *remedy, const char *note, int64_t now_ns,
                        int64_t wall_ns);
/* When the daemon behind it was started anew, see struct source; news of it is an event. */
void world_source_daemon(struct world *world, const char *source, int64_t restarted_ns,
                         int64_t now_ns, int64_t wall_ns);
/* New or changed facts.  Another life drops the samples (no rate across lives). */
void world_facts(struct world *world, const char *source, const struct facts *facts, int64_t now_ns,
                 int64_t wall_ns);
/* One guest's row of a tick; a HANDLE never introduced by facts is ignored. SAMPLE with at_ns 0 or
 * equal to the last one leaves the figures alone. */
void world_row(struct world *world, const char *source, uint32_t handle, enum guest_state state,
               const char *reason, const char *blame, const struct sample *sample, int64_t now_ns,
               int64_t wall_ns);
/* What stands between a guest and the host; dropped when another life begins. */
void world_isolation(struct world *world, const char *source, uint32_t handle,
                     const struct isolation_facts *facts);
/* After some of those: finds who shares user ids with whom.  Cheap when nothing has changed. */
void world_isolation_settle(struct world *world);
/* The guest of TO that is the same as FROM gets what FROM has. */
void world_isolation_copy(struct guest *to, const struct guest *from);
/* What the operator wanted of the guest ID, or of any guest of its source (key NULL), is not
 * permitted, and WHY; NULL: it may be tried again.  A source of NULL means all. */
void world_denied(struct world *world, const struct guest_id *id, const char *why);
void world_gone(struct world *world, const char *source, uint32_t handle, int64_t now_ns,
                int64_t wall_ns);
/* The worker of SOURCE was started anew: its handles mean nothing any more.  Guests stay, stale,
 * and are matched by key as facts come in; those not seen again by the time the source next answers
 * are removed. */
void world_source_restarted(struct world *world, const char *source);
/* The worker's list is complete for the first time since it started. */
void world_source_answered(struct world *world, const char *source, int64_t now_ns,
                           int64_t wall_ns);
void world_host(struct world *world, const struct host_sample *sample);
void world_event(struct world *world, enum event_kind kind, const struct guest_id *id,
                 const char *name, const char *text, int64_t wall_ns);
/* The same for who knows more than the words say. */
void world_graded_event(struct world *world, enum event_kind kind, enum event_grade grade,
                        const struct guest_id *id, const char *name, const char *text,
                        int64_t wall_ns);
/* What the worker of SOURCE saw happen to one of its guests; HANDLE 0: to the source itself. */
void world_news(struct world *world, const char *source, uint32_t handle, const struct news *news,
                int64_t now_ns, int64_t wall_ns);

/* Asking.  Pointers stay valid until the next feeding call. */
size_t world_guest_count(const struct world *world);
struct guest *world_guest_at(const struct world *world, size_t index); /* order of arrival */
struct guest *world_find(const struct world *world, const struct guest_id *id);
struct guest *world_find_handle(const struct world *world, const char *source, uint32_t handle);
/* Handles of the guests of SOURCE that some libvirt started and that no libvirt source has: they
 * are shown, or will be with their next row.  At most MAX into RET; returns how many. */
size_t world_unowned(const struct world *world, const char *source, uint32_t *ret, size_t max);
size_t world_source_count(const struct world *world);
const struct source *world_source_at(const struct world *world, size_t index);
const struct source *world_source(const struct world *world, const char *id);
const struct host *world_host_get(const struct world *world);
struct event_log *world_events(const struct world *world);

/* Why GUEST's figures are not fresh, in words, since when: its own blame, else its source's trouble
 * ("libvirtd lost", "own worker late"), else its age.  False when they are fresh. */
bool world_stale(const struct world *world, const struct guest *guest, int64_t now_ns, char *why,
                 size_t size, int64_t *since_ns);

/* GUEST lives on this host, not on one that a daemon elsewhere looks after. */
bool world_guest_is_here(const struct world *world, const struct guest *guest);

/* The newest starts that were seen, see model/compare.h; and those of another world. */
const struct starts *world_starts(const struct world *world);
void world_starts_copy(struct world *to, const struct world *from);

struct world_totals {
    int machines, machines_running, containers, containers_running, marked;
    double cpu_percent, mem_host_bytes; /* over guests of this host with known figures */
    int cpu_known, mem_known;           /* how many guests the sums rest on */
    int64_t cpu_since_ns; /* when the oldest in CPU_PERCENT was read, but for guests that hang; 0:
                             none */
};
void world_totals(const struct world *world, struct world_totals *ret);

#endif
