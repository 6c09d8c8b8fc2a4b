/* Preloaded into a vctop, makes its screen crash from within: VCTOP_CRASHER="HOW MS" in the
 * environment, HOW of
 *   abort   in an allocation
 *   heap    the C library finds its heap destroyed, and aborts with its lock held
 *   stack   in an allocation, for want of stack
 *   none    it does not crash, but gets no memory any more
 * in the first allocation that is MS milliseconds or more after the start.  Only the process that
 * has a terminal: children have none, and the spawner has another number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static pid_t victim;
static char how[16];
static long long at_ms;

static long long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

__attribute__((constructor)) static void begin(void)
{
    const char *order = getenv("VCTOP_CRASHER");
    unsigned ms = 0;

    if (!order || sscanf(order, "%15s %u", how, &ms) != 2 || !isatty(STDIN_FILENO))
        return;
    at_ms = now_ms() + ms;
    victim = getpid();
}

__attribute__((noinline)) static int dig(volatile char *above)
{
    volatile char frame[4096];

    frame[0] = above[0];
    return frame[0] == 'x' ? 0 : dig(frame) + frame[0];
}

/* What lies behind the last piece of the heap is how much of it is left. */
static void destroy_heap(void)
{
    for (size_t size = 1 << 12; size < 1 << 17; size <<= 1) {
        char *piece = __libc_malloc(size);

        if (piece)
            memset(piece + size, 0xff, 32);
    }
}

void *malloc(size_t size)
{
    char here = 0;

    if (victim && victim == getpid() && now_ms() >= at_ms) {
        if (strcmp(how, "none") == 0)
            return NULL;
        victim = 0;
        if (strcmp(how, "abort") == 0)
            abort();
        else if (strcmp(how, "stack") == 0)
            dig(&here);
        else
            destroy_heap();
    }
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return victim && strcmp(how, "none") == 0 && victim == getpid() && now_ms() >= at_ms
               ? NULL
               : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return victim && strcmp(how, "none") == 0 && victim == getpid() && now_ms() >= at_ms
               ? NULL
               : __libc_realloc(old, size);
}
