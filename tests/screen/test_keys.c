/* What keys do in the guests view: move, sort, filter, mark, arrange, freeze. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "screen/steps.h"

#define SMALL "guests=20,machines=6," RESTING
#define MANY "guests=200," RESTING
#define F5 "\033[15~"
#define F6 "\033[17~"
#define FIRST_ROW 3 /* of the table at 80x24 */
#define WELL_ROW 6  /* the first behind backup, test-vm1 and guest-c1, which have problems */

static struct screen *start_small(void)
{
    return steps_start(24, 80, SMALL, NULL);
}

/* The figure under CPU% in ROW, -1 when there is none. */
static double cpu_in(struct screen *screen, int row)
{
    const char *text = screen_row(screen, row);
    char figure[9] = "";
    double value = -1;

    if (strlen(text) >= 40)
        snprintf(figure, sizeof(figure), "%s", text + 32);
    if (sscanf(figure, "%lf", &value) != 1)
        return -1;
    return value < 1 ? 0 : value; /* what idles stands by name */
}

START_TEST(cursor_moves)
{
    struct screen *screen = start_small();

    ck_assert(steps_cursor_is(screen, "backup", PATIENCE_MS));
    screen_send(screen, "jj\033OB");
    ck_assert(steps_cursor_is(screen, "build-01", PATIENCE_MS));
    screen_send(screen, "k");
    ck_assert(steps_cursor_is(screen, "guest-c1", PATIENCE_MS));
    screen_send(screen, "\033OA\033OA\033OA");
    ck_assert(steps_cursor_is(screen, "backup", PATIENCE_MS));
    screen_send(screen, "G");
    ck_assert(steps_cursor_is(screen, "wiki", PATIENCE_MS));
    ck_assert_str_ne(steps_cursor_name(screen), "backup");
    screen_send(screen, "g");
    ck_assert(steps_cursor_is(screen, "backup", PATIENCE_MS));
    ck_assert_int_eq(steps_cursor_row(screen), FIRST_ROW);
    screen_send(screen, "\033[6~");
    screen_pump(screen, 300);
    ck_assert_int_gt(steps_cursor_row(screen), FIRST_ROW + 5);
    screen_send(screen, "\033[5~");
    ck_assert(steps_cursor_is(screen, "backup", PATIENCE_MS));
    /* A click on the fifth row of the table. */
    screen_send(screen, "\033[<0;10;8M\033[<0;10;8m");
    ck_assert(steps_cursor_is(screen, "grafana", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(sort_keys_sort)
{
    struct screen *screen = start_small();

    ck_assert_int_eq(steps_row_of(screen, "build-01"), WELL_ROW);
    for (int row = WELL_ROW; row < FIRST_ROW + 12; row++)
        ck_assert_double_ge(cpu_in(screen, row), cpu_in(screen, row + 1));
    screen_send(screen, "I");
    ck_assert(screen_wait(screen, "CPU%▲", PATIENCE_MS));
    for (int row = WELL_ROW; row < FIRST_ROW + 12; row++)
        ck_assert_double_le(cpu_in(screen, row), cpu_in(screen, row + 1));
    screen_send(screen, "M");
    ck_assert(screen_wait(screen, "MEM▼", PATIENCE_MS));
    ck_assert_int_eq(steps_row_of(screen, "win-ad"), WELL_ROW);
    screen_send(screen, "T");
    ck_assert(screen_wait_gone(screen, "MEM▼", PATIENCE_MS));
    ck_assert_int_eq(steps_row_of(screen, "proxy1"), WELL_ROW);
    screen_send(screen, "P");
    ck_assert(screen_wait(screen, "CPU%▼", PATIENCE_MS));
    screen_send(screen, ">");
    ck_assert(screen_wait(screen, "MEM▼", PATIENCE_MS));
    screen_send(screen, "<");
    ck_assert(screen_wait(screen, "CPU%▼", PATIENCE_MS));
    for (int i = 0; i < 8 && !strstr(screen_text(screen), "NAME▼"); i++) {
        screen_send(screen, "<");
        screen_pump(screen, 200);
    }
    ck_assert(screen_wait(screen, "NAME▼", PATIENCE_MS));
    /* Problems stand on top whatever the sort; names fold case and count up from there. */
    ck_assert_int_eq(steps_row_of(screen, "backup"), FIRST_ROW);
    ck_assert_int_eq(steps_row_of(screen, "build-01"), WELL_ROW);
    ck_assert_int_eq(steps_row_of(screen, "cache1"), WELL_ROW + 1);
    steps_quit(screen);
}
END_TEST

START_TEST(sort_menu_sorts)
{
    struct screen *screen = start_small();

    screen_send(screen, F6);
    ck_assert(screen_wait(screen, "Sort by", PATIENCE_MS));
    int steps = screen_find(screen, "memory the guest") - screen_find(screen, "CPU use");
    ck_assert_int_gt(steps, 0);
    while (steps--)
        screen_send(screen, "j");
    screen_send(screen, "\r");
    ck_assert(screen_wait(screen, "MEM▼", PATIENCE_MS));
    screen_send(screen, F6 "j");
    ck_assert(screen_wait(screen, "Sort by", PATIENCE_MS));
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "Sort by", PATIENCE_MS));
    ck_assert(strstr(screen_text(screen), "MEM▼"));
    steps_quit(screen);
}
END_TEST

START_TEST(cursor_follows_its_guest)
{
    static const char *const orders[] = {"I", "M", "I", "T", ">", ">", "P"};
    /* Figures that move: rows change places by themselves too. */
    struct screen *screen = steps_start(24, 80, "guests=60,seed=4,clock=fixed", NULL);
    char name[64];

    screen_send(screen, "jjjjj");
    screen_pump(screen, 300);
    snprintf(name, sizeof(name), "%s", steps_cursor_name(screen));
    ck_assert_str_ne(name, "");
    for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
        screen_send(screen, orders[i]);
        for (int look = 0; look < 20; look++) {
            screen_pump(screen, 20);
            ck_assert_str_eq(steps_cursor_name(screen), name);
        }
    }
    steps_quit(screen);
}
END_TEST

