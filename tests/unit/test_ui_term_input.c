/* Reports of the mouse and ends of pastes, whole, torn and wrong. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "ui/term/mouse.h"
#include "ui/term/paste.h"

/* Feeds all of TEXT; the step of its last character. */
static enum mouse_step feed(enum mouse_form form, const char *text, struct key *ret)
{
    enum mouse_step step = MOUSE_MORE;

    mouse_begin(form);
    for (; *text && step == MOUSE_MORE; text++)
        step = mouse_feed((unsigned char)*text, ret);
    ck_assert_int_eq(*text, '\0');
    return step;
}

START_TEST(sgr_reports)
{
    static const struct {
        const char *text;
        uint32_t code; /* 0: of no interest */
        int y, x;
    } cases[] = {
        {"0;10;7M", MOUSE_LEFT, 6, 9},
        {"0;10;7m", 0, 0, 0},
        {"4;1;1M", MOUSE_LEFT, 0, 0},
        {"64;300;200M", MOUSE_WHEEL_UP, 199, 299},
        {"65;1;1M", MOUSE_WHEEL_DOWN, 0, 0},
        {"66;1;1M", 0, 0, 0},
        {"1;1;1M", 0, 0, 0},
        {"32;1;1M", 0, 0, 0},
        {"0;0;5M", 0, 0, 0},
        {"0;99999999999999999999;5M", MOUSE_LEFT, 4, 9998},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct key key = {.kind = KEY_CHAR};
        ck_assert_int_eq(feed(MOUSE_FORM_SGR, cases[i].text, &key), MOUSE_WHOLE);
        ck_assert_int_eq(key.kind, cases[i].code ? KEY_POINTER : KEY_NONE);
        ck_assert(!mouse_is_begun());
        if (!cases[i].code)
            continue;
        ck_assert_uint_eq(key.code, cases[i].code);
        ck_assert_int_eq(key.y, cases[i].y);
        ck_assert_int_eq(key.x, cases[i].x);
    }
}
END_TEST

START_TEST(sgr_garbage)
{
    static const char *const cases[] = {"q", "0;1q", "0;1;1;", "M", "0M", "0;1m", "0;1;1\033", "-"};

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct key key = {.kind = KEY_NONE};
        ck_assert_int_eq(feed(MOUSE_FORM_SGR, cases[i], &key), MOUSE_NOT);
        ck_assert(!mouse_is_begun());
        ck_assert_int_eq(key.kind, KEY_NONE);
    }
}
END_TEST

START_TEST(byte_reports)
{
    struct key key;

    ck_assert_int_eq(feed(MOUSE_FORM_BYTES, " +'", &key), MOUSE_WHOLE);
    ck_assert_int_eq(key.kind, KEY_POINTER);
    ck_assert_uint_eq(key.code, MOUSE_LEFT);
    ck_assert_int_eq(key.x, 10);
    ck_assert_int_eq(key.y, 6);
    ck_assert_int_eq(feed(MOUSE_FORM_BYTES, "`!!", &key), MOUSE_WHOLE);
    ck_assert_uint_eq(key.code, MOUSE_WHEEL_UP);
    /* A release, and a column that is too far away to be told. */
    ck_assert_int_eq(feed(MOUSE_FORM_BYTES, "#+'", &key), MOUSE_WHOLE);
    ck_assert_int_eq(key.kind, KEY_NONE);
    ck_assert_int_eq(feed(MOUSE_FORM_BYTES, " \377'", &key), MOUSE_WHOLE);
    ck_assert_int_eq(key.kind, KEY_NONE);
    ck_assert_int_eq(feed(MOUSE_FORM_BYTES, "\033", &key), MOUSE_NOT);
}
END_TEST

/* What of TEXT is taken as pasted; '|' in it: nothing comes for a while. */
static const char *taken(const char *text)
{
    static char out[64];
    size_t len = 0;

    paste_begin();
    for (; *text && paste_is_on(); text++)
        if (*text != '|' && paste_take((unsigned char)*text, text[1] == '|'))
            out[len++] = *text;
    out[len] = '\0';
    return out;
}

START_TEST(pastes_end)
{
    ck_assert_str_eq(taken("abc\033|[201~"), "abc");
    ck_assert(!paste_is_on());
    ck_assert_str_eq(taken("abc\033[20|1|~"), "abc");
    ck_assert(!paste_is_on());
    ck_assert_str_eq(taken("a\033[31mb"), "a31mb");
    ck_assert(paste_is_on());
    /* Somebody presses Escape until it helps. */
    ck_assert_str_eq(taken("abc\033|"), "abc");
    ck_assert(paste_is_on());
    ck_assert_str_eq(taken("abc\033|\033|"), "abc");
    ck_assert(!paste_is_on());
    ck_assert_str_eq(taken("abc\033|x\033|"), "abcx");
    ck_assert(paste_is_on());
    paste_end();
    ck_assert(!paste_is_on());
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ui_term_input");
    TCase *tests = tcase_create("input");

    tcase_add_test(tests, sgr_reports);
    tcase_add_test(tests, sgr_garbage);
    tcase_add_test(tests, byte_reports);
    tcase_add_test(tests, pastes_end);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
