/* The palette, the setup screen, and keys from a configuration file. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "screen/steps.h"

#define SMALL "guests=20,machines=6," RESTING
#define F1 "\033OP"
#define F2 "\033OQ"
#define ARROW "\342\226\274" /* at the column sorted by */

static struct screen *start_small(void)
{
    return steps_start(24, 80, SMALL, NULL);
}

static void expect(struct screen *screen, const char *text)
{
    ck_assert_msg(screen_wait(screen, text, PATIENCE_MS), "no '%s'", text);
}

static void expect_row(struct screen *screen, int row, const char *text)
{
    long long end = screen_now_ms() + PATIENCE_MS;

    while (!strstr(screen_row(screen, row), text) && screen_now_ms() < end)
        screen_pump(screen, 20);
    ck_assert_msg(strstr(screen_row(screen, row), text) != NULL, "row %d is: %s", row,
                  screen_row(screen, row));
}

START_TEST(palette_completes)
{
    struct screen *screen = start_small();

    screen_send(screen, ":");
    expect(screen, "time between two samples");
    screen_send(screen, "so");
    expect(screen, "sort-memory");
    ck_assert_int_lt(screen_find(screen, "time between two samples"), 0);
    screen_send(screen, "\t");
    expect_row(screen, 22, ":sort");
    screen_send(screen, "\t\t\t");
    expect_row(screen, 22, ":sort-memory");
    screen_send(screen, "\r");
    expect(screen, "MEM" ARROW);
    /* Values are completed too. */
    screen_send(screen, ":theme mono\t");
    expect_row(screen, 22, ":theme monochrome");
    screen_send(screen, "\033");
    expect(screen, "Quit");
    /* The beginning of one name is enough. */
    screen_send(screen, ":laye\177o\r");
    expect(screen, "layout: machines only");
    steps_quit(screen);
}
END_TEST

START_TEST(palette_says_what_it_does_not_know)
{
    struct screen *screen = start_small();

    screen_send(screen, ":fliter\r");
    expect(screen, "there is no command 'fliter': the nearest is 'filter'");
    screen_send(screen, ":wxyz\r");
    expect(screen, "there is no command 'wxyz': Tab shows all");
    screen_send(screen, ":sort-\r");
    expect(screen, "'sort-' could be 'sort-cpu' or 'sort-memory'");
    screen_send(screen, ":delay\r");
    expect(screen, ":delay needs a value: SECS");
    screen_send(screen, ":delay 0.1\r");
    expect(screen, "the delay must be from 0.2 to 3600 seconds");
    screen_send(screen, ":zoom in\r");
    expect(screen, ":zoom takes no value");
    screen_send(screen, ":sort spin\r");
    expect(screen, "'spin' is no column");
    screen_send(screen, ":columns name cpu\r");
    expect(screen, "the columns need 'state'");
    screen_send(screen, ":theme none\r");
    expect(screen, "there is no theme 'none'");
    screen_send(screen, ":save\r");
    expect(screen, "--no-config: nothing is saved");
    steps_quit(screen);
}
END_TEST

/* Neither a name of an action nor anything else in it touches a guest. */
START_TEST(palette_changes_no_guest)
{
    static const char *const actions[] = {"start",  "shutdown", "reboot",   "pause",
                                          "resume", "reset",    "force-off"};
    struct screen *screen = start_small();

    for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
        char keys[64];

        snprintf(keys, sizeof(keys), ":%s\r", actions[i]);
        screen_send(screen, keys);
        expect(screen, "no command changes a guest: m opens the menu");
        steps_hides(screen, "k", "no command");
    }
    steps_quit(screen);
}
END_TEST

START_TEST(palette_remembers)
{
    struct screen *screen = start_small();

    screen_send(screen, ":filter web\r");
    expect(screen, "filter 'web'");
    screen_send(screen, ":filter db\r");
    expect(screen, "filter 'db'");
    screen_send(screen, ":zo\033OA");
    expect_row(screen, 22, ":filter db");
    screen_send(screen, "\033OA\033OA");
    expect_row(screen, 22, ":filter web");
    screen_send(screen, "\033OB\033OB\033OB");
    expect_row(screen, 22, ":zo");
    screen_send(screen, "\033OA\033OA\r");
    expect(screen, "filter 'web'");
    /* Nothing left to erase closes it; a paste is text. */
    screen_send(screen, ":\177");
    expect(screen, "Quit");
    screen_send(screen, ":\033[200~filter mail\033[201~\r");
    expect(screen, "filter 'mail'");
    screen_send(screen, ":quit\r");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    screen_free(screen);
}
END_TEST

