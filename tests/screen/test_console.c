/* Consoles of simulated guests in their pane: in, out, and what befalls them. */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "screen/family.h"
#include "screen/steps.h"

#define SIM "guests=20,machines=6,calm,seed=1"
#define DETACH "\035"
#define LEAVES "every key goes to the guest"
#define IS_BACK "keyboard to it"

static struct screen *open_console(int rows, int columns, const char *spec, const char *guest,
                                   const char *key, const char *wanted)
{
    struct screen *screen = steps_start(rows, columns, spec, NULL);
    char filter[64];

    snprintf(filter, sizeof(filter), "/%s\r", guest);
    steps_shows(screen, filter, "1 of 20");
    steps_shows(screen, key, wanted);
    return screen;
}

/* Closes the only console and leaves. */
static void close_and_quit(struct screen *screen)
{
    steps_shows(screen, "q", "Close the");
    screen_pump(screen, 400);
    steps_hides(screen, "\t\r", IS_BACK);
    steps_quit(screen);
}

START_TEST(in_and_out)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "c", "db01$");

    ck_assert(screen_wait(screen, LEAVES, PATIENCE_MS));
    /* Letters that are commands everywhere else are the guest's here. */
    steps_shows(screen, "echo qzmw?\r", "\nqzmw?");
    ck_assert(screen_find(screen, "K NAME") >= 0);
    steps_shows(screen, DETACH, IS_BACK);
    steps_shows(screen, "c", LEAVES);
    steps_shows(screen, "echo again\r", "\nagain");
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
}
END_TEST

/* It is the action menu's first line, and where its cursor is. */
START_TEST(from_the_menu)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "m", "c console");

    steps_shows(screen, "\r", "db01$");
    ck_assert(screen_wait(screen, LEAVES, PATIENCE_MS));
    steps_shows(screen, DETACH, IS_BACK);
    /* It is open: entered, not opened again. */
    steps_shows(screen, "mc", LEAVES);
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
}
END_TEST

START_TEST(typed_ahead_is_thrown_away)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "c", "db01$");

    /* m is the action menu, q closes. */
    steps_shows(screen, "ls" DETACH "mqqq", IS_BACK);
    screen_pump(screen, 300);
    ck_assert_int_lt(screen_find(screen, "Close the"), 0);
    ck_assert_int_lt(screen_find(screen, "force off"), 0);
    close_and_quit(screen);
}
END_TEST

START_TEST(paste_may_hold_the_detach_key)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "c", "db01$");

    steps_shows(screen, "\033[200~echo a" DETACH "b\033[201~", "echo ab");
    ck_assert(screen_find(screen, LEAVES) >= 0);
    /* A long one, and the key behind it. */
    CLEANUP_FREE char *text = malloc(300001);
    memset(text, 'x', 300000);
    memcpy(text, "\033[200~", 6);
    memcpy(text + 299994, "\033[201~", 6);
    text[300000] = '\0';
    for (size_t at = 0; at < 300000; at += 1000) {
        screen_send_bytes(screen, text + at, 1000);
        screen_pump(screen, 1);
    }
    long long start = screen_now_ms();
    steps_shows(screen, DETACH, IS_BACK);
    ck_assert_int_lt(screen_now_ms() - start, 1000);
    close_and_quit(screen);
}
END_TEST

/* What the screen's own process takes. */
static long resident_kb(const struct screen *screen)
{
    char path[64], line[128];
    long kb = 0;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)screen_pid(screen));
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof(line), file))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    fclose(file);
    return kb;
}

/* Fault row 19: whatever the guest says, one is out at once, and it takes no memory. */
START_TEST(detach_under_flood)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "c", "db01$");
    long long worst = 0;

    steps_shows(screen, "flood\r", "\ny 1");
    long before = resident_kb(screen);
    ck_assert_int_gt(before, 0);
    for (int i = 0; i < 5; i++) {
        screen_pump(screen, 300);
        long long start = screen_now_ms();
        steps_shows(screen, DETACH, IS_BACK);
        long long took = screen_now_ms() - start;
        worst = took > worst ? took : worst;
        steps_shows(screen, "c", LEAVES);
    }
    printf("detach under flood: %lld ms at worst\n", worst);
    ck_assert_int_lt(worst, 1000);
    screen_pump(screen, 2000);
