/* What isolates a process, on recorded trees. */
#include <check.h>
#include <string.h>

#include "kernel/isolation.h"
#include "test_kernel_tree.h"

static struct isolation_facts facts;
static struct isolation_ground *ground;

static const char *const spaces[] = {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup"};

/* Process PID has namespaces of its own but for those in SHARED. */
static void put_spaces(int pid, const char *shared)
{
    char name[64], host[64];

    for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
        snprintf(name, sizeof(name), "/proc/%d/ns/%s", pid, spaces[i]);
        snprintf(host, sizeof(host), "/proc/1/ns/%s", spaces[i]);
        tree_dirs(name);
        if (strstr(shared, spaces[i]))
            ck_assert_int_eq(link(tree_path(host), tree_path(name)), 0);
        else
            tree_put(name, "");
    }
}

static void setup(void)
{
    memset(&facts, 0, sizeof(facts));
    tree_make();
    put_spaces(1, "");
    tree_put("/proc/sys/x", "");
    tree_put("/proc/1/mountinfo", "1 0 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n"
                                  "2 1 254:2 / /srv rw - ext4 /dev/vda2 rw\n"
                                  "3 1 0:20 / /run rw - tmpfs tmpfs rw\n"
                                  "4 1 0:22 / /sys rw - sysfs sysfs rw\n");
    tree_put("/proc/self/mountinfo",
             "1 0 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n"
             "5 1 0:33 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n");
    put_spaces(9, "");
    tree_put("/proc/9/status", "Name:\tinit\nUid:\t100000\t100000\t100000\t100000\n"
                               "CapEff:\t0000000000000400\nCapBnd:\t000001fcfdfcffff\n"
                               "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n"
                               "Cpus_allowed:\t9\nCpus_allowed_list:\t0,3\n");
    tree_put("/proc/9/attr/current", "lxc-container-default-cgns (enforce)\n");
    tree_put("/proc/9/uid_map", "         0     100000      65536\n");
    tree_put("/proc/9/gid_map",
             "         0     100000       1000\n      1000       1000          1\n");
    tree_put("/proc/9/cgroup", "5:devices:/lxc.payload.c1\n0::/lxc.payload.c1\n");
    tree_put("/sys/fs/cgroup/devices/lxc.payload.c1/devices.list", "c 1:3 rwm\nb *:* m\n");
    tree_put("/proc/9/mountinfo", "20 0 254:1 /var/lib/lxc/c1/rootfs / rw - ext4 /dev/vda1 rw\n"
                                  "21 20 0:50 / /proc rw - proc proc rw\n"
                                  "22 21 0:50 /sys /proc/sys ro - proc proc rw\n"
                                  "23 20 0:51 / /sys ro - sysfs sysfs rw\n"
                                  "24 20 0:60 / /dev rw - tmpfs none rw\n");
    ground = isolation_ground_new(tree_root);
}

static void teardown(void)
{
    isolation_ground_free(ground);
    isolation_facts_clear(&facts);
    tree_remove();
}

static void anew(void)
{
    isolation_ground_free(ground);
    ground = isolation_ground_new(tree_root);
    isolation_facts_clear(&facts);
}

static void read_container(void)
{
    isolation_facts_clear(&facts);
    isolation_read_container(ground, 9, &facts);
}

static const struct isolation_value *value(enum isolation_fact fact)
{
    return &facts.at[fact];
}

static const char *text(enum isolation_fact fact)
{
    return isolation_text(&facts, fact);
}

