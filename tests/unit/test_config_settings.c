#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "config/settings.h"

static char dir[] = "/tmp/vctop-settings-XXXXXX";
static char path[128];

static void write_file(const char *text, size_t len)
{
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    fwrite(text, 1, len, file);
    fclose(file);
    chmod(path, 0600);
}

static struct options parsed(const char *a, const char *b, const char *c)
{
    char *words[] = {(char *)"vctop", (char *)a, (char *)b, (char *)c};
    struct options options;
    int count = 1 + (a != NULL) + (b != NULL) + (c != NULL);

    ck_assert_int_eq(options_parse(&options, count, words, NULL), 0);
    return options;
}

static int load(struct options *options, const char *text, struct error *err)
{
    write_file(text, strlen(text));
    return settings_load(options, path, false, err);
}

START_TEST(what_is_open_is_filled)
{
    struct options o = parsed(NULL, NULL, NULL);

    ck_assert_int_eq(load(&o,
                          "# mine\ndelay = 0.5;\nsort = \"mem\"\ninverted = true\n"
                          "theme = \"light\"\ncolour = false\nascii = true\nmouse = false\n"
                          "detach_key = \"^a\"\n",
                          NULL),
                     0);
    ck_assert_int_eq(o.period_ns, NS_PER_S / 2);
    ck_assert_str_eq(o.sort, "mem");
    ck_assert(o.inverted && o.no_colour && o.ascii && o.no_mouse);
    ck_assert_str_eq(o.theme, "light");
    ck_assert_str_eq(o.detach_key, "^a");
    options_clear(&o);
}
END_TEST

START_TEST(the_command_line_wins)
{
    struct options o = parsed("-d3", "-sname", "--theme=dark");

    ck_assert_int_eq(
        load(&o, "delay = 1\nsort = \"mem\"\ninverted = true\ntheme = \"light\"\n", NULL), 0);
    ck_assert_int_eq(o.period_ns, 3 * NS_PER_S);
    ck_assert_str_eq(o.sort, "name");
    ck_assert(!o.inverted); /* the direction belongs to the column */
    ck_assert_str_eq(o.theme, "dark");
    options_clear(&o);
}
END_TEST

static const struct {
    const char *text, *where;
} bad[] = {
    {"delay = 0.1\n", ":1:"},
    {"\n\ndelay = \"2\"\n", ":3:"},
    {"delay = 99999\n", ":1:"},
    {"colour = 1\n", ":1:"},
    {"sort = mem\n", ":1:"},
    {"sort = 3\n", ":1:"},
    {"detach_key = \"x\"\n", ":1:"},
    {"ascii = true\nspeed = 3\n", ":2:"},
    {"delay = = 2\n", ":1:"},
    {"delay = 2\n}\n", ":2:"},
    {"\n  @include \"/etc/passwd\"\n", ":2:"},
    {"\xff\xfe\x01", ":1:"},
    {"delay = 1\ndelay = 2\n", ":2:"},
};

START_TEST(a_bad_file_changes_nothing)
{
    struct options o = parsed(NULL, NULL, NULL);
    struct error err = {0};
    char text[256];

    /* Good lines first: all or nothing. */
    snprintf(text, sizeof(text), "%s", bad[_i].text);
    ck_assert_int_lt(load(&o, text, &err), 0);
    ck_assert_msg(strncmp(err.message, path, strlen(path)) == 0, "%s", err.message);
    ck_assert_msg(strstr(err.message, bad[_i].where) != NULL, "%s", err.message);
    ck_assert_str_ne(err.remedy, "");
    ck_assert_int_eq(o.period_ns, 2 * NS_PER_S);
    ck_assert(!o.ascii);
    ck_assert_ptr_null(o.sort);
    options_clear(&o);
}
END_TEST

