/* The parts of the selected guest: what the world keeps of them, and the rates it makes. */
#include "model/part.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/world.h"

#define VM "libvirt:qemu:///system"
#define AT(seconds) ((int64_t)((seconds)*1e9))

static struct world *world;

static struct guest *facts(struct world *where, uint32_t handle, const char *key, const char *life)
{
    struct facts facts = {
        .handle = handle, .key = (char *)key, .name = (char *)key, .life = (char *)life};

    world_facts(where, VM, &facts, AT(1), AT(1));
    return world_find_handle(where, VM, handle);
}

static void set_up(void)
{
    world = world_new(2 * NS_PER_S);
    world_add_source(world, VM, true);
    facts(world, 1, "aaa", "1");
    facts(world, 2, "bbb", "1");
}

static void tear_down(void)
{
    world_free(world);
}

static struct guest *guest(uint32_t handle)
{
    return world_find_handle(world, VM, handle);
}

static struct part *add(struct parts *parts, const char *name, double at, uint64_t read)
{
    struct part *part = parts_add(parts, PART_DISK, 0, name);

    part->at_ns = AT(at);
    part_set(part, PART_FIELD_READ, read);
    return part;
}

static void report(struct parts *parts, uint32_t handle, double now)
{
    world_parts(world, VM, handle, parts, AT(now));
    parts_clear(parts);
}

static double rate(size_t index, enum part_field field)
{
    const struct parts *parts = world_parts_of(world, guest(1));
    double value;

    ck_assert_ptr_nonnull(parts);
    ck_assert_uint_lt(index, parts->count);
    return world_part_rate(world, &parts->part[index], field, &value) ? value : -1;
}

START_TEST(rates_are_made_part_by_part)
{
    struct parts parts = {0};

    ck_assert_ptr_null(world_parts_of(world, guest(1)));
    add(&parts, "vda", 10, 1000);
    add(&parts, "vdb", 10, 5000);
    report(&parts, 1, 10);
    ck_assert_uint_eq(world_parts_of(world, guest(1))->count, 2);
    ck_assert_ptr_null(world_parts_of(world, guest(2)));
    ck_assert_double_eq(rate(0, PART_FIELD_READ), -1);

    /* In another order, with one that is new. */
    add(&parts, "vdc", 12, 70);
    add(&parts, "vdb", 12, 9000);
    add(&parts, "vda", 12, 1000);
    report(&parts, 1, 12);
    ck_assert_double_eq(rate(0, PART_FIELD_READ), -1);
    ck_assert_double_eq(rate(1, PART_FIELD_READ), 2000);
    ck_assert_double_eq(rate(2, PART_FIELD_READ), 0);
    ck_assert_double_eq(rate(2, PART_FIELD_WRITE), -1); /* nobody said it */
}
END_TEST

/* A monitor is asked less often than the kernel: what it said is said again until it says more. */
START_TEST(a_measurement_that_is_repeated_keeps_its_rate)
{
    struct parts parts = {0};

    add(&parts, "vda", 10, 1000);
    report(&parts, 1, 10);
    add(&parts, "vda", 15, 6000);
    report(&parts, 1, 15);
    ck_assert_double_eq(rate(0, PART_FIELD_READ), 1000);
    add(&parts, "vda", 15, 6000);
    report(&parts, 1, 17);
    ck_assert_double_eq(rate(0, PART_FIELD_READ), 1000);
    add(&parts, "vda", 20, 6000);
    report(&parts, 1, 19);
    ck_assert_double_eq(rate(0, PART_FIELD_READ), 0);
}
END_TEST

START_TEST(no_rate_where_there_can_be_none)
{
    struct parts parts = {0};

    add(&parts, "vda", 10, 1000);
    add(&parts, "vdb", 10, 1000);
    add(&parts, "vdc", 10, 1000);
    add(&parts, "vdd", 10, 1000);
    report(&parts, 1, 10);
    add(&parts, "vda", 12, 999);                  /* went back */
    add(&parts, "vdb", 10.01, 1001);              /* too near */
    add(&parts, "vdc", 26, 1001);                 /* too far */
    add(&parts, "vdd", 12, UINT64_MAX)->number++; /* another one */
    report(&parts, 1, 26);
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq(rate(i, PART_FIELD_READ), -1);

    struct part stray = world_parts_of(world, guest(1))->part[0];
    double value;
    ck_assert(!world_part_rate(world, &stray, PART_FIELD_READ, &value));
}
END_TEST

START_TEST(gauges_have_no_rate)
{
    struct parts parts = {0};

    part_set(add(&parts, "m", 10, 0), PART_FIELD_RSS, 5);
    report(&parts, 1, 10);
    part_set(add(&parts, "m", 12, 0), PART_FIELD_RSS, 9);
    report(&parts, 1, 12);
    ck_assert_double_eq(rate(0, PART_FIELD_RSS), -1);
    for (int i = 0; i < PART_FIELD_COUNT; i++)
        ck_assert_int_eq(part_field_from_name(part_field_name((enum part_field)i)), i);
    ck_assert_int_eq(part_field_from_name("quarks"), PART_FIELD_COUNT);
    ck_assert_str_eq(part_field_name(PART_FIELD_COUNT), "");
}
END_TEST

