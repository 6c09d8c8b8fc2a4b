#include "model/history_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

#define FIRST_CAPACITY 32

static const enum metric slot_metrics[HISTORY_SLOTS] = {
    METRIC_CPU,        METRIC_CPU_WAIT,      METRIC_THROTTLED,
    METRIC_MEM_USED,   METRIC_MEM_HOST,      METRIC_DISK_READ,
    METRIC_DISK_WRITE, METRIC_DISK_READ_OPS, METRIC_DISK_WRITE_OPS,
    METRIC_NET_RX,     METRIC_NET_TX,        METRIC_NET_DROPS,
    METRIC_PIDS,       METRIC_PSI_CPU,       METRIC_PSI_MEM,
    METRIC_PSI_IO,
};

static packed pack(double value)
{
    float small = (float)value;
    if (isnan(small) || small < 0)
        return UNKNOWN;
    small = fabsf(small); /* -0.0 */
    uint32_t bits;
    memcpy(&bits, &small, sizeof(bits));
    bits = (bits + (UINT32_C(1) << 14)) >> 15;
    return bits > PACKED_MAX ? PACKED_MAX : (packed)bits;
}

struct history *history_new(void)
{
    return xcalloc(1, sizeof(struct history));
}

void history_free(struct history *history)
{
    if (!history)
        return;
    free(history->fine);
    free(history->coarse);
    free(history);
}

int history_slot(enum metric metric)
{
    for (int i = 0; i < HISTORY_SLOTS; i++) {
        if (slot_metrics[i] == metric)
            return i;
    }
    return -1;
}

static int grown(int capacity, int limit)
{
    int wanted = capacity ? capacity * 2 : FIRST_CAPACITY;
    return wanted < limit ? wanted : limit;
}

static struct fine *push_fine(struct history *history)
{
    if (history->fine_count == HISTORY_FINE) {
        struct fine *slot = &history->fine[history->fine_start];
        history->fine_start = (history->fine_start + 1) % HISTORY_FINE;
        return slot;
    }
    if (history->fine_count == history->fine_capacity) {
        history->fine_capacity = grown(history->fine_capacity, HISTORY_FINE);
        history->fine =
            xrealloc(history->fine, (size_t)history->fine_capacity, sizeof(*history->fine));
    }
    return &history->fine[history->fine_count++];
}

static struct coarse *push_coarse(struct history *history)
{
    if (history->coarse_count == HISTORY_COARSE) {
        struct coarse *slot = &history->coarse[history->coarse_start];
        history->coarse_start = (history->coarse_start + 1) % HISTORY_COARSE;
        return slot;
    }
    if (history->coarse_count == history->coarse_capacity) {
        history->coarse_capacity = grown(history->coarse_capacity, HISTORY_COARSE);
        history->coarse =
            xrealloc(history->coarse, (size_t)history->coarse_capacity, sizeof(*history->coarse));
    }
    return &history->coarse[history->coarse_count++];
}

static struct coarse *coarse_newest(struct history *history)
{
    int last = history->coarse_start + history->coarse_count - 1;
    return history->coarse_count ? &history->coarse[last % HISTORY_COARSE] : NULL;
}

/* That of NUMBER, which is the newest or newer. */
static struct coarse *coarse_of(struct history *history, uint32_t number)
{
    struct coarse *coarse = coarse_newest(history);
    if (coarse && coarse->number == number)
        return coarse;
    coarse = push_coarse(history);
    coarse->number = number;
    memset(coarse->average, 0xff, sizeof(coarse->average));
    memset(coarse->maximum, 0xff, sizeof(coarse->maximum));
    memset(history->open, 0, sizeof(history->open));
    return coarse;
}

/* The figures of FINE were so for LENGTH of what COARSE covers. */
static void merge(struct history *history, struct coarse *coarse, const struct fine *fine,
                  int64_t length)
{
    double seconds = (double)length / (double)NS_PER_S;

    for (int i = 0; i < HISTORY_SLOTS; i++) {
        packed value = fine->value[i];
        if (value == UNKNOWN)
            continue;
        /* Packed figures are ordered like what they stand for. */
        if (coarse->maximum[i] == UNKNOWN || value > coarse->maximum[i])
            coarse->maximum[i] = value;
        double average = history->open[i].average;
        history->open[i].seconds += (float)seconds;
        average += (history_unpack(value) - average) * (seconds / history->open[i].seconds);
        history->open[i].average = (float)average;
        packed rounded = pack(average);
        coarse->average[i] = rounded < coarse->maximum[i] ? rounded : coarse->maximum[i];
    }
}

/* Figures tell of the time since START: each coarse point gets its part of it, so that a slow
 * refresh leaves no hole. */
static void add_coarse(struct history *history, const struct fine *fine, int64_t start)
{
    int64_t first = start / HISTORY_COARSE_NS, last = (fine->at - 1) / HISTORY_COARSE_NS;

    if (last - first >= HISTORY_COARSE)
        first = last - HISTORY_COARSE + 1;
    for (int64_t number = first; number <= last; number++) {
        int64_t from = number * HISTORY_COARSE_NS;
        int64_t to = number == last ? fine->at : from + HISTORY_COARSE_NS;

        from = from < start ? start : from;
        if (!history_is_sliver(to - from, fine->at - start, HISTORY_COARSE_NS))
            merge(history, coarse_of(history, (uint32_t)number), fine, to - from);
    }
}

bool history_is_gap(const struct fine *fine)
{
    for (int i = 0; i < HISTORY_SLOTS; i++) {
        if (fine->value[i] != UNKNOWN)
            return false;
    }
    return true;
}

void history_add(struct history *history, int64_t at_ns, const struct metrics *metrics)
{
    if (at_ns <= 0 || at_ns <= history->newest)
        return;
    history->newest = at_ns;

    const struct fine *before =
        history->fine_count ? history_fine_at(history, history->fine_count - 1) : NULL;
    int64_t start = before && !history_is_gap(before) ? before->at : at_ns - 1;
    struct fine *fine = push_fine(history);
    fine->at = at_ns;
    for (int i = 0; i < HISTORY_SLOTS; i++) {
        enum metric metric = slot_metrics[i];
        fine->value[i] = metrics_has(metrics, metric) ? pack(metrics->value[metric]) : UNKNOWN;
    }
    add_coarse(history, fine, start);
}

void history_gap(struct history *history, int64_t at_ns)
{
    /* One point says it; a guest that is off for a day must not push its last hour out. */
    if (at_ns <= 0 || at_ns <= history->newest || history->fine_count == 0 ||
        history_is_gap(history_fine_at(history, history->fine_count - 1)))
        return;
    history->newest = at_ns;
    struct fine *fine = push_fine(history);
    fine->at = at_ns;
    memset(fine->value, 0xff, sizeof(fine->value));
}
