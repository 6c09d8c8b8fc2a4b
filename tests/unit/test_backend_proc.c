/* The backend on a made-up /proc. */
// sources: tests/unit/quiet_sink.c
#include "backend/proc/proc.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "backend/proc/owner.h"
#include "base/clock.h"
#include "kernel/parse.h"
#include "kernel/proc.h"
#include "kernel/qemu_files.h"
#include "test_kernel_tree.h"

#define GUESTS_MAX 32
#define UUID "6695eb01-f6a4-8304-79aa-97f2502e193f"
#define OLD 100 /* USER_HZ after boot */

/* What was said last. */
struct sink {
    enum source_state state;
    struct facts facts[GUESTS_MAX]; /* by handle */
    enum guest_state guest_state[GUESTS_MAX];
    char reason[GUESTS_MAX][80], blame[GUESTS_MAX][32];
    struct sample sample[GUESTS_MAX];
    bool gone[GUESTS_MAX];
    int rows, answered;
    uint32_t last;
};

static struct sink sink;

void sink_source(struct sink *to, enum source_state state, const struct error *why,
                 const char *note)
{
    ck_assert_ptr_null(why);
    ck_assert_ptr_null(note);
    to->state = state;
}

void sink_facts(struct sink *to, const struct facts *facts)
{
    ck_assert_uint_lt(facts->handle, GUESTS_MAX);
    facts_clear(&to->facts[facts->handle]);
    facts_copy(&to->facts[facts->handle], facts);
    to->last = facts->handle;
}

void sink_row(struct sink *to, uint32_t handle, enum guest_state state, const char *reason,
              const char *blame, const struct sample *sample)
{
    ck_assert_uint_lt(handle, GUESTS_MAX);
    ck_assert_ptr_nonnull(to->facts[handle].key);
    to->guest_state[handle] = state;
    snprintf(to->reason[handle], sizeof(to->reason[handle]), "%s", reason ? reason : "");
    snprintf(to->blame[handle], sizeof(to->blame[handle]), "%s", blame ? blame : "");
    to->sample[handle] = *sample;
    to->rows++;
}

void sink_gone(struct sink *to, uint32_t handle)
{
    to->gone[handle] = true;
}

void sink_answered(struct sink *to)
{
    to->answered++;
}

static struct backend *backend;
static int64_t at_ns;

static void set_up(void)
{
    sink = (struct sink){0};
    at_ns = NS_PER_S;
    tree_make();
    tree_put("/proc/loadavg", "0.00 0.01 0.05 1/123 1\n");
    backend = proc_backend_new(tree_root);
}

static void tear_down(void)
{
    backend_close(backend);
    for (size_t i = 0; i < GUESTS_MAX; i++)
        facts_clear(&sink.facts[i]);
    tree_remove();
}

static void tick_wanting(uint32_t handle)
{
    struct want want = {.period_ns = 2 * NS_PER_S, .visible = &handle, .visible_count = handle > 0};

    at_ns += 2 * NS_PER_S;
    sink.rows = 0;
    backend_tick(backend, &want, &sink, at_ns);
    ck_assert_int_eq(sink.state, SOURCE_UP);
    ck_assert_int_gt(sink.answered, 0);
}

/* What came is looked at in the second tick. */
static void tick(void)
{
    tick_wanting(0);
    tick_wanting(0);
}

static void put_of(int pid, const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    tree_put(path, text);
}

static void link_of(int pid, const char *name, const char *target)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
    tree_dirs(path);
    unlink(tree_path(path));
    ck_assert_int_eq(symlink(target, tree_path(path)), 0);
}

static void stat_of(int pid, int parent, char state, unsigned cpu, unsigned long long start)
{
    char text[256];
    snprintf(text, sizeof(text),
             "%d (qemu-system-x86) %c %d 1 1 0 -1 0 0 0 0 0 %u 0 0 0 20 0 5 0 %llu 0 0\n", pid,
             state, parent, cpu, start);
    put_of(pid, "stat", text);
}

