/* The simulated host, inside: a spec, a population made from it, and what time does to it. */
#ifndef VCTOP_BACKEND_SIM_SIM_H
#define VCTOP_BACKEND_SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"
#include "backend/sim/wave.h"

#define SIM_CPUS 8
#define SIM_MEMORY (UINT64_C(64) << 30)
#define SIM_GUESTS_MAX 10000

/* Something that befalls NAME (NULL: nothing) AT_NS after the first tick. */
struct sim_event {
    char *name;
    int64_t at_ns;
};

/* What can befall a guest. */
enum sim_fault {
    SIM_CRASH,
    SIM_OOM,      /* the kernel kills one of its processes */
    SIM_TASKS,    /* its limit keeps a task from starting */
    SIM_OFF,      /* it goes off though it starts with the host */
    SIM_NOSPACE,  /* the place that it stands on is full at once */
    SIM_GONE,     /* it is taken out of the host */
    SIM_WATCHDOG, /* its watchdog fires */
    SIM_BALLOON,  /* its balloon is moved, fifty times */
    SIM_FAULT_COUNT
};

struct sim_planned {
    enum sim_fault fault;
    char *name;
    int64_t at_ns; /* -1: it is done */
};

#define SIM_FAULTS_MAX 16

/* What `--sim=SPEC` says.  Times are nanoseconds since the first tick, -1 never. */
struct sim_spec {
    uint32_t guests; /* machines included */
    uint32_t machines;
    uint64_t seed;
    bool fixed;      /* tick n is n periods old, whatever the real time */
    uint32_t hold;   /* from this tick on the figures stay as they are; 0 never */
    bool calm;       /* all is well but for what the spec asks for */
    bool tails;      /* names as long as those of a large house */
    bool hostile;    /* names that no terminal should see raw */
    bool vile;       /* and every other text that comes from outside */
    char *hang;      /* name of a guest that hangs ... */
    int64_t hang_ns; /* ... from here on */
    char *stubborn;  /* name of a guest that ignores a shutdown */
    char *busy;      /* of one whose console somebody else holds */
    char *silent;    /* of one whose console says nothing */
    char *emulated;  /* of a machine that is emulated, old devices and all */
    struct sim_event fill, free, readonly, deadmount; /* of a place of storage */
    struct sim_planned faults[SIM_FAULTS_MAX];
    size_t fault_count;
    struct sim_event hurt; /* who takes CPUs ... */
    char *hurt_whom;       /* ... and who has to wait */
    int64_t restarted_ns;  /* its daemon was started anew so long before the first tick */
    int64_t die_ns, garbage_ns, late_ns, lost_ns, lost_for_ns;
};

/* Fills RET, freed by sim_spec_clear; ERR_USAGE names the word that is wrong. */
int sim_spec_parse(struct sim_spec *ret, const char *text, struct error *err);
void sim_spec_clear(struct sim_spec *spec);

/* What flows through a guest: each has a wave and a running total. */
enum sim_flow {
    FLOW_CPU,
    FLOW_READ,
    FLOW_WRITE,
    FLOW_RX,
    FLOW_TX,
    FLOW_COUNT
};

struct sim_guest {
    uint32_t handle; /* 1 and up */
    char key[16];
    char *name, *title;
    enum guest_kind kind;
    enum guest_state state;
    const char *reason; /* static, NULL when there is nothing to say */
    uint32_t vcpus;     /* 0: a container without a limit */
    uint64_t memory;    /* limit in bytes, 0 none */
    double mem_used;    /* bytes at the middle of its slow wave */
    int autostart;
    uint32_t lives; /* names the present life */
    double started; /* seconds; negative: before the simulation began */
    uint32_t boot_ms;
    bool stubborn, hangs, busy, silent, emulated;
    bool hurts, hurt; /* of spec.hurt */
    double waited;    /* for a CPU, seconds beyond what is usual, in this life */
    bool gone;

    uint64_t oom_kills, pids_hits;
    const char *io_error_disk; /* static, while an I/O error holds it */
    bool io_error_no_space;
    int64_t change_at; /* CLOCK_MONOTONIC instant of a transition under way, 0 none */
    enum guest_state change_to;
    bool changed;                     /* since the last row that was told */
    bool told;                        /* its facts are known and have not changed since */
    struct sim_wave wave[FLOW_COUNT]; /* CPU: CPUs; the others: bytes a second */
    double total[FLOW_COUNT];         /* in this life: CPU seconds, bytes */
};

struct sim_host {
    double busy, elapsed; /* CPU seconds used, seconds of uptime */
    double cpu_busy[SIM_CPUS];
    double total[FLOW_COUNT]; /* of all guests that ever ran, FLOW_CPU unused */
};

