#include "model/host.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define S ((uint64_t)NS_PER_S)

static struct host host;
static struct host_sample first, second;

static void set_up(void)
{
    host_init(&host);
    first = (struct host_sample){.at_ns = 10 * NS_PER_S, .has_cpu = true, .has_devices = true};
    first.cpus = 2;
    first.total = (struct host_cpu){100 * S, 50 * S, 10 * S, 1 * S, 900 * S};
    first.cpu[0] = (struct host_cpu){60 * S, 30 * S, 5 * S, 0, 400 * S};
    first.cpu[1] = (struct host_cpu){40 * S, 20 * S, 5 * S, 0, 500 * S};
    first.disks = 1;
    strcpy(first.disk[0].name, "vda");
    first.disk[0].in_bytes = 1000;
    second = first;
    second.at_ns = 12 * NS_PER_S;
    second.total.user_ns += 2 * S;
    second.total.system_ns += 1 * S;
    second.cpu[0].user_ns += 1 * S;
    second.cpu[1].user_ns += 1 * S;
    second.cpu[1].system_ns += 1 * S;
    second.disk[0].in_bytes += 4000;
}

static void tear_down(void)
{
    host_clear(&host);
}

START_TEST(one_sample_has_no_rates)
{
    host_update(&host, &first);
    ck_assert(isnan(host.figures.cpu));
    ck_assert(isnan(host.figures.disk_read_bps));
    ck_assert(isnan(host.figures.per_cpu[0]));
    ck_assert_int_eq(host.figures.cpus, 2);
    float tail[4];
    ck_assert_int_eq(host_cpu_tail(&host, tail, 4), 0);
}
END_TEST

START_TEST(two_samples_have)
{
    host_update(&host, &first);
    host_update(&host, &second);
    ck_assert_double_eq_tol(host.figures.user, 100, 1e-6);
    ck_assert_double_eq_tol(host.figures.system, 50, 1e-6);
    ck_assert_double_eq_tol(host.figures.cpu, 150, 1e-6);
    ck_assert_double_eq_tol(host.figures.steal, 0, 1e-6);
    ck_assert_double_eq_tol(host.figures.disk_read_bps, 2000, 1e-6);
    ck_assert_double_eq_tol(host.figures.net_rx_bps, 0, 1e-6); /* no links: nothing came */
    ck_assert_float_eq_tol(host.figures.per_cpu[0], 50, 1e-3f);
    ck_assert_float_eq_tol(host.figures.per_cpu[1], 100, 1e-3f);
    ck_assert(isnan(host.figures.per_cpu[2]));
    float tail[4];
    ck_assert_int_eq(host_cpu_tail(&host, tail, 4), 1);
    ck_assert_float_eq_tol(tail[0], 150, 1e-3f);
}
END_TEST

START_TEST(no_more_than_all_cpus)
{
    second.total.user_ns += 100 * S;
    second.cpu[0].user_ns += 100 * S;
    host_update(&host, &first);
    host_update(&host, &second);
    ck_assert_double_eq(host.figures.cpu, 200);
    ck_assert_float_eq(host.figures.per_cpu[0], 100);
}
END_TEST

START_TEST(what_goes_back_or_is_not_there_is_unknown)
{
    second.total.iowait_ns = 0; /* kernels do that */
    second.total.user_ns = 0;
    second.has_devices = false;
    second.cpus = 1;
    host_update(&host, &first);
    host_update(&host, &second);
    ck_assert(isnan(host.figures.iowait));
    ck_assert(isnan(host.figures.user));
    ck_assert(isnan(host.figures.cpu));
    ck_assert_double_eq_tol(host.figures.system, 50, 1e-6);
    ck_assert(isnan(host.figures.disk_read_bps));
    ck_assert(isnan(host.figures.per_cpu[0])); /* which of two is gone is not said */
}
END_TEST

START_TEST(devices_come_and_go)
{
    second.disks = 2;
    strcpy(second.disk[1].name, "vdb");
    second.disk[1].in_bytes = 1u << 30; /* its past is no rate */
    host_update(&host, &first);
    host_update(&host, &second);
    ck_assert_double_eq_tol(host.figures.disk_read_bps, 2000, 1e-6);
}
END_TEST

START_TEST(time_has_to_go_on)
{
    host_update(&host, &second);
    host_update(&host, &first);
    ck_assert_int_eq(host.cur.at_ns, second.at_ns);
    ck_assert_int_eq(host.prev.at_ns, 0);
}
END_TEST

START_TEST(hostile_samples_are_bounded)
{
    first.cpus = 1 << 30;
    first.disks = -5;
    first.links = 1 << 20;
    memset(first.name, 0x9b, sizeof(first.name)); /* not even terminated */
    strcpy(first.link[0].name, "x\x1b[2J");
    host_update(&host, &first);
    ck_assert_int_eq(host.cur.cpus, HOST_CPUS_MAX);
    ck_assert_int_eq(host.cur.disks, 0);
    ck_assert_int_eq(host.cur.links, HOST_DEVICES_MAX);
    ck_assert_uint_lt(strnlen(host.cur.name, sizeof(host.cur.name)), sizeof(host.cur.name));
    ck_assert_ptr_null(strchr(host.cur.name, 0x9b - 256));
    ck_assert_ptr_null(strchr(host.cur.link[0].name, 0x1b));
}
END_TEST

START_TEST(the_tail_keeps_the_newest)
{
    for (int i = 0; i < 1000; i++) {
        second.at_ns += NS_PER_S;
        second.total.user_ns += i % 2 ? S / 2 : 0;
        host_update(&host, &second);
    }
    float tail[3];
    ck_assert_int_eq(host_cpu_tail(&host, tail, 3), 3);
    ck_assert_float_eq_tol(tail[2], 50, 1e-3f);
    ck_assert_float_eq_tol(tail[1], 0, 1e-3f);
    ck_assert_int_eq(host_cpu_tail(&host, tail, 0), 0);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_host");
    tcase_add_test(tests, one_sample_has_no_rates);
    tcase_add_test(tests, two_samples_have);
    tcase_add_test(tests, no_more_than_all_cpus);
    tcase_add_test(tests, what_goes_back_or_is_not_there_is_unknown);
    tcase_add_test(tests, devices_come_and_go);
    tcase_add_test(tests, time_has_to_go_on);
    tcase_add_test(tests, hostile_samples_are_bounded);
    tcase_add_test(tests, the_tail_keeps_the_newest);
    Suite *suite = suite_create("model_host");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
