#include "ui/widget/pager.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct rect ten = {.y = 3, .x = 0, .height = 10, .width = 80};

static struct pager list_of(long count)
{
    struct pager pager = {.list = true};

    pager_fit(&pager, ten, count);
    return pager;
}

static struct pager text_of(long count)
{
    struct pager pager = {.cursor = -1};

    pager_fit(&pager, ten, count);
    return pager;
}

START_TEST(a_cursor_takes_its_list_along)
{
    struct pager pager = list_of(100);

    pager_move(&pager, 9);
    ck_assert_int_eq(pager.top, 0);
    pager_move(&pager, 1);
    ck_assert_int_eq(pager.cursor, 10);
    ck_assert_int_eq(pager.top, 1);
    pager_move(&pager, 1000);
    ck_assert_int_eq(pager.cursor, 99);
    ck_assert_int_eq(pager.top, 90);
    pager_move(&pager, -5);
    ck_assert_int_eq(pager.top, 90);
    pager_move_to(&pager, -3);
    ck_assert_int_eq(pager.cursor, 0);
    ck_assert_int_eq(pager.top, 0);
}
END_TEST

START_TEST(pages_keep_a_line_in_sight)
{
    struct pager pager = list_of(100), text = text_of(100);

    pager_move(&pager, 2);
    pager_page(&pager, 1);
    ck_assert_int_eq(pager.cursor, 11);
    ck_assert_int_eq(pager.top, 9);
    pager_page(&pager, -1);
    ck_assert_int_eq(pager.cursor, 2);
    ck_assert_int_eq(pager.top, 0);
    for (int i = 0; i < 20; i++)
        pager_page(&pager, 1);
    ck_assert_int_eq(pager.cursor, 99);
    ck_assert_int_eq(pager.top, 90);

    pager_page(&text, 1);
    ck_assert_int_eq(text.top, 9);
    pager_move(&text, 1000);
    ck_assert_int_eq(text.top, 90);
    pager_move_to(&text, 0);
    ck_assert_int_eq(text.top, 0);
    ck_assert_int_eq(text.cursor, -1);
}
END_TEST

START_TEST(lists_that_shrink_and_small_ones)
{
    struct pager pager = list_of(100), text = text_of(3);

    pager_move_to(&pager, 99);
    pager_fit(&pager, ten, 5);
    ck_assert_int_eq(pager.cursor, 4);
    ck_assert_int_eq(pager.top, 0);
    pager_fit(&pager, ten, 0);
    ck_assert_int_eq(pager.cursor, 0);
    pager_move(&pager, 1);
    pager_page(&pager, 1);
    ck_assert_int_eq(pager.cursor, 0);
    ck_assert_int_eq(pager.top, 0);
    pager_page(&text, 1);
    ck_assert_int_eq(text.top, 0);
    /* Of a screen that has no room at all. */
    pager_fit(&pager, (struct rect){0}, 50);
    pager_move(&pager, 20);
    pager_page(&pager, 1);
    ck_assert_int_lt(pager.cursor, 50);
}
END_TEST

START_TEST(a_place_of_the_screen_is_a_line)
{
    struct pager pager = list_of(5);

    ck_assert_int_eq(pager_line_at(&pager, 3, 10), 0);
    ck_assert_int_eq(pager_line_at(&pager, 7, 10), 4);
    ck_assert_int_eq(pager_line_at(&pager, 8, 10), -1);
    ck_assert_int_eq(pager_line_at(&pager, 2, 10), -1);
    ck_assert_int_eq(pager_line_at(&pager, 4, 80), -1);
}
END_TEST

/* Every seventh line is an apple. */
static void fruit(void *context, long line, char *dst, size_t size)
{
    (void)context;
    snprintf(dst, size, "line %ld: %s", line, line % 7 ? "pear" : "Äpfel, Apple");
}

START_TEST(hits_are_found_round_the_ends)
{
    struct pager pager = list_of(30);

    snprintf(pager.pattern, sizeof(pager.pattern), "aPPle");
    ck_assert(pager_find(&pager, 1, fruit, NULL));
    ck_assert_int_eq(pager.cursor, 7);
    ck_assert(pager_find(&pager, 1, fruit, NULL));
    ck_assert_int_eq(pager.cursor, 14);
    ck_assert_int_eq(pager.top, 5);
    for (int i = 0; i < 3; i++)
        ck_assert(pager_find(&pager, 1, fruit, NULL));
    ck_assert_int_eq(pager.cursor, 0);
    ck_assert(pager_find(&pager, -1, fruit, NULL));
    ck_assert_int_eq(pager.cursor, 28);
    /* Beyond ASCII, whatever the case. */
    snprintf(pager.pattern, sizeof(pager.pattern), "äPFEL");
    ck_assert(pager_find(&pager, -1, fruit, NULL));
    ck_assert_int_eq(pager.cursor, 21);
    snprintf(pager.pattern, sizeof(pager.pattern), "plum");
    ck_assert(!pager_find(&pager, 1, fruit, NULL));
    ck_assert_int_eq(pager.cursor, 21);
    pager.pattern[0] = '\0';
    ck_assert(!pager_find(&pager, 1, fruit, NULL));
    pager = list_of(0);
    ck_assert(!pager_find(&pager, 1, fruit, NULL));
}
END_TEST

START_TEST(a_text_is_searched_from_what_is_in_sight)
{
    struct pager text = text_of(100);

    snprintf(text.pattern, sizeof(text.pattern), "apple");
    ck_assert(pager_find(&text, 1, fruit, NULL));
    ck_assert_int_eq(text.cursor, 0);
    ck_assert_int_eq(text.top, 0);
    ck_assert(pager_find(&text, 1, fruit, NULL));
    ck_assert(pager_find(&text, 1, fruit, NULL));
    ck_assert_int_eq(text.cursor, 14);
    ck_assert_int_eq(text.top, 11); /* with what is before it */
    pager_move_to(&text, 50);
    ck_assert(pager_find(&text, 1, fruit, NULL));
    ck_assert_int_eq(text.cursor, 56);
    ck_assert_int_eq(text.top, 50);
    pager_move_to(&text, 30);
    ck_assert(pager_find(&text, -1, fruit, NULL));
    ck_assert_int_eq(text.cursor, 35);
    pager_fit(&text, ten, 20);
    ck_assert_int_eq(text.cursor, -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ui/widget/pager");
    TCase *tc = tcase_create("all");

    tcase_add_test(tc, a_cursor_takes_its_list_along);
    tcase_add_test(tc, pages_keep_a_line_in_sight);
    tcase_add_test(tc, lists_that_shrink_and_small_ones);
    tcase_add_test(tc, a_place_of_the_screen_is_a_line);
    tcase_add_test(tc, hits_are_found_round_the_ends);
    tcase_add_test(tc, a_text_is_searched_from_what_is_in_sight);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
