/* A text written to a new file. */
#ifndef VCTOP_BASE_SAVE_H
#define VCTOP_BASE_SAVE_H

#include <stddef.h>

#include "base/error.h"

/* From now on, here and in what is forked from here, new files are made only below the folder that
 * is the current one now (unless that is the root), HOME and TEMPORARY (copied; NULL: none), /tmp
 * and /var/tmp, and nowhere hidden: for a process that makes files on the word of one that hostile
 * bytes may have taken over.  A file in cron's folder would be a program, one in ~/.ssh a key.
 * Does not block. */
void save_bound(const char *home, const char *temporary);

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
