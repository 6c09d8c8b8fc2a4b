#include "ui/view/column.h"

#include <check.h>
#include <stdlib.h>

static const struct column_order all; /* none set up */

static int end_of(const struct columns *columns)
{
    int end = 0;

    for (int i = 0; i < COLUMN_COUNT; i++)
        if (columns->width[i] && columns->x[i] + columns->width[i] > end)
            end = columns->x[i] + columns->width[i];
    return end;
}

START_TEST(fits_every_width)
{
    for (int width = 30; width <= 300; width++) {
        for (int kind = 0; kind < 6; kind++) {
            static const int names[] = {0, 22, 5000};
            struct columns columns;
            int before = 0;

            columns_layout(&columns, &all, width, kind % 2, names[kind / 2], METRIC_PIDS);
            ck_assert_int_le(end_of(&columns), width);
            ck_assert_int_ge(columns.width[COLUMN_NAME], 8);
            ck_assert_int_eq(columns.width[COLUMN_CPU], 5);
            for (int i = 0; i < COLUMN_COUNT; i++) {
                if (!columns.width[i])
                    continue;
                ck_assert_msg(columns.x[i] > before, "column %d at %d, width %d", i, columns.x[i],
                              width);
                before = columns.x[i] + columns.width[i]; /* one space at least */
            }
        }
    }
}
END_TEST

START_TEST(the_usual_terminals)
{
    struct columns columns;

    columns_layout(&columns, &all, 80, true, 0, METRIC_CPU);
    ck_assert_int_eq(columns.width[COLUMN_KIND], 1);
    ck_assert_int_ge(columns.width[COLUMN_NAME], 16);
    ck_assert_int_eq(columns.width[COLUMN_DISK], 11);
    ck_assert_int_eq(columns.width[COLUMN_NET], 11);
    ck_assert_int_eq(columns.bar, 1);
    ck_assert_int_eq(columns.width[COLUMN_ADDRESS], 0);

    columns_layout(&columns, &all, 59, false, 0, METRIC_CPU);
    ck_assert_int_eq(columns.width[COLUMN_KIND], 0);
    ck_assert_int_eq(columns.width[COLUMN_DISK], 5);
    ck_assert_int_eq(columns.width[COLUMN_STATE], 10);

    columns_layout(&columns, &all, 120, true, 0, METRIC_CPU);
    ck_assert_int_eq(columns.width[COLUMN_ADDRESS], 15);
    ck_assert_int_eq(columns.width[COLUMN_UP], 5);
    ck_assert_int_ge(columns.width[COLUMN_TREND], 10);
}
END_TEST

/* Of WIDTH cells, what a name of NAME cells gets. */
static int name_width(int width, int name)
{
    struct columns columns;

    columns_layout(&columns, &all, width, width == 80, name, METRIC_CPU);
    return columns.width[COLUMN_NAME];
}

START_TEST(long_names_come_before_what_is_said_at_length)
{
    for (int width = 30; width <= 300; width++) {
        struct columns without, with;

        columns_layout(&without, &all, width, true, 0, METRIC_CPU);
        columns_layout(&with, &all, width, true, 8, METRIC_CPU);
        ck_assert_mem_eq(&without, &with, sizeof(with)); /* short ones take no room from others */
    }
    for (int name = 10; name <= 22; name++) {
        ck_assert_int_ge(name_width(66, name), name); /* one of two tables of 200 columns */
        ck_assert_int_ge(name_width(80, name), name);
    }
    ck_assert_int_ge(name_width(59, 16), 16); /* one of two of 120 */
    ck_assert_int_ge(name_width(132, 36), 36);
    ck_assert_int_eq(name_width(250, 5000), 40);

    struct columns columns;
    columns_layout(&columns, &all, 80, true, 22, METRIC_CPU);
    ck_assert_int_ge(columns.width[COLUMN_DISK], 5);
    ck_assert_int_ge(columns.width[COLUMN_NET], 5);
    ck_assert_int_ge(columns.width[COLUMN_MEM], 11);
}
END_TEST

START_TEST(what_is_sorted_by_is_shown)
{
    struct columns columns;

    columns_layout(&columns, &all, 80, true, 0, METRIC_CPU);
    ck_assert_int_eq(columns.width[COLUMN_EXTRA], 0);
    columns_layout(&columns, &all, 80, true, 0, SORT_NAME);
    ck_assert_int_eq(columns.width[COLUMN_EXTRA], 0);
    columns_layout(&columns, &all, 80, true, 0, METRIC_PIDS);
    ck_assert_int_gt(columns.width[COLUMN_EXTRA], 0);
    ck_assert_int_eq(columns.extra, METRIC_PIDS);
    ck_assert_int_eq(columns_sort_key_at(&columns, columns.x[COLUMN_EXTRA]), METRIC_PIDS);
    /* A column of its own that has no room yet. */
    columns_layout(&columns, &all, 80, true, 0, METRIC_UPTIME);
    ck_assert_int_eq(columns.width[COLUMN_UP], 0);
    ck_assert_int_eq(columns.extra, METRIC_UPTIME);
    columns_layout(&columns, &all, 120, true, 0, METRIC_UPTIME);
    ck_assert_int_gt(columns.width[COLUMN_UP], 0);
    ck_assert_int_eq(columns.width[COLUMN_EXTRA], 0);
}
END_TEST

