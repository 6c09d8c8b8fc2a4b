/* Faults 44, 45, 47, 48 and 58: the terminal goes away, the program is stopped or ended, at any
 * moment. */
#include <check.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/manners.h"
#include "screen/family.h"
#include "screen/steps.h"

#define SIM "guests=20,machines=6," RESTING
#define SOON_MS 5000 /* 1 to 2 s in the list of faults; the machine may be busy */
#define READY "ready$"

/* ---- the terminal goes away ---- */

static void check_hung_up(struct screen *screen)
{
    screen_hang_up(screen);
    ck_assert_int_eq(screen_exit(screen, SOON_MS), 128 + SIGHUP);
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    screen_free(screen);
}

static struct screen *start_by(const char *format)
{
    char command[512];
    const char *argv[] = {"/bin/sh", "-c", command, NULL};
    char *at = command + snprintf(command, sizeof(command), "%s", format);

    snprintf(at, sizeof(command) - (size_t)(at - command), " exec '%s' --sim=%s -d 0.2",
             screen_program(), SIM);
    struct screen *screen = screen_start_program(24, 80, argv, NULL);
    ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
    return screen;
}

START_TEST(row_44_closed)
{
    check_hung_up(steps_start(24, 80, SIM, NULL));
}
END_TEST

START_TEST(row_44_closed_over_a_question)
{
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    screen_send(screen, "mf");
    ck_assert(screen_wait(screen, "Type backup", PATIENCE_MS));
    check_hung_up(screen);
}
END_TEST

/* A job that runs ends as it would have without us. */
START_TEST(row_44_closed_while_a_job_runs)
{
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    steps_select(screen, "web1");
    screen_send(screen, "m");
    ck_assert(screen_wait(screen, "Enter or a letter", PATIENCE_MS));
    screen_send(screen, "d");
    ck_assert(screen_wait(screen, "Shut down: ", PATIENCE_MS));
    screen_pump(screen, 500);
    screen_send(screen, "\t\r");
    ck_assert(screen_wait(screen, "under way", PATIENCE_MS));
    check_hung_up(screen);
}
END_TEST

START_TEST(row_45_closed_though_hangups_are_ignored)
{
    check_hung_up(start_by("trap '' HUP;"));
}
END_TEST

/* The last that one would see of it is what it wants to say: nobody reads that either. */
START_TEST(row_45_closed_while_it_does_not_read)
{
    struct screen *screen = start_by("trap '' HUP;");

    screen_link(screen, 0);
    for (int i = 0; i < 40; i++) {
        screen_send(screen, "\f");
        screen_pump(screen, 10);
    }
    check_hung_up(screen);
}
END_TEST

/* ---- stopped and continued ---- */

static struct screen *start_in_shell(void)
{
    static const char *const argv[] = {"/bin/bash", "--norc", "--noprofile", "-i", NULL};
    static const char *const env[] = {"PS1=" READY " ", NULL};
    struct screen *screen = screen_start_program(24, 80, argv, env);
    char command[512];

    ck_assert(screen_wait(screen, READY, PATIENCE_MS));
    snprintf(command, sizeof(command), "'%s' --sim=%s -d 0.2\r", screen_program(), SIM);
    screen_send(screen, command);
    ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
    return screen;
}

static void end_in_shell(struct screen *screen)
{
    screen_send(screen, "q");
    ck_assert(screen_wait(screen, READY, PATIENCE_MS));
    screen_send(screen, "echo status $?\r");
    ck_assert(screen_wait(screen, "status 0", PATIENCE_MS));
    screen_send(screen, "exit\r");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    screen_free(screen);
}

START_TEST(row_47_resized_while_stopped)
{
    struct screen *screen = start_in_shell();

    screen_send(screen, "\032");
    ck_assert(screen_wait(screen, "Stopped", PATIENCE_MS));
    ck_assert(!screen_wants_mouse(screen));
    screen_send(screen, "stty -a | tr ' ' '\\n' | grep -x icanon\r");
    ck_assert(screen_wait(screen, "\nicanon", PATIENCE_MS));
    screen_resize(screen, 40, 120);
    screen_pump(screen, 300);
    screen_send(screen, "fg\r");
    ck_assert(screen_wait(screen, "Machines (6)", PATIENCE_MS));
    ck_assert(screen_wants_mouse(screen));
    screen_resize(screen, 24, 80);
    ck_assert(screen_wait_gone(screen, "Machines (6)", PATIENCE_MS));
    end_in_shell(screen);
}
END_TEST

