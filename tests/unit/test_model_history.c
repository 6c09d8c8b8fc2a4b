#include "model/history.h"

#include <check.h>
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

#define S NS_PER_S

static struct metrics cpu(double value)
{
    struct metrics metrics = {.valid = UINT64_C(1) << METRIC_CPU};
    metrics.value[METRIC_CPU] = value;
    return metrics;
}

static void add(struct history *history, int64_t at, double value)
{
    struct metrics metrics = cpu(value);
    history_add(history, at, &metrics);
}

static void near(double got, double wanted)
{
    ck_assert_msg(fabs(got - wanted) <= fabs(wanted) / 400, "%g is not %g", got, wanted);
}

START_TEST(what_graphs_show_is_kept)
{
    int kept = 0;
    for (int i = 0; i < METRIC_COUNT; i++) {
        int slot = history_slot((enum metric)i);
        ck_assert_int_ge(slot, -1);
        ck_assert_int_lt(slot, HISTORY_SLOTS);
        kept += slot >= 0;
    }
    ck_assert_int_eq(kept, HISTORY_SLOTS);
    ck_assert_int_ge(history_slot(METRIC_CPU), 0);
    ck_assert_int_eq(history_slot(METRIC_UPTIME), -1);
}
END_TEST

START_TEST(empty_history_knows_nothing)
{
    struct history *history = history_new();
    float ret[4];
    history_gap(history, 5 * S);
    history_read(history, METRIC_CPU, 0, 100 * S, ret, 4);
    for (int i = 0; i < 4; i++)
        ck_assert(isnan(ret[i]));
    history_read(NULL, METRIC_CPU, 0, 100 * S, ret, 4);
    ck_assert(isnan(ret[3]));
    history_free(history);
    history_free(NULL);
}
END_TEST

START_TEST(figures_come_back)
{
    static const double values[] = {0, 0.1, 9.3, 188.2, 1e-3, 102400, 1.7e13, 1e300, INFINITY};
    struct history *history = history_new();
    for (int i = 0; i < 9; i++)
        add(history, (i + 1) * S, values[i]);
    add(history, 10 * S, -0.0);
    add(history, 11 * S, NAN);
    add(history, 12 * S, -5);
    float ret[12];
    history_read(history, METRIC_CPU, 0, 12 * S, ret, 12);
    for (int i = 0; i < 7; i++)
        near(ret[i], values[i]);
    ck_assert(isfinite(ret[7]) && ret[7] > 1e38f);
    ck_assert(isfinite(ret[8]));
    ck_assert_float_eq(ret[9], 0);
    ck_assert(isnan(ret[10]) && isnan(ret[11]));

    history_read(history, METRIC_NET_RX, 0, 12 * S, ret, 1);
    ck_assert(isnan(ret[0]));
    history_read(history, METRIC_UPTIME, 0, 12 * S, ret, 1);
    ck_assert(isnan(ret[0]));
    history_free(history);
}
END_TEST

START_TEST(a_window_has_the_maximum_of_each_slice)
{
    struct history *history = history_new();
    for (int i = 1; i <= 10; i++)
        add(history, 100 * S + i * S, i);
    float ret[5];
    history_read(history, METRIC_CPU, 101 * S, 111 * S, ret, 5);
    near(ret[0], 3); /* what was said at 102 and 103 */
    near(ret[1], 5);
    near(ret[3], 9);
    near(ret[4], 10);
    history_read(history, METRIC_CPU, 90 * S, 110 * S, ret, 4);
    ck_assert(isnan(ret[0])); /* nobody looked then */
    ck_assert(isnan(ret[1]));
    near(ret[2], 5);
    near(ret[3], 10);
    history_free(history);
}
END_TEST

START_TEST(narrow_slices_have_no_holes)
{
    struct history *history = history_new();
    for (int i = 1; i <= 10; i++)
        add(history, i * 2 * S, i);
    float ret[36];
    history_read(history, METRIC_CPU, 2 * S, 20 * S, ret, 36); /* half a second each */
    for (int i = 0; i < 36; i++)
        near(ret[i], 2 + i / 4);
    history_free(history);
}
END_TEST

START_TEST(a_gap_stays_a_gap)
{
    struct history *history = history_new();
    add(history, 10 * S, 1);
    add(history, 12 * S, 2);
    history_gap(history, 13 * S);
    history_gap(history, 14 * S); /* is the same one */
    add(history, 30 * S, 3);
    add(history, 32 * S, 4);
    float ret[12];
    history_read(history, METRIC_CPU, 10 * S, 34 * S, ret, 12);
    near(ret[0], 2);
    for (int i = 1; i < 9; i++)
        ck_assert_msg(isnan(ret[i]), "slice %d", i);
    near(ret[9], 3); /* the instant before 30 */
    near(ret[10], 4);
    ck_assert(isnan(ret[11]));
    history_free(history);
}
END_TEST

