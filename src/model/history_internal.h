/* The insides of a history, for the files history*.c only. */
#ifndef VCTOP_MODEL_HISTORY_INTERNAL_H
#define VCTOP_MODEL_HISTORY_INTERNAL_H

#include "model/history.h"

/* A figure in 16 bits: a float's exponent and the upper 8 bits of its fraction.  Figures are never
 * negative, so the sign is no loss; 0.2 % is finer than any graph draws, and a thousand guests cost
 * half the memory. */
typedef uint16_t packed;
#define UNKNOWN UINT16_C(0xffff)
#define PACKED_MAX UINT16_C(0xfeff) /* the greatest finite one */

struct fine {
    int64_t at;
    packed value[HISTORY_SLOTS];
};

struct coarse {
    uint32_t number; /* it covers what came to be in (number, number + 1] times 10 s */
    packed average[HISTORY_SLOTS], maximum[HISTORY_SLOTS];
};

/* Oldest first from START on once they are full; they grow up to that. */
struct history {
    struct fine *fine;
    struct coarse *coarse;
    int fine_count, fine_start, fine_capacity;
    int coarse_count, coarse_start, coarse_capacity;
    int64_t newest; /* of anything told, gaps too */
    struct {
        float average, seconds;
    } open[HISTORY_SLOTS]; /* of the newest coarse point, before it is rounded */
};

static inline const struct fine *history_fine_at(const struct history *history, int index)
{
    return &history->fine[(history->fine_start + index) % HISTORY_FINE];
}

static inline const struct coarse *history_coarse_at(const struct history *history, int index)
{
    return &history->coarse[(history->coarse_start + index) % HISTORY_COARSE];
}

/* Nothing was known then. */
bool history_is_gap(const struct fine *fine);

float history_unpack(packed value); /* NAN for UNKNOWN */

/* Samples are taken some milliseconds after the beat, never at the same: a part of less than a
 * quarter that reaches over an edge is that, and would show each peak twice.  LENGTH of a figure of
 * SPAN lies in a slice of SLICE.  A slice that figures cover always has one that is no sliver. */
static inline bool history_is_sliver(int64_t length, int64_t span, int64_t slice)
{
    return length <= 0 || length < (span < slice ? span : slice) / 4;
}

#endif
