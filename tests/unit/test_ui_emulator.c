/* A guest's bytes to cells: what is hostile, what is kept of before. */
#include "ui/emulator/emulator.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "test_ui_emulator_fed.h"
#include "ui/emulator/filter.h"
#include "ui/emulator/scrollback.h"

/* The screen as text, a line each. */
static char *screen_of(const struct emulator *emulator)
{
    char *text = NULL, line[4096];
    size_t len;
    FILE *out = open_memstream(&text, &len);

    for (long i = emulator_lines(emulator) - emulator_rows(emulator); i < emulator_lines(emulator);
         i++) {
        emulator_line_text(emulator, i, line, sizeof(line));
        fprintf(out, "%s\n", line);
    }
    fclose(out);
    return text;
}

static void shows(const struct emulator *emulator, const char *wanted)
{
    CLEANUP_FREE char *text = screen_of(emulator);

    ck_assert_str_eq(text, wanted);
}

START_TEST(text_and_looks)
{
    struct emulator *emulator =
        fed(3, 10, "ab\r\n\033[1;31mc\033[48;5;200md\033[38;2;1;2;3me\033[m\033[7mf");
    struct cell cell = cell_at(emulator, 1, 0);

    shows(emulator, "ab\ncdef\n\n");
    ck_assert_int_eq(cell.flags, CELL_BOLD);
    ck_assert_int_eq(cell.foreground, 1);
    ck_assert_int_eq(cell.background, COLOUR_OWN);
    ck_assert_int_eq(cell_at(emulator, 1, 1).background, 200);
    ck_assert_int_eq(cell_at(emulator, 1, 2).foreground, COLOUR_RGB | 0x010203);
    ck_assert_int_eq(cell_at(emulator, 1, 3).flags, CELL_REVERSE);
    ck_assert_int_eq(cell_at(emulator, 1, 3).foreground, COLOUR_OWN);
    emulator_free(emulator);
}
END_TEST

START_TEST(wide_and_combined)
{
    struct emulator *emulator = fed(2, 6, "日本e\u0301x");
    struct cell cell = cell_at(emulator, 0, 0);

    ck_assert_int_eq(cell.width, 2);
    ck_assert_int_eq(cell_at(emulator, 0, 1).width, 0);
    shows(emulator, "日本e\u0301x\n\n");
    /* Marks on one character are bounded. */
    emulator_feed(emulator, "\r\nq\u0301\u0302\u0303\u0304\u0305\u0306\u0307", 18);
    cell = cell_at(emulator, 1, 0);
    ck_assert_uint_eq(cell.chars[2], 0x302);
    /* What is left of a wide one that was written over is no half character. */
    emulator_feed(emulator, "\033[Hz\033[1;4Hy", 11);
    shows(emulator, "z \ufffdye\u0301x\nq\u0301\u0302\n");
    emulator_free(emulator);
}
END_TEST

/* A wide character on a single column kills libvterm. */
START_TEST(never_too_small)
{
    struct emulator *emulator = emulator_new(1, 1, 10, MEGABYTE);

    emulator_feed(emulator, "日本", 6);
    emulator_resize(emulator, 0, -5);
    emulator_feed(emulator, "日本\r\n日", 11);
    ck_assert_int_eq(emulator_rows(emulator), 2);
    ck_assert_int_eq(emulator_columns(emulator), 2);
    emulator_resize(emulator, 100000, 100000);
    ck_assert_int_eq(emulator_columns(emulator), EMULATOR_SIZE_MAX);
    emulator_free(emulator);
}
END_TEST

START_TEST(line_drawing)
{
    struct emulator *emulator = fed(2, 10, "\033(0lqk\033(Blqk");

    shows(emulator, "┌─┐lqk\n\n");
    emulator_free(emulator);
}
END_TEST