#ifndef SANITIZED /* that one keeps what was freed */
    /* 10,000 lines of scrollback are some 700 KB. */
    ck_assert_int_lt(resident_kb(screen) - before, 6000);
#endif
    steps_shows(screen, "\003", "^C");
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
}
END_TEST

/* Nothing of what a guest sends for a terminal gets out, and the modes stay as they are. */
START_TEST(hostile_bytes)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "c", "db01$");

    steps_shows(screen, "hostile\r", "safe");
    screen_pump(screen, 300);
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    /* What it was answered, its shell takes for typed. */
    steps_shows(screen, "\003echo fine\r", "\nfine");
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
}
END_TEST

START_TEST(colours_and_wide)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "cz", "db01$");
    struct screen_look look;

    steps_shows(screen, "colors\r", "reverse");
    int row = screen_find(screen, " 0   1   2   3");
    screen_look(screen, row, 14, &look);
    ck_assert_str_eq(look.text, "3");
    ck_assert_int_ne(look.foreground, -1);
    row = screen_find(screen, "┌──┐");
    ck_assert_int_ge(row, 0);
    steps_shows(screen, "wide\r", "日本語 한국어 ｆｕｌｌ 😀 é");
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
}
END_TEST

START_TEST(whole_screen_and_sizes)
{
    struct screen *screen = open_console(40, 120, SIM, "mail", "a", "mail#");

    steps_shows(screen, "screen\r", "q quits");
    int bottom = screen_find(screen, "q quits");
    ck_assert_int_eq(bottom, 37);
    steps_shows(screen, DETACH, IS_BACK);
    steps_shows(screen, "z", "top line of 120x3");
    ck_assert_int_lt(screen_find(screen, "NAME"), 0);
    /* Fault row 43: sizes change under it. */
    for (int i = 0; i < 60; i++) {
        screen_resize(screen, 10 + i % 31, 40 + i % 71);
        screen_pump(screen, 2);
    }
    screen_resize(screen, 24, 80);
    ck_assert(screen_wait(screen, "top line of 80x19", PATIENCE_MS));
    screen_resize(screen, 5, 20);
    ck_assert(screen_wait(screen, "too small", PATIENCE_MS));
    screen_resize(screen, 24, 80);
    ck_assert(screen_wait(screen, "top line of 80x19", PATIENCE_MS));
    steps_shows(screen, "z", "K NAME");
    ck_assert(screen_wait(screen, "q quits", PATIENCE_MS));
    steps_shows(screen, "c", LEAVES);
    steps_shows(screen, "q", "mail#");
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
}
END_TEST

/* The rest of the line that was typed into a dead console goes nowhere. */
START_TEST(dead_console_swallows)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "c", "db01$");

    steps_shows(screen, "exit 3\r", "ended");
    screen_send(screen, "qqqqmf");
    screen_pump(screen, 300);
    ck_assert(screen_find(screen, "ended") >= 0);
    ck_assert(screen_find(screen, LEAVES) >= 0);
    steps_shows(screen, DETACH, IS_BACK);
    /* It can be opened anew, and what it said is still there. */
    steps_shows(screen, "c", LEAVES);
    ck_assert(screen_wait_gone(screen, "ended", PATIENCE_MS));
    steps_shows(screen, "crash\r", "ended");
    steps_shows(screen, DETACH, IS_BACK);
    steps_hides(screen, "q", IS_BACK);
    steps_quit(screen);
}
END_TEST

START_TEST(status_of_a_shell)
{
    struct screen *screen = open_console(24, 80, SIM, "mail", "a", "mail#");

    steps_shows(screen, "exit 3\r", "with status 3");
    steps_shows(screen, DETACH, IS_BACK);
    steps_hides(screen, "q", IS_BACK);
    steps_quit(screen);
}
END_TEST

/* Fault row 18. */
START_TEST(busy_is_asked_about)
{
    struct screen *screen =
        open_console(24, 80, SIM ",busy=db01", "db01", "c", "Take over the console");

    /* Cancel is what Enter does. */
    screen_pump(screen, 400);
    steps_hides(screen, "\r", "Take over the console");
    ck_assert(screen_wait(screen, "busy", PATIENCE_MS));
    steps_shows(screen, "c", "Take over the console");
    screen_pump(screen, 400);
    steps_shows(screen, "\t\r", "db01$");
    ck_assert(screen_wait(screen, LEAVES, PATIENCE_MS));
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
}
END_TEST

