/* What is wrong stands on top with its cause, before any key is pressed; ! walks it, e takes it off
 * until it comes anew; and where nothing is wrong, nothing says so. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "screen/steps.h"

#define CALM "guests=20,machines=6,calm," RESTING
#define SICK CALM ",nospace=backup@0,hang=web1@1,oom=grafana@1,restarted=58"

/* The sign of a problem in the row of NAME; a row that is not shown has none. */
static bool has_sign(struct screen *screen, const char *name)
{
    int row = steps_row_of(screen, name);

    return row >= 0 && screen_row(screen, row)[2] == '!';
}

static bool sign_comes(struct screen *screen, const char *name, bool sign)
{
    long long end = screen_now_ms() + PATIENCE_MS;

    while (has_sign(screen, name) != sign && screen_now_ms() < end)
        screen_pump(screen, 20);
    return has_sign(screen, name) == sign;
}

START_TEST(the_first_screen_says_what_is_wrong_and_why)
{
    struct screen *screen = steps_start(24, 80, SICK, NULL);

    ck_assert(steps_row_says(screen, "backup", "!V backup", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "backup", "NO SPACE", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "backup", "no space left on vda", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "web1", "QEMU stop", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "web1", "stopped by a signal or a debugger", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "grafana", "OOM ", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "grafana", "1 OOM kill, limit 1.0G", PATIENCE_MS));
    ck_assert(screen_wait(screen, "! 1 paused 1 hung 1 OOM", PATIENCE_MS));
    ck_assert(screen_wait(screen, "sim restarted ", PATIENCE_MS));
    /* On top, the worst first, and the reason line is about the selected one. */
    ck_assert_int_eq(steps_row_of(screen, "backup"), 3);
    ck_assert_int_eq(steps_row_of(screen, "web1"), 4);
    ck_assert_int_eq(steps_row_of(screen, "grafana"), 5);
    ck_assert(screen_wait(screen, "backup: no space left on vda", PATIENCE_MS));
    /* Whatever the sort. */
    screen_send(screen, "<II");
    screen_pump(screen, 500);
    ck_assert_int_eq(steps_row_of(screen, "backup"), 3);
    ck_assert_int_eq(steps_row_of(screen, "grafana"), 5);
    steps_quit(screen);
}
END_TEST

