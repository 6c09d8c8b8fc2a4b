/* Allocation that cannot fail: out of memory ends the process in order, terminal restored. */
#ifndef VCTOP_BASE_ALLOC_H
#define VCTOP_BASE_ALLOC_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Called once before the process exits with status 1 for want of memory (async-signal-safe work
 * only).  NULL unsets. */
void alloc_on_failure(void (*restore)(void));

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *ptr, size_t count, size_t size); /* checks count * size for overflow */
char *xstrdup(const char *text);                      /* NULL gives NULL */
char *xstrndup(const char *text, size_t len);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Replaces *SLOT by a copy of TEXT (either may be NULL); returns nonzero when the text changed. */
int xreplace(char **slot, const char *text);

/* Gives what was freed back to the kernel, once a minute at most: left alone the allocator keeps
 * whatever was in use at the same time as something that stays, for good.  NOW_NS: CLOCK_MONOTONIC.
 * Takes about a millisecond for 10 MB.  Always from the same thread of a process. */
void alloc_give_back(int64_t now_ns);

#endif