/* Nothing that a sanitiser would not let through becomes a cell. */
START_TEST(hostile_characters)
{
    struct emulator *emulator = fed(2, 20,
                                    "a\xc2\x9b"
                                    "b\xe2\x80\xae"
                                    "c\xf0\x9f\x92"
                                    "d\xff\x7f"
                                    "e\xee\x80\x80");
    CLEANUP_FREE char *text = screen_of(emulator);
    uint32_t cp;

    for (const char *at = text; *at; at += text_decode(at, strlen(at), &cp)) {
        text_decode(at, strlen(at), &cp);
        ck_assert(cp == '\n' || text_cp_width(cp) >= 1);
    }
    ck_assert_ptr_nonnull(strchr(text, 'a'));
    ck_assert_ptr_nonnull(strchr(text, 'e'));
    emulator_free(emulator);
}
END_TEST

/* libvterm 0.1.4 dies of questions for settings that it does not know, and moves left of its screen
 * for C1 controls. */
START_TEST(what_kills_libvterm)
{
    struct emulator *emulator =
        fed(3, 10, "\033[;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;m");

    emulator_free(emulator);
    emulator = fed(3, 10, "\033[b\033[5bx\033[4b");
    shows(emulator, "xxxxx\n\n\n");
    emulator_free(emulator);
    /* Each wide mark would be two columns more. */
    emulator = fed(3, 10, "x");
    for (int i = 0; i < 200; i++)
        emulator_feed(emulator, "\343\202\231", 3);
    emulator_feed(emulator, "y", 1);
    shows(emulator, "xy\n\n\n");
    emulator_feed(emulator, "\r\346\343\200\256z", 6);
    shows(emulator, "\ufffd\ufffd\ufffdz\n\n\n");
    emulator_free(emulator);
    emulator = fed(15, 20, "\033[15H0\033[H\033[4h");
    emulator_resize(emulator, 14, 20);
    emulator_feed(emulator, "2", 1);
    emulator_free(emulator);
    emulator = fed(50, 20, "\033[40;50r\033[?69h\033[10;20s\033[50H");
    emulator_resize(emulator, 3, 4);
    emulator_feed(emulator, "a\n\nb\n\n\033[L\033[M\033M\033[4hcdefg", 24);
    emulator_free(emulator);
    emulator = fed(3, 10, "\033P$qf\033\\\033P$qx\033\\ok");

    for (int i = 0; i < 50; i++)
        emulator_feed(emulator, "\302\233", 2);
    emulator_feed(emulator, "\033[Hok", 5);
    ck_assert_uint_eq(cell_at(emulator, 0, 0).chars[0], 'o');
    emulator_free(emulator);
}
END_TEST

/* Titles, the clipboard and what is asked of a terminal's settings end here. */
START_TEST(hostile_sequences)
{
    struct emulator *emulator =
        fed(2, 20,
            "\033]0;pwned\a\033]52;c;cHduZWQ=\a\033P$qm\033\\\033P$q\"p\033\\\005\033[21t"
            "\033]10;?\a\033[5i\033[?1000h\033[?1003hsafe");
    char answers[EMULATOR_ANSWERS_MAX];

    shows(emulator, "safe\n\n");
    ck_assert_uint_eq(emulator_take_answers(emulator, answers), 0);
    emulator_free(emulator);
}
END_TEST

START_TEST(answers_are_bounded)
{
    struct emulator *emulator = fed(5, 20, "\r\n  \033[6n");
    char answers[EMULATOR_ANSWERS_MAX];
    size_t len = emulator_take_answers(emulator, answers);

    ck_assert_uint_eq(len, 6);
    ck_assert_mem_eq(answers, "\033[2;3R", 6);
    ck_assert_uint_eq(emulator_take_answers(emulator, answers), 0);
    for (int i = 0; i < 1000; i++)
        emulator_feed(emulator, "\033[c", 3);
    len = emulator_take_answers(emulator, answers);
    ck_assert_uint_gt(len, 0);
    ck_assert_uint_le(len, EMULATOR_ANSWERS_MAX);
    ck_assert_int_eq(answers[len - 1], 'c');
    emulator_free(emulator);
}
END_TEST

