/* What is wrong, with its cause: derived from the world each time one asks, never stored.  What a
 * guest hit and what the operator knows of already is in struct guest (seen). */
#ifndef VCTOP_MODEL_PROBLEM_H
#define VCTOP_MODEL_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/world.h"

/* Those of guests in the order of their rows, then those of the host. */
enum problem_kind {
    PROBLEM_NO_SPACE,   /* paused: a disk could not be written for want of space */
    PROBLEM_SPACE_BACK, /* the same, but there is space again */
    PROBLEM_IO_ERROR,   /* paused: a disk could not be read or written */
    PROBLEM_PAUSED,     /* paused by another fault */
    PROBLEM_HUNG,       /* what runs it does not answer */
    PROBLEM_CRASHED,
    PROBLEM_OOM,        /* the kernel killed some of its processes for want of memory */
    PROBLEM_TASK_LIMIT, /* it could not start tasks a short while ago */
    PROBLEM_MEM_LIMIT,  /* it runs into its memory limit, and not with its cache */
    PROBLEM_OFF,        /* it is off though it should start with the host */
    PROBLEM_BROKEN,
    PROBLEM_DENIED,
    PROBLEM_EVENT, /* nothing now, but something happened that nobody has acknowledged */
    PROBLEM_GUEST_KINDS,
    PROBLEM_SOURCE =
        PROBLEM_GUEST_KINDS, /* lost, late, denied, failed, or half of it not working */
    PROBLEM_RESTARTED,       /* a source was away a short while ago */
    PROBLEM_PLACE,           /* storage that is full or nearly so, read-only, silent */
    PROBLEM_KINDS
};

enum problem_severity {
    PROBLEM_ACT, /* red */
    PROBLEM_LOOK /* amber */
};

struct problem {
    enum problem_kind kind;
    enum problem_severity severity;
    const struct guest *guest;   /* whose it is, or NULL */
    const struct source *source; /* the same */
    const struct place *place;   /* what it is about, or what it comes from, or NULL */
    char word[96];               /* "NO SPACE", "QEMU stopped"; of a source a few words */
    char brief[16];              /* the same in at most 10 columns */
    char cause[320];             /* a sentence without the guest's name and without a stop */
    int64_t since_ns;            /* CLOCK_MONOTONIC; 0: since before we looked */
    bool acknowledged;
};

/* GUEST's worst problem, one that is not acknowledged before one that is; false without any.  The
 * pointers in RET are valid as the world's are. */
bool problem_of(const struct world *world, const struct guest *guest, int64_t now_ns,
                struct problem *ret);

/* The same, but for what is over: for who cannot acknowledge it. */
bool problem_now(const struct world *world, const struct guest *guest, int64_t now_ns,
                 struct problem *ret);

/* Where GUEST's row belongs: the lower the worse; PROBLEM_RANK_NONE without a problem that is not
 * acknowledged.  Costs nearly nothing for a guest that is well. */
#define PROBLEM_RANK_NONE 1000
int problem_rank(const struct world *world, const struct guest *guest, int64_t now_ns);

/* The operator knows of all problems that GUEST has now: they are told dimly until they end and
 * come anew; what happened and is over is told no more.  Changes nothing of the guest itself. False
 * when there is nothing new to know. */
bool problem_acknowledge(const struct world *world, struct guest *guest, int64_t now_ns);

/* What guests suffer from in one word for several of them: "paused", "hung", "off".  Kinds that
 * have the same word are counted together. */
const char *problem_group(enum problem_kind kind);

/* How many guests suffer from which kind (the worst of each), acknowledged ones not counted. */
struct problem_counts {
    size_t of[PROBLEM_GUEST_KINDS];
    bool acts[PROBLEM_GUEST_KINDS]; /* one of that kind is red */
    bool act;                       /* one of any kind is */
    size_t guests;
    const struct guest *only; /* the guest when there is just one */
};
void problem_count(const struct world *world, int64_t now_ns, struct problem_counts *ret);

/* What is wrong with SOURCE; false for nothing. */
bool problem_of_source(const struct source *source, int64_t now_ns, struct problem *ret);

/* What is wrong with PLACE; false for nothing, or when it is told of the place below it. */
bool problem_of_place(const struct world *world, const struct place *place, int64_t now_ns,
                      struct problem *ret);

/* Who filled the place that PROBLEM comes from ("web2 grew 41G in 14m"); false when nobody is known
 * to have.  Asks about all guests: not for each row. */
bool problem_grower(const struct world *world, const struct problem *problem, int64_t now_ns,
                    char *dst, size_t size);

/* ---- for the feeding of the world ---- */

/* The same guest, started anew: what was known is about another life. */
void problem_new_life(struct guest *guest);
/* A row of GUEST came: what is over is forgotten, so that it is news when it comes again. */
void problem_settle(const struct world *world, struct guest *guest, int64_t now_ns);

#endif
