#include "model/culprit.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "model/cpus.h"

#define T NS_PER_S
#define NOW (400 * T)
#define MIB (1024.0 * 1024)

static struct world *world;
static struct culprit_report report;

static void set_up(void)
{
    world = world_new(NS_PER_S);
    world_add_source(world, "sim", false);
}

static void tear_down(void)
{
    world_free(world);
}

static struct guest *add(const char *name)
{
    static uint32_t handle;
    struct facts facts = {.handle = ++handle,
                          .key = (char *)name,
                          .name = (char *)name,
                          .life = (char *)"1",
                          .kind = KIND_CONTAINER};
    struct sample sample = {.at_ns = T};

    world_facts(world, "sim", &facts, T, T);
    world_row(world, "sim", handle, STATE_RUNNING, NULL, NULL, &sample, T, T);
    return world_find_handle(world, "sim", handle);
}

/* METRIC was BEFORE up to a minute ago and is AFTER since; with others of the same call. */
static void lived(struct guest *guest, int64_t from_s, const enum metric *metric,
                  const double *before, const double *after, int count)
{
    for (int64_t at = from_s * T; at <= NOW; at += 2 * T) {
        struct metrics metrics = {0};

        for (int i = 0; i < count; i++) {
            metrics.valid |= UINT64_C(1) << metric[i];
            metrics.value[metric[i]] = at > NOW - 60 * T ? after[i] : before[i];
        }
        history_add(guest->history, at, &metrics);
    }
}

static void lived_one(struct guest *guest, int64_t from_s, enum metric metric, double before,
                      double after)
{
    lived(guest, from_s, &metric, &before, &after, 1);
}

static const struct culprit_list *find(const struct guest *guest, enum culprit_resource resource)
{
    culprit_find(world, guest, NOW, &report);
    return &report.list[resource];
}

START_TEST(whose_use_rose_is_told_in_order)
{
    struct guest *slow = add("slow"), *steady = add("steady"), *some = add("some"),
                 *most = add("most"), *less = add("less");

    lived_one(slow, 10, METRIC_CPU_WAIT, 1, 40);
    lived_one(steady, 10, METRIC_CPU, 300, 301);
    lived_one(some, 10, METRIC_CPU, 5, 65);
    lived_one(most, 10, METRIC_CPU, 20, 380);
    lived_one(less, 10, METRIC_CPU, 90, 20);
    const struct culprit_list *list = find(slow, CULPRIT_CPU);
    ck_assert(list->suffers);
    ck_assert(strstr(list->symptom, "40.0 %"));
    ck_assert_uint_eq(list->count, 2);
    ck_assert_ptr_eq(list->at[0].guest, most);
    ck_assert_ptr_eq(list->at[1].guest, some);
    ck_assert_double_eq_tol(list->at[0].before, 20, 1);
    ck_assert_double_eq_tol(list->at[0].now, 380, 2);
    ck_assert_str_eq(list->why, "");
    ck_assert_double_eq_tol(report.window_s, 60, 0.1);
    ck_assert_double_eq_tol(report.before_s, 240, 0.1);
    /* What it does not suffer has no culprits. */
    ck_assert(!report.list[CULPRIT_DISK].suffers && !report.list[CULPRIT_DISK].count);
}
END_TEST

START_TEST(many_are_cut_to_the_worst)
{
    struct guest *slow = add("slow");
    char name[24];

    lived_one(slow, 10, METRIC_CPU_WAIT, 1, 40);
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof(name), "other%d", i);
        lived_one(add(name), 10, METRIC_CPU, 1, 20 + i * 7 % 12 * 10);
    }
    const struct culprit_list *list = find(slow, CULPRIT_CPU);
    ck_assert_uint_eq(list->count, CULPRITS_MAX);
    ck_assert_double_eq_tol(list->at[0].now, 130, 1);
    for (size_t i = 1; i < list->count; i++)
        ck_assert_double_ge(list->at[i - 1].now, list->at[i].now);
}
END_TEST

START_TEST(who_is_well_is_not_hurt)
{
    struct guest *well = add("well"), *busy = add("busy");

    lived_one(well, 10, METRIC_CPU_WAIT, 1, 2);
    lived_one(busy, 10, METRIC_CPU, 1, 700);
    const struct culprit_list *list = find(well, CULPRIT_CPU);
    ck_assert(!list->suffers);
    ck_assert(strstr(list->symptom, "2.0 %"));
    ck_assert_uint_eq(list->count, 0);
    well->state = STATE_OFF;
    ck_assert_str_eq(find(well, CULPRIT_CPU)->symptom, "");
}
END_TEST

