#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/host.h"
#include "kernel/host_device.h"
#include "test_kernel_tree.h"

static struct host_sample sample, later;

static uint64_t ticks(uint64_t count)
{
    return count * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
}

static void put_disk(const char *number, const char *name, const char *attribute)
{
    char path[128];
    snprintf(path, sizeof(path), "/sys/dev/block/%s/%s", number, attribute);
    tree_put(path, strcmp(attribute, "size") == 0 ? name : "1\n");
}

static void put_link(const char *name, bool physical)
{
    static const char *const files[] = {"rx_bytes",  "tx_bytes",  "rx_packets", "tx_packets",
                                        "rx_errors", "tx_errors", "rx_dropped", "tx_dropped"};
    char path[128], value[16];
    for (int i = 0; i < 8; i++) {
        snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", name, files[i]);
        snprintf(value, sizeof(value), "%d\n", 1 << i);
        tree_put(path, value);
    }
    snprintf(path, sizeof(path), "/sys/class/net/%s/device/vendor", name);
    if (physical)
        tree_put(path, "");
}

static void put_host(void)
{
    tree_make();
    tree_put("/proc/stat", "cpu  100 20 30 1000 50 3 4 5 60 7\ncpu0 40 10 15 500 25 1 2 2 30 3\n"
                           "cpu3 60 10 15 500 25 2 2 3 30 4\nintr 5 0 0\nctxt 7\n");
    tree_put("/proc/meminfo", "MemTotal:        1000 kB\nMemFree:          1 kB\n"
                              "MemAvailable:     600 kB\nBuffers:  10 kB\nCached:  200 kB\n"
                              "SwapCached:  999 kB\nSReclaimable:  5 kB\nSwapTotal:  100 kB\n"
                              "SwapFree:  40 kB\n");
    tree_put("/proc/loadavg", "0.52 1.25 12.00 1/86 1234\n");
    tree_put("/proc/uptime", "12345.67 1.0\n");
    tree_put("/proc/sys/kernel/hostname", "carrier\n");
    tree_put("/proc/pressure/cpu", "some avg10=1.25 avg60=0.00 avg300=0.00 total=0\n");
    tree_put("/proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
    tree_put("/proc/pressure/io", "some avg10=50.00 avg60=0.00 avg300=0.00 total=0\n");
    tree_put("/proc/diskstats", "   7       0 loop0 9 9 9 9 9 9 9 9 0 0 0\n"
                                " 254       0 vda 10 1 80 1 20 2 160 2 0 6 6 0 0 0 0 0 0\n"
                                " 254       1 vda1 10 1 80 1 20 2 160 2 0 6 6\n"
                                " 253       0 dm-0 10 1 80 1 20 2 160 2 0 6 6\n"
                                "  43       0 nbd0 0 0 0 0 0 0 0 0 0 0 0\n"
                                " 8 0 sda 1 2\nrubbish\n");
    put_disk("254:0", "2048\n", "size");
    put_disk("254:1", "", "partition");
    put_disk("253:0", "", "slaves/vda");
    put_disk("43:0", "0\n", "size");
    put_link("eth0", true);
    put_link("br0", false);
    put_link("veth1", false);
}

START_TEST(a_recorded_host_is_read_whole)
{
    put_host();
    struct host_reader *reader = host_reader_new(tree_root);
    host_reader_read(reader, 77, &sample);
    ck_assert_int_eq(sample.at_ns, 77);
    ck_assert_str_eq(sample.name, "carrier");
    ck_assert_uint_eq(sample.uptime_s, 12345);
    ck_assert(sample.has_cpu && sample.has_memory && sample.has_load && sample.has_psi);
    ck_assert_int_eq(sample.cpus, 2);
    /* Guest time is inside user and nice: 60 and 7 are not added. */
    ck_assert_uint_eq(sample.total.user_ns, ticks(120));
    ck_assert_uint_eq(sample.total.system_ns, ticks(37));
    ck_assert_uint_eq(sample.total.idle_ns, ticks(1000));
    ck_assert_uint_eq(sample.total.iowait_ns, ticks(50));
    ck_assert_uint_eq(sample.total.steal_ns, ticks(5));
    ck_assert_uint_eq(sample.cpu[1].user_ns, ticks(70));
    ck_assert_uint_eq(sample.mem_total, 1000 * 1024);
    ck_assert_uint_eq(sample.mem_free, 1024);
    ck_assert_uint_eq(sample.mem_available, 600 * 1024);
    ck_assert_uint_eq(sample.mem_cache, 215 * 1024);
    ck_assert_uint_eq(sample.swap_used, 60 * 1024);
    ck_assert_double_eq_tol(sample.load[2], 12.0, 0.001);
    ck_assert_double_eq_tol(sample.psi_cpu, 1.25, 0.001);
    ck_assert_double_eq_tol(sample.psi_io, 50, 0.001);

    ck_assert(sample.has_devices);
    ck_assert_int_eq(sample.disks, 1);
    ck_assert_str_eq(sample.disk[0].name, "vda");
    ck_assert_uint_eq(sample.disk[0].in_bytes, 80 * 512);
    ck_assert_uint_eq(sample.disk[0].out_bytes, 160 * 512);
    ck_assert_uint_eq(sample.disk[0].in_ops, 10);
    ck_assert_uint_eq(sample.disk[0].out_ops, 20);
    ck_assert_int_eq(sample.links, 1);
    ck_assert_str_eq(sample.link[0].name, "eth0");
    ck_assert_uint_eq(sample.link[0].in_bytes, 1);
    ck_assert_uint_eq(sample.link[0].out_bytes, 2);
    ck_assert_uint_eq(sample.link[0].errors, 16 + 32);
    ck_assert_uint_eq(sample.link[0].drops, 64 + 128);
    host_reader_free(reader);
    host_reader_free(NULL);
    tree_remove();
}
END_TEST

START_TEST(links_are_looked_for_again)
{
    put_host();
    struct host_reader *reader = host_reader_new(tree_root);
    host_reader_read(reader, NS_PER_S, &sample);
    put_link("eth1", true);
    tree_drop("/sys/class/net/eth0/device/vendor");
    ck_assert_int_eq(rmdir(tree_path("/sys/class/net/eth0/device")), 0);
    host_reader_read(reader, 2 * NS_PER_S, &sample);
    ck_assert_str_eq(sample.link[0].name, "eth0");
    host_reader_read(reader, 12 * NS_PER_S, &sample);
    ck_assert_int_eq(sample.links, 1);
    ck_assert_str_eq(sample.link[0].name, "eth1");
    host_reader_free(reader);
    tree_remove();
}
END_TEST

START_TEST(without_a_card_the_default_route_counts)
{
    put_host();
    tree_drop("/sys/class/net/eth0/device/vendor");
    rmdir(tree_path("/sys/class/net/eth0/device"));
    tree_put("/proc/net/route", "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
                                "br0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
                                "veth1\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
                                "../x\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
    struct host_reader *reader = host_reader_new(tree_root);
    host_reader_read(reader, 1, &sample);
    ck_assert_int_eq(sample.links, 1);
    ck_assert_str_eq(sample.link[0].name, "br0");
    host_reader_free(reader);
    tree_remove();
}
END_TEST

START_TEST(what_cannot_be_read_is_flagged)
{
    tree_make();
    struct host_reader *reader = host_reader_new(tree_root);
    host_reader_read(reader, 5, &sample);
    ck_assert(!sample.has_cpu && !sample.has_memory && !sample.has_load && !sample.has_psi);
    ck_assert(!sample.has_devices);
    host_reader_free(reader);
    tree_remove();

    put_host();
    tree_put("/proc/stat", "cpu  1 2\n");
    tree_put("/proc/meminfo", "MemTotal: 5 kB\n");
    tree_put("/proc/loadavg", "0.1 x\n");
    tree_drop("/proc/pressure/io");
    reader = host_reader_new(tree_root);
    host_reader_read(reader, 5, &sample);
    ck_assert(!sample.has_cpu && !sample.has_memory && !sample.has_load && !sample.has_psi);
    host_reader_free(reader);
    tree_remove();
}
END_TEST

static struct host_reader *spoilt;

static void use_texts(const char *text)
{
    tree_put("/proc/stat", text);
    tree_put("/proc/meminfo", text);
    tree_put("/proc/loadavg", text);
    tree_put("/proc/diskstats", text);
    tree_put("/proc/sys/kernel/hostname", text);
    host_reader_read(spoilt, 5, &sample);
    ck_assert_int_ge(sample.cpus, 0);
    ck_assert_uint_lt(strnlen(sample.name, sizeof(sample.name)), sizeof(sample.name));
}

START_TEST(spoilt_and_endless_texts_are_survived)
{
    put_host();
    spoilt = host_reader_new(tree_root);
    tree_spoil("cpu  1 2 3 4 5\ncpu0 1 2 3 4\n", use_texts);
    tree_spoil("MemTotal: 5 kB\nMemAvailable: 9 kB\n", use_texts);
    tree_spoil("254 0 vda 1 2 3 4 5 6 7 8 9\n", use_texts);

    /* More CPUs, more disks and a longer name than there is room for. */
    size_t size = 600000, len = 0;
    char *text = malloc(size);
    ck_assert_ptr_nonnull(text);
    len += (size_t)snprintf(text, size, "cpu  1 2 3 4\n");
    for (int i = 0; i < 5000; i++)
        len += (size_t)snprintf(text + len, size - len,
                                "cpu%d 111111111 222222222 333333333 444444444 5 6 7 8 9 10\n", i);
    use_texts(text);
    ck_assert_int_eq(sample.cpus, HOST_CPUS_MAX);
    len = 0;
    for (int i = 0; i < 5000; i++) {
        len += (size_t)snprintf(text + len, size - len, "254 0 vda 1 2 3 4 5 6 7 8 9\n");
    }
    use_texts(text);
    ck_assert_int_eq(sample.disks, HOST_DEVICES_MAX);
    memset(text, 'n', size - 1);
    text[size - 1] = '\0';
    use_texts(text);
    free(text);
    host_reader_free(spoilt);
    tree_remove();
}
END_TEST

START_TEST(live_host_is_busy_while_we_are)
{
    struct host_reader *reader = host_reader_new("");
    host_reader_read(reader, clock_mono_ns(), &sample);
    int64_t end = clock_mono_ns() + 300 * NS_PER_MS;
    while (clock_mono_ns() < end)
        ;
    host_reader_read(reader, clock_mono_ns(), &later);
    ck_assert(later.has_cpu && later.has_memory && later.has_load);
    ck_assert_int_eq(later.cpus, (int)sysconf(_SC_NPROCESSORS_ONLN));
    ck_assert_uint_gt(later.total.user_ns + later.total.system_ns,
                      sample.total.user_ns + sample.total.system_ns);
    ck_assert_uint_ge(later.mem_total, later.mem_available);
    ck_assert_uint_gt(later.uptime_s, 0);
    ck_assert_uint_gt(strlen(later.name), 0);
    host_reader_free(reader);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel/host");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_recorded_host_is_read_whole);
    tcase_add_test(tests, links_are_looked_for_again);
    tcase_add_test(tests, without_a_card_the_default_route_counts);
    tcase_add_test(tests, what_cannot_be_read_is_flagged);
    tcase_add_test(tests, spoilt_and_endless_texts_are_survived);
    tcase_add_test(tests, live_host_is_busy_while_we_are);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