START_TEST(time_does_not_run_back)
{
    struct history *history = history_new();
    add(history, 10 * S, 1);
    add(history, 10 * S, 2);
    add(history, 9 * S, 3);
    add(history, -5, 3);
    add(history, 0, 3);
    float ret[4];
    history_read(history, METRIC_CPU, 0, 12 * S, ret, 4);
    for (int i = 0; i < 3; i++)
        ck_assert(isnan(ret[i]));
    near(ret[3], 1);
    add(history, INT64_MAX, 4);
    add(history, INT64_MAX, 5);
    history_read(history, METRIC_CPU, 0, INT64_MAX, ret, 4);
    near(ret[3], 4);
    history_free(history);
}
END_TEST

/* An hour and a half at 1 s, one peak in every ten seconds. */
START_TEST(old_times_are_coarse_but_keep_their_peaks)
{
    struct history *history = history_new();
    const int seconds = 5400;
    for (int i = 1; i <= seconds; i++)
        add(history, i * S, i % 10 == 5 ? 1000 + i / 10 : 1);
    float ret[540];
    history_read(history, METRIC_CPU, 0, seconds * S, ret, 540);
    /* 360 coarse ones reach back an hour. */
    for (int i = 0; i < 540; i++) {
        if (i < 180)
            ck_assert_msg(isnan(ret[i]), "slice %d", i);
        else
            near(ret[i], 1000 + i);
    }
    float tail[300]; /* five minutes of fine ones */
    history_read(history, METRIC_CPU, (seconds - 300) * S, seconds * S, tail, 300);
    near(tail[299], 1);
    near(tail[294], 1539);

    /* Where fine ones begin amid a coarse one, its peak stays on its own side. */
    for (int i = 1; i <= 3; i++)
        add(history, (seconds + i) * S, 1);
    history_read(history, METRIC_CPU, 5100 * S, 5110 * S, ret, 10);
    near(ret[0], 1510);
    near(ret[4], 1510);
    near(ret[5], 1);
    near(ret[9], 1);
    history_free(history);
}
END_TEST

START_TEST(slow_refresh_leaves_no_holes)
{
    struct history *history = history_new();
    for (int i = 1; i <= 400; i++)
        add(history, i * 60 * S, i);
    float ret[60];
    history_read(history, METRIC_CPU, 100 * 60 * S, 110 * 60 * S, ret, 60);
    for (int i = 0; i < 60; i++) /* the 300 fine ones begin with the instant of minute 101 */
        ck_assert_int_eq(isnan(ret[i]) != 0, i < 5);
    history_read(history, METRIC_CPU, 390 * 60 * S, 400 * 60 * S, ret, 60);
    for (int i = 0; i < 60; i++)
        near(ret[i], 391 + i / 6);
    history_free(history);
}
END_TEST

START_TEST(averages_are_by_time)
{
    struct history *history = history_new();
    add(history, 100 * S, 10);
    add(history, 101 * S, 10);
    add(history, 104 * S, 50); /* for three of four seconds */
    struct history_slice ret[2];
    history_slices(history, METRIC_CPU, 100 * S, 108 * S, ret, 2);
    near(ret[0].average, 40);
    near(ret[0].maximum, 50);
    ck_assert_double_eq_tol(ret[0].known_s, 4, 1e-9);
    ck_assert(isnan(ret[1].average) && isnan(ret[1].maximum));
    ck_assert_double_eq(ret[1].known_s, 0);
    history_slices(NULL, METRIC_CPU, 100 * S, 108 * S, ret, 1);
    ck_assert(isnan(ret[0].average));
    history_free(history);
}
END_TEST

/* Ticks come some milliseconds late, never by as many. */
START_TEST(a_peak_is_seen_once)
{
    struct history *history = history_new();
    for (int i = 1; i <= 40; i++)
        add(history, i * 2 * S + (i * 7 % 30) * NS_PER_MS, i == 20 ? 100 : 1);
    float ret[40];
    history_read(history, METRIC_CPU, 0, 80 * S, ret, 40);
    for (int i = 1; i < 40; i++)
        near(ret[i], i == 19 ? 100 : 1);
    history_free(history);
}
END_TEST

