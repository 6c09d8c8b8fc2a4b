/* The last hour of one guest: per metric 300 points as they came, then 360 coarse ones of 10 s as
 * average and maximum.  For graphs: figures come back to 0.2 %; 37 KB a guest when full.  It
 * outlives what befalls the guest and its source: they leave gaps in it. */
#ifndef VCTOP_MODEL_HISTORY_H
#define VCTOP_MODEL_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/metric.h"

#define HISTORY_SLOTS 16
#define HISTORY_FINE 300
#define HISTORY_COARSE 360
#define HISTORY_COARSE_NS (10 * INT64_C(1000000000))

struct history;

struct history *history_new(void);
void history_free(struct history *history);

/* Slot of a metric that is kept (HISTORY_SLOTS are), -1 for the others. */
int history_slot(enum metric metric);

/* Adds one point at AT_NS (CLOCK_MONOTONIC); unknown figures are kept as gaps. */
void history_add(struct history *history, int64_t at_ns, const struct metrics *metrics);

/* A gap: the guest was off, its source was lost, or another life began. */
void history_gap(struct history *history, int64_t at_ns);

/* Fills RET[0..COUNT) with the window [FROM_NS, TO_NS) cut into COUNT equal slices: the maximum of
 * each, NAN where nothing is known.  Newest last. */
void history_read(const struct history *history, enum metric metric, int64_t from_ns, int64_t to_ns,
                  float *ret, int count);

/* The same with averages by time.  HISTORY may be NULL: it knows nothing. */
struct history_slice {
    float average, maximum; /* NAN unknown */
    double known_s;         /* seconds of it that something is known of */
};
void history_slices(const struct history *history, enum metric metric, int64_t from_ns,
                    int64_t to_ns, struct history_slice *ret, int count);

/* How far back it reaches (CLOCK_MONOTONIC), 0 when it is empty or NULL. */
int64_t history_oldest(const struct history *history);

/* METRIC was known at any time that it reaches back to. */
bool history_has(const struct history *history, enum metric metric);

#endif
