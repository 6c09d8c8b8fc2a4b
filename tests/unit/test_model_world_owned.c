/* QEMUs that the source "proc" sees, and libvirt sources may have. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/world.h"

#define VM "libvirt:qemu:///system"
#define SESSION "libvirt:qemu:///session"
#define FAR "libvirt:qemu+ssh://far/system"
#define A "6695eb01-f6a4-8304-79aa-97f2502e193f"
#define B "00000000-0000-0000-0000-00000000000b"

static struct world *world;

static void set_up(void)
{
    world = world_new(2 * NS_PER_S);
    world_add_source(world, "proc", false);
}

static void tear_down(void)
{
    world_free(world);
}

static void source_is(const char *source, enum source_state state)
{
    world_source_state(world, source, state, NULL, NULL, NULL, NS_PER_S, NS_PER_S);
}

static void answered(const char *source)
{
    source_is(source, SOURCE_UP);
    world_source_answered(world, source, NS_PER_S, NS_PER_S);
}

static void process(uint32_t handle, const char *key, const char *domain)
{
    struct facts facts = {.handle = handle,
                          .key = (char *)key,
                          .name = (char *)key,
                          .life = (char *)"1:1",
                          .domain = (char *)domain,
                          .persistent = -1};
    world_facts(world, "proc", &facts, NS_PER_S, NS_PER_S);
}

/* The row that the worker says of what it was told is needed. */
static void rows(void)
{
    uint32_t handles[8];
    size_t count = world_unowned(world, "proc", handles, 8);

    for (size_t i = 0; i < count; i++)
        world_row(world, "proc", handles[i], STATE_RUNNING, NULL, NULL, NULL, NS_PER_S, NS_PER_S);
}

static void domain(const char *source, uint32_t handle, const char *uuid)
{
    struct facts facts = {
        .handle = handle, .key = (char *)uuid, .name = (char *)uuid, .persistent = 1};
    world_facts(world, source, &facts, NS_PER_S, NS_PER_S);
}

/* The sources of what is shown after another tick, by their first letters and in order. */
static const char *shown(void)
{
    static char text[16];

    rows();
    size_t count = world_guest_count(world);

    ck_assert_uint_lt(count, sizeof(text));
    for (size_t i = 0; i < count; i++)
        text[i] = world_guest_at(world, i)->id.source[0];
    text[count] = '\0';
    ck_assert_ptr_null(world_guest_at(world, count));
    struct world_totals totals;
    world_totals(world, &totals);
    ck_assert_int_eq(totals.machines, (int)count);
    return text;
}

START_TEST(without_libvirt_all_are_shown)
{
    process(1, "12:34", NULL);
    process(2, A, A);
    ck_assert_str_eq(shown(), "pp");
    world_add_source(world, FAR, true); /* machines of another host */
    process(3, B, B);
    ck_assert_str_eq(shown(), "ppp");
    domain(FAR, 1, B);
    answered(FAR);
    ck_assert_str_eq(shown(), "pppl");
}
END_TEST

START_TEST(nothing_flashes_while_libvirt_has_not_answered)
{
    world_add_source(world, VM, true);
    process(1, "12:34", NULL);
    process(2, A, A);
    answered("proc");
    ck_assert_str_eq(shown(), "p");
    source_is(VM, SOURCE_UP);
    ck_assert_str_eq(shown(), "p");
    domain(VM, 1, A);
    answered(VM);
    ck_assert_str_eq(shown(), "pl");
    ck_assert_uint_eq(event_log_count(world_events(world)), 0);

    uint32_t handle;
    ck_assert_uint_eq(world_unowned(world, "proc", &handle, 1), 0);
    /* Who is hidden is nobody. */
    struct guest_id id = {.source = (char *)"proc", .key = (char *)A};
    ck_assert_ptr_null(world_find(world, &id));
}
END_TEST

START_TEST(what_no_libvirt_has_is_shown_once_all_have_answered_or_failed)
{
    world_add_source(world, VM, true);
    world_add_source(world, SESSION, false);
    process(1, A, A);
    process(2, B, B);
    domain(VM, 1, B);
    answered(VM);
    ck_assert_str_eq(shown(), "l");
    source_is(SESSION, SOURCE_ABSENT);
    ck_assert_str_eq(shown(), "lp");
    ck_assert_str_eq(world_guest_at(world, 1)->id.key, A);
    /* A daemon that is tried again and again makes no row flicker. */
    source_is(SESSION, SOURCE_CONNECTING);
    ck_assert_str_eq(shown(), "lp");
    domain(SESSION, 1, A);
    ck_assert_str_eq(shown(), "ll");
}
END_TEST

