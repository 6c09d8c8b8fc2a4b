#include "kernel/mount.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "test_kernel_tree.h"

static const char recorded[] =
    "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
    "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,discard\n"
    "24 27 0:6 / /dev rw - devtmpfs devtmpfs rw,size=12334432k\n"
    "30 27 254:0 /srv /mnt/bind rw,relatime shared:1 master:2 - ext4 /dev/vda1 rw,discard\n"
    "31 27 0:30 / /images\\040and\\134more rw - nfs4 nas:/vm rw,vers=4.2\n"
    "32 27 0:31 / /auto rw - autofs systemd-1 rw,fd=29\n"
    "33 32 0:32 / /auto/home rw - nfs4 nas:/home rw\n"
    "34 27 0:40 / /pool rw - zfs tank/pool rw,xattr\n"
    "35 27 0:41 /@ /btrfs rw - btrfs /dev/sdb rw,subvolid=256\n"
    "36 27 0:41 /@home /btrfs-home rw - btrfs /dev/sdb rw,subvolid=257\n"
    "37 27 7:1 / /snap/core ro - squashfs /dev/loop1 ro\n"
    "38 27 0:44 / /run rw - tmpfs tmpfs rw\n"
    "39 27 0:45 / /var/lib/x/merged rw - overlay overlay rw,lowerdir=/a,upperdir=/b\n"
    "40 27 8:17 / /data ro,relatime - ext4 /dev/sdb1 ro,errors=remount-ro\n"
    "41 27 8:18 / /meant ro - xfs /dev/sdb2 ro\n"
    "42 27 0:50 / /hidden rw - tmpfs tmpfs rw\n"
    "43 42 8:33 / /hidden rw - ext4 /dev/sdc1 rw\n"
    "44 27 0:51 / /lxcfs rw - fuse.lxcfs lxcfs rw\n"
    "45 27 0:52 / /sshfs rw - fuse.sshfs me@there: rw\n"
    "46 27 8:49 /docker/hosts /etc/hosts rw - ext4 /dev/sdd1 rw\n";

static struct mount_table *table;

static void set_up(void)
{
    table = mount_table_parse(recorded);
}

static void tear_down(void)
{
    mount_table_free(table);
    mount_table_free(NULL);
}

static const struct mount *at(const char *path)
{
    long index = mount_table_find(table, path);
    return index < 0 ? NULL : mount_table_at(table, (size_t)index);
}

START_TEST(lines_are_read)
{
    ck_assert_uint_eq(mount_table_count(table), 20);
    ck_assert_ptr_null(mount_table_at(table, 20));
    const struct mount *root = at("/");
    ck_assert_str_eq(root->type, "ext4");
    ck_assert_str_eq(root->source, "/dev/vda1");
    ck_assert(root->major == 254 && root->minor == 0);
    ck_assert(!root->network && !root->read_only);
    const struct mount *nfs = at("/images and\\more/db.img");
    ck_assert_str_eq(nfs->point, "/images and\\more");
    ck_assert(nfs->network);
}
END_TEST

START_TEST(what_stores_something_is_kept)
{
    ck_assert_int_eq(at("/")->use, MOUNT_ALWAYS);
    ck_assert_int_eq(at("/proc")->use, MOUNT_NEVER);
    ck_assert_int_eq(at("/dev/vg/lv")->use, MOUNT_NEVER);
    ck_assert_int_eq(at("/images and\\more")->use, MOUNT_ALWAYS);
    ck_assert_int_eq(at("/pool/x")->use, MOUNT_ALWAYS);
    ck_assert_int_eq(at("/btrfs")->use, MOUNT_ALWAYS);
    ck_assert_int_eq(at("/snap/core")->use, MOUNT_NEVER);
    ck_assert_int_eq(at("/run/x")->use, MOUNT_IF_USED);
    ck_assert_int_eq(at("/var/lib/x/merged")->use, MOUNT_IF_USED);
    ck_assert_int_eq(at("/lxcfs")->use, MOUNT_NEVER);
    ck_assert_int_eq(at("/sshfs")->use, MOUNT_ALWAYS);
    ck_assert_int_eq(at("/etc/hosts")->use, MOUNT_IF_USED); /* of a container that we run in */
    ck_assert_int_eq(at("/mnt/bind")->use, MOUNT_IF_USED);
}
END_TEST

