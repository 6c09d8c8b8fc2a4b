/* Supervises the children, feeds the model, runs jobs.  Lives in the screen (or batch) process, one
 * thread, never blocks: everything goes through poll. */
#ifndef VCTOP_ENGINE_ENGINE_H
#define VCTOP_ENGINE_ENGINE_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/cost.h"
#include "model/job.h"
#include "model/world.h"

struct engine;

struct engine_source {
    const char *id;   /* "libvirt:URI", "lxc:PATH", "host", "proc", "sim" */
    const char *spec; /* what the spawner is told when it differs ("sim:SPEC"), else NULL */
    bool explicit_;
};

/* SPAWNER_FD (owned from here on) as of spawner_start(). Asks for one worker a source. */
struct engine *engine_new(int spawner_fd, bool readonly, int64_t period_ns,
                          const struct engine_source *sources, size_t count);
/* Closes everything; workers die with the spawner, running jobs finish by themselves. */
void engine_free(struct engine *engine);

struct world *engine_world(struct engine *engine);
bool engine_readonly(const struct engine *engine);

/* From now on the guest agent of the selected machine is asked for what nobody else knows of it;
 * not under --readonly. */
void engine_ask_agents(struct engine *engine);

/* For the owner's poll(): fills FDS (at most MAX), returns how many there are. */
size_t engine_poll_fds(struct engine *engine, struct pollfd *fds, size_t max);
/* Milliseconds until the engine wants to be called though nothing is ready; -1 never. */
int engine_timeout_ms(const struct engine *engine, int64_t now_ns);

enum engine_change {
    ENGINE_ROWS = 1 << 0,    /* figures or states of guests */
    ENGINE_SOURCES = 1 << 1, /* a source's state */
    ENGINE_HOST = 1 << 2,
    ENGINE_JOBS = 1 << 3,
    ENGINE_EVENTS = 1 << 4,
    ENGINE_BROKEN = 1 << 5,   /* the spawner is gone: nothing more will come */
    ENGINE_CONSOLES = 1 << 6, /* output waits, or a console's state changed: see consoles.h */
    ENGINE_ANSWER = 1 << 7,   /* to what the operator asked: a configuration */
    ENGINE_COSTS = 1 << 8     /* of a worker */
};

/* Reads what is ready, judges who is late, starts and kills.  Returns a set of enum
 * engine_change. Bounded work per call. */
unsigned engine_dispatch(struct engine *engine, const struct pollfd *fds, size_t count,
                         int64_t now_ns);
/* After SIGCONT: sockets are drained before anyone is judged late. */
void engine_resumed(struct engine *engine, int64_t now_ns);

/* Every source that is up has given rows (or the host's figures) since SINCE_NS; one without guests
 * never gave any and is not waited for. */
bool engine_sampled_since(const struct engine *engine, int64_t since_ns);

void engine_set_period(struct engine *engine, int64_t period_ns);
/* What is on the screen; sent to the workers when it differs from what they know. */
void engine_want(struct engine *engine, const struct guest_id *visible, size_t count,
                 const struct guest_id *selected);

/* Which parts of the selected guest are on the screen: PART_BITs (model/part.h), 0 none, which is
 * so at first; PARTS_DISK_TIMES is of all guests.  They come with ENGINE_ROWS, see
 * world_parts_of(). */
void engine_want_parts(struct engine *engine, unsigned parts);

/* What the workers themselves cost is on the screen: they say it every two seconds, with
 * ENGINE_COSTS.  Not so at first. */
void engine_want_costs(struct engine *engine, bool wanted);
/* Of the worker AT, in the order of its sources: its id (valid as long as the engine), what it said
 * first since then and what it said last.  at_ns is 0 before it has.  False: there is no such one.
 */
bool engine_cost(const struct engine *engine, size_t at, const char **source, struct cost *first,
                 struct cost *last);

/* Asks for the text that GUEST is made from (a machine's XML without secrets, a container's file);
 * again when it is known already.  Of one guest at a time: another one's is forgotten.  The answer
 * comes with ENGINE_ANSWER. */
void engine_ask_configuration(struct engine *engine, const struct guest_id *guest);
/* That text, sanitised, each line ended by a newline; at most 1 MB of it.  *AT_NS (CLOCK_MONOTONIC)
 * is when it was read, *ERROR why it could not be.  NULL without an error: it was not asked for, or
 * is on its way.  Valid until the next call of engine_dispatch() or engine_ask_configuration(). */
const char *engine_configuration(const struct engine *engine, const struct guest_id *guest,
                                 int64_t *at_ns, const char **error);

/* Queues one job for the guest as it is now (identity and life are bound here); at most four run at
 * a time for each source.  Returns the job's number, or a negative error code. */
int engine_act(struct engine *engine, enum action action, const struct guest_id *guest,
               int timeout_s, struct error *err);
size_t engine_job_count(const struct engine *engine);
const struct job *engine_job_at(const struct engine *engine, size_t index); /* 0: the newest */
size_t engine_jobs_live(const struct engine *engine);                       /* queued and running */

#endif
