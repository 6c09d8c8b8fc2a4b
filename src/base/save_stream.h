/* A text written to a new file while it comes into being, by a process of its own (base/apart.h).
 */
#ifndef VCTOP_BASE_SAVE_STREAM_H
#define VCTOP_BASE_SAVE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/apart.h"
#include "base/error.h"

struct save_stream;

extern const struct apart_work save_stream_work; /* to be among the clerk's */

/* Begins to write to PATH, a new file as save_make_file() makes them.  Does not block: whether the
 * file can be made is known only later.  NULL with ERR when it cannot even begin. */
struct save_stream *save_stream_start(const char *path, struct error *err);

/* More of it.  Does not block.  False: it has ended, or takes so long that too much waits; then
 * nothing more is taken.  What was written stays. */
bool save_stream_add(struct save_stream *stream, const char *text, size_t len);

/* It has ended, though nobody freed it: ERR says why. */
bool save_stream_ended(struct save_stream *stream, struct error *err);

/* No more comes: what was added is written by itself.  Takes NULL. */
void save_stream_free(struct save_stream *stream);

#endif
