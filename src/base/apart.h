/* What may wait in the kernel for ever, on a file system whose server has died, done by a process
 * of its own: nobody has to wait for that one, not even to leave.  A thread would keep the whole
 * process from its end.
 *
 * The screen may not fork: before it gives that up, it forks a clerk, which forks for it later and
 * does nothing but what is in a fixed list of works. */
#ifndef VCTOP_BASE_APART_H
#define VCTOP_BASE_APART_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define APART_ANSWER_MAX PIPE_BUF
#define APART_TASK_MAX ((size_t)32 << 10)
#define APART_INPUT 4 /* the descriptor that apart_start() leaves to a work */

struct apart;

struct apart_work {
    size_t answer_size; /* at most APART_ANSWER_MAX */
    /* TASK is what the asker gave, of a process that may be hostile.  ANSWER is zero at first, for
     * plain values without pointers; all else that this changes is lost. */
    void (*work)(const char *task, size_t size, void *answer);
};

/* Forks the clerk, which does WORKS (constant) until this process ends.  For a caller without
 * threads, once, before the first apart_start(). */
int apart_open(const struct apart_work *const *works, size_t count, struct error *err);

/* No more work; what is under way goes on.  Does nothing when there is no clerk. */
void apart_close(void);

/* Does WORK with TASK[0..SIZE), at most APART_TASK_MAX bytes, in a process that has no terminal, no
 * descriptor and no signal of ours and is nobody's child; INPUT (-1: none), which stays the
 * caller's, is APART_INPUT there.  Does not block.  NULL when no process can be had. */
struct apart *apart_start(const struct apart_work *work, const void *task, size_t size, int input,
                          struct error *err);

/* Becomes readable when it has ended. */
int apart_fd(const struct apart *apart);

/* Whether it has ended; then *RET_ANSWER is its answer, or NULL when it was killed, valid until
 * apart_free(). */
bool apart_ended(struct apart *apart, const void **ret_answer);

/* Forgets it; one that is not done yet goes on alone.  Takes NULL. */
void apart_free(struct apart *apart);

/* For a work: the next of the strings, each with its NUL, that a task is made of; NULL when there
 * is none more. */
const char *apart_string(const char **task, size_t *size);

#endif
