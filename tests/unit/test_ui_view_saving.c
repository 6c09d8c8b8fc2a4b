#include "ui/view/saving.h"

#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "ui/view/errand.h"

#define LIMIT_MS 60000
#define LARGE ((size_t)32 << 20) /* takes longer than the next line of code */

static char path[64];

static void say_one(const char *task, size_t size, void *answer)
{
    (void)task, (void)size;
    *(int *)answer = 1;
}

static const struct apart_work one_work = {sizeof(int), say_one};
static void setup(void)
{
    static const struct apart_work *const works[] = {&saving_work, &one_work};

    ck_assert_int_eq(apart_open(works, 2, NULL), 0);
    snprintf(path, sizeof(path), "/tmp/vctop-saving-%ld", (long)getpid());
    unlink(path);
}

static void teardown(void)
{
    unlink(path);
    apart_close();
}

static const char *text_of(size_t len)
{
    static char *text;

    if (!text) {
        text = xmalloc(LARGE);
        memset(text, 'x', LARGE);
    }
    ck_assert_uint_le(len, LARGE);
    return text;
}

static void await(struct ui *ui)
{
    struct pollfd done = {.fd = errand_fd(ui), .events = POLLIN};

    ck_assert_int_eq(poll(&done, 1, LIMIT_MS), 1);
    ck_assert(errand_turn(ui));
}

/* What nobody waits for any more goes on by itself: only what is whole can be removed for good. */
static void await_file(off_t size)
{
    struct stat made = {0};

    for (int ms = 0; (stat(path, &made) < 0 || made.st_size < size) && ms < LIMIT_MS; ms += 10)
        poll(NULL, 0, 10);
    ck_assert_int_eq(made.st_size, size);
}

START_TEST(what_takes_long_is_told_and_then_done)
{
    struct ui ui = {.clock_ns = NS_PER_S};

    ck_assert_int_eq(errand_fd(&ui), -1);
    ck_assert_int_eq(errand_due(&ui), INT64_MAX);
    ck_assert(!errand_turn(&ui));
    saving_start(&ui, path, text_of(LARGE), LARGE, "many events");
    ck_assert_int_eq(errand_due(&ui), 3 * NS_PER_S);
    /* A second one does not go between. */
    saving_start(&ui, "/nowhere/x", text_of(1), 1, "others");
    ck_assert_ptr_nonnull(strstr(ui.message.text, "still writing /tmp/vctop-saving-"));
    ck_assert(!errand_hangs(&ui));
    ui.clock_ns = 4 * NS_PER_S;
    ck_assert(errand_turn(&ui));
    ck_assert(errand_hangs(&ui));
    ck_assert_ptr_nonnull(strstr(ui.message.text, "its file system does not answer"));
    ck_assert_int_eq(errand_due(&ui), INT64_MAX); /* told once */
    await(&ui);
    ck_assert_ptr_nonnull(strstr(ui.message.text, "many events written to /tmp/"));
    ck_assert_int_eq(errand_fd(&ui), -1);
}
END_TEST

START_TEST(one_that_hangs_keeps_nobody)
{
    struct ui ui = {.clock_ns = NS_PER_S};

    saving_start(&ui, path, text_of(LARGE), LARGE, "many events");
    ui.clock_ns = 4 * NS_PER_S;
    ck_assert(errand_turn(&ui));
    /* But the same is not begun twice. */
    saving_start(&ui, path, text_of(1), 1, "others");
    ck_assert_ptr_nonnull(strstr(ui.message.text, "still writing /tmp/vctop-saving-"));
    saving_start(&ui, "/nowhere/x", text_of(1), 1, "others");
    await(&ui);
    ck_assert_int_eq(ui.message.style, STYLE_BAD);
    ck_assert_ptr_nonnull(strstr(ui.message.text, "/nowhere/x: No such file or directory"));
    errand_end(&ui);
    await_file(LARGE);
}
END_TEST

START_TEST(home_is_where_the_tilde_is)
{
    struct ui ui = {.clock_ns = NS_PER_S};
    char short_path[80];

    setenv("HOME", "/tmp", 1);
    snprintf(short_path, sizeof(short_path), "~/%s", path + strlen("/tmp/"));
    saving_start(&ui, short_path, text_of(3), 3, "3 events");
    await(&ui);
    ck_assert_ptr_nonnull(strstr(ui.message.text, path));
    ck_assert_int_eq(access(path, F_OK), 0);
    /* What a file's name holds does not reach the terminal raw. */
    saving_start(&ui, "/nowhere/\x1b[2J", text_of(3), 3, "3 events");
    await(&ui);
    ck_assert_ptr_null(strchr(ui.message.text, '\x1b'));
    errand_end(&ui);
}
END_TEST

static int dones;

static void begin_again(struct ui *ui, void *task, const void *answer)
{
    static const struct errand_ops ops = {&one_work, begin_again};

    dones++;
    if (answer)
        ck_assert(errand_run(ui, "going on", &ops, "", 0, -1, task));
}

/* As another theme that was asked for while one was read. */
START_TEST(what_follows_an_errand_does_not_outlive_the_end)
{
    static const struct errand_ops ops = {&one_work, begin_again};
    struct ui ui = {.clock_ns = NS_PER_S};

    ck_assert(errand_run(&ui, "beginning", &ops, "", 0, -1, NULL));
    await(&ui);
    ck_assert_int_eq(dones, 1);
    errand_end(&ui);
    ck_assert_int_eq(dones, 3);
    ck_assert_int_eq(errand_fd(&ui), -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ui/view/saving");
    TCase *tc = tcase_create("all");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, what_takes_long_is_told_and_then_done);
    tcase_add_test(tc, one_that_hangs_keeps_nobody);
    tcase_add_test(tc, home_is_where_the_tilde_is);
    tcase_add_test(tc, what_follows_an_errand_does_not_outlive_the_end);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