START_TEST(follow_holds_the_line)
{
    struct screen *screen = steps_start(24, 80, MANY, NULL);
    char name[64];

    screen_send(screen, "\033[6~\033[6~\033[6~\033[6~\033[6~kkkF");
    ck_assert(screen_wait(screen, "follow", PATIENCE_MS));
    snprintf(name, sizeof(name), "%s", steps_cursor_name(screen));
    int row = steps_cursor_row(screen);
    screen_send(screen, "I");
    ck_assert(screen_wait(screen, "CPU%▲", PATIENCE_MS));
    ck_assert_str_eq(steps_cursor_name(screen), name);
    ck_assert_int_eq(steps_cursor_row(screen), row);
    screen_send(screen, "F");
    ck_assert(screen_wait_gone(screen, "  follow", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(filter_narrows_and_restores)
{
    struct screen *screen = start_small();

    screen_send(screen, "jjj");
    ck_assert(steps_cursor_is(screen, "build-01", PATIENCE_MS));
    screen_send(screen, "/we");
    ck_assert(screen_wait(screen, "Filter: we", PATIENCE_MS));
    ck_assert(screen_wait(screen, "1 of 20 shown", PATIENCE_MS));
    ck_assert_int_eq(steps_row_of(screen, "web1"), FIRST_ROW);
    ck_assert_int_eq(steps_row_of(screen, "build-01"), -1);
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "shown", PATIENCE_MS));
    ck_assert(steps_cursor_is(screen, "build-01", PATIENCE_MS));

    screen_send(screen, "/web\r");
    ck_assert(screen_wait(screen, "filter 'web': 1 of 20 shown", PATIENCE_MS));
    ck_assert(screen_wait_gone(screen, "Filter: ", PATIENCE_MS));
    /* The prompt opens on what is there; Esc in it brings that back. */
    screen_send(screen, "/zzz");
    ck_assert(screen_wait(screen, "none of 20", PATIENCE_MS));
    screen_send(screen, "\033");
    ck_assert(screen_wait(screen, "filter 'web': 1 of 20 shown", PATIENCE_MS));
    screen_pump(screen, 300);
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "shown", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* What does not make sense yet leaves what did, and a caret shows where. */
START_TEST(filters_are_a_language)
{
    struct screen *screen = start_small();

    screen_send(screen, "/kind=ct & name~^(web|build)");
    ck_assert(screen_wait(screen, "Filter: kind=ct", PATIENCE_MS));
    ck_assert(screen_wait(screen, "1 of 20 shown", PATIENCE_MS));
    ck_assert_int_eq(steps_row_of(screen, "build-01"), FIRST_ROW);
    screen_send(screen, " &");
    ck_assert(screen_wait(screen, "something to look for is missing", PATIENCE_MS));
    ck_assert_int_eq(steps_row_of(screen, "build-01"), FIRST_ROW);
    screen_send(screen, "\025cpu>>1");
    ck_assert(screen_wait(screen, "^ cpu is compared with a number", PATIENCE_MS) ||
              screen_wait(screen, "cpu is compared with a number ^", PATIENCE_MS));
    int prompt = screen_find(screen, "Filter: ");
    const char *row = screen_row(screen, prompt);
    long second = strstr(row, ">>") + 1 - row;
    ck_assert_int_eq(screen_column(screen, prompt + 1, 0, '^'), second);
    /* It is not taken so, and Esc brings back what was. */
    screen_send(screen, "\r");
    screen_pump(screen, 300);
    ck_assert_int_ge(screen_find(screen, "Filter: "), 0);
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "shown", PATIENCE_MS));

    screen_send(screen, "/kin\t\t");
    ck_assert(screen_wait(screen, "Filter: kind=", PATIENCE_MS));
    screen_send(screen, "v\t");
    ck_assert(screen_wait(screen, "Filter: kind=vm", PATIENCE_MS));
    screen_send(screen, "\r");
    ck_assert(screen_wait(screen, "filter 'kind=vm': 6 of 20 shown", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* A pasted text is a text, not keys; only a prompt takes it. */
START_TEST(pasted_keys_do_nothing)
{
    struct screen *screen = start_small();

    screen_send(screen, "\033[200~qmf\r\033[201~");
    screen_pump(screen, 600);
    ck_assert(screen_wait(screen, "build-01", PATIENCE_MS));
    ck_assert_ptr_null(strstr(screen_text(screen), "force off"));
    screen_send(screen, "/\033[200~we\nb\033[201~");
    ck_assert(screen_wait(screen, "Filter: we", PATIENCE_MS));
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "Filter: ", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(marks_count)
{
    struct screen *screen = start_small();

    screen_send(screen, "  ");
    ck_assert(screen_wait(screen, "2 marked", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "test-vm1", "*!V", PATIENCE_MS));
    screen_send(screen, "*");
    ck_assert(screen_wait(screen, "18 marked", PATIENCE_MS));
    screen_send(screen, "U");
    ck_assert(screen_wait_gone(screen, "marked", PATIENCE_MS));
    /* Only what the filter shows. */
    screen_send(screen, "/web\r");
    ck_assert(screen_wait(screen, "1 of 20", PATIENCE_MS));
    screen_send(screen, "*");
    ck_assert(screen_wait(screen, "1 marked", PATIENCE_MS));
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "shown", PATIENCE_MS));
    ck_assert(strstr(screen_text(screen), "1 marked"));
    steps_quit(screen);
}
END_TEST

START_TEST(layouts_cycle)
{
    struct screen *screen = steps_start(40, 120, SMALL, NULL);

    ck_assert(screen_wait(screen, "Machines (6)", PATIENCE_MS));
    ck_assert(strstr(screen_text(screen), "Containers (14)"));
    screen_send(screen, F5);
    ck_assert(screen_wait(screen, "Guests (20)", PATIENCE_MS));
    screen_send(screen, F5);
    ck_assert(screen_wait(screen, "Machines (6)", PATIENCE_MS));
    ck_assert_ptr_null(strstr(screen_text(screen), "Containers (14)"));
    screen_send(screen, F5);
    ck_assert(screen_wait(screen, "Containers (14)", PATIENCE_MS));
    ck_assert_ptr_null(strstr(screen_text(screen), "Machines (6)"));
    screen_send(screen, F5);
    ck_assert(screen_wait(screen, "Machines (6)", PATIENCE_MS));
    ck_assert(strstr(screen_text(screen), "Containers (14)"));
    steps_quit(screen);
}
END_TEST

START_TEST(keys_without_a_command_say_so)
{
    struct screen *screen = steps_start(24, 80, SMALL, NULL);

    screen_send(screen, "h"); /* help in top and htop */
    ck_assert(screen_wait(screen, "no command has this key here: ? shows those", PATIENCE_MS));
    screen_send(screen, "j");
    ck_assert(screen_wait_gone(screen, "no command has this key", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(tab_and_zoom)
{
    struct screen *screen = steps_start(40, 120, SMALL, NULL);

    ck_assert(steps_cursor_row(screen) > 0);
    screen_send(screen, "\tj");
    screen_pump(screen, 300);
    /* The cursor's sign stands in the right table now. */
    ck_assert_int_eq(steps_cursor_row(screen), -1);
    ck_assert(strstr(screen_text(screen), ">  build-01"));
    screen_send(screen, "z");
    ck_assert(screen_wait_gone(screen, "Machines (6)", PATIENCE_MS));
    ck_assert(strstr(screen_text(screen), "Containers (14)"));
    ck_assert_ptr_null(strstr(screen_text(screen), "now")); /* of the graphs' axes */
    screen_send(screen, "z");
    ck_assert(screen_wait(screen, "Machines (6)", PATIENCE_MS));
    /* Enter opens the guest; q goes back and does not quit. */
    screen_send(screen, "\r");
    ck_assert(screen_wait_gone(screen, "Machines (6)", PATIENCE_MS));
    ck_assert(strstr(screen_text(screen), "build-01"));
    ck_assert(strstr(screen_text(screen), "q Back"));
    screen_send(screen, "q");
    ck_assert(screen_wait(screen, "Machines (6)", PATIENCE_MS));
    screen_send(screen, "?");
    ck_assert(screen_wait(screen, "Moving", PATIENCE_MS));
    screen_send(screen, "q");
    ck_assert(screen_wait(screen, "Machines (6)", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(frozen_is_silent)
{
    struct screen *screen = steps_start(24, 80, "guests=20,machines=6", NULL);

    screen_send(screen, "Z");
    ck_assert(screen_wait(screen, "FROZEN", PATIENCE_MS));
    screen_pump(screen, 300);
    CLEANUP_FREE char *picture = strdup(screen_text(screen));
    size_t bytes = screen_bytes(screen);
    screen_pump(screen, 1500);
    ck_assert_uint_eq(screen_bytes(screen), bytes);
    /* One can still look around in the frozen moment. */
    screen_send(screen, "jj");
    screen_pump(screen, 300);
    ck_assert_int_eq(steps_cursor_row(screen), FIRST_ROW + 2);
    screen_send(screen, "kk");
    screen_pump(screen, 300);
    ck_assert_str_eq(screen_text(screen), picture);
    screen_send(screen, "Z");
    ck_assert(screen_wait_gone(screen, "FROZEN", PATIENCE_MS));
    bytes = screen_bytes(screen);
    screen_pump(screen, 1500);
    ck_assert_uint_gt(screen_bytes(screen), bytes);
    steps_quit(screen);
}
END_TEST

START_TEST(control_l_draws_anew)
{
    struct screen *screen = start_small();

    screen_send(screen, "Z");
    ck_assert(screen_wait(screen, "FROZEN", PATIENCE_MS));
    screen_pump(screen, 300);
    CLEANUP_FREE char *picture = strdup(screen_text(screen));
    size_t bytes = screen_bytes(screen);
    screen_send(screen, "\f");
    screen_pump(screen, 500);
    ck_assert_uint_gt(screen_bytes(screen), bytes + 500);
    ck_assert_str_eq(screen_text(screen), picture);
    screen_send(screen, "Z");
    steps_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        cursor_moves,
        sort_keys_sort,
        sort_menu_sorts,
        cursor_follows_its_guest,
        follow_holds_the_line,
        filter_narrows_and_restores,
        filters_are_a_language,
        pasted_keys_do_nothing,
        marks_count,
        layouts_cycle,
        keys_without_a_command_say_so,
        tab_and_zoom,
        frozen_is_silent,
        control_l_draws_anew,
    };

    return steps_main("keys of the guests view", tests, ARRAY_SIZE(tests));
}
