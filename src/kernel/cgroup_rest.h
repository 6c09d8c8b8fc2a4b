/* What a control group said last: it still holds while none of its processes has run. */
#ifndef VCTOP_KERNEL_CGROUP_REST_H
#define VCTOP_KERNEL_CGROUP_REST_H

#include <stdbool.h>
#include <stdint.h>

#include "model/field.h"

enum cgroup_part {
    CGROUP_PART_CPU_DETAIL,
    CGROUP_PART_IO,
    CGROUP_PART_PIDS,
    CGROUP_PART_OOM,
    CGROUP_PART_STALLS,      /* for memory and disks */
    CGROUP_PART_MEMORY_STAT, /* this and the next: only when, what it said is kept elsewhere */
    CGROUP_PART_STATE,
    CGROUP_PART_COUNT
};

#define CGROUP_CPU_UNKNOWN UINT64_MAX

struct cgroup_rest {
    uint64_t cpu_ns;                    /* the group's CPU time as read last */
    uint64_t cpu_at[CGROUP_PART_COUNT]; /* and when the part was read */
    struct sample last;
};

void cgroup_rest_init(struct cgroup_rest *rest);

/* No process of the group has run since PART was kept. */
bool cgroup_rest_holds(const struct cgroup_rest *rest, enum cgroup_part part);

/* Adds the figures of PART to SAMPLE; false when they may have changed. */
bool cgroup_rest_say(const struct cgroup_rest *rest, enum cgroup_part part, struct sample *sample);

/* Keeps the figures of PART that SAMPLE has; NULL: it has none. */
void cgroup_rest_keep(struct cgroup_rest *rest, enum cgroup_part part, const struct sample *sample);

/* PART is to be read again whether something has run or not. */
void cgroup_rest_drop(struct cgroup_rest *rest, enum cgroup_part part);

#endif
