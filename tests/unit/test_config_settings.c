#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
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

/* Stand-ins for the names that model and screen know. */
static int check_sort(const char *name, struct error *err)
{
    return strcmp(name, "mem") == 0 || strcmp(name, "name") == 0
               ? 0
               : error_set(err, ERR_USAGE, "sort by mem", "no column '%s'", name);
}

static int check_list(const struct text_list *names, struct error *err)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], "cpu") != 0 && strcmp(names->items[i], "name") != 0)
            return error_set(err, ERR_USAGE, "cpu, name", "no '%s'", names->items[i]);
    return 0;
}

static int check_command(const char *name, struct error *err)
{
    if (strcmp(name, "force-off") == 0)
        return error_set(err, ERR_USAGE, "use the menu", "'%s' changes a guest", name);
    return strcmp(name, "up") == 0 || strcmp(name, "down") == 0
               ? 0
               : error_set(err, ERR_UNSUPPORTED, "look it up", "no command '%s'", name);
}

/* No two commands have the same first key. */
static int check_keys(const struct key_setting *keys, size_t count, size_t *ret_bad,
                      struct error *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(keys[i].keys.items[0], keys[j].keys.items[0]) == 0) {
                *ret_bad = j;
                return error_set(err, ERR_USAGE, "take another", "both have '%s'",
                                 keys[i].keys.items[0]);
            }
    return 0;
}

static const struct settings_words words = {
    check_sort, check_list, check_list, check_command, check_keys,
};

static const struct settings_place nowhere = {.system_file = "/nonexistent/x"};

static int read_named(struct options *options, const char *file, bool as_root, struct error *err)
{
    struct settings_place place = nowhere;

    place.as_root = as_root;
    xreplace(&options->save_path, NULL);
    xreplace(&options->config_file, file);
    return settings_read(options, &place, &words, err);
}

static int load(struct options *options, const char *text, struct error *err)
{
    write_file(text, strlen(text));
    return read_named(options, path, false, err);
}

START_TEST(what_is_open_is_filled)
{
    struct options o = parsed(NULL, NULL, NULL);

    ck_assert_int_eq(load(&o,
                          "# mine\ndelay = 0.5;\nsort = \"mem\"\ninverted = true\n"
                          "theme = \"light\"\ncolour = false\nascii = true\nmouse = false\n"
                          "advice = false\n"
                          "agent = false\n"
                          "detach_key = \"^a\"\nescdelay = 50\n"
                          "columns = [\"name\", \"cpu\"]\nmeters = []\n"
                          "keys: { up = \"x\"; down = (\"y\", \"F8\"); }\n",
                          NULL),
                     0);
    ck_assert_int_eq(o.period_ns, NS_PER_S / 2);
    ck_assert_str_eq(o.sort, "mem");
    ck_assert(o.inverted && o.no_colour && o.ascii && o.no_mouse && o.no_advice && o.no_agent);
    ck_assert_str_eq(o.theme, "light");
    ck_assert_str_eq(o.detach_key, "^a");
    ck_assert_int_eq(o.escdelay_ms, 50);
    ck_assert_uint_eq(o.columns.count, 2);
    ck_assert_str_eq(o.columns.items[1], "cpu");
    ck_assert(o.meters.items && o.meters.count == 0); /* said: none */
    ck_assert_uint_eq(o.key_count, 2);
    ck_assert_str_eq(o.keys[1].command, "down");
    ck_assert_str_eq(o.keys[1].keys.items[1], "F8");
    ck_assert_ptr_null(o.notice);
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
    {"theme = \"\"\n", ":1:"},
    {"detach_key = \"x\"\n", ":1:"},
    {"escdelay = 5\n", ":1:"},
    {"escdelay = \"x\"\n", ":1:"},
    {"sort = \"speed\"\n", ":1:"},
    {"\ncolumns = [\"cpu\", \"spin\"]\n", ":2:"},
    {"columns = [1, 2]\n", ":1:"},
    {"meters = 3\n", ":1:"},
    {"keys = \"x\"\n", ":1:"},
    {"keys: {\n up = 3;\n};\n", ":2:"},
    {"keys: {\n up = \"x\";\n force-off = \"f\"; };\n", ":3:"},
    {"keys: {\n up = \"x\";\n down = \"x\"; };\n", ":2:"},
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
    ck_assert_uint_eq(o.key_count + o.columns.count, 0);
    options_clear(&o);
}
END_TEST

