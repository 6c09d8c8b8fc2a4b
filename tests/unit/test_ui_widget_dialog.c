/* Questions and prompts: what keys make of them. */
#include "ui/widget/dialog.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define OPENED (100 * NS_PER_S)
#define ARMED (OPENED + NS_PER_S)

static struct key letter(char c)
{
    return (struct key){.kind = KEY_CHAR, .code = (uint32_t)(unsigned char)c};
}

static struct key special(enum key_special code)
{
    return (struct key){.kind = KEY_SPECIAL, .code = (uint32_t)code};
}

static struct confirm question(const char *expect)
{
    struct confirm confirm;
    confirm_init(&confirm, "Force off: db01?", "Force off", expect, OPENED);
    return confirm;
}

static enum dialog_result type(struct confirm *confirm, const char *text)
{
    for (; *text; text++)
        ck_assert_int_eq(confirm_key(confirm, letter(*text), ARMED), DIALOG_OPEN);
    return confirm_key(confirm, special(SPECIAL_ENTER), ARMED);
}

START_TEST(enter_means_cancel)
{
    struct confirm confirm = question("");

    ck_assert_int_eq(confirm_key(&confirm, special(SPECIAL_ENTER), ARMED), DIALOG_CANCELLED);
    ck_assert_int_eq(confirm_key(&confirm, special(SPECIAL_TAB), ARMED), DIALOG_OPEN);
    ck_assert_int_eq(confirm_key(&confirm, special(SPECIAL_ENTER), ARMED), DIALOG_ACCEPTED);
    ck_assert_int_eq(confirm_key(&confirm, special(SPECIAL_ESCAPE), ARMED), DIALOG_CANCELLED);
    confirm_clear(&confirm);
}
END_TEST

START_TEST(keys_before_it_is_armed_do_nothing)
{
    struct confirm confirm = question("");
    int64_t early = OPENED + 299 * NS_PER_MS, in_time = OPENED + 300 * NS_PER_MS;

    ck_assert_int_eq(confirm_key(&confirm, special(SPECIAL_TAB), early), DIALOG_OPEN);
    ck_assert_int_eq(confirm_key(&confirm, special(SPECIAL_ENTER), early), DIALOG_OPEN);
    ck_assert(!confirm.on_yes);
    ck_assert_int_eq(confirm_key(&confirm, special(SPECIAL_ENTER), in_time), DIALOG_CANCELLED);
    confirm_clear(&confirm);
}
END_TEST

START_TEST(what_is_typed_must_be_it)
{
    struct confirm confirm = question("db01");
    ck_assert_int_eq(type(&confirm, ""), DIALOG_CANCELLED);
    ck_assert_int_eq(type(&confirm, "db0"), DIALOG_CANCELLED);
    ck_assert_int_eq(type(&confirm, "1"), DIALOG_ACCEPTED);
    confirm_clear(&confirm);

    confirm = question("db01");
    ck_assert_int_eq(type(&confirm, "DB01"), DIALOG_CANCELLED);
    confirm_key(&confirm, (struct key){.kind = KEY_CONTROL, .code = 'U'}, ARMED);
    ck_assert_int_eq(type(&confirm, "db01"), DIALOG_ACCEPTED);
    confirm_clear(&confirm);
}
END_TEST

/* More than there is room for, and the last byte of a character that fits no more. */
START_TEST(typing_on_and_on_stays_within)
{
    struct confirm confirm = question("db01");
    struct key wide = {.kind = KEY_CHAR, .code = 0x20ac};

    for (int i = 0; i < 1000; i++)
        confirm_key(&confirm, wide, ARMED);
    ck_assert_uint_lt(strlen(confirm.typed), sizeof(confirm.typed));
    ck_assert_uint_eq(strlen(confirm.typed) % 3, 0);
    for (int i = 0; i < 1000; i++)
        confirm_key(&confirm, special(SPECIAL_BACKSPACE), ARMED);
    ck_assert_str_eq(confirm.typed, "");
    confirm_clear(&confirm);
}
END_TEST

START_TEST(a_grey_line_is_not_chosen)
{
    struct menu menu = {.count = 2,
                        .items = {{.key = 's', .label = "start", .reason = "already running"},
                                  {.key = 'd', .label = "shut down"}}};

    ck_assert_int_eq(menu_key(&menu, letter('s')), DIALOG_OPEN);
    ck_assert_int_eq(menu_key(&menu, special(SPECIAL_ENTER)), DIALOG_OPEN);
    ck_assert_int_eq(menu_key(&menu, letter('x')), DIALOG_OPEN);
    ck_assert_int_eq(menu_key(&menu, letter('d')), DIALOG_ACCEPTED);
    ck_assert_int_eq(menu.cursor, 1);
    menu.cursor = 0;
    menu_to_choice(&menu);
    ck_assert_int_eq(menu.cursor, 1);
    snprintf(menu.items[1].reason, sizeof(menu.items[1].reason), "off");
    menu_to_choice(&menu);
    ck_assert_int_eq(menu.cursor, 0);
}
END_TEST

START_TEST(a_prompt_edits_whole_characters)
{
    struct prompt prompt;
    bool changed;

    prompt_init(&prompt, "Filter: ",
                "a\xe2\x82\xac"
                "b");
    prompt_key(&prompt, special(SPECIAL_LEFT), &changed);
    ck_assert(!changed);
    prompt_key(&prompt, special(SPECIAL_BACKSPACE), &changed);
    ck_assert(changed);
    ck_assert_str_eq(prompt.text, "ab");
    for (int i = 0; i < 1000; i++)
        prompt_key(&prompt, (struct key){.kind = KEY_CHAR, .code = 0x20ac}, NULL);
    ck_assert_uint_lt(strlen(prompt.text), sizeof(prompt.text));
    ck_assert_str_eq(prompt.text + prompt.cursor, "b");
    ck_assert_int_eq(prompt_key(&prompt, special(SPECIAL_ESCAPE), NULL), DIALOG_CANCELLED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dialogs");
    TCase *tests = tcase_create("keys");

    tcase_add_test(tests, enter_means_cancel);
    tcase_add_test(tests, keys_before_it_is_armed_do_nothing);
    tcase_add_test(tests, what_is_typed_must_be_it);
    tcase_add_test(tests, typing_on_and_on_stays_within);
    tcase_add_test(tests, a_grey_line_is_not_chosen);
    tcase_add_test(tests, a_prompt_edits_whole_characters);
    suite_add_tcase(suite, tests);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