START_TEST(odd_files_are_refused)
{
    struct options o = parsed(NULL, NULL, NULL);
    struct error err;
    CLEANUP_FREE char *big = malloc((1 << 20) + 2);

    ck_assert_int_lt(settings_load(&o, dir, false, &err), 0);
    ck_assert_int_lt(settings_load(&o, "/nonexistent/x", false, &err), 0);
    ck_assert_int_lt(settings_load(&o, "/dev/zero", false, &err), 0);
    unlink(path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_lt(settings_load(&o, path, false, &err), 0);
    unlink(path);
    memset(big, '\n', (1 << 20) + 2);
    write_file(big, (1 << 20) + 1);
    ck_assert_int_lt(settings_load(&o, path, false, &err), 0);
    write_file("delay = 1\0\n", 11);
    ck_assert_int_eq(settings_load(&o, path, false, &err), ERR_SYNTAX);
    write_file("", 0);
    ck_assert_int_eq(settings_load(&o, path, false, &err), 0);
    options_clear(&o);
}
END_TEST

START_TEST(root_reads_nothing_that_others_write)
{
    struct options o = parsed(NULL, NULL, NULL);
    struct error err;

    write_file("delay = 1\n", 10);
    chmod(path, 0666);
    ck_assert_int_eq(settings_load(&o, path, true, &err), ERR_DENIED);
    chmod(path, 0620);
    ck_assert_int_eq(settings_load(&o, path, true, &err), ERR_DENIED);
    ck_assert_int_eq(settings_load(&o, path, false, &err), 0);
    chmod(path, 0644);
    if (geteuid() == 0) {
        ck_assert_int_eq(settings_load(&o, path, true, &err), 0);
        ck_assert_int_eq(chown(path, 12345, 12345), 0);
        ck_assert_int_eq(settings_load(&o, path, true, &err), ERR_DENIED);
    } else {
        ck_assert_int_eq(settings_load(&o, path, true, &err), ERR_DENIED);
    }
    unlink(path);
    options_clear(&o);
}
END_TEST

START_TEST(the_right_file_is_found)
{
    struct options o = parsed(NULL, NULL, NULL);
    char home[160], file[256];
    CLEANUP_FREE char *found = NULL;

    write_file("", 0); /* stands for the system's */
    found = settings_find(&o, dir, NULL, path);
    ck_assert_str_eq(found, path);
    free(move_ptr(&found));
    ck_assert_ptr_null(settings_find(&o, dir, NULL, "/nonexistent/x"));
    ck_assert_ptr_null(settings_find(&o, NULL, "relative", "/nonexistent/x"));

    snprintf(home, sizeof(home), "%s/.config", dir);
    mkdir(home, 0700);
    snprintf(home, sizeof(home), "%s/.config/vctop", dir);
    mkdir(home, 0700);
    snprintf(file, sizeof(file), "%s/vctop.conf", home);
    fclose(fopen(file, "w"));
    found = settings_find(&o, dir, NULL, path);
    ck_assert_str_eq(found, file);
    free(move_ptr(&found));
    o.no_config = true;
    ck_assert_ptr_null(settings_find(&o, dir, NULL, path));
    o.no_config = false;
    o.config_file = strdup("/named");
    found = settings_find(&o, dir, NULL, path);
    ck_assert_str_eq(found, "/named");
    options_clear(&o);
    unlink(file);
    rmdir(home);
    snprintf(home, sizeof(home), "%s/.config", dir);
    rmdir(home);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config/settings");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    if (!mkdtemp(dir))
        return 1;
    snprintf(path, sizeof(path), "%s/vctop.conf", dir);
    tcase_add_test(tc, what_is_open_is_filled);
    tcase_add_test(tc, the_command_line_wins);
    tcase_add_loop_test(tc, a_bad_file_changes_nothing, 0, (int)ARRAY_SIZE(bad));
    tcase_add_test(tc, odd_files_are_refused);
    tcase_add_test(tc, root_reads_nothing_that_others_write);
    tcase_add_test(tc, the_right_file_is_found);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    unlink(path);
    rmdir(dir);
    return failed ? 1 : 0;
}
