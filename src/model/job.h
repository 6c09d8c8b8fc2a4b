/* An action under way or done. */
#ifndef VCTOP_MODEL_JOB_H
#define VCTOP_MODEL_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "model/action.h"
#include "model/id.h"

enum job_state {
    JOB_QUEUED,
    JOB_RUNNING,
    JOB_DONE,
    JOB_FAILED
};

struct job {
    uint32_t id; /* counts from 1 */
    enum action action;
    struct guest_id guest;
    char *life; /* expected at execution */
    char *name; /* display name when it was asked for */
    enum job_state state;
    char *text;     /* progress, or the result, or the reason of the failure, in words; sanitised */
    char *remedy;   /* or NULL */
    int percent;    /* of its progress; -1 unknown */
    bool timed_out; /* a shutdown that ran into its limit: offer to force */
    int64_t asked_wall_ns;        /* for people */
    int64_t started_ns, ended_ns; /* CLOCK_MONOTONIC; 0: not yet */
};

/* DST is overwritten. */
void job_copy(struct job *dst, const struct job *src);
void job_clear(struct job *job);

#endif