START_TEST(it_knows_how_far_back_it_reaches)
{
    struct history *history = history_new();
    ck_assert_int_eq(history_oldest(NULL), 0);
    ck_assert_int_eq(history_oldest(history), 0);
    ck_assert(!history_has(history, METRIC_CPU));
    ck_assert(!history_has(NULL, METRIC_CPU));
    add(history, 7 * S, 1);
    ck_assert_int_eq(history_oldest(history), 7 * S);
    ck_assert(history_has(history, METRIC_CPU));
    ck_assert(!history_has(history, METRIC_MEM_USED) && !history_has(history, METRIC_UPTIME));
    struct metrics other = {.valid = UINT64_C(1) << METRIC_MEM_USED};
    for (int i = 1; i <= 1790; i++) /* an hour: at its end only the coarse ones know */
        history_add(history, (7 + i * 2) * S, &other);
    ck_assert(history_has(history, METRIC_CPU));
    ck_assert_int_eq(history_oldest(history), 0);
    for (int i = 1791; i <= 1810; i++)
        history_add(history, (7 + i * 2) * S, &other);
    ck_assert(!history_has(history, METRIC_CPU));
    ck_assert_int_eq(history_oldest(history), 30 * S);
    history_free(history);
}
END_TEST

/* ---- against a reference that keeps everything and is in no hurry ---- */

#define RAW 3000

struct interval {
    int64_t start, end;
    double average, maximum;
};

struct reference {
    struct interval raw[RAW];
    int count; /* figures; gaps are between them */
    int fine;  /* of RAW the first that is still as it came */
};

static bool is_sliver(int64_t length, int64_t span, int64_t slice)
{
    return length <= 0 || length < (span < slice ? span : slice) / 4;
}

static void look(const struct interval *all, int count, int64_t from, int64_t to, int64_t slice_ns,
                 struct history_slice *ret)
{
    double sum = 0;

    *ret = (struct history_slice){.average = NAN, .maximum = NAN};
    for (int i = 0; i < count; i++) {
        int64_t start = all[i].start > from ? all[i].start : from;
        int64_t end = all[i].end < to ? all[i].end : to;

        if (end <= start || is_sliver(end - start, all[i].end - all[i].start, slice_ns))
            continue;
        double seconds = (double)(end - start) / (double)S;
        ret->maximum = fmaxf(ret->maximum, (float)all[i].maximum);
        ret->known_s += seconds;
        sum += seconds * all[i].average;
    }
    if (ret->known_s > 0)
        ret->average = (float)(sum / ret->known_s);
}

static void same(float got, float wanted)
{
    ck_assert_int_eq(isnan(got) != 0, isnan(wanted) != 0);
    if (!isnan(wanted))
        ck_assert_msg(fabs((double)got - wanted) <= fabs((double)wanted) / 200 + 1e-6,
                      "%g is not %g", (double)got, (double)wanted);
}

/* Beats of PERIOD with some jitter and, now and then, a gap. */
static void feed(struct history *history, struct reference *reference, int64_t period, int points)
{
    static int origin[RAW * 2]; /* of each point told: its place in raw, -1 a gap */
    int64_t before = 0, now = 20 * S;
    int told = 0;

    reference->count = 0;
    for (int i = 0; i < points; i++) {
        now += period;
        int64_t at = now + rand() % 20 * NS_PER_MS;
        double value = rand() % 8 ? rand() % 100 : rand() % 100000;

        if (before && rand() % 60 == 0) {
            history_gap(history, before + 1);
            origin[told++] = -1;
            before = 0;
            now += period * (rand() % 9);
            continue;
        }
        add(history, at, value);
        origin[told++] = reference->count;
        reference->raw[reference->count++] = (struct interval){
            .start = before ? before : at - 1, .end = at, .average = value, .maximum = value};
        before = at;
    }
    int kept = told > HISTORY_FINE ? told - HISTORY_FINE : 0;
    while (kept < told && origin[kept] < 0)
        kept++;
    reference->fine = origin[kept];
}

/* What is kept of it: coarse points up to the oldest fine one, then those. */
static int keep(const struct reference *reference, bool full, struct interval *ret)
{
    const struct interval *newest = &reference->raw[reference->count - 1];
    int64_t last = (newest->end - 1) / HISTORY_COARSE_NS;
    int64_t oldest = reference->raw[reference->fine].end - 1;
    int count = 0, found = 0;
    static struct interval slots[HISTORY_COARSE];

    for (int64_t number = last; full && number >= 0 && found < HISTORY_COARSE; number--) {
        struct history_slice slice;
        int64_t from = number * HISTORY_COARSE_NS, to = from + HISTORY_COARSE_NS;

        look(reference->raw, reference->count, from, to, HISTORY_COARSE_NS, &slice);
        if (isnan(slice.average))
            continue;
        slots[found++] = (struct interval){
            .start = from, .end = to, .average = slice.average, .maximum = slice.maximum};
    }
    for (int i = 0; i < found; i++) {
        if (slots[i].start >= oldest)
            continue;
        ret[count] = slots[i];
        if (ret[count].end > oldest)
            ret[count].end = oldest;
        count++;
    }
    for (int i = reference->fine; i < reference->count; i++) {
        ret[count] = reference->raw[i];
        if (i == reference->fine && full)
            ret[count].start = ret[count].end - 1; /* what it followed is gone */
        count++;
    }
    return count;
}

