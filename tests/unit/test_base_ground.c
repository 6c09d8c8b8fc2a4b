/* Errors, files, allocation, clocks and the log. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/io.h"
#include "base/log.h"
#include "base/self.h"
#include "base/watched.h"

static char dir[] = "/tmp/vctop-ground-XXXXXX";

static void make_dir(void)
{
    strcpy(dir, "/tmp/vctop-ground-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void remove_dir(void)
{
    static const char *const names[] = {"file", "fifo", "link"};
    CLEANUP_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        unlinkat(fd, names[i], 0);
    rmdir(dir);
}

static void write_file(const char *text)
{
    CLEANUP_FREE char *path = xasprintf("%s/file", dir);
    CLEANUP_FCLOSE FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
}

START_TEST(error_is_one_line)
{
    struct error err;
    ck_assert_int_eq(error_set(&err, ERR_LOST, "wait", "lost %d\nlines\n", 2), ERR_LOST);
    ck_assert_int_eq(err.code, ERR_LOST);
    ck_assert_str_eq(err.message, "lost 2 lines");
    ck_assert_str_eq(err.remedy, "wait");
    char text[64];
    ck_assert_str_eq(error_text(&err, text, sizeof(text)), "lost 2 lines (wait)");

    /* Words before a cause. */
    error_set(&err, err.code, NULL, "no list: %s", err.message);
    ck_assert_str_eq(err.message, "no list: lost 2 lines");
    ck_assert_str_eq(error_text(&err, text, sizeof(text)), "no list: lost 2 lines");
    ck_assert_int_eq(error_set(NULL, ERR_IO, NULL, "x"), ERR_IO);
}
END_TEST

START_TEST(error_that_is_too_long_ends_with_a_whole_character)
{
    char euros[400];
    size_t len = 0;
    euros[len++] = 'a';
    while (len + 4 < sizeof(euros)) {
        memcpy(euros + len, "\xe2\x82\xac", 3);
        len += 3;
    }
    euros[len] = '\0';
    struct error err;
    error_set(&err, ERR_IO, euros, "%s", euros);
    ck_assert_uint_eq((strlen(err.message) - 1) % 3, 0);
    ck_assert_uint_gt(strlen(err.message), 300);
    ck_assert_uint_eq((strlen(err.remedy) - 1) % 3, 0);
    error_errno(&err, EACCES, "%s", euros);
    ck_assert_uint_eq((strlen(err.message) - 1) % 3, 0);
}
END_TEST

START_TEST(errno_has_its_code)
{
    struct error err;
    ck_assert_int_eq(error_errno(&err, EACCES, "open %s", "x"), ERR_DENIED);
    ck_assert_str_eq(err.message, "open x: Permission denied");
    ck_assert_int_eq(error_errno(&err, ENOENT, "x"), ERR_GONE);
    ck_assert_int_eq(error_errno(&err, -ECONNREFUSED, "x"), ERR_LOST);
    ck_assert_int_eq(error_errno(NULL, EIO, "x"), ERR_IO);
}
END_TEST

START_TEST(regular_files_are_read_whole)
{
    write_file("hello");
    CLEANUP_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY);
    char small[4], buf[64];
    ck_assert_int_eq(io_read_file(fd, "file", buf, sizeof(buf)), 5);
    ck_assert_str_eq(buf, "hello");
    ck_assert_int_eq(io_read_file(fd, "file", small, sizeof(small)), 3);
    ck_assert_str_eq(small, "hel");
    ck_assert_int_eq(io_read_file(fd, "nothing", buf, sizeof(buf)), -ENOENT);
    ck_assert_int_eq(io_read_file(fd, "file", buf, 0), -EINVAL);

    CLEANUP_FREE char *text = NULL;
    ck_assert_int_eq(io_read_regular(fd, "file", 5, &text), 5);
    ck_assert_str_eq(text, "hello");
    ck_assert_int_gt(io_read_file(AT_FDCWD, "/proc/self/stat", buf, sizeof(buf)), 10);
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
    write_file("hello");
    CLEANUP_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY);
    char *text = (char *)"untouched";
    ck_assert_int_eq(mkfifoat(fd, "fifo", 0600), 0);
    ck_assert_int_eq(symlinkat("fifo", fd, "link"), 0);
    ck_assert_int_eq(io_read_regular(fd, "file", 4, &text), -EFBIG);
    ck_assert_int_eq(io_read_regular(fd, "fifo", 100, &text), -EINVAL); /* and does not block */
    ck_assert_int_eq(io_read_regular(fd, "link", 100, &text), -EINVAL);
    ck_assert_int_eq(io_read_regular(fd, ".", 100, &text), -EISDIR);
    ck_assert_int_eq(io_read_regular(fd, "nothing", 100, &text), -ENOENT);
    ck_assert_int_eq(io_read_regular(AT_FDCWD, "/dev/zero", 100, &text), -EINVAL);
    ck_assert_str_eq(text, "untouched");
}
END_TEST

START_TEST(socket_pairs_do_not_block_or_leak)
{
    int pair[2];
    ck_assert_int_eq(io_socketpair(pair), 0);
    for (int i = 0; i < 2; i++) {
        ck_assert(fcntl(pair[i], F_GETFD) & FD_CLOEXEC);
        ck_assert(fcntl(pair[i], F_GETFL) & O_NONBLOCK);
    }
    ck_assert_int_eq(io_set_nonblock(pair[0], false), 0);
    ck_assert(!(fcntl(pair[0], F_GETFL) & O_NONBLOCK));
    close(pair[0]);
    close(pair[1]);
    ck_assert_int_eq(io_set_nonblock(-1, true), -EBADF);
}
END_TEST