START_TEST(row_47_stopped_over_a_question)
{
    struct screen *screen = start_in_shell();

    screen_send(screen, "mf");
    ck_assert(screen_wait(screen, "Type backup", PATIENCE_MS));
    for (int i = 0; i < 3; i++) {
        screen_send(screen, "\032");
        ck_assert(screen_wait(screen, "Stopped", PATIENCE_MS));
        screen_send(screen, "fg\r");
        ck_assert(screen_wait(screen, "Type backup", PATIENCE_MS));
    }
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "Type backup", PATIENCE_MS));
    end_in_shell(screen);
}
END_TEST

/* Nobody could continue a group without a shell above it: the kernel does not stop it, and the
 * screen is back at once. */
START_TEST(row_47_nobody_to_continue_it)
{
    struct screen *screen = steps_start(24, 80, SIM, NULL);

    kill(screen_pid(screen), SIGTSTP);
    screen_pump(screen, 300);
    kill(screen_pid(screen), SIGCONT);
    ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
    manners_alive(screen);
    steps_quit(screen);
}
END_TEST

/* ---- signals at any moment ---- */

struct victim {
    struct screen *screen;
    long long since_ms;
    unsigned ms; /* so long after the start ... */
    int number;  /* ... this signal */
    bool hit;
};

/* ^C from outside asks first, when there is a screen to ask on. */
static int status_of(const struct victim *victim)
{
    long long end = screen_now_ms() + SOON_MS;
    int status = -1;

    if (victim->number != SIGINT)
        return screen_exit(victim->screen, SOON_MS);
    while (status < 0 && screen_now_ms() < end) {
        if (screen_find(victim->screen, "press q to quit") >= 0) {
            screen_send(victim->screen, "q");
            ck_assert_int_eq(screen_exit(victim->screen, SOON_MS), 0);
            return 128 + SIGINT;
        }
        status = screen_exit(victim->screen, 10);
    }
    return status;
}

static void check_end(const struct victim *victim)
{
    struct screen *screen = victim->screen;
    int status = status_of(victim), number = victim->number;

    ck_assert_msg(status == 128 + number, "signal %d after %u ms: status %d", number, victim->ms,
                  status);
    if (number == SIGSEGV || number == SIGABRT) {
        ck_assert(screen_was_killed(screen));
        if (screen_bytes(screen) > 2000) /* it had drawn: the words stand on the screen before */
            ck_assert(screen_wait(screen, "vctop: crashed", PATIENCE_MS));
    }
    ck_assert_msg(screen_restored(screen), "signal %d after %u ms", number, victim->ms);
}

static void no_cores(void)
{
    const struct rlimit none = {0};

    setrlimit(RLIMIT_CORE, &none);
}

/* So many at once: they mostly wait. */
#define HERD 20

static void signal_herd(const int *numbers, size_t count, unsigned *seed)
{
    static const char *const args[] = {"--sim=" SIM, "-d", "0.2", NULL};
    struct victim herd[HERD];
    size_t left = HERD;

    for (size_t i = 0; i < HERD; i++) {
        *seed = *seed * 1103515245 + 12345;
        herd[i] = (struct victim){.screen = screen_start(24, 80, args, NULL),
                                  .since_ms = screen_now_ms(),
                                  .ms = (*seed >> 16) % 250,
                                  .number = numbers[i % count]};
    }
    while (left > 0) {
        for (size_t i = 0; i < HERD; i++) {
            struct victim *victim = &herd[i];
            screen_pump(victim->screen, 0);
            if (victim->hit || screen_now_ms() - victim->since_ms < victim->ms)
                continue;
            kill(screen_pid(victim->screen), victim->number);
            victim->hit = true;
            left--;
        }
        usleep(1000);
    }
    for (size_t i = 0; i < HERD; i++)
        check_end(&herd[i]);
    for (size_t i = 0; i < HERD; i++) {
        ck_assert(family_shrinks_to(herd[i].screen, 0, PATIENCE_MS));
        screen_free(herd[i].screen);
    }
}

START_TEST(row_48_signals_at_random)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGQUIT, SIGSEGV, SIGABRT};
    unsigned seed = 48;

    no_cores();
    for (int i = 0; i < 500 / HERD; i++)
        signal_herd(numbers, manners_sanitized() ? 3 : 5, &seed);
}
END_TEST

/* In the middle of an allocation, with its lock held, and where no stack is left:
 * tests/rig/crasher.c does that for real. */
static const struct {
    const char *how;
    int number;
} crashes[] = {{"abort", SIGABRT}, {"heap", SIGABRT}, {"stack", SIGSEGV}};

static struct screen *start_crashing(const char *how, unsigned ms)
{
    static const char *const args[] = {"--sim=" SIM, "-d", "0.2", NULL};
    const char *tools = getenv("TOOLS");
    char preload[300], at[64];
    const char *const env[] = {preload, at, NULL};

    snprintf(preload, sizeof(preload), "LD_PRELOAD=%s/crasher.so", tools ? tools : "build/tests");
    snprintf(at, sizeof(at), "VCTOP_CRASHER=%s %u", how, ms);
    return screen_start(24, 80, args, env);
}

