/* Acting on guests: the menu, its reasons, the question before anything is done, and the job. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "screen/family.h"
#include "screen/steps.h"

/* "mail" does not listen to a shutdown: its job stays under way. */
#define SIM "guests=20,machines=6,stubborn=mail," RESTING
#define LARGE "guests=60,machines=20," RESTING
#define ARMED_MS 500 /* a question takes answers from 300 ms on */

static struct screen *start(const char *sim, const char *option)
{
    const char *const more[] = {option, NULL};

    return steps_start(24, 80, sim, more);
}

/* Opens the menu for the selected guest, chooses KEY, and waits for TITLE. */
static void choose(struct screen *screen, const char *key, const char *title)
{
    steps_shows(screen, "m", "Enter or a letter");
    steps_shows(screen, key, title);
}

static void answer(struct screen *screen, const char *keys)
{
    screen_pump(screen, ARMED_MS);
    screen_send(screen, keys);
}

/* How often TEXT is on the screen. */
static int count(struct screen *screen, const char *text)
{
    int found = 0;

    for (const char *at = screen_text(screen); (at = strstr(at, text)); at++)
        found++;
    return found;
}

START_TEST(what_cannot_be_done_says_why)
{
    struct screen *screen = start(SIM, NULL);

    steps_select(screen, "build-01");
    steps_shows(screen, "m", "already running");
    ck_assert(strstr(screen_text(screen), "no reset button")); /* a hard reset */
    /* A grey line does nothing, by its letter or by Enter. */
    screen_send(screen, "s\r");
    screen_pump(screen, 300);
    ck_assert(strstr(screen_text(screen), "already running"));
    ck_assert_ptr_null(strstr(screen_text(screen), "Start: "));
    steps_hides(screen, "\033", "already running");

    steps_select(screen, "legacy");
    steps_shows(screen, "m", "frozen: resume");
    ck_assert(strstr(screen_text(screen), "p resume"));
    steps_hides(screen, "\033", "frozen: resume");
    steps_quit(screen);
}
END_TEST

START_TEST(owners_are_named_with_what_they_will_do)
{
    struct screen *screen = start(LARGE, NULL);

    steps_select(screen, "k8s-node1");
    choose(screen, "d", "Shut down: k8s-node1?");
    ck_assert(strstr(screen_text(screen),
                     "Managed by OpenStack: it counts as stopped there until started there."));
    answer(screen, "\033");
    ck_assert(screen_wait_gone(screen, "Shut down:", PATIENCE_MS));
    choose(screen, "f", "Force off: k8s-node1?");
    ck_assert(strstr(screen_text(screen), "Managed by OpenStack: it counts as stopped there"));
    answer(screen, "\033");
    ck_assert(screen_wait_gone(screen, "Force off:", PATIENCE_MS));

    /* Two, of which one is owned; and by the owner's name. */
    screen_send(screen, " ");
    steps_select(screen, "build-01");
    screen_send(screen, " ");
    choose(screen, "p", "Pause: 2 guests?");
    ck_assert(strstr(screen_text(screen), "1 managed by OpenStack: "));
    answer(screen, "\033");
    ck_assert(screen_wait_gone(screen, "Pause:", PATIENCE_MS));
    steps_hides(screen, "/\025openstack\r", "build-01");
    ck_assert_int_ge(steps_row_of(screen, "k8s-node1"), 0);
    steps_quit(screen);
}
END_TEST

