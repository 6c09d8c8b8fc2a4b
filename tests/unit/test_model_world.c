#include "model/world.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/action.h"
#include "test_model_world_rig.h"

static const char *stale(const struct guest *guest, int at, int *since)
{
    static char why[128];
    int64_t since_ns = -1;
    if (!world_stale(world, guest, AT(at), why, sizeof(why), &since_ns))
        return "fresh";
    if (since)
        *since = (int)(since_ns / NS_PER_S);
    return why;
}

START_TEST(guests_are_found_by_id_and_handle)
{
    struct guest *a = facts(VM, 1, "aaa", "1", 1);
    struct guest *b = facts(CT, 1, "web", "1", 1);
    ck_assert_ptr_ne(a, b);
    ck_assert_uint_eq(world_guest_count(world), 2);
    ck_assert_ptr_eq(world_guest_at(world, 0), a);
    ck_assert_ptr_eq(world_guest_at(world, 1), b);
    ck_assert_ptr_null(world_guest_at(world, 2));
    ck_assert_ptr_eq(world_find(world, &b->id), b);
    struct guest_id id = {.source = (char *)VM, .key = (char *)"web"};
    ck_assert_ptr_null(world_find(world, &id));
    ck_assert_ptr_null(world_find(world, &(struct guest_id){0}));
    ck_assert_ptr_null(world_find_handle(world, VM, 2));
    ck_assert_ptr_null(world_find_handle(world, "nowhere", 1));

    ck_assert_ptr_eq(facts(VM, 1, "aaa", "1", 2), a); /* again */
    ck_assert_uint_eq(world_guest_count(world), 2);
    ck_assert_ptr_null(facts("nowhere", 1, "x", "1", 1));
    ck_assert_ptr_null(facts(VM, 9, "", "1", 1));
    row(VM, 77, STATE_RUNNING, 1, 1); /* never introduced */
    world_gone(world, VM, 77, AT(1), AT(1));
    ck_assert_uint_eq(world_guest_count(world), 2);
}
END_TEST

START_TEST(a_handle_names_one_guest)
{
    struct guest *a = facts(VM, 1, "aaa", "1", 1);
    struct guest *b = facts(VM, 1, "bbb", "1", 1); /* a confused worker */
    ck_assert_ptr_ne(a, b);
    ck_assert_ptr_eq(world_find_handle(world, VM, 1), b);
    facts(VM, 5, "bbb", "1", 2);
    ck_assert_ptr_eq(world_find_handle(world, VM, 5), b);
    ck_assert_ptr_null(world_find_handle(world, VM, 1));
}
END_TEST

START_TEST(strings_are_clean_at_the_door)
{
    struct facts hostile = {.handle = 1,
                            .key = (char *)"k\x1b",
                            .life = (char *)"l\x1b",
                            .name = (char *)"n\x1b]0;x\a",
                            .title = (char *)"t\xc2\x9b",
                            .type = (char *)"q\n",
                            .manager = (char *)"m\r",
                            .addresses = {(char *)"\x1b[2J"},
                            .io_error_disk = (char *)"v\x1b"};
    world_facts(world, VM, &hostile, AT(1), AT(1));
    world_row(world, VM, 1, STATE_PAUSED, "r\x1b", "b\x1b", NULL, AT(1), AT(1));
    source_is(VM, SOURCE_LOST, "e\x1b", 1);
    world_event(world, EVENT_LOG, NULL, "who\x1b", "what\x1b", AT(1));
    const struct guest *guest = world_guest_at(world, 0);
    const char *const shown[] = {guest->facts.name,
                                 guest->facts.title,
                                 guest->facts.type,
                                 guest->facts.manager,
                                 guest->facts.addresses[0],
                                 guest->facts.io_error_disk,
                                 guest->reason,
                                 guest->blame,
                                 world_source(world, VM)->error,
                                 newest()->name,
                                 newest()->text};
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        for (const char *c = shown[i]; *c; c++)
            ck_assert_msg((unsigned char)*c >= 0x20 && *c != 0x7f, "text %zu", i);
        ck_assert_ptr_null(strstr(shown[i], "\xc2\x9b"));
    }
    ck_assert_str_eq(guest->id.key, "k\x1b");
    ck_assert_str_eq(guest->facts.life, "l\x1b");
    world_add_source(world, "lxc:\x1b[2J", false);
    ck_assert_ptr_null(strchr(world_source_at(world, 2)->name, 0x1b));
    ck_assert_ptr_nonnull(world_source(world, "lxc:\x1b[2J"));
}
END_TEST

