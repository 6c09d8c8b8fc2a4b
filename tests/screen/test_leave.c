/* How vctop ends, and what it leaves behind: the terminal as it was, and no process. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "screen/family.h"
#include "screen/steps.h"

#define SIM "guests=20,machines=6"
#define F10 "\033[21~"
#define MODERATE_MS 5000 /* for an end in time; much less without a load */

static struct screen *start(void)
{
    return steps_start(24, 80, SIM, NULL);
}

static void check_end(struct screen *screen, int status)
{
    ck_assert_int_eq(screen_exit(screen, MODERATE_MS), status);
    ck_assert(screen_restored(screen));
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    ck_assert(family_shrinks_to(screen, 0, MODERATE_MS));
    screen_free(screen);
}

START_TEST(q_quits)
{
    struct screen *screen = start();

    ck_assert_uint_eq(family_count(screen), 4);
    screen_send(screen, "q");
    check_end(screen, 0);
}
END_TEST

START_TEST(f10_quits_from_a_view_within)
{
    struct screen *screen = start();

    steps_shows(screen, "?", "Moving");
    screen_send(screen, F10);
    check_end(screen, 0);
}
END_TEST

/* A box, a menu, a prompt, a question whose answer stands out. */
START_TEST(f10_quits_from_a_dialog)
{
    static const struct {
        const char *keys, *shows;
    } dialogs[] = {
        {"x", "Who hurts"}, {"m", "c console"},          {":", "Tab completes"},
        {"/we", "it, Esc"}, {"\033[17~", "Enter sorts"}, {"mf", "unwritten data"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(dialogs); i++) {
        struct screen *screen = start();

        steps_shows(screen, dialogs[i].keys, dialogs[i].shows);
        screen_send(screen, F10);
        check_end(screen, 0);
    }
}
END_TEST

/* There it means that one is done, as in htop. */
START_TEST(f10_ends_the_setup)
{
    struct screen *screen = start();

    steps_shows(screen, "\033OQ", "Tab Page");
    steps_hides(screen, F10, "Tab Page");
    steps_quit(screen);
}
END_TEST

START_TEST(control_c_says_how)
{
    struct screen *screen = start();

    steps_shows(screen, "\003", "press q to quit");
    kill(screen_pid(screen), SIGINT);
    screen_pump(screen, 500);
    ck_assert_int_eq(screen_exit(screen, 0), -1);
    screen_send(screen, "j");
    screen_send(screen, "q");
    check_end(screen, 0);
}
END_TEST

START_TEST(sigterm_ends)
{
    struct screen *screen = start();

    kill(screen_pid(screen), SIGTERM);
    check_end(screen, 128 + SIGTERM);
}
END_TEST

START_TEST(sighup_ends)
{
    struct screen *screen = start();

    kill(screen_pid(screen), SIGHUP);
    check_end(screen, 128 + SIGHUP);
}
END_TEST

/* ^Z gives the shell its terminal, fg brings the picture back. */
START_TEST(control_z_suspends_and_fg_resumes)
{
    static const char *const argv[] = {"/bin/bash", "--norc", "--noprofile", "-i", NULL};
    static const char *const env[] = {"PS1=ready$ ", NULL};
    struct screen *screen = screen_start_program(24, 80, argv, env);
    char command[512];

    ck_assert(screen_wait(screen, "ready$", PATIENCE_MS));
    snprintf(command, sizeof(command), "stty -a >/dev/null; '%s' --sim=%s -d 0.2\r",
             screen_program(), SIM);
    steps_shows(screen, command, "build-01");
    screen_send(screen, "jj");
    screen_pump(screen, 300);
    CLEANUP_FREE char *name = strdup(steps_cursor_name(screen));
    steps_shows(screen, "\032", "Stopped");
    /* The terminal is the shell's: what is typed is echoed and done. */
    steps_shows(screen, "echo a$((1+1))b\r", "a2b");
    steps_shows(screen, "fg\r", "build-01");
    ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
    ck_assert_str_eq(steps_cursor_name(screen), name);
    screen_pump(screen, 500);
    ck_assert_ptr_null(strstr(screen_text(screen), "late"));
    steps_shows(screen, "q", "ready$");
    steps_shows(screen, "echo status $?\r", "status 0");
    screen_send(screen, "exit\r");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(family_shrinks_to(screen, 0, MODERATE_MS));
    screen_free(screen);
}
END_TEST

static pid_t parent_of(pid_t pid)
{
    char path[64];
    int parent = 0;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    CLEANUP_FCLOSE FILE *file = fopen(path, "re");
    ck_assert(file && fscanf(file, "%*d (%*[^)]) %*c %d", &parent) == 1);
    ck_assert_int_gt(parent, 1);
    return parent;
}

/* SIGSTOP leaves no time to give the terminal back: the shell makes it its own, and fg must find
 * all of it again, raw mode too. */
START_TEST(stopped_without_warning_and_fg_resumes)
{
    static const char *const argv[] = {"/bin/bash", "--norc", "--noprofile", "-i", NULL};
    static const char *const env[] = {"PS1=ready$ ", NULL};
    struct screen *screen = screen_start_program(24, 80, argv, env);
    char command[512];

    ck_assert(screen_wait(screen, "ready$", PATIENCE_MS));
    snprintf(command, sizeof(command), "stty -a >/dev/null; '%s' --sim=%s -d 0.2\r",
             screen_program(), SIM);
    steps_shows(screen, command, "build-01");
    screen_send(screen, "j");
    screen_pump(screen, 300);
    CLEANUP_FREE char *name = strdup(steps_cursor_name(screen));
    kill(parent_of(family_find(screen, "spawner")), SIGSTOP);
    ck_assert(screen_wait(screen, "Stopped", PATIENCE_MS));
    steps_shows(screen, "fg\r", "SIMULATED");
    ck_assert_str_eq(steps_cursor_name(screen), name);
    screen_send(screen, "j");
    screen_pump(screen, 500);
    ck_assert_str_ne(steps_cursor_name(screen), name);
    steps_shows(screen, "q", "ready$");
    screen_send(screen, "exit\r");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(family_shrinks_to(screen, 0, MODERATE_MS));
    screen_free(screen);
}
END_TEST

/* Stopped for longer than the 5 s that a worker may be silent: nobody is judged by what was not
 * read. */
START_TEST(stopped_and_continued)
{
    struct screen *screen = start();
    pid_t worker = family_find(screen, "--role=worker");

    kill(screen_pid(screen), SIGSTOP);
    screen_pump(screen, 6500);
    kill(screen_pid(screen), SIGCONT);
    size_t bytes = screen_bytes(screen);
    for (int look = 0; look < 30; look++) {
        screen_pump(screen, 50);
        ck_assert_ptr_null(strstr(screen_text(screen), "late"));
        ck_assert_ptr_null(strstr(screen_text(screen), "retrying"));
    }
    ck_assert_uint_gt(screen_bytes(screen), bytes);
    ck_assert_int_eq(family_find(screen, "--role=worker"), worker);
    steps_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        q_quits,
        f10_quits_from_a_view_within,
        f10_quits_from_a_dialog,
        f10_ends_the_setup,
        control_c_says_how,
        sigterm_ends,
        sighup_ends,
        control_z_suspends_and_fg_resumes,
        stopped_without_warning_and_fg_resumes,
        stopped_and_continued,
    };

    return steps_main("leaving", tests, ARRAY_SIZE(tests));
}