static void crash(const char *how, int number, unsigned ms)
{
    struct victim victim = {.screen = start_crashing(how, ms), .ms = ms, .number = number};

    check_end(&victim);
    if (ms >= 1000)
        ck_assert(screen_wait(victim.screen, "vctop: crashed", PATIENCE_MS));
    ck_assert(family_shrinks_to(victim.screen, 0, PATIENCE_MS));
    screen_free(victim.screen);
}

START_TEST(row_48_crashes_inside)
{
    if (manners_sanitized()) {
        printf("SKIPPED: a sanitizer has an allocator of its own\n");
        return;
    }
    no_cores();
    for (unsigned ms = 0; ms <= 1000; ms = ms ? ms * 10 : 1)
        for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
            crash(crashes[i].how, crashes[i].number, ms);
}
END_TEST

/* No memory from then on: it says so and ends in order. */
START_TEST(row_58_no_memory)
{
    if (manners_sanitized()) {
        printf("SKIPPED: a sanitizer has an allocator of its own\n");
        return;
    }
    for (unsigned ms = 0; ms <= 1000; ms += 100) {
        struct screen *screen = start_crashing("none", ms);
        int status = screen_exit(screen, PATIENCE_MS);

        ck_assert_msg(status == 1 || status == 2, "after %u ms: status %d\n%s", ms, status,
                      screen_text(screen));
        ck_assert_msg(screen_restored(screen), "after %u ms", ms);
        if (ms == 1000)
            ck_assert(screen_wait(screen, "vctop: out of memory", PATIENCE_MS));
        ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
        screen_free(screen);
    }
}
END_TEST

/* The same by a limit that all of its processes have, from one below which nothing can be loaded to
 * one that does. */
START_TEST(row_58_little_memory)
{
    int pictures = 0;

    if (manners_sanitized()) {
        printf("SKIPPED: a sanitizer takes all addresses there are\n");
        return;
    }
    for (int kib = 6000; kib <= 30000; kib += 1500)
        pictures += manners_start_limited('v', kib, SIM);
    ck_assert_int_gt(pictures, 2);
}
END_TEST

/* Where the kernel writes cores to files, there is one. */
START_TEST(row_48_core_is_kept)
{
    const struct rlimit much = {.rlim_cur = 1 << 28, .rlim_max = 1 << 28};
    char dir[] = "/tmp/vctop-core-XXXXXX", pattern[128] = "";
    CLEANUP_FCLOSE FILE *file = fopen("/proc/sys/kernel/core_pattern", "re");

    if (manners_sanitized() || !file || !fgets(pattern, sizeof(pattern), file) ||
        strpbrk(pattern, "|/") || setrlimit(RLIMIT_CORE, &much) != 0) {
        printf("SKIPPED: no cores in files here\n");
        return;
    }
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(chdir(dir), 0);
    struct screen *screen = steps_start(24, 80, SIM, NULL);
    kill(screen_pid(screen), SIGSEGV);
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 128 + SIGSEGV);
    glob_t found = {0};
    ck_assert_int_eq(glob("*core*", 0, NULL, &found), 0);
    ck_assert_int_eq(unlink(found.gl_pathv[0]), 0);
    globfree(&found);
    ck_assert_int_eq(rmdir(dir), 0);
    screen_free(screen);
}
END_TEST

/* The ones that nothing restores a terminal from kill a child: the screen goes on. */
START_TEST(row_48_children_crash)
{
    manners_tell_sanitizer("handle_segv=0");
    struct screen *screen = steps_start(24, 80, SIM, NULL);
    pid_t worker = family_find(screen, "--role=worker");

    kill(worker, SIGSEGV);
    ck_assert_int_gt(family_successor(screen, "--role=worker", worker, PATIENCE_MS), 0);
    ck_assert(screen_wait_gone(screen, "late", PATIENCE_MS));
    manners_alive(screen);
    kill(family_find(screen, "spawner"), SIGABRT);
    screen_pump(screen, 1000);
    screen_send(screen, "?");
    ck_assert(screen_wait(screen, "Moving", PATIENCE_MS));
    screen_send(screen, "q");
    screen_pump(screen, 200);
    steps_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_44_closed,
        row_44_closed_over_a_question,
        row_44_closed_while_a_job_runs,
        row_45_closed_though_hangups_are_ignored,
        row_45_closed_while_it_does_not_read,
        row_47_resized_while_stopped,
        row_47_stopped_over_a_question,
        row_47_nobody_to_continue_it,
        row_48_signals_at_random,
        row_48_crashes_inside,
        row_48_core_is_kept,
        row_48_children_crash,
        row_58_no_memory,
        row_58_little_memory,
    };

    return steps_main("ends", tests, ARRAY_SIZE(tests));
}
