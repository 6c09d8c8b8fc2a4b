#include "model/cost.h"

#include <check.h>
#include <math.h>

#define SECOND INT64_C(1000000000)

static const struct cost before = {
    .at_ns = SECOND, .self = {SECOND / 2, true, 100, 10, true, 4096}, .calls = 5, .bytes = 1000};

START_TEST(a_refresh_has_its_share)
{
    struct cost after = before;
    struct cost_share share;

    after.at_ns += 4 * SECOND;
    after.self = (struct self){SECOND / 2 + SECOND / 10, true, 500, 10, true, 8192};
    after.calls += 2;
    after.bytes += 4000;
    cost_share(&share, &before, &after, 2 * SECOND);
    ck_assert_double_eq_tol(share.cpu_ms, 50, 1e-9);
    ck_assert_double_eq_tol(share.reads, 200, 1e-9);
    ck_assert_double_eq_tol(share.writes, 0, 1e-9);
    ck_assert_double_eq_tol(share.calls, 1, 1e-9);
    ck_assert_double_eq_tol(share.bytes, 2000, 1e-9);
    ck_assert_double_eq_tol(share.memory, 8192, 1e-9);
}
END_TEST

START_TEST(one_report_is_no_rate)
{
    struct cost_share share;

    cost_share(&share, &before, &before, SECOND);
    ck_assert(isnan(share.cpu_ms) && isnan(share.reads) && isnan(share.calls));
    ck_assert(isnan(share.bytes));
    ck_assert_double_eq_tol(share.memory, 4096, 1e-9);
    cost_share(&share, &(struct cost){0}, &(struct cost){0}, SECOND);
    ck_assert(isnan(share.cpu_ms) && isnan(share.memory));
}
END_TEST

START_TEST(what_went_back_or_is_unknown_stays_so)
{
    struct cost after = before;
    struct cost_share share, sum = {0};

    after.at_ns += SECOND;
    after.self.reads = 99;
    after.self.has_memory = false;
    cost_share(&share, &before, &after, SECOND);
    ck_assert(isnan(share.reads) && isnan(share.memory));
    ck_assert_double_eq_tol(share.writes, 0, 1e-9);
    after.self.has_calls = false;
    cost_share(&share, &before, &after, SECOND);
    ck_assert(isnan(share.writes));
    cost_share_add(&sum, &share);
    ck_assert(isnan(sum.writes) && isnan(sum.memory));
    ck_assert_double_eq_tol(sum.cpu_ms, 0, 1e-9);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model/cost");
    TCase *tc = tcase_create("cost");
    SRunner *runner = srunner_create(suite);

    suite_add_tcase(suite, tc);
    tcase_add_test(tc, a_refresh_has_its_share);
    tcase_add_test(tc, one_report_is_no_rate);
    tcase_add_test(tc, what_went_back_or_is_unknown_stays_so);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
