/* Terminals of all sizes, and sizes that change all the time. */
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

static void storm(struct screen *screen, const char *keys)
{
    unsigned seed = 20;

    for (int i = 0; i < 200; i++) {
        seed = seed * 1103515245 + 12345;
        int rows = (int)(seed >> 16) % 100 + 1;
        seed = seed * 1103515245 + 12345;
        int columns = (int)(seed >> 16) % 250 + 1;
        /* libvterm does not survive a single column with a wide character in it. */
        screen_resize(screen, rows, columns < 2 ? 2 : columns);
        if (keys)
            screen_send(screen, (const char[]){keys[i % (int)strlen(keys)], '\0'});
        screen_pump(screen, i % 3 ? 1 : 12);
    }
    screen_resize(screen, 24, 80);
}

START_TEST(storms)
{
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    storm(screen, NULL);
    ck_assert(screen_wait(screen, "build-01", PATIENCE_MS));
    storm(screen, "jkGg zzZZ\tIMP");
    screen_send(screen, "g");
    ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
    ck_assert(screen_wait(screen, "backup", PATIENCE_MS));
    ck_assert_ptr_null(strstr(screen_text(screen), "too small"));
    /* Nothing is left over of other sizes: a picture drawn anew is the same, once the storm's
     * backlog of samples is in. */
    screen_pump(screen, 1500);
    screen_send(screen, "Z");
    ck_assert(screen_wait(screen, "FROZEN", PATIENCE_MS));
    screen_pump(screen, 300);
    CLEANUP_FREE char *before = strdup(screen_text(screen));
    screen_send(screen, "\f");
    screen_pump(screen, 500);
    ck_assert_str_eq(screen_text(screen), before);
    screen_send(screen, "Z");
    steps_quit(screen);
}
END_TEST

START_TEST(storm_over_dialogs)
{
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    screen_send(screen, "m");
    ck_assert(screen_wait(screen, "force off", PATIENCE_MS));
    storm(screen, NULL);
    ck_assert(screen_wait(screen, "force off", PATIENCE_MS));
    screen_send(screen, "f");
    ck_assert(screen_wait(screen, "Type backup", PATIENCE_MS));
    storm(screen, NULL);
    ck_assert(screen_wait(screen, "Type backup", PATIENCE_MS));
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "Type backup", PATIENCE_MS));
    screen_send(screen, "/web");
    ck_assert(screen_wait(screen, "Filter: web", PATIENCE_MS));
    storm(screen, NULL);
    ck_assert(screen_wait(screen, "Filter: web", PATIENCE_MS));
    screen_send(screen, "\r?");
    ck_assert(screen_wait(screen, "Moving", PATIENCE_MS));
    storm(screen, NULL);
    ck_assert(screen_wait(screen, "Moving", PATIENCE_MS));
    screen_send(screen, "q");
    steps_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        too_small_and_back, starts_too_small, huge, storms, storm_over_dialogs,
    };

    return steps_main("sizes", tests, ARRAY_SIZE(tests));
}