START_TEST(a_click_finds_its_column)
{
    struct columns columns;

    columns_layout(&columns, &all, 80, true, 0, METRIC_CPU);
    ck_assert_int_eq(columns_sort_key_at(&columns, columns.x[COLUMN_NAME]), SORT_NAME);
    ck_assert_int_eq(columns_sort_key_at(&columns, columns.x[COLUMN_CPU]), METRIC_CPU);
    ck_assert_int_eq(columns_sort_key_at(&columns, 0), -1);
    ck_assert_int_eq(columns_sort_key_at(&columns, 500), -1);
    ck_assert_int_eq(columns_sort_key_at(&columns, -3), -1);
}
END_TEST

START_TEST(beside_goes_round)
{
    struct columns columns;
    int key = METRIC_CPU, steps = 0;

    columns_layout(&columns, &all, 80, true, 0, METRIC_CPU);
    ck_assert_int_eq(columns_sort_key_beside(&columns, METRIC_CPU, -1), SORT_STATE);
    do {
        int next = columns_sort_key_beside(&columns, key, 1);
        ck_assert_int_eq(columns_sort_key_beside(&columns, next, -1), key);
        key = next;
        ck_assert_int_lt(++steps, COLUMN_COUNT);
    } while (key != METRIC_CPU);
    ck_assert_int_eq(steps, 7); /* kind name state cpu mem disk net */
}
END_TEST

static int parse(struct column_order *ret, const char *a, const char *b, const char *c,
                 struct error *err)
{
    char *names[] = {(char *)a, (char *)b, (char *)c};
    const struct text_list list = {names, (size_t)((a != NULL) + (b != NULL) + (c != NULL))};

    return column_order_parse(ret, &list, err);
}

START_TEST(columns_are_set_up)
{
    struct column_order order = {0};
    struct columns columns;
    struct error err;

    ck_assert_int_lt(parse(&order, "name", "cpu", NULL, &err), 0);
    ck_assert_str_eq(err.message, "the columns need 'state'");
    ck_assert_int_lt(parse(&order, "name", "state", "state", &err), 0);
    ck_assert_int_lt(parse(&order, "name", "state", "speed", &err), 0);
    ck_assert_int_eq(order.count, 0);

    ck_assert_int_eq(parse(&order, "state", "net", "name", &err), 0);
    columns_layout(&columns, &order, 80, true, 0, METRIC_PIDS);
    ck_assert_int_eq(columns.width[COLUMN_CPU], 0);
    ck_assert_int_eq(columns.width[COLUMN_KIND], 0);
    ck_assert_int_gt(columns.x[COLUMN_NET], columns.x[COLUMN_STATE]);
    ck_assert_int_gt(columns.x[COLUMN_NAME], columns.x[COLUMN_NET]);
    /* What is sorted by stands last then, for there is no CPU. */
    ck_assert_int_gt(columns.x[COLUMN_EXTRA], columns.x[COLUMN_NAME]);
    ck_assert_int_eq(columns_sort_key_beside(&columns, SORT_STATE, 1), SORT_NET);
    ck_assert_int_eq(columns_sort_key_beside(&columns, METRIC_PIDS, 1), SORT_STATE);
    for (int width = 30; width < 200; width++) {
        columns_layout(&columns, &order, width, true, 0, METRIC_PIDS);
        ck_assert_int_le(end_of(&columns), width);
    }
}
END_TEST

START_TEST(isolation_is_shown_where_it_is_asked_for)
{
    struct column_order order = {0};
    struct columns columns;
    struct error err;

    columns_layout(&columns, &all, 250, true, 0, METRIC_CPU);
    ck_assert_int_eq(columns.width[COLUMN_ISOLATION], 0);
    ck_assert_int_eq(parse(&order, "name", "state", "isolation", &err), 0);
    columns_layout(&columns, &order, 60, true, 0, SORT_NAME);
    ck_assert_int_eq(columns.width[COLUMN_ISOLATION], 9);
    ck_assert_int_gt(columns.x[COLUMN_ISOLATION], columns.x[COLUMN_STATE]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ui_view_column");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, fits_every_width);
    tcase_add_test(tcase, the_usual_terminals);
    tcase_add_test(tcase, long_names_come_before_what_is_said_at_length);
    tcase_add_test(tcase, what_is_sorted_by_is_shown);
    tcase_add_test(tcase, a_click_finds_its_column);
    tcase_add_test(tcase, beside_goes_round);
    tcase_add_test(tcase, columns_are_set_up);
    tcase_add_test(tcase, isolation_is_shown_where_it_is_asked_for);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
