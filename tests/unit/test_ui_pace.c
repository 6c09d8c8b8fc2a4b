/* When the screen is drawn, told the time. */
#include "ui/pace.h"

#include <check.h>
#include <stdlib.h>

#include "base/clock.h"

#define MS NS_PER_MS
#define PERIOD (1000 * MS)
#define BEGIN (100 * PERIOD + 300 * MS) /* between two ticks */
#define LATER (110 * PERIOD)            /* a tick when the start is over */

static struct pace begun(void)
{
    struct pace pace;

    pace_init(&pace, BEGIN, PERIOD);
    ck_assert(pace_is_due(&pace, BEGIN));
    pace_drawn(&pace, BEGIN, PERIOD, false);
    ck_assert(!pace_is_due(&pace, BEGIN));
    return pace;
}

/* Drawn last at the regular moment of the tick LATER, with its figures. */
static struct pace going(void)
{
    struct pace pace = begun();

    pace_drawn(&pace, LATER - 1, PERIOD, false);
    int64_t at = pace_next(&pace);
    ck_assert(at > LATER && at < LATER + PERIOD);
    ck_assert(pace_sorts(&pace, at, PERIOD));
    pace_drawn(&pace, at, PERIOD, false);
    return pace;
}

START_TEST(a_tick_is_drawn_once)
{
    struct pace pace = going();
    int64_t next = pace_next(&pace);

    ck_assert_int_eq(next % PERIOD, pace.drawn_ns % PERIOD);
    ck_assert_int_eq(next - pace.drawn_ns, PERIOD);
    /* Its figures come in time: nobody draws before. */
    pace_fed(&pace, true, LATER + PERIOD + 20 * MS, PERIOD);
    ck_assert_int_eq(pace_next(&pace), next);
    ck_assert(pace_is_due(&pace, next));
    ck_assert(pace_sorts(&pace, next, PERIOD));
    ck_assert(!pace_sorts(&pace, next, PERIOD));
}
END_TEST

START_TEST(what_is_late_or_no_figure_is_drawn_soon)
{
    struct pace pace = going();
    int64_t now = LATER + 400 * MS;

    pace_fed(&pace, true, now, PERIOD);
    ck_assert_int_gt(pace_next(&pace), now);
    ck_assert_int_lt(pace_next(&pace), now + 50 * MS);

    pace = going();
    now = LATER + PERIOD + 10 * MS; /* before the regular moment */
    pace_fed(&pace, false, now, PERIOD);
    ck_assert_int_lt(pace_next(&pace), now + 50 * MS);
}
END_TEST

START_TEST(at_the_start_it_is_drawn_as_it_comes_and_sorted)
{
    struct pace pace = begun();
    int64_t now = BEGIN + 500 * MS;

    pace_fed(&pace, true, now, PERIOD);
    ck_assert_int_lt(pace_next(&pace), now + 10 * MS);
    ck_assert(pace_sorts(&pace, now + 10 * MS, PERIOD));
    ck_assert(pace_sorts(&pace, now + 10 * MS, PERIOD));
}
END_TEST

START_TEST(a_flood_is_drawn_as_often_as_one_can_see)
{
    struct pace pace = going();
    int draws = 0;

    for (int64_t now = LATER + 200 * MS; now < LATER + 500 * MS; now += MS) {
        pace_output(&pace, now);
        if (!pace_is_due(&pace, now))
            continue;
        ck_assert(!pace_sorts(&pace, now, PERIOD));
        pace_drawn(&pace, now, PERIOD, false);
        draws++;
    }
    ck_assert_int_ge(draws, 5);
    ck_assert_int_le(draws, 11);
}
END_TEST

START_TEST(a_frozen_screen_waits_to_be_asked)
{
    struct pace pace = going();

    pace_drawn(&pace, LATER + 300 * MS, PERIOD, true);
    ck_assert_int_eq(pace_next(&pace), INT64_MAX);
    ck_assert(!pace_is_due(&pace, LATER + 5 * PERIOD));
    pace_answer(&pace, LATER + 5 * PERIOD);
    ck_assert(pace_is_due(&pace, LATER + 5 * PERIOD + 50 * MS));
    pace.wanted = true;
    ck_assert(pace_is_due(&pace, LATER));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ui_pace");
    TCase *tests = tcase_create("pace");
    SRunner *runner = srunner_create(suite);

    tcase_add_test(tests, a_tick_is_drawn_once);
    tcase_add_test(tests, what_is_late_or_no_figure_is_drawn_soon);
    tcase_add_test(tests, at_the_start_it_is_drawn_as_it_comes_and_sorted);
    tcase_add_test(tests, a_flood_is_drawn_as_often_as_one_can_see);
    tcase_add_test(tests, a_frozen_screen_waits_to_be_asked);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