struct sim {
    struct backend backend;
    struct sim_spec spec;
    struct sim_guest *guest;
    int control;               /* the socket of control.h, -1 none */
    int64_t first_at, last_at; /* CLOCK_MONOTONIC, 0 before the first tick */
    int64_t elapsed;           /* since the first tick, as the simulation counts */
    uint32_t ticks;            /* done so far */
    double then, now;          /* seconds: the interval that the newest figures are made from */
    bool up;                   /* the source was last said to be up */
    bool late_done, garbage_done;
    uint32_t full_places; /* bits: filled at once */
    int64_t storage_at;   /* when storage was said last, 0 never */
    struct sim_host host;
};

/* Makes SPEC's guests; each pure in (seed, index).  The caller frees with sim_population_free. */
struct sim_guest *sim_population_new(const struct sim_spec *spec);
void sim_population_free(struct sim_guest *guest, uint32_t count);

/* fault.c: the fault called WORD, SIM_FAULT_COUNT for none; and those that are due happen. */
enum sim_fault sim_fault_named(const char *word, size_t len);
void sim_faults_strike(struct sim *sim, struct sink *sink);

/* names.c: the INDEXth name of a kind, unique over both kinds; and the hostile ones. */
char *sim_name(enum guest_kind kind, uint32_t index);
size_t sim_hostile_count(void);
char *sim_hostile_name(size_t index); /* the caller frees */
const char *sim_hostile_text(size_t index);

/* The present life as facts and jobs name it: "" while it is off. */
void sim_guest_life(const struct sim_guest *guest, char buf[16]);

/* What GUEST is told to do (state, autostart, life); ERR_BUSY, ERR_USAGE with the reason when its
 * state does not allow it.  NOW_NS: CLOCK_MONOTONIC. */
int sim_guest_act(struct sim_guest *guest, enum action action, double now, int64_t now_ns,
                  struct error *err);
/* Ends a transition that is due; true when the state changed. */
bool sim_guest_settle(struct sim_guest *guest, double now, int64_t now_ns);
/* Adds what flowed in the simulation's newest interval, stretched by SCALE, to GUEST and HOST. */
void sim_guest_flow(struct sim_guest *guest, struct sim_host *host, const struct sim *sim,
                    double scale);
/* Its figures as of sim->now. */
void sim_guest_sample(const struct sim_guest *guest, const struct sim *sim, int64_t at_ns,
                      struct sample *ret);
double sim_guest_mem_host(const struct sim_guest *guest, double now);

/* parts.c: how many of the host's CPUs it may run on, from the first one on. */
uint32_t sim_guest_cpus(const struct sim_guest *guest);
/* How long its disks take for a read, in ns; a write takes twice that. */
uint64_t sim_guest_read_ns(const struct sim_guest *guest);
/* The WANTED parts of GUEST; what they have adds up to its sample. */
void sim_guest_parts(const struct sim_guest *guest, const struct sim *sim, unsigned wanted,
                     struct parts *ret);

/* isolation.c: with the facts of GUEST. */
void sim_isolation_say(const struct sim *sim, const struct sim_guest *guest, struct sink *sink);

/* screen.c: of a machine. */
struct relay *sim_screen(const struct sim_guest *guest);
/* ask.c, console.c: see struct backend_ops. */
int sim_ask(struct backend *backend, const struct frame_ask *request, struct frame_answer *answer,
            struct error *err);
int sim_console(struct backend *backend, const struct frame_open *request, struct relay **ret,
                struct error *err);

/* storage.c: places with such names as "/srv/images" (a file system) and "images" (a pool on it).
 */
bool sim_storage_has(const char *name);
void sim_storage_fill(struct sim *sim, const struct sim_guest *guest); /* where GUEST stands */
/* Where GUEST's disk lies; PATH is room for its source. */
void sim_storage_disk(const struct sim_guest *guest, char *path, size_t size,
                      struct facts_disk *ret);
/* What full and broken places do to GUEST. */
void sim_storage_suffer(const struct sim *sim, struct sim_guest *guest);
bool sim_storage_hangs(const struct sim *sim, const struct sim_guest *guest);
/* Says it every few seconds, at every tick when something befalls a place. */
void sim_storage_say(struct sim *sim, struct sink *sink, int64_t at_ns);

/* The host's own use is added, GAP seconds after the last call; then its figures. */
void sim_host_start(struct sim *sim);
void sim_host_flow(struct sim *sim, double gap, double guests_busy);
void sim_host_sample(const struct sim *sim, int64_t at_ns, struct host_sample *ret);

#endif