START_TEST(setup_of_columns_and_meters)
{
    struct screen *screen = start_small();

    ck_assert_int_eq(screen_find(screen, "DISK R/W"), 2);
    screen_send(screen, F2);
    expect(screen, "Delay");
    ck_assert_int_lt(screen_find(screen, "not saved"), 0);
    screen_send(screen, "+");
    expect(screen, "0.5 s between two samples");
    expect(screen, "not saved");
    screen_send(screen, "-\t");
    expect(screen, "[x] disk");
    ck_assert(screen_wait_gone(screen, "not saved", PATIENCE_MS));
    screen_send(screen, "jjjjjj ");
    expect(screen, "[ ] disk");
    ck_assert(screen_wait_gone(screen, "DISK R/W", PATIENCE_MS));
    /* The name cannot be left out. */
    screen_send(screen, "gj ");
    expect(screen, "without 'name' no row says what it is");
    /* The CPU before the state. */
    screen_send(screen, "jj-");
    screen_send(screen, "\t");
    expect(screen, "[x] memory");
    screen_send(screen, "j ");
    expect(screen, "[ ] memory");
    ck_assert(screen_wait_gone(screen, "/64.0G", PATIENCE_MS));
    steps_hides(screen, "\033", "Setup");
    const char *head = screen_row(screen, 2);
    ck_assert(strstr(head, "CPU%") && strstr(head, "CPU%") < strstr(head, "STATE"));
    steps_quit(screen);
}
END_TEST

/* A key that was given to a command calls it, and help and footer say so; one that is taken is
 * named. */
START_TEST(setup_of_keys)
{
    struct screen *screen = start_small();

    screen_send(screen, F2 "\033[Z");
    expect(screen, "one line up");
    screen_send(screen, "jjjjjjjjjjjjjjjjjjj\r");
    expect(screen, "Press the key for 'actions'");
    screen_send(screen, "q");
    expect(screen, "q is a key of 'back-or-quit'");
    screen_send(screen, "\rA");
    expect(screen, "actions         A  ");
    screen_send(screen, "\033");
    expect(screen, " A Actions");
    screen_send(screen, "mA");
    expect(screen, "shut down");
    screen_send(screen, "\033");
    expect(screen, " A Actions");
    screen_send(screen, F1);
    screen_send(screen, "\033[6~"); /* a page down */
    expect(screen, "    A                start, shut down");
    screen_send(screen, "q" F2 "\033[Zjjjjjjjjjjjjjjjjjjj\033[3~");
    expect(screen, "actions         m F9");
    screen_send(screen, "\033");
    expect(screen, " m Actions");
    steps_quit(screen);
}
END_TEST

static struct screen *start_with(const char *text)
{
    char path[] = "/tmp/vctop-keys-XXXXXX";
    const char *const args[] = {("--sim=" SMALL), "-d", "0.2", "--config", path, NULL};
    int fd = mkstemp(path);

    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    struct screen *screen = screen_start(24, 80, args, NULL);
    expect(screen, "SIMULATED");
    expect(screen, "/800");
    unlink(path);
    return screen;
}

START_TEST(keys_of_a_file)
{
    struct screen *screen = start_with(
        "keys: {\n  down = [\"y\", \"Down\"];\n  back-or-quit = \"X\";\n  redraw = \"r\";\n"
        "  actions = \"^X\";\n};\n");

    ck_assert(steps_cursor_is(screen, "backup", PATIENCE_MS));
    screen_send(screen, "y");
    ck_assert(steps_cursor_is(screen, "test-vm1", PATIENCE_MS));
    screen_send(screen, "jq"); /* mean nothing now */
    screen_send(screen, "\003");
    expect(screen, "press X to quit");
    ck_assert(steps_cursor_is(screen, "test-vm1", PATIENCE_MS));
    /* In a prompt a letter is a letter, whatever it is bound to. */
    screen_send(screen, "/Xr");
    expect(screen, "Filter: Xr");
    screen_send(screen, "\033");
    expect(screen, "X Quit");
    screen_send(screen, "\030");
    expect(screen, "shut down");
    screen_send(screen, "\033");
    expect(screen, "X Quit");
    screen_send(screen, "X");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    screen_free(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        palette_completes, palette_says_what_it_does_not_know, palette_changes_no_guest,
        palette_remembers, setup_of_columns_and_meters,        setup_of_keys,
        keys_of_a_file,
    };

    return steps_main("palette and setup", tests, ARRAY_SIZE(tests));
}
