/* Terminals of all sizes; storms of them are in tests/fault/test_terminal_size.c. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "screen/steps.h"

#define SIM "guests=60,machines=20," RESTING

START_TEST(too_small_and_back)
{
    static const int small[][2] = {{5, 20}, {1, 1}, {2, 80}, {24, 39}, {9, 80}, {1, 200}};
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    screen_send(screen, "jjj");
    screen_pump(screen, 300);
    CLEANUP_FREE char *name = strdup(steps_cursor_name(screen));
    for (size_t i = 0; i < ARRAY_SIZE(small); i++) {
        screen_resize(screen, small[i][0], small[i][1]);
        if (small[i][1] >= 9)
            ck_assert(screen_wait(screen, "too small", PATIENCE_MS));
        screen_pump(screen, 300);
        screen_resize(screen, 24, 80);
        ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
        ck_assert(steps_cursor_is(screen, name, PATIENCE_MS));
        ck_assert_ptr_null(strstr(screen_text(screen), "too small"));
    }
    steps_quit(screen);
}
END_TEST

START_TEST(nothing_is_decided_unseen)
{
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    screen_resize(screen, 5, 20);
    ck_assert(screen_wait(screen, "too small", PATIENCE_MS));
    screen_send(screen, "m");
    screen_pump(screen, 300);
    screen_resize(screen, 24, 80);
    ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
    ck_assert_ptr_null(strstr(screen_text(screen), "s start"));
    steps_shows(screen, "m", "s start");
    screen_resize(screen, 5, 20);
    ck_assert(screen_wait(screen, "too small", PATIENCE_MS));
    screen_send(screen, "\033[21~"); /* F10 quits from anywhere */
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    screen_free(screen);
}
END_TEST

START_TEST(starts_too_small)
{
    static const char *const args[] = {"--sim=" SIM, "-d", "0.2", NULL};
    struct screen *screen = screen_start(5, 20, args, NULL);

    ck_assert(screen_wait(screen, "too small", PATIENCE_MS));
    screen_resize(screen, 24, 80);
    ck_assert(screen_wait(screen, "build-01", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(huge)
{
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    screen_resize(screen, 500, 1000);
    ck_assert(screen_wait(screen, "Machines (20)", PATIENCE_MS));
    ck_assert(screen_wait(screen, "Containers (40)", PATIENCE_MS));
    ck_assert(screen_wait(screen, "wiki-2", PATIENCE_MS));
    screen_resize(screen, 24, 80);
    ck_assert(screen_wait_gone(screen, "Machines (20)", PATIENCE_MS));
    ck_assert(screen_wait(screen, "build-01", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        too_small_and_back,
        nothing_is_decided_unseen,
        starts_too_small,
        huge,
    };

    return steps_main("sizes", tests, ARRAY_SIZE(tests));
}
