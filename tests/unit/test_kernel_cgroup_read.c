#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "kernel/cgroup_read.h"
#include "kernel/cgroup_text.h"
#include "test_kernel_tree.h"

#define V2 "/sys/fs/cgroup/a/b/"

static struct cgroup_layout layout;
static struct cgroup_reader *reader;

static void open_reader(const char *mountinfo, const char *cgroup)
{
    struct cgroup_paths paths;
    tree_put("/proc/self/mountinfo", mountinfo);
    ck_assert_int_eq(cgroup_layout_load(&layout, tree_root, NULL), 0);
    cgroup_paths_parse(&layout, cgroup, &paths);
    reader = cgroup_reader_new(&layout, &paths);
    cgroup_paths_clear(&paths);
}

static void setup(void)
{
    reader = NULL;
    tree_make();
}

static void teardown(void)
{
    cgroup_reader_free(reader);
    ck_assert_uint_eq(layout.fds.held, 0);
    cgroup_layout_clear(&layout);
    tree_remove();
}

static void expect(const struct sample *sample, enum field field, uint64_t value)
{
    ck_assert_msg(sample_has(sample, field), "%s is not set", field_name(field));
    ck_assert_msg(sample->value[field] == value, "%s is %lu, not %lu", field_name(field),
                  (unsigned long)sample->value[field], (unsigned long)value);
}

static struct sample read_all(unsigned what)
{
    struct sample sample = {0};
    ck_assert_int_eq(cgroup_reader_read(reader, what, &sample), 0);
    return sample;
}

