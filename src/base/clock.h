/* The two clocks.  Only front ends, engine and workers ask them; the model is told the time. */
#ifndef VCTOP_BASE_CLOCK_H
#define VCTOP_BASE_CLOCK_H

#include <stdint.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

int64_t clock_mono_ns(void); /* CLOCK_MONOTONIC: every rate, age and timeout */
int64_t clock_wall_ns(void); /* CLOCK_REALTIME: for people only */

/* The next multiple of PERIOD_NS strictly after NOW: ticks of all workers fall together. */
int64_t clock_next_tick(int64_t now, int64_t period_ns);

#endif