/* ARGS with '|' between arguments. */
static void add(int pid, const char *args)
{
    char path[64], text[4096], newest[64];
    size_t len = strlen(args) + 1;

    ck_assert_uint_le(len, sizeof(text));
    memcpy(text, args, len);
    for (size_t i = 0; i < len; i++)
        if (text[i] == '|')
            text[i] = '\0';
    snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
    tree_put_bytes(path, text, len);
    stat_of(pid, 1, 'S', 100, OLD);
    snprintf(text, sizeof(text),
             "Name:\tq\nTgid:\t%d\nPid:\t%d\nUid:\t1000\t1000\t1000\t1000\n"
             "VmRSS:\t2048 kB\n",
             pid, pid);
    put_of(pid, "status", text);
    put_of(pid, "io", "syscr: 1\nsyscw: 2\nread_bytes: 5000\nwrite_bytes: 6000\n");
    put_of(pid, "fd/0", "");
    put_of(pid, "cgroup", "0::/user.slice/user-0.slice/session-1.scope\n");
    link_of(pid, "exe", "/usr/bin/qemu-system-x86_64");
    snprintf(newest, sizeof(newest), "0.00 0.01 0.05 1/123 %d\n", pid);
    tree_put("/proc/loadavg", newest);
}

static void end(int pid)
{
    put_of(pid, "stat", "");
}

static const struct facts *newest(void)
{
    return &sink.facts[sink.last];
}

START_TEST(one_by_hand)
{
    add(50, "qemu-system-x86_64|-name|guest=we,,b|-m|64|-smp|2|-accel|tcg");
    tick();
    ck_assert_str_eq(newest()->name, "we,b");
    ck_assert_str_eq(newest()->key, "50:100");
    ck_assert_str_eq(newest()->life, "50:100");
    ck_assert_str_eq(newest()->type, "qemu");
    ck_assert_ptr_null(newest()->manager);
    ck_assert_ptr_null(newest()->domain);
    ck_assert_uint_eq(newest()->can, 0);
    ck_assert_uint_eq(newest()->vcpus, 2);
    ck_assert_uint_eq(newest()->memory, 64 << 20);
    ck_assert_int_eq(newest()->kind, KIND_MACHINE);
    const struct sample *sample = &sink.sample[1];
    ck_assert_int_eq(sink.guest_state[1], STATE_RUNNING);
    ck_assert_str_eq(sink.reason[1], "");
    ck_assert_int_eq(sample->at_ns, at_ns);
    ck_assert_uint_eq(sample->value[FIELD_CPU], parse_ticks_ns(100));
    ck_assert_uint_eq(sample->value[FIELD_MEM_HOST], 2048 << 10);
    ck_assert_uint_eq(sample->value[FIELD_MEM_LIMIT], 64 << 20);
    ck_assert_uint_eq(sample->value[FIELD_DISK_READ], 5000);
    ck_assert_uint_eq(sample->value[FIELD_DISK_WRITE], 6000);
    ck_assert_msg(!sample_has(sample, FIELD_NET_RX), "it has no link");
    tick();
    ck_assert_int_eq(sink.rows, 1);
    end(50);
    tick();
    ck_assert(sink.gone[1]);
    ck_assert_int_eq(sink.rows, 0);
    tick();
    ck_assert_int_eq(sink.rows, 0);
}
END_TEST

START_TEST(stopped_keeps_its_figures_and_is_blamed)
{
    add(50, "qemu-system-x86_64");
    tick();
    ck_assert_str_eq(newest()->name, "qemu 50");
    stat_of(50, 1, 'T', 900, OLD);
    tick();
    ck_assert_str_eq(sink.blame[1], "QEMU stopped");
    ck_assert_uint_eq(sink.sample[1].value[FIELD_CPU], parse_ticks_ns(100));
    stat_of(50, 1, 'D', 900, OLD);
    tick_wanting(0);
    ck_assert_str_eq(sink.blame[1], "");
    tick_wanting(0);
    ck_assert_str_eq(sink.blame[1], "QEMU in D state");
    stat_of(50, 1, 'S', 900, OLD);
    tick();
    ck_assert_str_eq(sink.blame[1], "");
    ck_assert_uint_eq(sink.sample[1].value[FIELD_CPU], parse_ticks_ns(900));
    stat_of(50, 1, 'S', 1, OLD + 1); /* another process with its number */
    tick();
    ck_assert(sink.gone[1]);
}
END_TEST

