#include "model/devsum.h"

#include <check.h>
#include <stdlib.h>

static void add(struct devsum *sum, uint64_t key, uint64_t rx)
{
    const uint64_t counters[DEVSUM_COUNTERS] = {rx, rx * 2};
    devsum_add(sum, key, counters);
}

START_TEST(devices_add_up)
{
    struct devsum *sum = devsum_new();
    devsum_begin(sum);
    add(sum, 1, 100);
    add(sum, 2, 50);
    const uint64_t *total = devsum_end(sum);
    ck_assert_uint_eq(total[0], 150);
    ck_assert_uint_eq(total[1], 300);
    devsum_begin(sum);
    add(sum, 2, 60); /* in any order */
    add(sum, 1, 101);
    total = devsum_end(sum);
    ck_assert_uint_eq(total[0], 161);
    ck_assert_uint_eq(total[7], 0);
    devsum_free(sum);
    devsum_free(NULL);
}
END_TEST

START_TEST(plugging_is_no_spike)
{
    struct devsum *sum = devsum_new();
    devsum_begin(sum);
    add(sum, 1, 100);
    devsum_end(sum);
    devsum_begin(sum);
    add(sum, 1, 100);
    add(sum, 9, 1000000); /* its past is not ours */
    ck_assert_uint_eq(devsum_end(sum)[0], 100);
    devsum_begin(sum);
    add(sum, 1, 100);
    add(sum, 9, 1000005);
    ck_assert_uint_eq(devsum_end(sum)[0], 105);
    devsum_free(sum);
}
END_TEST

START_TEST(unplugging_is_no_step_back)
{
    struct devsum *sum = devsum_new();
    devsum_begin(sum);
    add(sum, 1, 100);
    add(sum, 2, 1000);
    devsum_end(sum);
    devsum_begin(sum);
    add(sum, 1, 110);
    ck_assert_uint_eq(devsum_end(sum)[0], 1110);
    devsum_begin(sum); /* it comes back with what it had: nothing was moved meanwhile */
    add(sum, 1, 110);
    add(sum, 2, 2000);
    ck_assert_uint_eq(devsum_end(sum)[0], 1110);
    devsum_free(sum);
}
END_TEST

START_TEST(a_reset_is_a_new_baseline)
{
    struct devsum *sum = devsum_new();
    devsum_begin(sum);
    add(sum, 1, 100);
    devsum_end(sum);
    devsum_begin(sum);
    add(sum, 1, 3);
    ck_assert_uint_eq(devsum_end(sum)[0], 100);
    devsum_begin(sum);
    add(sum, 1, 8);
    ck_assert_uint_eq(devsum_end(sum)[0], 105);
    devsum_free(sum);
}
END_TEST

START_TEST(one_key_counts_once_a_tick)
{
    struct devsum *sum = devsum_new();
    for (int tick = 0; tick < 2; tick++) {
        devsum_begin(sum);
        add(sum, 1, 10);
        add(sum, 1, 500);
        ck_assert_uint_eq(devsum_end(sum)[0], 10);
    }
    devsum_free(sum);
}
END_TEST

/* Devices come, go and are reset at random: the totals never shrink and grow by no more than was
 * moved. */
START_TEST(totals_only_grow)
{
    srand(3);
    struct devsum *sum = devsum_new();
    uint64_t counter[20] = {0}, before = 0;
    for (int tick = 0; tick < 5000; tick++) {
        uint64_t moved = 0;
        devsum_begin(sum);
        for (uint64_t i = 0; i < 20; i++) {
            if (rand() % 50 == 0)
                counter[i] = 0;
            uint64_t more = (uint64_t)rand() % 1000;
            counter[i] += more;
            moved += more;
            if (rand() % 4)
                add(sum, i * 77, counter[i]);
        }
        uint64_t total = devsum_end(sum)[0];
        ck_assert_uint_ge(total, before);
        if (tick > 0)
            ck_assert_uint_le(total - before, moved);
        before = total;
    }
    devsum_free(sum);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_devsum");
    tcase_add_test(tests, devices_add_up);
    tcase_add_test(tests, plugging_is_no_spike);
    tcase_add_test(tests, unplugging_is_no_step_back);
    tcase_add_test(tests, a_reset_is_a_new_baseline);
    tcase_add_test(tests, one_key_counts_once_a_tick);
    tcase_add_test(tests, totals_only_grow);
    Suite *suite = suite_create("model_devsum");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
