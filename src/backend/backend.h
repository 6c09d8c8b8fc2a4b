/* The contract of a backend: how guests of one kind of source are watched and run.
 *
 * A backend lives in a child process of its own (worker, job, probe or console), never in the
 * screen.  It is a module: backend-NAME.so exports `const struct backend_ops backend_NAME_ops`;
 * host, proc and sim are built in.  Each instance embeds struct backend first. */
#ifndef VCTOP_BACKEND_BACKEND_H
#define VCTOP_BACKEND_BACKEND_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "frame/frame.h"

/* Where a sampling backend says what it found; implemented by the sampling loop (worker/) and by
 * tests.  Takes nothing over: all is copied before the call returns.  Main thread of the child
 * only. */
struct sink;
void sink_source(struct sink *sink, enum source_state state, const struct error *why,
                 const char *note);
/* Goes with the next word on the source, see struct source; 0: not restarted. */
void sink_daemon(struct sink *sink, int64_t restarted_ns);
void sink_facts(struct sink *sink, const struct facts *facts);
void sink_row(struct sink *sink, uint32_t handle, enum guest_state state, const char *reason,
              const char *blame, const struct sample *sample);
void sink_gone(struct sink *sink, uint32_t handle);
void sink_answered(struct sink *sink); /* the list is complete; repeated calls are ignored */
void sink_flush(struct sink *sink);    /* the rows so far leave at once: more take their time */
void sink_host(struct sink *sink, const struct host_sample *sample);
/* What happened to a guest; HANDLE 0: to the source. */
void sink_event(struct sink *sink, uint32_t handle, const struct news *news, int64_t wall_ns);
void sink_stuck(struct sink *sink, int calls); /* of this worker, that hang for good */
/* What stands between the guest and the host; all of it, each time. */
void sink_isolation(struct sink *sink, uint32_t handle, const struct isolation_facts *facts);
/* All that the source knows of storage; what is not in REPORT is gone. */
void sink_storage(struct sink *sink, const struct storage_report *report);
/* All parts of a guest that are wanted; of more than PARTS_MAX the first ones are taken. */
void sink_parts(struct sink *sink, uint32_t handle, const struct parts *parts);

/* What the screen wants now; valid during the call. */
struct want {
    int64_t period_ns;
    const uint32_t *visible;
    size_t visible_count;
    uint32_t selected;  /* 0: none */
    unsigned parts;     /* PART_BITs: see the slot parts; PARTS_DISK_TIMES: of all guests */
    int stuck;          /* calls that others (earlier workers, screens) left hanging there */
    char *const *paths; /* for the host: where disks of guests lie; sorted, each once */
    size_t path_count;
};

/* Progress of a job or probe, as it goes; may be called from the thread that runs act(). */
struct progress {
    void (*say)(struct progress *progress, const char *text, int percent);
};

struct backend {
    const struct backend_ops *ops;
};

struct relay; /* relay.h */

#define BACKEND_POLL_MAX 16

struct backend_ops {
    const char *name; /* "libvirt", "lxc", "host", "proc", "sim" */

    /* CONFINE_CAP bits that sampling keeps of root's (base/confine.h); acting keeps all. */
    uint64_t capabilities;

    /* Required.  ARG is the source id behind its colon ("" when there is none).  Makes the
     * instance; must not block: connecting is the business of tick().  The caller frees with
     * close(). */
    int (*open)(struct backend **ret, const char *arg, struct error *err);

    /* Required.  NULL-safe in the wrapper; may be slow only in a child about to exit. */
    void (*close)(struct backend *backend);

    /* One sampling tick at AT_NS (CLOCK_MONOTONIC, a multiple of the period): says facts that are
     * new or changed, one row for every guest, and sink_gone for those that left.  Must return
     * within milliseconds: what can block runs in threads of the backend's own and is picked up
     * here.  NULL: the backend is not for sampling. */
    void (*tick)(struct backend *backend, const struct want *want, struct sink *sink,
                 int64_t at_ns);

    /* Optional.  Says the parts of want->selected that are in want->parts (never 0 here) with
     * sink_parts: after each tick, and once more when they are first wanted.  Bound by the same
     * time as tick(), and nothing of it is read unless it is asked for.  A guest that is not
     * running or not this backend's has none: nothing is said. */
    void (*parts)(struct backend *backend, const struct want *want, struct sink *sink);

    /* Optional.  Descriptors to wait for between ticks (inotify, an eventfd of a thread): fills
     * FDS, returns how many, at most BACKEND_POLL_MAX. */
    size_t (*poll_fds)(struct backend *backend, struct pollfd *fds);

    /* Optional.  One of them is ready: the same duties as tick(), but only for what changed.
     * Returns true when a whole tick should follow at once (a guest came or went). */
    bool (*ready)(struct backend *backend, const struct want *want, struct sink *sink,
                  const struct pollfd *fds, size_t count);

    /* Optional; job role only, blocks as long as it takes.  Checks that REQUEST still names the
     * guest that was meant (ERR_CHANGED or ERR_GONE otherwise) just before it acts; opens a
     * writable connection of its own.  A shutdown that ran into its limit is ERR_TIMEOUT. */
    int (*act)(struct backend *backend, const struct frame_do *request, struct progress *progress,
               struct error *err);

    /* Optional; probe role only, blocks up to the request's limit; the caller is killed soon after
     * it. */
    int (*ask)(struct backend *backend, const struct frame_ask *request,
               struct frame_answer *answer, struct error *err);

    /* Optional; console and log roles only, may block: the caller is killed after 10 s.  Opens what
     * REQUEST asks for when it still names the guest that was meant (ERR_CHANGED or ERR_GONE
     * otherwise; a log needs no life).  ERR_BUSY only when it is in use elsewhere and a request
     * with FORCE would take it over.  The caller ends *RET with relay_close(), before close(). */
    int (*console)(struct backend *backend, const struct frame_open *request, struct relay **ret,
                   struct error *err);
};

/* Wrappers: a NULL slot is ERR_UNSUPPORTED (or nothing to do). */
int backend_open(const struct backend_ops *ops, struct backend **ret, const char *arg,
                 struct error *err);
void backend_close(struct backend *backend);
void backend_tick(struct backend *backend, const struct want *want, struct sink *sink,
                  int64_t at_ns);
void backend_parts(struct backend *backend, const struct want *want, struct sink *sink);
size_t backend_poll_fds(struct backend *backend, struct pollfd *fds);
bool backend_ready(struct backend *backend, const struct want *want, struct sink *sink,
                   const struct pollfd *fds, size_t count);
int backend_act(struct backend *backend, const struct frame_do *request, struct progress *progress,
                struct error *err);
int backend_ask(struct backend *backend, const struct frame_ask *request,
                struct frame_answer *answer, struct error *err);
int backend_console(struct backend *backend, const struct frame_open *request, struct relay **ret,
                    struct error *err);

/* The operations for SOURCE ("libvirt:...", "lxc:...", "host", "proc", "sim:..."); *ARG is what is
 * behind the colon.  Loads the module when there is one: ERR_UNSUPPORTED with the package to
 * install when it or its library is missing.  The module stays loaded. */
int backend_find(const char *source, const struct backend_ops **ret, const char **arg,
                 struct error *err);

extern const struct backend_ops backend_host_ops;
extern const struct backend_ops backend_proc_ops;
extern const struct backend_ops backend_sim_ops;

#endif
