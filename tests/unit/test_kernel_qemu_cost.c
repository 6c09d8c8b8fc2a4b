/* What a machine costs beside what its guest uses. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "kernel/qemu_cost.h"
#include "kernel/qemu_memory.h"
#include "test_kernel_tree.h"

#define PID 4242
#define MIB (UINT64_C(1) << 20)
#define PRESENT (UINT64_C(1) << 63)
#define STAT "S 1 1 1 0 -1 4194304 0 0 0 0 5 5 0 0 20 0 3 0 100 0 0\n"

static const struct qemu_args plain = {.memory = 512 * MIB};
static const struct proc_identity id = {PID, 100};

static void put_thread(int tid, const char *name, const char *stat, const char *schedstat)
{
    char path[64], text[256];

    snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", PID, tid);
    snprintf(text, sizeof(text), "%d (%s) %s", tid, name, stat);
    tree_put(path, text);
    snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", PID, tid);
    tree_put(path, schedstat);
}

/* COUNT pages from ADDRESS on, the first RESIDENT of them resident. */
static void put_pages(uint64_t address, uint64_t count, uint64_t resident)
{
    int fd = open(tree_path("/proc/4242/pagemap"), O_WRONLY | O_CREAT, 0644);
    ck_assert_int_ge(fd, 0);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t entry = i < resident ? PRESENT | i : UINT64_C(1) << 62; /* the rest in swap */
        ck_assert_int_eq(pwrite(fd, &entry, 8, (off_t)((address / 4096 + i) * 8)), 8);
    }
    close(fd);
}

/* Guest memory of 512 MiB at 1 GiB, QEMU's own around it. */
static void put_qemu(const char *more)
{
    char maps[2048];

    tree_make();
    put_thread(PID, "qemu-system-x86", STAT, "1 1 1");
    snprintf(maps, sizeof(maps),
             "00100000-00110000 r-xp 00000000 08:01 77                 /usr/bin/qemu-system x\n"
             "00110000-00118000 rw-p 00000000 00:00 0                  [heap]\n"
             "00120000-08000000 ---p 00000000 00:00 0 \n"
             "40000000-60000000 rw-p 00000000 00:00 0 \n"
             "60001000-60005000 rw-p 00000000 00:00 0 \n"
             "70000000-78000000 rwxp 00000000 00:00 0 \n"
             "78000000-78001000 rw-s 00000000 08:01 9                  /dev/vfio/12\n"
             "%s"
             "7ff000000-7ff002000 r--p 00000000 00:00 0                [vvar]\n",
             more);
    tree_put("/proc/4242/maps", maps);
    put_pages(0x100000, 16, 10);
    put_pages(0x110000, 8, 3);
    put_pages(0x40000000, 64, 64); /* the guest's: not to be counted */
    put_pages(0x60001000, 4, 1);
    put_pages(0x70000000, 5000, 4200); /* more than is read at once */
    put_pages(0x78000000, 1, 1);       /* a device's */
}

START_TEST(what_is_not_the_guests_is_counted)
{
    uint64_t bytes = 0;

    put_qemu("");
    ck_assert_int_eq(qemu_memory_overhead(tree_root, PID, &plain, &bytes), 0);
    ck_assert_uint_eq(bytes, (10 + 3 + 1 + 4200) * 4096);
    /* The same by the size of a backend. */
    struct qemu_args backed = {.memory = 512 * MIB, .backend = {512 * MIB}, .backends = 1};
    ck_assert_int_eq(qemu_memory_overhead(tree_root, PID, &backed, &bytes), 0);
    ck_assert_uint_eq(bytes, (10 + 3 + 1 + 4200) * 4096);
    tree_remove();
}
END_TEST

START_TEST(doubt_is_no_figure)
{
    static const struct qemu_args other = {.memory = 256 * MIB}, none = {0};
    uint64_t bytes = 7;

    put_qemu("80000000-a0000000 rw-s 00000000 00:05 3   /memfd:plugged (deleted)\n");
    ck_assert_int_eq(qemu_memory_overhead(tree_root, PID, &plain, &bytes), ERR_UNSUPPORTED);
    tree_remove();
    put_qemu("");
    ck_assert_int_eq(qemu_memory_overhead(tree_root, PID, &other, &bytes), ERR_UNSUPPORTED);
    ck_assert_int_eq(qemu_memory_overhead(tree_root, PID, &none, &bytes), ERR_UNSUPPORTED);
    ck_assert_int_eq(qemu_memory_overhead(tree_root, PID + 1, &plain, &bytes), ERR_GONE);
    put_thread(PID + 1, "worker", "D 1 1 1 0 -1 0 0 0 0 0 5 5 0 0 20 0 3 0 100 0 0\n", "1 1 1");
    ck_assert_int_eq(qemu_memory_overhead(tree_root, PID, &plain, &bytes), ERR_BUSY);
    ck_assert_uint_eq(bytes, 7);
    tree_remove();
}
END_TEST

