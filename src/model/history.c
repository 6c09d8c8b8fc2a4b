#include "model/history.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define SLOTS 12
#define FIRST_CAPACITY 32

static const enum metric slot_metrics[SLOTS] = {
    METRIC_CPU,       METRIC_CPU_WAIT,   METRIC_MEM_USED, METRIC_MEM_HOST,
    METRIC_DISK_READ, METRIC_DISK_WRITE, METRIC_NET_RX,   METRIC_NET_TX,
    METRIC_PIDS,      METRIC_PSI_CPU,    METRIC_PSI_MEM,  METRIC_PSI_IO,
};

/* A figure in 16 bits: a float's exponent and the upper 8 bits of its fraction.  Figures are never
 * negative, so the sign is no loss; 0.2 % is finer than any graph draws, and a thousand guests cost
 * half the memory. */
typedef uint16_t packed;
#define UNKNOWN UINT16_C(0xffff)
#define PACKED_MAX UINT16_C(0xfeff) /* the greatest finite one */

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

static float unpack(packed value)
{
    if (value == UNKNOWN)
        return NAN;
    uint32_t bits = (uint32_t)value << 15;
    float ret;
    memcpy(&ret, &bits, sizeof(ret));
    return ret;
}

struct fine {
    int64_t at;
    packed value[SLOTS];
};

struct coarse {
    uint32_t number; /* it covers what came to be in (number, number + 1] times 10 s */
    packed maximum[SLOTS];
};

/* Oldest first from START on once they are full; they grow up to that. */
struct history {
    struct fine *fine;
    struct coarse *coarse;
    int fine_count, fine_start, fine_capacity;
    int coarse_count, coarse_start, coarse_capacity;
    int64_t newest; /* of anything told, gaps too */
};

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
    for (int i = 0; i < SLOTS; i++) {
        if (slot_metrics[i] == metric)
            return i;
    }
    return -1;
}

static const struct fine *fine_at(const struct history *history, int index)
{
    return &history->fine[(history->fine_start + index) % HISTORY_FINE];
}

static const struct coarse *coarse_at(const struct history *history, int index)
{
    return &history->coarse[(history->coarse_start + index) % HISTORY_COARSE];
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

static void merge(struct coarse *coarse, const struct fine *fine)
{
    /* Packed figures are ordered like what they stand for. */
    for (int i = 0; i < SLOTS; i++) {
        packed value = fine->value[i];
        if (value != UNKNOWN && (coarse->maximum[i] == UNKNOWN || value > coarse->maximum[i]))
            coarse->maximum[i] = value;
    }
}

static void add_coarse(struct history *history, const struct fine *fine)
{
    uint32_t number = (uint32_t)((fine->at - 1) / HISTORY_COARSE_NS);
    struct coarse *coarse = coarse_newest(history);
    if (!coarse || coarse->number != number) {
        coarse = push_coarse(history);
        coarse->number = number;
        memset(coarse->maximum, 0xff, sizeof(coarse->maximum));
    }
    merge(coarse, fine);
}

static bool is_gap(const struct fine *fine)
{
    for (int i = 0; i < SLOTS; i++) {
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

    struct fine *fine = push_fine(history);
    fine->at = at_ns;
    for (int i = 0; i < SLOTS; i++) {
        enum metric metric = slot_metrics[i];
        fine->value[i] = metrics_has(metrics, metric) ? pack(metrics->value[metric]) : UNKNOWN;
    }
    add_coarse(history, fine);
}

void history_gap(struct history *history, int64_t at_ns)
{
    /* One point says it; a guest that is off for a day must not push its last hour out. */
    if (at_ns <= 0 || at_ns <= history->newest || history->fine_count == 0 ||
        is_gap(fine_at(history, history->fine_count - 1)))
        return;
    history->newest = at_ns;
    struct fine *fine = push_fine(history);
    fine->at = at_ns;
    memset(fine->value, 0xff, sizeof(fine->value));
}

/* A window cut into slices. */
struct window {
    int64_t from, to;
    float *slices;
    int count;
};

static int slice_of(const struct window *window, int64_t at)
{
    __extension__ typedef __int128 wide;
    return (int)((wide)(at - window->from) * window->count / (window->to - window->from));
}

/* VALUE was so during [START, END). */
static void paint(const struct window *window, int64_t start, int64_t end, float value)
{
    if (start < window->from)
        start = window->from;
    if (end > window->to)
        end = window->to;
    if (start >= end || isnan(value))
        return;
    int last = slice_of(window, end - 1);
    for (int i = slice_of(window, start); i <= last; i++) {
        if (isnan(window->slices[i]) || window->slices[i] < value)
            window->slices[i] = value;
    }
}

static void read_window(const struct history *history, int slot, const struct window *window)
{
    /* A figure tells of the time since the one before it; the first after a gap of its instant. */
    for (int i = 0; i < history->fine_count; i++) {
        const struct fine *fine = fine_at(history, i);
        bool follows = i > 0 && !is_gap(fine_at(history, i - 1));
        int64_t start = follows ? fine_at(history, i - 1)->at : fine->at - 1;
        paint(window, start, fine->at, unpack(fine->value[slot]));
    }
    if (history->fine_count < HISTORY_FINE) /* nothing is older than what was painted */
        return;
    int64_t oldest = fine_at(history, 0)->at - 1;
    for (int i = 0; i < history->coarse_count; i++) {
        const struct coarse *coarse = coarse_at(history, i);
        int64_t start = coarse->number * HISTORY_COARSE_NS;
        int64_t end = start + HISTORY_COARSE_NS;
        paint(window, start, end < oldest ? end : oldest, unpack(coarse->maximum[slot]));
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
    struct window window = {.from = from_ns, .to = to_ns, .slices = ret, .count = count};
    read_window(history, slot, &window);
}

int history_tail(const struct history *history, enum metric metric, float *ret, int count)
{
    int slot = history_slot(metric);
    if (!history || slot < 0 || count <= 0)
        return 0;
    if (count > history->fine_count)
        count = history->fine_count;
    for (int i = 0; i < count; i++)
        ret[i] = unpack(fine_at(history, history->fine_count - count + i)->value[slot]);
    return count;
}