START_TEST(rates_come_with_the_second_row)
{
    struct guest *guest = facts(VM, 1, "a", "1", 0);
    double value;
    row(VM, 1, STATE_RUNNING, 10, 2);
    ck_assert(!guest_metric(guest, METRIC_CPU, AT(2), &value));
    row(VM, 1, STATE_RUNNING, 11, 4);
    ck_assert(guest_metric(guest, METRIC_CPU, AT(4), &value));
    ck_assert_double_eq_tol(value, 50, 1e-9);
    ck_assert(guest_metric(guest, METRIC_AGE, AT(7), &value));
    ck_assert_double_eq_tol(value, 3, 1e-9);
    row(VM, 1, STATE_RUNNING, 99, 4); /* the same instant says nothing new */
    ck_assert(guest_metric(guest, METRIC_CPU, AT(4), &value));
    ck_assert_double_eq_tol(value, 50, 1e-9);
    row(VM, 1, STATE_RUNNING, 99, 3);
    ck_assert_int_eq(guest->cur.at_ns, AT(4));

    struct sample future = {.at_ns = INT64_MAX};
    world_row(world, VM, 1, STATE_RUNNING, NULL, NULL, &future, AT(5), AT(5));
    ck_assert_int_eq(guest->cur.at_ns, AT(4));
    float past[2];
    history_read(guest->history, METRIC_CPU, AT(2), AT(6), past, 2);
    ck_assert_float_eq_tol(past[0], 50, 0.1f);
    ck_assert(isnan(past[1]));
}
END_TEST

START_TEST(another_life_has_no_past)
{
    struct guest *guest = facts(VM, 1, "a", "life 1", 0);
    double value;
    row(VM, 1, STATE_RUNNING, 10, 2);
    row(VM, 1, STATE_RUNNING, 11, 4);
    facts(VM, 1, "a", "life 2", 6);
    ck_assert(!guest_metric(guest, METRIC_CPU, AT(6), &value));
    ck_assert(!guest_metric(guest, METRIC_MEM_HOST, AT(6), &value));
    ck_assert_str_eq(newest()->text, "started anew");
    row(VM, 1, STATE_RUNNING, 500, 6); /* more than before, yet no rate */
    ck_assert(!guest_metric(guest, METRIC_CPU, AT(6), &value));
    row(VM, 1, STATE_RUNNING, 502, 8);
    ck_assert(guest_metric(guest, METRIC_CPU, AT(8), &value));
    ck_assert_double_eq_tol(value, 100, 1e-9);
    float past[6];
    history_read(guest->history, METRIC_MEM_HOST, AT(2), AT(8), past, 6);
    ck_assert(!isnan(past[1]) && isnan(past[2]) && !isnan(past[5]));
}
END_TEST

START_TEST(off_has_no_figures)
{
    struct guest *guest = facts(VM, 1, "a", "1", 0);
    double value;
    row(VM, 1, STATE_RUNNING, 10, 2);
    row(VM, 1, STATE_RUNNING, 11, 4);
    row(VM, 1, STATE_OFF, 12, 6);
    ck_assert_uint_eq(guest->metrics.valid, 0);
    ck_assert_int_eq(guest->cur.at_ns, 0);
    ck_assert(!guest_metric(guest, METRIC_AGE, AT(6), &value));
    row(VM, 1, STATE_RUNNING, 13, 8);
    ck_assert(!guest_metric(guest, METRIC_CPU, AT(8), &value));
    struct world_totals totals;
    world_totals(world, &totals);
    ck_assert_int_eq(totals.cpu_known, 0);
    ck_assert_int_eq(totals.mem_known, 1);
}
END_TEST

START_TEST(a_long_silence_is_no_rate)
{
    struct guest *guest = facts(VM, 1, "a", "1", 0);
    row(VM, 1, STATE_RUNNING, 10, 2);
    row(VM, 1, STATE_RUNNING, 11, 4);
    row(VM, 1, STATE_RUNNING, 60, 100);
    double value;
    ck_assert(!guest_metric(guest, METRIC_CPU, AT(100), &value));
    ck_assert(guest_metric(guest, METRIC_MEM_HOST, AT(100), &value));
    float past[49];
    history_read(guest->history, METRIC_MEM_HOST, AT(2), AT(100), past, 49);
    ck_assert(!isnan(past[0]) && isnan(past[24]) && !isnan(past[48]));
}
END_TEST

