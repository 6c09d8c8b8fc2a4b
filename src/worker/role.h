/* The roles that a vctop process other than the screen can play. */
#ifndef VCTOP_WORKER_ROLE_H
#define VCTOP_WORKER_ROLE_H

#include <stdbool.h>

/* Forks the spawner before anything else has threads, descriptors or a terminal.  Returns the
 * screen's end of its SOCK_SEQPACKET pair (see frame/spawn.h; nonblocking, close-on-exec), or
 * -errno.  The spawner ends when that end closes: it kills its workers, but lets jobs finish, and
 * consoles and probes give back what they hold.  It is a child of the caller, who reaps it should
 * it end first.  TRACE_FD: where --debug goes, or -1; then children trace the calls of their
 * backends into their standard error too. */
int spawner_start(bool readonly, int trace_fd);

/* Runs this process as the child that the spawner re-executed: ROLE is "worker", "job", "probe",
 * "console" or "log", its channel is descriptor 3, its standard error a pipe, DEBUG traces,
 * READONLY lets a probe open nothing that could write.  Ends the process; returns (the exit status)
 * only when there is no such role. */
int role_main(const char *role, const char *source, bool debug, bool readonly);

#define ROLE_CHANNEL_FD 3

#endif