/* Fault row 20. */
START_TEST(silent_gets_a_hint)
{
    struct screen *screen =
        open_console(24, 80, SIM ",silent=db01,silent=mail", "mail", "c", "lxc.tty.max");

    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
    screen = open_console(24, 80, SIM ",silent=db01", "db01", "c", "console=ttyS0");
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
}
END_TEST

/* Asked for before its guest is seen to run, it is there from the first byte. */
START_TEST(from_the_start)
{
    struct screen *screen = steps_start(24, 80, SIM ",off=db01@1", NULL);

    steps_select(screen, "db01");
    ck_assert(steps_row_says(screen, "db01", " off! ", PATIENCE_MS));
    steps_shows(screen, "c", "it is off");
    steps_shows(screen, "ms", "Start: db01");
    screen_pump(screen, 400);
    steps_shows(screen, "\t\r", "db01: start");
    steps_shows(screen, "c", LEAVES);
    steps_shows(screen, "echo early\r", "\nearly");
    ck_assert(screen_wait(screen, "start done", PATIENCE_MS));
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
}
END_TEST

/* A guest that goes off under it, and the offer to open it again when it runs. */
START_TEST(off_and_on_again)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "c", "db01$");

    steps_shows(screen, "poweroff\r", "ended");
    ck_assert(screen_wait(screen, "when the guest runs again", PATIENCE_MS));
    steps_shows(screen, DETACH, IS_BACK);
    steps_shows(screen, "c", "as soon as db01 runs again");
    steps_shows(screen, "ms", "Start");
    screen_pump(screen, 400);
    steps_hides(screen, "\t\r", "as soon as");
    ck_assert(screen_wait_gone(screen, "ended", PATIENCE_MS));
    steps_shows(screen, "c", LEAVES);
    steps_shows(screen, "echo back\r", "\nback");
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
}
END_TEST

