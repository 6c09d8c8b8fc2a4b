/* Machines beside containers, and a sum that adds up. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "model/compare.h"
#include "model/world.h"

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)
#define LOCAL "libvirt:qemu:///system"
#define AWAY "libvirt:qemu+ssh://elsewhere/system"

static struct world *world;
static int64_t now_ns;

static void introduce(const char *source, uint32_t handle, const char *name, const char *type)
{
    struct facts facts = {.handle = handle,
                          .key = (char *)name,
                          .life = (char *)"1",
                          .name = (char *)name,
                          .type = (char *)type,
                          .kind = type[0] == 'l' ? KIND_CONTAINER : KIND_MACHINE};
    world_facts(world, source, &facts, now_ns, 0);
}

/* In two seconds it uses CPU_MS, and VIRT_MS of that around the guest. */
static void run(const char *source, uint32_t handle, uint64_t cpu_ms, uint64_t virt_ms,
                uint64_t host, uint64_t overhead, uint64_t boot_ms)
{
    for (int i = 0; i < 2; i++) {
        struct sample sample = {.at_ns = now_ns + i * 2 * NS_PER_S};
        sample_set(&sample, FIELD_CPU, 1000000 * cpu_ms * (uint64_t)i);
        sample_set(&sample, FIELD_CPU_VIRT, 1000000 * virt_ms * (uint64_t)i);
        sample_set(&sample, FIELD_MEM_HOST, host);
        if (overhead)
            sample_set(&sample, FIELD_MEM_OVERHEAD, overhead);
        if (boot_ms) {
            sample_set(&sample, FIELD_BOOT, boot_ms);
            sample_set(&sample, FIELD_READY, (uint64_t)i * 2000);
        }
        world_row(world, source, handle, STATE_RUNNING, NULL, NULL, &sample, sample.at_ns, 0);
    }
}

static void host(double cpu_seconds, uint64_t in_use)
{
    for (int i = 0; i < 2; i++) {
        struct host_sample *sample = calloc(1, sizeof(*sample));
        ck_assert_ptr_nonnull(sample);
        sample->at_ns = now_ns + i * 2 * NS_PER_S;
        sample->has_cpu = sample->has_memory = true;
        sample->cpus = 8;
        sample->total.user_ns = (uint64_t)(i * cpu_seconds * 1e9);
        sample->mem_total = 64 * GIB;
        sample->mem_free = 64 * GIB - in_use;
        world_host(world, sample);
        free(sample);
    }
}

static void set_up(void)
{
    now_ns = 100 * NS_PER_S;
    world = world_new(2 * NS_PER_S);
    world_add_source(world, LOCAL, false);
    world_add_source(world, AWAY, false);
    world_add_source(world, "lxc:/l", false);
}

static void tear_down(void)
{
    world_free(world);
}

static struct compare built(void)
{
    struct compare compare;
    compare_build(&compare, world, now_ns + 2 * NS_PER_S);
    return compare;
}

START_TEST(each_figure_rests_on_who_has_it)
{
    introduce(LOCAL, 1, "a", "kvm");
    introduce(LOCAL, 2, "b", "kvm");
    introduce(LOCAL, 3, "c", "kvm");
    introduce(LOCAL, 4, "e", "qemu");
    introduce(AWAY, 5, "far", "kvm");
    introduce("lxc:/l", 1, "l1", "lxc");
    run(LOCAL, 1, 200, 100, GIB, 100 * MIB, 0);
    run(LOCAL, 2, 200, 20, GIB, 300 * MIB, 0);
    run(LOCAL, 3, 200, 40, 2 * GIB, 0, 0);
    run(LOCAL, 4, 200, 2, GIB, 50 * MIB, 0);
    run(AWAY, 5, 2000, 1000, 9 * GIB, GIB, 0);
    run("lxc:/l", 1, 20, 0, 100 * MIB, 3 * MIB, 210);
    struct compare compare = built();

    const struct compare_side *kvm = &compare.side[COMPARE_KVM];
    ck_assert_int_eq(kvm->guests, 3);
    ck_assert_int_eq(kvm->value[COMPARE_OVERHEAD].count, 2);
    ck_assert_double_eq(kvm->value[COMPARE_OVERHEAD].median, 200.0 * MIB);
    ck_assert_double_eq(kvm->value[COMPARE_OVERHEAD].worst, 300.0 * MIB);
    ck_assert_str_eq(kvm->value[COMPARE_OVERHEAD].worst_guest->facts.name, "b");
    ck_assert_double_eq(kvm->value[COMPARE_OVERHEAD].total, 400.0 * MIB);
    ck_assert_int_eq(kvm->value[COMPARE_VIRT].count, 3);
    ck_assert_double_eq_tol(kvm->value[COMPARE_VIRT].median, 2, 1e-9);
    ck_assert_double_eq_tol(kvm->value[COMPARE_VIRT].total, 8, 1e-9);
    ck_assert_double_eq_tol(kvm->per_gib, 0.75, 1e-9);
    ck_assert_int_eq(kvm->value[COMPARE_DISK].count, 0);
    ck_assert_int_eq(kvm->value[COMPARE_BOOT].count, 0);
    ck_assert_int_eq(compare.side[COMPARE_EMULATED].value[COMPARE_VIRT].count, 1);
    const struct compare_side *lxc = &compare.side[COMPARE_LXC];
    ck_assert_int_eq(lxc->value[COMPARE_BOOT].count, 1);
    ck_assert_double_eq(lxc->value[COMPARE_BOOT].median, 210);
    ck_assert_int_eq(lxc->value[COMPARE_REQUEST].count, 0);
}
END_TEST