START_TEST(nothing_is_said_where_nothing_is_known)
{
    struct guest *slow = add("slow"), *steady = add("steady"), *idle = add("idle");

    ck_assert_str_eq(find(slow, CULPRIT_CPU)->symptom, "");
    lived_one(slow, 10, METRIC_CPU_WAIT, 40, 40);
    ck_assert(strstr(find(slow, CULPRIT_CPU)->why, "nothing is known"));
    lived_one(idle, 10, METRIC_CPU, 3, 3);
    const struct culprit_list *list = find(slow, CULPRIT_CPU);
    ck_assert_uint_eq(list->count, 0);
    ck_assert_str_eq(list->why, "nobody's use of the same CPUs rose; idle uses most: 3.0 %");
    lived_one(steady, 10, METRIC_CPU, 390, 391);
    list = find(slow, CULPRIT_CPU);
    ck_assert_str_eq(list->why, "nobody's use of the same CPUs rose; most is used by");
    ck_assert_uint_eq(list->count, 1);
    ck_assert_ptr_eq(list->at[0].guest, steady);
    /* Where its disks lie is not known. */
    struct guest *stuck = add("stuck");
    lived_one(stuck, 10, METRIC_PSI_IO, 1, 50);
    ck_assert(find(stuck, CULPRIT_DISK)->suffers);
    ck_assert_str_eq(report.list[CULPRIT_DISK].why, "where its disks lie is not known");
}
END_TEST

START_TEST(a_new_guest_rose_from_nothing_and_an_unseen_one_did_not)
{
    struct guest *slow = add("slow"), *fresh = add("fresh"), *unseen = add("unseen");

    lived_one(slow, 10, METRIC_CPU_WAIT, 1, 40);
    lived_one(fresh, 345, METRIC_CPU, 0, 200);
    fresh->metrics.valid |= UINT64_C(1) << METRIC_UPTIME;
    fresh->metrics.value[METRIC_UPTIME] = 55;
    lived_one(unseen, 345, METRIC_CPU, 0, 300);
    unseen->metrics.valid |= UINT64_C(1) << METRIC_UPTIME;
    unseen->metrics.value[METRIC_UPTIME] = 86400;
    const struct culprit_list *list = find(slow, CULPRIT_CPU);
    ck_assert_uint_eq(list->count, 1);
    ck_assert_ptr_eq(list->at[0].guest, fresh);
    ck_assert(isnan(list->at[0].before));
}
END_TEST

/* A machine has no pressure: how long its disks take tells it. */
START_TEST(slow_disks_hurt)
{
    struct guest *slow = add("slow");

    slow->metrics.valid |= UINT64_C(1) << METRIC_DISK_READ_TIME | UINT64_C(1)
                                                                      << METRIC_DISK_WRITE_TIME;
    slow->metrics.value[METRIC_DISK_READ_TIME] = 0.4;
    slow->metrics.value[METRIC_DISK_WRITE_TIME] = 2.5;
    ck_assert(!find(slow, CULPRIT_DISK)->suffers);
    ck_assert_str_eq(report.list[CULPRIT_DISK].symptom, "a write takes its disks 2.5ms");
    slow->metrics.value[METRIC_DISK_READ_TIME] = 80;
    ck_assert(find(slow, CULPRIT_DISK)->suffers);
    ck_assert_str_eq(report.list[CULPRIT_DISK].symptom, "a read takes its disks 80ms");
}
END_TEST

/* GUEST was read: it may run on CPUS and leaves by NETWORK; NULL: unknown. */
static void stands(const struct guest *guest, const char *cpus, const char *network)
{
    struct isolation_facts facts = {0};

    isolation_set_text(&facts, ISOLATION_FACT_CPUS, cpus);
    if (network)
        isolation_add(&facts, ISOLATION_FACT_NETWORK, network);
    world_isolation(world, "sim", guest->facts.handle, &facts);
    isolation_facts_clear(&facts);
}

START_TEST(who_runs_on_other_cpus_does_not_hurt)
{
    struct guest *slow = add("slow"), *apart = add("apart"), *near = add("near"),
                 *unread = add("unread");

    lived_one(slow, 10, METRIC_CPU_WAIT, 1, 40);
    lived_one(apart, 10, METRIC_CPU, 1, 400);
    lived_one(near, 10, METRIC_CPU, 1, 95);
    lived_one(unread, 10, METRIC_CPU, 1, 90);
    stands(slow, "0-1", NULL);
    stands(apart, "2-5,8", NULL);
    stands(near, "1-3", NULL);
    const struct culprit_list *list = find(slow, CULPRIT_CPU);
    ck_assert_uint_eq(list->count, 2);
    ck_assert_ptr_eq(list->at[0].guest, near);
    ck_assert_str_eq(list->at[0].shared, "CPU 1");
    ck_assert(!list->at[0].unsure);
    ck_assert_ptr_eq(list->at[1].guest, unread);
    ck_assert_str_eq(list->at[1].shared, "");
    ck_assert(list->at[1].unsure);
    /* Nor is it told that uses most, but shares nothing. */
    stands(near, "3", NULL);
    stands(unread, "4", NULL);
    ck_assert(strstr(find(slow, CULPRIT_CPU)->why, "nothing is known"));
}
END_TEST

