/* Parts of a guest from recorded trees: threads, links, disks, memory, processes. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/block.h"
#include "kernel/cgroup_member.h"
#include "kernel/cgroup_part.h"
#include "kernel/part_link.h"
#include "kernel/part_process.h"
#include "kernel/part_thread.h"
#include "test_kernel_tree.h"

static struct parts parts;

static void setup(void)
{
    tree_make();
    parts = (struct parts){0};
}

static void teardown(void)
{
    parts_clear(&parts);
    tree_remove();
}

static void put_stat(const char *path, int pid, const char *comm, char state, int ticks, int start)
{
    char text[512];

    snprintf(
        text, sizeof(text),
        "%d (%s) %c 1 1 1 0 -1 0 9 9 9 9 %d 0 0 0 20 0 1 0 %d 4096 3 0 0 0 0 0 0 0 0 0 0 0 0 0 "
        "17 %d 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
        pid, comm, state, ticks, start, pid % 8);
    tree_put(path, text);
}

static void put_thread(int tid, const char *comm, const char *schedstat)
{
    char path[128];

    snprintf(path, sizeof(path), "/proc/700/task/%d/stat", tid);
    put_stat(path, tid, comm, 'S', 100, 5);
    snprintf(path, sizeof(path), "/proc/700/task/%d/schedstat", tid);
    if (schedstat)
        tree_put(path, schedstat);
    snprintf(path, sizeof(path), "/proc/700/task/%d/status", tid);
    tree_put(path, "Name:\tx\nCpus_allowed:\tf\nCpus_allowed_list:\t0-1,3\n");
}

static const struct part *expect(size_t index, enum part_kind kind, uint32_t number,
                                 const char *name)
{
    ck_assert_uint_lt(index, parts.count);
    const struct part *part = &parts.part[index];
    ck_assert_int_eq(part->kind, kind);
    ck_assert_uint_eq(part->number, number);
    ck_assert_str_eq(part->name, name);
    ck_assert_int_gt(part->at_ns, 0);
    return part;
}

static void has(const struct part *part, enum part_field field, uint64_t value)
{
    ck_assert_msg(part_has(part, field), "%s is not set", part_field_name(field));
    ck_assert_msg(part->value[field] == value, "%s is %lu, not %lu", part_field_name(field),
                  (unsigned long)part->value[field], (unsigned long)value);
}

START_TEST(threads_are_told_apart_by_name)
{
    put_thread(700, "qemu-system-x86", "500 0 1\n");
    put_thread(703, "CPU 10/KVM", "300 30 1\n");
    put_thread(702, "CPU 2/TCG", "200 20 1\n");
    put_thread(704, "IO iothread1", "40 4 1\n");
    put_thread(705, "IO mon_iothread", "7000 5 1\n");
    put_thread(706, "CPU x/KVM", NULL);
    put_thread(707, "IO fast disk", "41 4 1\n");
    part_threads_qemu(tree_root, 700, ~0u, &parts);
    const struct part *part = expect(0, PART_VCPU, 2, "vCPU 2");
    has(part, PART_FIELD_CPU, 200);
    has(part, PART_FIELD_WAIT, 20);
    has(part, PART_FIELD_LAST_CPU, 702 % 8);
    ck_assert_str_eq(part->words[0], "S");
    ck_assert_str_eq(part->words[1], "0-1,3");
    expect(1, PART_VCPU, 10, "vCPU 10");
    /* The emulator's by what they used; without schedstat in ticks. */
    part = expect(2, PART_EMULATOR, 706, "CPU x/KVM");
    has(part, PART_FIELD_CPU, 100 * (uint64_t)(NS_PER_S / sysconf(_SC_CLK_TCK)));
    ck_assert(!part_has(part, PART_FIELD_WAIT));
    expect(3, PART_EMULATOR, 705, "IO mon_iothread");
    expect(4, PART_EMULATOR, 700, "qemu-system-x86");
    expect(5, PART_IOTHREAD, 707, "fast disk");
    expect(6, PART_IOTHREAD, 704, "iothread 1");
    ck_assert_uint_eq(parts.count, 7);

    parts_clear(&parts);
    part_threads_qemu(tree_root, 700, PART_BIT(PART_IOTHREAD), &parts);
    ck_assert_uint_eq(parts.count, 2);
    part_threads_qemu(tree_root, 701, ~0u, &parts);
    ck_assert_uint_eq(parts.count, 2);
}
END_TEST

