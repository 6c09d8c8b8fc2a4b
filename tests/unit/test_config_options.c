#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "config/options.h"

#define WORDS_MAX 32

/* Parses LINE cut at spaces. */
static int parse(struct options *options, const char *line, struct error *err)
{
    char copy[512], *words[WORDS_MAX] = {(char *)"vctop"}, *save = NULL;
    int count = 1;

    snprintf(copy, sizeof(copy), "%s", line);
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
        words[count++] = word;
    return options_parse(options, count, words, err);
}

START_TEST(defaults)
{
    struct options o;

    ck_assert_int_eq(parse(&o, "", NULL), 0);
    ck_assert_int_eq(o.period_ns, 2 * NS_PER_S);
    ck_assert(!o.period_given && !o.batch && !o.readonly && !o.sim && !o.help);
    ck_assert_int_eq(o.format, OUTPUT_TEXT);
    ck_assert_ptr_null(o.backends);
    ck_assert_uint_eq(o.uri_count, 0);
    options_clear(&o);
}
END_TEST

START_TEST(everything_at_once)
{
    struct options o;

    ck_assert_int_eq(parse(&o,
                           "-c qemu:///system -c test:///default -P /a -P /b -d 0.5 --readonly "
                           "--detach-key ^a -s mem -r -F web",
                           NULL),
                     0);
    ck_assert_uint_eq(o.uri_count, 2);
    ck_assert_str_eq(o.uris[1], "test:///default");
    ck_assert_uint_eq(o.lxcpath_count, 2);
    ck_assert_str_eq(o.lxcpaths[0], "/a");
    ck_assert_int_eq(o.period_ns, NS_PER_S / 2);
    ck_assert(o.readonly && o.inverted && o.period_given);
    ck_assert_str_eq(o.detach_key, "^a");
    ck_assert_str_eq(o.sort, "mem");
    ck_assert_str_eq(o.filter, "web");
    options_clear(&o);

    ck_assert_int_eq(
        parse(&o, "-b -n 3 -o json --theme light -C -U -M --config /x --debug /d", NULL), 0);
    ck_assert(o.batch && o.no_colour && o.ascii && o.no_mouse);
    ck_assert_int_eq(o.iterations, 3);
    ck_assert_int_eq(o.format, OUTPUT_JSON);
    ck_assert_str_eq(o.theme, "light");
    ck_assert_str_eq(o.config_file, "/x");
    ck_assert_str_eq(o.debug_file, "/d");
    options_clear(&o);
}
END_TEST

static const char *const good[] = {
    "-d 0.2",
    "-d 3600",
    "-d .5",
    "-d 2.",
    "--delay=1.25",
    "-b -o csv",
    "-b -otext",
    "-b -n1",
    "--sim",
    "--sim=vms=3",
    "--backend sim",
    "--backend sim --sim=x",
    "--backend libvirt,lxc,host",
    "--backend host,proc",
    "--backend lxc -P /a",
    "--no-config",
    "-h",
    "--version",
    "--no-color",
    "--detach-key ^]",
    "--role=worker sim:3",
    "--role=worker --debug=- sim:3",
};

START_TEST(good_lines)
{
    struct options o;
    struct error err = {0};

    ck_assert_msg(parse(&o, good[_i], &err) == 0, "%s: %s", good[_i], err.message);
    options_clear(&o);
}
END_TEST

static const char *const bad[] = {
    "-d 0.1",
    "-d 3600.5",
    "-d 0",
    "-d -1",
    "-d 1e2",
    "-d 0x1",
    "-d nan",
    "-d inf",
    "-d 1,5",
    "-d 1.2.3",
    "-d .",
    "-d 5s",
    "-d 00000000000000000000000000002",
    "-d",
    "-n 0 -b",
    "-n -1 -b",
    "-n 1.5 -b",
    "-n x -b",
    "-n 99999999999999999999 -b",
    "-n 3",
    "-o json",
    "-b -o xml",
    "-b -o JSON",
    "--backend kvm",
    "--backend libvirt,",
    "--backend ,lxc",
    "--backend libvirt,sim",
    "--backend lxc -c qemu:///system",
    "--backend libvirt -P /a",
    "--sim --backend host",
    "--sim -c test:///default",
    "--backend sim -P /a",
    "--config /a --no-config",
    "--detach-key x",
    "--detach-key ^",
    "--detach-key ^1",
    "--detach-key ^[",
    "--detach-key ^m",
    "--readonly=yes",
    "--frobnicate",
    "-x",
    "-bx",
    "guest1",
    "-b guest1",
    "--role=worker",
    "--role=worker a b",
    "-c",
};

START_TEST(bad_lines)
{
    struct options o;
    struct error err = {0};

    ck_assert_msg(parse(&o, bad[_i], &err) == ERR_USAGE, "%s", bad[_i]);
    ck_assert_str_ne(err.message, "");
    ck_assert_ptr_null(strchr(err.message, '\n'));
    options_clear(&o); /* harmless */
}
END_TEST

START_TEST(empty_and_endless_values)
{
    struct options o;
    struct error err;
    CLEANUP_FREE char *endless = malloc(5001);
    char *empty_uri[] = {(char *)"vctop", (char *)"-c", (char *)""};
    char *empty_path[] = {(char *)"vctop", (char *)"-P", (char *)""};
    char *empty_list[] = {(char *)"vctop", (char *)"--backend", (char *)""};
    char *empty_delay[] = {(char *)"vctop", (char *)"-d", (char *)""};
    char *empty_theme[] = {(char *)"vctop", (char *)"--theme="};
    char *endless_uri[] = {(char *)"vctop", (char *)"-c", endless};
    char *endless_delay[] = {(char *)"vctop", (char *)"-d", endless};

    memset(endless, '1', 5000);
    endless[5000] = '\0';
    ck_assert_int_eq(options_parse(&o, 3, empty_uri, &err), ERR_USAGE);
    ck_assert_int_eq(options_parse(&o, 3, empty_path, &err), ERR_USAGE);
    ck_assert_int_eq(options_parse(&o, 3, empty_list, &err), ERR_USAGE);
    ck_assert_int_eq(options_parse(&o, 3, empty_delay, &err), ERR_USAGE);
    ck_assert_int_eq(options_parse(&o, 2, empty_theme, &err), ERR_USAGE);
    ck_assert_int_eq(options_parse(&o, 3, endless_uri, &err), ERR_USAGE);
    ck_assert_int_eq(options_parse(&o, 3, endless_delay, &err), ERR_USAGE);
}
END_TEST

START_TEST(help_names_every_option)
{
    static const char *const names[] = {
        "-c,", "-P,",      "--backend",   "-d,",     "--readonly", "--detach-key", "-s,", "-r,",
        "-F,", "-b,",      "-n,",         "-o,",     "--sim",      "--theme",      "-C,", "-U,",
        "-M,", "--config", "--no-config", "--debug", "-h,",        "-V,"};
    CLEANUP_FREE char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    options_help(out);
    fclose(out);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        ck_assert_msg(strstr(text, names[i]) != NULL, "%s", names[i]);
    ck_assert_ptr_null(strstr(text, "--role"));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        ck_assert_uint_le(strlen(line), 80);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config/options");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_test(tc, defaults);
    tcase_add_test(tc, everything_at_once);
    tcase_add_loop_test(tc, good_lines, 0, (int)ARRAY_SIZE(good));
    tcase_add_loop_test(tc, bad_lines, 0, (int)ARRAY_SIZE(bad));
    tcase_add_test(tc, empty_and_endless_values);
    tcase_add_test(tc, help_names_every_option);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
