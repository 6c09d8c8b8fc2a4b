/* The log of events: what happens again is counted and floods nothing. */
// sources: src/model/event.c src/model/id.c src/model/state.c
#include "model/event.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

static struct event_log *log_;

static void set_up(void)
{
    log_ = event_log_new(100);
}

static void tear_down(void)
{
    event_log_free(log_);
}

static void add(const char *key, const char *topic, const char *text, uint32_t times, int64_t at_s)
{
    struct event event = {.wall_ns = at_s * NS_PER_S,
                          .kind = EVENT_STATE,
                          .times = times,
                          .id = {.source = (char *)"lxc:/a", .key = (char *)key},
                          .name = (char *)key,
                          .topic = (char *)topic,
                          .text = (char *)text};

    event_log_add(log_, &event);
}

static const char *text_of(size_t index)
{
    return event_log_get(log_, index)->text;
}

START_TEST(what_happens_again_is_one_line_with_its_count)
{
    add("a", "balloon", "balloon 1G", 1, 100);
    ck_assert_str_eq(text_of(0), "balloon 1G");
    for (int i = 1; i < 50; i++)
        add("a", "balloon", i % 2 ? "balloon 2G" : "balloon 1G", 1, 100 + i);
    ck_assert_uint_eq(event_log_count(log_), 1);
    ck_assert_str_eq(text_of(0), "balloon 2G (50 times in 49 s)");
    ck_assert_int_eq(event_log_get(log_, 0)->wall_ns, 100 * NS_PER_S);
    ck_assert_int_eq(event_log_get(log_, 0)->last_ns, 149 * NS_PER_S);
    add("a", "OOM", "OOM kill", 3, 150);
    ck_assert_str_eq(text_of(0), "OOM kill (3 times)");
    ck_assert_str_eq(text_of(1), "balloon 2G (50 times in 49 s)");
}
END_TEST

START_TEST(other_guests_other_topics_and_none_stay_apart)
{
    add("a", "device vda", "added", 1, 1);
    add("a", "device vdb", "added", 1, 1);
    add("b", "device vda", "added", 1, 1);
    add("a", NULL, "paused", 1, 1);
    add("a", NULL, "paused", 1, 1);
    ck_assert_uint_eq(event_log_count(log_), 5);
}
END_TEST

START_TEST(after_a_quiet_minute_or_a_long_hour_or_a_freeze_it_is_news)
{
    add("a", "t", "x", 1, 0);
    add("a", "t", "x", 1, 60);
    ck_assert_uint_eq(event_log_count(log_), 1);
    add("a", "t", "x", 1, 121); /* 61 s after the last */
    ck_assert_uint_eq(event_log_count(log_), 2);
    add("a", "t", "x", 1, 100); /* a clock that was put back */
    ck_assert_uint_eq(event_log_count(log_), 3);
    for (int at = 101; at <= 100 + 3600 + 50; at += 50)
        add("a", "t", "x", 1, at);
    ck_assert_uint_eq(event_log_count(log_), 4);
    event_log_seal(log_);
    add("a", "t", "x", 1, 3750);
    ck_assert_uint_eq(event_log_count(log_), 5);
    ck_assert_str_eq(text_of(0), "x");
}
END_TEST

START_TEST(the_worst_grade_stays)
{
    struct event event = {.wall_ns = 1, .topic = (char *)"t", .text = (char *)"x"};

    event.grade = EVENT_BAD;
    event_log_add(log_, &event);
    event.grade = EVENT_CALM;
    event_log_add(log_, &event);
    ck_assert_int_eq(event_log_get(log_, 0)->grade, EVENT_BAD);
    ck_assert_str_eq(text_of(0), "x (2 times)");
}
END_TEST

/* Everything falls out in the end, and what fell out is never counted on. */
START_TEST(a_flood_of_all_kinds_stays_bounded)
{
    char key[8], topic[8];

    srand(1);
    for (int i = 0; i < 20000; i++) {
        snprintf(key, sizeof(key), "%d", rand() % 20);
        snprintf(topic, sizeof(topic), "%d", rand() % 20);
        add(key, rand() % 4 ? topic : NULL, "text", 1 + (uint32_t)(rand() % 3), i / 10);
        if (rand() % 500 == 0)
            event_log_seal(log_);
    }
    ck_assert_uint_eq(event_log_count(log_), 100);
    for (int i = 0; i < 100000; i++)
        add("a", "t", "storm", 1000, 5000);
    ck_assert_str_eq(text_of(0), "storm (100000000 times)");
    ck_assert_uint_eq(event_log_count(log_), 100);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("event");
    TCase *tests = tcase_create("log");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, what_happens_again_is_one_line_with_its_count);
    tcase_add_test(tests, other_guests_other_topics_and_none_stay_apart);
    tcase_add_test(tests, after_a_quiet_minute_or_a_long_hour_or_a_freeze_it_is_news);
    tcase_add_test(tests, the_worst_grade_stays);
    tcase_add_test(tests, a_flood_of_all_kinds_stays_bounded);
    suite_add_tcase(suite, tests);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