static void compare(const struct history *history, const struct reference *reference, bool full)
{
    static struct interval kept[HISTORY_COARSE + HISTORY_FINE];
    int count = keep(reference, full, kept);
    int64_t newest = kept[count - 1].end;
    double least = INFINITY;

    for (int i = 0; i < count; i++)
        least = fmin(least, kept[i].average);
    for (int turn = 0; turn < 40; turn++) {
        struct history_slice slices[120];
        float maxima[120];
        int cut = 1 + rand() % 120;
        int64_t slice_ns = (1 + rand() % 40) * 500 * NS_PER_MS;
        int64_t to = newest + 5 * S - (int64_t)(rand() % 3600) * S;
        int64_t from = to - cut * slice_ns;

        history_slices(history, METRIC_CPU, from, to, slices, cut);
        history_read(history, METRIC_CPU, from, to, maxima, cut);
        for (int i = 0; i < cut; i++) {
            struct history_slice wanted;

            look(kept, count, from + i * slice_ns, from + (i + 1) * slice_ns, slice_ns, &wanted);
            same(slices[i].average, wanted.average);
            same(slices[i].maximum, wanted.maximum);
            same(maxima[i], wanted.maximum);
            ck_assert_double_eq_tol(slices[i].known_s, wanted.known_s, 1e-6);
            if (isnan(slices[i].average))
                continue;
            ck_assert_float_le(slices[i].average, slices[i].maximum);
            ck_assert_double_ge(slices[i].average * 1.003 + 1e-6, least);
            ck_assert_double_le(slices[i].known_s, (double)slice_ns / (double)S + 1e-6);
        }
    }
}

START_TEST(windows_are_what_a_simple_reference_says)
{
    static const struct {
        int64_t period;
        int points;
    } runs[] = {
        {200 * NS_PER_MS, 200}, {200 * NS_PER_MS, 2900}, {S, 2000},    {2 * S, 290}, {2 * S, 1900},
        {7 * S, 700},           {15 * S, 400},           {60 * S, 350}};
    static struct reference reference;

    srand(7);
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        struct history *history = history_new();

        feed(history, &reference, runs[i].period, runs[i].points);
        compare(history, &reference, runs[i].points > HISTORY_FINE);
        history_free(history);
    }
}
END_TEST

#define GUESTS 1000
#define GUEST_BYTES 40000

START_TEST(an_hour_of_a_thousand_guests_is_bounded)
{
    static struct history *histories[GUESTS];
    struct metrics all = {.valid = (UINT64_C(1) << METRIC_COUNT) - 1};
    size_t before = mallinfo2().uordblks;

    for (int i = 0; i < METRIC_COUNT; i++)
        all.value[i] = i;
    for (int guest = 0; guest < GUESTS; guest++) {
        histories[guest] = history_new();
        for (int i = 1; i <= HISTORY_COARSE; i++)
            history_add(histories[guest], i * HISTORY_COARSE_NS, &all);
    }
    size_t full = mallinfo2().uordblks - before;
    printf("an hour of %d guests, %d metrics: %zu bytes, %zu a guest\n", GUESTS, HISTORY_SLOTS,
           full, full / GUESTS);
    ck_assert_uint_le(full, (size_t)GUESTS * GUEST_BYTES);
    for (int guest = 0; guest < GUESTS; guest++)
        for (int i = 1; i <= 20; i++)
            history_add(histories[guest], (HISTORY_COARSE + i) * HISTORY_COARSE_NS, &all);
    ck_assert_uint_le(mallinfo2().uordblks - before, full);
    for (int guest = 0; guest < GUESTS; guest++)
        history_free(histories[guest]);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_history");
    tcase_add_test(tests, what_graphs_show_is_kept);
    tcase_add_test(tests, empty_history_knows_nothing);
    tcase_add_test(tests, figures_come_back);
    tcase_add_test(tests, a_window_has_the_maximum_of_each_slice);
    tcase_add_test(tests, narrow_slices_have_no_holes);
    tcase_add_test(tests, a_gap_stays_a_gap);
    tcase_add_test(tests, time_does_not_run_back);
    tcase_add_test(tests, old_times_are_coarse_but_keep_their_peaks);
    tcase_add_test(tests, slow_refresh_leaves_no_holes);
    tcase_add_test(tests, averages_are_by_time);
    tcase_add_test(tests, a_peak_is_seen_once);
    tcase_add_test(tests, it_knows_how_far_back_it_reaches);
    tcase_add_test(tests, windows_are_what_a_simple_reference_says);
    tcase_add_test(tests, an_hour_of_a_thousand_guests_is_bounded);
    Suite *suite = suite_create("model_history");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
