/* How a job reaches the simulation: both are children of one spawner, so the sampling worker
 * listens on an abstract datagram socket that has the spawner's pid in its name.  One datagram is
 * one question, "WORD KEY LIFE" with an action's word, "state" or "attached"; the answer is "CODE
 * TEXT". */
#ifndef VCTOP_BACKEND_SIM_CONTROL_H
#define VCTOP_BACKEND_SIM_CONTROL_H

#include "backend/sim/sim.h"

/* The worker's end, nonblocking and close-on-exec; -1 when another simulation of the same spawner
 * has it: then guests cannot be acted on, but everything else works. */
int sim_control_listen(void);

/* Answers every question that waits; the simulation's guests change.  True when one did. */
bool sim_control_answer(struct sim *sim);

/* A console's side: its guest is asked after while it is open.  Connect returns a socket; ask waits
 * for the answer (STATE may be NULL); send and heard do not wait: heard is 0 when nothing was
 * answered or all is well.  The word "attached" changes nothing, but fails when the life is
 * another. */
int sim_control_connect(struct error *err);
int sim_control_ask(int fd, const char *word, const struct frame_do *request,
                    enum guest_state *state, struct error *err);
int sim_control_send(int fd, const char *word, const struct frame_do *request);
int sim_control_heard(int fd, struct error *err);

/* The job's side: asks for the action and waits until the guest is where it should be. */
int sim_control_act(const struct frame_do *request, struct progress *progress, struct error *err);

#endif
