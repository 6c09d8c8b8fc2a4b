/* The process that forks for one that may not: inside of base/apart.c only. */
#ifndef VCTOP_BASE_CLERK_H
#define VCTOP_BASE_CLERK_H

#include <stdint.h>
#include <sys/types.h>

#include "base/apart.h"

#define CLERK_MAGIC 0x636c726bu

/* Over a SOCK_SEQPACKET pair, with the descriptor for the answer and maybe one for the input. */
struct clerk_request {
    uint32_t magic;
    uint32_t work; /* index into the list that the clerk was started with */
    char task[APART_TASK_MAX];
};

/* The screen's end, nonblocking and close-on-exec, or -errno.  The clerk ends when that is closed.
 */
int clerk_start(const struct apart_work *const *works, size_t count, pid_t *ret);

#endif
