/* What is pressed on a machine's keyboard, key by key. */
#include "model/screen.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SHIFT 42

static struct press_chord chords[PRESS_TEXT_MAX + 1];

static size_t type(const char *text)
{
    return press_chords(&(struct press){.kind = PRESS_TEXT, .text = (char *)text}, chords);
}

static void is_key(size_t index, unsigned key, bool shift)
{
    ck_assert_uint_eq(chords[index].count, shift ? 2 : 1);
    ck_assert_uint_eq(chords[index].keys[chords[index].count - 1], key);
    if (shift)
        ck_assert_uint_eq(chords[index].keys[0], SHIFT);
}

START_TEST(a_line_is_typed)
{
    ck_assert_uint_eq(type("aZ 0)-_=\\|`~/?;:'\"[}\t"), 22);
    is_key(0, 30, false);
    is_key(1, 44, true);
    is_key(2, 57, false);
    is_key(3, 11, false);
    is_key(4, 11, true);
    is_key(5, 12, false);
    is_key(6, 12, true);
    is_key(7, 13, false);
    is_key(8, 43, false);
    is_key(9, 43, true);
    is_key(10, 41, false);
    is_key(11, 41, true);
    is_key(12, 53, false);
    is_key(13, 53, true);
    is_key(14, 39, false);
    is_key(15, 39, true);
    is_key(16, 40, false);
    is_key(17, 40, true);
    is_key(18, 26, false);
    is_key(19, 27, true);
    is_key(20, 15, false);
    is_key(21, 28, false);
    ck_assert_uint_eq(type(""), 1);
    is_key(0, 28, false);
}
END_TEST

START_TEST(all_of_ascii_can_be_typed)
{
    char text[2] = "";

    for (int c = ' '; c <= '~'; c++) {
        text[0] = (char)c;
        ck_assert_msg(type(text) == 2, "%c", c);
    }
}
END_TEST

START_TEST(what_cannot_be_typed_is_refused)
{
    char longest[PRESS_TEXT_MAX + 2];

    ck_assert_uint_eq(type("gr\xc3\xbc\xc3\x9f"), 0);
    ck_assert_uint_eq(type("a\nb"), 0);
    ck_assert_uint_eq(type("\033"), 0);
    ck_assert_uint_eq(type(NULL), 0);
    ck_assert_str_eq(press_cannot_type("ab\xc3\xbc"), "\xc3\xbc");
    memset(longest, 'x', sizeof(longest));
    longest[PRESS_TEXT_MAX + 1] = '\0';
    ck_assert_uint_eq(type(longest), 0);
    ck_assert_ptr_eq(press_cannot_type(longest), longest + PRESS_TEXT_MAX);
    longest[PRESS_TEXT_MAX] = '\0';
    ck_assert_uint_eq(type(longest), PRESS_TEXT_MAX + 1);
}
END_TEST

START_TEST(combinations)
{
    struct press press = {.kind = PRESS_CTRL_ALT_DEL};

    ck_assert_uint_eq(press_chords(&press, chords), 1);
    ck_assert_uint_eq(chords[0].count, 3);
    ck_assert_uint_eq(chords[0].keys[2], 111);
    press.kind = PRESS_CTRL_ALT_F;
    for (press.number = 1; press.number <= 12; press.number++) {
        ck_assert_uint_eq(press_chords(&press, chords), 1);
        ck_assert_uint_eq(chords[0].keys[2], press.number <= 10 ? 58 + (unsigned)press.number
                                                                : 76 + (unsigned)press.number);
    }
    ck_assert_uint_eq(press_chords(&press, chords), 0);
    press.number = 0;
    ck_assert_uint_eq(press_chords(&press, chords), 0);
    press.kind = PRESS_NMI;
    ck_assert_uint_eq(press_chords(&press, chords), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model/screen");
    TCase *tests = tcase_create("model/screen");

    tcase_add_test(tests, a_line_is_typed);
    tcase_add_test(tests, all_of_ascii_can_be_typed);
    tcase_add_test(tests, what_cannot_be_typed_is_refused);
    tcase_add_test(tests, combinations);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
