/* virt-viewer, where there is a display for it. */
#ifndef VCTOP_WORKER_VIEWER_H
#define VCTOP_WORKER_VIEWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Why it cannot be started, the caller's to free; NULL: it can.  SHOWS: it has something to show.
 */
char *viewer_missing(bool shows);

/* Starts it with these arguments, in a session of its own, without a shell, and forgets it. */
int viewer_start(const char *const *args, size_t count, struct error *err);

#endif
