#include "backend/libvirt/wait.h"

#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

void lv_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attr;

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

bool lv_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ns)
{
    struct timespec at = {.tv_sec = until_ns / NS_PER_S, .tv_nsec = until_ns % NS_PER_S};

    return pthread_cond_timedwait(cond, lock, &at) == 0;
}

int lv_bell_open(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void lv_bell_ring(int bell)
{
    uint64_t one = 1;
    ssize_t written = write(bell, &one, sizeof(one));
    (void)written; /* a full counter wakes the reader as well */
}

void lv_bell_hush(int bell)
{
    uint64_t rings;
    ssize_t got = read(bell, &rings, sizeof(rings));
    (void)got; /* nothing there is fine */
}
