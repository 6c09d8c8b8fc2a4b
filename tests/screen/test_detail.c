/* The detail of a guest in its tabs: what each shows, and what keys and mouse do there. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "screen/family.h"
#include "screen/steps.h"

#define SIM "guests=20,machines=6," RESTING
#define SETUP "\033OQ"
#define WRITE_AFTER_MS 2000
#define WHEEL_DOWN "\033[<65;%d;%dM"

static struct screen *start(int rows, int columns, const char *faults, const char *guest)
{
    char sim[200], keys[80];

    snprintf(sim, sizeof(sim), "%s%s", SIM, faults);
    struct screen *screen = steps_start(rows, columns, sim, NULL);
    ck_assert(screen_wait(screen, guest, PATIENCE_MS));
    snprintf(keys, sizeof(keys), "/%s\r", guest);
    steps_shows(screen, keys, "1 of 20");
    return screen;
}

static void leave(struct screen *screen)
{
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    screen_free(screen);
}

/* ---- pictures ---- */

static const char *const tabs[] = {"overview",  "cpu",       "memory",        "disks", "network",
                                   "processes", "isolation", "configuration", "events"};

static const struct walk {
    const char *kind, *guest, *keys, *size;
    int rows, columns;
} walks[] = {
    {"machine", "gitlab", "\r", "80x24", 24, 80},
    {"machine", "gitlab", "", "120x40", 40, 120},
    {"machine", "gitlab", "", "200x60", 60, 200},
    {"container", "build-01", "\r", "80x24", 24, 80},
    {"container", "build-01", "", "120x40", 40, 120},
    {"container", "build-01", "", "200x60", 60, 200},
};

/* The header's line of the host's CPU is full. */
#define FULL_LINE "▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂"

/* All at once: most of the time is spent on waiting for figures. */
START_TEST(tabs_are_golden)
{
    struct screen *screens[ARRAY_SIZE(walks)];
    size_t at[ARRAY_SIZE(walks)] = {0}, left = ARRAY_SIZE(walks);
    long long since[ARRAY_SIZE(walks)];
    char name[80];

    for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
        screens[i] = start(walks[i].rows, walks[i].columns, "", walks[i].guest);
        screen_blank_curves(screens[i]);
        screen_send(screens[i], walks[i].keys);
    }
    for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
        ck_assert(walks[i].columns < 110 || screen_wait(screens[i], FULL_LINE, PATIENCE_MS));
        since[i] = screen_now_ms();
    }
    while (left) {
        for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
            screen_pump(screens[i], 10);
            if (at[i] == ARRAY_SIZE(tabs))
                continue;
            snprintf(name, sizeof(name), "detail-%s-%s-%s", walks[i].kind, tabs[at[i]],
                     walks[i].size);
            long long waited = screen_now_ms() - since[i];
            if (screen_golden_is_written()
                    ? waited < WRITE_AFTER_MS
                    : !screen_looks_golden(screens[i], name) && waited < PATIENCE_MS)
                continue;
            ck_assert(screen_is_golden(screens[i], name));
            screen_send(screens[i], "]");
            since[i] = screen_now_ms();
            left -= ++at[i] == ARRAY_SIZE(tabs);
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(walks); i++)
        leave(screens[i]);
}
END_TEST

/* ---- keys ---- */

START_TEST(tabs_turn_and_open)
{
    struct screen *screen = start(24, 80, "", "gitlab");

    /* Where there is no room for tabs the next one opens at full size. */
    ck_assert_int_eq(screen_find(screen, "[Overview]"), -1);
    steps_shows(screen, "]", "[CPU]");
    ck_assert(screen_wait(screen, "vCPU 3", PATIENCE_MS));
    steps_shows(screen, "[[", "[Events]");
    ck_assert(screen_wait(screen, "nothing happened to it", PATIENCE_MS));
    steps_shows(screen, "]", "[Overview]");
    ck_assert(screen_wait(screen, "q Back", PATIENCE_MS));
    screen_send(screen, "s"); /* no key of the menu, no sorting */
    ck_assert(screen_wait(screen, "no command has this key here", PATIENCE_MS));
    steps_shows(screen, "/", "no text to search here");
    steps_shows(screen, "q", "q Quit");
    ck_assert_int_eq(screen_find(screen, "[Overview]"), -1);
    /* Enter opens it, and never acts. */
    steps_shows(screen, "\r\r", "[Overview]");
    steps_shows(screen, "z", "q Quit");
    steps_quit(screen);
}
END_TEST