START_TEST(what_is_no_machine_is_passed_over)
{
    add(50, "qemu-system-x86_64|-S|-machine|none,accel=kvm:tcg"); /* libvirt asks what it can do */
    add(51, "qemu-system-x86_64|-name|web");                      /* a thread of another */
    put_of(51, "status", "Tgid:\t7\nPid:\t51\nUid:\t0\t0\t0\t0\n");
    add(52, "qemu-system-x86_64"); /* named so, but it runs something else */
    link_of(52, "exe", "/bin/sleep");
    add(53, "qemu-system-x86_64");
    stat_of(53, 1, 'Z', 1, OLD);
    add(54, ""); /* a kernel thread */
    unlink(tree_path("/proc/54/exe"));
    tick();
    ck_assert_ptr_null(sink.facts[1].key);
    ck_assert_int_eq(sink.rows, 0);
    /* Whatever it calls itself. */
    link_of(52, "exe", "/usr/bin/qemu-system-x86_64 (deleted)");
    add(55, "");
    tick();
    ck_assert_ptr_nonnull(sink.facts[1].key);
    ck_assert_str_eq(newest()->name, "qemu 55");
    ck_assert_uint_eq(newest()->vcpus, 1);
}
END_TEST

START_TEST(a_thing_that_is_young_waits)
{
    unsigned long long now =
        (unsigned long long)(proc_boottime_ns() / (NS_PER_S / sysconf(_SC_CLK_TCK)));

    add(50, "qemu-system-x86_64|-name|web");
    stat_of(50, 1, 'S', 1, now + 1000);
    tick();
    ck_assert_ptr_null(sink.facts[1].key);
    ck_assert_int_eq(sink.rows, 0);
    end(50);
    tick();
    ck_assert(!sink.gone[1]);
}
END_TEST

START_TEST(two_of_the_same_identity)
{
    add(50, "qemu-system-x86_64|-uuid|" UUID);
    tick();
    ck_assert_str_eq(newest()->key, UUID);
    add(51, "qemu-system-x86_64|-uuid|" UUID);
    tick();
    ck_assert_str_eq(sink.facts[1].key, UUID);
    ck_assert_str_eq(sink.facts[2].key, "51:100");
    /* Started anew: the key is free again. */
    end(50);
    add(60, "qemu-system-x86_64|-uuid|" UUID);
    tick();
    ck_assert(sink.gone[1]);
    ck_assert_str_eq(sink.facts[3].key, UUID);
    ck_assert_str_eq(sink.facts[3].life, "60:100");
}
END_TEST

START_TEST(a_qemu_that_goes_to_the_background_is_one)
{
    add(50, "qemu-system-x86_64|-uuid|" UUID "|-daemonize");
    add(51, "qemu-system-x86_64|-uuid|" UUID "|-daemonize");
    stat_of(51, 50, 'S', 1, OLD);
    tick();
    ck_assert_ptr_null(sink.facts[2].key);
    ck_assert_str_eq(sink.facts[1].life, "51:100");
    end(50);
    tick();
    ck_assert(!sink.gone[1]);
    /* One that was slow at it: its child waits for its end. */
    add(60, "qemu-system-x86_64|-name|slow");
    tick();
    ck_assert_str_eq(newest()->life, "60:100");
    add(61, "qemu-system-x86_64|-name|slow");
    stat_of(61, 60, 'S', 1, OLD);
    tick();
    ck_assert_str_eq(newest()->life, "60:100");
    end(60);
    tick();
    tick();
    ck_assert_str_eq(newest()->life, "61:100");
}
END_TEST

