#include "screen/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "screen/family.h"

#define NAME_COLUMN 5
#define KEYS 9
#define ARMED_MS 500 /* a question takes answers from 300 ms on */
#define TEST_LIMIT_S 240

struct screen *steps_start(int rows, int columns, const char *spec, const char *const *more)
{
    char sim[256];
    /* Whose machine it is does not matter. */
    const char *args[17] = {sim, "-d", "0.2", "--no-config"};

    snprintf(sim, sizeof(sim), "--sim=%s", spec);
    for (int i = 0; more && more[i] && i < 12; i++)
        args[4 + i] = more[i];
    ck_assert_msg(access(screen_program(), X_OK) == 0, "set VCTOP: there is no %s",
                  screen_program());
    struct screen *screen = screen_start(rows, columns, args, NULL);
    /* The host's load needs two samples, and so does every rate. */
    ck_assert(screen_wait(screen, "SIMULATED", PATIENCE_MS));
    ck_assert(screen_wait(screen, "/800", PATIENCE_MS));
    return screen;
}

void steps_shows(struct screen *screen, const char *keys, const char *text)
{
    screen_send(screen, keys);
    ck_assert_msg(screen_wait(screen, text, PATIENCE_MS), "no '%s' after '%s':\n%s", text, keys,
                  screen_text(screen));
}

void steps_hides(struct screen *screen, const char *keys, const char *text)
{
    screen_send(screen, keys);
    ck_assert_msg(screen_wait_gone(screen, text, PATIENCE_MS), "'%s' still after '%s':\n%s", text,
                  keys, screen_text(screen));
}

int steps_cursor_row(struct screen *screen)
{
    int rows = 0;

    for (const char *at = screen_text(screen); *at; rows++) {
        if (*at == '>')
            return rows;
        at = strchr(at, '\n') + 1;
    }
    return -1;
}

/* The name in a row of the table: what stands between the marks and two spaces. */
static const char *name_in(const char *row)
{
    static char name[256];

    name[0] = '\0';
    if (strlen(row) <= NAME_COLUMN)
        return name;
    snprintf(name, sizeof(name), "%s", row + NAME_COLUMN);
    char *end = strstr(name, "  ");
    if (end)
        *end = '\0';
    return name;
}

const char *steps_cursor_name(struct screen *screen)
{
    int row = steps_cursor_row(screen);

    return row < 0 ? "" : name_in(screen_row(screen, row));
}

bool steps_cursor_is(struct screen *screen, const char *name, int timeout_ms)
{
    long long end = screen_now_ms() + timeout_ms;

    do {
        if (!strcmp(steps_cursor_name(screen), name))
            return true;
        screen_pump(screen, 20);
    } while (screen_now_ms() < end);
    fprintf(stderr, "the cursor is on '%s', not '%s'\n", steps_cursor_name(screen), name);
    fputs(screen_text(screen), stderr);
    return false;
}

bool steps_choose(struct screen *screen, const char *name)
{
    long long end = screen_now_ms() + PATIENCE_MS;
    const char *key = "j";

    while (strcmp(steps_cursor_name(screen), name) != 0) {
        CLEANUP_FREE char *before = strdup(steps_cursor_name(screen));
        long long still = screen_now_ms() + 1000;
        screen_send(screen, key);
        while (!strcmp(steps_cursor_name(screen), before) && screen_now_ms() < still)
            screen_pump(screen, 5);
        if (!strcmp(steps_cursor_name(screen), before))
            key = *key == 'j' ? "k" : "j";
        if (screen_now_ms() > end) {
            fprintf(stderr, "there is no row of %s:\n%s", name, screen_text(screen));
            return false;
        }
    }
    return true;
}

int steps_row_of(struct screen *screen, const char *name)
{
    CLEANUP_FREE char *text = strdup(screen_text(screen));
    char *rest = text, *line;

    for (int row = 0; (line = strsep(&rest, "\n")); row++)
        if (!strcmp(name_in(line), name))
            return row;
    return -1;
}

bool steps_row_says(struct screen *screen, const char *name, const char *text, int timeout_ms)
{
    long long end = screen_now_ms() + timeout_ms;

    do {
        int row = steps_row_of(screen, name);
        if (row >= 0 && strstr(screen_row(screen, row), text))
            return true;
        screen_pump(screen, 20);
    } while (screen_now_ms() < end);
    fprintf(stderr, "%s does not say '%s':\n%s", name, text, screen_text(screen));
    return false;
}

void steps_select(struct screen *screen, const char *name)
{
    char keys[256];

    snprintf(keys, sizeof(keys), "/\025%s\r", name);
    screen_send(screen, keys);
    ck_assert(steps_cursor_is(screen, name, PATIENCE_MS));
}

void steps_act(struct screen *screen, const char *key, const char *title)
{
    steps_shows(screen, "m", "Enter or a letter");
    steps_shows(screen, key, title);
    screen_pump(screen, ARMED_MS);
    steps_hides(screen, "\t\r", title);
}

static int by_size(const void *a, const void *b)
{
    long long left = *(const long long *)a, right = *(const long long *)b;

    return (left > right) - (left < right);
}

long long steps_key_ms(struct screen *screen)
{
    long long took[KEYS];

    for (int i = 0; i < KEYS; i++) {
        int before = steps_cursor_row(screen);
        long long start = screen_now_ms();
        screen_send(screen, i % 2 ? "k" : "j");
        while (steps_cursor_row(screen) == before && screen_now_ms() - start < PATIENCE_MS)
            screen_pump(screen, 1);
        took[i] = screen_now_ms() - start;
    }
    qsort(took, KEYS, sizeof(took[0]), by_size);
    return took[KEYS / 2];
}

void steps_quit(struct screen *screen)
{
    screen_send(screen, "q");
    ck_assert_int_eq(screen_exit(screen, PATIENCE_MS), 0);
    ck_assert(screen_restored(screen));
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    ck_assert(family_shrinks_to(screen, 0, PATIENCE_MS));
    screen_free(screen);
}

static char top[] = "/tmp/vctop-screen-XXXXXX"; /* made by steps_main(): tests are forked */

const char *steps_folder(void)
{
    static char folder[sizeof(top) + 8];

    snprintf(folder, sizeof(folder), "%s/XXXXXX", top);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    return folder;
}

static void remove_top(void)
{
    char command[sizeof(top) + 32];

    snprintf(command, sizeof(command), "rm -rf --one-file-system %s", top);
    if (system(command) != 0)
        fprintf(stderr, "%s is left\n", top);
}

int steps_main(const char *name, const TTest *const *tests, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);

    tcase_set_timeout(tcase, TEST_LIMIT_S);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    if (!mkdtemp(top))
        return EXIT_FAILURE;
    srunner_run_all(runner, CK_ENV);
    remove_top();
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
