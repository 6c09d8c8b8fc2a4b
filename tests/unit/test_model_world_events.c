/* What the world tells as events: changes, arrivals, kills, sources that come and go. */
#include <check.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "test_model_world_rig.h"

START_TEST(changes_of_state_are_events)
{
    struct guest *guest = facts(VM, 1, "db", "1", 0);
    row(VM, 1, STATE_RUNNING, 1, 2);
    ck_assert_uint_eq(events(), 0); /* it was so before we looked */
    ck_assert_int_eq(guest->state_since_ns, 0);
    world_row(world, VM, 1, STATE_OFF, "shut down", NULL, NULL, AT(4), AT(1000));
    ck_assert_uint_eq(events(), 1);
    ck_assert_str_eq(newest()->text, "off: shut down");
    ck_assert_str_eq(newest()->name, "db");
    ck_assert_int_eq(newest()->kind, EVENT_STATE);
    ck_assert_int_eq(newest()->wall_ns, AT(1000));
    ck_assert(guest_id_equal(&newest()->id, &guest->id));
    ck_assert_int_eq(guest->state_since_ns, AT(4));
    row(VM, 1, STATE_OFF, 0, 6);
    ck_assert_uint_eq(events(), 1);
    ck_assert_ptr_null(guest->reason);
}
END_TEST

static void hits(uint64_t kills, uint64_t memory, uint64_t tasks, int at)
{
    struct sample sample = {.at_ns = AT(at)};
    sample_set(&sample, FIELD_MEM_LIMIT, UINT64_C(1) << 30);
    sample_set(&sample, FIELD_OOM_KILLS, kills);
    sample_set(&sample, FIELD_MEM_LIMIT_HITS, memory);
    sample_set(&sample, FIELD_PIDS_LIMIT_HITS, tasks);
    world_row(world, CT, 1, STATE_RUNNING, NULL, NULL, &sample, AT(at), AT(at));
}

START_TEST(kills_and_limits_are_events_when_they_grow)
{
    struct guest *guest = facts(CT, 1, "a", "1", 0);
    hits(3, 7, 9, 1); /* before we looked */
    size_t before = event_log_count(world_events(world));
    hits(4, 7, 9, 2);
    ck_assert_str_eq(newest()->text, "OOM kill, memory limit 1.0G");
    ck_assert_int_eq(newest()->grade, EVENT_BAD);
    row(CT, 1, STATE_RUNNING, 1, 3); /* a tick that did not look */
    ck_assert_double_eq(guest->metrics.value[METRIC_OOM_KILLS], 4);
    hits(6, 7, 9, 4);
    ck_assert_str_eq(newest()->text, "OOM kill, memory limit 1.0G (3 times in 2 s)");
    hits(6, 8, 11, 5);
    ck_assert_str_eq(newest()->text, "limit of tasks hit (2 times)");
    ck_assert_uint_eq(event_log_count(world_events(world)), before + 3);
    /* At its limit all the time: one line, until it was quiet. */
    for (int i = 6; i < 60; i++)
        hits(6, 3 + (uint64_t)i, 11, i);
    ck_assert_uint_eq(event_log_count(world_events(world)), before + 3);
    ck_assert_str_eq(event_log_get(world_events(world), 1)->text,
                     "memory limit hit: 1.0G (55 times in 54 s)");
    hits(6, 99, 11, 125);
    ck_assert_uint_eq(event_log_count(world_events(world)), before + 4);
    /* Another life counts anew. */
    facts(CT, 1, "a", "2", 126);
    hits(0, 0, 0, 127);
    hits(0, 0, 0, 128);
    ck_assert_str_eq(newest()->text, "started anew");
}
END_TEST