START_TEST(a_container_is_read_whole)
{
    read_container();
    ck_assert_uint_eq(value(ISOLATION_FACT_UID)->number, 100000);
    ck_assert_str_eq(text(ISOLATION_FACT_CPUS), "0,3");
    ck_assert_uint_eq(value(ISOLATION_FACT_CAP_EFF)->number, 0x400);
    ck_assert_uint_eq(value(ISOLATION_FACT_CAP_BND)->number, 0x1fcfdfcffff);
    ck_assert_uint_eq(value(ISOLATION_FACT_NO_NEW_PRIVS)->number, 1);
    ck_assert_str_eq(text(ISOLATION_FACT_SECCOMP), "filter");
    ck_assert_str_eq(text(ISOLATION_FACT_DRIVER), "apparmor");
    ck_assert_str_eq(text(ISOLATION_FACT_PROFILE), "lxc-container-default-cgns");
    ck_assert_str_eq(text(ISOLATION_FACT_MODE), "enforce");
    ck_assert_str_eq(text(ISOLATION_FACT_UID_MAP), "0 100000 65536");
    ck_assert_uint_eq(value(ISOLATION_FACT_GID_MAP)->count, 2);
    ck_assert(value(ISOLATION_FACT_SHARED)->known);
    ck_assert_uint_eq(value(ISOLATION_FACT_SHARED)->number, 0);
    ck_assert_str_eq(text(ISOLATION_FACT_DEVICE_CONTROL), "list");
    ck_assert_uint_eq(value(ISOLATION_FACT_DEVICES)->count, 2);
    ck_assert_str_eq(value(ISOLATION_FACT_DEVICES)->text[1], "b *:* m");
    ck_assert(value(ISOLATION_FACT_WRITABLE)->known);
    ck_assert_uint_eq(value(ISOLATION_FACT_WRITABLE)->count, 0);
    ck_assert(value(ISOLATION_FACT_SYSTEM_WRITABLE)->known);
    ck_assert_uint_eq(value(ISOLATION_FACT_SYSTEM_WRITABLE)->count, 0);
    ck_assert(value(ISOLATION_FACT_NESTING)->known && !value(ISOLATION_FACT_NESTING)->number);
}
END_TEST

START_TEST(shared_namespaces_are_those_of_pid_1)
{
    put_spaces(10, "net ipc");
    isolation_read_container(ground, 10, &facts);
    ck_assert_uint_eq(value(ISOLATION_FACT_SHARED)->number, 1u << SPACE_NET | 1u << SPACE_IPC);
    tree_drop("/proc/10/ns/uts");
    isolation_facts_clear(&facts);
    isolation_read_container(ground, 10, &facts);
    ck_assert(!value(ISOLATION_FACT_SHARED)->known);
}
END_TEST

START_TEST(host_paths_are_named_as_the_host_names_them)
{
    tree_put("/proc/9/mountinfo",
             "20 0 254:1 /var/lib/lxc/c1/rootfs / rw - ext4 /dev/vda1 rw\n"
             "21 20 254:2 /data/a\\040b /mnt rw - ext4 /dev/vda2 rw\n"
             "22 20 254:2 /data /ro ro - ext4 /dev/vda2 rw\n"
             "23 20 254:1 /etc/hosts /etc/hosts rw - ext4 /dev/vda1 rw\n"
             "24 20 254:1 /var/lib/lxc/c1/rootfs/var /var2 rw - ext4 /dev/vda1 rw\n"
             "25 20 0:20 / /run rw - tmpfs tmpfs rw\n"
             "26 20 0:6 /null /dev/null rw - devtmpfs udev rw\n"
             "27 20 0:70 / /var/lib/lxcfs rw - fuse.lxcfs lxcfs rw\n"
             "28 20 0:99 / /own rw - tmpfs tmpfs rw\n");
    read_container();
    ck_assert_uint_eq(value(ISOLATION_FACT_WRITABLE)->count, 3);
    ck_assert_str_eq(value(ISOLATION_FACT_WRITABLE)->text[0], "/srv/data/a b at /mnt");
    ck_assert_str_eq(value(ISOLATION_FACT_WRITABLE)->text[1], "/etc/hosts");
    ck_assert_str_eq(value(ISOLATION_FACT_WRITABLE)->text[2], "/run");
}
END_TEST

START_TEST(a_root_that_is_the_hosts_own_is_a_host_path)
{
    tree_put("/proc/9/mountinfo", "20 0 254:1 / / rw - ext4 /dev/vda1 rw\n");
    read_container();
    ck_assert_uint_eq(value(ISOLATION_FACT_WRITABLE)->count, 1);
    ck_assert_str_eq(text(ISOLATION_FACT_WRITABLE), "/");
}
END_TEST

