#include "worker/journal.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"

static char path[64];
static int log_fd;

static void setup(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(path, sizeof(path), "/tmp/vctop-journal-%ld", (long)getpid());
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    log_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    ck_assert_int_eq(bind(log_fd, (const struct sockaddr *)&address, sizeof(address)), 0);
}

static void teardown(void)
{
    close(log_fd);
    unlink(path);
}

static const char *next_line(void)
{
    static char line[8192];
    ssize_t len = recv(log_fd, line, sizeof(line) - 1, 0);

    line[len < 0 ? 0 : len] = '\0';
    return line;
}

START_TEST(it_says_who_what_which_and_the_result)
{
    char me[32];

    journal("nothing before a guest is known");
    journal_about(path, "libvirt:qemu:///system", "1234-5678", "web");
    journal("%s failed: %s", "force off", "no such domain");
    const char *line = next_line();
    ck_assert_ptr_eq(strstr(line, "<85>"), line);
    snprintf(me, sizeof(me), " vctop[%ld]: ", (long)getpid());
    ck_assert_ptr_nonnull(strstr(line, me));
    ck_assert_ptr_nonnull(strstr(line,
                                 "web (1234-5678) of libvirt:qemu:///system: force off failed: "
                                 "no such domain: uid "));
    ck_assert_str_eq(next_line(), "");
}
END_TEST

START_TEST(a_hostile_name_is_one_tame_line)
{
    journal_about(path, "lxc:/var/lib/lxc", "a\nb\x1b[2J%s%n", NULL);
    journal("start is done");
    const char *line = next_line();
    ck_assert_ptr_null(strpbrk(line, "\n\x1b"));
    ck_assert_ptr_nonnull(strstr(line, "%s%n of lxc:/var/lib/lxc: start is done"));
}
END_TEST

/* A log that does not listen keeps nobody waiting. */
START_TEST(a_full_or_absent_log_is_passed_over)
{
    journal_about("/nowhere/log", "sim", "a", NULL);
    journal("start is done");
    journal_about(path, "sim", "a", NULL);
    for (int i = 0; i < 10000; i++)
        journal("start is done");
    ck_assert_ptr_nonnull(strstr(next_line(), "a of sim: start is done"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("worker/journal");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, it_says_who_what_which_and_the_result);
    tcase_add_test(tc, a_hostile_name_is_one_tame_line);
    tcase_add_test(tc, a_full_or_absent_log_is_passed_over);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
