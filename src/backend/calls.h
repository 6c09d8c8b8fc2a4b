/* How long this process's calls of libraries and daemons take: how many there were, and the slowest
 * of the last minute, also while it hangs.  Any thread; never blocks but for another that notes. */
#ifndef VCTOP_BACKEND_CALLS_H
#define VCTOP_BACKEND_CALLS_H

#include <stdint.h>

#include "model/cost.h"

/* A call that asks a daemon begins: counted.  WHAT is a constant, ABOUT (raw) is copied, NULL none.
 * Returns what calls_end() takes, for the same call. */
int calls_begin(const char *what, const char *about);
void calls_end(int call);

/* Something else that took so long ends now: not counted. */
void calls_note(const char *what, int64_t took_ns);

/* The count and the slowest, into RET. */
void calls_read(struct cost *ret, int64_t now_ns);

#endif