START_TEST(knobs_of_the_kernel_are_told_apart)
{
    tree_put("/proc/9/mountinfo", "20 0 254:1 /c / rw - ext4 /dev/vda1 rw\n"
                                  "21 20 0:50 / /proc rw - proc proc rw\n"
                                  "22 20 0:51 / /sys rw - sysfs sysfs rw\n"
                                  "23 22 0:52 / /sys/kernel/debug rw - debugfs debugfs rw\n"
                                  "24 22 0:51 /devices/virtual/net /sys/x rw - sysfs sysfs rw\n");
    read_container();
    ck_assert_uint_eq(value(ISOLATION_FACT_SYSTEM_WRITABLE)->count, 3);
    ck_assert_str_eq(value(ISOLATION_FACT_SYSTEM_WRITABLE)->text[0], "/proc/sys");
    ck_assert_str_eq(value(ISOLATION_FACT_SYSTEM_WRITABLE)->text[1], "/sys");
    ck_assert_str_eq(value(ISOLATION_FACT_SYSTEM_WRITABLE)->text[2], "/sys/kernel/debug");
}
END_TEST

START_TEST(nesting_shows_in_mounts_and_in_the_profile)
{
    tree_put("/proc/9/mountinfo", "20 0 254:1 /c / rw - ext4 /dev/vda1 rw\n"
                                  "21 20 0:50 / /dev/.lxc/proc rw - proc proc rw\n");
    read_container();
    ck_assert_uint_eq(value(ISOLATION_FACT_NESTING)->number, 1);
    ck_assert_uint_eq(value(ISOLATION_FACT_SYSTEM_WRITABLE)->count, 0);
    tree_drop("/proc/9/mountinfo");
    tree_put("/proc/9/attr/current", "lxc-container-default-with-nesting (enforce)\n");
    read_container();
    ck_assert_uint_eq(value(ISOLATION_FACT_NESTING)->number, 1);
}
END_TEST

START_TEST(labels_of_each_module)
{
    static const struct {
        const char *label, *enforce, *driver, *profile, *mode;
    } cases[] = {
        {"unconfined\n", NULL, "apparmor", "unconfined", "unconfined"},
        {"lxc-a (complain)\n", NULL, "apparmor", "lxc-a", "complain"},
        {"lxd-c_</var>//&:lxd-c:unconfined (mixed)", NULL, "apparmor",
         "lxd-c_</var>//&:lxd-c:unconfined", "mixed"},
        {"system_u:system_r:svirt_t:s0:c1,c2", "1", "selinux", "system_u:system_r:svirt_t:s0:c1,c2",
         "enforce"},
        {"system_u:system_r:svirt_t:s0", "0", "selinux", "system_u:system_r:svirt_t:s0",
         "complain"},
        {"u:r:unconfined_t:s0", "1", "selinux", "u:r:unconfined_t:s0", "unconfined"},
        {"u:r:svirt_t:s0", NULL, "selinux", "u:r:svirt_t:s0", NULL},
        {"", NULL, "none", NULL, NULL},
    };

    tree_put("/proc/9/attr/current", cases[_i].label);
    if (cases[_i].enforce)
        tree_put("/sys/fs/selinux/enforce", cases[_i].enforce);
    read_container();
    ck_assert_pstr_eq(text(ISOLATION_FACT_DRIVER), cases[_i].driver);
    ck_assert_pstr_eq(text(ISOLATION_FACT_PROFILE), cases[_i].profile);
    ck_assert_pstr_eq(text(ISOLATION_FACT_MODE), cases[_i].mode);
}
END_TEST

