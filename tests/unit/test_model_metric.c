#include "model/metric.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define MAX_GAP (10 * NS_PER_S)

static struct metrics compute(const struct sample *prev, const struct sample *cur)
{
    struct metrics ret;
    memset(&ret, 0xa5, sizeof(ret)); /* what was in it must not shine through */
    metrics_compute(&ret, prev, cur, MAX_GAP);
    return ret;
}

static double get(const struct metrics *metrics, enum metric metric)
{
    ck_assert_msg(metrics_has(metrics, metric), "%s is unknown", metric_info(metric)->json);
    return metrics->value[metric];
}

START_TEST(names_lead_back)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        ck_assert_int_eq(metric_from_name(metric_info((enum metric)i)->json), i);
        ck_assert_int_eq(metric_from_name(metric_info((enum metric)i)->filter), i);
    }
    ck_assert_int_eq(metric_from_name("nonsense"), METRIC_COUNT);
    ck_assert_int_eq(metric_from_name(""), METRIC_COUNT);
    for (int i = 0; i < FIELD_COUNT; i++)
        ck_assert_int_eq(field_from_name(field_name((enum field)i)), i);
    ck_assert_int_eq(field_from_name("nonsense"), FIELD_COUNT);
}
END_TEST

START_TEST(rates_are_growth_over_time)
{
    struct sample prev = {.at_ns = 10 * NS_PER_S}, cur = {.at_ns = 12 * NS_PER_S};
    sample_set(&prev, FIELD_CPU, 5000000000);
    sample_set(&cur, FIELD_CPU, 8764000000);
    sample_set(&prev, FIELD_CPU_WAIT, 0);
    sample_set(&cur, FIELD_CPU_WAIT, 500000000);
    sample_set(&prev, FIELD_DISK_READ, 100);
    sample_set(&cur, FIELD_DISK_READ, 4100);
    sample_set(&prev, FIELD_NET_TX_PACKETS, 7);
    sample_set(&cur, FIELD_NET_TX_PACKETS, 7);
    struct metrics metrics = compute(&prev, &cur);
    ck_assert_double_eq_tol(get(&metrics, METRIC_CPU), 188.2, 1e-9);
    ck_assert_double_eq_tol(get(&metrics, METRIC_CPU_WAIT), 25, 1e-9);
    ck_assert_double_eq_tol(get(&metrics, METRIC_DISK_READ), 2000, 1e-9);
    ck_assert_double_eq(get(&metrics, METRIC_NET_TX_PACKETS), 0);
    ck_assert(!metrics_has(&metrics, METRIC_DISK_WRITE)); /* unknown, not 0 */
    ck_assert(!metrics_has(&metrics, METRIC_AGE));
}
END_TEST

START_TEST(gauges_need_one_sample)
{
    struct sample none = {0}, cur = {.at_ns = NS_PER_S};
    sample_set(&cur, FIELD_CPU, 12345);
    sample_set(&cur, FIELD_MEM_USED, 300);
    sample_set(&cur, FIELD_MEM_LIMIT, 400);
    sample_set(&cur, FIELD_PSI_IO, 1240);
    sample_set(&cur, FIELD_PSI_CPU, 10001); /* more than all the time */
    sample_set(&cur, FIELD_UPTIME, 90500);
    sample_set(&cur, FIELD_BOOT, 210);
    sample_set(&cur, FIELD_OOM_KILLS, 3);
    sample_set(&cur, FIELD_MEM_AGE, 4500);
    sample_set(&cur, FIELD_MEM_SWAP, 4096);
    sample_set(&cur, FIELD_CPU_VIRT, 5);
    sample_set(&cur, FIELD_MAJOR_FAULTS, 5);
    struct metrics metrics = compute(&none, &cur);
    ck_assert(!metrics_has(&metrics, METRIC_CPU));
    ck_assert_double_eq(get(&metrics, METRIC_MEM_USED), 300);
    ck_assert_double_eq(get(&metrics, METRIC_MEM_PERCENT), 75);
    ck_assert_double_eq_tol(get(&metrics, METRIC_PSI_IO), 12.4, 1e-9);
    ck_assert(!metrics_has(&metrics, METRIC_PSI_CPU));
    ck_assert_double_eq_tol(get(&metrics, METRIC_UPTIME), 90.5, 1e-9);
    ck_assert_double_eq(get(&metrics, METRIC_BOOT), 210);
    ck_assert_double_eq(get(&metrics, METRIC_OOM_KILLS), 3);
    ck_assert_double_eq_tol(get(&metrics, METRIC_MEM_AGE), 4.5, 1e-9);
    ck_assert_double_eq(get(&metrics, METRIC_MEM_SWAP), 4096);
    ck_assert(!metrics_has(&metrics, METRIC_CPU_VIRT));
    ck_assert(!metrics_has(&metrics, METRIC_MAJOR_FAULTS));

    sample_set(&cur, FIELD_MEM_LIMIT, 0);
    metrics = compute(&none, &cur);
    ck_assert(!metrics_has(&metrics, METRIC_MEM_PERCENT));
    metrics = compute(&cur, &none);
    ck_assert_uint_eq(metrics.valid, 0);
}
END_TEST

