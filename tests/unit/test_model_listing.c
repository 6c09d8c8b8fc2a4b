#include "model/listing.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/filter.h"
#include "model/problem.h"

#define T NS_PER_S

static struct world *world;
static struct listing listing;

static void set_up(void)
{
    world = world_new(NS_PER_S);
    world_add_source(world, "libvirt:qemu:///system", false);
    world_add_source(world, "lxc:/var/lib/lxc", false);
    listing = (struct listing){0};
}

static void tear_down(void)
{
    listing_clear(&listing);
    world_free(world);
}

/* CPU in percent, negative: unknown; the first letter of KEY says the kind. */
static struct guest *add(uint32_t handle, const char *key, const char *name, double cpu)
{
    bool container = key[0] == 'c';
    const char *source = container ? "lxc:/var/lib/lxc" : "libvirt:qemu:///system";
    struct facts facts = {.handle = handle,
                          .key = (char *)key,
                          .name = (char *)name,
                          .kind = container ? KIND_CONTAINER : KIND_MACHINE};
    world_facts(world, source, &facts, T, T);
    for (int i = 1; i <= 2; i++) {
        struct sample sample = {.at_ns = i * T};
        if (cpu >= 0)
            sample_set(&sample, FIELD_CPU, (uint64_t)(i * cpu * 1e7));
        world_row(world, source, handle, STATE_RUNNING, NULL, NULL, &sample, i * T, i * T);
    }
    return world_find_handle(world, source, handle);
}

static const char *order(int key, bool inverted, enum listing_kinds kinds, const char *filter)
{
    static char text[512];
    struct query *query = filter ? query_new(filter, NULL) : NULL;
    listing_build(&listing, world, kinds, query,
                  (struct listing_order){.key = key, .inverted = inverted}, 2 * T);
    query_free(query);
    text[0] = '\0';
    for (size_t i = 0; i < listing.count; i++) {
        if (i > 0)
            strcat(text, " ");
        strcat(text, listing.rows[i]->facts.name);
    }
    return text;
}

START_TEST(sort_keys_have_names)
{
    for (int i = 0; i < SORT_KEY_COUNT; i++)
        ck_assert_int_eq(sort_key_from_name(sort_key_name(i)), i);
    ck_assert_int_eq(sort_key_from_name("cpu_percent"), METRIC_CPU);
    ck_assert_int_eq(sort_key_from_name("rx"), METRIC_NET_RX);
    ck_assert_int_eq(sort_key_from_name("nonsense"), SORT_KEY_COUNT);
    ck_assert_str_eq(sort_key_name(-1), "");
}
END_TEST

START_TEST(figures_descend_and_unknown_is_last)
{
    add(1, "a", "mid", 20);
    add(2, "b", "none2", -1);
    add(3, "d", "top", 90);
    add(4, "e", "None1", -1);
    add(1, "c1", "low", 0);
    ck_assert_str_eq(order(METRIC_CPU, false, LIST_BOTH, NULL), "top mid low None1 none2");
    ck_assert_str_eq(order(METRIC_CPU, true, LIST_BOTH, NULL), "low mid top None1 none2");
    ck_assert_str_eq(order(METRIC_NET_RX, false, LIST_BOTH, NULL), "low mid None1 none2 top");
    ck_assert_str_eq(order(-7, false, LIST_BOTH, NULL), "low mid None1 none2 top");
}
END_TEST

static const char *with_problems_first(int key, bool inverted)
{
    static char text[512];
    const struct listing_order order = {.key = key, .inverted = inverted, .problems_first = true};

    listing_build(&listing, world, LIST_BOTH, NULL, order, 2 * T);
    text[0] = '\0';
    for (size_t i = 0; i < listing.count; i++) {
        strcat(text, i > 0 ? " " : "");
        strcat(text, listing.rows[i]->facts.name);
    }
    return text;
}