START_TEST(readonly_says_so)
{
    const char *const more[] = {"--readonly", NULL};
    struct screen *screen = steps_start(24, 80, SIM, more);

    steps_select(screen, "db01");
    steps_shows(screen, "c", "read-only (start vctop without --readonly)");
    steps_shows(screen, "m", "c console ");
    screen_send(screen, "c\r");
    screen_pump(screen, 300);
    ck_assert(strstr(screen_text(screen), "c console "));
    steps_hides(screen, "\033", "c console ");
    /* Its log may be read. */
    steps_shows(screen, "l", "simulated log, line 40");
    steps_shows(screen, "q", "K NAME");
    ck_assert(screen_wait_gone(screen, "simulated log", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(several_as_tabs)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "c", "db01$");

    steps_shows(screen, "flood\r", "\ny 1");
    steps_shows(screen, DETACH, IS_BACK);
    /* What it says while one is elsewhere is marked, and the mark goes once it is read. */
    steps_shows(screen, "1", "console has news: db01");
    steps_shows(screen, "5", "y ");
    ck_assert(screen_wait_gone(screen, "has news", PATIENCE_MS));
    steps_shows(screen, "1/\025mail\r", "1 of 20");
    ck_assert(screen_wait_gone(screen, "y 1", PATIENCE_MS));
    steps_shows(screen, "a", "mail#");
    ck_assert(screen_wait(screen, "*db01 console", PATIENCE_MS));
    ck_assert(screen_find(screen, "mail shell") >= 0);
    steps_shows(screen, DETACH, IS_BACK);
    steps_shows(screen, "[", "y ");
    ck_assert(screen_wait_gone(screen, "*db01", PATIENCE_MS));
    steps_shows(screen, "]", "mail#");
    /* Where there is room both stand side by side. */
    screen_resize(screen, 40, 120);
    ck_assert(screen_wait(screen, "y ", PATIENCE_MS));
    ck_assert(screen_find(screen, "mail#") >= 0);
    ck_assert(screen_find(screen, "NAME") >= 0);
    steps_shows(screen, "q", "Close the shell of mail");
    screen_pump(screen, 400);
    steps_hides(screen, "\t\r", "mail#");
    /* Quitting asks about the other. */
    steps_shows(screen, "\033[21~", "Quit?");
    screen_pump(screen, 400);
    screen_send(screen, "\t\r");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(screen_restored(screen));
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    screen_free(screen);
}
END_TEST

START_TEST(looking_back)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "l", "simulated log, line 40");
    char path[64], text[8192];

    steps_shows(screen, "g", "simulated log, line 1\n");
    steps_shows(screen, "/line 33\r", "line 33");
    ck_assert(screen_find(screen, "line 33 of") >= 0);
    steps_shows(screen, "n", "line 33 of");
    /* A part of it to a file. */
    snprintf(path, sizeof(path), "/tmp/vctop-test-console-%d", (int)getpid());
    unlink(path);
    steps_shows(screen, " kk", "line 31 of");
    steps_shows(screen, "w", "marked lines to:");
    screen_send(screen, "\025");
    screen_send(screen, path);
    steps_shows(screen, "\r", "3 lines written to");
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size_t len = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    unlink(path);
    text[len] = '\0';
    ck_assert_str_eq(text,
                     "simulated log, line 31\nsimulated log, line 32\nsimulated log, line 33\n");
    steps_shows(screen, "G", "simulated log, line 4");
    screen_send(screen, "\033");
    screen_pump(screen, 300);
    steps_shows(screen, "q", "K NAME");
    ck_assert(screen_wait_gone(screen, "simulated log", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* Reads a file that a process of its own writes, until it holds WANTED. */
static char *file_with(struct screen *screen, const char *path, const char *wanted)
{
    static char text[65536];
    struct stat there;
    long long end = screen_now_ms() + PATIENCE_MS;

    do {
        screen_pump(screen, 50);
        FILE *file = fopen(path, "r");
        size_t len = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
        text[len] = '\0';
        if (file)
            fclose(file);
    } while (!strstr(text, wanted) && screen_now_ms() < end);
    ck_assert_msg(strstr(text, wanted) != NULL, "no '%s' in %s", wanted, text);
    ck_assert_int_eq(stat(path, &there), 0);
    ck_assert_uint_eq(there.st_mode & 0777, 0600);
    unlink(path);
    return text;
}

/* As asciicast v2 has it: a header, then [seconds, kind, text] a line, in order. */
static void check_event(const json_t *event, double *last, const char *line)
{
    const json_t *at = json_array_get(event, 0);
    const char *kind = json_string_value(json_array_get(event, 1));
    const char *data = json_string_value(json_array_get(event, 2));
    int columns, rows, len = 0;

    ck_assert_msg(json_array_size(event) == 3 && json_is_number(at) && kind && data, "%s", line);
    ck_assert_msg(json_number_value(at) >= *last, "%s after %f", line, *last);
    *last = json_number_value(at);
    if (*kind == 'r')
        ck_assert(sscanf(data, "%dx%d%n", &columns, &rows, &len) == 2 && !data[len]);
    else
        ck_assert_str_eq(kind, "o");
}

static void check_cast(char *text)
{
    double last = 0;
    char *line;

    for (int i = 0; (line = strsep(&text, "\n")) && *line; i++) {
        json_t *json = json_loads(line, 0, NULL); /* refuses what is no UTF-8, too */
        ck_assert_msg(json != NULL, "line %d is no JSON: %s", i, line);
        if (i > 0) {
            check_event(json, &last, line);
        } else {
            ck_assert_int_eq(json_integer_value(json_object_get(json, "version")), 2);
            ck_assert_int_eq(json_integer_value(json_object_get(json, "width")), 80);
            ck_assert_int_gt(json_integer_value(json_object_get(json, "height")), 2);
            ck_assert(json_is_integer(json_object_get(json, "timestamp")));
        }
        json_decref(json);
        ck_assert_ptr_null(strstr(line, "pwned"));
    }
}

START_TEST(recorded)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "c", "db01$");
    char path[64], keys[96];

    snprintf(path, sizeof(path), "/tmp/vctop-test-%d.cast", (int)getpid());
    unlink(path);
    snprintf(keys, sizeof(keys), ":record %s\r", path);
    steps_shows(screen, DETACH, IS_BACK);
    steps_shows(screen, keys, "REC");
    steps_shows(screen, "c", LEAVES);
    steps_shows(screen, "wide\r", "日本語");
    screen_resize(screen, 24, 90);
    ck_assert(screen_wait(screen, LEAVES, PATIENCE_MS));
    screen_pump(screen, 300);
    steps_shows(screen, "hostile\r", "safe");
    char *text = file_with(screen, path, "safe");
    ck_assert_ptr_nonnull(strstr(text, "\"r\",\"90x"));
    ck_assert_ptr_nonnull(strstr(text, "\n[0.0,\"o\",\"\\u001B[m\\u001B[2J")); /* as it was */
    check_cast(text);
    steps_shows(screen, DETACH, IS_BACK);
    steps_shows(screen, ":stop\r", "no more is written");
    snprintf(path, sizeof(path), "/tmp/vctop-test-%d.txt", (int)getpid());
    snprintf(keys, sizeof(keys), ":record %s\r", path);
    steps_shows(screen, keys, "REC");
    steps_shows(screen, ":send ^Ccolors^M\r", "bold italic");
    ck_assert_ptr_null(strchr(file_with(screen, path, "bold italic"), '\033'));
    steps_shows(screen, ":stop\r", "no more is written");
    /* A full disk is said once, and ends it. */
    steps_shows(screen, ":record /dev/full/x\r", "not written any more");
    ck_assert_int_lt(screen_find(screen, "REC"), 0);
    close_and_quit(screen);
}
END_TEST