/* Keys go to the table, the other table and the detail in turn. */
START_TEST(keys_scroll_where_they_go)
{
    struct screen *screen = start(40, 120, "", "grafana");
    char first[] = "    2852 ";

    steps_shows(screen, "[[[[", "40 processes");
    ck_assert(screen_wait(screen, first, PATIENCE_MS));
    screen_send(screen, "j"); /* the list has one guest: nothing moves */
    screen_pump(screen, 300);
    ck_assert_int_ge(screen_find(screen, first), 0);
    steps_shows(screen, "\t", "/ Search");
    steps_hides(screen, "j", first);
    steps_shows(screen, "G", "/sbin/init");
    steps_shows(screen, "g", first);
    steps_hides(screen, "z", "Containers (");
    ck_assert_int_ge(screen_find(screen, "40 processes"), 0);
    steps_shows(screen, "q", "Containers (");
    ck_assert(screen_wait(screen, "/ Filter", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(lines_are_searched)
{
    struct screen *screen = start(24, 80, "", "grafana");

    steps_shows(screen, "\r[[[[", "40 processes");
    ck_assert_int_eq(screen_find(screen, "/sbin/init"), -1);
    steps_shows(screen, "/SBIN/init\r", "/sbin/init");
    steps_hides(screen, "g", "/sbin/init");
    steps_shows(screen, "n", "/sbin/init");
    steps_shows(screen, "/nobody\r", "no line holds 'nobody'");
    steps_shows(screen, "q", "q Quit");
    steps_quit(screen);
}
END_TEST

static void click(struct screen *screen, const char *text)
{
    int row = screen_find(screen, text);
    char keys[64];

    ck_assert_int_ge(row, 0);
    const char *line = screen_row(screen, row);
    int column = (int)(strstr(line, text) - line) + 2; /* ASCII before it */
    snprintf(keys, sizeof(keys), "\033[<0;%d;%dM\033[<0;%d;%dm", column, row + 1, column, row + 1);
    screen_send(screen, keys);
}

START_TEST(the_mouse_opens_tabs_and_scrolls)
{
    struct screen *screen = start(40, 120, "", "grafana");
    char wheel[32];

    click(screen, "Memory");
    ck_assert(screen_wait(screen, "[Memory]", PATIENCE_MS));
    ck_assert(screen_wait(screen, "major faults", PATIENCE_MS));
    click(screen, "Processes");
    ck_assert(screen_wait(screen, "    2852 ", PATIENCE_MS));
    snprintf(wheel, sizeof(wheel), WHEEL_DOWN, 10, screen_find(screen, "    2852 ") + 2);
    steps_hides(screen, wheel, "    2852 ");
    screen_send(screen, "q"); /* the keys went where the mouse was */
    ck_assert(screen_wait(screen, "q Quit", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* A text that is longer than the pane and wider, and whose writer meant no good. */
START_TEST(a_configuration_is_read_and_searched)
{
    struct screen *screen = steps_start(24, 80, "guests=20,machines=6,hostile,clock=fixed", NULL);

    steps_shows(screen, "j[[", "[Configuration]");
    ck_assert(screen_wait(screen, "Definition, ", PATIENCE_MS));
    ck_assert(screen_wait(screen, "  <domain ", PATIENCE_MS));
    ck_assert_int_eq(screen_find(screen, "</domain>"), -1);
    steps_shows(screen, "/</DOMAIN\r", "> </domain>");
    ck_assert_int_eq(screen_find(screen, "  <domain "), -1);
    steps_shows(screen, "/<interface\r", ">     <interface");
    screen_send(screen, "N");
    screen_pump(screen, 200);
    steps_shows(screen, "g", "  <domain ");
    leave(screen);
}
END_TEST

/* ---- what is old, what is off, what is hostile ---- */

START_TEST(old_figures_tell_their_age)
{
    struct screen *screen = start(24, 80, ",hang=gitlab@4", "gitlab");

    steps_shows(screen, "]", "vCPU 3");
    ck_assert(screen_wait(screen, "s old", PATIENCE_MS));
    ck_assert_int_ge(screen_find(screen, "vCPU 3"), 0);
    steps_shows(screen, "[[", "QEMU stopped");
    leave(screen);
}
END_TEST

START_TEST(a_guest_without_figures_says_why)
{
    struct screen *screen = start(24, 80, "", "guest-c1");

    steps_shows(screen, "]", "not running: no threads");
    steps_shows(screen, "]", "not running: no memory");
    steps_shows(screen, "]]", "not running: no links");
    steps_shows(screen, "]", "not running: no processes");
    leave(screen);
}
END_TEST

/* The moment that is frozen keeps its parts, and hostile names of processes do no harm. */
START_TEST(frozen_parts_stay)
{
    struct screen *screen = steps_start(40, 120, "guests=20,machines=6,hostile,clock=fixed", NULL);

    steps_shows(screen, "\tjj[[[[", "processes");
    ck_assert(screen_wait(screen, "--worker 1", PATIENCE_MS));
    steps_shows(screen, "Z", "FROZEN");
    screen_pump(screen, 500);
    CLEANUP_FREE char *before = strdup(screen_text(screen));
    screen_pump(screen, 1000);
    ck_assert(strcmp(screen_text(screen), before) == 0);
    leave(screen);
}
END_TEST

/* A figure that comes after the moment was frozen tells of the time before it too. */
START_TEST(a_late_figure_leaves_a_frozen_curve_alone)
{
    struct screen *screen = steps_start(40, 120, "guests=20,machines=6", NULL);
    pid_t worker = family_find(screen, "--role=worker");

    ck_assert(screen_wait(screen, "gitlab", PATIENCE_MS));
    screen_pump(screen, 1000);
    kill(worker, SIGSTOP);
    screen_pump(screen, 3500); /* longer than a slice of the curve */
    steps_shows(screen, "Z", "FROZEN");
    screen_pump(screen, 300);
    CLEANUP_FREE char *before = strdup(screen_text(screen));
    kill(worker, SIGCONT);
    screen_pump(screen, 1000);
    screen_send(screen, "\f");
    screen_pump(screen, 500);
    ck_assert(strcmp(screen_text(screen), before) == 0);
    leave(screen);
}
END_TEST

/* What is asked for in a frozen moment is shown when it comes, and nobody has to press a key. */
START_TEST(a_configuration_comes_under_a_freeze)
{
    struct screen *screen = start(40, 120, "", "gitlab");

    steps_shows(screen, "Z", "FROZEN");
    steps_shows(screen, "[[", "Definition, ");
    leave(screen);
}
END_TEST

#define ADVICE \
    "Advice: use virtio if it has the drivers: it is quicker than an emulated ide-hd, e1000"

START_TEST(advice_is_given_and_can_be_turned_off)
{
    struct screen *screen = start(40, 120, ",emulated=gitlab", "gitlab");

    ck_assert(screen_wait(screen, ADVICE, PATIENCE_MS));
    steps_shows(screen, "Z", "FROZEN");
    ck_assert_int_ge(screen_find(screen, ADVICE), 0);
    steps_shows(screen, "Z" SETUP, "[x] Advice");
    steps_shows(screen, "jjj ", "[ ] Advice");
    steps_hides(screen, "\033", "Setup");
    ck_assert_int_eq(screen_find(screen, ADVICE), -1);
    /* What emulated machines cost is kept apart from what KVM does. */
    steps_shows(screen, "2", "EMULATED");
    ck_assert(screen_wait(screen,
                          "running, of all                   3 of 5                        1 of 1",
                          PATIENCE_MS));
    leave(screen);
}
END_TEST

START_TEST(small_and_ascii)
{
    static const char *const ascii[] = {"-U", NULL};
    struct screen *screen = steps_start(10, 40, SIM, ascii);

    steps_shows(screen, "/gitlab\r]", "[CPU]");
    steps_shows(screen, "]", "[Mem]");
    steps_shows(screen, "]]", "[Net]");
    ck_assert(screen_wait(screen, "-> vnet", PATIENCE_MS));
    for (const char *c = screen_text(screen); *c; c++)
        ck_assert_int_lt((unsigned char)*c, 0x80);
    steps_shows(screen, "[[[[[", "[Event]");
    leave(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        tabs_are_golden,
        tabs_turn_and_open,
        keys_scroll_where_they_go,
        lines_are_searched,
        the_mouse_opens_tabs_and_scrolls,
        old_figures_tell_their_age,
        a_guest_without_figures_says_why,
        frozen_parts_stay,
        a_late_figure_leaves_a_frozen_curve_alone,
        a_configuration_comes_under_a_freeze,
        advice_is_given_and_can_be_turned_off,
        small_and_ascii,
        a_configuration_is_read_and_searched,
    };

    return steps_main("detail of a guest", tests, ARRAY_SIZE(tests));
}
