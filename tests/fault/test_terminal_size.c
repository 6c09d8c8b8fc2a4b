/* Faults 42 and 43: sizes that nobody can draw in, and a storm of them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "fault/manners.h"
#include "screen/family.h"
#include "screen/steps.h"

#define SIM "guests=60,machines=20," RESTING
#define STORM 1000

START_TEST(row_42_sizes)
{
    static const int sizes[][2] = {{1, 1}, {0, 0}, {2, 500}, {500, 2}, {500, 1000}, {1, 1000}};
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        CLEANUP_FREE char *name = strdup(steps_cursor_name(screen));
        screen_resize(screen, sizes[i][0], sizes[i][1]);
        screen_pump(screen, 300);
        if (sizes[i][0] >= 2 && sizes[i][0] < 10 && sizes[i][1] >= 9)
            ck_assert(screen_wait(screen, "too small", PATIENCE_MS));
        if (sizes[i][0] == 500 && sizes[i][1] == 1000)
            ck_assert(screen_wait(screen, "Machines (20)", PATIENCE_MS));
        screen_send(screen, "j");
        screen_pump(screen, 100);
        screen_resize(screen, 24, 80);
        ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
        ck_assert_str_ne(steps_cursor_name(screen), name);
        screen_send(screen, "k");
        ck_assert(steps_cursor_is(screen, name, PATIENCE_MS));
    }
    manners_alive(screen);
    steps_quit(screen);
}
END_TEST

/* A serial line tells no size. */
START_TEST(row_42_size_unknown_from_the_start)
{
    char command[512];
    const char *argv[] = {"/bin/sh", "-c", command, NULL};

    snprintf(command, sizeof(command), "stty rows 0 cols 0; exec '%s' --sim=%s -d 0.2",
             screen_program(), SIM);
    struct screen *screen = screen_start_program(24, 80, argv, NULL);
    ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
    ck_assert(screen_wait(screen, "q Quit", PATIENCE_MS));
    screen_resize(screen, 30, 100);
    ck_assert(screen_wait(screen, "build-01", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* 1000 sizes, about one a millisecond, KEYS mixed in. */
static void storm(struct screen *screen, const char *keys)
{
    unsigned seed = 43;

    for (int i = 0; i < STORM; i++) {
        struct timespec rest = {.tv_nsec = 500000};
        seed = seed * 1103515245 + 12345;
        int rows = (int)(seed >> 16) % 100 + 1;
        seed = seed * 1103515245 + 12345;
        int columns = (int)(seed >> 16) % 250 + 2;
        screen_resize(screen, rows, columns);
        if (keys && i % 10 == 0)
            screen_send(screen, (const char[]){keys[(size_t)i / 10 % strlen(keys)], '\0'});
        if (i % 8 == 0)
            screen_pump(screen, 0);
        nanosleep(&rest, NULL);
    }
    screen_resize(screen, 24, 80);
}

/* The picture is what it would be if it were drawn anew. */
static void check_layout(struct screen *screen)
{
    screen_pump(screen, 1000);
    screen_send(screen, "Z");
    ck_assert(screen_wait(screen, "FROZEN", PATIENCE_MS));
    screen_pump(screen, 300);
    CLEANUP_FREE char *before = strdup(screen_text(screen));
    screen_send(screen, "\f");
    screen_pump(screen, 500);
    ck_assert_str_eq(screen_text(screen), before);
    screen_send(screen, "Z");
    ck_assert(screen_wait_gone(screen, "FROZEN", PATIENCE_MS));
}

START_TEST(row_43_storm)
{
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    storm(screen, NULL);
    ck_assert(screen_wait(screen, "build-01", PATIENCE_MS));
    check_layout(screen);
    storm(screen, "jkGgzz\tIMP ");
    screen_send(screen, "g");
    ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
    check_layout(screen);
    manners_alive(screen);
    steps_quit(screen);
}
END_TEST

START_TEST(row_43_storm_over_dialogs)
{
    static const struct {
        const char *keys, *shown, *leave;
    } dialogs[] = {
        {"m", "force off", "\033"},
        {"\033[17~", "Sort", "\033"},
        {"/web", "Filter: web", "\025\r"},
        {"?", "Moving", "q"},
    };
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    for (size_t i = 0; i < ARRAY_SIZE(dialogs); i++) {
        screen_send(screen, dialogs[i].keys);
        ck_assert(screen_wait(screen, dialogs[i].shown, PATIENCE_MS));
        storm(screen, NULL);
        ck_assert(screen_wait(screen, dialogs[i].shown, PATIENCE_MS));
        screen_send(screen, dialogs[i].leave);
        screen_pump(screen, 200);
    }
    screen_send(screen, "gm");
    ck_assert(screen_wait(screen, "force off", PATIENCE_MS));
    screen_send(screen, "f");
    ck_assert(screen_wait(screen, "Type backup", PATIENCE_MS));
    storm(screen, "x");
    ck_assert(screen_wait(screen, "Type backup", PATIENCE_MS));
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "Type backup", PATIENCE_MS));
    check_layout(screen);
    steps_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_42_sizes,
        row_42_size_unknown_from_the_start,
        row_43_storm,
        row_43_storm_over_dialogs,
    };

    return steps_main("sizes", tests, ARRAY_SIZE(tests));
}
