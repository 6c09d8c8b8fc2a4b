/* What vctop's own processes cost: what one of them says of itself, and what a refresh has of it.
 */
#ifndef VCTOP_MODEL_COST_H
#define VCTOP_MODEL_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/self.h"

#define COST_WHAT_MAX 48
#define COST_ABOUT_MAX 128

/* One call: of libvirt, or of the backend that a worker carries. */
struct cost_call {
    char what[COST_WHAT_MAX];   /* "virDomainGetInfo", "a tick"; "": there was none */
    char about[COST_ABOUT_MAX]; /* the guest or pool; "": none */
    int64_t took_ns;
    bool running; /* it goes on: that long so far */
};

struct cost {
    int64_t at_ns; /* CLOCK_MONOTONIC; 0: nothing is known */
    struct self self;
    uint64_t calls; /* of libvirt that ask its daemon, since the process began */
    uint64_t bytes; /* that it has sent: a worker to the screen, the screen to the terminal */
    struct cost_call slowest; /* of the last minute */
};

/* A refresh's share; NAN: unknown. */
struct cost_share {
    double cpu_ms, memory, reads, writes, calls, bytes;
};

/* What was spent from BEFORE to AFTER, of one process, as the share of a refresh every PERIOD_NS.
 * MEMORY is that of AFTER. */
void cost_share(struct cost_share *ret, const struct cost *before, const struct cost *after,
                int64_t period_ns);
/* What is unknown of one is unknown of the sum. */
void cost_share_add(struct cost_share *sum, const struct cost_share *other);

#endif