START_TEST(palette_commands)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", ":open serial1\r", "db01$");

    ck_assert(screen_wait(screen, "db01 console serial1", PATIENCE_MS));
    steps_shows(screen, DETACH, IS_BACK);
    /* A serial line is told its size only after a yes. */
    steps_shows(screen, ":fit\r", "stty rows 10 cols 80");
    screen_pump(screen, 400);
    steps_shows(screen, "\t\r", "stty: not found");
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
    screen = open_console(24, 80, SIM, "mail", ":run exit 7\r", "with status 7");
    steps_shows(screen, DETACH, IS_BACK);
    steps_shows(screen, ":fit\r", "no console is open that listens");
    steps_hides(screen, "q", IS_BACK);
    steps_quit(screen);
}
END_TEST

START_TEST(another_detach_key)
{
    const char *const more[] = {"--detach-key", "^a", NULL};
    struct screen *screen = steps_start(24, 80, SIM, more);

    steps_select(screen, "db01");
    steps_shows(screen, "c", "Ctrl-A leaves");
    ck_assert(screen_wait(screen, "db01$", PATIENCE_MS));
    screen_send(screen, DETACH "q");
    screen_pump(screen, 300);
    steps_shows(screen, "\001", IS_BACK);
    close_and_quit(screen);
}
END_TEST

/* Fault row 46: the terminal stops to read while a guest floods. */
START_TEST(terminal_that_does_not_read)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "c", "db01$");

    steps_shows(screen, "flood\r", "\ny 1");
    screen_link(screen, 0);
    screen_pump(screen, 1500);
    screen_link(screen, SCREEN_FAST);
    steps_shows(screen, "\003", "^C");
    steps_shows(screen, DETACH, IS_BACK);
    close_and_quit(screen);
}
END_TEST

/* The window goes away while one is in a guest. */
START_TEST(hang_up)
{
    struct screen *screen = open_console(24, 80, SIM, "db01", "c", "db01$");

    screen_hang_up(screen);
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 129);
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    screen_free(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        in_and_out,
        from_the_menu,
        from_the_start,
        typed_ahead_is_thrown_away,
        paste_may_hold_the_detach_key,
        detach_under_flood,
        hostile_bytes,
        colours_and_wide,
        whole_screen_and_sizes,
        dead_console_swallows,
        status_of_a_shell,
        busy_is_asked_about,
        silent_gets_a_hint,
        off_and_on_again,
        readonly_says_so,
        several_as_tabs,
        looking_back,
        recorded,
        palette_commands,
        another_detach_key,
        terminal_that_does_not_read,
        hang_up,
    };

    return steps_main("console", tests, ARRAY_SIZE(tests));
}
