#include "base/save_stream.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

#define TRIES 4000 /* of 5 ms: a busy machine's limit */

static char folder[64], path[96];

static void setup(void)
{
    static const struct apart_work *const works[] = {&save_stream_work};

    ck_assert_int_eq(apart_open(works, 1, NULL), 0);
    snprintf(folder, sizeof(folder), "/tmp/vctop-stream-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/said", folder);
}

static void teardown(void)
{
    apart_close();
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void wait_for(const char *text)
{
    char buf[64];

    for (int i = 0; i < TRIES; i++) {
        ssize_t len = io_read_file(AT_FDCWD, path, buf, sizeof(buf));
        if (len == (ssize_t)strlen(text) && strcmp(buf, text) == 0)
            return;
        poll(NULL, 0, 5);
    }
    ck_abort_msg("%s never held %s", path, text);
}

static void wait_for_end(struct save_stream *stream, struct error *err)
{
    for (int i = 0; i < TRIES; i++) {
        if (save_stream_ended(stream, err))
            return;
        poll(NULL, 0, 5);
    }
    ck_abort_msg("it never ended");
}

START_TEST(what_is_added_is_written_meanwhile_and_private)
{
    struct error err = {0};
    struct stat info;
    struct save_stream *stream = save_stream_start(path, &err);

    ck_assert_ptr_nonnull(stream);
    ck_assert(save_stream_add(stream, "one\n", 4));
    wait_for("one\n");
    ck_assert(!save_stream_ended(stream, &err));
    ck_assert(save_stream_add(stream, "two\n", 4));
    save_stream_free(stream);
    wait_for("one\ntwo\n");
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(info.st_mode & 07777, 0600);
}
END_TEST

START_TEST(what_exists_is_not_touched)
{
    struct error err = {0};
    FILE *file = fopen(path, "w");

    ck_assert(file && fputs("theirs", file) >= 0 && fclose(file) == 0);
    struct save_stream *stream = save_stream_start(path, &err);
    ck_assert_ptr_nonnull(stream);
    wait_for_end(stream, &err);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert(!save_stream_add(stream, "more", 4));
    save_stream_free(stream);
    wait_for("theirs");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/save_stream");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, what_is_added_is_written_meanwhile_and_private);
    tcase_add_test(tc, what_exists_is_not_touched);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
