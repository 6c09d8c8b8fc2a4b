#include "backend/lxc/known.h"

#include <stdlib.h>

#include "base/alloc.h"

static void add(struct lxc_known *known, pid_t pid)
{
    size_t at = (size_t)pid & known->mask;
    while (known->pids[at])
        at = (at + 1) & known->mask;
    known->pids[at] = pid;
}

static void make(struct lxc_known *known, const struct lxc_roster *roster)
{
    size_t most = 2 * HASH_COUNT(roster->guests), size = 2;
    while (size < 2 * most)
        size *= 2;
    known->pids = xcalloc(size, sizeof(*known->pids));
    known->mask = size - 1;
    const struct lxc_guest *guest, *next;
    HASH_ITER(hh, roster->guests, guest, next)
    {
        if (guest->monitor)
            add(known, guest->monitor_id.pid);
        if (guest->init.pid)
            add(known, guest->init.pid);
    }
}

bool lxc_known_has(struct lxc_known *known, const struct lxc_roster *roster, pid_t pid)
{
    if (!known->pids)
        make(known, roster);
    size_t at = (size_t)pid & known->mask;
    while (known->pids[at] && known->pids[at] != pid)
        at = (at + 1) & known->mask;
    return known->pids[at] == pid;
}

void lxc_known_forget(struct lxc_known *known)
{
    free(known->pids);
    known->pids = NULL;
}