START_TEST(what_idles_holds_its_place)
{
    static const struct listing_order calm = {.key = METRIC_CPU, .calm = true};
    static const char *const names[] = {"more", "hog", "one", "idle1", "idle2"};
    add(1, "a", "idle2", 0.9);
    add(2, "b", "idle1", 0.1);
    add(3, "d", "more", 101);
    add(4, "e", "one", 1.1);
    add(1, "c1", "hog", 99.6);
    listing_build(&listing, world, LIST_BOTH, NULL, calm, 2 * T);
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(listing.rows[i]->facts.name, names[i]);
    ck_assert_str_eq(order(METRIC_CPU, false, LIST_BOTH, NULL), "more hog one idle2 idle1");
}
END_TEST

START_TEST(problems_come_first)
{
    struct guest *hung = add(3, "d", "hung", 5);

    add(1, "a", "busy", 90);
    add(2, "b", "idle", 1);
    add(4, "e", "dead", 3);
    add(5, "f", "dead2", 4);
    add(1, "c1", "odd", 2);
    const char *vm = "libvirt:qemu:///system";
    world_row(world, vm, 3, STATE_RUNNING, NULL, "QEMU stopped", NULL, 2 * T, 2 * T);
    world_row(world, vm, 4, STATE_CRASHED, NULL, NULL, NULL, 2 * T, 2 * T);
    world_row(world, vm, 5, STATE_CRASHED, NULL, NULL, NULL, 2 * T, 2 * T);
    world_row(world, "lxc:/var/lib/lxc", 1, STATE_BROKEN, NULL, NULL, NULL, 2 * T, 2 * T);
    ck_assert_str_eq(with_problems_first(METRIC_CPU, false), "hung dead dead2 odd busy idle");
    /* Whatever the sort; it only orders what is wrong in the same way. */
    ck_assert_str_eq(with_problems_first(SORT_NAME, true), "hung dead2 dead odd idle busy");
    problem_acknowledge(world, hung, 2 * T);
    ck_assert_str_eq(with_problems_first(METRIC_CPU, false), "dead dead2 odd busy hung idle");
    /* Data come in the order that was asked for. */
    ck_assert_str_eq(order(SORT_NAME, false, LIST_BOTH, NULL), "busy dead dead2 hung idle odd");
}
END_TEST

START_TEST(texts_ascend_without_regard_to_case)
{
    add(1, "a", "beta", 1);
    add(2, "b", "Alpha", 2);
    add(3, "d", "alpine", 3);
    ck_assert_str_eq(order(SORT_NAME, false, LIST_BOTH, NULL), "Alpha alpine beta");
    ck_assert_str_eq(order(SORT_NAME, true, LIST_BOTH, NULL), "beta alpine Alpha");
}
END_TEST

START_TEST(equals_are_ordered_by_id)
{
    add(1, "z", "same", 5);
    add(2, "y", "same", 5);
    add(3, "x", "same", 5);
    order(METRIC_CPU, false, LIST_BOTH, NULL);
    ck_assert_str_eq(listing.rows[0]->id.key, "x");
    ck_assert_str_eq(listing.rows[2]->id.key, "z");
    order(METRIC_CPU, true, LIST_BOTH, NULL); /* against the figures, not against the names */
    ck_assert_str_eq(listing.rows[0]->id.key, "x");
    struct guest_id id = {.source = (char *)"libvirt:qemu:///system", .key = (char *)"y"};
    ck_assert_int_eq(listing_find(&listing, &id), 1);
    id.key = (char *)"w";
    ck_assert_int_eq(listing_find(&listing, &id), -1);
}
END_TEST

START_TEST(kinds_are_counted_before_the_filter)
{
    add(1, "m1", "web", 1);
    add(2, "m2", "db", 2);
    add(1, "c1", "web-ct", 3);
    ck_assert_str_eq(order(METRIC_CPU, false, LIST_MACHINES, "web"), "web");
    ck_assert_uint_eq(listing.total, 2);
    ck_assert_str_eq(order(METRIC_CPU, false, LIST_CONTAINERS, ""), "web-ct");
    ck_assert_uint_eq(listing.total, 1);
    ck_assert_str_eq(order(METRIC_CPU, false, LIST_BOTH, "WEB"), "web-ct web");
    ck_assert_str_eq(order(METRIC_CPU, false, LIST_BOTH, "nothing"), "");
    ck_assert_uint_eq(listing.total, 3);
}
END_TEST

