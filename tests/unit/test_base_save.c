#include "base/save.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"

static char folder[64];
static mode_t mask;

static void setup(void)
{
    snprintf(folder, sizeof(folder), "/tmp/vctop-save-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    mask = umask(0);
}

static void teardown(void)
{
    umask(mask);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(folder),
                     0); /* each test takes away what it made: nothing else is left */
}

static int write_to(const char *path, const char *text, struct error *err)
{
    int rc = save_new_file(path, text, strlen(text), err);

    ck_assert_int_eq(rc, rc ? err->code : 0);
    return rc;
}

static void check_holds(const char *path, const char *text)
{
    char buf[256];

    ck_assert_int_eq(io_read_file(AT_FDCWD, path, buf, sizeof(buf)), (long)strlen(text));
    ck_assert_str_eq(buf, text);
}

START_TEST(a_new_file_is_written_whole_and_private)
{
    struct error err = {0};
    struct stat info;
    char full[128], expected[128];

    ck_assert_int_eq(write_to("new.txt", "one\ntwo\n", &err), 0);
    save_full_path(full, sizeof(full), "new.txt");
    snprintf(expected, sizeof(expected), "%s/new.txt", folder);
    ck_assert_str_eq(full, expected);
    check_holds("new.txt", "one\ntwo\n");
    ck_assert_int_eq(stat("new.txt", &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0600);
    unlink("new.txt");
    /* Nothing is something, too. */
    ck_assert_int_eq(write_to(full, "", &err), 0);
    check_holds(full, "");
    unlink(full);
}
END_TEST

START_TEST(what_exists_is_not_touched)
{
    struct error err = {0};

    ck_assert_int_eq(write_to("old.txt", "old", &err), 0);
    ck_assert_int_eq(write_to("old.txt", "new", &err), ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "old.txt exists already"));
    check_holds("old.txt", "old");

    /* Through no link, whether it leads somewhere or not. */
    ck_assert_int_eq(symlink("old.txt", "link"), 0);
    ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
    ck_assert_int_eq(write_to("link", "new", &err), ERR_USAGE);
    ck_assert_int_eq(write_to("dangling", "new", &err), ERR_USAGE);
    ck_assert_int_eq(access("nowhere", F_OK), -1);
    check_holds("old.txt", "old");

    /* A FIFO without a reader would block. */
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    ck_assert_int_eq(write_to("fifo", "new", &err), ERR_USAGE);
    ck_assert_int_eq(mkdir("dir", 0700), 0);
    ck_assert_int_eq(write_to("dir", "new", &err), ERR_USAGE);
    ck_assert_int_eq(write_to("/dev/null", "new", &err), ERR_USAGE);
    unlink("old.txt"), unlink("link"), unlink("dangling"), unlink("fifo"), rmdir("dir");
}
END_TEST

START_TEST(what_cannot_be_made_says_why)
{
    char path[5000];
    struct error err = {0};

    ck_assert_int_ne(write_to("nowhere/file", "x", &err), 0);
    ck_assert_ptr_nonnull(strstr(err.message, "nowhere/file: No such file or directory"));
    ck_assert_int_ne(write_to("nowhere/", "x", &err), 0);
    ck_assert_int_ne(write_to("", "x", &err), 0);
    ck_assert_int_ne(write_to("/proc/file", "x", &err), 0);
    memset(path, 'x', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    ck_assert_int_ne(write_to(path, "x", &err), 0);
    path[1000] = '\0';
    ck_assert_int_ne(write_to(path, "x", &err), 0);
    ck_assert_ptr_nonnull(strstr(err.message, "File name too long"));
}
END_TEST

/* Check gives each test a process of its own: what is bound stays there. */
START_TEST(once_bound_only_below_its_places)
{
    struct error err = {0};
    char home[80], path[128];

    ck_assert_int_eq(mkdir("home", 0700) | mkdir("home/.ssh", 0700) | mkdir("here", 0700), 0);
    ck_assert_int_eq(symlink("/etc", "here/out") | symlink("../home/.ssh", "here/in"), 0);
    snprintf(home, sizeof(home), "%s/home", folder);
    ck_assert_int_eq(chdir("here"), 0);
    save_bound(home, "relative is nowhere");

    ck_assert_int_eq(write_to("new", "x", &err), 0);
    snprintf(path, sizeof(path), "%s/home/new", folder);
    ck_assert_int_eq(write_to(path, "x", &err), 0);
    ck_assert_int_eq(unlink("new") | unlink(path), 0);

    static const char *const refused[] = {"/vctop-save-test",
                                          "/etc/vctop-save-test",
                                          "out/x",
                                          "../../../etc/vctop-save-test",
                                          ".hidden",
                                          "in/x",
                                          "../home/.ssh/rc",
                                          "../home/.profile"};
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        ck_assert_int_eq(write_to(refused[i], "x", &err), ERR_USAGE);
        ck_assert_ptr_nonnull(strstr(err.message, "is not made: choose a name below one of "));
        ck_assert_ptr_nonnull(strstr(err.message, home));
        ck_assert_int_eq(access(refused[i], F_OK), -1);
    }
    ck_assert_int_eq(write_to("nowhere/file", "x", &err), ERR_GONE);
    ck_assert_ptr_nonnull(strstr(err.message, "nowhere/file: No such file or directory"));

    ck_assert_int_eq(unlink("out") | unlink("in") | chdir(".."), 0);
    ck_assert_int_eq(rmdir("home/.ssh") | rmdir("home") | rmdir("here"), 0);
}
END_TEST

START_TEST(no_permission)
{
    struct error err = {0};

    /* Root may everything: somebody else has to try. */
    if (geteuid() == 0 && seteuid(65534) != 0)
        return;
    ck_assert_int_eq(write_to("file", "x", &err), ERR_DENIED);
    ck_assert_ptr_nonnull(strstr(err.message, "Permission denied"));
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

START_TEST(of_a_full_disk_nothing_is_left)
{
    size_t len = (size_t)1 << 20;
    struct error err = {0};
    char *text = xmalloc(len + 1);

    memset(text, 'x', len);
    text[len] = '\0';
    ck_assert_int_eq(mkdir("small", 0700), 0);
    if (mount("tmpfs", "small", "tmpfs", 0, "size=64k") == 0) {
        ck_assert_int_eq(write_to("small/file", text, &err), ERR_IO);
        ck_assert_ptr_nonnull(strstr(err.message, "No space left on device"));
        ck_assert_int_eq(access("small/file", F_OK), -1);
        ck_assert_int_eq(umount("small"), 0);
    } else {
        fprintf(stderr, "skipped: no small file system can be mounted here\n");
    }
    rmdir("small");
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/save");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_new_file_is_written_whole_and_private);
    tcase_add_test(tc, what_exists_is_not_touched);
    tcase_add_test(tc, what_cannot_be_made_says_why);
    tcase_add_test(tc, once_bound_only_below_its_places);
    tcase_add_test(tc, no_permission);
    tcase_add_test(tc, of_a_full_disk_nothing_is_left);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
