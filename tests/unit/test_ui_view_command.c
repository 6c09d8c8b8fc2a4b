#include "ui/view/command.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static bool same(struct chord a, struct chord b)
{
    return a.kind == b.kind && a.code == b.code;
}

/* One letter means one thing in every view. */
START_TEST(a_key_means_one_thing)
{
    for (size_t i = 0; i < command_count(); i++)
        for (size_t k = 0; k < COMMAND_KEYS_MAX && command_at(i)->keys[k].kind; k++)
            for (size_t j = i + 1; j < command_count(); j++)
                for (size_t l = 0; l < COMMAND_KEYS_MAX && command_at(j)->keys[l].kind; l++)
                    ck_assert_msg(!same(command_at(i)->keys[k], command_at(j)->keys[l]),
                                  "%s and %s share a key", command_at(i)->name,
                                  command_at(j)->name);
}
END_TEST

START_TEST(every_command_can_be_called)
{
    for (size_t i = 0; i < command_count(); i++) {
        const struct command_info *info = command_at(i);

        ck_assert_ptr_nonnull(info->help);
        ck_assert_ptr_nonnull(info->group);
        ck_assert_int_ne(info->keys[0].kind, KEY_NONE);
        for (size_t k = 0; k < COMMAND_KEYS_MAX && info->keys[k].kind; k++) {
            struct key key = {.kind = info->keys[k].kind, .code = info->keys[k].code};
            char text[16];

            command_chord_text(text, info->keys[k]);
            ck_assert_msg(text[0] != '\0', "%s has a key without a name", info->name);
            for (enum context context = CONTEXT_GUESTS; context <= CONTEXT_LAST; context <<= 1)
                ck_assert_int_eq(command_for_key(context, key),
                                 info->contexts & context ? info->command : COMMAND_NONE);
        }
    }
}
END_TEST

START_TEST(names_of_keys)
{
    char text[16];

    command_chord_text(text, (struct chord){KEY_CHAR, 'q'});
    ck_assert_str_eq(text, "q");
    command_chord_text(text, (struct chord){KEY_CHAR, ' '});
    ck_assert_str_eq(text, "Space");
    command_chord_text(text, (struct chord){KEY_CONTROL, 'L'});
    ck_assert_str_eq(text, "^L");
    command_chord_text(text, (struct chord){KEY_SPECIAL, SPECIAL_F1 + 9});
    ck_assert_str_eq(text, "F10");
    command_chord_text(text, (struct chord){KEY_SPECIAL, SPECIAL_INSERT + 1});
    ck_assert_str_eq(text, "");
}
END_TEST

/* No single key changes a guest: the letters of the action menu do nothing outside of it. */
START_TEST(the_menu_has_its_letters_for_itself)
{
    static const char letters[] = "sdrphft";

    for (const char *c = letters; *c; c++) {
        struct key key = {.kind = KEY_CHAR, .code = (uint32_t)*c};
        ck_assert_int_eq(command_for_key(CONTEXT_GUESTS, key), COMMAND_NONE);
    }
    ck_assert_int_eq(command_for_key(CONTEXT_GUESTS, (struct key){.kind = KEY_CHAR, .code = 0}),
                     COMMAND_NONE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ui_view_command");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, a_key_means_one_thing);
    tcase_add_test(tcase, every_command_can_be_called);
    tcase_add_test(tcase, names_of_keys);
    tcase_add_test(tcase, the_menu_has_its_letters_for_itself);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
