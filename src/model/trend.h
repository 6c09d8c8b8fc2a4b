/* How a slow figure went over the last quarter of an hour or so: a bounded row of points. */
#ifndef VCTOP_MODEL_TREND_H
#define VCTOP_MODEL_TREND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TREND_POINTS 26
#define TREND_GAP_NS \
    (40 * INT64_C(1000000000)) /* between kept points; the newest is always kept \
                                */

struct trend {
    size_t count;
    struct {
        int64_t at_ns;
        uint64_t value;
    } point[TREND_POINTS]; /* oldest first */
};

/* Adds a figure; one that is not younger than the newest is ignored.  While a figure stands still
 * it takes no room, so that what led to the standstill is kept. */
void trend_add(struct trend *trend, int64_t at_ns, uint64_t value);
void trend_reset(struct trend *trend);

/* The figure as of AT_NS, on the line between its neighbours; *RET_AT_NS is when it really is from:
 * AT_NS, or the oldest or newest point's time.  False: there is none. */
bool trend_value(const struct trend *trend, int64_t at_ns, double *ret, int64_t *ret_at_ns);

#endif
