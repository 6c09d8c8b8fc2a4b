/* What the roles share.  Inside worker/ and its tests only. */
#ifndef VCTOP_WORKER_ROLES_H
#define VCTOP_WORKER_ROLES_H

#include <stdbool.h>

#include "backend/backend.h"
#include "frame/channel.h"

struct role {
    const char *name, *source;
    bool debug;
    bool readonly;                 /* a probe opens nothing that could write */
    const struct backend_ops *ops; /* NULL: as of the source; tests bring their own */
    struct channel channel;
};

/* As role_main(); ROLE has all but its channel. */
int role_start(struct role *role);

/* READY is what poll() or ppoll() gave, and is given back; but a process whose every wait fails
 * would spin for ever: it ends here. */
int role_waited(int ready);

/* Finds the backend of the role's source and opens it, traced under --debug. */
int role_open(struct role *role, struct backend **ret, struct error *err);
/* The same with the capabilities only that sampling needs: in between, for libvirt starts a thread,
 * and what a process gives up later its threads keep. */
int role_open_to_sample(struct role *role, struct backend **ret, struct error *err);

/* Waits for one frame of TYPE, however long it takes; 0, or a negative code when the screen is gone
 * or sends garbage.  Frames of other types are passed over. */
int role_await(struct role *role, enum frame_type type, struct frame *ret, struct error *err);

/* Takes in what the screen has said and hands each frame to OBEY; false when it is gone or sends
 * garbage. */
bool role_listen(struct channel *channel, void (*obey)(void *user, const struct frame *frame),
                 void *user);

/* Waits until everything queued is written or the screen is gone. */
void role_flush(struct role *role);

/* Gives up root's capabilities but for KEEP (base/confine.h).  Before a backend is opened. */
void role_confine(uint64_t keep);

/* Each runs until its work is done or its screen is gone; returns the exit status. */
int sampling_run(struct role *role);
int job_run(struct role *role);
int probe_run(struct role *role);
int console_run(struct role *role);
/* The console of a screen, from being open to its end: the caller closes RELAY. */
struct relay;
void screen_relay(struct role *role, struct relay *relay);
int log_run(struct role *role); /* a console that can only show logs: for --readonly too */

#endif
