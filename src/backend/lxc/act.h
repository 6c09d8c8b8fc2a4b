/* One action on one container, under way in a job. */
#ifndef VCTOP_BACKEND_LXC_ACT_H
#define VCTOP_BACKEND_LXC_ACT_H

#include <stdbool.h>

#include "backend/lxc/lxc.h"

struct act {
    const struct lxc_backend *backend;
    const struct frame_do *request;
    struct progress *progress;
    const char *path;           /* as its monitor spells it */
    struct lxc_monitor monitor; /* name NULL: none runs */
    struct proc_identity init;  /* pid 0: none */
    char life[48];
};

/* Looks at the processes as they are now; fills what is below PATH, which it may mend. */
void lxc_act_look(struct act *act);

/* Looks, and checks that the request still names the container and the life of it that was meant,
 * that it is ours, and that its state allows the action.  ERR_GONE, ERR_CHANGED, ERR_DENIED,
 * ERR_SYNTAX (its configuration), ERR_BUSY (frozen, or its monitor is stopped). */
int lxc_act_check(struct act *act, struct error *err);

/* Frozen, or on the way to it. */
bool lxc_act_is_frozen(const struct act *act);

/* Thaws it without its monitor; what fails shows in lxc_act_is_frozen(). */
void lxc_act_thaw(const struct act *act);

bool lxc_act_monitor_is_stopped(const struct act *act);

#endif
