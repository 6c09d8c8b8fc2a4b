/* What is noted of a frame, and what of it ncurses is given. */
#include "ui/term/canvas.h"

#include <check.h>
#include <curses.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static SCREEN *screen;
static FILE *out;

static void setup(void)
{
    ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
    setenv("LINES", "6", 1);
    setenv("COLUMNS", "20", 1);
    out = fopen("/dev/null", "w");
    screen = newterm("xterm", out, stdin);
    ck_assert_ptr_nonnull(screen);
}

static void teardown(void)
{
    canvas_free();
    endwin();
    delscreen(screen);
    fclose(out);
}

/* A frame of two rows: which of them ncurses was given, as bits. */
static unsigned frame(const char *first, const char *second, int cells, int attributes)
{
    canvas_blank(0, 0, 0, COLS);
    canvas_blank(1, 0, 0, COLS);
    canvas_text(0, 2, attributes, first, strlen(first), (int)strlen(first));
    canvas_text(1, 0, attributes, second, strlen(second), cells);
    canvas_hand_on();
    unsigned touched = (unsigned)is_linetouched(stdscr, 0) | (unsigned)is_linetouched(stdscr, 1)
                                                                 << 1;
    refresh();
    return touched;
}

static const char *row(int y)
{
    static char text[200];

    mvinnstr(y, 0, text, sizeof(text) - 1);
    return text;
}

START_TEST(only_rows_that_changed_are_handed_on)
{
    ck_assert_uint_eq(frame("one", "two", 3, 0), 3);
    ck_assert_str_eq(row(0), "  one               ");
    ck_assert_str_eq(row(1), "two                 ");
    ck_assert_uint_eq(frame("one", "two", 3, 0), 0);
    ck_assert_uint_eq(frame("one", "tw", 2, 0), 2);
    ck_assert_str_eq(row(1), "tw                  ");
    ck_assert_uint_eq(frame("one", "tw", 2, A_BOLD), 3);
    ck_assert((mvinch(0, 2) & A_BOLD) != 0);
    canvas_forget();
    ck_assert_uint_eq(frame("one", "tw", 2, A_BOLD), 3);
    ck_assert_uint_eq(frame("one", "tw", 2, A_BOLD), 0);
}
END_TEST

/* As if ncurses had been given each piece at once. */
START_TEST(what_covers_half_a_character_comes_out_as_without)
{
    static const char wide[] = "\xe6\xbc\xa2\xe6\xbc\xa2";
    char expected[200];
    WINDOW *pad = newpad(1, COLS);

    mvwaddstr(pad, 0, 0, wide);
    mvwaddstr(pad, 0, 1, "x");
    mvwinnstr(pad, 0, 0, expected, sizeof(expected) - 1);
    canvas_blank(0, 0, 0, COLS);
    canvas_text(0, 0, 0, wide, sizeof(wide) - 1, 4);
    canvas_text(0, 1, 0, "x", 1, 1);
    canvas_hand_on();
    ck_assert_str_eq(row(0), expected);
    delwin(pad);
}
END_TEST

START_TEST(what_is_not_on_the_screen_is_not_drawn)
{
    canvas_text(LINES, 0, 0, "x", 1, 1);
    canvas_text(-1, 0, 0, "x", 1, 1);
    canvas_text(0, COLS, 0, "x", 1, 1);
    canvas_text(0, -1, 0, "x", 1, 1);
    canvas_blank(0, 0, 0, COLS);
    canvas_hand_on();
    ck_assert_str_eq(row(0), "                    ");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ui/term/canvas");
    TCase *tcase = tcase_create("all");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, only_rows_that_changed_are_handed_on);
    tcase_add_test(tcase, what_covers_half_a_character_comes_out_as_without);
    tcase_add_test(tcase, what_is_not_on_the_screen_is_not_drawn);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