/* Figures give way to it, and what has no room is counted. */
START_TEST(storage_in_trouble_keeps_its_place_in_the_header)
{
    static const char *const readonly[] = {"--readonly", NULL};
    struct screen *screen =
        steps_start(24, 80, SICK ",crash=db01@1,off=mail@1,fill=/srv/backup@0", NULL);

    ck_assert(screen_wait(screen, "! 1 paused 1 hung 1 crashed 1 OOM 1 off", PATIENCE_MS));
    ck_assert(screen_wait(screen, "FULL /srv/backup 0", PATIENCE_MS));
    ck_assert(screen_wait(screen, "sim restarted ", PATIENCE_MS));
    steps_quit(screen);

    screen = steps_start(
        24, 80, SICK ",crash=db01@1,off=mail@1,readonly=/srv/images@0,deadmount=/mnt/nfs@0",
        readonly);
    ck_assert(screen_wait(screen, "READ-ONLY /srv/images", PATIENCE_MS));
    ck_assert(screen_wait(screen, "1 off  sim restarted ", PATIENCE_MS));
    ck_assert(screen_wait(screen, "+1", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(a_well_host_is_calm)
{
    struct screen *screen = steps_start(24, 80, CALM, NULL);

    screen_pump(screen, 500);
    ck_assert_ptr_null(strchr(screen_row(screen, 1), '!'));
    for (int row = 2; row < 18; row++)
        ck_assert_int_ne(screen_row(screen, row)[2], '!');
    steps_shows(screen, "!", "no guest has a problem");
    steps_shows(screen, "e", "no event to acknowledge");
    steps_quit(screen);
}
END_TEST

START_TEST(problems_are_walked)
{
    struct screen *screen = steps_start(24, 80, SICK, NULL);

    ck_assert(sign_comes(screen, "grafana", true));
    screen_send(screen, "G!");
    ck_assert(steps_cursor_is(screen, "backup", PATIENCE_MS)); /* round the end */
    screen_send(screen, "!");
    ck_assert(steps_cursor_is(screen, "web1", PATIENCE_MS));
    screen_send(screen, "!");
    ck_assert(steps_cursor_is(screen, "grafana", PATIENCE_MS));
    ck_assert(screen_wait(screen, "grafana: 1 OOM kill, limit 1.0G", PATIENCE_MS));
    screen_send(screen, "!");
    ck_assert(steps_cursor_is(screen, "backup", PATIENCE_MS));
    /* What the filter hides is not walked, but told of. */
    screen_send(screen, "/mail\r");
    ck_assert(steps_cursor_is(screen, "mail", PATIENCE_MS));
    steps_shows(screen, "!", "3 with a problem or event, not in this list");
    steps_quit(screen);
}
END_TEST

START_TEST(problems_are_walked_over_both_panes)
{
    struct screen *screen = steps_start(40, 120, SICK, NULL);

    ck_assert(screen_wait(screen, "1 OOM kill, limit 1.0G", PATIENCE_MS));
    ck_assert(screen_wait(screen, "QEMU stopped by a signal", PATIENCE_MS));
    steps_shows(screen, "!!", "grafana: 1 OOM kill");
    steps_shows(screen, "!", "backup: no space left on");
    steps_quit(screen);
}
END_TEST

/* A cause on a line of its own is part of the row above it. */
START_TEST(a_click_finds_its_row)
{
    struct screen *screen = steps_start(40, 120, SICK, NULL);
    char click[64];

    ck_assert(screen_wait(screen, "QEMU stopped by a signal", PATIENCE_MS));
    int row = screen_find(screen, "QEMU stopped by a signal");
    snprintf(click, sizeof(click), "\033[<0;10;%dM\033[<0;10;%dm", row + 1, row + 1);
    steps_shows(screen, click, "web1: QEMU stopped");
    snprintf(click, sizeof(click), "\033[<0;10;%dM\033[<0;10;%dm", row + 2, row + 2);
    steps_hides(screen, click, "web1: QEMU stopped");
    ck_assert_int_eq(screen_cell(screen, row + 1, 0), '>');
    steps_quit(screen);
}
END_TEST

START_TEST(what_is_acknowledged_leaves_the_top)
{
    struct screen *screen = steps_start(24, 80, SICK, NULL);

    ck_assert(sign_comes(screen, "grafana", true));
    screen_send(screen, "!");
    ck_assert(steps_cursor_is(screen, "web1", PATIENCE_MS));
    steps_shows(screen, "e", "acknowledged: web1: QEMU stopped");
    ck_assert(sign_comes(screen, "web1", false));
    ck_assert(steps_cursor_is(screen, "web1", PATIENCE_MS));
    ck_assert_int_gt(steps_row_of(screen, "web1"), steps_row_of(screen, "grafana"));
    ck_assert(screen_wait(screen, "! 1 paused 1 OOM", PATIENCE_MS));
    /* It is still said, and a frozen picture says the same. */
    ck_assert(steps_row_says(screen, "web1", "QEMU stop", PATIENCE_MS));
    steps_shows(screen, "Z", "FROZEN");
    ck_assert(steps_row_says(screen, "backup", "no space left on vda", PATIENCE_MS));
    ck_assert(!has_sign(screen, "web1"));
    screen_send(screen, "!");
    ck_assert(steps_cursor_is(screen, "backup", PATIENCE_MS));
    steps_hides(screen, "eZ", "FROZEN");
    ck_assert(sign_comes(screen, "backup", false));
    steps_shows(screen, "e", "acknowledged already: backup");
    steps_quit(screen);
}
END_TEST

START_TEST(it_comes_back_when_it_recurs)
{
    struct screen *screen =
        steps_start(24, 80, CALM ",oom=grafana@1,oom=grafana@12,off=mail@1", NULL);

    ck_assert(sign_comes(screen, "grafana", true));
    steps_shows(screen, "ge", "acknowledged: grafana: 1 OOM kill");
    ck_assert(sign_comes(screen, "grafana", false));
    ck_assert(sign_comes(screen, "mail", true));
    ck_assert(steps_row_says(screen, "mail", "off, but autostart is on", PATIENCE_MS));
    ck_assert(sign_comes(screen, "grafana", true));
    ck_assert(steps_row_says(screen, "grafana", "2 OOM kills", PATIENCE_MS));
    ck_assert_int_eq(steps_row_of(screen, "grafana"), 3);
    steps_quit(screen);
}
END_TEST

/* A guest that is shut down from here is off as it should be. */
START_TEST(space_comes_back)
{
    struct screen *screen = steps_start(
        24, 80, CALM ",nospace=backup@1,free=/srv/backup@4,readonly=/srv/images@1", NULL);

    ck_assert(
        steps_row_says(screen, "backup", "no space left on vda (backup: 0 of 200G)", PATIENCE_MS));
    ck_assert(screen_wait(screen, "FULL /srv/backup 0", PATIENCE_MS));
    ck_assert(screen_wait(screen, "READ-ONLY /srv/images", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "web1", "I/O ERROR", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "web1", "I/O error on vda (images: read-only)", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "backup", "SPACE BACK", PATIENCE_MS));
    ck_assert(
        steps_row_says(screen, "backup", "space is back: resume? (backup: 20.0G)", PATIENCE_MS));
    ck_assert(screen_wait_gone(screen, "FULL", PATIENCE_MS));
    steps_select(screen, "backup");
    steps_act(screen, "p", "Resume: backup?");
    ck_assert(steps_row_says(screen, "backup", " run ", PATIENCE_MS));
    ck_assert(sign_comes(screen, "backup", false));
    steps_quit(screen);
}
END_TEST

START_TEST(a_dead_mount_has_its_victims)
{
    struct screen *screen =
        steps_start(40, 120, "guests=20,machines=8,calm,clock=fixed,deadmount=/mnt/nfs@1", NULL);

    ck_assert(screen_wait(screen, "/mnt/nfs is not answering", PATIENCE_MS));
    ck_assert(screen_wait(screen, "QEMU in D state: /mnt/nfs does not answer", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(ones_own_doing_is_no_problem)
{
    struct screen *screen = steps_start(24, 80, CALM ",off=mail@1,crash=wiki@1", NULL);

    ck_assert(sign_comes(screen, "mail", true));
    steps_select(screen, "mail");
    steps_act(screen, "s", "Start: mail?");
    ck_assert(steps_row_says(screen, "mail", " run ", PATIENCE_MS));
    ck_assert(sign_comes(screen, "mail", false));
    steps_act(screen, "d", "Shut down: mail?");
    ck_assert(steps_row_says(screen, "mail", " off ", PATIENCE_MS));
    ck_assert(!has_sign(screen, "mail"));
    steps_quit(screen);
}
END_TEST

/* What is over leaves a sign of its own, without colour too, until it is acknowledged. */
START_TEST(an_event_leaves_a_badge)
{
    const char *plain[] = {"-U", "-C", NULL};
    struct screen *screen =
        steps_start(24, 80, CALM ",watchdog=db01@1,watchdog=db01@3,balloon=web1@1", plain);

    ck_assert(steps_row_says(screen, "db01", "~V db01", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "db01", " run ", PATIENCE_MS));
    ck_assert_int_eq(steps_row_of(screen, "db01"), 3);
    ck_assert(steps_row_says(screen, "web1", " V web1", PATIENCE_MS));
    steps_shows(screen, "g", "db01: its watchdog fired: the guest is reset, ");
    ck_assert(screen_wait(screen, "! db01: its watchdog fired", PATIENCE_MS));
    steps_shows(screen, "3", "the guest is reset (2");
    ck_assert(screen_wait(screen, "its balloon was moved, it has 512M (5", PATIENCE_MS));
    steps_shows(screen, "1e", "acknowledged: db01: its watchdog fired");
    ck_assert(steps_row_says(screen, "db01", " V db01", PATIENCE_MS));
    ck_assert(screen_wait_gone(screen, "! db01", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(events_stand_in_the_header)
{
    struct screen *screen = steps_start(40, 120, CALM ",crash=db01@1,oom=mail@2,off=wiki@3", NULL);

    ck_assert(screen_wait(screen, " wiki off: shut down", PATIENCE_MS));
    const char *line = screen_row(screen, 3);
    ck_assert_msg(strstr(line, " wiki off: shut down") <
                      strstr(line, " mail OOM kill, memory limit"),
                  "%s", line);
    ck_assert_ptr_nonnull(strstr(line, " db01 crashed: guest panicked"));
    ck_assert(line[3] == ':' && line[6] == ':');
    ck_assert(screen_wait(screen, "! 1 crashed 1 OOM 1 off", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* Handed a slow host: the cursor on who is slow, x, Enter. */
START_TEST(three_keys_lead_to_the_culprit)
{
    struct screen *screen = steps_start(24, 80, "guests=20,calm,hurt=build-01+web1@5", NULL);

    /* As soon as it waits. */
    screen_send(screen, "/wait>30\r");
    ck_assert(steps_cursor_is(screen, "web1", PATIENCE_MS));
    screen_pump(screen, 4000); /* some seconds of it, to be held against those before */
    steps_shows(screen, "x", "Who hurts web1?");
    ck_assert(screen_find(screen, "waits for a CPU") >= 0);
    ck_assert(screen_find(screen, "build-01") > screen_find(screen, "waits for a CPU"));
    ck_assert(screen_find(screen, "no proof") >= 0);
    screen_send(screen, "\r");
    ck_assert(steps_cursor_is(screen, "build-01", PATIENCE_MS));
    /* Who is well is not hurt. */
    steps_shows(screen, "x", "Who hurts build-01?");
    ck_assert(screen_find(screen, "that hurts nobody") >= 0);
    ck_assert(screen_find(screen, "goes to the guest") < 0); /* there is none */
    /* It stays as it was answered, and says so once that is a while ago. */
    ck_assert_int_eq(screen_find(screen, " ago)"), -1);
    ck_assert(screen_wait(screen, "Who hurts build-01?  (asked ", PATIENCE_MS));
    ck_assert(screen_find(screen, " ago)") >= 0);
    steps_hides(screen, "\033", "Who hurts");
    steps_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_first_screen_says_what_is_wrong_and_why,
        storage_in_trouble_keeps_its_place_in_the_header,
        a_well_host_is_calm,
        problems_are_walked,
        problems_are_walked_over_both_panes,
        a_click_finds_its_row,
        what_is_acknowledged_leaves_the_top,
        it_comes_back_when_it_recurs,
        space_comes_back,
        a_dead_mount_has_its_victims,
        ones_own_doing_is_no_problem,
        an_event_leaves_a_badge,
        events_stand_in_the_header,
        three_keys_lead_to_the_culprit,
    };

    return steps_main("problems", tests, ARRAY_SIZE(tests));
}