START_TEST(keys_follow_the_mode)
{
    struct emulator *emulator = fed(5, 20, "");
    char key[16];

    ck_assert_uint_eq(emulator_key_bytes(emulator, EMULATOR_UP, key), 3);
    ck_assert_mem_eq(key, "\033[A", 3);
    emulator_feed(emulator, "\033[?1h", 5);
    ck_assert_uint_eq(emulator_key_bytes(emulator, EMULATOR_UP, key), 3);
    ck_assert_mem_eq(key, "\033OA", 3);
    ck_assert_uint_eq(emulator_key_bytes(emulator, EMULATOR_HOME, key), 3);
    ck_assert_mem_eq(key, "\033OH", 3);
    ck_assert_uint_eq(emulator_key_bytes(emulator, EMULATOR_F1, key), 3);
    ck_assert_mem_eq(key, "\033OP", 3);
    /* Marks of a paste only for one who asked. */
    ck_assert_uint_eq(emulator_paste_mark(emulator, false, key), 0);
    emulator_feed(emulator, "\033[?2004h", 8);
    ck_assert_uint_eq(emulator_paste_mark(emulator, false, key), 6);
    ck_assert_mem_eq(key, "\033[200~", 6);
    ck_assert_uint_eq(emulator_paste_mark(emulator, true, key), 6);
    ck_assert_mem_eq(key, "\033[201~", 6);
    emulator_reset_modes(emulator);
    ck_assert_uint_eq(emulator_key_bytes(emulator, EMULATOR_UP, key), 3);
    ck_assert_mem_eq(key, "\033[A", 3);
    ck_assert_uint_eq(emulator_paste_mark(emulator, false, key), 0);
    emulator_free(emulator);
}
END_TEST

START_TEST(before_is_kept)
{
    struct emulator *emulator = fed(3, 10, "");
    char line[64];

    for (int i = 0; i < 1500; i++) {
        int len = snprintf(line, sizeof(line), "\033[3%dm日 %d\033[m\r\n", i % 8, i);
        emulator_feed(emulator, line, (size_t)len);
    }
    ck_assert_int_eq(emulator_lines(emulator), 1003);
    ck_assert_uint_eq(emulator_dropped(emulator), 498);
    emulator_line_text(emulator, 0, line, sizeof(line));
    ck_assert_str_eq(line, "日 498");
    struct cell cells[10];
    emulator_line(emulator, 0, cells, 10);
    ck_assert_int_eq(cells[0].width, 2);
    ck_assert_int_eq(cells[1].width, 0);
    ck_assert_int_eq(cells[3].foreground, 498 % 8);
    ck_assert_int_eq(cells[9].foreground, COLOUR_OWN);
    /* A narrow look at it never tears a wide one. */
    emulator_line(emulator, 0, cells, 1);
    ck_assert_int_eq(cells[0].width, 1);
    /* What a program that takes the screen draws is none of it. */
    emulator_feed(emulator, "\033[?1049h\r\na\r\nb\r\nc\r\nd", 19);
    ck_assert(emulator_is_alternate(emulator));
    ck_assert_int_eq(emulator_lines(emulator), 1003);
    emulator_feed(emulator, "\033[?1049l", 8);
    ck_assert(!emulator_is_alternate(emulator));
    emulator_free(emulator);
}
END_TEST

START_TEST(scrollback_is_bounded_in_bytes)
{
    struct emulator *emulator = emulator_new(2, 1000, 100000, 100000);
    char line[1002];

    /* Each cell another look: the worst that can be packed. */
    for (int i = 0; i < 200; i++) {
        for (int column = 0; column < 1000; column++) {
            snprintf(line, sizeof(line), "\033[3%dm\u65e5", column % 8);
            emulator_feed(emulator, line, strlen(line));
        }
    }
    ck_assert_uint_le(emulator_scrollback_bytes(emulator), 100000);
    ck_assert_uint_gt(emulator_dropped(emulator), 0);
    emulator_free(emulator);
}
END_TEST

