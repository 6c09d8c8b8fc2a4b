/* Graphs on the whole screen: what the cursor reads, zoom, several guests on one axis, events. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "screen/steps.h"

#define SIM "guests=20,machines=6,calm," RESTING
#define LEFT "\033OD"
#define RIGHT "\033OC"
#define HOME "\033OH"
#define END "\033OF"
#define TITLE_ROW 2
#define CPU_ROW 3
#define MARK_ROW 19
#define MOMENT_ROW 21
#define AXIS 7

static struct screen *start(const char *more, const char *option)
{
    const char *const options[] = {option, NULL};
    char sim[200];

    snprintf(sim, sizeof(sim), "%s%s", SIM, more);
    return steps_start(24, 80, sim, option ? options : NULL);
}

static struct screen *start_on(const char *name, const char *more)
{
    struct screen *screen = start(more, NULL);
    char title[80];

    steps_select(screen, name);
    screen_send(screen, "H");
    snprintf(title, sizeof(title), "Graphs  %s", name);
    ck_assert(screen_wait(screen, title, PATIENCE_MS));
    return screen;
}

static bool row_says(struct screen *screen, int row, const char *text)
{
    long long end = screen_now_ms() + PATIENCE_MS;

    while (!strstr(screen_row(screen, row), text) && screen_now_ms() < end)
        screen_pump(screen, 20);
    if (strstr(screen_row(screen, row), text))
        return true;
    fprintf(stderr, "row %d does not say '%s':\n%s", row, text, screen_text(screen));
    return false;
}

static void quit(struct screen *screen)
{
    steps_shows(screen, "q", "q Quit");
    steps_quit(screen);
}

/* The column that is highlighted in ROW, -1 without one. */
static int cursor_column(struct screen *screen, int row)
{
    for (int column = AXIS; column < 80; column++) {
        struct screen_look look;

        screen_look(screen, row, column, &look);
        if (look.background >= 0 || look.reverse)
            return column;
    }
    return -1;
}

/* The same, once it stands left of LIMIT. */
static int cursor_before(struct screen *screen, int row, int limit)
{
    long long end = screen_now_ms() + PATIENCE_MS;

    while (cursor_column(screen, row) >= limit && screen_now_ms() < end)
        screen_pump(screen, 20);
    return cursor_column(screen, row);
}

START_TEST(the_cursor_reads_figures_at_a_time)
{
    struct screen *screen = start_on("build-01", "");

    /* Nearer, so that what is known is more than a column. */
    screen_send(screen, "+++");
    ck_assert(row_says(screen, TITLE_ROW, " 1m"));
    ck_assert(row_says(screen, MOMENT_ROW, " now "));
    ck_assert(row_says(screen, CPU_ROW, ">CPU %  "));
    CLEANUP_FREE char *now = strdup(screen_row(screen, CPU_ROW));
    ck_assert_int_eq(cursor_column(screen, CPU_ROW + 2), -1);
    screen_pump(screen, 3000);
    screen_send(screen, LEFT);
    ck_assert(row_says(screen, MOMENT_ROW, " ago"));
    ck_assert_int_ge(cursor_column(screen, CPU_ROW + 2), 77);
    ck_assert_str_eq(screen_row(screen, CPU_ROW), now); /* its figures rest */
    screen_send(screen, HOME);
    int first = cursor_before(screen, CPU_ROW + 2, 77);
    ck_assert_int_lt(first, 77);
    ck_assert_int_ge(screen_cell(screen, CPU_ROW + 3, first + 1), 0x2800); /* known from there on */
    ck_assert_int_eq(screen_cell(screen, CPU_ROW + 3, first - 1), 0);
    screen_send(screen, LEFT LEFT LEFT);
    screen_pump(screen, 300);
    ck_assert_int_ge(cursor_column(screen, CPU_ROW + 2), first - 3); /* not before it */
    screen_send(screen, END);
    ck_assert(row_says(screen, MOMENT_ROW, " now "));
    screen_send(screen, "\033[<0;60;7M\033[<0;60;7m"); /* a click on the first graph */
    ck_assert(row_says(screen, MOMENT_ROW, " ago"));
    ck_assert_int_ge(cursor_column(screen, CPU_ROW + 2), 57);
    ck_assert_int_le(cursor_column(screen, CPU_ROW + 2), 59);
    ck_assert(row_says(screen, CPU_ROW, "CPU %  -")); /* nobody looked then */
    quit(screen);
}
END_TEST

START_TEST(zoom_and_metrics)
{
    struct screen *screen = start_on("build-01", "");

    ck_assert(row_says(screen, TITLE_ROW, " 10m"));
    screen_send(screen, "---");
    ck_assert(row_says(screen, TITLE_ROW, " 1h"));
    ck_assert(row_says(screen, MOMENT_ROW - 1, "-45m"));
    ck_assert(row_says(screen, MOMENT_ROW - 1, "-1h "));
    steps_shows(screen, "-", "from a minute to an hour");
    screen_send(screen, "++++++");
    ck_assert(row_says(screen, TITLE_ROW, " 1m"));
    screen_send(screen, "\033[<65;20;8M"); /* the wheel */
    ck_assert(row_says(screen, TITLE_ROW, " 2m"));
    steps_shows(screen, "j", ">Memory");
    screen_send(screen, "z");
    ck_assert(row_says(screen, CPU_ROW, ">Memory"));
    ck_assert_int_eq(screen_find(screen, "Disk bytes"), -1);
    screen_send(screen, "j");
    ck_assert(row_says(screen, CPU_ROW, ">Disk bytes/s  read "));
    screen_send(screen, "\033"); /* one step back, then the next */
    ck_assert(row_says(screen, CPU_ROW, " CPU %"));
    steps_shows(screen, "\033", "q Quit");
    steps_shows(screen, ":graphs\r", "Graphs  build-01");
    steps_shows(screen, "?", "Moving");
    steps_shows(screen, "q", "Graphs  build-01");
    quit(screen);
}
END_TEST

