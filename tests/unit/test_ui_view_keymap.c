#include "ui/view/keymap.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static struct key_setting setting(const char *command, const char *first, const char *second)
{
    struct key_setting made = {.command = (char *)command};

    text_list_add(&made.keys, first);
    if (second)
        text_list_add(&made.keys, second);
    return made;
}

static enum command command_of(const struct keymap *map, const char *key)
{
    struct chord chord;

    ck_assert_int_eq(keymap_parse_chord(&chord, key, NULL), 0);
    keymap_use(map);
    return command_for_key(CONTEXT_GUESTS, (struct key){.kind = chord.kind, .code = chord.code});
}

/* What is written is what is read, for all keys that there are. */
START_TEST(keys_have_names)
{
    for (size_t i = 0; i < command_count(); i++) {
        for (size_t k = 0; k < COMMAND_KEYS_MAX && command_at(i)->keys[k].kind; k++) {
            struct chord chord = command_at(i)->keys[k], read;
            char text[16];

            command_chord_text(text, chord);
            ck_assert_msg(keymap_parse_chord(&read, text, NULL) == 0, "%s", text);
            ck_assert(read.kind == chord.kind && read.code == chord.code);
        }
    }
}
END_TEST

START_TEST(no_keys)
{
    static const char *const bad[] = {"",   "F13", "F0",   "ab",   "^M",     "^i",    "^[",
                                      "^H", "^1",  "\x01", "\xff", "\u200b", "Ctrl-x"};
    struct chord chord;
    struct error err;

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        ck_assert_msg(keymap_parse_chord(&chord, bad[i], &err) == ERR_USAGE, "'%s'", bad[i]);
        ck_assert_str_ne(err.remedy, "");
    }
    ck_assert_int_eq(keymap_parse_chord(&chord, "pgup", NULL), 0);
    ck_assert_uint_eq(chord.code, SPECIAL_PAGE_UP);
    ck_assert_int_eq(keymap_parse_chord(&chord, "^l", NULL), 0);
    ck_assert_uint_eq(chord.code, 'L');
    ck_assert_int_eq(keymap_parse_chord(&chord, "ö", NULL), 0);
    ck_assert_uint_eq(chord.code, 0xf6);
}
END_TEST

START_TEST(no_key_changes_a_guest)
{
    struct error err;

    ck_assert_int_eq(keymap_check_command("force-off", &err), ERR_USAGE);
    ck_assert_int_eq(keymap_check_command("start", &err), ERR_USAGE);
    ck_assert_int_eq(keymap_check_command("warp", &err), ERR_UNSUPPORTED);
    ck_assert_int_eq(keymap_check_command("actions", &err), 0);
}
END_TEST

START_TEST(a_setting_takes_a_default_key)
{
    struct key_setting all[] = {setting("freeze", "k", NULL), setting("zoom", "Z", "F8")};
    struct keymap map;
    size_t bad;

    ck_assert_int_eq(keymap_build(&map, all, 2, &bad, NULL), 0);
    ck_assert_int_eq(command_of(&map, "k"), COMMAND_FREEZE);
    ck_assert_int_eq(command_of(&map, "Z"), COMMAND_ZOOM);
    ck_assert_int_eq(command_of(&map, "F8"), COMMAND_ZOOM);
    ck_assert_int_eq(command_of(&map, "z"), COMMAND_NONE);
    ck_assert_int_eq(command_of(&map, "Up"), COMMAND_UP);
    text_list_clear(&all[0].keys);
    text_list_clear(&all[1].keys);
}
END_TEST

START_TEST(conflicts_are_named)
{
    struct key_setting two[] = {setting("freeze", "x", NULL), setting("zoom", "y", "x")};
    struct key_setting last = setting("zoom", "Z", NULL); /* the only key of freeze */
    struct keymap map = {0};
    struct error err;
    size_t bad = 9;

    ck_assert_int_eq(keymap_build(&map, two, 2, &bad, &err), ERR_USAGE);
    ck_assert_str_eq(err.message, "x is a key of 'zoom'");
    ck_assert_uint_eq(bad, 0);
    ck_assert_int_eq(keymap_build(&map, &last, 1, &bad, &err), ERR_USAGE);
    ck_assert_str_eq(err.message, "Z is the only key of 'freeze'");
    ck_assert_int_eq(map.keys[COMMAND_UP][0].kind, KEY_NONE); /* untouched */
    text_list_clear(&two[0].keys);
    text_list_clear(&two[1].keys);
    text_list_clear(&last.keys);
}
END_TEST