START_TEST(lines_come_back_with_the_room)
{
    struct emulator *emulator = fed(6, 20, "a\r\nb\r\n\033[32mc\033[m\r\nd\r\ne\r\n$ ");

    emulator_resize(emulator, 3, 20);
    shows(emulator, "d\ne\n$\n");
    ck_assert_int_eq(emulator_lines(emulator), 6);
    emulator_resize(emulator, 6, 20);
    shows(emulator, "a\nb\nc\nd\ne\n$\n");
    ck_assert_int_eq(cell_at(emulator, 2, 0).foreground, 2);
    int row, column;
    ck_assert(emulator_cursor(emulator, &row, &column));
    ck_assert_int_eq(row, 5);
    ck_assert_int_eq(column, 2);
    emulator_free(emulator);
}
END_TEST

START_TEST(cursor_can_be_hidden)
{
    struct emulator *emulator = fed(3, 10, "ab\033[?25l");
    int row, column;

    ck_assert(!emulator_cursor(emulator, &row, &column));
    emulator_feed(emulator, "\033[?25h", 6);
    ck_assert(emulator_cursor(emulator, &row, &column));
    ck_assert_int_eq(column, 2);
    emulator_free(emulator);
}
END_TEST

/* However the bytes are cut. */
START_TEST(torn_everywhere)
{
    static const char bytes[] = "\033[1;31m日本\033[m\033]0;t\a\033[2;2He\u0301\033(0q\033(B";
    struct emulator *whole = fed(3, 12, bytes);
    CLEANUP_FREE char *wanted = screen_of(whole);

    struct emulator *torn = emulator_new(3, 12, 10, MEGABYTE);
    for (size_t i = 0; i + 1 < sizeof(bytes); i++)
        emulator_feed(torn, bytes + i, 1);
    shows(torn, wanted);
    emulator_free(torn);
    emulator_free(whole);
}
END_TEST

/* ---- colours, logs ---- */

START_TEST(colours_as_there_are)
{
    ck_assert_int_eq(colour_of(COLOUR_OWN, 256), COLOUR_OWN);
    ck_assert_int_eq(colour_of(1, 0), COLOUR_OWN);
    ck_assert_int_eq(colour_of(200, 256), 200);
    ck_assert_int_eq(colour_of(COLOUR_RGB | 0xff0000, 256), 196);
    ck_assert_int_eq(colour_of(COLOUR_RGB | 0x808080, 256), 244);
    ck_assert_int_eq(colour_of(COLOUR_RGB, 256), 16);
    ck_assert_int_eq(colour_of(COLOUR_RGB | 0xffffff, 256), 231);
    ck_assert_int_eq(colour_of(9, 16), 9);
    ck_assert_int_eq(colour_of(9, 8), 1);
    ck_assert_int_eq(colour_of(196, 16), 9);
    ck_assert_int_eq(colour_of(196, 8), 1);
    ck_assert_int_eq(colour_of(COLOUR_RGB | 0x00d000, 8), 2);
    for (int i = 0; i < 256; i++) {
        ck_assert_int_lt(colour_of(i, 8), 8);
        ck_assert_int_lt(colour_of(i, 16), 16);
    }
}
END_TEST

static void leaves(const char *bytes, enum filter_for what, const char *wanted)
{
    for (size_t piece = 1; piece < 9; piece += 3) {
        struct filter filter = {0};
        char text[FILTER_ROOM(100)];
        size_t used = 0, len = strlen(bytes);

        for (size_t at = 0; at < len; at += piece)
            used += filter_take(&filter, bytes + at, len - at < piece ? len - at : piece, what,
                                text + used);
        text[used] = '\0';
        ck_assert_str_eq(text, wanted);
    }
}

