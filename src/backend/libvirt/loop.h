/* libvirt's event loop: one thread a process, started before the first connection and running for
 * the rest of its life (a registered loop that does not run makes the daemon drop us; one that was
 * replaced breaks older connections). */
#ifndef VCTOP_BACKEND_LIBVIRT_LOOP_H
#define VCTOP_BACKEND_LIBVIRT_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Prepares libvirt in this process, once: event loop, silent error handler, SIGPIPE blocked in this
 * thread and all that it starts, no session daemon started behind our back.  Call before any other
 * libvirt function, from the main thread.  0 or ERR_IO. */
int lv_loop_start(struct error *err);

/* The loop, which turns at least once a second, has stood still for 8 s: no event comes any more,
 * and no keepalive finds out that a daemon hangs.  Only another process gets another loop.  Ask at
 * each tick, from one thread, with CLOCK_MONOTONIC. */
bool lv_loop_is_stuck(int64_t now_ns);

#endif
