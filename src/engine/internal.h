/* What the engine's own files share; nobody else includes this. */
#ifndef VCTOP_ENGINE_INTERNAL_H
#define VCTOP_ENGINE_INTERNAL_H

#include <sys/types.h>

#include "base/clock.h"
#include "engine/console_flow.h"
#include "engine/consoles.h"
#include "engine/engine.h"
#include "frame/channel.h"
#include "frame/spawn.h"

/* ---- spawn_client.c: the spawner's end of the family ---- */

struct spawn_client {
    int fd; /* owned; -1: the spawner is gone */
    struct spawn_request *queue;
    size_t queued, capacity;
};

void spawn_client_init(struct spawn_client *client, int fd);
void spawn_client_clear(struct spawn_client *client);
/* Sends or queues; what cannot be sent any more is dropped, the loss shows in receive. */
void spawn_client_ask(struct spawn_client *client, enum spawn_op op, enum spawn_role role,
                      uint32_t token, const char *source);
void spawn_client_flush(struct spawn_client *client);
/* 1: RET is filled and FDS hold the child's channel and standard error (SPAWN_STARTED, the caller
 * owns them) or -1; 0: nothing there; ERR_LOST: the spawner is gone or talks nonsense. */
int spawn_client_receive(struct spawn_client *client, struct spawn_answer *ret, int fds[2]);

/* ---- child.c: one child process, whatever its role ---- */

struct child {
    struct child *next;
    uint32_t token;
    enum spawn_role role;
    void *owner;            /* struct worker, job_entry, probes, configuration or console_entry */
    struct channel channel; /* fd -1: not started yet, or at its end */
    int err_fd;
    bool started, greeted, exited;
    bool dead;    /* to be freed at the end of the turn */
    bool backlog; /* frames wait in the buffer: come back at once */
    int wstatus;
    int refused;      /* errno of the spawner's refusal */
    int64_t heard_ns; /* of the last frame, at first of the request */
    int64_t eof_ns;   /* when the channel ended; 0: it is open */
    char line[1024];
    size_t line_len;
    bool line_cut;
    int64_t lines_since_ns; /* of the current window of the rate limit */
    int lines, lines_dropped;
};

/* Asks the spawner; the child stands in engine->children until swept. */
struct child *child_start(struct engine *engine, enum spawn_role role, const char *source,
                          void *owner, int64_t now_ns);
/* The spawner's answers. */
void child_started(struct engine *engine, struct child *child, const int fds[2], int64_t now_ns);
/* Reads a bounded amount of what is there; ends the child when it is over. */
void child_pump(struct engine *engine, struct child *child, bool frames, bool lines,
                int64_t now_ns);
/* When the child wants to be looked at though nothing is ready; INT64_MAX never. */
int64_t child_due(const struct child *child);
/* Closes and forgets it; the process is killed when it may still live. */
void child_drop(struct engine *engine, struct child *child);
void child_free(struct child *child);

/* ---- supervise.c: one sampling worker a source ---- */

struct worker {
    char *id;
    char *spec; /* what the spawner is told */
    struct child *child;
    bool late;     /* no frame for too long; what it said before is in said */
    bool troubled; /* the world was told of our trouble with it; a hello ends that */
    bool given_up; /* it cannot work at all */
    int tries;     /* index into the back-off */
    int64_t restart_ns;
    int64_t healthy_ns; /* since when it is well; 0: it is not */
    int64_t rows_ns;    /* when the last rows or host figures came; 0: none from this child */
    struct cost cost_first, cost; /* of its process, since somebody looks; at_ns 0: not said yet */
    int stuck;                    /* calls of its process that hang in its daemon */
    int stuck_before;             /* those of the processes before it */
    int64_t stuck_ns;             /* when the last of them all was told */
    bool has_said;
    struct frame_source said; /* its last word on its source */
    msgpack_sbuffer wanted;   /* the last want that it was sent */
};

void worker_init(struct engine *engine, struct worker *worker, const struct engine_source *source,
                 int64_t now_ns);
void worker_clear(struct worker *worker);
/* ERR_SYNTAX: a frame that no worker may send. */
int worker_frame(struct engine *engine, struct child *child, struct frame *frame, int64_t now_ns);
/* It ended, was refused, or sent garbage: WHY in words; it is started again later. */
void worker_failed(struct engine *engine, struct worker *worker, const char *why, int64_t now_ns);
void worker_judge(struct engine *engine, struct worker *worker, int64_t now_ns);
int64_t worker_due(const struct worker *worker);
/* Tells it what is wanted when that is news to it. */
void worker_tell(struct engine *engine, struct worker *worker);

/* ---- jobs.c ---- */

#define JOBS_KEPT 200

struct job_entry {
    struct job job;
    char *spec; /* the source as the spawner knows it */
    int timeout_s;
    struct child *child;
    int64_t final_ns; /* when the result came: its process should end soon */
};

struct jobs {
    struct job_entry *entry[JOBS_KEPT]; /* oldest first */
    size_t count;
    uint32_t last_id;
    int64_t denied_until_ns; /* what was not permitted is not offered until then; 0: all is */
};

void jobs_clear(struct jobs *jobs);
void jobs_started(struct engine *engine, struct child *child);
int jobs_frame(struct engine *engine, struct child *child, struct frame *frame, int64_t now_ns);
void jobs_failed(struct engine *engine, struct job_entry *entry, const char *why, int64_t now_ns);
/* GUEST is being started, or was a moment ago and the sampler has not seen it yet. */
bool jobs_start(const struct jobs *jobs, const struct guest_id *guest, int64_t now_ns);
/* Starts what is queued, gives up what never answers, kills what does not end after its result. */
void jobs_turn(struct engine *engine, int64_t now_ns);
int64_t jobs_due(const struct jobs *jobs);

