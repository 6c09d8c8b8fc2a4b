#include "config/edit.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static const struct {
    const char *text, *name, *value, *expect;
} edits[] = {
    {"", "delay", "2", "delay = 2;\n"},
    {"delay = 1", "delay", "2", "delay = 2"},
    {"a = 1", "delay", "2", "a = 1\ndelay = 2;\n"},
    {"a = 1 # b = 2", "b", "3", "a = 1 # b = 2\nb = 3;\n"},
    {"/* b = 1 */ b : 2, c = 3", "b", "4", "/* b = 1 */ b : 4, c = 3"},
    {"// b = 1\nb=2//x\nc=3", "b", "4", "// b = 1\nb=4//x\nc=3"},
    {"b=2/*x*/c=3", "b", "4", "b=4/*x*/c=3"},
    {"t = \"a \\\" b = 1\"; b = 2", "b", "4", "t = \"a \\\" b = 1\"; b = 4"},
    {"t = \"one\"\n  \"two\";", "t", "\"3\"", "t = \"3\";"},
    {"l = [1,\n 2]; b = 2;", "l", "[]", "l = []; b = 2;"},
    {"l = ( { b = 1; }, \"]\" ); b = 2;", "b", "3", "l = ( { b = 1; }, \"]\" ); b = 3;"},
    {"bb = 1; b = 2;", "b", "3", "bb = 1; b = 3;"},
    {"g: { b = 1; }; b = 2;", "b", "3", "g: { b = 1; }; b = 3;"},
    {"g: { b = 1; }; b = 2;", "g.b", "3", "g: { b = 3; }; b = 2;"},
    {"g: { x: { b = 1; }; }", "g.b", "3", "g: { x: { b = 1; };\n    b = 3;\n }"},
    {"g: {\n    a = 1;\n};\n", "g.b", "3", "g: {\n    a = 1;\n    b = 3;\n};\n"},
    {"g = { }", "g.b", "3", "g = {\n    b = 3;\n }"},
    {"a = 1\n", "g.b", "3", "a = 1\ng: {\n    b = 3;\n};\n"},
};

START_TEST(only_the_value_changes)
{
    CLEANUP_FREE char *changed =
        edit_setting(edits[_i].text, edits[_i].name, edits[_i].value, NULL);

    ck_assert_ptr_nonnull(changed);
    ck_assert_str_eq(changed, edits[_i].expect);
}
END_TEST

static const struct {
    const char *text, *name;
} refused[] = {
    {"l = [1, # mine\n 2];", "l"},
    {"t = \"a\" /* b */ \"c\";", "t"},
    {"g = 1;", "g.b"},
    {"{", "b"},
    {"b", "b"},
    {"b =", "b"},
    {"= 3", "b"},
    {"a = \"1\" \"", "b"},
    {"a = 1; /* b", "b"},
    {"a = 1.b = 2", "a"},
};

START_TEST(what_would_be_lost_is_refused)
{
    struct error err = {0};

    ck_assert_ptr_null(edit_setting(refused[_i].text, refused[_i].name, "1", &err));
    ck_assert_str_ne(err.remedy, "");
}
END_TEST

/* No text makes it read past the end. */
START_TEST(torn_texts)
{
    static const char whole[] = "# c\nt = \"a\\\"\" \"b\"; l = ([1], { x = /* y */ 2; }); // z";

    for (size_t len = 0; len < sizeof(whole); len++) {
        CLEANUP_FREE char *torn = strndup(whole, len);
        free(edit_setting(torn, "l", "1", NULL));
        free(edit_setting(torn, "nothing", "1", NULL));
    }
}
END_TEST

START_TEST(quotes)
{
    struct text_list list = {0};
    CLEANUP_FREE char *quoted = edit_quote("a\"\\b");
    CLEANUP_FREE char *empty = edit_list(&list);

    ck_assert_str_eq(quoted, "\"a\\\"\\\\b\"");
    ck_assert_str_eq(empty, "[]");
    text_list_add(&list, "x");
    text_list_add(&list, "\"");
    CLEANUP_FREE char *two = edit_list(&list);
    ck_assert_str_eq(two, "[\"x\", \"\\\"\"]");
    text_list_clear(&list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config/edit");
    TCase *tc = tcase_create("all");

    tcase_add_loop_test(tc, only_the_value_changes, 0, (int)ARRAY_SIZE(edits));
    tcase_add_loop_test(tc, what_would_be_lost_is_refused, 0, (int)ARRAY_SIZE(refused));
    tcase_add_test(tc, torn_texts);
    tcase_add_test(tc, quotes);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
