/* Which containers there are: the folders of an lxcpath that hold a configuration. */
#ifndef VCTOP_BACKEND_LXC_ROSTER_H
#define VCTOP_BACKEND_LXC_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/lxc/guest.h"
#include "base/error.h"

struct lxc_roster {
    const struct lxc_path *path;
    int dir;            /* of the lxcpath, -1 not open */
    int inotify, watch; /* -1 none; the descriptor is the caller's */
    bool stale;         /* the folder must be read again */
    struct lxc_guest *guests;
    uint32_t next_handle;
    int64_t reread_at_ns;    /* the net below inotify */
    int64_t settle_until_ns; /* a folder is followed by its configuration: look again till then */
    bool incomplete;         /* some folder had none */
    unsigned turn;
};

void lxc_roster_init(struct lxc_roster *roster, const struct lxc_path *path, int inotify);
void lxc_roster_clear(struct lxc_roster *roster);

/* Takes an inotify event; false when WD is not ours. */
bool lxc_roster_event(struct lxc_roster *roster, int wd, uint32_t mask);

/* One tick: reads the folder when it may have changed, and the configurations that changed, in
 * turns (each within ten ticks; those on the screen every time).  Guests that are neither defined
 * nor alive are said gone and freed.  Fails when the lxcpath cannot be read: there are no guests
 * then. */
int lxc_roster_tick(struct lxc_roster *roster, struct sink *sink, int64_t now_ns,
                    struct error *err);

struct lxc_guest *lxc_roster_find(const struct lxc_roster *roster, const char *name);

#endif