START_TEST(restarted_workers_find_their_guests_again)
{
    facts(VM, 1, "stays", "1", 1);
    facts(VM, 2, "leaves", "1", 1);
    facts(CT, 1, "other", "1", 1);
    world_source_answered(world, VM, AT(1), AT(1));
    struct guest *stays = world_find_handle(world, VM, 1);
    stays->marked = true;
    row(VM, 1, STATE_RUNNING, 10, 2);
    world_source_restarted(world, VM);
    world_source_restarted(world, CT);
    ck_assert_ptr_null(world_find_handle(world, VM, 1));
    ck_assert_uint_eq(world_guest_count(world), 3);
    ck_assert_ptr_eq(facts(VM, 1, "fresh", "1", 3), world_find_handle(world, VM, 1));
    ck_assert_ptr_eq(facts(VM, 2, "stays", "1", 3), stays); /* another handle, the same guest */
    row(VM, 2, STATE_RUNNING, 12, 4);
    double value;
    ck_assert(guest_metric(stays, METRIC_CPU, AT(4), &value)); /* the same life goes on */
    ck_assert_double_eq_tol(value, 100, 1e-9);
    world_source_answered(world, VM, AT(5), AT(5));
    ck_assert_uint_eq(world_guest_count(world), 3);
    ck_assert(stays->marked);
    ck_assert_str_eq(newest()->text, "gone");
    ck_assert_str_eq(newest()->name, "leaves");
    world_source_answered(world, VM, AT(6), AT(6));
    ck_assert_uint_eq(world_guest_count(world), 3);
    world_source_answered(world, CT, AT(7), AT(7)); /* it had to answer for itself */
    ck_assert_uint_eq(world_guest_count(world), 2);
}
END_TEST

/* A worker that dies, the silence until another answers, another life: all of it is in one history.
 */
START_TEST(history_outlives_what_befalls_a_guest)
{
    struct guest *guest = facts(VM, 1, "a", "1", 0);
    world_source_answered(world, VM, AT(1), AT(1));
    row(VM, 1, STATE_RUNNING, 10, 2);
    row(VM, 1, STATE_RUNNING, 11, 4);
    source_is(VM, SOURCE_LOST, "gone", 5);
    world_source_restarted(world, VM);
    ck_assert_ptr_eq(facts(VM, 9, "a", "1", 60), guest);
    world_source_answered(world, VM, AT(60), AT(60));
    row(VM, 9, STATE_RUNNING, 40, 62);
    row(VM, 9, STATE_RUNNING, 41, 64);
    row(VM, 9, STATE_OFF, 41, 66);
    facts(VM, 9, "a", "2", 80);
    row(VM, 9, STATE_RUNNING, 1, 82);
    row(VM, 9, STATE_RUNNING, 2, 84);
    struct history_slice slices[42];
    history_slices(guest->history, METRIC_CPU, AT(2), AT(86), slices, 42);
    for (int i = 0; i < 42; i++) {
        bool known = i == 0 || i == 30 || i == 40;
        ck_assert_msg(known == !isnan(slices[i].average), "second %d", 2 + 2 * i);
        if (known)
            ck_assert_float_eq_tol(slices[i].average, 50, 0.2f);
    }
    ck_assert_int_eq(history_oldest(guest->history), AT(2));
}
END_TEST

START_TEST(stale_names_the_culprit)
{
    int since = 0;
    struct guest *guest = facts(VM, 1, "a", "1", 0);
    source_is(VM, SOURCE_UP, NULL, 0);
    world_source_answered(world, VM, AT(0), AT(0));
    row(VM, 1, STATE_RUNNING, 1, 10);
    ck_assert_str_eq(stale(guest, 15, NULL), "fresh");
    ck_assert_str_eq(stale(guest, 16, &since), "no new figures");
    ck_assert_int_eq(since, 10);

    source_is(VM, SOURCE_LOST, "hangs", 17);
    ck_assert_str_eq(stale(guest, 18, &since), "libvirtd lost");
    ck_assert_int_eq(since, 10);
    row(VM, 1, STATE_RUNNING, 1, 18); /* the kernel does not need libvirtd */
    ck_assert_str_eq(stale(guest, 19, NULL), "fresh");
    source_is(VM, SOURCE_LATE, NULL, 25);
    ck_assert_str_eq(stale(guest, 26, &since), "own worker late");
    ck_assert_int_eq(since, 18);
    source_is(VM, SOURCE_CONNECTING, NULL, 30);
    ck_assert_str_eq(stale(guest, 31, NULL), "connecting again");

    source_is(VM, SOURCE_UP, NULL, 40);
    row(VM, 1, STATE_RUNNING, 1, 40);
    blame(1, "monitor silent 3 s", 41);
    blame(1, "monitor silent 4 s", 42);
    ck_assert_str_eq(stale(guest, 42, &since), "monitor silent 4 s");
    ck_assert_int_eq(since, 41);
    ck_assert(guest_is_stale(guest, AT(42), AT(2)));
    blame(1, NULL, 43);
    ck_assert_str_eq(stale(guest, 43, NULL), "fresh");
}
END_TEST

