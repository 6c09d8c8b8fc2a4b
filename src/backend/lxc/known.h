/* The processes that the sampler follows, monitors and inits, so that a slow look passes them by: a
 * hash table, made when it is asked first. */
#ifndef VCTOP_BACKEND_LXC_KNOWN_H
#define VCTOP_BACKEND_LXC_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "backend/lxc/roster.h"

struct lxc_known {
    pid_t *pids; /* at most half full; NULL: not made */
    size_t mask;
};

/* PID is one of those of ROSTER's guests, as they were when the table was made. */
bool lxc_known_has(struct lxc_known *known, const struct lxc_roster *roster, pid_t pid);
/* They have changed, or nobody will ask for a while. */
void lxc_known_forget(struct lxc_known *known);

#endif
