/* What may wait for a file system, done apart, so that the screen goes on and can be left when a
 * home directory lies on a server that does not answer.  One at a time. */
#ifndef VCTOP_UI_VIEW_ERRAND_H
#define VCTOP_UI_VIEW_ERRAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/apart.h"

struct ui;

struct errand_ops {
    const struct apart_work *work; /* one of errand_works */
    /* In the loop, when it has ended; takes TASK.  ANSWER is NULL when none came: it was killed, of
     * which the status line tells already, or it hangs and nobody waits for it any more. */
    void (*done)(struct ui *ui, void *task, const void *answer);
};

/* All that the screen does apart: for apart_open(). */
#define ERRAND_WORKS 4
extern const struct apart_work *const errand_works[ERRAND_WORKS];

/* Begins OPS->work with TEXT[0..LEN) and INPUT (-1: none), see base/apart.h.  WHAT is said when it
 * takes long ("saving ~/x": copied).  One that hangs is left behind for another, but not for WHAT
 * it does already.  TASK is for done() only.  False, with a word on the status line and TASK still
 * the caller's, when it cannot begin. */
bool errand_run(struct ui *ui, const char *what, const struct errand_ops *ops, const void *text,
                size_t len, int input, void *task);

/* One is under way and has taken so long that nobody waits for it any more. */
bool errand_hangs(const struct ui *ui);

/* For the loop: a descriptor that is readable when there is news, -1 without one; when it wants to
 * be called though nothing is readable, INT64_MAX never; and the call, true when it said
 * something. */
int errand_fd(const struct ui *ui);
int64_t errand_due(const struct ui *ui);
bool errand_turn(struct ui *ui);

/* Waits at most a second for what is under way, that what follows finds it done; what hangs is left
 * behind and goes on by itself. */
void errand_end(struct ui *ui);

#endif