START_TEST(nothing_is_mounted_by_looking)
{
    ck_assert_int_eq(at("/auto/nas/x.img")->use, MOUNT_TRIGGER);
    ck_assert_int_eq(at("/auto/home/x.img")->use, MOUNT_ALWAYS);
}
END_TEST

START_TEST(one_mount_stands_for_a_file_system)
{
    size_t root = (size_t)mount_table_find(table, "/");
    ck_assert_uint_eq(at("/mnt/bind")->twin, root);
    ck_assert_uint_eq(at("/")->twin, root);
    ck_assert_int_eq(mount_table_device(table, 254, 0), (long)root);
    ck_assert_int_eq(mount_table_device(table, 254, 1), -1);
    ck_assert_uint_eq(at("/btrfs-home")->twin, (size_t)mount_table_find(table, "/btrfs"));
    /* What is mounted over hides what is below. */
    ck_assert_str_eq(at("/hidden/x")->type, "ext4");
    ck_assert_int_eq(mount_table_device(table, 0, 50), -1);
}
END_TEST

START_TEST(paths_end_at_slashes)
{
    ck_assert_str_eq(at("/database/x")->point, "/"); /* not /data */
    ck_assert_str_eq(at("/data/x")->point, "/data");
    ck_assert_str_eq(at("/data")->point, "/data");
    ck_assert_int_eq(mount_table_find(table, "relative"), -1);
    ck_assert_int_eq(mount_table_find(table, ""), -1);
    struct mount_table *none = mount_table_parse("");
    ck_assert_int_eq(mount_table_find(none, "/"), -1);
    mount_table_free(none);
}
END_TEST

START_TEST(read_only_by_fault_or_by_intent)
{
    ck_assert(at("/data")->read_only && at("/data")->read_only_fault);
    ck_assert(at("/meant")->read_only && !at("/meant")->read_only_fault);
    struct mount_table *other =
        mount_table_parse("1 1 8:1 / / ro - ext4 /dev/sda rw,errors=remount-ro\n"
                          "2 1 8:2 / /b rw - ext4 /dev/sdb emergency_ro\n");
    ck_assert(!mount_table_at(other, 0)->read_only); /* only this mount of it is */
    ck_assert(mount_table_at(other, 1)->read_only_fault);
    mount_table_free(other);
}
END_TEST

static void use(const char *text)
{
    struct mount_table *spoilt = mount_table_parse(text);
    for (size_t i = 0; i < mount_table_count(spoilt); i++) {
        const struct mount *mount = mount_table_at(spoilt, i);
        ck_assert_int_eq(mount->point[0], '/');
        ck_assert_uint_lt(mount->twin, mount_table_count(spoilt));
        mount_table_find(spoilt, mount->point);
    }
    mount_table_free(spoilt);
}

START_TEST(spoilt_tables_do_no_harm)
{
    tree_spoil("31 27 0:30 / /a\\040b\\13 rw shared:1 - nfs4 nas:/vm rw,vers=4.2\n"
               "27 1 254:0 / / rw - ext4 /dev/vda1 ro,errors=remount-ro",
               use);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel/mount");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, lines_are_read);
    tcase_add_test(tests, what_stores_something_is_kept);
    tcase_add_test(tests, nothing_is_mounted_by_looking);
    tcase_add_test(tests, one_mount_stands_for_a_file_system);
    tcase_add_test(tests, paths_end_at_slashes);
    tcase_add_test(tests, read_only_by_fault_or_by_intent);
    tcase_add_test(tests, spoilt_tables_do_no_harm);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