START_TEST(libvirts_are_measured_only_when_they_are_seen)
{
    add(50, "qemu-system-x86_64|-name|guest=web,debug-threads=on|-uuid|" UUID
            "|-mon|chardev=charmonitor,id=monitor,mode=control");
    tick_wanting(0);
    ck_assert_str_eq(newest()->domain, UUID);
    ck_assert_str_eq(newest()->manager, "libvirt");
    ck_assert_int_eq(sink.rows, 1);
    ck_assert_int_eq(sink.guest_state[1], STATE_RUNNING);
    ck_assert_msg(sample_has(&sink.sample[1], FIELD_CPU), "the baseline");
    tick();
    ck_assert_int_eq(sink.rows, 0);
    tick_wanting(1);
    ck_assert_int_eq(sink.rows, 1);
    ck_assert(sample_has(&sink.sample[1], FIELD_CPU));
    tick();
    ck_assert_int_eq(sink.rows, 0);
    tick_wanting(7); /* nobody */
}
END_TEST

START_TEST(a_session_is_named_by_its_user)
{
    tree_put("/etc/passwd", "root:x:0:0::/root:/bin/sh\njunk\nbob:x:1000:1000::/:/bin/sh");
    add(50, "qemu-system-x86_64|-name|guest=web|-object|secret,file=/home/bob/.config/libvirt/qemu/"
            "lib/domain-1-web/master-key.aes|-uuid|" UUID "|-mon|chardev=charmonitor,mode=control");
    tick();
    ck_assert_str_eq(newest()->manager, "libvirt (session of bob)");
    tree_drop("/etc/passwd");
    add(51, "qemu-system-x86_64|-object|secret,file=/home/bob/.config/libvirt/qemu/lib/x|-mon|x");
    tick();
    ck_assert_str_eq(newest()->manager, "libvirt (session of user 1000)");
    ck_assert_ptr_null(newest()->domain); /* no UUID: no libvirt can be asked */
}
END_TEST

#define PROXMOX_100 \
    "/usr/bin/kvm|-id|100|-name|web,debug-threads=on|-chardev|socket,id=qmp,path=/var/run/" \
    "qemu-server/100.qmp,server=on,wait=off|-pidfile|/var/run/qemu-server/100.pid|-daemonize|" \
    "-smbios|type=1,uuid=" UUID "|-m|2048"

START_TEST(proxmox_has_its_numbers_and_names)
{
    tree_put("/run/qemu-server/100.pid", "50\n");
    add(50, PROXMOX_100);
    link_of(50, "exe", "/usr/bin/kvm");
    tick();
    ck_assert_str_eq(newest()->key, "proxmox/100");
    ck_assert_str_eq(newest()->name, "web");
    ck_assert_str_eq(newest()->title, "VM 100");
    ck_assert_str_eq(newest()->manager, "Proxmox");
    /* Anybody can say so: its own file decides. */
    add(51, PROXMOX_100);
    tick();
    ck_assert_str_eq(newest()->key, UUID);
    ck_assert_ptr_null(newest()->manager);
    ck_assert_ptr_null(newest()->title);
}
END_TEST