START_TEST(what_a_group_does_not_count_its_processes_do)
{
    struct sample sample = {0};
    char dir[4096];

    snprintf(dir, sizeof(dir), "%s/g", tree_root);
    tree_put("/g/cgroup.procs", "900\n901\n");
    tree_put("/g/system.slice/cgroup.procs", "902\n901\n");
    tree_put("/proc/900/io", "rchar: 9\nwchar: 9\nsyscr: 1\nsyscw: 1\nread_bytes: 100\n"
                             "write_bytes: 1000\ncancelled_write_bytes: 0\n");
    tree_put("/proc/901/io",
             "rchar: 9\nwchar: 9\nsyscr: 1\nsyscw: 1\nread_bytes: 20\nwrite_bytes: 200\n");
    /* 902 has ended meanwhile. */
    ck_assert(cgroup_members_io(tree_root, dir, &sample));
    ck_assert_uint_eq(sample.value[FIELD_DISK_READ], 120);
    ck_assert_uint_eq(sample.value[FIELD_DISK_WRITE], 1200);
    ck_assert(!sample_has(&sample, FIELD_DISK_WRITE_OPS));
    /* Half a sum is none. */
    sample = (struct sample){0};
    tree_put("/proc/902/io", "what\n");
    ck_assert(!cgroup_members_io(tree_root, dir, &sample));
    ck_assert(!sample.valid);
    snprintf(dir, sizeof(dir), "%s/gone", tree_root);
    ck_assert(!cgroup_members_io(tree_root, dir, &sample));
}
END_TEST

START_TEST(hops_end_where_nobody_knows)
{
    struct isolation_facts facts = {0};
    const struct isolation_value *network = &facts.at[ISOLATION_FACT_NETWORK];
    struct link_hops hops;

    tree_put("/sys/class/net/br0/brif/eno1/x", "");
    tree_put("/sys/class/net/br0/brif/vnet3/x", "");
    tree_put("/sys/class/net/eno1/device/x", "");
    tree_put("/sys/class/net/vnet3/uevent", "INTERFACE=vnet3\n");
    ck_assert_int_eq(symlink("../br0", tree_path("/sys/class/net/vnet3/master")), 0);
    link_hops(tree_root, "vnet3", &hops);
    ck_assert_str_eq(hops.bridge, "br0");
    ck_assert_str_eq(hops.uplink, "eno1");
    link_add_network(tree_root, "vnet3", &facts);
    link_add_network(tree_root, "vnet3", &facts);
    link_add_network(tree_root, "eno1", &facts);
    ck_assert_uint_eq(network->count, 1);
    ck_assert_str_eq(network->text[0], "br0 -> eno1");

    /* A second one: which of them it is cannot be told. */
    tree_put("/sys/class/net/br0/brif/bond0/x", "");
    tree_put("/sys/class/net/bond0/uevent", "DEVTYPE=bond\nINTERFACE=bond0\n");
    link_hops(tree_root, "vnet3", &hops);
    ck_assert_str_eq(hops.bridge, "br0");
    ck_assert_str_eq(hops.uplink, "");
    link_add_network(tree_root, "vnet3", &facts);
    ck_assert_str_eq(network->text[1], "br0");
    isolation_facts_clear(&facts);
    link_hops(tree_root, "bond0", &hops);
    ck_assert_str_eq(hops.bridge, "");
    link_hops(tree_root, "../eno1", &hops);
    ck_assert_str_eq(hops.bridge, "");
}
END_TEST

static const char inet6[] = "fe800000000000000000000000000001 0b 40 20 80     wan0\n";

static void name_of_any(const char *text)
{
    char name[16];

    tree_put("/proc/9/net/if_inet6", text);
    tree_put("/proc/9/net/igmp", text);
    part_link_name(tree_root, 9, 11, name);
}

START_TEST(links_have_names_in_their_namespace)
{
    char name[16];

    tree_put("/proc/9/net/igmp", "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
                                 "1\tlo        :     1      V3\n"
                                 "\t\t\t\t010000E0     1 0:00000000\t\t0\n"
                                 "2\teth0      :     1      V3\n");
    ck_assert(part_link_name(tree_root, 9, 2, name));
    ck_assert_str_eq(name, "eth0");
    ck_assert(!part_link_name(tree_root, 9, 11, name));
    tree_put("/proc/9/net/if_inet6", inet6);
    ck_assert(part_link_name(tree_root, 9, 11, name));
    ck_assert_str_eq(name, "wan0");
    ck_assert(!part_link_name(tree_root, 8, 2, name));
    tree_spoil(inet6, name_of_any);
}
END_TEST

