/* The roles of consoles and logs: what they hold is given back, however they end. */
#include "test_worker_kid.h"

static void open_console(struct kid *kid, enum console_kind kind, const char *key)
{
    struct frame frame = {.type = FRAME_OPEN,
                          .u.open = {.kind = kind, .key = (char *)key, .rows = 24, .columns = 80}};

    ck_assert_int_eq(channel_send(&kid->channel, &frame, NULL), 0);
}

/* What became of it: its state. */
static enum console_state console_state(struct kid *kid)
{
    struct frame frame;
    enum console_state state;

    expect(kid, FRAME_CONSOLE, &frame);
    state = frame.u.console.state;
    frame_clear(&frame);
    return state;
}

static void expect_log(const struct kid *kid, const char *text)
{
    int64_t deadline = clock_mono_ns() + PATIENCE_NS;
    char said[4096] = "";
    size_t len = 0;

    while (!strstr(said, text)) {
        ck_assert_msg(clock_mono_ns() < deadline, "no \"%s\" in \"%s\"", text, said);
        usleep(5000);
        ssize_t got = read(kid->log, said + len, sizeof(said) - 1 - len);
        len += got > 0 ? (size_t)got : 0;
        said[len] = '\0';
    }
}

START_TEST(a_console_is_given_back)
{
    struct kid kid = start(ROLE_CONSOLE, 1, "fake:");

    open_console(&kid, CONSOLE_SERIAL, "busy");
    ck_assert_int_eq(console_state(&kid), CONSOLE_BUSY);
    ck_assert_int_eq(WEXITSTATUS(exit_of(1)), 1);
    forget(&kid);

    kid = start(ROLE_CONSOLE, 2, "fake:");
    open_console(&kid, CONSOLE_SERIAL, "ok");
    ck_assert_int_eq(console_state(&kid), CONSOLE_OPEN);
    ck_assert_int_eq(channel_send(&kid.channel, &(struct frame){.type = FRAME_CLOSE}, NULL), 0);
    expect_log(&kid, "given back");
    ck_assert_int_eq(exit_of(2), 0);
    forget(&kid);

    /* The screen is gone, then all of it. */
    kid = start(ROLE_CONSOLE, 3, "fake:");
    open_console(&kid, CONSOLE_SERIAL, "ok");
    ck_assert_int_eq(console_state(&kid), CONSOLE_OPEN);
    channel_clear(&kid.channel);
    expect_log(&kid, "given back");
    ck_assert_int_eq(exit_of(3), 0);
    close(kid.log);

    struct kid hangs = start(ROLE_CONSOLE, 4, "fake:");
    open_console(&hangs, CONSOLE_SERIAL, "hang"); /* ends too: see teardown */
    kid = start(ROLE_CONSOLE, 5, "fake:");
    open_console(&kid, CONSOLE_SERIAL, "ok");
    ck_assert_int_eq(console_state(&kid), CONSOLE_OPEN);
    close(spawner);
    spawner = -1;
    expect_log(&kid, "given back");
    forget(&kid);
    forget(&hangs);
}
END_TEST

START_TEST(readonly_shows_logs_only)
{
    struct spawn_answer answer;
    struct kid kid;
    int fds[2];

    close(spawner);
    spawner = spawner_start(true, -1);
    ask_spawner(SPAWN_START, ROLE_CONSOLE, 1, "fake:");
    answer = hear_spawner(fds);
    ck_assert_uint_eq(answer.kind, SPAWN_REFUSED);
    ck_assert_int_eq(answer.errnum, EROFS);
    kid = start(ROLE_LOG, 2, "fake:");
    open_console(&kid, CONSOLE_SERIAL, "ok");
    ck_assert_int_eq(console_state(&kid), CONSOLE_ENDED);
    ck_assert_int_eq(WEXITSTATUS(exit_of(2)), 1);
    forget(&kid);
    kid = start(ROLE_LOG, 3, "fake:");
    open_console(&kid, CONSOLE_LOG, "ok");
    ck_assert_int_eq(console_state(&kid), CONSOLE_OPEN);
    forget(&kid);
}
END_TEST

int main(int argc, char **argv)
{
    int status;

    if (is_kid(argc, argv, &status))
        return status;
    TCase *tc = kid_tests();
    tcase_add_test(tc, a_console_is_given_back);
    tcase_add_test(tc, readonly_shows_logs_only);
    return run_kid_tests("worker console", tc);
}