START_TEST(one_at_a_time)
{
    struct keymap map;
    struct error err;

    keymap_defaults(&map);
    ck_assert_int_eq(keymap_rebind(&map, COMMAND_ZOOM, (struct chord){KEY_CHAR, 'q'}, false, &err),
                     ERR_USAGE);
    ck_assert_str_eq(err.message, "q is a key of 'back-or-quit'");
    ck_assert_int_eq(keymap_rebind(&map, COMMAND_ZOOM, (struct chord){KEY_CHAR, 'y'}, true, &err),
                     0);
    ck_assert_int_eq(command_of(&map, "z"), COMMAND_ZOOM);
    ck_assert_int_eq(command_of(&map, "y"), COMMAND_ZOOM);
    ck_assert_int_eq(keymap_rebind(&map, COMMAND_ZOOM, (struct chord){KEY_CHAR, 'Y'}, false, &err),
                     0);
    ck_assert_int_eq(command_of(&map, "z"), COMMAND_NONE);
    ck_assert_int_eq(keymap_rebind(&map, COMMAND_FREEZE, (struct chord){KEY_CHAR, 'z'}, true, &err),
                     0);
    ck_assert_int_eq(keymap_restore(&map, COMMAND_ZOOM, &err), ERR_USAGE);
    ck_assert_int_eq(keymap_restore(&map, COMMAND_FREEZE, &err), 0);
    ck_assert_int_eq(keymap_restore(&map, COMMAND_ZOOM, &err), 0);
    ck_assert_int_eq(command_of(&map, "z"), COMMAND_ZOOM);
}
END_TEST

/* TEXT as the manual page has it. */
static void add_roff(char *dst, size_t size, const char *text)
{
    size_t len = strlen(dst);

    for (; *text && len + 8 < size; text++) {
        const char *plain = *text == '-' ? "\\-" : *text == '^' ? "\\(ha" : NULL;
        len += (size_t)(plain ? snprintf(dst + len, size - len, "%s", plain)
                              : snprintf(dst + len, size - len, "%c", *text));
    }
}

/* vctop.conf(5) has a line for each command, with its default keys. */
START_TEST(the_manual_knows_every_command)
{
    static char manual[1 << 16];
    char path[512];

    snprintf(path, sizeof(path), "%.*sman/vctop.conf.5",
             (int)(sizeof(TEST_DATA) - sizeof("tests/unit/data")), TEST_DATA);
    CLEANUP_FCLOSE FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    manual[fread(manual, 1, sizeof(manual) - 1, file)] = '\0';
    struct keymap map;
    keymap_defaults(&map);
    keymap_use(&map);
    for (size_t i = 0; i < command_count(); i++) {
        char line[200] = "\n", keys[64];

        command_keys_text(keys, sizeof(keys), command_at(i)->command);
        add_roff(line, sizeof(line), command_at(i)->name);
        add_roff(line, sizeof(line), "\t");
        add_roff(line, sizeof(line), keys);
        add_roff(line, sizeof(line), "\tT{\n");
        ck_assert_msg(strstr(manual, line) != NULL, "man/vctop.conf.5 has no line '%s\t%s'",
                      command_at(i)->name, keys);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ui_view_keymap");
    TCase *tcase = tcase_create("all");

    tcase_add_test(tcase, keys_have_names);
    tcase_add_test(tcase, no_keys);
    tcase_add_test(tcase, no_key_changes_a_guest);
    tcase_add_test(tcase, a_setting_takes_a_default_key);
    tcase_add_test(tcase, conflicts_are_named);
    tcase_add_test(tcase, one_at_a_time);
    tcase_add_test(tcase, the_manual_knows_every_command);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