START_TEST(events_say_the_reason_and_how_bad_it_is)
{
    static const struct {
        enum guest_state state;
        const char *reason, *text;
        enum event_grade grade;
    } steps[] = {
        {STATE_PAUSED, "I/O error", "paused: I/O error", EVENT_BAD},
        {STATE_RUNNING, NULL, "resumed", EVENT_CALM},
        {STATE_PAUSED, "frozen", "paused: frozen", EVENT_CALM},
        {STATE_OFF, "destroyed", "off: destroyed", EVENT_CALM},
        {STATE_STARTING, NULL, "starting", EVENT_CALM},
        {STATE_RUNNING, NULL, "started", EVENT_CALM},
        {STATE_CRASHED, NULL, "crashed", EVENT_BAD},
        {STATE_BROKEN, "junk in line 3", "broken: junk in line 3", EVENT_WARN},
    };

    facts(VM, 1, "db", "1", 0);
    row(VM, 1, STATE_RUNNING, 1, 2);
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        world_row(world, VM, 1, steps[i].state, steps[i].reason, NULL, NULL, AT(3 + (int)i), AT(9));
        ck_assert_uint_eq(events(), i + 1);
        ck_assert_str_eq(newest()->text, steps[i].text);
        ck_assert_int_eq(newest()->grade, steps[i].grade);
    }
    /* What a worker says in words. */
    world_event(world, EVENT_STATE, NULL, "db", "no space left on disk vda", AT(20));
    ck_assert_int_eq(newest()->grade, EVENT_BAD);
    world_event(world, EVENT_STATE, NULL, "db", "snapshot made", AT(20));
    ck_assert_int_eq(newest()->grade, EVENT_CALM);
    /* Libraries complain a lot. */
    world_event(world, EVENT_LOG, NULL, "db", "error: nothing", AT(20));
    ck_assert_int_eq(newest()->grade, EVENT_CALM);
}
END_TEST

START_TEST(who_hangs_is_told_once)
{
    facts(VM, 1, "db", "1", 0);
    blame(1, "QEMU stopped", 1); /* so it was when we first looked */
    ck_assert_uint_eq(events(), 0);
    blame(1, NULL, 2);
    ck_assert_str_eq(newest()->text, "answers again");
    ck_assert_int_eq(newest()->grade, EVENT_GOOD);
    blame(1, "QEMU stopped", 3);
    ck_assert_str_eq(newest()->text, "QEMU stopped");
    ck_assert_int_eq(newest()->grade, EVENT_BAD);
    blame(1, "monitor silent for 3 s", 4);
    ck_assert_uint_eq(events(), 2);
}
END_TEST

START_TEST(not_to_know_is_no_change)
{
    struct guest *guest = facts(VM, 1, "db", "1", 0);
    row(VM, 1, STATE_PAUSED, 1, 2);
    row(VM, 1, STATE_RUNNING, 1, 4);
    row(VM, 1, STATE_UNKNOWN, 1, 6);
    row(VM, 1, STATE_RUNNING, 1, 8);
    ck_assert_uint_eq(events(), 1);
    ck_assert_int_eq(guest->state_since_ns, AT(4));
    row(VM, 1, STATE_UNKNOWN, 1, 10);
    row(VM, 1, STATE_OFF, 1, 12); /* it went off meanwhile */
    ck_assert_uint_eq(events(), 2);
    ck_assert_str_eq(newest()->text, "off");
    world_row(world, VM, 1, (enum guest_state)99, NULL, NULL, NULL, AT(14), AT(14));
    ck_assert_int_eq(guest->state, STATE_UNKNOWN);
}
END_TEST

