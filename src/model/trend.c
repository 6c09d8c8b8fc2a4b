#include "model/trend.h"

#include <string.h>

void trend_reset(struct trend *trend)
{
    trend->count = 0;
}

/* The newest point only prolongs the one before it: it is near, or says the same. */
static bool prolongs(const struct trend *trend, uint64_t value)
{
    size_t last = trend->count - 1;
    if (trend->count < 2)
        return false;
    if (trend->point[last].value == value && trend->point[last - 1].value == value)
        return true;
    return trend->point[last].at_ns - trend->point[last - 1].at_ns < TREND_GAP_NS;
}

void trend_add(struct trend *trend, int64_t at_ns, uint64_t value)
{
    if (trend->count && at_ns <= trend->point[trend->count - 1].at_ns)
        return;
    if (prolongs(trend, value))
        trend->count--;
    if (trend->count == TREND_POINTS) {
        memmove(&trend->point[0], &trend->point[1], (TREND_POINTS - 1) * sizeof(trend->point[0]));
        trend->count--;
    }
    trend->point[trend->count].at_ns = at_ns;
    trend->point[trend->count].value = value;
    trend->count++;
}

bool trend_value(const struct trend *trend, int64_t at_ns, double *ret, int64_t *ret_at_ns)
{
    size_t after = 0;
    if (trend->count == 0)
        return false;
    while (after < trend->count && trend->point[after].at_ns < at_ns)
        after++;
    if (after == 0 || after == trend->count) {
        size_t edge = after == 0 ? 0 : trend->count - 1;
        *ret = (double)trend->point[edge].value;
        *ret_at_ns = trend->point[edge].at_ns;
        return true;
    }
    double span = (double)(trend->point[after].at_ns - trend->point[after - 1].at_ns);
    double part = (double)(at_ns - trend->point[after - 1].at_ns) / span;
    double from = (double)trend->point[after - 1].value;
    *ret = from + part * ((double)trend->point[after].value - from);
    *ret_at_ns = at_ns;
    return true;
}
