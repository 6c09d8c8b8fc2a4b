/* What may wait in the kernel for ever, on a file system whose server has died, done by a process
 * of its own: nobody has to wait for that one, not even to leave.  A thread would keep the whole
 * process from its end. */
#ifndef VCTOP_BASE_APART_H
#define VCTOP_BASE_APART_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define APART_ANSWER_MAX PIPE_BUF
#define APART_INPUT 4 /* the descriptor that apart_start_on() leaves to WORK */

struct apart;

/* Does WORK(TASK, ANSWER) in a process that has no terminal, no descriptor and no signal of ours
 * and is nobody's child.  ANSWER is SIZE bytes (at most APART_ANSWER_MAX), zero at first, plain
 * values without pointers; all else that WORK changes is lost.  For a caller without threads, as
 * WORK may allocate.  Does not block.  NULL when no process can be had. */
struct apart *apart_start(void (*work)(const void *task, void *answer), const void *task,
                          size_t size, struct error *err);

/* The same; WORK finds INPUT, which stays the caller's, as APART_INPUT. */
struct apart *apart_start_on(int input, void (*work)(const void *task, void *answer),
                             const void *task, size_t size, struct error *err);

/* Becomes readable when it has ended. */
int apart_fd(const struct apart *apart);

/* Whether it has ended; then *RET_ANSWER is its answer, or NULL when it was killed, valid until
 * apart_free(). */
bool apart_ended(struct apart *apart, const void **ret_answer);

/* Forgets it; one that is not done yet goes on alone.  Takes NULL. */
void apart_free(struct apart *apart);

#endif
