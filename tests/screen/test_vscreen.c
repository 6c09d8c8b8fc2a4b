/* A machine's screen in the pane: its text, its picture, what is pressed, and who may not. */
#include <check.h>

#include "base/cleanup.h"
#include "screen/steps.h"

#define SIM "guests=20,machines=6,calm," RESTING
#define MACHINE "db01"

static struct screen *start(int rows, int columns, const char *option)
{
    const char *const more[] = {option, NULL};
    struct screen *screen = steps_start(rows, columns, SIM, more);

    steps_shows(screen, "/" MACHINE "\r", "1 of 20");
    return screen;
}

static void open_screen(struct screen *screen)
{
    steps_shows(screen, "v", "Booting from Hard Disk...");
}

/* A screen is closed without a question. */
static void leave(struct screen *screen)
{
    steps_hides(screen, "q", MACHINE " screen");
    steps_quit(screen);
}

/* Chooses KEY in the menu and says yes to the question TITLE. */
static void press(struct screen *screen, const char *key, const char *title)
{
    steps_shows(screen, "\r", "press Ctrl-Alt-Del");
    steps_shows(screen, key, title);
    screen_pump(screen, 400); /* keys before that are thrown away */
    steps_hides(screen, "\t\r", title);
}

START_TEST(its_text_is_read)
{
    struct screen *screen = start(40, 120, NULL);

    open_screen(screen);
    ck_assert(screen_wait(screen, "text 80x25", PATIENCE_MS));
    steps_shows(screen, "z", MACHINE " login:");
    ck_assert(screen_wait(screen, "Simulated BIOS (build: made up)", PATIENCE_MS));
    ck_assert(screen_wait(screen, "] the simulation starts unit 11 of 11", PATIENCE_MS));
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    leave(screen);
}
END_TEST

/* The last line is what one wants to see; the others are reached by the arrows. */
START_TEST(a_small_pane_shows_the_end)
{
    struct screen *screen = start(24, 80, NULL);

    steps_shows(screen, "v", MACHINE " login:");
    ck_assert_int_lt(screen_find(screen, "Simulated BIOS"), 0);
    steps_shows(screen, "g", "Simulated BIOS");
    leave(screen);
}
END_TEST

START_TEST(keys_are_pressed_after_a_question)
{
    struct screen *screen = start(40, 120, NULL);

    open_screen(screen);
    screen_send(screen, "z");
    steps_shows(screen, "\r", "type a line of text");
    steps_shows(screen, "t", "Type:");
    steps_shows(screen, "echo 'Hi' | wc\r", "Type a line: " MACHINE "?");
    screen_pump(screen, 400);
    /* Cancel stands first. */
    steps_hides(screen, "\r", "Type a line: ");
    steps_shows(screen, "\rtls\r", "Type a line: " MACHINE "?");
    screen_pump(screen, 400);
    steps_shows(screen, "\t\r", "login: ls");
    ck_assert_int_lt(screen_find(screen, "login: echo"), 0);
    press(screen, "d", "Press Ctrl-Alt-Del: " MACHINE "?");
    ck_assert(screen_wait(screen, "reboot: Restarting system", PATIENCE_MS));
    press(screen, "n", "Inject an NMI: " MACHINE "?");
    ck_assert(screen_wait(screen, "NMI received for unknown reason", PATIENCE_MS));
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    leave(screen);
}
END_TEST

START_TEST(what_no_keyboard_has_is_refused)
{
    struct screen *screen = start(40, 120, NULL);

    open_screen(screen);
    steps_shows(screen, "\r", "type a line of text");
    screen_send(screen, "tgr\xc3\xbc\xc3\x9f\r");
    ck_assert(
        screen_wait(screen, "cannot type \"\xc3\xbc\xc3\x9f\"; nothing was typed", PATIENCE_MS));
    leave(screen);
}
END_TEST

START_TEST(its_picture_is_drawn)
{
    struct screen *screen = start(40, 120, NULL);
    struct screen_look look;

    open_screen(screen);
    screen_send(screen, "z");
    press(screen, "2", "Press Ctrl-Alt-F2: " MACHINE "?");
    ck_assert(screen_wait(screen, "720x400 x1", PATIENCE_MS));
    ck_assert(screen_wait_gone(screen, "Simulated BIOS", PATIENCE_MS));
    /* The last bar is white, and bright at its foot. */
    screen_look(screen, 36, 110, &look);
    long colour = look.background >= 0 ? look.background : look.foreground;
    ck_assert_int_gt(colour >> 16, 0xa0);
    ck_assert_int_gt(colour & 0xff, 0xa0);
    steps_shows(screen, "+", "720x400 x2");
    steps_shows(screen, "-", "720x400 x1");
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    leave(screen);
}
END_TEST

START_TEST(it_is_ascii_where_nothing_else_may_be)
{
    struct screen *screen = start(40, 120, "-U");

    open_screen(screen);
    screen_send(screen, "z");
    press(screen, "2", "Press Ctrl-Alt-F2: " MACHINE "?");
    ck_assert(screen_wait(screen, "720x400 x1", PATIENCE_MS));
    ck_assert(screen_wait_gone(screen, "Booting", PATIENCE_MS));
    for (const char *at = screen_text(screen); *at; at++)
        ck_assert_int_gt(*at, 0);
    leave(screen);
}
END_TEST

/* The whole way through libvirt: its test driver has a PNG for everybody. */
START_TEST(libvirts_picture_is_drawn)
{
    const char *const args[] = {"-c",      "test:///default", "--backend",
                                "libvirt", "--no-config",     NULL};
    struct screen *screen = screen_start(40, 120, args, NULL);

    ck_assert(screen_wait(screen, "1 machine, 1 running", PATIENCE_MS));
    steps_shows(screen, "v", "x1  + -: zoom");
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    steps_hides(screen, "q", "test screen");
    steps_quit(screen);
}
END_TEST

START_TEST(a_read_only_vctop_sees_none)
{
    struct screen *screen = start(24, 80, "--readonly");

    steps_shows(screen, "v", MACHINE ": read-only");
    steps_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {its_text_is_read,
                                  a_small_pane_shows_the_end,
                                  keys_are_pressed_after_a_question,
                                  what_no_keyboard_has_is_refused,
                                  its_picture_is_drawn,
                                  it_is_ascii_where_nothing_else_may_be,
                                  libvirts_picture_is_drawn,
                                  a_read_only_vctop_sees_none};

    return steps_main("a machine's screen", tests, ARRAY_SIZE(tests));
}
