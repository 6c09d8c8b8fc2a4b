/* Theme files, those that come with vctop first of all. */
#include "config/theme.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "ui/term/style.h"

/* The folder of the themes, told from the tests' data beside this file, which need not be there. */
#define SOURCE_LEN ((int)(sizeof(TEST_DATA) - sizeof("tests/unit/data")))

static const int depths[] = {0, 8, 16, 256};
static const char *const themes[] = {"default", "light", "monochrome", "solarized",
                                     "high-contrast"};

static bool same(struct look a, struct look b)
{
    return a.foreground == b.foreground && a.background == b.background &&
           a.attributes == b.attributes;
}

static void theme_file(char *dst, size_t size, const char *name)
{
    snprintf(dst, size, "%.*sthemes/%s.cfg", SOURCE_LEN, TEST_DATA, name);
}

static int read_theme(struct look looks[STYLE_COUNT], const char *name, int colours,
                      struct error *err)
{
    char path[512];

    theme_file(path, sizeof(path), name);
    return style_read(looks, path, colours, err);
}

START_TEST(the_default_is_what_its_file_says)
{
    for (size_t i = 0; i < ARRAY_SIZE(depths); i++) {
        struct look built_in[STYLE_COUNT], file[STYLE_COUNT];

        style_read(built_in, NULL, depths[i], NULL);
        ck_assert_int_eq(read_theme(file, "default", depths[i], NULL), 0);
        for (int style = 0; style < STYLE_COUNT; style++)
            ck_assert_msg(same(built_in[style], file[style]), "style %d in %d colours", style,
                          depths[i]);
    }
}
END_TEST

/* It names every style, for one who starts from it. */
START_TEST(the_default_names_all)
{
    static const char *const names[] = {
#define NAME(id, name) name,
        STYLE_LIST(NAME)
#undef NAME
    };
    char text[8192];

    theme_file(text, sizeof(text), "default");
    CLEANUP_FCLOSE FILE *file = fopen(text, "r");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char entry[64];

        snprintf(entry, sizeof(entry), "    %s = \"", names[i]);
        ck_assert_msg(strstr(text, entry) != NULL, "%s", names[i]);
    }
}
END_TEST

/* In every terminal: what wants a look and where one is do not look like all the rest. */
START_TEST(every_theme_says_what_matters)
{
    static const enum style marked[] = {STYLE_SELECTED, STYLE_SELECTED_AWAY, STYLE_WARN,
                                        STYLE_BAD,      STYLE_MARKED,        STYLE_BUTTON_FOCUS,
                                        STYLE_HEADER,   STYLE_SORTED,        STYLE_BADGE};
    struct error err = {0};

    for (size_t t = 0; t < ARRAY_SIZE(themes); t++) {
        for (size_t i = 0; i < ARRAY_SIZE(depths); i++) {
            struct look looks[STYLE_COUNT];

            ck_assert_msg(read_theme(looks, themes[t], depths[i], &err) == 0, "%s: %s", themes[t],
                          err.message);
            for (size_t m = 0; m < ARRAY_SIZE(marked); m++)
                ck_assert_msg(!same(looks[marked[m]], looks[STYLE_NORMAL]),
                              "%s in %d colours: style %d", themes[t], depths[i], marked[m]);
            ck_assert(!same(looks[STYLE_HEADER], looks[STYLE_SORTED]));
            ck_assert(!same(looks[STYLE_SELECTED], looks[STYLE_SELECTED_AWAY]));
            for (int style = 0; style < STYLE_COUNT; style++)
                ck_assert_int_le(look_colours(&looks[style]), depths[i]);
        }
    }
}
END_TEST

static const struct {
    const char *text;
    const char *where; /* in the message */
} bad[] = {
    {"", "no group"},
    {"styles = 3;", "no group"},
    {"styles: {\n  dim = 3; };", ":2:"},
    {"styles: {\n\n  dimm = \"dim\"; };", ":3:"},
    {"styles: {\n  dim = \"mauve\"; };", ":2:"},
    {"styles: {\n  dim = \"256\"; };", ":2:"},
    {"styles: {\n  dim = \"\xff\xfe\"; };", ":2:"},
    {"styles: { {\n", ":1:"},
    {"@include \"/etc/passwd\"\n", "@include"},
};

START_TEST(a_bad_theme_leaves_the_default)
{
    char path[] = "/tmp/vctop-theme-XXXXXX";
    struct look looks[STYLE_COUNT], built_in[STYLE_COUNT];
    struct error err = {0};
    CLEANUP_CLOSE int fd = mkstemp(path);

    ck_assert_int_eq(write(fd, bad[_i].text, strlen(bad[_i].text)), strlen(bad[_i].text));
    style_read(built_in, NULL, 256, NULL);
    ck_assert_int_lt(style_read(looks, path, 256, &err), 0);
    ck_assert_msg(strstr(err.message, path) && strstr(err.message, bad[_i].where), "%s",
                  err.message);
    ck_assert_str_ne(err.remedy, "");
    ck_assert_int_eq(memcmp(looks, built_in, sizeof(looks)), 0);
    unlink(path);
}
END_TEST

START_TEST(odd_files_are_no_themes)
{
    char path[] = "/tmp/vctop-theme-XXXXXX";
    struct look looks[STYLE_COUNT];
    struct error err;

    ck_assert_int_lt(style_read(looks, "/nonexistent", 256, &err), 0);
    ck_assert_int_lt(style_read(looks, "/tmp", 256, &err), 0);
    ck_assert_int_lt(style_read(looks, "/dev/zero", 256, &err), 0);
    close(mkstemp(path));
    ck_assert_int_eq(truncate(path, 1L << 30), 0); /* 1 GB, sparse */
    ck_assert_int_lt(style_read(looks, path, 256, &err), 0);
    unlink(path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_lt(style_read(looks, path, 256, &err), 0);
    unlink(path);
}
END_TEST

START_TEST(names_of_themes)
{
    struct text_list list;
    struct error err;
    CLEANUP_FREE char *none = theme_path("../../etc/passwd", NULL);

    ck_assert_ptr_null(none);
    setenv("XDG_CONFIG_HOME", "/nowhere", 1);
    ck_assert_ptr_null(theme_path("nosuch", &err));
    ck_assert_str_eq(err.message, "there is no theme 'nosuch'");
    ck_assert_ptr_nonnull(strstr(err.remedy, "looked for in /nowhere/vctop/themes, /"));
    ck_assert_ptr_null(theme_path("", NULL));
    ck_assert(theme_is_builtin(NULL) && theme_is_builtin("default") && !theme_is_builtin("light"));
    theme_list(&list);
    ck_assert_str_eq(list.items[0], "default");
    for (size_t i = 2; i < list.count; i++)
        ck_assert_int_lt(strcmp(list.items[i - 1], list.items[i]), 0);
    text_list_clear(&list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config/theme");
    TCase *tc = tcase_create("all");

    tcase_add_test(tc, the_default_is_what_its_file_says);
    tcase_add_test(tc, the_default_names_all);
    tcase_add_test(tc, every_theme_says_what_matters);
    tcase_add_loop_test(tc, a_bad_theme_leaves_the_default, 0, (int)ARRAY_SIZE(bad));
    tcase_add_test(tc, odd_files_are_no_themes);
    tcase_add_test(tc, names_of_themes);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
