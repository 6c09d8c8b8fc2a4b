#include "kernel/thin.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test_kernel_tree.h"

#define SECTORS UINT64_C(2097152) /* 1 GiB */

static struct thin_pool pool_of(const char *status)
{
    struct thin_pool pool = {0};
    ck_assert_msg(thin_parse_pool(status, SECTORS, &pool), "%s", status);
    return pool;
}

START_TEST(pools_are_read)
{
    struct thin_pool pool = pool_of("1 35/1024 4096/16384 - rw discard_passdown "
                                    "queue_if_no_space - 1024");
    ck_assert_uint_eq(pool.total, SECTORS * 512);
    ck_assert_uint_eq(pool.used, SECTORS * 512 / 4);
    ck_assert_uint_eq(pool.metadata_total, 1024);
    ck_assert_uint_eq(pool.metadata_used, 35);
    ck_assert(!pool.read_only && !pool.failed);
    pool = pool_of("0 1024/1024 1/2 77 rw no_discard_passdown error_if_no_space - 1024 ");
    ck_assert_uint_eq(pool.metadata_used, pool.metadata_total);
}
END_TEST

START_TEST(pools_in_trouble_say_so)
{
    ck_assert(
        pool_of("1 35/1024 4096/16384 - ro discard_passdown queue_if_no_space - 9").read_only);
    ck_assert(pool_of("1 35/1024 9/16384 - rw discard_passdown x needs_check 9").read_only);
    struct thin_pool pool = pool_of("1 35/1024 16383/16384 - out_of_data_space x y - 9");
    ck_assert_uint_eq(pool.used, pool.total);
    pool = pool_of("Fail");
    ck_assert(pool.failed && pool.read_only);
    ck_assert(pool_of("Error").failed);
}
END_TEST

START_TEST(nonsense_is_no_pool)
{
    static const char *const bad[] = {"",          "x",         "1",           "1 35/1024",
                                      "1 2/1 3/4", "1 1/2 3/2", "1 1/0 1/2 -", "1 1/2 1/0 -"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct thin_pool pool = {.total = 7};
        ck_assert_msg(!thin_parse_pool(bad[i], SECTORS, &pool), "%s", bad[i]);
        ck_assert_uint_eq(pool.total, 7); /* left alone */
    }
}
END_TEST

static void use(const char *text)
{
    struct thin_pool pool = {0};
    if (thin_parse_pool(text, SECTORS, &pool)) {
        ck_assert(pool.used <= pool.total);
        ck_assert(pool.metadata_used <= pool.metadata_total);
    }
}

START_TEST(spoilt_status_does_no_harm)
{
    tree_spoil("1 35/1024 4096/16384 - rw discard_passdown queue_if_no_space needs_check 9", use);
}
END_TEST

START_TEST(volumes_are_read)
{
    struct thin_volume volume = {0};
    ck_assert(thin_parse_table("253:2 7", &volume));
    ck_assert(volume.pool_major == 253 && volume.pool_minor == 2);
    ck_assert(thin_parse_volume("2048 4095", &volume));
    ck_assert(volume.has_mapped && volume.mapped == 2048 * 512);
    ck_assert(!thin_parse_table("/dev/x 7", &volume));
    ck_assert(!thin_parse_table("253", &volume));
    ck_assert(!thin_parse_volume("Fail", &volume));
    ck_assert(!thin_parse_volume("-", &volume));
}
END_TEST

START_TEST(names_are_as_lvm_says_them)
{
    char name[32];
    thin_name("vg-pool-tpool", name, sizeof(name));
    ck_assert_str_eq(name, "vg/pool");
    thin_name("my--vg-thin--pool-tpool", name, sizeof(name));
    ck_assert_str_eq(name, "my-vg/thin-pool");
    thin_name("docker-pool", name, sizeof(name));
    ck_assert_str_eq(name, "docker-pool");
    thin_name("-tpool", name, sizeof(name));
    ck_assert_str_eq(name, "-tpool");
    char tiny[4];
    thin_name("vg-pool-tpool", tiny, sizeof(tiny));
    ck_assert_str_eq(tiny, "vg/");
}
END_TEST

START_TEST(hosts_without_device_mapper_have_none)
{
    struct thin_list list = {0};
    ck_assert_int_eq(thin_read("/nonexistent/mapper/control", &list), -ENOENT);
    tree_make();
    tree_put("/control", "not a device");
    ck_assert_int_eq(thin_read(tree_path("/control"), &list), -ENOTTY);
    tree_remove();
    ck_assert_uint_eq(list.pools, 0);
    thin_clear(&list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel/thin");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, pools_are_read);
    tcase_add_test(tests, pools_in_trouble_say_so);
    tcase_add_test(tests, nonsense_is_no_pool);
    tcase_add_test(tests, spoilt_status_does_no_harm);
    tcase_add_test(tests, volumes_are_read);
    tcase_add_test(tests, names_are_as_lvm_says_them);
    tcase_add_test(tests, hosts_without_device_mapper_have_none);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