START_TEST(looks_are_rationed)
{
    struct qemu_cost cost = {0};
    struct qemu_looks looks = {0};
    static const char cmdline[] = "qemu\0-m\0"
                                  "512";
    struct sample sample = {.at_ns = 100 * NS_PER_S};

    put_qemu("");
    tree_put_bytes("/proc/4242/cmdline", cmdline, sizeof(cmdline));
    qemu_cost_memory(&cost, tree_root, &id, &looks, &sample);
    ck_assert(!sample_has(&sample, FIELD_MEM_OVERHEAD));
    qemu_looks_begin(&looks);
    qemu_cost_memory(&cost, tree_root, &id, &looks, &sample);
    ck_assert_uint_eq(sample.value[FIELD_MEM_OVERHEAD], (10 + 3 + 1 + 4200) * 4096);
    /* It stays what it was until the next look. */
    put_pages(0x110000, 8, 4);
    sample = (struct sample){.at_ns = 102 * NS_PER_S};
    qemu_cost_memory(&cost, tree_root, &id, &looks, &sample);
    ck_assert_uint_eq(sample.value[FIELD_MEM_OVERHEAD], (10 + 3 + 1 + 4200) * 4096);
    sample = (struct sample){.at_ns = 1000 * NS_PER_S};
    qemu_cost_memory(&cost, tree_root, &id, &looks, &sample);
    ck_assert_uint_eq(sample.value[FIELD_MEM_OVERHEAD], (10 + 4 + 1 + 4200) * 4096);
    qemu_cost_clear(&cost);
    tree_remove();
}
END_TEST

/* CPU_VIRT when all of the machine has used CPU_NS. */
static uint64_t virt(struct qemu_cost *cost, struct proc_watch *watch, uint64_t cpu_ns,
                     unsigned what)
{
    struct sample sample = {0};

    ck_assert_int_eq(proc_watch_read(watch, what, &sample, NULL), 0);
    sample_set(&sample, FIELD_CPU, cpu_ns);
    qemu_cost_cpu(cost, watch, &sample);
    ck_assert(sample_has(&sample, FIELD_CPU_VIRT));
    return sample.value[FIELD_CPU_VIRT];
}

START_TEST(what_no_vcpu_used_is_virtualisation)
{
    struct qemu_cost cost = {0};
    struct proc_watch *watch = NULL;
    struct sample none = {0};

    tree_make();
    tree_put("/proc/4242/stat", "4242 (qemu-system-x86) " STAT);
    put_thread(PID, "qemu-system-x86", STAT, "70 1 1");
    put_thread(PID + 1, "CPU 0/KVM", STAT, "1000 1 1");
    ck_assert_int_eq(proc_watch_new(&watch, tree_root, &id), 0);
    qemu_cost_cpu(&cost, watch, &none); /* without CPU there is nothing */
    ck_assert(!sample_has(&none, FIELD_CPU_VIRT));

    /* A group that began to count later than the threads did: less than the vCPUs used. */
    ck_assert_uint_eq(virt(&cost, watch, 900, WATCH_WAIT), 0);
    put_thread(PID + 1, "CPU 0/KVM", STAT, "1500 1 1");
    ck_assert_uint_eq(virt(&cost, watch, 1450, WATCH_WAIT), 50);
    ck_assert_uint_eq(virt(&cost, watch, 1440, WATCH_WAIT), 50); /* not read at the same time */
    ck_assert_uint_eq(virt(&cost, watch, 1460, WATCH_WAIT), 60);
    /* A plugged vCPU's past is no step. */
    put_thread(PID + 2, "CPU 1/KVM", STAT, "400 1 1");
    ck_assert_uint_eq(virt(&cost, watch, 1900, WATCH_WAIT | WATCH_THREADS), 60);
    ck_assert_uint_eq(virt(&cost, watch, 1907, WATCH_WAIT), 67);
    proc_watch_free(watch);
    tree_remove();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel qemu cost");
    TCase *tcase = tcase_create("qemu cost");

    tcase_add_test(tcase, what_is_not_the_guests_is_counted);
    tcase_add_test(tcase, doubt_is_no_figure);
    tcase_add_test(tcase, looks_are_rationed);
    tcase_add_test(tcase, what_no_vcpu_used_is_virtualisation);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
