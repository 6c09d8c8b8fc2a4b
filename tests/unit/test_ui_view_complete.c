#include "ui/view/complete.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"

static void offer(struct completion *completion, const char *typed, const char *before)
{
    static const char *const names[] = {"up", "sort-cpu", "zoom", "sort", "how-to-sort"};

    completion_clear(completion);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        completion_offer(completion, typed, before, names[i], "");
    completion_sort(completion);
}

START_TEST(tab_extends_then_walks)
{
    struct completion completion = {0};
    char line[64];

    offer(&completion, "so", "x ");
    ck_assert_uint_eq(completion.count, 3);
    ck_assert_str_eq(completion.items[2].name, "how-to-sort"); /* holds it, does not begin so */
    ck_assert(completion_is_prefix(&completion, 1) && !completion_is_prefix(&completion, 2));
    ck_assert(completion_next(&completion, 1, line, sizeof(line)));
    ck_assert_str_eq(line, "x sort");
    static const char *const then[] = {"x sort-cpu", "x sort", "x how-to-sort", "x sort-cpu"};
    for (size_t i = 0; i < ARRAY_SIZE(then); i++) {
        ck_assert(completion_next(&completion, 1, line, sizeof(line)));
        ck_assert_str_eq(line, then[i]);
    }
    ck_assert(completion_next(&completion, -1, line, sizeof(line)));
    ck_assert_str_eq(line, "x how-to-sort");
    offer(&completion, "qq", "");
    ck_assert(!completion_next(&completion, 1, line, sizeof(line)));
    completion_clear(&completion);
}
END_TEST

START_TEST(the_nearest_name)
{
    static const char *const names[] = {"filter", "freeze", "follow"};
    static const struct {
        const char *typed, *nearest;
    } cases[] = {{"fliter", "filter"}, {"frese", "freeze"}, {"folow", "follow"}, {"", "filter"}};

    for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
        const char *nearest = NULL;
        size_t best = SIZE_MAX;

        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
            completion_nearer(cases[c].typed, names[i], &nearest, &best);
        ck_assert_str_eq(nearest, cases[c].nearest);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ui_view_complete");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, tab_extends_then_walks);
    tcase_add_test(tcase, the_nearest_name);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