START_TEST(question_means_no)
{
    struct screen *screen = start(SIM, NULL);

    steps_select(screen, "build-01");
    choose(screen, "d", "Shut down: build-01?");
    answer(screen, "\r");
    ck_assert(screen_wait(screen, "nothing was done", PATIENCE_MS));
    choose(screen, "d", "Shut down: build-01?");
    steps_shows(screen, "\033", "nothing was done");
    choose(screen, "d", "Shut down: build-01?");
    answer(screen, "\t\t\r");
    ck_assert(screen_wait(screen, "nothing was done", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "build-01", " run ", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* What was typed before the question could be read does not answer it. */
START_TEST(typed_ahead_is_no_answer)
{
    struct screen *screen = start(SIM, NULL);
    bool ignored = false;

    steps_select(screen, "build-01");
    steps_shows(screen, "m", "Enter or a letter");
    steps_shows(screen, "d\t\r\t\r\t\r", "Shut down: build-01?");
    screen_pump(screen, ARMED_MS);
    ck_assert(strstr(screen_text(screen), "Shut down: build-01?"));
    steps_hides(screen, "\033", "Shut down: build-01?");
    /* The same a moment after it appeared; a loaded machine may need more than one try to be that
     * quick. */
    for (int i = 0; i < 5 && !ignored; i++) {
        steps_shows(screen, "m", "Enter or a letter");
        screen_send(screen, "d");
        screen_pump(screen, 60);
        screen_send(screen, "\r");
        screen_pump(screen, ARMED_MS);
        ignored = strstr(screen_text(screen), "Shut down: build-01?") != NULL;
        steps_hides(screen, "\033", "Shut down: build-01?");
        screen_pump(screen, 300);
    }
    ck_assert(ignored);
    ck_assert(steps_row_says(screen, "build-01", " run ", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(start_and_shut_down)
{
    struct screen *screen = start(LARGE, NULL);

    steps_select(screen, "old1");
    ck_assert(steps_row_says(screen, "old1", "off", PATIENCE_MS));
    choose(screen, "s", "Start: old1?");
    answer(screen, "\t\r");
    ck_assert(steps_row_says(screen, "old1", "starting", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "old1", " run ", PATIENCE_MS));
    ck_assert(screen_wait(screen, "old1: start done in", PATIENCE_MS));
    choose(screen, "d", "Shut down: old1?");
    answer(screen, "\t\r");
    ck_assert(steps_row_says(screen, "old1", "stopping", PATIENCE_MS));
    ck_assert(steps_row_says(screen, "old1", " off ", PATIENCE_MS));
    ck_assert(screen_wait(screen, "old1: shut down done in", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(pause_and_resume)
{
    struct screen *screen = start(SIM, NULL);

    steps_select(screen, "web1");
    choose(screen, "p", "Pause: web1?");
    answer(screen, "\t\r");
    ck_assert(steps_row_says(screen, "web1", "paused", PATIENCE_MS));
    choose(screen, "p", "Resume: web1?");
    answer(screen, "\t\r");
    ck_assert(steps_row_says(screen, "web1", " run ", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(force_off_wants_the_name)
{
    struct screen *screen = start(SIM, NULL);

    steps_select(screen, "build-01");
    choose(screen, "f", "Type build-01");
    answer(screen, "\r");
    ck_assert(screen_wait(screen, "nothing was done", PATIENCE_MS));
    choose(screen, "f", "Type build-01");
    answer(screen, "build-02\r");
    ck_assert(
        screen_wait(screen, "nothing was done: 'build-02' was typed, not 'build-01'", PATIENCE_MS));
    choose(screen, "f", "Type build-01");
    answer(screen, "build-0\033");
    ck_assert(screen_wait_gone(screen, "Type build-01", PATIENCE_MS));
    ck_assert(strstr(screen_text(screen), "nothing was done"));
    ck_assert_ptr_null(strstr(screen_text(screen), "was typed"));
    /* What no terminal should be told is not repeated to it. */
    choose(screen, "f", "Type build-01");
    answer(screen, "build\u202e01\r");
    ck_assert(screen_wait(screen, "was typed, not 'build-01'", PATIENCE_MS));
    ck_assert_ptr_null(strstr(screen_text(screen), "\u202e"));
    ck_assert(steps_row_says(screen, "build-01", " run ", PATIENCE_MS));
    choose(screen, "f", "Type build-01");
    answer(screen, "build-02\1771\r");
    ck_assert(steps_row_says(screen, "build-01", " off ", PATIENCE_MS));
    ck_assert(screen_wait(screen, "force off done", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(several_want_their_number)
{
    struct screen *screen = start(SIM, NULL);

    steps_select(screen, "web1");
    screen_send(screen, " ");
    steps_select(screen, "db01");
    screen_send(screen, " ");
    steps_select(screen, "build-01");
    ck_assert(screen_wait(screen, "2 marked", PATIENCE_MS));
    /* The marked ones are meant, not the one under the cursor. */
    choose(screen, "f", "Force off: 2 guests?");
    ck_assert(strstr(screen_text(screen), "web1  machine"));
    ck_assert(strstr(screen_text(screen), "db01  machine"));
    answer(screen, "1\r");
    ck_assert(screen_wait(screen, "nothing was done: '1' was typed, not '2'", PATIENCE_MS));
    choose(screen, "f", "Force off: 2 guests?");
    answer(screen, "2\r");
    steps_select(screen, "web1");
    ck_assert(steps_row_says(screen, "web1", " off ", PATIENCE_MS));
    steps_select(screen, "db01");
    ck_assert(steps_row_says(screen, "db01", " off ", PATIENCE_MS));
    steps_select(screen, "build-01");
    ck_assert(steps_row_says(screen, "build-01", " run ", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

/* Fault row 23. */
START_TEST(readonly_refuses_everything)
{
    struct screen *screen = start(SIM, "--readonly");

    ck_assert(screen_wait(screen, "READ-ONLY", PATIENCE_MS));
    steps_select(screen, "build-01");
    steps_shows(screen, "m", "force off");
    /* Seven lines, all of them grey for the same reason. */
    ck_assert_int_eq(count(screen, "read-only ("), 7);
    screen_send(screen, "f\rd\rs\rp\r");
    screen_pump(screen, ARMED_MS);
    ck_assert_int_eq(count(screen, "read-only ("), 7);
    steps_hides(screen, "\033", "read-only (");
    ck_assert(steps_row_says(screen, "build-01", " run ", PATIENCE_MS));
    ck_assert_int_eq(family_find(screen, "--role=job"), 0);
    steps_quit(screen);
}
END_TEST

/* Row 64: a second Enter, and the same action again while it is under way, are one action. */
START_TEST(row_64_repeated_action_is_one)
{
    const char *const more[] = {NULL};
    struct screen *screen = steps_start(40, 120, SIM, more);

    screen_send(screen, "\033[15~"); /* one table */
    ck_assert(screen_wait(screen, "Guests (20)", PATIENCE_MS));
    steps_select(screen, "mail");
    choose(screen, "d", "Shut down: mail?");
    answer(screen, "\t\r\r\r");
    ck_assert(screen_wait(screen, "under way", PATIENCE_MS));
    screen_send(screen, "\033"); /* the second Enter may have opened the guest */
    screen_pump(screen, 300);
    steps_select(screen, "mail");
    choose(screen, "d", "Shut down: mail?");
    answer(screen, "\t\r");
    ck_assert(screen_wait(screen, "already under way", PATIENCE_MS));
    pid_t job = family_find(screen, "--role=job");
    ck_assert_int_gt(job, 0);
    ck_assert_int_eq(family_successor(screen, "--role=job", job, 1000), 0);
    /* Recent events say so, once. */
    ck_assert_int_eq(count(screen, ": shut down requested"), 1);
    screen_free(screen);
}
END_TEST

START_TEST(row_64_quit_asks_while_a_job_lives)
{
    struct screen *screen = start(SIM, NULL);

    steps_select(screen, "web1");
    choose(screen, "d", "Shut down: web1?");
    answer(screen, "\t\r");
    ck_assert(screen_wait(screen, "under way", PATIENCE_MS));
    steps_shows(screen, "q", "Quit?");
    ck_assert(strstr(screen_text(screen), "1 job is under way"));
    steps_hides(screen, "\033", "Quit?");
    ck_assert(steps_row_says(screen, "web1", " off ", PATIENCE_MS));
    ck_assert(screen_wait(screen, "web1: shut down done", PATIENCE_MS));
    steps_quit(screen);
}
END_TEST

START_TEST(row_64_quit_during_a_job)
{
    struct screen *screen = start(SIM, NULL);

    steps_select(screen, "mail");
    choose(screen, "d", "Shut down: mail?");
    answer(screen, "\t\r");
    ck_assert(screen_wait(screen, "under way", PATIENCE_MS));
    steps_shows(screen, "q", "Quit?");
    answer(screen, "\t\r");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(screen_restored(screen));
    /* The job had its order and ends by itself: here, because its simulation is gone. */
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    screen_free(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        what_cannot_be_done_says_why,
        owners_are_named_with_what_they_will_do,
        question_means_no,
        typed_ahead_is_no_answer,
        start_and_shut_down,
        pause_and_resume,
        force_off_wants_the_name,
        several_want_their_number,
        readonly_refuses_everything,
        row_64_repeated_action_is_one,
        row_64_quit_asks_while_a_job_lives,
        row_64_quit_during_a_job,
    };

    return steps_main("actions", tests, ARRAY_SIZE(tests));
}
