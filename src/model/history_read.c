/* What a history tells of a time. */
#include "model/history_internal.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

float history_unpack(packed value)
{
    if (value == UNKNOWN)
        return NAN;
    uint32_t bits = (uint32_t)value << 15;
    float ret;
    memcpy(&ret, &bits, sizeof(ret));
    return ret;
}

/* A window cut into slices: their maxima, or all there is to know of them. */
struct window {
    int64_t from, to;
    float *maxima;
    struct history_slice *slices;
    int count;
};

__extension__ typedef __int128 wide;

static int slice_of(const struct window *window, int64_t at)
{
    return (int)((wide)(at - window->from) * window->count / (window->to - window->from));
}

/* The first instant of a slice. */
static int64_t slice_start(const struct window *window, int slice)
{
    wide length = (wide)(window->to - window->from) * slice;
    return window->from + (int64_t)((length + window->count - 1) / window->count);
}

static void take(struct history_slice *slice, int64_t length, float average, float maximum)
{
    double seconds = (double)length / (double)NS_PER_S;

    if (isnan(slice->maximum) || slice->maximum < maximum)
        slice->maximum = maximum;
    slice->known_s += seconds;
    double known = isnan(slice->average) ? average : slice->average;
    slice->average = (float)(known + (average - known) * (seconds / slice->known_s));
}

/* It was so during [START, END). */
static void paint(const struct window *window, int64_t start, int64_t end, float average,
                  float maximum)
{
    int64_t slice_ns = (window->to - window->from) / window->count, span = end - start;

    if (start < window->from)
        start = window->from;
    if (end > window->to)
        end = window->to;
    if (start >= end || isnan(maximum))
        return;
    int last = slice_of(window, end - 1);
    for (int i = slice_of(window, start); i <= last; i++) {
        int64_t from = slice_start(window, i), to = i == last ? end : slice_start(window, i + 1);
        int64_t length = to - (from < start ? start : from);

        if (history_is_sliver(length, span, slice_ns))
            continue;
        if (window->slices)
            take(&window->slices[i], length, average, maximum);
        else if (isnan(window->maxima[i]) || window->maxima[i] < maximum)
            window->maxima[i] = maximum;
    }
}

static void read_window(const struct history *history, int slot, const struct window *window)
{
    /* A figure tells of the time since the one before it; the first after a gap of its instant. */
    for (int i = 0; i < history->fine_count; i++) {
        const struct fine *fine = history_fine_at(history, i);
        bool follows = i > 0 && !history_is_gap(history_fine_at(history, i - 1));
        int64_t start = follows ? history_fine_at(history, i - 1)->at : fine->at - 1;
        float value = history_unpack(fine->value[slot]);

        paint(window, start, fine->at, value, value);
    }
    if (history->fine_count < HISTORY_FINE) /* nothing is older than what was painted */
        return;
    int64_t oldest = history_fine_at(history, 0)->at - 1;
    for (int i = 0; i < history->coarse_count; i++) {
        const struct coarse *coarse = history_coarse_at(history, i);
        int64_t start = coarse->number * HISTORY_COARSE_NS;

        if (start >= oldest)
            break;
        int64_t length = oldest - start < HISTORY_COARSE_NS ? oldest - start : HISTORY_COARSE_NS;
        paint(window, start, start + length, history_unpack(coarse->average[slot]),
              history_unpack(coarse->maximum[slot]));
    }
}

void history_read(const struct history *history, enum metric metric, int64_t from_ns, int64_t to_ns,
                  float *ret, int count)
{
    for (int i = 0; i < count; i++)
        ret[i] = NAN;
    int slot = history_slot(metric);
    if (!history || slot < 0 || count <= 0 || to_ns <= from_ns)
        return;
    struct window window = {.from = from_ns, .to = to_ns, .maxima = ret, .count = count};
    read_window(history, slot, &window);
}

void history_slices(const struct history *history, enum metric metric, int64_t from_ns,
                    int64_t to_ns, struct history_slice *ret, int count)
{
    for (int i = 0; i < count; i++)
        ret[i] = (struct history_slice){.average = NAN, .maximum = NAN};
    int slot = history_slot(metric);
    if (!history || slot < 0 || count <= 0 || to_ns <= from_ns)
        return;
    struct window window = {.from = from_ns, .to = to_ns, .slices = ret, .count = count};
    read_window(history, slot, &window);
}

int64_t history_oldest(const struct history *history)
{
    if (!history || !history->fine_count)
        return 0;
    int64_t fine = history_fine_at(history, 0)->at;
    if (history->fine_count < HISTORY_FINE || !history->coarse_count)
        return fine;
    int64_t coarse = history_coarse_at(history, 0)->number * HISTORY_COARSE_NS;
    return coarse < fine ? coarse : fine;
}

bool history_has(const struct history *history, enum metric metric)
{
    int slot = history_slot(metric);
    if (!history || slot < 0)
        return false;
    for (int i = history->fine_count - 1; i >= 0; i--) {
        if (history_fine_at(history, i)->value[slot] != UNKNOWN)
            return true;
    }
    for (int i = history->coarse_count - 1; i >= 0; i--) {
        if (history_coarse_at(history, i)->maximum[slot] != UNKNOWN)
            return true;
    }
    return false;
}
