/* Sources that hang, die, talk garbage or go away: their rows look it and say who is to blame, the
 * cursor moves on, and what died is replaced. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "screen/family.h"
#include "screen/steps.h"

#define SIM "guests=20,machines=6," RESTING
#define FAST_MS 100 /* from a key to its effect, whatever hangs */

/* A faulty host, the cursor bound to db01. */
static struct screen *start(const char *fault)
{
    char sim[160];

    snprintf(sim, sizeof(sim), "%s%s", SIM, fault);
    struct screen *screen = steps_start(24, 80, sim, NULL);
    for (int i = 0; i < 20 && strcmp(steps_cursor_name(screen), "db01") != 0; i++) {
        screen_send(screen, "j");
        screen_pump(screen, 100);
    }
    ck_assert_str_eq(steps_cursor_name(screen), "db01");
    return screen;
}

/* On a machine that is slow for a moment the median may be too: a second look decides. */
static void check_live(struct screen *screen)
{
    long long took = steps_key_ms(screen);

    for (int i = 0; i < 3 && took >= FAST_MS; i++)
        took = steps_key_ms(screen);
    ck_assert_int_lt(took, FAST_MS);
    /* An odd number of moves: the cursor ended one line lower. */
    screen_send(screen, "k");
    screen_pump(screen, 200);
}

START_TEST(a_hanging_guest)
{
    struct screen *screen = start(",hang=db01@4");

    ck_assert(steps_row_says(screen, "db01", " run ", PATIENCE_MS));
    ck_assert(screen_wait(screen, "db01: QEMU stopped", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "db01", "!V", PATIENCE_MS));
    ck_assert(steps_cursor_is(screen, "db01", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "db01", "2s", PATIENCE_MS));
    /* The others go on. */
    ck_assert(steps_row_says(screen, "web1", " run ", PATIENCE_MS));
    check_live(screen);
    /* Only force off helps a machine whose QEMU stands still. */
    steps_shows(screen, "m", "only force off helps");
    steps_hides(screen, "\033", "only force off helps");
    steps_quit(screen);
}
END_TEST

/* The sum of the guests has old figures in it then, and says so. */
START_TEST(a_sum_of_old_figures)
{
    char sim[160];

    snprintf(sim, sizeof(sim), "%s,late@4", SIM);
    struct screen *screen = steps_start(40, 120, sim, NULL);

    ck_assert(screen_wait(screen, " host ", PATIENCE_MS));
    ck_assert_int_eq(screen_find(screen, "? host"), -1);
    ck_assert(screen_wait(screen, "? host", PATIENCE_MS));
    ck_assert(screen_wait_gone(screen, "? host", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* Silent for 5 s it is late, after 10 s it is killed and started again. */
START_TEST(a_late_worker)
{
    struct screen *screen = start(",late@4");
    pid_t worker = family_find(screen, "--role=worker");

    ck_assert(steps_row_says(screen, "db01", "stale", PATIENCE_MS));
    ck_assert(screen_wait(screen, "own worker late", PATIENCE_MS));
    ck_assert(steps_cursor_is(screen, "db01", PATIENCE_MS));
    check_live(screen);
    ck_assert_int_ne(family_successor(screen, "--role=worker", worker, PATIENCE_MS), 0);
    ck_assert(steps_row_says(screen, "db01", " run ", PATIENCE_MS));
    ck_assert(steps_cursor_is(screen, "db01", PATIENCE_MS));
    ck_assert(family_shrinks_to(screen, 4, PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(a_dying_worker)
{
    struct screen *screen = start(",die@4");
    pid_t spawner = family_find(screen, "spawner");

    ck_assert(screen_wait(screen, "retrying", PATIENCE_MS));
    ck_assert(steps_cursor_is(screen, "db01", PATIENCE_MS));
    ck_assert(screen_wait_gone(screen, "retrying", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "db01", " run ", PATIENCE_MS));
    ck_assert(steps_cursor_is(screen, "db01", PATIENCE_MS));
    ck_assert_uint_eq(family_zombies(spawner), 0);
    ck_assert_uint_eq(family_zombies(screen_pid(screen)), 0);
    /* It dies again, and waits longer before it comes back: now the rows grow old. */
    ck_assert(steps_row_says(screen, "db01", "stale", PATIENCE_MS));
    check_live(screen);
    ck_assert(steps_row_says(screen, "db01", " run ", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(garbage)
{
    struct screen *screen = start(",garbage@4");
    pid_t worker = family_find(screen, "--role=worker");

    ck_assert_int_ne(family_successor(screen, "--role=worker", worker, PATIENCE_MS), 0);
    ck_assert(screen_wait_gone(screen, "retrying", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "db01", " run ", PATIENCE_MS));
    ck_assert(steps_cursor_is(screen, "db01", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(a_lost_source)
{
    struct screen *screen = start(",lost@4+4");

    ck_assert(screen_wait(screen, "sim lost", PATIENCE_MS));
    ck_assert(screen_wait(screen, "source lost", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "db01", "stale", PATIENCE_MS));
    ck_assert(steps_cursor_is(screen, "db01", PATIENCE_MS));
    check_live(screen);
    ck_assert(screen_wait_gone(screen, "retrying", PATIENCE_MS));
    ck_assert(screen_wait(screen, "sim restarted", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "db01", " run ", PATIENCE_MS));
    ck_assert(steps_cursor_is(screen, "db01", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(a_killed_worker)
{
    struct screen *screen = start("");
    pid_t worker = family_find(screen, "--role=worker"), spawner = family_find(screen, "spawner");

    ck_assert_int_gt(worker, 0);
    ck_assert_int_gt(spawner, 0);
    steps_shows(screen, "k ", "1 marked");
    CLEANUP_FREE char *name = strdup(steps_cursor_name(screen));
    kill(worker, SIGKILL);
    ck_assert(screen_wait(screen, "retrying", PATIENCE_MS));
    ck_assert_int_ne(family_successor(screen, "--role=worker", worker, PATIENCE_MS), 0);
    ck_assert(screen_wait_gone(screen, "retrying", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "db01", " run ", PATIENCE_MS));
    ck_assert_str_eq(steps_cursor_name(screen), name);
    ck_assert(strstr(screen_text(screen), "1 marked"));
    ck_assert_uint_eq(family_zombies(spawner), 0);
    ck_assert_uint_eq(family_count(screen), 4);
    steps_quit(screen);
}
END_TEST

START_TEST(a_killed_spawner)
{
    struct screen *screen = start("");

    kill(family_find(screen, "spawner"), SIGKILL);
    ck_assert(screen_wait(screen, "own workers are gone", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "db01", "stale", PATIENCE_MS));
    check_live(screen);
    /* Nothing can be done without it; it says so and does not hang. */
    steps_shows(screen, "m", "Enter or a letter");
    steps_shows(screen, "d", "Shut down: db01?");
    screen_pump(screen, 500);
    steps_shows(screen, "\t\r", "spawner");
    ck_assert_uint_eq(family_zombies(screen_pid(screen)), 0);
    steps_quit(screen);
}
END_TEST

START_TEST(a_killed_screen)
{
    struct screen *screen = start("");

    ck_assert_uint_eq(family_count(screen), 4);
    kill(screen_pid(screen), SIGKILL);
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 128 + SIGKILL);
    ck_assert(family_shrinks_to(screen, 0, 2000));
    screen_free(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_hanging_guest, a_sum_of_old_figures, a_late_worker,    a_dying_worker,  garbage,
        a_lost_source,   a_killed_worker,      a_killed_spawner, a_killed_screen,
    };

    return steps_main("stale rows", tests, ARRAY_SIZE(tests));
}