START_TEST(nothing_is_no_figure)
{
    struct compare compare = built();
    int64_t a, b, c;

    for (int i = 0; i < COMPARE_KINDS; i++) {
        ck_assert_int_eq(compare.side[i].guests, 0);
        ck_assert(isnan(compare.side[i].per_gib));
        for (int f = 0; f < COMPARE_COUNT; f++) {
            ck_assert_int_eq(compare.side[i].value[f].count, 0);
            ck_assert(isnan(compare.side[i].value[f].median));
        }
    }
    ck_assert(!compare_round(&compare.cpu, 10, &a, &b, &c));
    ck_assert(!compare_round(&compare.mem, 1, &a, &b, &c));
}
END_TEST

START_TEST(old_figures_do_not_count)
{
    introduce("lxc:/l", 1, "l1", "lxc");
    run("lxc:/l", 1, 20, 1, 100 * MIB, 3 * MIB, 0);
    struct compare compare;
    compare_build(&compare, world, now_ns + 60 * NS_PER_S);
    ck_assert_int_eq(compare.side[COMPARE_LXC].value[COMPARE_OVERHEAD].count, 0);
    ck_assert_int_eq(compare.cpu.live, 1);
    ck_assert_int_eq(compare.cpu.known, 0);
    ck_assert(isnan(compare.cpu.guests));
}
END_TEST

START_TEST(the_sum_adds_up_as_shown)
{
    introduce(LOCAL, 1, "a", "kvm");
    introduce("lxc:/l", 1, "l1", "lxc");
    run(LOCAL, 1, 333, 100, 3 * GIB + 12345678, 0, 0);
    run("lxc:/l", 1, 111, 0, 77 * MIB, 0, 0);
    host(0.777, 9 * GIB + 999);
    struct compare compare = built();
    int64_t guests, other, machine;

    ck_assert_double_eq_tol(compare.cpu.guests, 22.2, 1e-9);
    ck_assert_double_eq_tol(compare.cpu.machine, 38.85, 1e-9);
    for (double scale = 0.01; scale < 1e6; scale *= 3) {
        ck_assert(compare_round(&compare.cpu, scale, &guests, &other, &machine));
        ck_assert_int_eq(guests + other, machine);
    }
    ck_assert(compare_round(&compare.mem, 1, &guests, &other, &machine));
    ck_assert_int_eq(guests, (int64_t)(3 * GIB + 12345678 + 77 * MIB));
    ck_assert_int_eq(machine, (int64_t)(9 * GIB + 999));
    ck_assert_int_eq(other, machine - guests);
    /* A coarser clock says less than the guests used: said as it is. */
    struct compare_sum skewed = {.guests = 50.04, .machine = 49.96};
    ck_assert(compare_round(&skewed, 10, &guests, &other, &machine));
    ck_assert_int_eq(guests, 500);
    ck_assert_int_eq(other, 0);
    ck_assert(compare_round(&skewed, 100, &guests, &other, &machine));
    ck_assert_int_eq(other, -8);
}
END_TEST

START_TEST(starts_are_counted_once)
{
    introduce("lxc:/l", 1, "l1", "lxc");
    struct guest *guest = world_find_handle(world, "lxc:/l", 1);
    guest_asked(guest, ACTION_START, now_ns - 350 * NS_PER_MS);
    run("lxc:/l", 1, 20, 0, MIB, 0, 210); /* ready as it was first looked at */
    struct compare compare = built();
    ck_assert_int_eq(compare.side[COMPARE_LXC].value[COMPARE_BOOT].count, 1);
    ck_assert_int_eq(compare.side[COMPARE_LXC].value[COMPARE_REQUEST].count, 1);
    ck_assert_double_eq_tol(compare.side[COMPARE_LXC].value[COMPARE_REQUEST].median, 350, 1e-6);

    /* Another life, which nobody here asked for. */
    struct facts facts = {.handle = 1,
                          .key = (char *)"l1",
                          .life = (char *)"2",
                          .name = (char *)"l1",
                          .type = (char *)"lxc",
                          .kind = KIND_CONTAINER};
    now_ns += 10 * NS_PER_S;
    world_facts(world, "lxc:/l", &facts, now_ns, 0);
    run("lxc:/l", 1, 20, 0, MIB, 0, 230);
    compare = built();
    ck_assert_int_eq(compare.side[COMPARE_LXC].value[COMPARE_BOOT].count, 2);
    ck_assert_double_eq(compare.side[COMPARE_LXC].value[COMPARE_BOOT].median, 220);
    ck_assert_int_eq(compare.side[COMPARE_LXC].value[COMPARE_REQUEST].count, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model compare");
    TCase *tcase = tcase_create("compare");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, each_figure_rests_on_who_has_it);
    tcase_add_test(tcase, nothing_is_no_figure);
    tcase_add_test(tcase, old_figures_do_not_count);
    tcase_add_test(tcase, the_sum_adds_up_as_shown);
    tcase_add_test(tcase, starts_are_counted_once);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