START_TEST(owners_by_group)
{
    static const struct {
        const char *text, *owner;
    } cases[] = {
        {"0::/system.slice/web.service\n", "systemd unit web.service"},
        {"12:cpu:/\n1:name=systemd:/system.slice/system-vm.slice/vm@a.service\n0::/\n",
         "systemd unit vm@a.service"},
        {"0::/user.slice/user-7.slice/user@7.service/app.slice/boxes.service\n",
         "systemd unit boxes.service"},
        {"0::/user.slice/user-7.slice/user@7.service/app.slice/term.scope\n", NULL},
        {"0::/user.slice/user-7.slice/session-3.scope\n", NULL},
        {"0::/system.slice/ssh.service\n", NULL},
        {"0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-9.scope\n", "Kubernetes"},
        {"5:memory:/kubepods/besteffort/pod1/9\n", "Kubernetes"},
        {"0::/system.slice/docker-9f.scope\n", "Docker"},
        {"0::/machine.slice/libpod-9f.scope/container\n", "Podman"},
        {"0::/lxc.payload.ci/system.slice/vm.service\n", "container ci"},
        {"0::/\n", NULL},
        {"", NULL},
        {"junk", NULL},
        {"a:b", NULL},
        {"0::/x/.service\n", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *owner = owner_of_groups(cases[i].text);
        if (cases[i].owner)
            ck_assert_str_eq(owner, cases[i].owner);
        else
            ck_assert_msg(!owner, "%s: %s", cases[i].text, owner);
        free(owner);
    }
    add(50, "qemu-system-x86_64");
    put_of(50, "cgroup", "0::/system.slice/web.service\n");
    tick();
    ck_assert_str_eq(newest()->manager, "systemd unit web.service");
    add(51, "qemu-system-x86_64|-name|v1|-readconfig|/var/snap/lxd/common/lxd/logs/v1/qemu.conf");
    tick();
    ck_assert_str_eq(newest()->manager, "LXD");
    add(52, "qemu-system-x86_64|-name|v1|-pidfile|/run/incus/v1/qemu.pid");
    tick();
    ck_assert_str_eq(newest()->manager, "Incus");
    add(53, "qemu-system-x86_64|-name|guest=ns_vm|-uuid|" UUID "|-mon|chardev=charmonitor");
    put_of(53, "cgroup", "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-9.scope\n");
    tick();
    ck_assert_str_eq(newest()->manager, "KubeVirt");
}
END_TEST

START_TEST(files_tell_of_taps_and_kvm)
{
    struct qemu_files files;

    add(50, "qemu-system-x86_64");
    link_of(50, "fd/3", "/dev/net/tun");
    link_of(50, "fd/4", "/dev/net/tun");
    link_of(50, "fd/5", "/dev/net/tun");
    link_of(50, "fd/6", "/dev/net/tun");
    link_of(50, "fd/7", "/dev/tap1");
    link_of(50, "fd/8", "anon_inode:kvm-vm");
    put_of(50, "fdinfo/3", "pos:\t0\nflags:\t0104002\niff:\ttap0\n");
    put_of(50, "fdinfo/4", "iff:\ttap0\n"); /* its second queue */
    put_of(50, "fdinfo/5", "iff:\tone-that-is-longer-than-a-name\n");
    put_of(50, "fdinfo/6", "pos:\t0\n"); /* not attached */
    ck_assert_int_eq(qemu_files_read(tree_root, 50, &files), 0);
    ck_assert(files.kvm);
    ck_assert_uint_eq(files.nic_count, 2);
    bool lo = strcmp(files.nics[0].dev, "lo") == 0; /* the link with the index 1 */
    ck_assert_str_eq(files.nics[!lo ? 0 : 1].dev, "tap0");
    ck_assert_str_eq(files.nics[lo ? 0 : 1].dev, "lo");
    ck_assert(files.nics[lo ? 0 : 1].direct);
    tick();
    ck_assert_str_eq(newest()->type, "kvm");
    /* In another network namespace the names are others'. */
    put_of(50, "ns/net", "");
    ck_assert_int_eq(qemu_files_read(tree_root, 50, &files), 0);
    ck_assert_uint_eq(files.nic_count, 0);
    ck_assert_int_lt(qemu_files_read(tree_root, 99, &files), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend proc");
    TCase *tcase = tcase_create("proc");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, one_by_hand);
    tcase_add_test(tcase, stopped_keeps_its_figures_and_is_blamed);
    tcase_add_test(tcase, what_is_no_machine_is_passed_over);
    tcase_add_test(tcase, a_thing_that_is_young_waits);
    tcase_add_test(tcase, two_of_the_same_identity);
    tcase_add_test(tcase, a_qemu_that_goes_to_the_background_is_one);
    tcase_add_test(tcase, libvirts_are_measured_only_when_they_are_seen);
    tcase_add_test(tcase, a_session_is_named_by_its_user);
    tcase_add_test(tcase, proxmox_has_its_numbers_and_names);
    tcase_add_test(tcase, owners_by_group);
    tcase_add_test(tcase, files_tell_of_taps_and_kvm);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
