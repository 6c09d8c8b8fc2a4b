/* Faults 49 to 51: terminals of other kinds, other locales, no terminal at all. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/manners.h"
#include "screen/family.h"
#include "screen/steps.h"

#define SPEC "guests=24,machines=8,hostile," RESTING
#define SIM "--sim=" SPEC

static struct screen *start(const char *const *env, const char *more)
{
    const char *const args[] = {SIM, "-d", "0.2", more, NULL};

    return screen_start(24, 80, args, env);
}

/* ---- kinds of terminals ---- */

START_TEST(row_49_terminals_that_cannot)
{
    static const struct {
        const char *term, *words;
    } kinds[] = {
        {"TERM", "TERM is not set"},
        {"TERM=", "TERM is not set"},
        {"TERM=no-such-terminal", "no terminal of the type"},
        {"TERM=dumb", "cannot move its cursor"},
        {"TERM=../../../etc/passwd", "no terminal of the type"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        const char *const env[] = {kinds[i].term, NULL};
        struct screen *screen = start(env, NULL);

        ck_assert(screen_wait(screen, kinds[i].words, PATIENCE_MS));
        ck_assert_ptr_null(strstr(screen_text(screen), "SIMULATED"));
        manners_end(screen, 2);
    }
}
END_TEST

START_TEST(row_49_terminals_that_can)
{
    static const char *const kinds[] = {
        "TERM=vt100",           "TERM=linux",         "TERM=screen",
        "TERM=screen-256color", "TERM=tmux-256color", "TERM=xterm",
        "TERM=xterm-256color",  "TERM=rxvt",          "TERM=ansi",
    };

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        const char *const env[] = {kinds[i], NULL};
        struct screen *screen = start(env, NULL);

        if (screen_exit(screen, 200) == 1) {
            fprintf(stderr, "%s is not known here\n", kinds[i]);
            screen_free(screen);
            continue;
        }
        ck_assert_msg(screen_wait(screen, "/800", PATIENCE_MS), "%s", kinds[i]);
        ck_assert(screen_wait(screen, " run ", PATIENCE_MS));
        screen_send(screen, "?");
        ck_assert(screen_wait(screen, "Moving", PATIENCE_MS));
        screen_send(screen, "qq");
        manners_end(screen, 0);
    }
}
END_TEST

START_TEST(row_49_no_colour)
{
    static const struct {
        const char *env, *arg;
        bool coloured;
    } cases[] = {
        {"NO_COLOR", NULL, true},
        {"NO_COLOR=1", NULL, false},
        {"NO_COLOR", "-C", false},
        {"TERM=vt100", NULL, false},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *const env[] = {cases[i].env, NULL};
        struct screen *screen = start(env, cases[i].arg);

        ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
        screen_send(screen, "jj m");
        screen_pump(screen, 300);
        ck_assert_int_eq(screen_coloured(screen), cases[i].coloured);
        screen_send(screen, "\033");
        ck_assert(screen_wait_gone(screen, "Enter or a letter", PATIENCE_MS));
        screen_send(screen, "q");
        manners_end(screen, 0);
    }
}
END_TEST

START_TEST(mouse_off_on_request)
{
    struct screen *screen = start(NULL, "-M");

    ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
    ck_assert(!screen_wants_mouse(screen));
    screen_send(screen, "q");
    manners_end(screen, 0);
    screen = start(NULL, NULL);
    ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
    ck_assert(screen_wants_mouse(screen));
    screen_send(screen, "q");
    manners_end(screen, 0);
}
END_TEST

/* ---- locales ---- */

/* Compiles the locale LATIN into a folder of our own; NULL when that cannot be done here. */
static const char *latin_locale(void)
{
    static char folder[] = "/tmp/vctop-locale-XXXXXX";
    char command[256];

    if (!mkdtemp(folder))
        return NULL;
    snprintf(command, sizeof(command),
             "localedef -i en_US -f ISO-8859-1 %s/en_US.ISO-8859-1 2>/dev/null", folder);
    return system(command) == 0 ? folder : NULL;
}

static void check_ascii(const char *const *env)
{
    struct screen *screen = start(env, NULL);

    ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
    for (int look = 0; look < 4; look++) {
        screen_send(screen, (const char *const[]){"\033[6~", "?", "q", "gm"}[look]);
        screen_pump(screen, 400);
        for (const char *at = screen_text(screen); *at; at++)
            ck_assert_msg((unsigned char)*at < 0x80, "%s", screen_text(screen));
    }
    ck_assert(screen_wait(screen, "Enter or a letter", PATIENCE_MS));
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "Enter or a letter", PATIENCE_MS));
    screen_send(screen, "q");
    manners_end(screen, 0);
}

START_TEST(row_50_locales_without_unicode)
{
    static const char *const envs[][4] = {
        {"LC_ALL=C", NULL},
        {"LC_ALL", "LANG=C", NULL},
        {"LC_ALL", "LANG", NULL},
        {"LC_ALL=xx_YY.NONSENSE", NULL},
        {"LC_ALL=../../../../etc", NULL},
    };

    for (size_t i = 0; i < ARRAY_SIZE(envs); i++)
        check_ascii(envs[i]);
}
END_TEST

START_TEST(row_50_latin_1)
{
    const char *folder = latin_locale();
    char path[128], command[256];
    const char *const env[] = {path, "LC_ALL=en_US.ISO-8859-1", NULL};

    if (!folder) {
        fprintf(stderr, "skipped: localedef cannot make a locale of ISO-8859-1 here\n");
        return;
    }
    snprintf(path, sizeof(path), "LOCPATH=%s", folder);
    check_ascii(env);
    snprintf(command, sizeof(command), "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* ---- no terminal ---- */

START_TEST(row_51_no_terminal)
{
    static const char *const forms[] = {
        "'%s' %s </dev/null; echo status $?;",
        "'%s' %s | cat; echo status ${PIPESTATUS[0]};",
        "'%s' %s </dev/null 2>&1 | cat -v; echo status ${PIPESTATUS[0]};",
        "'%s' %s <&-; echo status $?;",
        "'%s' %s >&-; echo status $?;",
        "echo jjq | '%s' %s; echo status $?;",
    };

    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        char command[512];
        const char *argv[] = {"/bin/bash", "-c", command, NULL};

        snprintf(command, sizeof(command), forms[i], screen_program(), SIM);
        struct screen *screen = screen_start_program(24, 80, argv, NULL);
        ck_assert(screen_wait(screen, "use -b", PATIENCE_MS));
        ck_assert(screen_wait(screen, "status 2", PATIENCE_MS));
        ck_assert_ptr_null(strstr(screen_text(screen), "^["));
        ck_assert_uint_eq(screen_asked(screen), 0);
        manners_end(screen, 0);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_49_terminals_that_cannot, row_49_terminals_that_can,      row_49_no_colour,
        mouse_off_on_request,         row_50_locales_without_unicode, row_50_latin_1,
        row_51_no_terminal,
    };

    return steps_main("kinds", tests, ARRAY_SIZE(tests));
}
