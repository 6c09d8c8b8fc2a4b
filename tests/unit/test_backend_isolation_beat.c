/* When guests' isolation is read and said. */
// sources: tests/unit/quiet_sink.c
#include "backend/isolation_beat.h"

#include <check.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define GUESTS 20

static unsigned said; /* how often */

void sink_isolation(struct sink *sink, uint32_t handle, const struct isolation_facts *facts)
{
    (void)sink, (void)handle, (void)facts;
    said++;
}

/* How many of GUESTS, of which the first SEEN are on the screen, are due in a tick at NOW;
 * SELECTED: -1 none. */
static int tick_of(struct isolation_turn *turns, const struct want *want, int seen, int selected,
                   int64_t now)
{
    struct isolation_beat beat;
    int due = 0;

    isolation_beat_begin(&beat, want, now);
    for (int i = 0; i < GUESTS; i++)
        due += isolation_beat_is_due(&beat, &turns[i],
                                     i == selected ? SIGHT_SELECTED
                                     : i < seen    ? SIGHT_VISIBLE
                                                   : SIGHT_HIDDEN);
    return due;
}

static int tick(struct isolation_turn *turns, const struct want *want, int selected, int64_t now)
{
    return tick_of(turns, want, GUESTS, selected, now);
}

START_TEST(a_few_a_tick_then_seldom)
{
    static const uint32_t visible[1] = {1};
    const struct want want = {.visible = visible, .visible_count = 1};
    struct isolation_turn turns[GUESTS] = {0};
    int64_t now = NS_PER_S;
    int left = GUESTS;

    while (left > 0) {
        int due = tick(turns, &want, -1, now);
        ck_assert_int_gt(due, 0);
        ck_assert_int_le(due, 12);
        left -= due;
        now += 2 * NS_PER_S;
    }
    ck_assert_int_eq(left, 0);
    ck_assert_int_eq(tick(turns, &want, -1, now), 0);
    /* The selected one sooner, whatever others wait. */
    ck_assert_int_eq(tick(turns, &want, GUESTS - 1, now + 30 * NS_PER_S), 0);
    ck_assert_int_eq(tick(turns, &want, GUESTS - 1, now + 60 * NS_PER_S), 1);
    ck_assert_int_eq(tick(turns, &want, -1, now + 700 * NS_PER_S), 2);
}
END_TEST

/* The first CPU of SET alone; false when it is the only one. */
static bool first_alone(const cpu_set_t *set, cpu_set_t *ret)
{
    CPU_ZERO(ret);
    for (size_t cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(ret); cpu++)
        if (CPU_ISSET(cpu, set))
            CPU_SET(cpu, ret);
    return CPU_COUNT(set) > 1;
}

static bool is_due(struct isolation_turn *turn, int64_t now)
{
    static const uint32_t visible[1] = {1};
    const struct want want = {.visible = visible, .visible_count = 1};
    struct isolation_beat beat;

    isolation_beat_begin(&beat, &want, now);
    isolation_beat_watch(&beat, turn, getpid());
    return isolation_beat_is_due(&beat, turn, SIGHT_VISIBLE);
}

START_TEST(at_once_where_it_may_run_elsewhere)
{
    struct isolation_turn turn = {0};
    cpu_set_t all, one;

    ck_assert_int_eq(sched_getaffinity(0, sizeof(all), &all), 0);
    ck_assert(is_due(&turn, NS_PER_S));
    ck_assert(!is_due(&turn, 20 * NS_PER_S));
    isolation_beat_hurry(&turn);
    ck_assert(is_due(&turn, 21 * NS_PER_S));
    ck_assert(!is_due(&turn, 40 * NS_PER_S));
    if (!first_alone(&all, &one)) {
        printf("SKIPPED: only one CPU\n");
        return;
    }
    ck_assert_int_eq(sched_setaffinity(0, sizeof(one), &one), 0);
    ck_assert(!is_due(&turn, 41 * NS_PER_S)); /* not looked at yet */
    ck_assert(is_due(&turn, 50 * NS_PER_S));
    ck_assert(!is_due(&turn, 60 * NS_PER_S));
    ck_assert_int_eq(sched_setaffinity(0, sizeof(all), &all), 0);
    ck_assert(is_due(&turn, 70 * NS_PER_S));
}
END_TEST

static int read_of(const struct isolation_turn *turns, int from, int end)
{
    int count = 0;

    for (int i = from; i < end; i++)
        count += turns[i].due_ns != 0;
    return count;
}

START_TEST(what_is_seen_does_not_wait_for_what_is_not)
{
    static const uint32_t visible[1] = {1};
    const struct want want = {.visible = visible, .visible_count = 1};
    struct isolation_turn turns[GUESTS] = {0};

    /* Those that are seen come last here. */
    for (int i = 0; i < GUESTS / 2; i++)
        turns[i].due_ns = NS_PER_S * 1000;
    int due = tick_of(turns, &want, 0, -1, NS_PER_S);
    ck_assert_int_gt(due, 0);
    ck_assert_int_lt(due, GUESTS / 2);
    memset(turns, 0, sizeof(turns));
    tick_of(turns, &want, 6, -1, NS_PER_S);
    ck_assert_int_eq(read_of(turns, 0, 6), 6);
    ck_assert_int_lt(read_of(turns, 6, GUESTS), 12);
}
END_TEST

START_TEST(all_at_once_where_nobody_looks)
{
    const struct want want = {0};
    struct isolation_turn turns[GUESTS] = {0};

    ck_assert_int_eq(tick(turns, &want, -1, NS_PER_S), GUESTS);
    ck_assert_int_eq(tick(turns, &want, -1, 2 * NS_PER_S), 0);
}
END_TEST

START_TEST(only_news_is_said)
{
    struct isolation_turn turn = {0};
    struct isolation_facts facts = {0};

    said = 0;
    isolation_beat_say(&turn, 1, &facts, NULL);
    isolation_beat_say(&turn, 1, &facts, NULL);
    ck_assert_uint_eq(said, 1);
    isolation_set_text(&facts, ISOLATION_FACT_SECCOMP, "off");
    isolation_beat_say(&turn, 1, &facts, NULL);
    isolation_beat_say(&turn, 1, &facts, NULL);
    ck_assert_uint_eq(said, 2);
    isolation_begin_list(&facts, ISOLATION_FACT_VFIO);
    isolation_beat_say(&turn, 1, &facts, NULL);
    ck_assert_uint_eq(said, 3);
    isolation_facts_clear(&facts);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend/isolation_beat");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, a_few_a_tick_then_seldom);
    tcase_add_test(tcase, at_once_where_it_may_run_elsewhere);
    tcase_add_test(tcase, what_is_seen_does_not_wait_for_what_is_not);
    tcase_add_test(tcase, all_at_once_where_nobody_looks);
    tcase_add_test(tcase, only_news_is_said);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
