#include "model/advice.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define T NS_PER_S
#define NOW (700 * T)
#define MIB (1024.0 * 1024)

static struct world *world;
static struct guest *guest;
static struct advice told;

static struct guest *add(const char *key, enum guest_kind kind, uint32_t vcpus)
{
    static uint32_t handle;
    struct facts facts = {
        .handle = ++handle, .key = (char *)key, .name = (char *)key, .kind = kind, .vcpus = vcpus};
    struct sample sample = {.at_ns = T};

    world_facts(world, "sim", &facts, T, T);
    world_row(world, "sim", handle, STATE_RUNNING, NULL, NULL, &sample, T, T);
    return world_find_handle(world, "sim", handle);
}

static void set_up(void)
{
    world = world_new(NS_PER_S);
    world_add_source(world, "sim", false);
    guest = add("a", KIND_MACHINE, 4);
}

static void tear_down(void)
{
    world_free(world);
}

static void now_is(enum metric metric, double value)
{
    guest->metrics.valid |= UINT64_C(1) << metric;
    guest->metrics.value[metric] = value;
}

/* For the last SECONDS. */
static void was(enum metric metric, double value, int seconds)
{
    struct metrics metrics = {.valid = UINT64_C(1) << metric};

    metrics.value[metric] = value;
    for (int64_t at = NOW - seconds * T; at <= NOW; at += 5 * T)
        history_add(guest->history, at, &metrics);
}

static const char *advice(void)
{
    if (!advice_of(world, guest, guest->history, NOW, &told))
        return "";
    ck_assert_uint_le(strlen(told.brief), 54); /* what the pane beside the tables has for it */
    return told.text;
}

START_TEST(a_limit_that_kills_is_too_small)
{
    now_is(METRIC_MEM_LIMIT, 512 * MIB);
    now_is(METRIC_MEM_PERCENT, 95);
    ck_assert_str_eq(advice(), "");
    now_is(METRIC_OOM_KILLS, 0);
    ck_assert_str_eq(advice(), "");
    now_is(METRIC_OOM_KILLS, 3);
    ck_assert_str_eq(advice(), "give it more memory: 3 OOM kills, and 95 % of 512M in use");
    ck_assert_str_eq(told.brief, "more memory: 3 OOM kills, 95 % of 512M in use");
    now_is(METRIC_MEM_PERCENT, 40); /* they were killed for another reason, or long ago */
    ck_assert_str_eq(advice(), "");
}
END_TEST

START_TEST(waiting_on_an_overcommitted_host)
{
    static struct host_sample sample[2];

    for (int i = 0; i < 2; i++) {
        sample[i].at_ns = (i + 1) * T;
        sample[i].has_cpu = true;
        sample[i].cpus = 8;
        sample[i].total.idle_ns = (uint64_t)i * 8 * NS_PER_S;
        world_host(world, &sample[i]);
    }
    was(METRIC_CPU_WAIT, 22, 600);
    ck_assert_str_eq(advice(), ""); /* 4 vCPUs have room on 8 CPUs */
    add("b", KIND_MACHINE, 8);
    guest = world_guest_at(world, 0);
    ck_assert_str_eq(advice(), "move it, or take vCPUs away: it waits 22 % for a CPU, and 12 vCPUs "
                               "share 8 CPUs");
}
END_TEST

START_TEST(a_privileged_container)
{
    struct isolation_finding finding = {.key = ISOLATION_PRIVILEGED_FOUND};
    struct isolation isolation = {.finding = &finding, .findings = 1};

    guest = add("c", KIND_CONTAINER, 0);
    ck_assert_str_eq(advice(), ""); /* not known */
    guest->isolation = &isolation;
    ck_assert(strstr(advice(), "its root is the host's root"));
    isolation.findings = 0;
    ck_assert_str_eq(advice(), "");
    guest->isolation = NULL;
}
END_TEST

START_TEST(devices_that_are_emulated)
{
    struct isolation isolation = {0};

    guest->isolation = &isolation;
    isolation_add(&isolation.facts, ISOLATION_FACT_MODELS, "virtio-blk-pci");
    isolation_add(&isolation.facts, ISOLATION_FACT_MODELS, "scsi-hd");
    ck_assert_str_eq(advice(), "");
    isolation_add(&isolation.facts, ISOLATION_FACT_MODELS, "ide-hd");
    isolation_add(&isolation.facts, ISOLATION_FACT_MODELS, "e1000");
    ck_assert_str_eq(advice(), ""); /* no QEMU, as far as is known */
    isolation_set_text(&isolation.facts, ISOLATION_FACT_ACCEL, "tcg");
    ck_assert_str_eq(advice(), "use virtio if it has the drivers: it is quicker than an emulated "
                               "ide-hd, e1000");
    for (int i = 0; i < 20; i++)
        isolation_add(&isolation.facts, ISOLATION_FACT_MODELS, "e1000-with-a-very-long-name");
    ck_assert(strstr(advice(), "e1000-with-a-very-lo"));
    guest->isolation = NULL;
    isolation_facts_clear(&isolation.facts);
}
END_TEST

START_TEST(a_machine_that_does_nothing)
{
    now_is(METRIC_MEM_OVERHEAD, 300 * MIB);
    was(METRIC_CPU, 1.2, 200);
    ck_assert_str_eq(advice(), ""); /* not watched for long enough */
    was(METRIC_CPU, 1.2, 0);
    guest = add("d", KIND_MACHINE, 1);
    now_is(METRIC_MEM_OVERHEAD, 300 * MIB);
    was(METRIC_CPU, 1.2, 600);
    ck_assert_str_eq(advice(),
                     "if it runs Linux, a container would do: 1.2 % CPU, and 300M only to "
                     "be a machine");
    now_is(METRIC_MEM_OVERHEAD, 60 * MIB);
    ck_assert_str_eq(advice(), "");
    now_is(METRIC_MEM_OVERHEAD, 300 * MIB);
    guest->state = STATE_PAUSED;
    ck_assert_str_eq(advice(), "");
    guest = add("e", KIND_MACHINE, 1);
    now_is(METRIC_MEM_OVERHEAD, 300 * MIB);
    was(METRIC_CPU, 30, 600);
    ck_assert_str_eq(advice(), "");
}
END_TEST

START_TEST(the_weightiest_is_told)
{
    now_is(METRIC_MEM_OVERHEAD, 300 * MIB);
    was(METRIC_CPU, 1.2, 600);
    ck_assert(strstr(advice(), "a container would do"));
    ck_assert(!advice_of(world, guest, NULL, NOW, &told));
    now_is(METRIC_MEM_LIMIT, 512 * MIB);
    now_is(METRIC_MEM_PERCENT, 95);
    now_is(METRIC_OOM_KILLS, 1);
    ck_assert(strstr(advice(), "more memory"));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_advice");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_limit_that_kills_is_too_small);
    tcase_add_test(tests, waiting_on_an_overcommitted_host);
    tcase_add_test(tests, a_privileged_container);
    tcase_add_test(tests, devices_that_are_emulated);
    tcase_add_test(tests, a_machine_that_does_nothing);
    tcase_add_test(tests, the_weightiest_is_told);
    Suite *suite = suite_create("model_advice");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