START_TEST(latency_is_time_by_operations)
{
    struct parts parts = {0};
    struct part *part = add(&parts, "vda", 10, 0);
    double value;

    part_set(part, PART_FIELD_READ_OPS, 10);
    part_set(part, PART_FIELD_READ_NS, 1000);
    part_set(part, PART_FIELD_WRITE_OPS, 7);
    part_set(part, PART_FIELD_WRITE_NS, 7);
    report(&parts, 1, 10);
    part = add(&parts, "vda", 12, 0);
    part_set(part, PART_FIELD_READ_OPS, 14);
    part_set(part, PART_FIELD_READ_NS, 9000);
    part_set(part, PART_FIELD_WRITE_OPS, 7);
    part_set(part, PART_FIELD_WRITE_NS, 7);
    report(&parts, 1, 12);
    const struct part *now = world_parts_of(world, guest(1))->part;
    ck_assert(world_part_latency(world, now, PART_FIELD_READ_NS, PART_FIELD_READ_OPS, &value));
    ck_assert_double_eq(value, 2000);
    ck_assert(!world_part_latency(world, now, PART_FIELD_WRITE_NS, PART_FIELD_WRITE_OPS, &value));
    ck_assert(!world_part_latency(world, now, PART_FIELD_FLUSH_NS, PART_FIELD_FLUSH_OPS, &value));
}
END_TEST

START_TEST(another_guest_or_life_drops_them)
{
    struct parts parts = {0};

    add(&parts, "vda", 10, 1000);
    report(&parts, 1, 10);
    facts(world, 1, "aaa", "2");
    ck_assert_ptr_null(world_parts_of(world, guest(1)));
    add(&parts, "vda", 12, 2000);
    report(&parts, 1, 12);
    ck_assert_double_eq(rate(0, PART_FIELD_READ), -1);

    add(&parts, "vda", 14, 3000);
    report(&parts, 2, 14);
    ck_assert_ptr_null(world_parts_of(world, guest(1)));
    add(&parts, "vda", 16, 4000);
    report(&parts, 1, 16);
    ck_assert_double_eq(rate(0, PART_FIELD_READ), -1);

    add(&parts, "vda", 18, 4000);
    report(&parts, 77, 18); /* nobody's */
    ck_assert_ptr_nonnull(world_parts_of(world, guest(1)));
    world_gone(world, VM, 1, AT(20), AT(20));
    ck_assert_ptr_null(world_parts_of(world, guest(2)));
}
END_TEST

START_TEST(what_a_child_says_is_not_believed)
{
    struct parts parts = {0};
    struct part *part = add(&parts, "\033[2Jvda", 1000, 5); /* of the future */

    part->words[0] = strdup("/srv/\033]0;x\007image");
    add(&parts, "vdb", 0, 5);
    for (uint32_t i = 0; i < PARTS_MAX; i++)
        parts_add(&parts, PART_PROCESS, i, NULL);
    report(&parts, 1, 10);
    const struct parts *seen = world_parts_of(world, guest(1));
    ck_assert_uint_eq(seen->count, PARTS_MAX);
    ck_assert_ptr_null(strchr(seen->part[0].name, '\033'));
    ck_assert_ptr_null(strchr(seen->part[0].words[0], '\007'));
    ck_assert(!part_has(&seen->part[0], PART_FIELD_READ));
    ck_assert(!part_has(&seen->part[1], PART_FIELD_READ));
    ck_assert_ptr_null(seen->part[5].name);
}
END_TEST

START_TEST(a_moment_that_stands_still_has_its_own)
{
    struct world *frozen = world_new(2 * NS_PER_S);
    struct parts parts = {0};
    double value;

    world_add_source(frozen, VM, true);
    facts(frozen, 9, "aaa", "1");
    world_parts_copy(frozen, world); /* nothing */
    add(&parts, "vda", 10, 1000);
    report(&parts, 1, 10);
    add(&parts, "vda", 12, 3000);
    report(&parts, 1, 12);
    world_parts_copy(frozen, world);
    add(&parts, "vda", 14, 3000);
    report(&parts, 1, 14);
    const struct parts *seen = world_parts_of(frozen, world_find_handle(frozen, VM, 9));
    ck_assert_ptr_nonnull(seen);
    ck_assert(world_part_rate(frozen, seen->part, PART_FIELD_READ, &value));
    ck_assert_double_eq(value, 1000);
    world_free(frozen);
}
END_TEST

START_TEST(kinds_are_kept_or_dropped)
{
    struct parts parts = {0};

    for (uint32_t i = 0; i < 20; i++)
        parts_add(&parts, (enum part_kind)(i % PART_KINDS), i, "x")->words[1] = strdup("w");
    parts_keep(&parts, PART_BIT(PART_LINK) | PART_BIT(PART_VCPU));
    ck_assert_uint_eq(parts.count, 6);
    ck_assert_uint_eq(parts.part[1].number, 2);
    parts_add(&parts, PART_LINK, 99, NULL);
    ck_assert_uint_eq(parts.part[6].number, 99);
    parts_clear(&parts);
    parts_clear(&parts);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parts");
    TCase *tc = tcase_create("world");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, rates_are_made_part_by_part);
    tcase_add_test(tc, a_measurement_that_is_repeated_keeps_its_rate);
    tcase_add_test(tc, no_rate_where_there_can_be_none);
    tcase_add_test(tc, gauges_have_no_rate);
    tcase_add_test(tc, latency_is_time_by_operations);
    tcase_add_test(tc, another_guest_or_life_drops_them);
    tcase_add_test(tc, what_a_child_says_is_not_believed);
    tcase_add_test(tc, a_moment_that_stands_still_has_its_own);
    tcase_add_test(tc, kinds_are_kept_or_dropped);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