START_TEST(devices_of_version_2_are_unknown)
{
    tree_put("/proc/self/mountinfo", "5 1 0:33 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    anew();
    read_container();
    ck_assert_str_eq(text(ISOLATION_FACT_DEVICE_CONTROL), "bpf");
    ck_assert(!value(ISOLATION_FACT_DEVICES)->known);
    /* No cgroups at all: nothing is known of either. */
    tree_put("/proc/self/mountinfo", "1 0 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n");
    anew();
    read_container();
    ck_assert_ptr_null(text(ISOLATION_FACT_DEVICE_CONTROL));
}
END_TEST

/* Fault row 61: hidepid, no /sys, no permission. */
START_TEST(what_is_hidden_is_unknown)
{
    isolation_read_container(ground, 77, &facts);
    isolation_read_machine(ground, 77, &facts);
    for (int i = 0; i < ISOLATION_FACT_COUNT; i++)
        if (i != ISOLATION_FACT_DEVICE_CONTROL)
            ck_assert_msg(!facts.at[i].known, "%s", isolation_fact_json((enum isolation_fact)i));
    struct isolation isolation = {.facts = facts};
    isolation_judge(&isolation, KIND_CONTAINER);
    ck_assert_int_eq(isolation.verdict, ISOLATION_UNKNOWN);
    ck_assert_uint_eq(isolation.findings, 0);
    isolation_judge(&isolation, KIND_MACHINE);
    ck_assert_int_eq(isolation.verdict, ISOLATION_UNKNOWN);
}
END_TEST

static const char *spoiled; /* the file below /proc/9 */

static void spoil(const char *data)
{
    char name[64];

    snprintf(name, sizeof(name), "/proc/9/%s", spoiled);
    tree_put(name, data);
    read_container();
}

START_TEST(broken_files_do_no_harm)
{
    static const struct {
        const char *file, *text;
    } cases[] = {{"status", "Uid:\t1 2\nCapEff:\tff\nSeccomp: 2\n"},
                 {"mountinfo", "2 1 8:1 /a /b rw - t s rw\n"},
                 {"uid_map", "0 1 2\n"},
                 {"cgroup", "5:devices:/x (y)\n"},
                 {"attr/current", "a (b)\n"}};

    spoiled = cases[_i].file;
    tree_spoil(cases[_i].text, spoil);
}
END_TEST

/* ---- machines ---- */

#define ARGS(...) args((const char *const[]){"qemu-system-x86_64", __VA_ARGS__, NULL})

static void args(const char *const *words)
{
    char line[4096];
    size_t len = 0;

    for (; *words; words++) {
        strcpy(line + len, *words);
        len += strlen(*words) + 1;
    }
    isolation_facts_clear(&facts);
    isolation_of_args(line, len, true, &facts);
}

START_TEST(graphics_of_a_command_line)
{
    static const struct {
        const char *option, *value, *graphics;
        bool open;
    } cases[] = {
        {"-vnc", "127.0.0.1:0,audiodev=a", "vnc 127.0.0.1:5900, no password", false},
        {"-vnc", "0.0.0.0:1", "vnc 0.0.0.0:5901, no password", true},
        {"-vnc", ":2", "vnc *:5902, no password", true},
        {"-vnc", "[::]:3,password", "vnc [::]:5903, password", false},
        {"-vnc", "[::1]:3", "vnc [::1]:5903, no password", false},
        {"-vnc", "0.0.0.0:1,password=on", "vnc 0.0.0.0:5901, password", false},
        {"-vnc", "0.0.0.0:1,password=off", "vnc 0.0.0.0:5901, no password", true},
        {"-vnc", "0.0.0.0:1,sasl=on", "vnc 0.0.0.0:5901, SASL", false},
        {"-vnc", "0.0.0.0:1,tls-creds=t0", "vnc 0.0.0.0:5901, TLS", false},
        {"-vnc", "unix:/run/x", "vnc on a socket file", false},
        {"-vnc", "10.0.0.1:0,reverse=on", "vnc, outgoing", false},
        {"-vnc", "none", NULL, false},
        {"-display", "vnc=:0", "vnc *:5900, no password", true},
        {"-display", "none", NULL, false},
        {"-spice", "port=5930,disable-ticketing=on", "spice *:5930, no password", true},
        {"-spice", "port=5930,addr=127.0.0.1,disable-ticketing",
         "spice 127.0.0.1:5930, no password", false},
        {"-spice", "port=5930,password=hunter2", "spice *:5930, password", false},
        {"-spice", "unix=on,addr=/run/y,disable-ticketing=on", "spice on a socket file", false},
    };

    ARGS(cases[_i].option, cases[_i].value);
    ck_assert_pstr_eq(text(ISOLATION_FACT_GRAPHICS), cases[_i].graphics);
    ck_assert(value(ISOLATION_FACT_GRAPHICS)->known);
    ck_assert(value(ISOLATION_FACT_GRAPHICS_OPEN)->known);
    ck_assert_uint_eq(value(ISOLATION_FACT_GRAPHICS_OPEN)->count, cases[_i].open ? 1 : 0);
}
END_TEST

START_TEST(disks_and_links_of_a_command_line)
{
    static const char *const models[] = {"e1000", "ide-hd", "virtio-net-pci",
                                         "ide",   "virtio", "rtl8139"};

    ARGS("-device", "{\"driver\":\"e1000\",\"netdev\":\"n0\"}", "-device", "ide-hd,drive=d0",
         "-device", "virtio-net-pci,netdev=n1", "-device", "ide-hd,drive=d1", "-device",
         "ide-cd,drive=d2", "-device", "pcie-root-port", "-hdb", "b.img", "-drive",
         "file=a,if=virtio", "-drive", "file=c,if=ide,media=cdrom", "-drive", "file=n,if=none",
         "-nic", "user,model=rtl8139");
    ck_assert_uint_eq(value(ISOLATION_FACT_MODELS)->count, 6);
    for (size_t i = 0; i < 6; i++)
        ck_assert_str_eq(value(ISOLATION_FACT_MODELS)->text[i], models[i]);
    ARGS("-m", "512");
    ck_assert(value(ISOLATION_FACT_MODELS)->known && !value(ISOLATION_FACT_MODELS)->count);
}
END_TEST

START_TEST(hardware_of_a_command_line)
{
    ARGS("-machine", "pc-q35-7.2,usb=off,pflash0=p0", "-global",
         "driver=cfi.pflash01,property=secure,value=on", "-tpmdev", "emulator,id=t,chardev=c",
         "-object", "{\"qom-type\":\"sev-guest\",\"id\":\"lsec0\"}", "-device",
         "{\"driver\":\"vfio-pci\",\"host\":\"0000:01:00.0\"}", "-device", "vfio-pci,host=02:00.0",
         "-device", "virtio-net-pci", "-fsdev", "local,id=f,path=/srv/s", "-fsdev",
         "local,id=g,path=/srv/r,readonly=on");
    ck_assert_str_eq(text(ISOLATION_FACT_MACHINE), "pc-q35-7.2");
    ck_assert_str_eq(text(ISOLATION_FACT_FIRMWARE), "uefi");
    ck_assert_uint_eq(value(ISOLATION_FACT_SECURE_BOOT)->number, 1);
    ck_assert_str_eq(text(ISOLATION_FACT_TPM), "emulator");
    ck_assert_str_eq(text(ISOLATION_FACT_SEV), "SEV");
    ck_assert_uint_eq(value(ISOLATION_FACT_VFIO)->count, 2);
    ck_assert_str_eq(value(ISOLATION_FACT_VFIO)->text[0], "0000:01:00.0");
    ck_assert_str_eq(value(ISOLATION_FACT_VFIO)->text[1], "02:00.0");
    ck_assert_uint_eq(value(ISOLATION_FACT_WRITABLE)->count, 1);
    ck_assert_str_eq(text(ISOLATION_FACT_WRITABLE), "/srv/s");

    ARGS("-m", "512");
    ck_assert_str_eq(text(ISOLATION_FACT_FIRMWARE), "bios");
    ck_assert_uint_eq(value(ISOLATION_FACT_SECURE_BOOT)->number, 0);
    ck_assert_str_eq(text(ISOLATION_FACT_TPM), "none");
    ck_assert_str_eq(text(ISOLATION_FACT_SEV), "none");
    ck_assert(value(ISOLATION_FACT_VFIO)->known && !value(ISOLATION_FACT_VFIO)->count);
    /* Cut off, it says nothing of what is not there. */
    isolation_facts_clear(&facts);
    isolation_of_args("qemu", 5, false, &facts);
    ck_assert(!value(ISOLATION_FACT_VFIO)->known && !value(ISOLATION_FACT_GRAPHICS)->known);
    ck_assert(!value(ISOLATION_FACT_FIRMWARE)->known && !value(ISOLATION_FACT_NESTED)->known);
}
END_TEST

static void put_cpu(const char *cpu, size_t len)
{
    char line[200];
    size_t head = 10; /* "qemu", "-cpu" */

    memcpy(line, "qemu\0-cpu\0", head);
    memcpy(line + head, cpu, len);
    tree_put_bytes("/proc/8/cmdline", line, head + len);
}

START_TEST(a_machine_is_read_from_its_process)
{
    put_cpu("host", 5);
    tree_put("/proc/8/status", "Uid:\t0\t64055\t0\t0\nCapEff:\t0\nCapBnd:\t0\nSeccomp:\t2\n");
    tree_put("/sys/module/kvm_intel/parameters/nested", "Y\n");
    tree_dirs("/proc/8/fd/3");
    ck_assert_int_eq(symlink("anon_inode:kvm-vm", tree_path("/proc/8/fd/3")), 0);
    tree_put("/proc/8/task/8/comm", "qemu-system-x86\n");
    tree_put("/proc/8/task/8/status", "Cpus_allowed_list:\t0-7\n");
    tree_put("/proc/8/task/9/comm", "CPU 0/KVM\n");
    tree_put("/proc/8/task/9/status", "Cpus_allowed_list:\t2\n");
    tree_put("/proc/8/task/10/comm", "CPU 1/KVM\n");
    tree_put("/proc/8/task/10/status", "Cpus_allowed_list:\t3,5\n");
    isolation_read_machine(ground, 8, &facts);
    ck_assert_str_eq(text(ISOLATION_FACT_CPUS), "2-3,5");
    ck_assert_str_eq(text(ISOLATION_FACT_ACCEL), "kvm");
    ck_assert_uint_eq(value(ISOLATION_FACT_UID)->number, 64055);
    ck_assert_uint_eq(value(ISOLATION_FACT_NESTED)->number, 1);
    ck_assert_uint_eq(value(ISOLATION_FACT_VFIO)->count, 0);

    /* What was plugged while it ran, with its group. */
    tree_put("/sys/kernel/iommu_groups/12/devices/0000:01:00.0", "");
    ck_assert_int_eq(symlink("/dev/vfio/vfio", tree_path("/proc/8/fd/4")), 0);
    ck_assert_int_eq(symlink("/dev/vfio/12", tree_path("/proc/8/fd/5")), 0);
    put_cpu("host,vmx=off", 13);
    isolation_facts_clear(&facts);
    isolation_read_machine(ground, 8, &facts);
    ck_assert_str_eq(text(ISOLATION_FACT_VFIO), "IOMMU group 12 (0000:01:00.0)");
    ck_assert(value(ISOLATION_FACT_NESTED)->known);
    ck_assert_uint_eq(value(ISOLATION_FACT_NESTED)->number, 0);

    tree_drop("/proc/8/fd/3");
    ck_assert_int_eq(symlink("/dev/vfio/noiommu-0", tree_path("/proc/8/fd/3")), 0);
    isolation_facts_clear(&facts);
    isolation_read_machine(ground, 8, &facts);
    ck_assert_str_eq(text(ISOLATION_FACT_ACCEL), "tcg");
    ck_assert_uint_eq(value(ISOLATION_FACT_VFIO)->count, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel/isolation");
    TCase *tcase = tcase_create("all");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_container_is_read_whole);
    tcase_add_test(tcase, shared_namespaces_are_those_of_pid_1);
    tcase_add_test(tcase, host_paths_are_named_as_the_host_names_them);
    tcase_add_test(tcase, a_root_that_is_the_hosts_own_is_a_host_path);
    tcase_add_test(tcase, knobs_of_the_kernel_are_told_apart);
    tcase_add_test(tcase, nesting_shows_in_mounts_and_in_the_profile);
    tcase_add_loop_test(tcase, labels_of_each_module, 0, 8);
    tcase_add_test(tcase, devices_of_version_2_are_unknown);
    tcase_add_test(tcase, what_is_hidden_is_unknown);
    tcase_add_loop_test(tcase, broken_files_do_no_harm, 0, 5);
    tcase_add_loop_test(tcase, graphics_of_a_command_line, 0, 18);
    tcase_add_test(tcase, disks_and_links_of_a_command_line);
    tcase_add_test(tcase, hardware_of_a_command_line);
    tcase_add_test(tcase, a_machine_is_read_from_its_process);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