START_TEST(own_links_are_as_the_guest_sees_them)
{
    tree_put("/proc/9/net/dev",
             "Inter-|   Receive                                                |  Transmit\n"
             " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets\n"
             "    lo: 5 5 5 5 0 0 0 0 5 5 5 5 0 0 0 0\n"
             "  eth0: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n");
    ck_assert(!part_links_own(tree_root, 8, &parts)); /* there is no such process */
    ck_assert(part_links_own(tree_root, 9, &parts));
    ck_assert_uint_eq(parts.count, 1);
    const struct part *part = expect(0, PART_LINK, 0, "eth0");
    has(part, PART_FIELD_RX, 1);
    has(part, PART_FIELD_RX_DROPS, 4);
    has(part, PART_FIELD_TX_ERRORS, 7);
    ck_assert_ptr_null(part->words[0]);
}
END_TEST

static struct cgroup_layout layout;

static struct cgroup_reader *reader_of(const char *mountinfo, const char *cgroup)
{
    struct cgroup_paths paths;

    tree_put("/proc/self/mountinfo", mountinfo);
    ck_assert_int_eq(cgroup_layout_load(&layout, tree_root, NULL), 0);
    cgroup_paths_parse(&layout, cgroup, &paths);
    struct cgroup_reader *reader = cgroup_reader_new(&layout, &paths);
    cgroup_paths_clear(&paths);
    return reader;
}

START_TEST(version_2_knows_disks_and_memory)
{
    tree_put("/sys/fs/cgroup/cgroup.controllers", "cpu io memory pids\n");
    struct cgroup_reader *reader =
        reader_of("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", "0::/a\n");

    tree_put("/sys/fs/cgroup/a/io.stat", "8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0\n"
                                         "253:3 rbytes=4096 wbytes=8192 rios=1 wios=2\n"
                                         "259:1 rbytes=7 wbytes=0 rios=1 wios=0\n");
    tree_put("/sys/dev/block/8:0/uevent", "MAJOR=8\nDEVNAME=sda\nDEVTYPE=disk\n");
    tree_put("/sys/dev/block/253:3/slaves/sda/x", ""); /* on top of it: the same bytes again */
    cgroup_part_disks(&layout, reader, &parts);
    ck_assert_uint_eq(parts.count, 2);
    has(expect(0, PART_DISK, 0, "sda"), PART_FIELD_WRITE, 8192);
    has(&parts.part[0], PART_FIELD_WRITE_OPS, 2);
    has(expect(1, PART_DISK, 0, "259:1"), PART_FIELD_READ, 7);

    tree_put("/sys/fs/cgroup/a/memory.current", "1000000\n");
    tree_put("/sys/fs/cgroup/a/memory.stat", "anon 1\nfile 400000\nkernel 5000\nshmem 100000\n"
                                             "inactive_file 300000\npgmajfault 12\n");
    tree_put("/sys/fs/cgroup/a/memory.max", "1500000\n");
    tree_put("/sys/fs/cgroup/a/memory.swap.current", "77\n");
    cgroup_part_memory(&layout, reader, &parts);
    const struct part *part = expect(2, PART_MEMORY, 0, "memory");
    has(part, PART_FIELD_USED, 700000);
    has(part, PART_FIELD_CACHE, 300000);
    has(part, PART_FIELD_FREE, 500000);
    has(part, PART_FIELD_LIMIT, 1500000);
    has(part, PART_FIELD_HOST, 1000000);
    has(part, PART_FIELD_SHARED, 100000);
    has(part, PART_FIELD_KERNEL, 5000);
    has(part, PART_FIELD_SWAP, 77);
    has(part, PART_FIELD_MAJOR_FAULTS, 12);
    cgroup_reader_free(reader);
    cgroup_layout_clear(&layout);
}
END_TEST

START_TEST(version_1_knows_disks_and_memory)
{
    struct cgroup_reader *reader =
        reader_of("30 23 0:26 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n"
                  "31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n",
                  "5:blkio:/a\n4:memory:/a\n");

    tree_put("/sys/fs/cgroup/blkio/a/blkio.throttle.io_service_bytes_recursive",
             "8:0 Read 10\n8:0 Write 20\n8:0 Total 30\n8:16 Read 1\n8:16 Write 2\nTotal 33\n");
    tree_put("/sys/fs/cgroup/blkio/a/blkio.throttle.io_serviced_recursive",
             "8:0 Read 3\n8:0 Write 4\n8:16 Read 1\n8:16 Write 1\nTotal 9\n");
    cgroup_part_disks(&layout, reader, &parts);
    ck_assert_uint_eq(parts.count, 2);
    has(expect(0, PART_DISK, 0, "8:0"), PART_FIELD_WRITE, 20);
    has(&parts.part[0], PART_FIELD_READ_OPS, 3);
    has(expect(1, PART_DISK, 0, "8:16"), PART_FIELD_WRITE, 2);

    tree_put("/sys/fs/cgroup/memory/a/memory.usage_in_bytes", "1000\n");
    tree_put("/sys/fs/cgroup/memory/a/memory.stat",
             "cache 1\ntotal_cache 300\ntotal_shmem 100\ntotal_inactive_file 200\ntotal_swap "
             "9\ntotal_pgmajfault 4\n"
             "hierarchical_memory_limit 9223372036854771712\n");
    cgroup_part_memory(&layout, reader, &parts);
    const struct part *part = expect(2, PART_MEMORY, 0, "memory");
    has(part, PART_FIELD_USED, 800); /* as in the table: the files in use are needed */
    has(part, PART_FIELD_CACHE, 200);
    has(part, PART_FIELD_SWAP, 9);
    ck_assert(!part_has(part, PART_FIELD_FREE));
    ck_assert(!part_has(part, PART_FIELD_LIMIT));
    cgroup_reader_free(reader);
    cgroup_layout_clear(&layout);
}
END_TEST

