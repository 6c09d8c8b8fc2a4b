#include "ui/view/span.h"

#include <check.h>
#include <stdlib.h>

#include "base/clock.h"

#define S NS_PER_S
#define COLUMNS 60

static struct span span;
static struct times times;

static void set_up(void)
{
    span_init(&span);
    times = (struct times){.now_ns = 10000 * S, .period_ns = 2 * S, .oldest_ns = 6500 * S};
}

static struct window window(void)
{
    return span_window(&span, &times, COLUMNS, 2);
}

static int64_t length(void)
{
    struct window at = window();
    return at.to_ns - at.from_ns;
}

static void move(int by)
{
    struct window at = window();
    span_move(&span, &times, &at, by);
}

static bool zoom(int by)
{
    struct window at = window();
    return span_zoom(&span, &times, &at, by);
}

START_TEST(it_goes_on_with_the_time)
{
    struct window before = window();
    ck_assert_int_eq(length(), 600 * S);
    ck_assert_int_ge(before.to_ns, times.now_ns - 2 * S);
    ck_assert_int_le(before.to_ns, times.now_ns + 10 * S);
    for (int i = 1; i <= 100; i++) {
        times.now_ns += S / 4;
        struct window after = window();
        int64_t moved = after.to_ns - before.to_ns;
        ck_assert(moved == 0 || moved == 5 * S); /* a whole point of two in ten seconds */
        before = after;
    }
    struct window now = window();
    ck_assert_int_eq(span_column(&span, &now), COLUMNS - 1);
}
END_TEST

START_TEST(columns_and_moments_agree)
{
    struct window at = window();
    ck_assert_int_eq(window_column_ns(&at, 0), at.from_ns);
    ck_assert_int_eq(window_column_ns(&at, COLUMNS), at.to_ns);
    for (int i = 0; i < COLUMNS; i++) {
        ck_assert_int_eq(window_column_of(&at, window_column_ns(&at, i)), i);
        ck_assert_int_eq(window_column_of(&at, window_column_ns(&at, i + 1) - 1), i);
    }
    ck_assert_int_eq(window_column_of(&at, at.from_ns - 1), -1);
    ck_assert_int_eq(window_column_of(&at, at.to_ns), -1);
}
END_TEST

START_TEST(the_cursor_stays_with_its_moment)
{
    move(-1);
    struct window at = window();
    ck_assert_int_eq(span_column(&span, &at), COLUMNS - 2);
    ck_assert_int_eq(span.end_ns, 0);
    int64_t moment = span.cursor_ns;
    times.now_ns += 100 * S; /* ten columns */
    at = window();
    ck_assert_int_eq(span_column(&span, &at), COLUMNS - 12);
    ck_assert_int_eq(span.cursor_ns, moment);
    move(11);
    at = window();
    ck_assert_int_eq(span_column(&span, &at), COLUMNS - 1);
    move(1);
    ck_assert_int_eq(span.cursor_ns, 0); /* the end is now */
    move(1);
    ck_assert_int_eq(span.cursor_ns, 0);
    move(-1);
    times.now_ns += 3600 * S; /* left behind */
    at = window();
    ck_assert_int_eq(span_column(&span, &at), 0);
}
END_TEST

START_TEST(it_reaches_as_far_as_is_known)
{
    span_to_oldest(&span, &times);
    struct window at = window();
    ck_assert_int_eq(window_column_of(&at, times.oldest_ns), span_column(&span, &at));
    ck_assert_int_ge(at.from_ns, times.oldest_ns - 10 * S);
    for (int i = 0; i < 5; i++)
        move(-COLUMNS);
    ck_assert_int_ge(span.cursor_ns, times.oldest_ns);
    at = window();
    ck_assert_int_ge(at.from_ns, times.oldest_ns - 10 * S);
    int64_t end = at.to_ns;
    times.now_ns += 50 * S; /* a look at the past stands still */
    at = window();
    ck_assert_int_eq(at.to_ns, end);
    for (int i = 0; i < 12; i++)
        move(COLUMNS / 2);
    ck_assert_int_eq(span.cursor_ns, 0);
    ck_assert_int_eq(span.end_ns, 0);
    span_to_oldest(&span, &times);
    span_to_now(&span);
    ck_assert_int_eq(span.cursor_ns, 0);
    ck_assert_int_eq(span.end_ns, 0);

    times.oldest_ns = 0; /* nothing is known */
    span_to_oldest(&span, &times);
    ck_assert_int_eq(span.cursor_ns, 0);
}
END_TEST

START_TEST(zoom_keeps_what_one_looks_at)
{
    int64_t moment = times.now_ns - 500 * S;
    span_move_to(&span, &times, moment);
    while (zoom(1)) {
        struct window at = window();
        ck_assert_int_eq(window_column_of(&at, moment), span_column(&span, &at));
    }
    ck_assert_int_eq(length(), 60 * S);
    while (zoom(-1)) {
        struct window at = window();
        ck_assert_int_eq(window_column_of(&at, moment), span_column(&span, &at));
    }
    ck_assert_int_eq(length(), 3600 * S);
    ck_assert_int_eq(span.end_ns, 0);
    span_to_now(&span);
    ck_assert(zoom(1));
    ck_assert_int_eq(span.end_ns, 0);
}
END_TEST

START_TEST(a_click_sets_it)
{
    struct window at = window();
    span_point(&span, &at, 7);
    ck_assert_int_eq(span_column(&span, &at), 7);
    span_point(&span, &at, COLUMNS - 1);
    ck_assert_int_eq(span.cursor_ns, 0);
}
END_TEST

/* Any row of moves leaves a window of the right length that has the cursor in it. */
START_TEST(nothing_leads_astray)
{
    srand(3);
    for (int i = 0; i < 20000; i++) {
        struct window at = window();
        switch (rand() % 8) {
        case 0:
            span_to_oldest(&span, &times);
            break;
        case 1:
            span_to_now(&span);
            break;
        case 2:
            span_point(&span, &at, rand() % COLUMNS);
            break;
        case 3:
            zoom(1);
            break;
        case 4:
            zoom(-1);
            break;
        case 5:
            times.now_ns += rand() % 30 * S / 7;
            break;
        default:
            move(rand() % 200 - 100);
        }
        at = window();
        int64_t slice = (at.to_ns - at.from_ns) / COLUMNS / 2;
        int column = span_column(&span, &at);
        ck_assert_int_ge(column, 0);
        ck_assert_int_lt(column, COLUMNS);
        ck_assert_int_le(llabs(at.to_ns - at.from_ns - span_length_ns(&span)), COLUMNS * 2);
        ck_assert_int_le(at.to_ns, times.now_ns + 2 * slice);
        ck_assert(!span.cursor_ns || span.cursor_ns >= times.oldest_ns - 2 * slice);
    }
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("ui_view_span");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, it_goes_on_with_the_time);
    tcase_add_test(tests, columns_and_moments_agree);
    tcase_add_test(tests, the_cursor_stays_with_its_moment);
    tcase_add_test(tests, it_reaches_as_far_as_is_known);
    tcase_add_test(tests, zoom_keeps_what_one_looks_at);
    tcase_add_test(tests, a_click_sets_it);
    tcase_add_test(tests, nothing_leads_astray);
    Suite *suite = suite_create("ui_view_span");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
