#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "engine/sources.h"

/* A little host under a folder of its own. */
static char root[] = "/tmp/vctop-sources-XXXXXX";
static char program[64];

static void make_program_dir(void)
{
    mkdir(program, 0755); /* places beside it are looked up through it */
}

static void put(const char *path, const char *text)
{
    CLEANUP_FREE char *whole = xasprintf("%s%s", root, path);
    FILE *file;

    for (char *slash = strchr(whole + strlen(root) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(whole, 0755);
        *slash = '/';
    }
    if (!text) {
        mkdir(whole, 0755);
        return;
    }
    file = fopen(whole, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    return ftw->level > 0 ? remove(path) : 0;
}

static void clean(void)
{
    nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct sources_env env(bool is_root)
{
    return (struct sources_env){.root = root,
                                .home = is_root ? "/root" : "/home/u",
                                .runtime_dir = is_root ? NULL : "/run/user/7",
                                .program_dir = program,
                                .is_root = is_root};
}

/* The ids with commas, '!' behind those that are explicit, or "error CODE". */
static char *plan(const char *line, const struct sources_env *e, char **simulated)
{
    char copy[256], *words[16] = {(char *)"vctop"}, *save = NULL;
    struct sources sources = {0};
    struct options options;
    struct error err;
    char *ret = xstrdup("");
    int count = 1, code;

    snprintf(copy, sizeof(copy), "%s", line);
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
        words[count++] = word;
    ck_assert_int_eq(options_parse(&options, count, words, NULL), 0);
    code = sources_plan(&sources, &options, e, &err);
    if (code) {
        free(ret);
        ret = xasprintf("error %d", code);
        ck_assert_str_ne(err.remedy, "");
    }
    for (size_t i = 0; i < sources.count; i++) {
        char *longer = xasprintf("%s%s%s%s%s%s", ret, i ? "," : "", sources.source[i].id,
                                 sources.source[i].spec ? "=" : "",
                                 sources.source[i].spec ? sources.source[i].spec : "",
                                 sources.source[i].explicit_ ? "!" : "");
        free(ret);
        ret = longer;
    }
    if (simulated)
        *simulated = move_ptr(&sources.simulated);
    sources_clear(&sources);
    options_clear(&options);
    return ret;
}

static void expect(const char *line, const struct sources_env *e, const char *wanted)
{
    CLEANUP_FREE char *got = plan(line, e, NULL);

    ck_assert_msg(strcmp(got, wanted) == 0, "'%s': %s, not %s", line, got, wanted);
}

static void both(void)
{
    put("/bin/backend-libvirt.so", "");
    put("/bin/backend-lxc.so", "");
    put("/run/libvirt/libvirt-sock", "");
    put("/var/lib/lxc", NULL);
}

START_TEST(defaults_of_root)
{
    struct sources_env e = env(true);

    both();
    expect("", &e, "host,libvirt:qemu:///system,lxc:/var/lib/lxc,proc");
    put("/etc/lxc/lxc.conf", "# here\nlxc.lxcpath_other = /no\n lxc.lxcpath =  /srv/guests/ \n");
    expect("", &e, "host,libvirt:qemu:///system,lxc:/srv/guests,proc");
    e.libvirt_uri = "qemu+ssh://far/system";
    expect("-b", &e, "host,libvirt:qemu+ssh://far/system,lxc:/srv/guests,proc");
}
END_TEST

START_TEST(defaults_of_a_user)
{
    struct sources_env e = env(false);

    both();
    put("/etc/lxc/lxc.conf", "lxc.lxcpath = /srv/guests\n"); /* root's */
    expect("", &e, "host,libvirt:qemu:///system,lxc:/home/u/.local/share/lxc,proc");
    put("/run/user/7/libvirt/libvirt-sock", "");
    put("/home/u/.config/lxc/lxc.conf", "lxc.lxcpath=/srv/guests");
    expect("", &e, "host,libvirt:qemu:///system,libvirt:qemu:///session,lxc:/srv/guests,proc");
    e.home = NULL;
    expect("", &e, "host,libvirt:qemu:///system,libvirt:qemu:///session,proc");
}
END_TEST

START_TEST(what_is_named_is_explicit)
{
    struct sources_env e = env(true);

    both();
    expect("-c test:///default -c qemu:///system", &e,
           "host,libvirt:test:///default!,libvirt:qemu:///system!,lxc:/var/lib/lxc,proc");
    expect("-P /a -P /a/ -P /b//", &e, "host,libvirt:qemu:///system,lxc:/a!,lxc:/b!,proc");
    expect("--backend lxc", &e, "lxc:/var/lib/lxc!");
    expect("--backend host", &e, "host!");
    expect("-b --backend proc", &e, "proc!");
    expect("--backend proc,host", &e, "host!,proc!");
    expect("--backend libvirt,host -c test:///x", &e, "host!,libvirt:test:///x!");
    expect("--sim", &e, "sim!");
    expect("--sim=3,4", &e, "sim=sim:3,4!");
    expect("--backend sim", &e, "sim!");
}
END_TEST

START_TEST(what_is_named_is_opened_though_it_is_not_here)
{
    struct sources_env e = env(true);

    expect("-b --backend libvirt", &e, "libvirt:qemu:///system!");
    expect("-b --backend lxc", &e, "lxc:/var/lib/lxc!");
    expect("-b -c test:///default", &e, "host,libvirt:test:///default!,proc");
    expect("-b --backend host", &e, "host!");
    e.is_root = false;
    e.home = NULL;
    expect("-b --backend lxc", &e, "error -3");
}
END_TEST

START_TEST(a_relative_path_becomes_absolute)
{
    struct sources_env e = env(true);
    char here[PATH_MAX];
    CLEANUP_FREE char *wanted = NULL;

    ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
    wanted = xasprintf("lxc:%s/x!", here);
    expect("--backend lxc -P x/", &e, wanted);
}
END_TEST

START_TEST(an_empty_host_is_simulated_but_not_in_batch)
{
    struct sources_env e = env(true);
    CLEANUP_FREE char *why = NULL;
    CLEANUP_FREE char *got = plan("", &e, &why);

    ck_assert_str_eq(got, "sim");
    ck_assert_str_eq(why, "vctop was built without libvirt, and without LXC");
    expect("-b", &e, "error -6");

    /* A QEMU is something, whoever started it. */
    put("/proc/7/comm", "kvm-nx-lpage-re\n");
    put("/proc/8/comm", "sh\n");
    put("/proc/x/comm", "kvm\n");
    expect("-b", &e, "error -6");
    put("/proc/9/comm", "kvm\n");
    expect("-b", &e, "host,proc");
    put("/proc/9/comm", "qemu-system-x86\n");
    expect("", &e, "host,proc");
    put("/proc/9/comm", "cat\n");

    /* Modules without anything behind them. */
    put("/bin/backend-libvirt.so", "");
    put("/lib/vctop/backend-lxc.so", "");
    free(move_ptr(&got));
    free(move_ptr(&why));
    got = plan("", &e, &why);
    ck_assert_str_eq(got, "sim");
    ck_assert_str_eq(why,
                     "no libvirt daemon runs here, and there is no directory of LXC containers");

    /* One of the two is enough, and its module may lie where it was installed. */
    put("/var/lib/lxc", NULL);
    free(move_ptr(&got));
    free(move_ptr(&why));
    got = plan("", &e, &why);
    ck_assert_str_eq(got, "host,libvirt:qemu:///system,lxc:/var/lib/lxc,proc");
    ck_assert_ptr_null(why);
}
END_TEST

START_TEST(a_library_that_was_not_built_in_is_no_source)
{
    struct sources_env e = env(true);

    put("/lib/x86_64-linux-gnu/vctop/backend-libvirt.so", "");
    put("/run/libvirt/virtqemud-sock", "");
    put("/var/lib/lxc", NULL);
    expect("-b", &e, "host,libvirt:qemu:///system,proc");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("engine/sources");
    TCase *tc = tcase_create("all");
    SRunner *runner;
    int failed;

    if (!mkdtemp(root))
        return 1;
    snprintf(program, sizeof(program), "%s/bin", root);
    tcase_add_checked_fixture(tc, make_program_dir, clean);
    tcase_add_test(tc, defaults_of_root);
    tcase_add_test(tc, defaults_of_a_user);
    tcase_add_test(tc, what_is_named_is_explicit);
    tcase_add_test(tc, what_is_named_is_opened_though_it_is_not_here);
    tcase_add_test(tc, a_relative_path_becomes_absolute);
    tcase_add_test(tc, an_empty_host_is_simulated_but_not_in_batch);
    tcase_add_test(tc, a_library_that_was_not_built_in_is_no_source);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    rmdir(root);
    return failed ? 1 : 0;
}
