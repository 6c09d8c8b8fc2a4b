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
    /* As in less and vi. */
    screen_send(screen, "\006");
    ck_assert(screen_wait_gone(screen, ">  V backup", PATIENCE_MS));
    screen_send(screen, "\002");
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
    steps_shows(screen, "I", "CPU%▲");
    for (int row = WELL_ROW; row < FIRST_ROW + 12; row++)
        ck_assert_double_le(cpu_in(screen, row), cpu_in(screen, row + 1));
    steps_shows(screen, "M", "MEM▼");
    ck_assert_int_eq(steps_row_of(screen, "win-ad"), WELL_ROW);
    steps_hides(screen, "T", "MEM▼");
    ck_assert_int_eq(steps_row_of(screen, "proxy1"), WELL_ROW);
    steps_shows(screen, "P", "CPU%▼");
    steps_shows(screen, ">", "MEM▼");
    steps_shows(screen, "<", "CPU%▼");
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

    steps_shows(screen, F6, "Sort by");
    int steps = screen_find(screen, "memory the guest") - screen_find(screen, "CPU use");
    ck_assert_int_gt(steps, 0);
    while (steps--)
        screen_send(screen, "j");
    steps_shows(screen, "\r", "MEM▼");
    steps_shows(screen, F6 "j", "Sort by");
    steps_hides(screen, "\033", "Sort by");
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

    steps_shows(screen, "\033[6~\033[6~\033[6~\033[6~\033[6~kkkF", "follow");
    snprintf(name, sizeof(name), "%s", steps_cursor_name(screen));
    int row = steps_cursor_row(screen);
    steps_shows(screen, "I", "CPU%▲");
    ck_assert_str_eq(steps_cursor_name(screen), name);
    ck_assert_int_eq(steps_cursor_row(screen), row);
    steps_hides(screen, "F", "  follow");
    steps_quit(screen);
}
END_TEST

START_TEST(filter_narrows_and_restores)
{
    struct screen *screen = start_small();

    screen_send(screen, "jjj");
    ck_assert(steps_cursor_is(screen, "build-01", PATIENCE_MS));
    steps_shows(screen, "/we", "Filter: we");
    ck_assert(screen_wait(screen, "1 of 20 shown", PATIENCE_MS));
    ck_assert_int_eq(steps_row_of(screen, "web1"), FIRST_ROW);
    ck_assert_int_eq(steps_row_of(screen, "build-01"), -1);
    steps_hides(screen, "\033", "shown");
    ck_assert(steps_cursor_is(screen, "build-01", PATIENCE_MS));

    steps_shows(screen, "/web\r", "filter 'web': 1 of 20 shown");
    ck_assert(screen_wait_gone(screen, "Filter: ", PATIENCE_MS));
    /* The prompt opens on what is there; Esc in it brings that back. */
    steps_shows(screen, "/zzz", "none of 20");
    steps_shows(screen, "\033", "filter 'web': 1 of 20 shown");
    screen_pump(screen, 300);
    steps_hides(screen, "\033", "shown");
    steps_quit(screen);
}
END_TEST

/* Two tables, both visited: a filter that empties one gives the other the keyboard, and Esc in the
 * prompt gives it back. */
