/* A text written to a new file by a process of its own: on a file system that has died, open() and
 * write() never return, and then nobody else may wait for them, not even to leave.  A thread would
 * keep the whole process from its end. */
#ifndef VCTOP_BASE_SAVE_H
#define VCTOP_BASE_SAVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct save;

/* Begins to write TEXT[0..LEN) to PATH: a file that is not there yet, mode 0600, reached through no
 * symbolic link at its end.  What exists is never touched, and of a file that cannot be written
 * whole nothing is left.  Does not block.  NULL when no process can be had.  The writer allocates
 * nothing and takes no lock of its caller's, who may have threads. */
struct save *save_start(const char *path, const char *text, size_t len, struct error *err);

/* Becomes readable when it has ended. */
int save_fd(const struct save *save);

/* Whether it has ended; then ERR says how (code 0: all is written), and save_path() where, in
 * full. */
bool save_ended(struct save *save, struct error *err);
const char *save_path(const struct save *save);

/* Forgets it; one that is not done yet goes on alone.  Takes NULL. */
void save_free(struct save *save);

#endif