static void put_v2(void)
{
    tree_put("/sys/fs/cgroup/cgroup.controllers", "cpu io memory pids\n");
    tree_put(V2 "cpu.stat", "usage_usec 5000\nuser_usec 3000\nsystem_usec 2000\n"
                            "nr_periods 1\nnr_throttled 1\nthrottled_usec 7\n");
    tree_put(V2 "memory.current", "1000000\n");
    tree_put(V2 "memory.stat",
             "anon 1\nfile 400000\nkernel 5000\ninactive_file 300000\npgmajfault 17\n");
    tree_put(V2 "memory.swap.current", "4096\n");
    tree_put(V2 "memory.max", "max\n");
    tree_put("/sys/fs/cgroup/a/memory.max", "2000000\n");
    tree_put("/sys/fs/cgroup/memory.max", "1\n");
    tree_put(V2 "memory.events", "low 0\nhigh 0\nmax 21\noom 2\noom_kill 3\noom_group_kill 0\n");
    tree_put(V2 "pids.current", "12\n");
    tree_put(V2 "pids.events", "max 5\n");
    tree_put(V2 "io.stat", "254:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n");
    tree_put(V2 "cpu.pressure", "some avg10=1.50 avg60=0.00 avg300=0.00 total=0\n");
    tree_put(V2 "memory.pressure", "some avg10=2.50 avg60=0.00 avg300=0.00 total=0\n");
    tree_put(V2 "io.pressure", "some avg10=99.99 avg60=0.00 avg300=0.00 total=0\n");
    open_reader("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "0::/a/b\n");
}

START_TEST(version_2_gives_every_figure)
{
    put_v2();
    struct sample s = read_all(CGROUP_READ_ALL);
    expect(&s, FIELD_CPU, 5000000);
    expect(&s, FIELD_CPU_USER, 3000000);
    expect(&s, FIELD_CPU_SYSTEM, 2000000);
    expect(&s, FIELD_CPU_THROTTLED, 7000);
    expect(&s, FIELD_MEM_HOST, 1000000);
    expect(&s, FIELD_MEM_USED, 700000);
    expect(&s, FIELD_MEM_CACHE, 400000);
    expect(&s, FIELD_MEM_OVERHEAD, 5000);
    expect(&s, FIELD_MEM_SWAP, 4096);
    expect(&s, FIELD_MAJOR_FAULTS, 17);
    expect(&s, FIELD_MEM_LIMIT, 2000000); /* of the group above; the root's file is no limit */
    expect(&s, FIELD_DISK_READ, 4096);
    expect(&s, FIELD_DISK_WRITE, 8192);
    expect(&s, FIELD_DISK_READ_OPS, 1);
    expect(&s, FIELD_DISK_WRITE_OPS, 2);
    expect(&s, FIELD_PIDS, 12);
    expect(&s, FIELD_OOM_KILLS, 3);
    expect(&s, FIELD_MEM_LIMIT_HITS, 21);
    expect(&s, FIELD_PIDS_LIMIT_HITS, 5);
    expect(&s, FIELD_PSI_CPU, 150);
    expect(&s, FIELD_PSI_MEM, 250);
    expect(&s, FIELD_PSI_IO, 9999);
}
END_TEST

START_TEST(memory_stat_is_remembered_between_its_reads)
{
    put_v2();
    struct sample s = read_all(CGROUP_READ_MEMORY);
    expect(&s, FIELD_MEM_HOST, 1000000);
    ck_assert(!sample_has(&s, FIELD_MEM_USED));
    ck_assert(!sample_has(&s, FIELD_CPU));
    read_all(CGROUP_READ_MEMORY_STAT);
    tree_put(V2 "memory.current", "1200000\n");
    tree_put(V2 "memory.max", "900000\n");
    s = read_all(CGROUP_READ_MEMORY);
    expect(&s, FIELD_MEM_USED, 900000);
    expect(&s, FIELD_MEM_LIMIT, 2000000);
    expect(&s, FIELD_MEM_SWAP, 4096);
    ck_assert(!sample_has(&s, FIELD_MAJOR_FAULTS)); /* a counter of another moment makes no rate */
    s = read_all(CGROUP_READ_MEMORY | CGROUP_READ_MEMORY_STAT);
    expect(&s, FIELD_MEM_LIMIT, 900000);
    tree_put(V2 "memory.current", "100\n"); /* less than what was inactive a moment ago */
    s = read_all(CGROUP_READ_MEMORY);
    expect(&s, FIELD_MEM_USED, 0);
}
END_TEST

START_TEST(old_version_2_sums_kernel_memory)
{
    struct cgroup_memory memory;
    cgroup_parse_memory_v2("kernel_stack 1\npagetables 20\npercpu 300\nslab 4000\n", &memory);
    ck_assert(memory.has_kernel);
    ck_assert_uint_eq(memory.kernel, 4321);
    cgroup_parse_memory_v2("kernel_stackx 1\n", &memory);
    ck_assert(!memory.has_kernel && !memory.has_cache && !memory.has_inactive);
}
END_TEST

START_TEST(no_figure_is_unset_not_zero)
{
    put_v2();
    static const char *const files[] = {
        "cpu.stat",     "memory.current", "memory.stat",  "memory.max",      "memory.events",
        "pids.current", "pids.events",    "cpu.pressure", "memory.pressure", "io.pressure"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[128];
        snprintf(path, sizeof(path), V2 "%s", files[i]);
        tree_put(path, i % 2 ? "" : "rubbish -1\n\xff\n");
    }
    tree_put(V2 "io.stat", "nonsense\n");
    struct sample s = read_all(CGROUP_READ_ALL);
    ck_assert_uint_eq(s.valid, 0);
    tree_put(V2 "io.stat", "");
    s = read_all(CGROUP_READ_IO);
    expect(&s, FIELD_DISK_READ, 0); /* a group that has done nothing: that is known */
}
END_TEST

START_TEST(devices_that_go_take_nothing_back)
{
    put_v2();
    read_all(CGROUP_READ_IO);
    tree_put(V2 "io.stat", "8:16 rbytes=100 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n");
    struct sample s = read_all(CGROUP_READ_IO);
    expect(&s, FIELD_DISK_READ, 4196);
    tree_put(V2 "io.stat", "8:16 rbytes=150 wbytes=0 rios=2 wios=0\n"
                           "254:0 rbytes=10 wbytes=1 rios=1 wios=1\n"); /* another disk now */
    s = read_all(CGROUP_READ_IO);
    expect(&s, FIELD_DISK_READ, 4096 + 150 + 10);
    expect(&s, FIELD_DISK_WRITE, 8192 + 1);
}
END_TEST

START_TEST(a_stack_of_devices_counts_once)
{
    put_v2();
    tree_put("/sys/dev/block/253:0/slaves/vda", "");
    tree_put("/sys/dev/block/252:0/comp_algorithm", "lzo\n");
    tree_put("/sys/dev/block/254:0/size", "100\n");
    tree_put("/sys/dev/block/254:1/partition", "1\n");
    tree_put("/sys/dev/block/259:1/hidden", "1\n");
    tree_put(V2 "io.stat", "253:0 rbytes=1000 wbytes=1 rios=1 wios=1\n"
                           "252:0 rbytes=1000 wbytes=1 rios=1 wios=1\n"
                           "254:1 rbytes=1000 wbytes=1 rios=1 wios=1\n"
                           "259:1 rbytes=1000 wbytes=1 rios=1 wios=1\n"
                           "7:0 rbytes=1000 wbytes=1 rios=1 wios=1\n"
                           "(unknown) rbytes=1000 wbytes=1 rios=1 wios=1\n"
                           "254:0 rbytes=7 wbytes=8 rios=1 wios=1\n"
                           "8:0 \n");
    struct sample s = read_all(CGROUP_READ_IO);
    expect(&s, FIELD_DISK_READ, 7);
    expect(&s, FIELD_DISK_WRITE, 8);
}
END_TEST

#define V1_MOUNTS \
    "32 31 0:29 / /c/cpu rw - cgroup cgroup rw,cpu\n" \
    "33 31 0:30 / /c/cpuacct rw - cgroup cgroup rw,cpuacct\n" \
    "35 31 0:32 / /c/memory rw - cgroup cgroup rw,memory\n" \
    "38 31 0:35 / /c/blkio rw - cgroup cgroup rw,blkio\n" \
    "39 31 0:36 / /c/pids rw - cgroup cgroup rw,pids\n" \
    "40 31 0:38 / /c/freezer rw - cgroup cgroup rw,freezer\n" \
    "41 31 0:39 / /c/unified rw - cgroup2 cgroup2 rw\n"
#define V1_GROUPS \
    "6:cpu:/x\n5:cpuacct:/x\n4:memory:/x\n3:blkio:/x\n2:pids:/x\n1:freezer:/x\n0::/x\n"

static void put_v1(void)
{
    tree_put("/c/cpu/x/cpu.stat", "nr_periods 5\nnr_throttled 1\nthrottled_time 77\n");
    tree_put("/c/cpuacct/x/cpuacct.usage", "123456789\n");
    tree_put("/c/cpuacct/x/cpuacct.stat", "user 10\nsystem 5\n");
    tree_put("/c/memory/x/memory.usage_in_bytes", "5000\n");
    tree_put("/c/memory/x/memory.kmem.usage_in_bytes", "50\n");
    tree_put("/c/memory/x/memory.stat",
             "cache 1\ninactive_file 1\nhierarchical_memory_limit 9223372036854771712\n"
             "total_cache 3500\ntotal_shmem 500\ntotal_inactive_file 1000\ntotal_swap 8192\n"
             "total_pgmajfault 3\n");
    tree_put("/c/memory/x/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n");
    tree_put("/c/blkio/x/blkio.throttle.io_service_bytes_recursive",
             "254:0 Read 100\n254:0 Write 200\n254:0 Sync 300\n254:0 Total 300\nTotal 300\n");
    tree_put("/c/blkio/x/blkio.throttle.io_serviced_recursive",
             "254:0 Read 1\n254:0 Write 2\n254:0 Total 3\nTotal 3\n");
    tree_put("/c/memory/x/memory.failcnt", "37\n");
    tree_put("/c/pids/x/pids.current", "8\n");
    tree_put("/c/pids/x/pids.events", "max 6\n");
    tree_put("/c/freezer/x/freezer.state", "THAWED\n");
    tree_put("/c/unified/x/cpu.pressure", "some avg10=0.10 avg60=0.00\n");
    tree_put("/c/unified/x/cpu.stat", "usage_usec 9\nuser_usec 1\nsystem_usec 8\n");
    tree_put("/c/unified/x/cgroup.events", "populated 1\nfrozen 0\n");
    tree_put("/c/unified/x/cgroup.freeze", "0\n");
}

START_TEST(version_1_gives_every_figure)
{
    put_v1();
    open_reader(V1_MOUNTS, V1_GROUPS);
    struct sample s = read_all(CGROUP_READ_ALL);
    expect(&s, FIELD_CPU, 123456789);
    expect(&s, FIELD_CPU_USER, UINT64_C(10000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
    expect(&s, FIELD_CPU_SYSTEM, UINT64_C(5000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
    expect(&s, FIELD_CPU_THROTTLED, 77);
    expect(&s, FIELD_MEM_HOST, 5000);
    expect(&s, FIELD_MEM_USED, 4000);
    expect(&s, FIELD_MEM_CACHE, 3000);
    expect(&s, FIELD_MEM_OVERHEAD, 50);
    expect(&s, FIELD_MEM_SWAP, 8192);
    expect(&s, FIELD_MAJOR_FAULTS, 3);
    ck_assert(!sample_has(&s, FIELD_MEM_LIMIT));
    expect(&s, FIELD_OOM_KILLS, 4);
    expect(&s, FIELD_MEM_LIMIT_HITS, 37);
    expect(&s, FIELD_PIDS_LIMIT_HITS, 6);
    expect(&s, FIELD_DISK_READ, 100);
    expect(&s, FIELD_DISK_WRITE, 200);
    expect(&s, FIELD_DISK_READ_OPS, 1);
    expect(&s, FIELD_DISK_WRITE_OPS, 2);
    expect(&s, FIELD_PIDS, 8);
    expect(&s, FIELD_PSI_CPU, 10);
    ck_assert(!sample_has(&s, FIELD_PSI_IO));

    /* Operations are read again only when bytes have moved. */
    tree_put("/c/blkio/x/blkio.throttle.io_serviced_recursive", "254:0 Read 9\n254:0 Write 9\n");
    s = read_all(CGROUP_READ_IO);
    expect(&s, FIELD_DISK_READ_OPS, 1);
    tree_put("/c/blkio/x/blkio.throttle.io_service_bytes_recursive",
             "254:0 Read 101\n254:0 Write 200\n");
    s = read_all(CGROUP_READ_IO);
    expect(&s, FIELD_DISK_READ, 101);
    expect(&s, FIELD_DISK_READ_OPS, 9);

    tree_put("/c/memory/x/memory.stat", "hierarchical_memory_limit 6000\n");
    s = read_all(CGROUP_READ_MEMORY | CGROUP_READ_MEMORY_STAT);
    expect(&s, FIELD_MEM_LIMIT, 6000);
    ck_assert(!sample_has(&s, FIELD_MEM_USED)); /* the working set is not known without it */
}
END_TEST

/* Until some group has a limit on a device, version 1 does not count: "Total 0" is no figure. */
START_TEST(version_1_without_counting_is_unknown)
{
    put_v1();
    tree_put("/c/blkio/x/blkio.throttle.io_service_bytes_recursive", "Total 0\n");
    tree_put("/c/blkio/blkio.throttle.io_service_bytes", "Total 0\n");
    open_reader(V1_MOUNTS, V1_GROUPS);
    struct sample s = read_all(CGROUP_READ_IO);
    ck_assert(!sample_has(&s, FIELD_DISK_READ));
    ck_assert(!sample_has(&s, FIELD_DISK_WRITE_OPS));

    tree_put("/c/blkio/blkio.throttle.io_service_bytes", "254:0 Read 5\nTotal 5\n");
    for (int i = 0; i < 40; i++)
        s = read_all(CGROUP_READ_IO);
    expect(&s, FIELD_DISK_READ, 0);
}
END_TEST

START_TEST(a_group_at_rest_is_not_asked_again_what_is_unknown)
{
    const unsigned what = CGROUP_READ_CPU | CGROUP_READ_IO | CGROUP_SAME_AT_REST;
    put_v1();
    tree_put("/c/blkio/x/blkio.throttle.io_service_bytes_recursive", "Total 0\n");
    tree_put("/c/blkio/blkio.throttle.io_service_bytes", "Total 0\n");
    open_reader(V1_MOUNTS, V1_GROUPS);
    read_all(what);
    tree_put("/c/blkio/x/blkio.throttle.io_service_bytes_recursive", "254:0 Read 1\n");
    struct sample s = read_all(what);
    ck_assert(!sample_has(&s, FIELD_DISK_READ));
    tree_put("/c/cpuacct/x/cpuacct.usage", "17\n");
    s = read_all(what);
    expect(&s, FIELD_DISK_READ, 1);
}
END_TEST

START_TEST(a_group_at_rest_says_the_same_again)
{
    const unsigned what = CGROUP_READ_ALL | CGROUP_SAME_AT_REST;
    struct cgroup_state state;
    put_v1();
    open_reader(V1_MOUNTS, V1_GROUPS);
    struct sample s = read_all(what & ~(unsigned)CGROUP_READ_OOM);
    cgroup_reader_state(reader, &state);
    tree_put("/c/pids/x/pids.current", "9\n");
    tree_put("/c/blkio/x/blkio.throttle.io_service_bytes_recursive",
             "254:0 Read 101\n254:0 Write 200\nTotal 301\n");
    tree_put("/c/cpuacct/x/cpuacct.stat", "user 11\nsystem 5\n");
    tree_put("/c/memory/x/memory.stat", "total_cache 3000\ntotal_inactive_file 2000\n");
    tree_put("/c/unified/x/cpu.pressure", "some avg10=0.20 avg60=0.00\n");

    s = read_all(what);
    expect(&s, FIELD_PIDS, 8);
    expect(&s, FIELD_DISK_READ, 100);
    expect(&s, FIELD_DISK_WRITE_OPS, 2);
    expect(&s, FIELD_CPU_USER, UINT64_C(10000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
    expect(&s, FIELD_MEM_USED, 4000);
    expect(&s, FIELD_OOM_KILLS, 4); /* was not asked for before */
    expect(&s, FIELD_PSI_CPU, 20);  /* sinks at rest */
    ck_assert(cgroup_reader_state_holds(reader));

    tree_put("/c/memory/x/memory.usage_in_bytes", "4500\n"); /* taken from outside */
    s = read_all(what & ~(unsigned)CGROUP_READ_MEMORY_STAT);
    expect(&s, FIELD_MEM_HOST, 5000);
    s = read_all(what);
    expect(&s, FIELD_MEM_USED, 2500);
    expect(&s, FIELD_PIDS, 8);
    s = read_all(CGROUP_READ_ALL);
    expect(&s, FIELD_PIDS, 9);

    tree_put("/c/pids/x/pids.current", "10\n");
    tree_put("/c/memory/x/memory.oom_control", "oom_kill 5\n");
    tree_put("/c/cpuacct/x/cpuacct.usage", "123456790\n");
    s = read_all(what & ~(unsigned)CGROUP_READ_OOM);
    expect(&s, FIELD_PIDS, 10);
    expect(&s, FIELD_DISK_READ, 101);
    ck_assert(!cgroup_reader_state_holds(reader));
    s = read_all(what); /* at rest, but it has run since that was read */
    expect(&s, FIELD_OOM_KILLS, 5);
}
END_TEST

START_TEST(pressure_of_a_group_long_at_rest_is_not_asked_again)
{
    const unsigned what = CGROUP_READ_CPU | CGROUP_READ_PSI | CGROUP_SAME_AT_REST;
    put_v1();
    tree_put("/c/unified/x/memory.pressure", "some avg10=0.00 avg60=0.00\n");
    tree_put("/c/unified/x/io.pressure", "some avg10=0.00 avg60=0.00\n");
    open_reader(V1_MOUNTS, V1_GROUPS);
    read_all(what);
    tree_put("/c/unified/x/io.pressure", "some avg10=1.00 avg60=0.00\n");
    struct sample s = read_all(what);
    expect(&s, FIELD_PSI_IO, 100); /* of a stall that was there already */

    usleep(3100000);
    s = read_all(what);
    expect(&s, FIELD_PSI_IO, 100);
    tree_put("/c/unified/x/io.pressure", "some avg10=0.00 avg60=0.00\n");
    s = read_all(what);
    expect(&s, FIELD_PSI_IO, 0); /* it was not zero: it is read until it is */
    tree_put("/c/unified/x/io.pressure", "some avg10=2.00 avg60=0.00\n");
    tree_put("/c/unified/x/cpu.pressure", "some avg10=3.00 avg60=0.00\n");
    s = read_all(what);
    expect(&s, FIELD_PSI_IO, 0);
    expect(&s, FIELD_PSI_CPU, 300);
    tree_put("/c/cpuacct/x/cpuacct.usage", "123456790\n");
    s = read_all(what);
    expect(&s, FIELD_PSI_IO, 200);
}
END_TEST

START_TEST(a_group_without_cpu_time_is_never_at_rest)
{
    put_v1();
    open_reader(V1_MOUNTS, "2:pids:/x\n");
    struct sample s = read_all(CGROUP_READ_ALL | CGROUP_SAME_AT_REST);
    expect(&s, FIELD_PIDS, 8);
    tree_put("/c/pids/x/pids.current", "9\n");
    s = read_all(CGROUP_READ_ALL | CGROUP_SAME_AT_REST);
    expect(&s, FIELD_PIDS, 9);
}
END_TEST

START_TEST(hybrid_without_cpuacct_reads_the_unified_group)
{
    put_v1();
    open_reader(V1_MOUNTS, "5:cpuacct:nonsense\n4:memory:/x\n0::/x\n");
    struct sample s = read_all(CGROUP_READ_ALL);
    expect(&s, FIELD_CPU, 9000);
    expect(&s, FIELD_CPU_SYSTEM, 8000);
    ck_assert(!sample_has(&s, FIELD_PIDS));
    ck_assert(!sample_has(&s, FIELD_DISK_READ));
}
END_TEST

START_TEST(freezer_states_are_told_apart)
{
    struct cgroup_state state;
    put_v1();
    open_reader(V1_MOUNTS, V1_GROUPS);
    cgroup_reader_state(reader, &state);
    ck_assert_int_eq(state.frozen, 0);
    ck_assert_int_eq(state.freezing, 0);
    ck_assert_int_eq(state.populated, 1);
    tree_put("/c/freezer/x/freezer.state", "FREEZING\n");
    cgroup_reader_state(reader, &state);
    ck_assert_int_eq(state.frozen, 0);
    ck_assert_int_eq(state.freezing, 1);
    tree_put("/c/freezer/x/freezer.state", "FROZEN\n");
    cgroup_reader_state(reader, &state);
    ck_assert_int_eq(state.frozen, 1);
    ck_assert_int_eq(state.freezing, 0);
    tree_put("/c/freezer/x/freezer.state", "THAWED\n");
    tree_put("/c/unified/x/cgroup.events", "populated 0\nfrozen 1\n");
    cgroup_reader_state(reader, &state);
    ck_assert_int_eq(state.frozen, 1);
    ck_assert_int_eq(state.populated, 0);
    tree_put("/c/unified/x/cgroup.events", "populated 1\nfrozen 0\n");
    tree_put("/c/unified/x/cgroup.freeze", "1\n");
    cgroup_reader_state(reader, &state);
    ck_assert_int_eq(state.frozen, 0);
    ck_assert_int_eq(state.freezing, 1);
    cgroup_reader_free(reader);
    reader = cgroup_reader_new(&layout, &(struct cgroup_paths){0});
    cgroup_reader_state(reader, &state);
    ck_assert_int_eq(state.frozen, -1);
    ck_assert_int_eq(state.freezing, -1);
    ck_assert_int_eq(state.populated, -1);
}
END_TEST

START_TEST(a_group_that_never_was_is_gone)
{
    open_reader(V1_MOUNTS, V1_GROUPS);
    struct sample sample = {0};
    ck_assert_int_eq(cgroup_reader_read(reader, CGROUP_READ_ALL, &sample), ERR_GONE);
    ck_assert_uint_eq(sample.valid, 0);
    put_v1(); /* and there it is */
    ck_assert_int_eq(cgroup_reader_read(reader, CGROUP_READ_ALL, &sample), 0);
    expect(&sample, FIELD_PIDS, 8);
}
END_TEST

START_TEST(without_descriptors_to_hold_figures_are_the_same)
{
    put_v1();
    open_reader(V1_MOUNTS, V1_GROUPS);
    layout.fds.max = 2;
    for (int i = 0; i < 3; i++) {
        struct sample s = read_all(CGROUP_READ_ALL);
        expect(&s, FIELD_PIDS, 8);
        expect(&s, FIELD_MEM_USED, 4000);
        ck_assert_uint_le(layout.fds.held, 2);
    }
}
END_TEST

static void use_texts(const char *text)
{
    struct sample sample;
    struct cgroup_memory memory;
    struct cgroup_io io = {0};
    uint64_t value;
    cgroup_parse_cpu_v2(text, &sample);
    cgroup_parse_throttled_v1(text, &sample);
    cgroup_parse_cpuacct_stat(text, &sample);
    cgroup_parse_limit(text, &value);
    cgroup_parse_memory_v1(text, &memory);
    cgroup_parse_memory_v2(text, &memory);
    cgroup_parse_io_v1(text, layout.blocks, CGROUP_IO_READ, &io);
    cgroup_parse_io_v1(text, layout.blocks, CGROUP_IO_READ_OPS, &io);
    cgroup_parse_io_v2(text, layout.blocks, &io);
    free(io.device);
}

START_TEST(spoilt_texts_are_survived)
{
    put_v2();
    tree_spoil("usage_usec 18446744073709551615\nthrottled_usec 1\nuser 5\n", use_texts);
    tree_spoil("254:0 rbytes=4096 wbytes=8192 rios=1 wios=2\n1:2 rbytes=x", use_texts);
    tree_spoil("254:0 Read 100\n254:0 Write 200\n4294967296:0 Read 1\nTotal 300\n", use_texts);
    tree_spoil("total_inactive_file 1\nkernel 5\nslab 18446744073709551615\npercpu 9\n", use_texts);
    struct cgroup_io io = {0};
    for (uint32_t i = 0; i < 3 * CGROUP_DEVICES_MAX; i++) {
        char line[64];
        snprintf(line, sizeof(line), "300:%u rbytes=1 wbytes=1\n", i);
        ck_assert(cgroup_parse_io_v2(line, layout.blocks, &io));
    }
    ck_assert_uint_le(io.count, CGROUP_DEVICES_MAX);
    free(io.device);
}
END_TEST

static void burn(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
}

/* A group of the unified hierarchy with a busy process in it. */
static pid_t start_busy(const char *group)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/cgroup.procs", group);
    pid_t child = fork();
    if (child == 0) {
        FILE *file = fopen(path, "w");
        if (!file || fputs("0\n", file) < 0 || fclose(file) != 0)
            _exit(1);
        burn();
    }
    return child;
}

static void end_busy(pid_t child, const char *group)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    for (int i = 0; i < 100 && rmdir(group) != 0; i++)
        usleep(10000);
}

START_TEST(live_group_is_read_and_its_end_is_seen)
{
    ck_assert_int_eq(cgroup_layout_load(&layout, "", NULL), 0);
    const char *point = layout.mount[CGROUP_UNIFIED].point;
    char group[200], name[64], text[80];
    snprintf(name, sizeof(name), "/vctop-test-%d", (int)getpid());
    snprintf(group, sizeof(group), "%s%s", point ? point : "/nowhere", name);
    if (!point || mkdir(group, 0755) != 0) {
        printf("SKIP: no unified cgroup can be made here: %s\n", strerror(errno));
        return;
    }
    struct cgroup_paths paths;
    snprintf(text, sizeof(text), "0::%s\n", name);
    cgroup_paths_parse(&layout, text, &paths);
    reader = cgroup_reader_new(&layout, &paths);
    cgroup_paths_clear(&paths);

    pid_t child = start_busy(group);
    usleep(50000);
    struct sample first = read_all(CGROUP_READ_ALL);
    struct sample second = first;
    /* It has to run some 20 ms; a busy host gives it little. */
    for (int i = 0; i < 100 && second.value[FIELD_CPU] <= first.value[FIELD_CPU] + 20000000; i++) {
        usleep(100000);
        second = read_all(CGROUP_READ_ALL);
    }
    struct cgroup_state state;
    cgroup_reader_state(reader, &state);
    end_busy(child, group);
    ck_assert(sample_has(&first, FIELD_CPU) && sample_has(&second, FIELD_CPU));
    ck_assert_uint_gt(second.value[FIELD_CPU], first.value[FIELD_CPU] + 20000000);
    ck_assert_uint_lt(second.value[FIELD_CPU], first.value[FIELD_CPU] + 600000000);
    ck_assert_int_eq(state.populated, 1);

    struct sample after = {0};
    ck_assert_int_eq(cgroup_reader_read(reader, CGROUP_READ_ALL, &after), ERR_GONE);
    ck_assert_uint_eq(after.valid, 0);
    ck_assert_int_eq(mkdir(group, 0755), 0); /* made again under the same name */
    struct sample again = read_all(CGROUP_READ_ALL);
    ck_assert(sample_has(&again, FIELD_CPU));
    ck_assert_uint_lt(again.value[FIELD_CPU], second.value[FIELD_CPU]);
    rmdir(group);
}
END_TEST

#define GROUPS 64
#define ROUNDS 20

/* What a tick costs is measured on the four main files of version 1, which is where real
 * controllers are; elsewhere there is nothing to measure. */
START_TEST(live_tick_costs_microseconds)
{
    ck_assert_int_eq(cgroup_layout_load(&layout, "", NULL), 0);
    struct cgroup_reader *readers[GROUPS] = {NULL};
    char name[64], text[400], path[300];
    static const enum cgroup_controller used[] = {CGROUP_CPUACCT, CGROUP_MEMORY, CGROUP_IO,
                                                  CGROUP_PIDS};
    bool possible = true;
    for (int g = 0; g < GROUPS; g++) {
        snprintf(name, sizeof(name), "/vctop-test-%d-%d", (int)getpid(), g);
        snprintf(text, sizeof(text), "5:cpuacct:%s\n4:memory:%s\n3:blkio:%s\n2:pids:%s\n", name,
                 name, name, name);
        for (size_t i = 0; i < 4 && possible; i++) {
            const struct cgroup_mount *mount = &layout.mount[used[i]];
            snprintf(path, sizeof(path), "%s%s", mount->point ? mount->point : "/nowhere", name);
            possible = mount->point && !mount->v2 && mkdir(path, 0755) == 0;
        }
        struct cgroup_paths paths;
        cgroup_paths_parse(&layout, text, &paths);
        readers[g] = cgroup_reader_new(&layout, &paths);
        cgroup_paths_clear(&paths);
    }
    unsigned what = CGROUP_READ_CPU | CGROUP_READ_MEMORY | CGROUP_READ_IO | CGROUP_READ_PIDS;
    int64_t used_ns = 0;
    for (int round = 0; round < ROUNDS && possible; round++) {
        struct timespec before, after;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
        for (int g = 0; g < GROUPS; g++) {
            struct sample sample = {0};
            cgroup_reader_read(readers[g], what, &sample);
        }
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
        if (round > 0) /* the first one opens */
            used_ns += (after.tv_sec - before.tv_sec) * NS_PER_S + after.tv_nsec - before.tv_nsec;
        usleep(20000);
    }
    for (int g = 0; g < GROUPS; g++) {
        cgroup_reader_free(readers[g]);
        snprintf(name, sizeof(name), "/vctop-test-%d-%d", (int)getpid(), g);
        for (size_t i = 0; i < 4; i++) {
            const char *point = layout.mount[used[i]].point;
            snprintf(path, sizeof(path), "%s%s", point ? point : "/nowhere", name);
            rmdir(path);
        }
    }
    if (!possible) {
        printf("SKIP: no version 1 cgroups can be made here\n");
        return;
    }
    double us = (double)used_ns / 1000 / GROUPS / (ROUNDS - 1);
    printf("four files of a group: %.1f us a tick\n", us);
    ck_assert_msg(us < 200, "%.1f us a group", us); /* loose: sanitizers and shared cores */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel/cgroup_read");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, version_2_gives_every_figure);
    tcase_add_test(tests, memory_stat_is_remembered_between_its_reads);
    tcase_add_test(tests, old_version_2_sums_kernel_memory);
    tcase_add_test(tests, no_figure_is_unset_not_zero);
    tcase_add_test(tests, devices_that_go_take_nothing_back);
    tcase_add_test(tests, a_stack_of_devices_counts_once);
    tcase_add_test(tests, version_1_gives_every_figure);
    tcase_add_test(tests, version_1_without_counting_is_unknown);
    tcase_add_test(tests, a_group_at_rest_says_the_same_again);
    tcase_add_test(tests, a_group_at_rest_is_not_asked_again_what_is_unknown);
    tcase_add_test(tests, pressure_of_a_group_long_at_rest_is_not_asked_again);
    tcase_add_test(tests, a_group_without_cpu_time_is_never_at_rest);
    tcase_add_test(tests, hybrid_without_cpuacct_reads_the_unified_group);
    tcase_add_test(tests, freezer_states_are_told_apart);
    tcase_add_test(tests, a_group_that_never_was_is_gone);
    tcase_add_test(tests, without_descriptors_to_hold_figures_are_the_same);
    tcase_add_test(tests, spoilt_texts_are_survived);
    tcase_add_test(tests, live_group_is_read_and_its_end_is_seen);
    tcase_add_test(tests, live_tick_costs_microseconds);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