START_TEST(arrivals_are_events_once_the_list_was_complete)
{
    facts(VM, 1, "first", "1", 1);
    world_gone(world, VM, 1, AT(1), AT(1));
    facts(VM, 2, "second", "1", 1);
    ck_assert_uint_eq(events(), 0);
    world_source_answered(world, VM, AT(2), AT(2));
    struct guest *guest = facts(VM, 3, "third", "1", 3);
    ck_assert_str_eq(newest()->text, "defined");
    ck_assert_str_eq(newest()->name, "third");
    row(VM, 3, STATE_RUNNING, 1, 4);
    ck_assert_int_eq(guest->state_since_ns, AT(4));
    world_gone(world, VM, 3, AT(5), AT(5));
    ck_assert_str_eq(newest()->text, "gone");
    ck_assert_str_eq(newest()->id.key, "third");
    struct facts passing = {.handle = 4, .key = (char *)"t", .persistent = 0};
    world_facts(world, VM, &passing, AT(6), AT(6));
    ck_assert_str_eq(newest()->text, "appeared");
    ck_assert_uint_eq(events(), 3);
    ck_assert_uint_eq(world_guest_count(world), 2);
}
END_TEST

START_TEST(sources_tell_what_becomes_of_them)
{
    source_is(VM, SOURCE_UP, NULL, 1);
    ck_assert_uint_eq(events(), 0); /* that is what was expected */
    source_is(VM, SOURCE_LOST, "connection reset", 5);
    ck_assert_str_eq(newest()->text, "lost: connection reset");
    ck_assert_str_eq(newest()->name, VM);
    ck_assert_int_eq(newest()->kind, EVENT_SOURCE);
    ck_assert(!guest_id_is_set(&newest()->id));
    ck_assert_int_eq(world_source(world, VM)->since_ns, AT(5));
    for (int i = 6; i < 20; i++) /* attempts are no news */
        source_is(VM, i % 2 ? SOURCE_LOST : SOURCE_CONNECTING, "refused", i);
    ck_assert_uint_eq(events(), 1);
    source_is(VM, SOURCE_UP, NULL, 21);
    ck_assert_str_eq(newest()->text, "up again");
    ck_assert_ptr_null(world_source(world, VM)->error);
    ck_assert_uint_eq(events(), 2);
    source_is(CT, SOURCE_ABSENT, "no liblxc here", 22);
    ck_assert_str_eq(newest()->text, "absent: no liblxc here");
    source_is("nowhere", SOURCE_UP, NULL, 1);
    ck_assert_uint_eq(events(), 3);
}
END_TEST

START_TEST(a_restarted_daemon_is_news_for_a_while)
{
    const struct source *source = world_source(world, VM);
    int64_t age = -1;

    ck_assert(!source_was_restarted(source, AT(1000), &age));
    size_t before = event_log_count(world_events(world));
    world_source_daemon(world, VM, AT(942), AT(1000), AT(5000));
    world_source_daemon(world, VM, AT(942), AT(1001), AT(5001));
    ck_assert_uint_eq(event_log_count(world_events(world)), before + 1);
    ck_assert_str_eq(newest()->text, "libvirtd was restarted");
    ck_assert_int_eq(newest()->kind, EVENT_SOURCE);
    ck_assert_int_eq(newest()->wall_ns, AT(4942)); /* when it was, not when we heard of it */
    ck_assert(source_was_restarted(source, AT(1000), &age));
    ck_assert_int_eq(age, AT(58));
    ck_assert(!source_was_restarted(source, AT(942 + 901), &age));
    ck_assert_int_eq(age, AT(58));

    /* Long ago: known, but no news. */
    world_source_daemon(world, CT, AT(10), AT(2000), AT(6000));
    ck_assert_uint_eq(event_log_count(world_events(world)), before + 1);
    ck_assert_int_eq(world_source(world, CT)->restarted_ns, AT(10));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_world_events");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, changes_of_state_are_events);
    tcase_add_test(tests, kills_and_limits_are_events_when_they_grow);
    tcase_add_test(tests, events_say_the_reason_and_how_bad_it_is);
    tcase_add_test(tests, who_hangs_is_told_once);
    tcase_add_test(tests, not_to_know_is_no_change);
    tcase_add_test(tests, arrivals_are_events_once_the_list_was_complete);
    tcase_add_test(tests, sources_tell_what_becomes_of_them);
    tcase_add_test(tests, a_restarted_daemon_is_news_for_a_while);
    Suite *suite = suite_create("model_world_events");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
