#include "base/clock.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    if (clock_gettime(id, &now) != 0)
        return 0;
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t clock_mono_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_wall_ns(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_next_tick(int64_t now, int64_t period_ns)
{
    if (period_ns <= 0)
        return now;
    int64_t past = now % period_ns;
    if (past < 0)
        past += period_ns;
    return now - past + period_ns;
}
