/* A shell or a command in a running container, on a terminal of its own. */
#ifndef VCTOP_BACKEND_LXC_ATTACH_H
#define VCTOP_BACKEND_LXC_ATTACH_H

#include "backend/backend.h"
#include "backend/lxc/act.h"
#include "backend/relay.h"

/* ACT was checked.  Blocks until the command is about to be executed. */
int lxc_attach_open(const struct act *act, const struct frame_open *request, struct relay **ret,
                    struct error *err);

/* Our side and the container's side of a new pty, in the container's own /dev/pts where that works
 * (then its programs know the name of their terminal), else in the host's.  0 or a negative code.
 */
int lxc_pty_open(const struct proc_identity *init, int *ours, int *theirs, struct error *err);

#endif
