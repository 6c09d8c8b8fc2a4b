/* A text written to a new file. */
#ifndef VCTOP_BASE_SAVE_H
#define VCTOP_BASE_SAVE_H

#include <stddef.h>

#include "base/error.h"

/* Makes PATH: a file that is not there yet, mode 0600, reached through no symbolic link at its end.
 * A descriptor, or a code, which is negative, with ERR. */
int save_make_file(const char *path, struct error *err);

/* Writes TEXT[0..LEN) to PATH: a file that is not there yet, mode 0600, reached through no symbolic
 * link at its end.  What exists is never touched, and of a file that cannot be written whole
 * nothing is left.  Blocks for as long as the file system does: see base/apart.h.  0 or a code with
 * ERR. */
int save_new_file(const char *path, const char *text, size_t len, struct error *err);

/* PATH from the root on, as far as DST has room. */
void save_full_path(char *dst, size_t size, const char *path);

#endif
