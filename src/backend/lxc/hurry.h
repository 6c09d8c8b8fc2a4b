/* While a container starts or stops it is looked at again within milliseconds: at first closely,
 * for the time to boot is measured by it, later at leisure. */
#ifndef VCTOP_BACKEND_LXC_HURRY_H
#define VCTOP_BACKEND_LXC_HURRY_H

#include <stdbool.h>
#include <stdint.h>

struct lxc_hurry {
    int timer;           /* readable when it is time; -1: this host gives us none */
    int64_t youngest_ns; /* age of the newest of what is on its way; INT64_MAX: nothing is */
};

void lxc_hurry_open(struct lxc_hurry *hurry);
void lxc_hurry_close(struct lxc_hurry *hurry);

/* A look begins: takes the timer's word; false when it cannot be read. */
bool lxc_hurry_hush(const struct lxc_hurry *hurry);
void lxc_hurry_begin(struct lxc_hurry *hurry);
/* Something is on its way since AGE_NS. */
void lxc_hurry_note(struct lxc_hurry *hurry, int64_t age_ns);
/* The look is over: sets the timer for the next.  PENDING: a monitor may be about to appear. */
void lxc_hurry_set(const struct lxc_hurry *hurry, bool pending);

#endif