/* SIGN stands in the graph of CPU use. */
static bool has_sign(struct screen *screen, uint32_t sign)
{
    for (int row = CPU_ROW + 1; row <= CPU_ROW + 3; row++)
        if (screen_column(screen, row, AXIS, sign) >= 0)
            return true;
    return false;
}

static void two_guests(const char *option, bool coloured)
{
    struct screen *screen = start("", option);

    screen_send(screen, "z/build-01\r");
    ck_assert(steps_cursor_is(screen, "build-01", PATIENCE_MS));
    steps_shows(screen, " \033", "1 marked");
    steps_select(screen, "mail");
    screen_send(screen, "H");
    ck_assert(row_says(screen, TITLE_ROW, "Graphs  o mail  x build-01"));
    ck_assert(row_says(screen, CPU_ROW, ">CPU %  o "));
    ck_assert_ptr_nonnull(strstr(screen_row(screen, CPU_ROW), "  x "));
    ck_assert_int_eq(screen_coloured(screen), coloured);
    screen_send(screen, "+++");
    ck_assert(row_says(screen, TITLE_ROW, " 1m"));
    long long end = screen_now_ms() + PATIENCE_MS;
    while (!(has_sign(screen, 'o') && has_sign(screen, 'x')) && screen_now_ms() < end)
        screen_pump(screen, 100);
    ck_assert_msg(has_sign(screen, 'o') && has_sign(screen, 'x'), "%s", screen_text(screen));
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    quit(screen);
}

START_TEST(two_guests_share_an_axis)
{
    two_guests(NULL, true);
}
END_TEST

START_TEST(two_guests_are_told_apart_without_colour)
{
    two_guests("-C", false);
}
END_TEST

START_TEST(two_guests_are_told_apart_in_ascii)
{
    two_guests("-U", true);
}
END_TEST

START_TEST(events_are_marks)
{
    struct screen *screen = start_on("db01", ",hang=db01@2");

    screen_send(screen, "+++");
    ck_assert(row_says(screen, MARK_ROW, "!"));
    screen_pump(screen, 1500);
    screen_send(screen, "n");
    ck_assert(row_says(screen, MOMENT_ROW, "! db01: QEMU stopped"));
    screen_send(screen, "qHnn+"); /* faster than it can be drawn */
    ck_assert(row_says(screen, MOMENT_ROW, "! db01: QEMU stopped"));
    ck_assert(row_says(screen, TITLE_ROW, " 5m"));
    screen_send(screen, "++");
    ck_assert(row_says(screen, MOMENT_ROW, " ago"));
    int column = cursor_column(screen, CPU_ROW + 2);
    ck_assert_int_eq(screen_cell(screen, MARK_ROW, column), '!');
    steps_shows(screen, "n", "nothing is known to have happened before");
    screen_send(screen, RIGHT RIGHT RIGHT RIGHT);
    screen_pump(screen, 500);
    ck_assert_ptr_null(strstr(screen_row(screen, MOMENT_ROW), "QEMU"));
    quit(screen);
}
END_TEST

START_TEST(a_frozen_graph_stands_still)
{
    struct screen *screen = start_on("build-01", "");

    steps_shows(screen, "+++Z", "FROZEN");
    screen_pump(screen, 300);
    CLEANUP_FREE char *before = strdup(screen_text(screen));
    size_t bytes = screen_bytes(screen);
    screen_pump(screen, 1500);
    ck_assert_str_eq(screen_text(screen), before);
    ck_assert_uint_eq(screen_bytes(screen), bytes);
    screen_send(screen, LEFT); /* but can be read */
    ck_assert(row_says(screen, MOMENT_ROW, " ago"));
    steps_hides(screen, "Z", "FROZEN");
    ck_assert(row_says(screen, MOMENT_ROW, " ago"));
    quit(screen);
}
END_TEST

START_TEST(who_is_gone_is_said_to_be)
{
    struct screen *screen = start(",gone=build-01@7", NULL);

    steps_select(screen, "build-01");
    screen_send(screen, " /\025mail\r");
    ck_assert(steps_cursor_is(screen, "mail", PATIENCE_MS));
    screen_send(screen, "H");
    ck_assert(row_says(screen, TITLE_ROW, "Graphs  o mail  x build-01"));
    ck_assert(row_says(screen, TITLE_ROW, "x build-01 is gone"));
    ck_assert(row_says(screen, CPU_ROW, "  x -"));
    ck_assert(row_says(screen, TITLE_ROW, "Graphs  o mail "));
    quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_cursor_reads_figures_at_a_time, zoom_and_metrics,
        two_guests_share_an_axis,           two_guests_are_told_apart_without_colour,
        two_guests_are_told_apart_in_ascii, events_are_marks,
        a_frozen_graph_stands_still,        who_is_gone_is_said_to_be};

    return steps_main("graphs", tests, ARRAY_SIZE(tests));
}
