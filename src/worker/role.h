/* The roles that a vctop process other than the screen can play. */
#ifndef VCTOP_WORKER_ROLE_H
#define VCTOP_WORKER_ROLE_H

#include <stdbool.h>

/* Forks the spawner before anything else has threads, descriptors or a terminal.  Returns the
 * screen's end of its SOCK_SEQPACKET pair (see frame/spawn.h), or -errno.  The spawner ends when that
 * end closes: it kills its children, but lets jobs finish.  TRACE_FD: where --debug goes, or -1. */
int spawner_start(bool readonly, int trace_fd);

/* Runs this process as the child that the spawner re-executed: ROLE is "worker", "job" or "probe",
 * its channel is descriptor 3, its standard error a pipe.  Returns the exit status. */
int role_main(const char *role, const char *source);

#define ROLE_CHANNEL_FD 3

#endif