START_TEST(odd_files_are_refused)
{
    struct options o = parsed(NULL, NULL, NULL);
    struct error err;
    CLEANUP_FREE char *big = malloc((1 << 20) + 2);

    ck_assert_int_lt(read_named(&o, dir, false, &err), 0);
    ck_assert_int_lt(read_named(&o, "/nonexistent/x", false, &err), 0);
    ck_assert_int_lt(read_named(&o, "/dev/zero", false, &err), 0);
    unlink(path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_lt(read_named(&o, path, false, &err), 0);
    unlink(path);
    memset(big, '\n', (1 << 20) + 2);
    write_file(big, (1 << 20) + 1);
    ck_assert_int_lt(read_named(&o, path, false, &err), 0);
    write_file("delay = 1\0\n", 11);
    ck_assert_int_eq(read_named(&o, path, false, &err), ERR_SYNTAX);
    write_file("", 0);
    ck_assert_int_eq(read_named(&o, path, false, &err), 0);
    options_clear(&o);
}
END_TEST

START_TEST(root_reads_nothing_that_others_write)
{
    struct options o = parsed(NULL, NULL, NULL);
    struct error err;

    write_file("delay = 1\n", 10);
    chmod(path, 0666);
    ck_assert_int_eq(read_named(&o, path, true, &err), ERR_DENIED);
    chmod(path, 0620);
    ck_assert_int_eq(read_named(&o, path, true, &err), ERR_DENIED);
    ck_assert_int_eq(read_named(&o, path, false, &err), 0);
    chmod(path, 0644);
    if (geteuid() == 0) {
        ck_assert_int_eq(read_named(&o, path, true, &err), 0);
        ck_assert_int_eq(chown(path, 12345, 12345), 0);
        ck_assert_int_eq(read_named(&o, path, true, &err), ERR_DENIED);
    } else {
        ck_assert_int_eq(read_named(&o, path, true, &err), ERR_DENIED);
    }
    unlink(path);
    options_clear(&o);
}
END_TEST

/* What a newer vctop wrote is passed over with a word, the rest holds. */
START_TEST(what_is_not_known_is_passed_over)
{
    struct options o = parsed(NULL, NULL, NULL);

    ck_assert_int_eq(load(&o, "speed = 3\ndelay = 1\nkeys: { warp = \"w\"; up = \"x\"; }\n", NULL),
                     0);
    ck_assert_int_eq(o.period_ns, NS_PER_S);
    ck_assert_uint_eq(o.key_count, 1);
    ck_assert_msg(strstr(o.notice, ":1: 'speed' is no setting") != NULL, "%s", o.notice);
    options_clear(&o);
}
END_TEST

/* DIR/.config/vctop and the file there; the test's own file stands for the system's. */
static char user_folder[160], user_path[192];

static void write_user(const char *text)
{
    char folder[160];
    FILE *file;

    snprintf(folder, sizeof(folder), "%s/.config", dir);
    mkdir(folder, 0700);
    snprintf(user_folder, sizeof(user_folder), "%s/.config/vctop", dir);
    mkdir(user_folder, 0700);
    snprintf(user_path, sizeof(user_path), "%s/vctop.conf", user_folder);
    file = fopen(user_path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void remove_user(void)
{
    unlink(user_path);
    rmdir(user_folder);
    *strrchr(user_folder, '/') = '\0';
    rmdir(user_folder);
}

static void read_both(struct options *o, const char *system, const char *user)
{
    const struct settings_place place = {.home = dir, .system_file = path};

    write_file(system, strlen(system));
    write_user(user);
    ck_assert_int_eq(settings_read(o, &place, &words, NULL), 0);
    ck_assert_str_eq(o->save_path, user_path);
    ck_assert_ptr_null(o->save_refusal);
    remove_user();
}

START_TEST(the_users_file_lies_over_the_systems)
{
    struct options o = parsed("-d3", NULL, NULL);

    read_both(&o,
              "delay = 1\nsort = \"mem\"\ninverted = true\ntheme = \"light\"\nascii = true\n"
              "columns = [\"cpu\"]\nkeys: { up = \"x\"; down = \"y\"; }\n",
              "delay = 2\nsort = \"name\"\ntheme = \"solarized\"\nkeys: { down = \"z\"; }\n");
    ck_assert_int_eq(o.period_ns, 3 * NS_PER_S);
    ck_assert_str_eq(o.sort, "name");
    ck_assert(!o.inverted);
    ck_assert_str_eq(o.theme, "solarized");
    ck_assert(o.ascii);
    ck_assert_uint_eq(o.columns.count, 1);
    ck_assert_uint_eq(o.key_count, 2);
    ck_assert_ptr_null(o.notice);
    options_clear(&o);
}
END_TEST

START_TEST(one_wrong_file_does_not_take_the_other_along)
{
    struct options o = parsed(NULL, NULL, NULL);

    read_both(&o, "delay = 1\n", "ascii = maybe\n");
    ck_assert_int_eq(o.period_ns, NS_PER_S);
    ck_assert_msg(strstr(o.notice, "~/.config/vctop/vctop.conf:1: ") == o.notice, "%s", o.notice);
    options_clear(&o);
    o = parsed(NULL, NULL, NULL);
    read_both(&o, "delay = = 1\n", "ascii = true\n");
    ck_assert(o.ascii);
    ck_assert_msg(strstr(o.notice, "~/vctop.conf:1: ") == o.notice, "%s", o.notice);
    options_clear(&o);
    /* Keys can collide only together. */
    o = parsed(NULL, NULL, NULL);
    read_both(&o, "keys: { up = \"x\"; }\n", "\nkeys: { down = \"x\"; }\n");
    ck_assert_uint_eq(o.key_count, 1);
    ck_assert_msg(strstr(o.notice, ":2: both have 'x'") != NULL, "%s", o.notice);
    options_clear(&o);
}
END_TEST

START_TEST(without_a_place_nothing_is_saved)
{
    struct settings_place place = nowhere;
    struct options o = parsed("--no-config", NULL, NULL);

    place.home = dir;
    ck_assert_int_eq(settings_read(&o, &place, &words, NULL), 0);
    ck_assert_ptr_null(o.save_path);
    ck_assert_ptr_nonnull(o.save_refusal);
    options_clear(&o);
    o = parsed(NULL, NULL, NULL);
    place.home = NULL;
    place.xdg_config_home = "relative";
    ck_assert_int_eq(settings_read(&o, &place, &words, NULL), 0);
    ck_assert_ptr_nonnull(o.save_refusal);
    options_clear(&o);
}
END_TEST

/* ---- saving ---- */

static const char *text_of_file(void)
{
    static char text[4096];
    FILE *file = fopen(path, "r");

    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static int save(const char *name, const char *value, struct error *err)
{
    const struct setting_change change = {name, (char *)value};

    return settings_save(path, &change, 1, &words, false, err);
}

START_TEST(saving_leaves_the_rest_alone)
{
    struct stat st;

    write_file("# mine\ndelay = 1; # slow\nwarp = { a = 1; };\n", 44);
    ck_assert_int_eq(save("delay", "0.5", NULL), 0);
    ck_assert_int_eq(save("keys.up", "\"x\"", NULL), 0);
    ck_assert_str_eq(text_of_file(), "# mine\ndelay = 0.5; # slow\nwarp = { a = 1; };\n"
                                     "keys: {\n    up = \"x\";\n};\n");
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    chmod(path, 0644);
    ck_assert_int_eq(save("delay", "3", NULL), 0);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0644);
    unlink(path);
    ck_assert_int_eq(save("delay", "2", NULL), 0);
    ck_assert_str_eq(text_of_file(), "delay = 2;\n");
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
}
END_TEST

/* Each with the word that has to be in the error. */
START_TEST(what_is_wrong_is_not_written_over)
{
    struct error err;
    char other[160];

    write_file("delay = = 1\n", 12);
    ck_assert_int_lt(save("ascii", "true", &err), 0);
    ck_assert_msg(strstr(err.message, ":1:") != NULL, "%s", err.message);
    ck_assert_str_eq(text_of_file(), "delay = = 1\n");
    write_file("delay = 1\n", 10);
    ck_assert_int_lt(save("ascii", "perhaps", &err), 0);
    ck_assert_int_lt(save("keys.up.down", "3", &err), 0);
    ck_assert_str_eq(text_of_file(), "delay = 1\n");
    chmod(path, 0400);
    ck_assert_int_eq(save("ascii", "true", &err), ERR_DENIED);
    ck_assert_msg(strstr(err.message, "read-only") != NULL, "%s", err.message);
    snprintf(other, sizeof(other), "%s.other", path);
    ck_assert_int_eq(rename(path, other), 0);
    ck_assert_int_eq(symlink(other, path), 0);
    ck_assert_int_eq(save("ascii", "true", &err), ERR_DENIED);
    ck_assert_msg(strstr(err.message, "symbolic link") != NULL, "%s", err.message);
    unlink(path);
    unlink(other);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_lt(save("ascii", "true", &err), 0);
    rmdir(path);
}
END_TEST

/* Several that save at once lose nothing of each other. */
START_TEST(savers_take_turns)
{
    static const char *const names[] = {"delay", "escdelay", "keys.up", "keys.down"};
    static const char *const others[] = {"2", "60", "\"a\"", "\"b\""};
    static const char *const values[] = {"1", "50", "\"x\"", "\"y\""};
    struct options o = parsed(NULL, NULL, NULL);

    write_file("# mine\n", 7);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (fork() == 0) {
            int failed = 0;
            /* What is the same is not written: each round changes it. */
            for (int round = 0; round < 5; round++)
                failed |= save(names[i], others[i], NULL) || save(names[i], values[i], NULL);
            _exit(failed);
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        int status;
        wait(&status);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_int_eq(read_named(&o, path, false, NULL), 0);
    ck_assert_int_eq(o.period_ns, NS_PER_S);
    ck_assert_int_eq(o.escdelay_ms, 50);
    ck_assert_uint_eq(o.key_count, 2);
    options_clear(&o);
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
    tcase_add_test(tc, what_is_not_known_is_passed_over);
    tcase_add_test(tc, the_users_file_lies_over_the_systems);
    tcase_add_test(tc, one_wrong_file_does_not_take_the_other_along);
    tcase_add_test(tc, without_a_place_nothing_is_saved);
    tcase_add_test(tc, saving_leaves_the_rest_alone);
    tcase_add_test(tc, what_is_wrong_is_not_written_over);
    tcase_add_test(tc, savers_take_turns);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    unlink(path);
    rmdir(dir);
    return failed ? 1 : 0;
}
