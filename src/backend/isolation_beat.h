/* When a sampling backend reads what isolates its guests: once a life, and again on a slow beat, a
 * few guests a tick. */
#ifndef VCTOP_BACKEND_ISOLATION_BEAT_H
#define VCTOP_BACKEND_ISOLATION_BEAT_H

#include "backend/backend.h"

/* Of one tick. */
struct isolation_beat {
    int64_t now_ns;
    int fresh, hidden, again; /* how many may still be read: for the first
                                 time, of those in sight and of others; and again */
};

enum isolation_sight {
    SIGHT_HIDDEN,
    SIGHT_VISIBLE, /* on the screen, or one of few */
    SIGHT_SELECTED
};

/* Of one life of one guest; zeroed when another begins. */
struct isolation_turn {
    int64_t due_ns;   /* CLOCK_MONOTONIC; 0: not read yet */
    uint64_t said;    /* what was said last, as a hash */
    int64_t watch_ns; /* when its CPUs are looked at next */
    uint64_t cpus;    /* those it was seen to have, as a mark; 0: not seen */
};

/* ALL: nobody looks at a screen, all is wanted at once. */
void isolation_beat_begin(struct isolation_beat *beat, const struct want *want, int64_t now_ns);

/* Looks every 10 s, by one system call, whether PID (a container's init, a machine's QEMU) may run
 * on other CPUs than before: then its turn has come. */
void isolation_beat_watch(const struct isolation_beat *beat, struct isolation_turn *turn,
                          pid_t pid);
/* Something is known to have changed: its turn has come. */
void isolation_beat_hurry(struct isolation_turn *turn);

/* It is TURN's turn: what is looked at comes before the rest. */
bool isolation_beat_is_due(struct isolation_beat *beat, struct isolation_turn *turn,
                           enum isolation_sight sight);

/* Says FACTS of the guest, unless they are what was said last. */
void isolation_beat_say(struct isolation_turn *turn, uint32_t handle,
                        const struct isolation_facts *facts, struct sink *sink);

#endif