START_TEST(addresses_are_numbers)
{
    static const char *const addresses[] = {"10.0.0.10", "fe80::1", NULL, "10.0.0.9", "rubbish"};
    static const char *const names[] = {"ten", "six", "none", "nine", "odd"};
    for (uint32_t i = 0; i < 5; i++) {
        struct facts facts = {.handle = i,
                              .key = (char *)names[i],
                              .name = (char *)names[i],
                              .addresses = {(char *)addresses[i]}};
        world_facts(world, "libvirt:qemu:///system", &facts, T, T);
    }
    ck_assert_str_eq(order(SORT_ADDRESS, false, LIST_BOTH, NULL), "nine ten six none odd");
    ck_assert_str_eq(order(SORT_ADDRESS, true, LIST_BOTH, NULL), "six ten nine none odd");
}
END_TEST

START_TEST(texts_are_looked_for_in_all_that_names_a_guest)
{
    struct guest *guest = add(1, "0c2f-UUID",
                              "\xc3\x89"
                              "cole-01",
                              1);
    guest->facts.title = (char *)"Mail of the school";
    guest->facts.addresses[0] = (char *)"10.0.3.21";
    guest->reason = (char *)"no space left";
    ck_assert(guest_holds(guest, "\xc3\xa9"
                                 "COLE"));
    ck_assert(guest_holds(guest, "school"));
    ck_assert(guest_holds(guest, "3.21"));
    ck_assert(guest_holds(guest, "RUNNING"));
    ck_assert(guest_holds(guest, "no space"));
    ck_assert(guest_holds(guest, "uuid"));
    ck_assert(guest_holds(guest, "libvirt:qemu:///system#0c2f-UUID"));
    ck_assert(!guest_holds(guest, "system")); /* it would match every machine */
    ck_assert(!guest_holds(guest, "cole-011"));
    ck_assert(!guest_holds(guest, "lxc#0c2f"));
    guest->facts.title = guest->facts.addresses[0] = guest->reason = NULL;
}
END_TEST

START_TEST(cases_fold)
{
    ck_assert_int_eq(text_compare_folded("Abc", "aBC"), 0);
    ck_assert_int_lt(text_compare_folded("ab", "abc"), 0);
    ck_assert_int_gt(text_compare_folded("b", "Abc"), 0);
    ck_assert_int_eq(text_compare_folded("\xce\xa3\xd0\x96\xd0\x81\xc5\xbd\xc4\x80",
                                         "\xcf\x83\xd0\xb6\xd1\x91\xc5\xbe\xc4\x81"),
                     0);
    ck_assert_int_ne(text_compare_folded("\xc3\x97", "\xc3\xb7"), 0); /* times and divided by */
}
END_TEST

START_TEST(an_empty_world_is_an_empty_list)
{
    ck_assert_str_eq(order(METRIC_CPU, false, LIST_BOTH, "x"), "");
    ck_assert_uint_eq(listing.total, 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_listing");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, sort_keys_have_names);
    tcase_add_test(tests, figures_descend_and_unknown_is_last);
    tcase_add_test(tests, what_idles_holds_its_place);
    tcase_add_test(tests, problems_come_first);
    tcase_add_test(tests, texts_ascend_without_regard_to_case);
    tcase_add_test(tests, equals_are_ordered_by_id);
    tcase_add_test(tests, kinds_are_counted_before_the_filter);
    tcase_add_test(tests, addresses_are_numbers);
    tcase_add_test(tests, texts_are_looked_for_in_all_that_names_a_guest);
    tcase_add_test(tests, cases_fold);
    tcase_add_test(tests, an_empty_world_is_an_empty_list);
    Suite *suite = suite_create("model_listing");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
