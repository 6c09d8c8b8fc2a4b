/* Calls into liblxc.  None of them has a time limit of its own, some fork, some write to standard
 * error: each runs in a child that can be killed. */
#ifndef VCTOP_BACKEND_LXC_CALL_H
#define VCTOP_BACKEND_LXC_CALL_H

#include <stdbool.h>
#include <sys/types.h>

#include <lxc/lxccontainer.h>

#include "backend/backend.h"
#include "base/error.h"

struct lxc_call {
    const char *path, *name;
    /* Runs in the child; false: liblxc refused, and its log says why. */
    bool (*run)(struct lxc_container *container);
    const char *doing; /* for progress and errors: "starting" */
    int limit_s;
    pid_t monitor;    /* given up when this process is stopped; 0: none yet */
    bool outlives_us; /* what it starts must survive the end of this process */
    struct progress *progress;
};

/* Blocks up to LIMIT_S.  ERR_DENIED, ERR_GONE (not defined), ERR_SYNTAX (its configuration),
 * ERR_TIMEOUT, ERR_BUSY (its monitor is stopped), ERR_IO with LXC's own reason. */
int lxc_call(const struct lxc_call *call, struct error *err);

/* What lxc_call() is made of, for calls that must be made in a process of another kind.
 *
 * liblxc's errors go into the descriptor LOG from now on (once a process), and nowhere else. */
void lxc_log_into(int log, const char *path, const char *name);
/* The container when it is defined and ours to control, as lxc_call() tells it.  *RET may be set
 * though it fails; the process is to end soon, nobody gives it back. */
int lxc_open_container(struct lxc_container **ret, const char *path, const char *name,
                       struct error *err);
/* Puts liblxc's own reason from LOG, when there is one, in place of ERR's message. */
void lxc_add_reason(int log, struct error *err);
/* Default dispositions, nothing blocked: what is started from here inherits both. */
void lxc_reset_signals(void);

/* The reason in LOG, text that liblxc wrote, as one sentence: its first error, for what follows are
 * consequences (but what failed, when that is merely a script's exit status).  False when there is
 * none. */
bool lxc_log_reason(const char *log, char *buf, size_t size);

/* The state letter of PID, 0 when it is gone. */
char lxc_process_state(pid_t pid);

#endif
