#include "backend/relay.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

static char dir[64], path[2][100];
static char *paths[3];

static void setup(void)
{
    snprintf(dir, sizeof(dir), "%s", "/tmp/vctop-relay.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    for (int i = 0; i < 2; i++) {
        snprintf(path[i], sizeof(path[i]), "%s/%d.log", dir, i);
        paths[i] = path[i];
    }
}

static void teardown(void)
{
    for (int i = 0; i < 2; i++)
        unlink(path[i]);
    rmdir(dir);
}

static void put(int which, const char *mode, const char *text)
{
    CLEANUP_FCLOSE FILE *file = fopen(path[which], mode);

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
}

/* All that comes until nothing more does; the caller frees. */
static char *read_all(struct relay *relay)
{
    char *text = calloc(1, 1 << 20);
    size_t len = 0;
    ssize_t got;

    while ((got = relay->ops->read(relay, text + len, 1000, NULL)) > 0)
        len += (size_t)got;
    ck_assert_int_eq(got, 0);
    return text;
}

static void expect(struct relay *relay, const char *text)
{
    int64_t until = clock_mono_ns() + 20 * NS_PER_S;
    CLEANUP_FREE char *all = NULL;

    do {
        struct pollfd fds[RELAY_POLL_MAX];
        int timeout_ms = -1;
        ck_assert_uint_eq(relay->ops->poll_fds(relay, true, false, fds, &timeout_ms), 0);
        ck_assert_int_ge(timeout_ms, 0); /* it wants to look again */
        ck_assert_int_le(timeout_ms, 1000);
        poll(NULL, 0, timeout_ms);
        free(all);
        all = read_all(relay);
        ck_assert_int_lt(clock_mono_ns(), until);
    } while (!*all);
    ck_assert_str_eq(all, text);
}

START_TEST(a_log_is_followed)
{
    struct relay *relay;
    struct error err;

    ck_assert_int_eq(relay_file_open(&relay, paths, NULL, "log", &err), ERR_GONE);
    ck_assert_str_eq(err.message, "there is no log");
    put(1, "w", "one\n");
    ck_assert_int_eq(relay_file_open(&relay, paths, NULL, "log", &err), 0);
    ck_assert_str_eq(relay->device, path[1]);
    ck_assert_ptr_null(relay->devices[1]);
    expect(relay, "one\n");
    put(1, "a", "two\n");
    expect(relay, "two\n");
    put(1, "w", "3\n"); /* cut short */
    expect(relay, "3\n");
    unlink(path[1]);
    put(1, "w", "a longer one than that\n"); /* rotated */
    expect(relay, "a longer one than that\n");
    relay_close(relay);

    put(0, "w", "first\n");
    ck_assert_int_eq(relay_file_open(&relay, paths, path[1], "log", &err), 0);
    ck_assert_str_eq(relay->device, path[1]);
    ck_assert_str_eq(relay->devices[0], path[0]);
    relay_close(relay);
    /* Only what is a log of this guest. */
    ck_assert_int_eq(relay_file_open(&relay, paths, "/etc/passwd", "log", &err), 0);
    ck_assert_str_eq(relay->device, path[0]);
    relay_close(relay);
}
END_TEST

START_TEST(only_its_end_is_shown)
{
    struct relay *relay;
    CLEANUP_FREE char *text = NULL;
    CLEANUP_FCLOSE FILE *file = fopen(path[0], "w");

    for (int i = 0; i < 50000; i++)
        fprintf(file, "line %07d\n", i);
    fflush(file);
    ck_assert_int_eq(relay_file_open(&relay, paths, NULL, "log", NULL), 0);
    text = read_all(relay);
    ck_assert_uint_le(strlen(text), 256 << 10);
    ck_assert_uint_gt(strlen(text), 255 << 10);
    ck_assert_int_eq(strncmp(text, "line ", 5), 0); /* whole lines */
    relay_close(relay);
}
END_TEST

START_TEST(what_is_no_plain_file_is_refused)
{
    struct relay *relay;
    struct error err;

    ck_assert_int_eq(symlink("/etc/passwd", path[0]), 0);
    ck_assert_int_eq(relay_file_open(&relay, paths, NULL, "log", &err), ERR_DENIED);
    unlink(path[0]);
    ck_assert_int_eq(mkfifo(path[0], 0600), 0);
    ck_assert_int_eq(relay_file_open(&relay, paths, NULL, "log", &err), ERR_DENIED);
    ck_assert_ptr_nonnull(strstr(err.message, "is no plain file"));
    /* Nor does one take the place of a log that is open. */
    unlink(path[0]);
    put(0, "w", "text\n");
    ck_assert_int_eq(relay_file_open(&relay, paths, NULL, "log", &err), 0);
    expect(relay, "text\n");
    unlink(path[0]);
    ck_assert_int_eq(mkfifo(path[0], 0600), 0);
    put(1, "w", "");
    poll(NULL, 0, 600);
    CLEANUP_FREE char *more = read_all(relay);
    ck_assert_str_eq(more, "");
    relay_close(relay);
}
END_TEST

static void close_tty(struct relay *relay)
{
    close(((struct relay_tty *)relay)->fd);
}

START_TEST(a_terminal)
{
    static const struct relay_ops ops = {.close = close_tty};
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), unlocked = 0;
    struct pollfd fds[RELAY_POLL_MAX];
    struct relay_tty tty;
    struct winsize size;
    struct error err;
    char buf[100];
    int timeout_ms = -1;

    ck_assert_int_eq(ioctl(fd, TIOCSPTLCK, &unlocked), 0);
    int peer = ioctl(fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    ck_assert_int_ge(peer, 0);
    relay_tty_init(&tty, &ops, fd);
    ck_assert_int_eq(relay_tty_read(&tty.relay, buf, sizeof(buf), &err), 0);
    relay_tty_resize(&tty.relay, 7, 11);
    ck_assert_int_eq(ioctl(peer, TIOCGWINSZ, &size), 0);
    ck_assert_int_eq(size.ws_row, 7);
    ck_assert_int_eq(size.ws_col, 11);
    ck_assert_int_eq(write(peer, "hello", 5), 5);
    ck_assert_uint_eq(relay_tty_poll_fds(&tty.relay, true, false, fds, &timeout_ms), 1);
    ck_assert_int_eq(poll(fds, 1, 5000), 1);
    ck_assert_int_eq(relay_tty_read(&tty.relay, buf, sizeof(buf), &err), 5);
    ck_assert_uint_eq(relay_tty_poll_fds(&tty.relay, false, false, fds, &timeout_ms), 0);
    /* One that does not read takes a few KB, and that does not block. */
    memset(buf, 'x', sizeof(buf));
    buf[sizeof(buf) - 1] = '\n';
    for (int i = 0; i < 10000 && relay_tty_write(&tty.relay, buf, sizeof(buf), &err) > 0; i++)
        ck_assert_int_lt(i, 9999);
    close(peer);
    while (relay_tty_read(&tty.relay, buf, sizeof(buf), &err) > 0)
        ; /* what was echoed */
    ck_assert_int_eq(relay_tty_read(&tty.relay, buf, sizeof(buf), &err), ERR_GONE);
    relay_close(&tty.relay);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("relay");
    TCase *tests = tcase_create("relay");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_log_is_followed);
    tcase_add_test(tests, only_its_end_is_shown);
    tcase_add_test(tests, what_is_no_plain_file_is_refused);
    tcase_add_test(tests, a_terminal);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