/* ---- probes.c ---- */

struct probe_memory {
    struct guest_id id;
    char *life;
    int64_t asked_ns;
    char *addresses[FACTS_ADDRESSES_MAX];
};

#define PROBE_MEMORY_MAX 256

struct probes {
    struct child *child; /* the one under way */
    bool agent;          /* it may ask the guest's agent */
    struct probe_memory *asked;
    struct probe_memory *memory[PROBE_MEMORY_MAX]; /* oldest first */
    size_t count;
};

void probes_clear(struct probes *probes);
void probes_started(struct engine *engine, struct child *child);
int probes_frame(struct engine *engine, struct child *child, struct frame *frame, int64_t now_ns);
void probes_ended(struct engine *engine);
void probes_turn(struct engine *engine, int64_t now_ns);
int64_t probes_due(const struct engine *engine);
/* Puts remembered addresses of the same life into FACTS when they say none. */
void probes_complete(const struct probes *probes, const char *source, struct facts *facts);

/* ---- configuration.c ---- */

struct configuration {
    struct child *child; /* the probe under way; its owner is this */
    struct guest_id id;  /* who it is of; unset: nobody asked yet */
    int64_t asked_ns, at_ns;
    bool answered;      /* what was asked last */
    char *text, *error; /* sanitised */
};

void configuration_clear(struct configuration *configuration);
void configuration_started(struct engine *engine, struct child *child);
int configuration_frame(struct engine *engine, struct frame *frame, int64_t now_ns);
void configuration_ended(struct engine *engine, const char *why, int64_t now_ns);
void configuration_turn(struct engine *engine, int64_t now_ns);
int64_t configuration_due(const struct configuration *configuration);

/* ---- consoles.c ---- */

struct console_entry {
    struct console console;
    char *spec;          /* the source as the spawner knows it */
    struct child *child; /* NULL: its process is gone */
    bool closed;         /* the screen has forgotten it */
    bool waits;          /* for its guest, which is being started */
    int64_t final_ns;    /* when it was over or closed: its process should end soon */
    struct console_flow flow;
    struct screen_view view;       /* of a screen: what the child was asked for; rows 0: nothing */
    struct screen_picture picture; /* the newest; cells NULL: none yet */
};

#define HELD_MAX 32

/* A question about a machine's screen or to its agent that hangs in its daemon though who asked was
 * killed. */
struct held {
    struct guest_id id;
    char *life;
    int64_t at_ns;
    bool blamed; /* the guest was known not to answer since */
};

struct consoles {
    struct console_entry **entry; /* oldest first */
    size_t count;
    uint32_t last_id;
    struct held held[HELD_MAX];
    size_t held_count;
};

void consoles_clear(struct consoles *consoles);
struct console_entry *console_find(const struct engine *engine, uint32_t id); /* NULL: closed */
char *console_text(const char *raw); /* sanitised, the caller's to free; NULL for "" */
void consoles_started(struct engine *engine, struct child *child);
int consoles_frame(struct engine *engine, struct child *child, struct frame *frame, int64_t now_ns);
/* Its process ended without a word, or was refused. */
void consoles_failed(struct engine *engine, struct console_entry *entry, const char *why,
                     int64_t now_ns);
/* Gives up what does not open, kills what does not end. */
void consoles_turn(struct engine *engine, int64_t now_ns);
int64_t consoles_due(const struct consoles *consoles);

/* ---- console_check.c ---- */

/* As engine_console_check(); GUEST may be NULL. */
int consoles_check(const struct engine *engine, const struct guest *guest, enum console_kind kind,
                   struct error *err);

/* ---- screens.c ---- */

/* As engine_console_check(): what asks a QEMU that hangs holds one of its daemon's few workers. */
int screens_check(const struct engine *engine, const struct guest *guest, struct error *err);
/* Who asks GUEST is to be killed meanwhile. */
void screens_hold(struct engine *engine, const struct guest_id *guest, const char *life,
                  int64_t now_ns);
/* Forgets what does not hang any more. */
void screens_turn(struct engine *engine, int64_t now_ns);
/* The daemon of SOURCE was started at AT_NS: what hung in the one before ended with it. */
void screens_restarted(struct engine *engine, const char *source, int64_t at_ns);
int screens_held(const struct engine *engine, const char *source);
void screens_clear(struct consoles *consoles);
/* It has just been opened. */
void screen_opened(struct console_entry *entry);
/* Takes what is in PICTURE over. */
int screen_cells(struct engine *engine, struct console_entry *entry, struct screen_picture *picture,
                 int64_t now_ns);

/* ---- engine.c ---- */

struct engine {
    struct spawn_client spawner;
    struct world *world;
    bool readonly;
    bool agents; /* those of machines may be asked */
    bool broken; /* the spawner is gone */
    bool want_changed;
    bool paths_changed; /* where disks lie, or who has which */
    char **paths;       /* what the host's worker is asked to look at */
    size_t path_count;
    int64_t period_ns;
    int64_t turn_ns; /* when the last dispatch was: to see that we were stopped */
    struct worker *workers;
    size_t worker_count;
    struct child *children;
    uint32_t last_token;
    struct jobs jobs;
    struct probes probes;
    struct configuration configuration;
    struct consoles consoles;
    struct guest_id *visible;
    size_t visible_count;
    struct guest_id selected;
    int64_t selected_ns; /* since when it is that one */
    unsigned parts;      /* of it, that are on the screen */
    bool costs;          /* what the workers cost is on the screen */
    unsigned changes;    /* since the last dispatch returned */
};

struct worker *engine_worker(const struct engine *engine, const char *source);
void engine_log(struct engine *engine, const struct child *child, const char *line);

static inline int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

#endif