static void put_process(int pid, const char *comm, int ticks, int start, int uid)
{
    char path[128], text[128];

    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    put_stat(path, pid, comm, 'R', ticks, start);
    snprintf(path, sizeof(path), "/proc/%d/status", pid);
    snprintf(text, sizeof(text), "Uid:\t%d\t0\t0\t0\n", uid);
    tree_put(path, text);
    snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
    int len = snprintf(text, sizeof(text), "%s", comm);
    memcpy(text + len + 1, "-x\0", 4);
    tree_put_bytes(path, text, (size_t)len + 4);
}

START_TEST(processes_come_the_busiest_first)
{
    char *dir = strdup(tree_path("/g"));
    struct part_processes *processes = part_processes_new(tree_root);

    tree_put("/g/cgroup.procs", "20\n21\n0\n");
    tree_put("/g/init.scope/cgroup.procs", "22\n23\n99\n"); /* 99 has ended */
    tree_put("/proc/20/uid_map", "0 100000 65536\n");
    put_process(20, "init", 5, 1, 100000);
    put_process(21, "old", 9000, 1, 100033);
    put_process(22, "young", 10, 1, 0);
    put_process(23, "zzz", 0, 1, 100000);
    part_processes_read(processes, dir, 20, 3, &parts);
    ck_assert_uint_eq(parts.count, 3);
    ck_assert_uint_eq(parts.left_out, 1);
    const struct part *part = expect(0, PART_PROCESS, 21, "old");
    ck_assert_str_eq(part->words[0], "R");
    ck_assert_str_eq(part->words[1], "old -x");
    ck_assert_str_eq(part->words[2], "33");
    has(part, PART_FIELD_RSS, 3 * (uint64_t)sysconf(_SC_PAGESIZE));
    part = expect(1, PART_PROCESS, 22, "young");
    ck_assert_ptr_null(part->words[2]); /* from outside: its number means nothing in here */
    ck_assert_str_eq(expect(2, PART_PROCESS, 20, "init")->words[2], "root");

    /* Who worked since is first now; another process with the same pid begins anew. */
    parts_clear(&parts);
    put_process(22, "young", 30, 1, 0);
    put_process(21, "other", 10, 9, 100000);
    part_processes_read(processes, dir, 20, 3, &parts);
    expect(0, PART_PROCESS, 22, "young");
    ck_assert_str_eq(expect(1, PART_PROCESS, 21, "other")->words[2], "root");
    part_processes_free(processes);
    free(dir);
}
END_TEST

START_TEST(a_process_is_a_part_too)
{
    put_process(40, "lxc-start", 7, 1, 0);
    ck_assert_ptr_null(part_thread_process(tree_root, 41, PART_EMULATOR, "lxc monitor", &parts));
    ck_assert_ptr_nonnull(part_thread_process(tree_root, 40, PART_EMULATOR, "lxc monitor", &parts));
    has(expect(0, PART_EMULATOR, 40, "lxc monitor"), PART_FIELD_RSS,
        3 * (uint64_t)sysconf(_SC_PAGESIZE));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel parts");
    TCase *tc = tcase_create("trees");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, threads_are_told_apart_by_name);
    tcase_add_test(tc, what_a_group_does_not_count_its_processes_do);
    tcase_add_test(tc, hops_end_where_nobody_knows);
    tcase_add_test(tc, links_have_names_in_their_namespace);
    tcase_add_test(tc, own_links_are_as_the_guest_sees_them);
    tcase_add_test(tc, version_2_knows_disks_and_memory);
    tcase_add_test(tc, version_1_knows_disks_and_memory);
    tcase_add_test(tc, processes_come_the_busiest_first);
    tcase_add_test(tc, a_process_is_a_part_too);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