START_TEST(replace_tells_of_change)
{
    char *slot = NULL;
    ck_assert_int_eq(xreplace(&slot, NULL), 0);
    ck_assert_int_eq(xreplace(&slot, "abc"), 1);
    ck_assert_int_eq(xreplace(&slot, "abc"), 0);
    ck_assert_int_eq(xreplace(&slot, slot + 1), 1);
    ck_assert_str_eq(slot, "bc");
    ck_assert_int_eq(xreplace(&slot, NULL), 1);
    ck_assert_ptr_null(slot);
    ck_assert_ptr_null(xstrdup(NULL));
    CLEANUP_FREE char *part = xstrndup("abc", 2);
    ck_assert_str_eq(part, "ab");
}
END_TEST

static void say_restored(void)
{
    ssize_t written = write(STDERR_FILENO, "restored ", 9);
    (void)written;
}

/* What cannot be had (an overflow is as good as no memory) ends the process in order. */
START_TEST(no_memory_restores_and_exits)
{
    int fds[2];
    ck_assert_int_eq(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(fds[1], STDERR_FILENO);
        alloc_on_failure(say_restored);
        free(xrealloc(NULL, SIZE_MAX / 2, 3));
        _exit(0);
    }
    close(fds[1]);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    char said[128] = "";
    ck_assert_int_gt(read(fds[0], said, sizeof(said) - 1), 0);
    close(fds[0]);
    ck_assert_str_eq(said, "restored vctop: out of memory\n");
}
END_TEST

static long resident_kib(void)
{
    long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    ck_assert_ptr_nonnull(statm);
    ck_assert_int_eq(fscanf(statm, "%*s %ld", &pages), 1);
    fclose(statm);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Below what is still in use the allocator keeps it. */
START_TEST(freed_memory_goes_back)
{
    void *blocks[1024];
    long full, minute = 60 * 1000000000L;

    for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
        memset(blocks[i] = xmalloc(16384), 1, 16384);
    CLEANUP_FREE char *stays = memset(xmalloc(16384), 0, 16384);
    for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
        free(blocks[i]);
    full = resident_kib();
    alloc_give_back(minute);
    alloc_give_back(2 * minute - 1);
    ck_assert_int_ge(resident_kib(), full);
    alloc_give_back(2 * minute);
#if WATCHED
    puts("NOT LOOKED AT below a sanitizer, which has an allocator of its own: memory given back");
#else
    ck_assert_int_lt(resident_kib(), full - 8192);
#endif
    ck_assert_str_eq(stays, "");
}
END_TEST

START_TEST(ticks_fall_together)
{
    ck_assert_int_eq(clock_next_tick(0, 1000), 1000);
    ck_assert_int_eq(clock_next_tick(999, 1000), 1000);
    ck_assert_int_eq(clock_next_tick(1000, 1000), 2000);
    ck_assert_int_eq(clock_next_tick(2500, 1000), 3000);
    int64_t before = clock_mono_ns();
    ck_assert_int_gt(before, 0);
    ck_assert_int_ge(clock_mono_ns(), before);
    ck_assert_int_gt(clock_wall_ns(), 1600000000 * NS_PER_S);
}
END_TEST

START_TEST(a_process_knows_its_own_cost)
{
    struct self before, after;
    char buf[16];

    self_measure(&before);
    ck_assert(before.has_calls && before.has_memory);
    ck_assert_uint_gt(before.memory, 100 * 1024);
    for (int i = 0; i < 1000; i++) /* no assertion in here: it writes */
        if (io_read_file(AT_FDCWD, "/proc/self/comm", buf, sizeof(buf)) < 0)
            abort();
    self_measure(&after);
    ck_assert_int_gt(after.cpu_ns, before.cpu_ns);
    ck_assert_uint_ge(after.reads - before.reads, 1000);
    ck_assert_uint_lt(after.writes - before.writes, 10);
}
END_TEST

START_TEST(log_lines_are_clean_and_short)
{
    int fds[2];
    ck_assert_int_eq(pipe(fds), 0);
    log_to(fds[1], "worker");
    errno = EXDEV;
    log_line("odd \x1b[2J name\n");
    ck_assert_int_eq(errno, EXDEV);
    char big[3000];
    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    log_line("%s", big);
    log_to(-1, NULL);
    log_line("nobody reads this");
    close(fds[1]);

    char got[4096];
    ssize_t len = read(fds[0], got, sizeof(got) - 1);
    ck_assert_int_gt(len, 0);
    got[len] = '\0';
    close(fds[0]);
    static const char first[] = "worker: odd \xef\xbf\xbd[2J name\n";
    ck_assert_int_eq(strncmp(got, first, strlen(first)), 0);
    const char *second = got + strlen(first);
    ck_assert_uint_le(strlen(second), 1024);
    ck_assert_uint_gt(strlen(second), 1000);
    ck_assert_ptr_eq(strchr(second, '\n'), second + strlen(second) - 1);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("ground");
    tcase_add_checked_fixture(tests, make_dir, remove_dir);
    tcase_add_test(tests, error_is_one_line);
    tcase_add_test(tests, error_that_is_too_long_ends_with_a_whole_character);
    tcase_add_test(tests, errno_has_its_code);
    tcase_add_test(tests, regular_files_are_read_whole);
    tcase_add_test(tests, what_is_no_file_is_refused);
    tcase_add_test(tests, socket_pairs_do_not_block_or_leak);
    tcase_add_test(tests, replace_tells_of_change);
    tcase_add_test(tests, no_memory_restores_and_exits);
    tcase_add_test(tests, freed_memory_goes_back);
    tcase_add_test(tests, ticks_fall_together);
    tcase_add_test(tests, a_process_knows_its_own_cost);
    tcase_add_test(tests, log_lines_are_clean_and_short);
    Suite *suite = suite_create("base_ground");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
