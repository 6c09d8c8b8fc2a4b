#include "base/units.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

struct figure {
    double value;
    const char *text;
};

static void expect(void (*write)(char *, double), const struct figure *figures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[UNITS_MAX];
        write(text, figures[i].value);
        ck_assert_str_eq(text, figures[i].text);
    }
}

/* Columns are as wide as the widest text, and rounding must not make 1000 of 999.96. */
static void expect_narrow(void (*write)(char *, double), size_t width)
{
    for (double value = 1e-3; value < 1e19; value *= 1.00071) {
        char text[UNITS_MAX];
        write(text, value);
        ck_assert_msg(strlen(text) <= width, "%g -> %s", value, text);
    }
    static const double wrong[] = {-1, -0.001, -1e30, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        char text[UNITS_MAX];
        write(text, wrong[i]);
        ck_assert_str_eq(text, "-");
    }
}

START_TEST(bytes)
{
    static const struct figure figures[] = {
        {0, "0"},
        {0.4, "0"},
        {1, "1"},
        {900, "900"},
        {1023, "1023"},
        {1023.6, "1.0K"},
        {1024, "1.0K"},
        {1536, "1.5K"},
        {10.2 * 1024, "10.2K"},
        {99.9 * 1024, "99.9K"},
        {99.96 * 1024, "100K"},
        {188.0 * 1048576, "188M"},
        {1023.4 * 1048576, "1023M"},
        {1023.6 * 1048576, "1.0G"},
        {7.4e9, "6.9G"},
        {8589934592.0, "8.0G"},
        {3e12, "2.7T"},
        {18446744073709551615.0, "16384P"},
        {1e30, "-"},
    };
    expect(units_bytes, figures, ARRAY_SIZE(figures));
    expect_narrow(units_bytes, 6);
}
END_TEST

START_TEST(counts)
{
    static const struct figure figures[] = {
        {0, "0"},        {0.04, "0"},     {9, "9"},       {9.3, "9.3"},     {9.02, "9"},
        {9.96, "10"},    {188, "188"},    {999.4, "999"}, {999.6, "1.0k"},  {1900, "1.9k"},
        {9949, "9.9k"},  {9960, "10k"},   {12000, "12k"}, {999499, "999k"}, {999600, "1.0M"},
        {3.4e6, "3.4M"}, {1.8e19, "18E"}, {1e30, "-"},
    };
    expect(units_count, figures, ARRAY_SIZE(figures));
    expect_narrow(units_count, 4);
}
END_TEST

START_TEST(percents)
{
    static const struct figure figures[] = {
        {0, "0.0"},     {9.3, "9.3"},   {41, "41.0"},   {99.94, "99.9"},
        {99.96, "100"}, {188.2, "188"}, {1600, "1600"}, {1e7, "-"},
    };
    expect(units_percent, figures, ARRAY_SIZE(figures));
}
END_TEST

/* What is not half-way between two texts is rounded as printf rounds it. */
START_TEST(rounded_as_printf_does)
{
    for (double value = 0.017; value < 9000; value += 0.0971) {
        char text[UNITS_MAX], expected[32];
        units_percent(text, value);
        snprintf(expected, sizeof expected, "%.*f", value < 99.95 ? 1 : 0, value);
        ck_assert_str_eq(text, expected);
    }
}
END_TEST

START_TEST(durations)
{
    static const struct figure figures[] = {
        {0, "0s"},
        {9.9, "9s"},
        {59.99, "59s"},
        {60, "1m"},
        {720, "12m"},
        {3599, "59m"},
        {3600, "1h00"},
        {3 * 3600 + 4 * 60, "3h04"},
        {86399, "23h59"},
        {86400, "1d"},
        {41 * 86400.0, "41d"},
        {9998.9 * 86400, "9998d"},
        {10000 * 86400.0, "27y"},
        {1e30, "-"},
    };
    expect(units_duration, figures, ARRAY_SIZE(figures));
    expect_narrow(units_duration, 5);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("units");
    tcase_add_test(tests, bytes);
    tcase_add_test(tests, counts);
    tcase_add_test(tests, percents);
    tcase_add_test(tests, rounded_as_printf_does);
    tcase_add_test(tests, durations);
    Suite *suite = suite_create("base_units");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