START_TEST(who_leaves_by_another_uplink_does_not_hurt)
{
    struct guest *slow = add("slow"), *apart = add("apart"), *uplink = add("uplink"),
                 *routed = add("routed");

    lived_one(slow, 10, METRIC_NET_DROPS, 0, 40);
    slow->metrics.valid |= UINT64_C(1) << METRIC_NET_DROPS;
    slow->metrics.value[METRIC_NET_DROPS] = 40;
    lived_one(apart, 10, METRIC_NET_TX, 0, 90 * MIB);
    lived_one(uplink, 10, METRIC_NET_TX, 0, 80 * MIB);
    lived_one(routed, 10, METRIC_NET_TX, 0, 70 * MIB);
    stands(slow, NULL, "br0 -> eno1");
    stands(apart, NULL, "br1 -> eno2");
    stands(uplink, NULL, "br10 -> eno1");
    stands(routed, NULL, "virbr0");
    const struct culprit_list *list = find(slow, CULPRIT_NET);
    ck_assert_uint_eq(list->count, 2);
    ck_assert_ptr_eq(list->at[0].guest, uplink);
    ck_assert_str_eq(list->at[0].shared, "eno1");
    ck_assert_ptr_eq(list->at[1].guest, routed);
    ck_assert(list->at[1].unsure);
    stands(slow, NULL, "virbr0");
    list = find(slow, CULPRIT_NET);
    ck_assert_uint_eq(list->count, 3);
    ck_assert(list->at[0].unsure && list->at[1].unsure && !list->at[2].unsure);
    ck_assert_str_eq(list->at[2].shared, "virbr0");
}
END_TEST

START_TEST(lists_of_cpus_are_read_and_written)
{
    struct cpus cpus = {0}, few = {0};
    char text[64];

    ck_assert(cpus_add(&cpus, "0-3,8\n") && cpus_add(&cpus, "10 11") && cpus_add(&cpus, "9"));
    cpus_text(&cpus, text, sizeof(text));
    ck_assert_str_eq(text, "0-3,8-10");
    cpus_text(&cpus, text, 9);
    ck_assert_str_eq(text, "0-3...");
    ck_assert(!cpus_add(&cpus, "") && !cpus_add(&cpus, "1,") && !cpus_add(&cpus, "3-1"));
    ck_assert(!cpus_add(&cpus, "1-x") && !cpus_add(&cpus, "1..."));
    ck_assert(cpus_add(&few, "8190-99999999999999999999"));
    ck_assert_uint_eq(cpus_intersect(&cpus, &few), 0);
    cpus_text(&few, text, sizeof(text));
    ck_assert_str_eq(text, "8190-8191");
}
END_TEST

/* CPU time of a look among COUNT busy others, the least of three. */
static double look_among(int count)
{
    struct guest *slow;
    double least = INFINITY;
    char name[24];

    tear_down();
    set_up();
    add("slow");
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "other%d", i);
        add(name);
    }
    slow = world_guest_at(world, 0);
    lived_one(slow, 100, METRIC_CPU_WAIT, 1, 40);
    for (int i = 1; i <= count; i++)
        lived_one(world_guest_at(world, (size_t)i), 200, METRIC_CPU, 1, 20 + i);
    for (int i = 0; i < 3; i++) {
        clock_t began = clock();
        ck_assert_uint_eq(find(slow, CULPRIT_CPU)->count, CULPRITS_MAX);
        least = fmin(least, (double)(clock() - began));
    }
    return least;
}

/* Ten times as many guests may take forty times as long, however busy the machine; each against
 * each would be a hundred. */
START_TEST(many_guests_are_asked_once_each)
{
    double few = fmax(look_among(500), 1), many = look_among(5000);

    ck_assert_msg(many < few * 40, "%.0f us among 500, %.0f among 5000", few, many);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_culprit");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, whose_use_rose_is_told_in_order);
    tcase_add_test(tests, many_are_cut_to_the_worst);
    tcase_add_test(tests, who_is_well_is_not_hurt);
    tcase_add_test(tests, nothing_is_said_where_nothing_is_known);
    tcase_add_test(tests, a_new_guest_rose_from_nothing_and_an_unseen_one_did_not);
    tcase_add_test(tests, slow_disks_hurt);
    tcase_add_test(tests, who_runs_on_other_cpus_does_not_hurt);
    tcase_add_test(tests, who_leaves_by_another_uplink_does_not_hurt);
    tcase_add_test(tests, lists_of_cpus_are_read_and_written);
    tcase_add_test(tests, many_guests_are_asked_once_each);
    Suite *suite = suite_create("model_culprit");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