START_TEST(a_daemon_that_comes_later_takes_its_own)
{
    world_add_source(world, VM, true);
    source_is(VM, SOURCE_LOST);
    process(1, A, A);
    process(2, "12:34", NULL);
    process(3, B, B);
    ck_assert_str_eq(shown(), "ppp");
    struct guest_id id = {.source = (char *)"proc", .key = (char *)A};
    ck_assert_ptr_nonnull(world_find(world, &id));
    world_find(world, &id)->marked = true;
    domain(VM, 1, A);
    domain(VM, 2, B);
    ck_assert_str_eq(shown(), "pll");
    struct world_totals totals;
    world_totals(world, &totals);
    ck_assert_int_eq(totals.marked, 0);
    /* It has forgotten them (another daemon's state): they are still there. */
    world_gone(world, VM, 2, NS_PER_S, NS_PER_S);
    ck_assert_str_eq(shown(), "plp");
    world_source_restarted(world, VM);
    ck_assert_str_eq(shown(), "plp");
    world_source_answered(world, VM, NS_PER_S, NS_PER_S);
    ck_assert_str_eq(shown(), "ppp");
}
END_TEST

START_TEST(what_ends_with_its_domain_does_not_flash)
{
    world_add_source(world, VM, true);
    domain(VM, 1, A);
    answered(VM);
    answered("proc");
    process(1, A, A);
    world_gone(world, VM, 1, NS_PER_S, NS_PER_S);
    ck_assert_uint_eq(world_guest_count(world), 0);
    uint32_t handle = 0;
    ck_assert_uint_eq(world_unowned(world, "proc", &handle, 1), 1);
    ck_assert_uint_eq(handle, 1);
    world_gone(world, "proc", 1, NS_PER_S, NS_PER_S);
    ck_assert_str_eq(shown(), "");
    ck_assert_uint_eq(event_log_count(world_events(world)), 1); /* libvirt's */
}
END_TEST

START_TEST(hidden_ones_come_and_go_without_a_word)
{
    world_add_source(world, VM, true);
    domain(VM, 1, A);
    answered(VM);
    answered("proc");
    process(1, A, A);
    process(2, "12:34", NULL);
    ck_assert_str_eq(shown(), "lp");
    ck_assert_uint_eq(event_log_count(world_events(world)), 1);
    ck_assert_str_eq(event_log_get(world_events(world), 0)->text, "appeared");
    world_row(world, "proc", 1, STATE_RUNNING, NULL, NULL, NULL, NS_PER_S, NS_PER_S);
    world_row(world, "proc", 1, STATE_OFF, NULL, NULL, NULL, NS_PER_S, NS_PER_S);
    world_gone(world, "proc", 1, NS_PER_S, NS_PER_S);
    ck_assert_uint_eq(event_log_count(world_events(world)), 1);
    ck_assert_str_eq(shown(), "lp");
    world_gone(world, "proc", 2, NS_PER_S, NS_PER_S);
    ck_assert_str_eq(shown(), "l");
    ck_assert_uint_eq(event_log_count(world_events(world)), 2);
}
END_TEST

START_TEST(a_worker_that_is_started_anew_keeps_them_hidden)
{
    world_add_source(world, VM, true);
    domain(VM, 1, A);
    answered(VM);
    process(1, A, A);
    process(2, B, B);
    answered("proc");
    ck_assert_str_eq(shown(), "lp");
    world_source_restarted(world, "proc");
    process(7, A, A);
    world_source_answered(world, "proc", NS_PER_S, NS_PER_S);
    ck_assert_str_eq(shown(), "l");
    ck_assert_str_eq(event_log_get(world_events(world), 0)->text, "gone");
}
END_TEST

START_TEST(proc_is_quiet_unless_it_was_asked_for)
{
    ck_assert(source_is_quiet(world_source(world, "proc")));
    source_is("proc", SOURCE_UP);
    ck_assert(source_is_quiet(world_source(world, "proc")));
    source_is("proc", SOURCE_LATE);
    ck_assert(!source_is_quiet(world_source(world, "proc")));
    source_is("proc", SOURCE_UP);
    world_add_source(world, "proc", true);
    ck_assert(!source_is_quiet(world_source(world, "proc")));
    world_add_source(world, VM, false);
    ck_assert(!source_is_quiet(world_source(world, VM)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model world owned");
    TCase *tcase = tcase_create("owned");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, without_libvirt_all_are_shown);
    tcase_add_test(tcase, nothing_flashes_while_libvirt_has_not_answered);
    tcase_add_test(tcase, what_no_libvirt_has_is_shown_once_all_have_answered_or_failed);
    tcase_add_test(tcase, a_daemon_that_comes_later_takes_its_own);
    tcase_add_test(tcase, what_ends_with_its_domain_does_not_flash);
    tcase_add_test(tcase, hidden_ones_come_and_go_without_a_word);
    tcase_add_test(tcase, a_worker_that_is_started_anew_keeps_them_hidden);
    tcase_add_test(tcase, proc_is_quiet_unless_it_was_asked_for);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