START_TEST(a_filter_given_up_changes_no_pane)
{
    struct screen *screen = steps_start(40, 120, SMALL, NULL);

    screen_send(screen, "jj\tjj");
    ck_assert(screen_wait(screen, ">  grafana", PATIENCE_MS));
    screen_send(screen, "\t\t");
    steps_shows(screen, "j", ">  db01");
    steps_shows(screen, "/build", ">  build-01");
    steps_shows(screen, "\033", ">  db01");
    ck_assert_ptr_null(strstr(screen_text(screen), ">  build-01"));
    /* Whom one looked for stays chosen. */
    steps_shows(screen, "/build\r", "filter 'build'");
    steps_hides(screen, "\033", "filter 'build'");
    ck_assert(screen_wait(screen, ">  build-01", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* Whom the list loses under an open menu is the one that the menu is about, and the one under the
 * cursor as soon as it is listed again. */
START_TEST(a_hidden_guest_stays_the_one_meant)
{
    struct screen *screen = steps_start(24, 80, SMALL ",off=web1@6", NULL);

    screen_send(screen, "/state=running & kind=vm\r");
    ck_assert(screen_wait(screen, "of 20 shown", PATIENCE_MS));
    ck_assert(steps_choose(screen, "web1"));
    steps_shows(screen, "m", "force off");
    ck_assert(screen_wait(screen, "3 of 20 shown", PATIENCE_MS));
    ck_assert(screen_find(screen, " web1 ") > 0); /* the menu's title */
    steps_shows(screen, "d", "cannot shut down: it stopped or started meanwhile");
    steps_hides(screen, "\033", "of 20 shown");
    ck_assert(steps_cursor_is(screen, "web1", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* What does not make sense yet leaves what did, and a caret shows where. */
START_TEST(filters_are_a_language)
{
    struct screen *screen = start_small();

    steps_shows(screen, "/kind=ct & name~^(web|build)", "Filter: kind=ct");
    ck_assert(screen_wait(screen, "1 of 20 shown", PATIENCE_MS));
    ck_assert_int_eq(steps_row_of(screen, "build-01"), FIRST_ROW);
    steps_shows(screen, " &", "something to look for is missing");
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
    steps_hides(screen, "\033", "shown");

    steps_shows(screen, "/kin\t\t", "Filter: kind=");
    steps_shows(screen, "v\t", "Filter: kind=vm");
    steps_shows(screen, "\r", "filter 'kind=vm': 6 of 20 shown");
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
    steps_shows(screen, "/\033[200~we\nb\033[201~", "Filter: we");
    steps_hides(screen, "\033", "Filter: ");
    steps_quit(screen);
}
END_TEST

START_TEST(marks_count)
{
    struct screen *screen = start_small();

    steps_shows(screen, "  ", "2 marked");
    ck_assert(steps_row_says(screen, "test-vm1", "*!V", PATIENCE_MS));
    steps_shows(screen, "*", "18 marked");
    steps_hides(screen, "U", "marked");
    /* Only what the filter shows. */
    steps_shows(screen, "/web\r", "1 of 20");
    steps_shows(screen, "*", "1 marked");
    steps_hides(screen, "\033", "shown");
    ck_assert(strstr(screen_text(screen), "1 marked"));
    steps_quit(screen);
}
END_TEST

START_TEST(layouts_cycle)
{
    struct screen *screen = steps_start(40, 120, SMALL, NULL);

    ck_assert(screen_wait(screen, "Machines (6)", PATIENCE_MS));
    ck_assert(strstr(screen_text(screen), "Containers (14)"));
    steps_shows(screen, F5, "Guests (20)");
    steps_shows(screen, F5, "Machines (6)");
    ck_assert_ptr_null(strstr(screen_text(screen), "Containers (14)"));
    steps_shows(screen, F5, "Containers (14)");
    ck_assert_ptr_null(strstr(screen_text(screen), "Machines (6)"));
    steps_shows(screen, F5, "Machines (6)");
    ck_assert(strstr(screen_text(screen), "Containers (14)"));
    steps_quit(screen);
}
END_TEST

START_TEST(keys_without_a_command_say_so)
{
    struct screen *screen = steps_start(24, 80, SMALL, NULL);

    screen_send(screen, "h"); /* help in top and htop */
    ck_assert(screen_wait(screen, "no command has this key here: ? shows those", PATIENCE_MS));
    steps_hides(screen, "j", "no command has this key");
    steps_shows(screen, "\033[18~", "no command has this key here"); /* F7: nice in htop */
    steps_hides(screen, "j", "no command has this key");
    steps_shows(screen, "\004", "no command has this key here"); /* ^D: half a page in less */
    steps_quit(screen);
}
END_TEST

#define BACK_TAB "\033[Z"
#define AWAY "keys to it" /* in the detail, while it has not got them */

START_TEST(panes_forth_and_back)
{
    struct screen *screen = steps_start(40, 120, SMALL, NULL);

    steps_hides(screen, "\t\t", AWAY);
    steps_shows(screen, BACK_TAB, AWAY);
    ck_assert_int_eq(steps_cursor_row(screen), -1); /* in the right table */
    steps_shows(screen, BACK_TAB, "> !backup");
    steps_hides(screen, BACK_TAB, AWAY);
    steps_shows(screen, "\t", AWAY);
    /* A table that the filter has left empty is passed over. */
    steps_shows(screen, "/web1\r", "Containers (0 of 14)");
    steps_hides(screen, "\t", AWAY);
    steps_shows(screen, "\t", AWAY);
    steps_hides(screen, BACK_TAB, AWAY);
    steps_shows(screen, "q", AWAY);
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
    steps_hides(screen, "z", "Machines (6)");
    ck_assert(strstr(screen_text(screen), "Containers (14)"));
    ck_assert_ptr_null(strstr(screen_text(screen), "now")); /* of the graphs' axes */
    steps_shows(screen, "z", "Machines (6)");
    /* Enter opens the guest; q goes back and does not quit. */
    steps_hides(screen, "\r", "Machines (6)");
    ck_assert(strstr(screen_text(screen), "build-01"));
    ck_assert(strstr(screen_text(screen), "q Back"));
    steps_shows(screen, "q", "Machines (6)");
    steps_shows(screen, "?", "Moving");
    steps_shows(screen, "q", "Machines (6)");
    steps_quit(screen);
}
END_TEST

START_TEST(frozen_is_silent)
{
    struct screen *screen = steps_start(24, 80, "guests=20,machines=6", NULL);

    steps_shows(screen, "Z", "FROZEN");
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
    steps_hides(screen, "Z", "FROZEN");
    bytes = screen_bytes(screen);
    screen_pump(screen, 1500);
    ck_assert_uint_gt(screen_bytes(screen), bytes);
    steps_quit(screen);
}
END_TEST

START_TEST(control_l_draws_anew)
{
    struct screen *screen = start_small();

    steps_shows(screen, "Z", "FROZEN");
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

/* A filter may leave nobody, and who types ahead at the start is faster than the sources. */
START_TEST(nobody_selected_says_why)
{
    static const char *const silent[] = {"--sim=guests=20,late@0", "--no-config", NULL};
    struct screen *screen = screen_start(24, 80, silent, NULL);

    steps_shows(screen, "", "connecting");
    steps_shows(screen, "c", "no guest is selected; not all sources have answered yet");
    steps_quit(screen);
    screen = start_small();
    steps_shows(screen, "/zzz\rc", "no guest is selected: the filter leaves none");
    steps_shows(screen, "/\025build-01\rm", "Enter or a letter");
    steps_hides(screen, "\033", "Enter or a letter");
    steps_quit(screen);
}
END_TEST

/* Whether the key of LABEL in the footer stands out, as one that does something. */
static bool footer_offers(struct screen *screen, const char *label)
{
    struct screen_look look;
    const char *footer = screen_row(screen, 39), *at = strstr(footer, label);

    ck_assert_msg(at, "no '%s' in: %s", label, footer);
    screen_look(screen, 39, (int)(at - footer), &look);
    return look.bold;
}

static void footer_is(struct screen *screen, const char *name, bool console, bool shell,
                      bool screens)
{
    CLEANUP_FREE char *before = strdup(screen_row(screen, 39));

    ck_assert(steps_choose(screen, name));
    screen_pump(screen, 100);
    ck_assert_msg(footer_offers(screen, "c Console") == console, "console of %s", name);
    ck_assert_msg(footer_offers(screen, "a Shell") == shell, "shell of %s", name);
    ck_assert_msg(footer_offers(screen, "v Screen") == screens, "screen of %s", name);
    ck_assert(footer_offers(screen, "m Actions"));
    ck_assert_str_eq(screen_row(screen, 39), before);
}

START_TEST(the_footer_offers_what_the_guest_has)
{
    static const char *const readonly[] = {"--readonly", NULL};
    struct screen *screen = steps_start(40, 120, SMALL ",off=mail@0", NULL);

    steps_shows(screen, F5, "Guests (20)");
    footer_is(screen, "db01", true, false, true);
    footer_is(screen, "build-01", true, true, false);
    footer_is(screen, "legacy", true, false, false); /* frozen */
    footer_is(screen, "mail", false, false, false);  /* off */
    footer_is(screen, "db01", true, false, true);
    /* What is open is entered, whatever has become of the guest since. */
    ck_assert(steps_choose(screen, "build-01"));
    steps_shows(screen, "a", "every key goes to the guest");
    steps_shows(screen, "\035", "keyboard to it");
    steps_shows(screen, "1", "c Console");
    steps_act(screen, "p", "Pause: build-01?");
    ck_assert(steps_row_says(screen, "build-01", "frozen", PATIENCE_MS));
    footer_is(screen, "build-01", true, true, false);
    steps_shows(screen, "a", "every key goes to the guest");
    steps_shows(screen, "\035", "keyboard to it");
    steps_shows(screen, "q", "Close the");
    screen_pump(screen, 400);
    steps_hides(screen, "\t\r", "keyboard to it");
    steps_quit(screen);
    screen = steps_start(40, 120, SMALL, readonly);
    steps_shows(screen, F5, "Guests (20)");
    footer_is(screen, "build-01", false, false, false);
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
        a_filter_given_up_changes_no_pane,
        a_hidden_guest_stays_the_one_meant,
        filters_are_a_language,
        pasted_keys_do_nothing,
        marks_count,
        layouts_cycle,
        keys_without_a_command_say_so,
        panes_forth_and_back,
        tab_and_zoom,
        frozen_is_silent,
        control_l_draws_anew,
        nobody_selected_says_why,
        the_footer_offers_what_the_guest_has,
    };

    return steps_main("keys of the guests view", tests, ARRAY_SIZE(tests));
}
