/* What two guests have in common: the ground on which one can hurt the other. */
#ifndef VCTOP_MODEL_CULPRIT_SHARE_H
#define VCTOP_MODEL_CULPRIT_SHARE_H

#include "model/cpus.h"
#include "model/culprit.h"

/* Of the guest that is hurt, worked out once. */
struct share_ground {
    const struct world *world;
    const struct guest *guest;
    enum culprit_resource resource;
    struct cpus cpus; /* that it may run on */
    bool has_cpus;
};

void share_ground_init(struct share_ground *ground, const struct world *world,
                       const struct guest *guest, enum culprit_resource resource);

/* Fills RET's shared and unsure for OTHER; false: the two have nothing of that resource in common.
 */
bool share_find(const struct share_ground *ground, const struct guest *other, struct culprit *ret);

#endif