START_TEST(logs_are_read_not_obeyed)
{
    leaves("a\nb\tc\r\n", FILTER_LOG, "a\r\nb\tc\r\n");
    leaves("\033[2J\033[H\033[1;31mred\033[0m\033]0;title\ax\033(By\033Pq\033\\z", FILTER_LOG,
           "\033[1;31mred\033[0mxyz");
    leaves("\033[2J\033[H\033[1;31mred\033[0m\033]0;title\ax\033(By\033Pq\033\\z\b\a\177",
           FILTER_TEXT, "redxyz");
    leaves("\033]0;no end\nnext", FILTER_LOG, "\r\nnext");
    leaves("\033[12345678901234567890123456789012345678901234567890mx", FILTER_LOG, "\033[1234mx");
    leaves("日本\n", FILTER_TEXT, "日本\n");
    leaves("a\302\2332Jé\302\251", FILTER_TEXT, "a\ufffd2Jé©");
    leaves("\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18mx\033[123456;7Hy\033[1;\n2Hz",
           FILTER_TERMINAL, "\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15mx\033[1234;7Hy\n\033[1;2Hz");
    leaves("\033]0;t\033[31mx\033_q\033\\\033[?25ly", FILTER_TERMINAL, "\033[31mx\033[?25ly");
}
END_TEST

/* "ESC [ n b": programs for terminals that repeat draw lines and bars with it. */
START_TEST(repetitions)
{
    struct emulator *emulator =
        fed(4, 10, "a\033[3b\r\n\033(0q\033[2bx\033(B\r\n日\033[2b|\r\né\033[b");

    shows(emulator, "aaaa\n───│\n日日日|\néé\n");
    emulator_free(emulator);
    /* Nothing to repeat, no number, too many, none, and over the edge. */
    emulator = fed(3, 5, "\033[5bx\033[?2b\033[1;2b\r\n1\033[0b\r\n\033[31m=\033[6b");
    shows(emulator, "11\n=====\n==\n");
    ck_assert_int_eq(cell_at(emulator, 2, 1).foreground, 1);
    emulator_free(emulator);
    emulator = fed(3, 5, "-\033[99999999999999999999b");
    shows(emulator, "-----\n-----\n-\n");
    ck_assert_int_eq(emulator_lines(emulator), 201);
    emulator_free(emulator);
}
END_TEST

/* A flood of them costs no more than a screen or two. */
START_TEST(repetitions_are_bounded)
{
    struct filter filter = {0};
    CLEANUP_FREE char *left = xmalloc(FILTER_ROOM(EMULATOR_FEED_MAX));
    char flood[EMULATOR_FEED_MAX];

    memcpy(flood, "😀", 4);
    for (size_t at = 4; at + 6 <= sizeof(flood); at += 6)
        memcpy(flood + at, "\033[999b", 6);
    for (int i = 0; i < 3; i++) {
        size_t len = filter_take(&filter, flood, sizeof(flood) / 6 * 6, FILTER_TERMINAL, left);
        ck_assert_uint_le(len, FILTER_ROOM(EMULATOR_FEED_MAX));
        ck_assert_uint_ge(len, 4 * FILTER_REPEATS_MAX);
        ck_assert_uint_le(len, 4 * FILTER_REPEATS_MAX + sizeof(flood));
    }
    struct emulator *emulator = emulator_new(40, 120, 100, MEGABYTE);
    for (int i = 0; i < 10; i++)
        emulator_feed(emulator, flood, sizeof(flood));
    emulator_free(emulator);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("emulator");
    TCase *tcase = tcase_create("emulator");

    tcase_add_test(tcase, text_and_looks);
    tcase_add_test(tcase, wide_and_combined);
    tcase_add_test(tcase, never_too_small);
    tcase_add_test(tcase, line_drawing);
    tcase_add_test(tcase, hostile_characters);
    tcase_add_test(tcase, what_kills_libvterm);
    tcase_add_test(tcase, hostile_sequences);
    tcase_add_test(tcase, answers_are_bounded);
    tcase_add_test(tcase, keys_follow_the_mode);
    tcase_add_test(tcase, before_is_kept);
    tcase_add_test(tcase, scrollback_is_bounded_in_bytes);
    tcase_add_test(tcase, lines_come_back_with_the_room);
    tcase_add_test(tcase, cursor_can_be_hidden);
    tcase_add_test(tcase, torn_everywhere);
    tcase_add_test(tcase, colours_as_there_are);
    tcase_add_test(tcase, logs_are_read_not_obeyed);
    tcase_add_test(tcase, repetitions);
    tcase_add_test(tcase, repetitions_are_bounded);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
