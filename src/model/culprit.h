/* Who hurts whom: for a guest that has to wait, the guests that began to use more of what it waits
 * for. */
#ifndef VCTOP_MODEL_CULPRIT_H
#define VCTOP_MODEL_CULPRIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/world.h"

#define CULPRITS_MAX 5 /* of one resource */

enum culprit_resource {
    CULPRIT_CPU,  /* CPUs that both may run on */
    CULPRIT_DISK, /* a place that disks of both lie on */
    CULPRIT_NET,  /* a bridge that both are on, or its uplink */
    CULPRIT_RESOURCES
};

struct culprit {
    const struct guest *guest;
    double weight;      /* what they are in the order of: by how much its use rose, or its use */
    double before, now; /* averages: percent of a CPU, bytes a second; BEFORE NAN: it did not run */
    char shared[48];    /* what both use: "CPUs 0-3", the innermost place that both stand on, the
                           uplink or bridge; "": all CPUs, or UNSURE */
    bool unsure;        /* whether they share it at all is not known */
};

struct culprit_list {
    bool suffers;     /* the guest waits for it more than it should */
    char symptom[96]; /* in words with its figure; "" when nothing is known */
    char why[160];    /* when nobody's use rose: that, or why none is told; else "" */
    struct culprit at[CULPRITS_MAX]; /* whose use rose most first; with WHY who uses most */
    size_t count;
};

struct culprit_report {
    /* What is looked at, and what it is held against: a minute and the four before it, or less when
     * less was seen of the guest. */
    double window_s, before_s;
    /* What runs on the host beside its guests takes so much just now, percent of a CPU; NAN:
     * unknown. */
    double host_cpu;
    struct culprit_list list[CULPRIT_RESOURCES];
};

/* Pointers in RET are valid as the world's are.  Asks about all guests: for one guest, when the
 * operator does. */
void culprit_find(const struct world *world, const struct guest *guest, int64_t now_ns,
                  struct culprit_report *ret);

#endif
