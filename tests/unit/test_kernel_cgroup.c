#include <check.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/error.h"
#include "kernel/cgroup.h"
#include "kernel/proc.h"
#include "test_kernel_tree.h"

#define V2_LINE "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
#define V1_LINES \
    "31 23 0:28 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n" \
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:1 master:2 - cgroup cgroup " \
    "rw,cpu,cpuacct\n" \
    "35 31 0:32 / /sys/fs/cgroup/mem\\040ory rw - cgroup cgroup rw,memory\n" \
    "38 31 0:35 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio\n" \
    "39 31 0:36 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n" \
    "40 31 0:38 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n" \
    "41 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
#define HYBRID_LINE "42 31 0:39 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"

static struct cgroup_layout layout;

static void load(const char *mountinfo)
{
    tree_put("/proc/self/mountinfo", mountinfo);
    ck_assert_int_eq(cgroup_layout_load(&layout, tree_root, NULL), 0);
}

static void setup(void)
{
    tree_make();
}

static void teardown(void)
{
    cgroup_layout_clear(&layout);
    tree_remove();
}

/* Fault row 33, here and in test_kernel_cgroup_read. */
START_TEST(version_2_has_what_its_root_names)
{
    tree_put("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
    load(V2_LINE);
    for (int i = 0; i < CGROUP_COUNT; i++) {
        ck_assert_str_eq(layout.mount[i].point, "/sys/fs/cgroup");
        ck_assert(layout.mount[i].v2);
    }
    ck_assert_uint_gt(layout.fds.max, 0);
}
END_TEST

START_TEST(version_2_without_a_memory_controller_has_none)
{
    tree_put("/sys/fs/cgroup/cgroup.controllers", "cpu io pids memoryx\n");
    load(V2_LINE);
    ck_assert_ptr_null(layout.mount[CGROUP_MEMORY].point);
    ck_assert_ptr_nonnull(layout.mount[CGROUP_PIDS].point);
}
END_TEST

START_TEST(version_1_has_each_controller_where_it_is_mounted)
{
    load(V1_LINES);
    ck_assert_str_eq(layout.mount[CGROUP_CPU].point, "/sys/fs/cgroup/cpu,cpuacct");
    ck_assert_str_eq(layout.mount[CGROUP_CPUACCT].point, "/sys/fs/cgroup/cpu,cpuacct");
    ck_assert_str_eq(layout.mount[CGROUP_MEMORY].point, "/sys/fs/cgroup/mem ory");
    ck_assert_str_eq(layout.mount[CGROUP_IO].point, "/sys/fs/cgroup/blkio");
    ck_assert_str_eq(layout.mount[CGROUP_FREEZER].point, "/sys/fs/cgroup/freezer");
    ck_assert(!layout.mount[CGROUP_CPU].v2);
    ck_assert_ptr_null(layout.mount[CGROUP_UNIFIED].point);
}
END_TEST

START_TEST(hybrid_takes_from_the_unified_what_version_1_lacks)
{
    tree_put("/sys/fs/cgroup/unified/cgroup.controllers", "\n");
    load(V1_LINES HYBRID_LINE);
    ck_assert(!layout.mount[CGROUP_MEMORY].v2);
    ck_assert(layout.mount[CGROUP_UNIFIED].v2);
    ck_assert_str_eq(layout.mount[CGROUP_UNIFIED].point, "/sys/fs/cgroup/unified");
    struct cgroup_paths paths;
    cgroup_paths_parse(&layout, "4:memory:/m\n3:cpu,cpuacct:/c\n1:name=systemd:/s\n0::/u:x\n",
                       &paths);
    ck_assert_str_eq(paths.path[CGROUP_MEMORY], "/m");
    ck_assert_str_eq(paths.path[CGROUP_CPU], "/c");
    ck_assert_str_eq(paths.path[CGROUP_CPUACCT], "/c");
    ck_assert_str_eq(paths.path[CGROUP_UNIFIED], "/u:x");
    ck_assert_ptr_null(paths.path[CGROUP_PIDS]);
    char *dir = cgroup_dir(&layout, &paths, CGROUP_UNIFIED);
    ck_assert_str_eq(dir, tree_path("/sys/fs/cgroup/unified/u:x"));
    free(dir);
    cgroup_paths_clear(&paths);
}
END_TEST

START_TEST(no_cgroups_at_all_is_no_error)
{
    load("31 23 0:28 / / rw - ext4 /dev/vda rw\n");
    for (int i = 0; i < CGROUP_COUNT; i++)
        ck_assert_ptr_null(layout.mount[i].point);
    struct cgroup_paths paths;
    cgroup_paths_parse(&layout, "0::/x\n1:memory:/y\n", &paths);
    ck_assert_ptr_null(cgroup_dir(&layout, &paths, CGROUP_UNIFIED));
    ck_assert_ptr_null(cgroup_dir(&layout, &paths, CGROUP_MEMORY));
    cgroup_paths_clear(&paths);
    tree_drop("/proc/self/mountinfo");
    struct error err = {0};
    struct cgroup_layout other = {.root = NULL};
    ck_assert_int_ne(cgroup_layout_load(&other, tree_root, &err), 0);
    ck_assert_int_lt(err.code, 0);
    ck_assert_ptr_null(other.root);
}
END_TEST

START_TEST(a_mount_of_a_part_shows_only_what_is_below)
{
    load("35 31 0:32 /docker/abc /a rw - cgroup cgroup rw,memory\n");
    struct cgroup_paths paths = {0};
    static const struct {
        const char *path, *dir;
    } cases[] = {{"/docker/abc/x", "/a/x"},  {"/docker/abc", "/a"},
                 {"/docker/abcd", NULL},     {"/", NULL},
                 {"/docker/abc/../y", NULL}, {"relative", NULL}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        paths.path[CGROUP_MEMORY] = strdup(cases[i].path);
        char *dir = cgroup_dir(&layout, &paths, CGROUP_MEMORY);
        if (cases[i].dir)
            ck_assert_str_eq(dir, tree_path(cases[i].dir));
        else
            ck_assert_ptr_null(dir);
        free(dir);
        cgroup_paths_clear(&paths);
    }
    cgroup_layout_clear(&layout);
    load("35 31 0:32 /part /a rw - cgroup cgroup rw,memory\n"
         "36 31 0:32 / /whole rw - cgroup cgroup rw,memory\n"
         "37 31 0:32 /other /b rw - cgroup cgroup rw,memory\n");
    ck_assert_str_eq(layout.mount[CGROUP_MEMORY].point, "/whole");
}
END_TEST

static void use_mountinfo(const char *text)
{
    struct cgroup_layout some;
    tree_put("/proc/self/mountinfo", text);
    if (cgroup_layout_load(&some, tree_root, NULL) == 0)
        cgroup_layout_clear(&some);
}

static void use_paths(const char *text)
{
    struct cgroup_paths paths;
    cgroup_paths_parse(&layout, text, &paths);
    for (int i = 0; i < CGROUP_COUNT; i++) {
        char *dir = cgroup_dir(&layout, &paths, (enum cgroup_controller)i);
        free(dir);
        if (paths.path[i]) {
            free(cgroup_machine_path(paths.path[i]));
            free(cgroup_container_path(paths.path[i], paths.path[CGROUP_UNIFIED]));
        }
    }
    cgroup_paths_clear(&paths);
}

START_TEST(spoilt_texts_are_survived)
{
    load(V1_LINES HYBRID_LINE);
    tree_spoil("32 31 0:29 / /c,c rw shared:1 - cgroup cgroup rw,cpu,\\04\n", use_mountinfo);
    tree_spoil("4:memory:/lxc.payload.a/init.scope\n3:cpu,cpuacct:/machine/x.libvirt-qemu\n0::/b "
               "(deleted)\n",
               use_paths);
}
END_TEST

START_TEST(removed_groups_are_no_groups)
{
    load(V1_LINES HYBRID_LINE);
    struct cgroup_paths paths;
    cgroup_paths_parse(&layout, "4:memory:/gone (deleted)\n0::/kept\n", &paths);
    ck_assert_ptr_null(paths.path[CGROUP_MEMORY]);
    ck_assert_str_eq(paths.path[CGROUP_UNIFIED], "/kept");
    cgroup_paths_clear(&paths);
}
END_TEST

static void expect_machine(const char *path, const char *expected)
{
    char *got = cgroup_machine_path(path);
    if (expected)
        ck_assert_msg(got && strcmp(got, expected) == 0, "%s gave %s", path, got ? got : "nothing");
    else
        ck_assert_msg(!got, "%s gave %s", path, got ? got : "");
    free(got);
}

START_TEST(machines_are_found_by_their_own_groups_only)
{
    expect_machine("/machine.slice/machine-qemu\\x2d1\\x2da.scope/libvirt/emulator",
                   "/machine.slice/machine-qemu\\x2d1\\x2da.scope");
    expect_machine("/machine.slice/machine-qemu\\x2d1\\x2da.scope/libvirt/vcpu3",
                   "/machine.slice/machine-qemu\\x2d1\\x2da.scope");
    expect_machine("/machine.slice/machine-qemu\\x2d1\\x2da.scope",
                   "/machine.slice/machine-qemu\\x2d1\\x2da.scope");
    expect_machine("/machine/qemu-1-emulator.libvirt-qemu/emulator",
                   "/machine/qemu-1-emulator.libvirt-qemu");
    expect_machine("/machine/lxc-1-a.libvirt-lxc", "/machine/lxc-1-a.libvirt-lxc");
    expect_machine("/lxc.payload.x/machine/qemu-1-a.libvirt-qemu/vcpu0",
                   "/lxc.payload.x/machine/qemu-1-a.libvirt-qemu");
    expect_machine("/libvirt/qemu/old/emulator", "/libvirt/qemu/old");
    expect_machine("/qemu.slice/100.scope", "/qemu.slice/100.scope");
    expect_machine("/", NULL);
    expect_machine("", NULL);
    expect_machine("/emulator", NULL);
    expect_machine("/system.slice/libvirtd.service", NULL);
    expect_machine("/user.slice/user-1000.slice/session-3.scope", NULL);
    expect_machine("/machine.slice", NULL);
}
END_TEST

static void expect_container(const char *outer, const char *inner, const char *expected)
{
    char *got = cgroup_container_path(outer, inner);
    if (expected)
        ck_assert_msg(got && strcmp(got, expected) == 0, "%s - %s gave %s", outer,
                      inner ? inner : "?", got ? got : "nothing");
    else
        ck_assert_msg(!got, "%s gave %s", outer, got ? got : "");
    free(got);
}

START_TEST(containers_are_what_init_does_not_see)
{
    expect_container("/lxc.payload.a/init.scope", "/init.scope", "/lxc.payload.a");
    expect_container("/lxc.payload.a", "/", "/lxc.payload.a");
    expect_container("/custom/deep/x/system.slice/y", "/system.slice/y", "/custom/deep/x");
    expect_container("/custom/lxc.payload.a-1/init.scope", "/init.scope",
                     "/custom/lxc.payload.a-1");
    expect_container("/init.scope", "/init.scope", NULL);
    expect_container("/", "/", NULL);
    expect_container("/", NULL, NULL);
    /* Read at two moments, or outside the namespace: go by names. */
    expect_container("/lxc.payload.a/other", "/init.scope", "/lxc.payload.a");
    expect_container("/lxc.payload.a/b", "/../lxc.payload.a/b", "/lxc.payload.a");
    expect_container("/lxc.payload.a/b", "", "/lxc.payload.a");
    expect_container("/x/lxc.payload.a/lxc.payload.inner/z", NULL, "/x/lxc.payload.a");
    expect_container("/lxc/a/init.scope", NULL, "/lxc/a");
    expect_container("/lxc/", NULL, "/lxc");
    expect_container("/mine/init.scope", NULL, "/mine");
    expect_container("/init.scope", NULL, NULL);
}
END_TEST

START_TEST(resolving_reads_each_controller_apart)
{
    load(V1_LINES HYBRID_LINE);
    tree_put("/proc/7/cgroup", "9:memory:/machine/qemu-1-a.libvirt-qemu/emulator\n"
                               "8:pids:/\n3:cpu,cpuacct:/\n0::/system.slice/libvirtd.service\n");
    struct cgroup_paths paths = {0};
    ck_assert_int_eq(cgroup_resolve_machine(&layout, 7, &paths), 0);
    ck_assert_str_eq(paths.path[CGROUP_MEMORY], "/machine/qemu-1-a.libvirt-qemu");
    ck_assert_ptr_null(paths.path[CGROUP_PIDS]);
    ck_assert_ptr_null(paths.path[CGROUP_CPUACCT]);
    ck_assert_ptr_null(paths.path[CGROUP_UNIFIED]);
    ck_assert(cgroup_paths_any(&paths));
    struct cgroup_paths same = {0}, own = {0};
    ck_assert(!cgroup_paths_any(&same));
    ck_assert_int_eq(cgroup_resolve_machine(&layout, 8, &same), ERR_GONE);
    ck_assert_int_eq(cgroup_resolve_container(&layout, 8, &own, &same), ERR_GONE);
    cgroup_paths_clear(&paths);

    tree_put("/proc/9/cgroup", "9:memory:/lxc.payload.c/init.scope\n8:pids:/\n"
                               "3:cpu,cpuacct:/lxc.payload.c-1\n0::/lxc.payload.c\n");
    ck_assert_int_eq(cgroup_resolve_container(&layout, 9, &own, &paths), 0);
    ck_assert_str_eq(paths.path[CGROUP_MEMORY], "/lxc.payload.c");
    ck_assert_str_eq(paths.path[CGROUP_CPU], "/lxc.payload.c-1");
    ck_assert_str_eq(paths.path[CGROUP_UNIFIED], "/lxc.payload.c");
    ck_assert_ptr_null(paths.path[CGROUP_PIDS]);
    cgroup_paths_clear(&paths);

    /* A group that holds us as well is not the container's own. */
    tree_put("/proc/self/cgroup", "9:memory:/lxc.payload.c/me\n3:cpu,cpuacct:/lxc.payload.c\n");
    ck_assert_int_eq(cgroup_resolve_own(&layout, &own), 0);
    ck_assert_int_eq(cgroup_resolve_container(&layout, 9, &own, &paths), 0);
    ck_assert_ptr_null(paths.path[CGROUP_MEMORY]);
    ck_assert_str_eq(paths.path[CGROUP_CPU], "/lxc.payload.c-1");
    cgroup_paths_clear(&paths);
    cgroup_paths_clear(&own);
}
END_TEST

/* A child in GROUP/leaf whose cgroup namespace begins at GROUP. */
static pid_t start_contained(const char *group, int *ret_ready)
{
    int ready[2];
    ck_assert_int_eq(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        char path[300];
        static const char *const places[] = {"", "/leaf"};
        for (int i = 0; i < 2; i++) {
            snprintf(path, sizeof(path), "%s%s/cgroup.procs", group, places[i]);
            FILE *file = fopen(path, "w");
            if (!file || fputs("0\n", file) < 0 || fclose(file) != 0)
                _exit(1);
            if (i == 0 && unshare(CLONE_NEWCGROUP) != 0)
                _exit(2);
        }
        ssize_t done = write(ready[1], "x", 1);
        (void)done;
        pause();
        _exit(0);
    }
    close(ready[1]);
    *ret_ready = ready[0];
    return child;
}

START_TEST(live_container_is_resolved_through_its_namespace)
{
    cgroup_layout_clear(&layout);
    ck_assert_int_eq(cgroup_layout_load(&layout, "", NULL), 0);
    const char *point = layout.mount[CGROUP_UNIFIED].point;
    char group[200], leaf[220];
    snprintf(group, sizeof(group), "%s/vctop-test-%d", point ? point : "/nowhere", (int)getpid());
    snprintf(leaf, sizeof(leaf), "%s/leaf", group);
    if (!point || mkdir(group, 0755) != 0) {
        printf("SKIP: no unified cgroup can be made here: %s\n", strerror(errno));
        return;
    }
    ck_assert_int_eq(mkdir(leaf, 0755), 0);
    int ready;
    char byte;
    pid_t child = start_contained(group, &ready);
    ssize_t got = read(ready, &byte, 1);
    struct cgroup_paths paths = {0}, own = {0};
    cgroup_resolve_own(&layout, &own);
    uint64_t ours = proc_namespace("", 0, "cgroup");
    int code = got == 1 ? cgroup_resolve_container(&layout, child, &own, &paths) : 0;
    ck_assert_uint_eq(proc_namespace("", 0, "cgroup"), ours);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    cgroup_paths_clear(&own);
    close(ready);
    rmdir(leaf);
    rmdir(group);
    if (got != 1) {
        printf("SKIP: no cgroup namespace may be made here\n");
        return;
    }
    ck_assert_int_eq(code, 0);
    ck_assert_ptr_nonnull(paths.path[CGROUP_UNIFIED]);
    ck_assert_str_eq(paths.path[CGROUP_UNIFIED], group + strlen(point));
    cgroup_paths_clear(&paths);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel/cgroup");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, version_2_has_what_its_root_names);
    tcase_add_test(tests, version_2_without_a_memory_controller_has_none);
    tcase_add_test(tests, version_1_has_each_controller_where_it_is_mounted);
    tcase_add_test(tests, hybrid_takes_from_the_unified_what_version_1_lacks);
    tcase_add_test(tests, no_cgroups_at_all_is_no_error);
    tcase_add_test(tests, a_mount_of_a_part_shows_only_what_is_below);
    tcase_add_test(tests, spoilt_texts_are_survived);
    tcase_add_test(tests, removed_groups_are_no_groups);
    tcase_add_test(tests, machines_are_found_by_their_own_groups_only);
    tcase_add_test(tests, containers_are_what_init_does_not_see);
    tcase_add_test(tests, resolving_reads_each_controller_apart);
    tcase_add_test(tests, live_container_is_resolved_through_its_namespace);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
