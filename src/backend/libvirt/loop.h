/* libvirt's event loop: one thread a process, started before the first connection and running for
 * the rest of its life (a registered loop that does not run makes the daemon drop us; one that was
 * replaced breaks older connections). */
#ifndef VCTOP_BACKEND_LIBVIRT_LOOP_H
#define VCTOP_BACKEND_LIBVIRT_LOOP_H

#include "base/error.h"

/* Prepares libvirt in this process, once: event loop, silent error handler, SIGPIPE blocked in this
 * thread and all that it starts, no session daemon started behind our back.  Call before any other
 * libvirt function, from the main thread.  0 or ERR_IO. */
int lv_loop_start(struct error *err);

#endif
