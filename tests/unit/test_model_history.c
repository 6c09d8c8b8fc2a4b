#include "model/history.h"

#include <check.h>
#include <math.h>
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

START_TEST(twelve_metrics_are_kept)
{
    int kept = 0;
    for (int i = 0; i < METRIC_COUNT; i++) {
        int slot = history_slot((enum metric)i);
        ck_assert_int_ge(slot, -1);
        ck_assert_int_lt(slot, 12);
        kept += slot >= 0;
    }
    ck_assert_int_eq(kept, 12);
    ck_assert_int_ge(history_slot(METRIC_CPU), 0);
    ck_assert_int_eq(history_slot(METRIC_UPTIME), -1);
}
END_TEST

START_TEST(empty_history_knows_nothing)
{
    struct history *history = history_new();
    float ret[4];
    ck_assert_int_eq(history_tail(history, METRIC_CPU, ret, 4), 0);
    history_gap(history, 5 * S);
    ck_assert_int_eq(history_tail(history, METRIC_CPU, ret, 4), 0);
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
    ck_assert_int_eq(history_tail(history, METRIC_CPU, ret, 12), 12);
    for (int i = 0; i < 7; i++)
        near(ret[i], values[i]);
    ck_assert(isfinite(ret[7]) && ret[7] > 1e38f);
    ck_assert(isfinite(ret[8]));
    ck_assert_float_eq(ret[9], 0);
    ck_assert(isnan(ret[10]) && isnan(ret[11]));

    ck_assert_int_eq(history_tail(history, METRIC_CPU, ret, 10), 10); /* the newest ones */
    near(ret[0], values[2]);
    ck_assert_int_eq(history_tail(history, METRIC_NET_RX, ret, 3), 3);
    ck_assert(isnan(ret[0]));
    ck_assert_int_eq(history_tail(history, METRIC_UPTIME, ret, 3), 0);
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
    ck_assert_int_eq(history_tail(history, METRIC_CPU, ret, 12), 5);
    near(ret[1], 2);
    ck_assert(isnan(ret[2]));
    near(ret[3], 3);
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
    ck_assert_int_eq(history_tail(history, METRIC_CPU, ret, 4), 1);
    near(ret[0], 1);
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
    float tail[400];
    ck_assert_int_eq(history_tail(history, METRIC_CPU, tail, 400), 300);
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

int main(void)
{
    TCase *tests = tcase_create("model_history");
    tcase_add_test(tests, twelve_metrics_are_kept);
    tcase_add_test(tests, empty_history_knows_nothing);
    tcase_add_test(tests, figures_come_back);
    tcase_add_test(tests, a_window_has_the_maximum_of_each_slice);
    tcase_add_test(tests, narrow_slices_have_no_holes);
    tcase_add_test(tests, a_gap_stays_a_gap);
    tcase_add_test(tests, time_does_not_run_back);
    tcase_add_test(tests, old_times_are_coarse_but_keep_their_peaks);
    tcase_add_test(tests, slow_refresh_leaves_no_holes);
    Suite *suite = suite_create("model_history");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
