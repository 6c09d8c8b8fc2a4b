#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kernel/held.h"
#include "kernel/parse.h"
#include "kernel/psi.h"
#include "test_kernel_tree.h"

START_TEST(numbers_are_strict)
{
    uint64_t value = 7;
    const char *p = "  \t12 34";
    ck_assert(parse_u64(&p, &value));
    ck_assert_uint_eq(value, 12);
    ck_assert_str_eq(p, " 34");
    static const char *const bad[] = {
        "", " ", "-1", "+1", "x", "\n5", "18446744073709551616", "99999999999999999999999999"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        p = bad[i];
        value = 7;
        ck_assert_msg(!parse_u64(&p, &value), "'%s' was taken", bad[i]);
        ck_assert_uint_eq(value, 7);
        ck_assert_ptr_eq(p, bad[i]);
    }
    p = "18446744073709551615";
    ck_assert(parse_u64(&p, &value));
    ck_assert_uint_eq(value, UINT64_MAX);
}
END_TEST

START_TEST(decimals_are_scaled)
{
    static const struct {
        const char *text;
        int decimals;
        uint64_t value;
    } good[] = {{"12.34", 2, 1234},
                {"12.3", 2, 1230},
                {"12", 2, 1200},
                {"0.987654", 2, 98},
                {"12.", 1, 120}};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        const char *p = good[i].text;
        uint64_t value;
        ck_assert(parse_decimal(&p, good[i].decimals, &value));
        ck_assert_uint_eq(value, good[i].value);
        ck_assert_str_eq(p, "");
    }
    uint64_t value = 3;
    const char *p = "18446744073709551615.00";
    ck_assert(!parse_decimal(&p, 2, &value));
    p = ".5";
    ck_assert(!parse_decimal(&p, 2, &value));
    ck_assert_uint_eq(value, 3);
}
END_TEST

START_TEST(keys_are_whole_words_at_the_start_of_a_line)
{
    const char *text = "inactive_file 5\nfile_mapped 6\n file 7\nfile 8\n";
    uint64_t value;
    ck_assert(parse_keyed(text, "file", &value));
    ck_assert_uint_eq(value, 8);
    ck_assert(!parse_keyed(text, "mapped", &value));
    ck_assert(!parse_keyed("", "file", &value));
    ck_assert(!parse_keyed("file", "file", &value));
    ck_assert(!parse_keyed("file \n5", "file", &value));
}
END_TEST

START_TEST(sums_stop_at_the_top)
{
    ck_assert_uint_eq(parse_add(UINT64_MAX, 1), UINT64_MAX);
    ck_assert_uint_eq(parse_scale(UINT64_MAX / 2, 1024), UINT64_MAX);
    ck_assert_uint_eq(parse_scale(3, 1024), 3072);
    ck_assert_uint_eq(parse_ticks_ns((uint64_t)sysconf(_SC_CLK_TCK)), 1000000000);
}
END_TEST

START_TEST(long_paths_are_refused)
{
    char path[KERNEL_PATH_MAX], longest[KERNEL_PATH_MAX + 8];
    memset(longest, 'x', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    ck_assert(!kernel_path(path, "/%s", longest));
    ck_assert(kernel_path(path, "%s/proc/%d", "", 12));
    ck_assert_str_eq(path, "/proc/12");
}
END_TEST

START_TEST(pressure_is_read_in_hundredths)
{
    uint32_t value = 9;
    ck_assert(
        psi_parse("some avg10=12.34 avg60=0.00 avg300=0.00 total=5\nfull avg10=1.00\n", &value));
    ck_assert_uint_eq(value, 1234);
    ck_assert(psi_parse("full avg10=1.00\nsome avg10=100.00 avg60=0\n", &value));
    ck_assert_uint_eq(value, 10000);
    value = 9;
    ck_assert(!psi_parse("", &value));
    ck_assert(!psi_parse("full avg10=1.00 avg60=0\n", &value));
    ck_assert(!psi_parse("some avg60=1.00\n", &value));
    ck_assert(!psi_parse("some avg10=250.00\n", &value));
    ck_assert(!psi_parse("some avg10=\n", &value));
    ck_assert_uint_eq(value, 9);
}
END_TEST

START_TEST(held_files_show_what_is_new)
{
    tree_make();
    tree_put("/f", "one\n");
    struct held file = HELD_INIT;
    char buf[64], big[9000];
    ck_assert_int_eq(held_read(&file, tree_path("/f"), NULL, buf, sizeof(buf)), 4);
    ck_assert_str_eq(buf, "one\n");
    tree_put("/f", "second\n");
    ck_assert_int_eq(held_read(&file, "/nowhere", NULL, buf, sizeof(buf)), 7);
    ck_assert_str_eq(buf, "second\n");
    ck_assert_int_eq(held_read(&file, "", NULL, buf, 4), 3);
    ck_assert_str_eq(buf, "sec");
    memset(big, 'a', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    tree_put("/f", big);
    char all[sizeof(big) + 10];
    ck_assert_int_eq(held_read(&file, "", NULL, all, sizeof(all)), (int)sizeof(big) - 1);
    held_close(&file, NULL);
    tree_remove();
}
END_TEST

START_TEST(held_files_keep_to_the_budget)
{
    tree_make();
    tree_put("/f", "x");
    struct held_budget budget = {.max = 1};
    struct held a = HELD_INIT, b = HELD_INIT, c = HELD_INIT;
    char buf[8];
    ck_assert_int_eq(held_read(&a, tree_path("/f"), &budget, buf, sizeof(buf)), 1);
    ck_assert_int_eq(held_read(&b, tree_path("/f"), &budget, buf, sizeof(buf)), 1);
    ck_assert_int_ge(a.fd, 0);
    ck_assert_int_eq(b.fd, -1);
    ck_assert_uint_eq(budget.held, 1);
    held_close(&a, &budget);
    ck_assert_uint_eq(budget.held, 0);
    ck_assert_int_lt(held_read(&c, tree_path("/no"), &budget, buf, sizeof(buf)), 0);
    ck_assert(c.missing);
    ck_assert_uint_eq(budget.held, 0);
    tree_put("/no", "y");
    ck_assert_int_lt(held_read(&c, tree_path("/no"), &budget, buf, sizeof(buf)), 0);
    held_rearm(&c);
    ck_assert_int_eq(held_read(&c, tree_path("/no"), &budget, buf, sizeof(buf)), 1);
    held_close(&c, &budget);
    tree_remove();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel/parse");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, numbers_are_strict);
    tcase_add_test(tests, decimals_are_scaled);
    tcase_add_test(tests, keys_are_whole_words_at_the_start_of_a_line);
    tcase_add_test(tests, sums_stop_at_the_top);
    tcase_add_test(tests, long_paths_are_refused);
    tcase_add_test(tests, pressure_is_read_in_hundredths);
    tcase_add_test(tests, held_files_show_what_is_new);
    tcase_add_test(tests, held_files_keep_to_the_budget);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