START_TEST(off_is_stale_only_with_its_source)
{
    struct guest *guest = facts(VM, 1, "a", "", 0);
    source_is(VM, SOURCE_UP, NULL, 0);
    world_source_answered(world, VM, AT(0), AT(0));
    row(VM, 1, STATE_OFF, 0, 2);
    ck_assert_str_eq(stale(guest, 1000, NULL), "fresh");
    source_is(VM, SOURCE_LOST, "gone", 1001);
    ck_assert_str_eq(stale(guest, 1002, NULL), "libvirtd lost");
    source_is(VM, SOURCE_CONNECTING, NULL, 1003);
    ck_assert_str_eq(stale(guest, 1004, NULL), "connecting again");
    source_is(VM, SOURCE_UP, NULL, 1005);
    ck_assert_str_eq(stale(guest, 1006, NULL), "fresh");
}
END_TEST

START_TEST(totals_say_what_they_rest_on)
{
    facts(VM, 1, "a", "1", 0);
    facts(VM, 2, "b", "1", 0);
    struct facts container = {.handle = 1, .key = (char *)"c", .kind = KIND_CONTAINER};
    world_facts(world, CT, &container, AT(0), AT(0));
    row(VM, 1, STATE_RUNNING, 10, 2);
    row(VM, 1, STATE_RUNNING, 12, 4);
    row(VM, 2, STATE_PAUSED, 10, 4);
    row(CT, 1, STATE_RUNNING, 10, 4);
    world_guest_at(world, 1)->marked = true;
    struct world_totals totals;
    world_totals(world, &totals);
    ck_assert_int_eq(totals.machines, 2);
    ck_assert_int_eq(totals.machines_running, 1);
    ck_assert_int_eq(totals.containers, 1);
    ck_assert_int_eq(totals.containers_running, 1);
    ck_assert_int_eq(totals.marked, 1);
    ck_assert_int_eq(totals.cpu_known, 1);
    ck_assert_double_eq_tol(totals.cpu_percent, 100, 1e-9);
    ck_assert(totals.cpu_since_ns == world_guest_at(world, 0)->cur.at_ns);
    ck_assert_int_eq(totals.mem_known, 3);
    ck_assert_double_eq_tol(totals.mem_host_bytes, 3000, 1e-9);
}
END_TEST

/* Guests come, go, change and are renamed at random: what is found by handle is found by id. */
START_TEST(tables_agree)
{
    srand(11);
    for (int step = 1; step < 60000; step++) {
        uint32_t handle = (uint32_t)rand() % 50;
        char key[16];
        snprintf(key, sizeof(key), "g%d", rand() % 40);
        const char *source = rand() % 2 ? VM : CT;
        switch (rand() % 8) {
        case 0:
            world_gone(world, source, handle, AT(step), AT(step));
            break;
        case 1:
            if (rand() % 20 == 0)
                world_source_restarted(world, source);
            else if (rand() % 10 == 0)
                world_source_answered(world, source, AT(step), AT(step));
            break;
        case 2:
        case 3:
            facts(source, handle, key, rand() % 2 ? "x" : "", step);
            break;
        default:
            row(source, handle, (enum guest_state)(rand() % STATE_COUNT), (uint64_t)step, step);
        }
        ck_assert_uint_le(world_guest_count(world), 80);
        size_t index = (size_t)rand() % (world_guest_count(world) + 1);
        struct guest *guest = world_guest_at(world, index);
        if (guest)
            ck_assert_ptr_eq(world_find(world, &guest->id), guest);
        struct guest *bound = world_find_handle(world, source, handle);
        if (bound)
            ck_assert(bound->facts.handle == handle && strcmp(bound->id.source, source) == 0);
    }
    ck_assert_uint_eq(events(), 10000);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_world");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, guests_are_found_by_id_and_handle);
    tcase_add_test(tests, a_handle_names_one_guest);
    tcase_add_test(tests, strings_are_clean_at_the_door);
    tcase_add_test(tests, rates_come_with_the_second_row);
    tcase_add_test(tests, another_life_has_no_past);
    tcase_add_test(tests, off_has_no_figures);
    tcase_add_test(tests, a_long_silence_is_no_rate);
    tcase_add_test(tests, restarted_workers_find_their_guests_again);
    tcase_add_test(tests, history_outlives_what_befalls_a_guest);
    tcase_add_test(tests, stale_names_the_culprit);
    tcase_add_test(tests, off_is_stale_only_with_its_source);
    tcase_add_test(tests, totals_say_what_they_rest_on);
    tcase_add_test(tests, tables_agree);
    Suite *suite = suite_create("model_world");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