START_TEST(the_gap_has_to_be_sane)
{
    static const struct {
        int64_t gap;
        bool known;
    } cases[] = {{0, false},
                 {-NS_PER_S, false},
                 {NS_PER_MS, false},
                 {49 * NS_PER_MS, false},
                 {50 * NS_PER_MS, true},
                 {MAX_GAP, true},
                 {MAX_GAP + 1, false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sample prev = {.at_ns = 100 * NS_PER_S};
        struct sample cur = {.at_ns = prev.at_ns + cases[i].gap};
        sample_set(&prev, FIELD_NET_RX, 1);
        sample_set(&cur, FIELD_NET_RX, 2);
        struct metrics metrics = compute(&prev, &cur);
        ck_assert_int_eq(metrics_has(&metrics, METRIC_NET_RX), cases[i].known);
    }
}
END_TEST

START_TEST(a_counter_that_goes_back_is_unknown)
{
    struct sample prev = {.at_ns = NS_PER_S}, cur = {.at_ns = 2 * NS_PER_S};
    sample_set(&prev, FIELD_NET_RX, 1000);
    sample_set(&cur, FIELD_NET_RX, 999);
    sample_set(&prev, FIELD_NET_TX, 10);
    sample_set(&cur, FIELD_NET_TX, UINT64_MAX); /* shrank below 0 elsewhere */
    sample_set(&prev, FIELD_DISK_READ, 10);
    sample_set(&cur, FIELD_DISK_READ, 20);
    sample_set(&prev, FIELD_CPU, 0);
    sample_set(&cur, FIELD_CPU, 3000 * (uint64_t)NS_PER_S); /* more CPUs than there are */
    struct metrics metrics = compute(&prev, &cur);
    ck_assert(!metrics_has(&metrics, METRIC_NET_RX));
    ck_assert(!metrics_has(&metrics, METRIC_NET_TX));
    ck_assert(!metrics_has(&metrics, METRIC_CPU));
    ck_assert_double_eq(get(&metrics, METRIC_DISK_READ), 10); /* the others are not touched */
}
END_TEST

static uint64_t random_counter(void)
{
    uint64_t value = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand();
    return value >> rand() % 64;
}

/* Whatever two samples say: a figure is never negative, never infinite, and a counter that went
 * back or is not in both has none. */
START_TEST(no_figure_is_wild)
{
    srand(7);
    for (int round = 0; round < 20000; round++) {
        struct sample prev = {.at_ns = 1 + rand()}, cur = {.at_ns = prev.at_ns + rand() - 1000};
        for (int i = 0; i < FIELD_COUNT; i++) {
            if (rand() % 4)
                sample_set(&prev, (enum field)i, random_counter());
            if (rand() % 4)
                sample_set(&cur, (enum field)i, random_counter());
        }
        struct metrics metrics = compute(&prev, &cur);
        for (int i = 0; i < METRIC_COUNT; i++) {
            if (!metrics_has(&metrics, (enum metric)i))
                continue;
            ck_assert(isfinite(metrics.value[i]));
            ck_assert_double_ge(metrics.value[i], 0);
            char text[UNITS_MAX];
            metric_format_value(text, (enum metric)i, metrics.value[i]);
            ck_assert_uint_le(strlen(text), 7);
        }
        if (cur.value[FIELD_NET_RX] < prev.value[FIELD_NET_RX] ||
            !sample_has(&prev, FIELD_NET_RX) || !sample_has(&cur, FIELD_NET_RX))
            ck_assert(!metrics_has(&metrics, METRIC_NET_RX));
        if (metrics_has(&metrics, METRIC_CPU))
            ck_assert_double_le(metrics.value[METRIC_CPU], 102400);
    }
}
END_TEST

START_TEST(figures_as_text)
{
    char text[UNITS_MAX];
    metric_format_value(text, METRIC_CPU, 9.31);
    ck_assert_str_eq(text, "9.3");
    metric_format_value(text, METRIC_MEM_USED, 1536);
    ck_assert_str_eq(text, "1.5K");
    metric_format_value(text, METRIC_DISK_READ_OPS, 1900);
    ck_assert_str_eq(text, "1.9k");
    metric_format_value(text, METRIC_UPTIME, 11040);
    ck_assert_str_eq(text, "3h04");
    metric_format_value(text, METRIC_BOOT, 210);
    ck_assert_str_eq(text, "210ms");
    metric_format_value(text, METRIC_BOOT, 4210);
    ck_assert_str_eq(text, "4.2s");
    metric_format_value(text, METRIC_BOOT, NAN);
    ck_assert_str_eq(text, "-");
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_metric");
    tcase_add_test(tests, names_lead_back);
    tcase_add_test(tests, rates_are_growth_over_time);
    tcase_add_test(tests, gauges_need_one_sample);
    tcase_add_test(tests, the_gap_has_to_be_sane);
    tcase_add_test(tests, a_counter_that_goes_back_is_unknown);
    tcase_add_test(tests, no_figure_is_wild);
    tcase_add_test(tests, figures_as_text);
    Suite *suite = suite_create("model_metric");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
