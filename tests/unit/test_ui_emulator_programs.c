/* What programs that fill the screen look like, and that another terminal can be shown the same. */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "test_ui_emulator_fed.h"
#include "ui/emulator/redraw.h"

/* Recorded as asciicast v2: at 80x24, at the half pane of a screen of 100x30, beside another pane
 * at 120x40, and back.  Where there is an "m", the screen is compared with the golden file. */
static const char *const programs[] = {"vim", "vimdiff", "less", "top", "htop", "mc", "mc-vt220"};

static FILE *open_data(const char *name, const char *end, const char *mode)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/emulator/%s.%s", TEST_DATA, name, end);
    FILE *file = fopen(path, mode);
    ck_assert_msg(file != NULL, "no %s", path);
    return file;
}

/* What stands out in a row: columns, colours, enum cell_flag. */
static void put_looks(FILE *out, const struct cell *cells, int count)
{
    for (int from = 0, to; from < count; from = to) {
        const struct cell *cell = &cells[from];
        for (to = from + 1; to < count; to++)
            if (cells[to].width && (!cell_looks_like(cell, &cells[to]) ||
                                    cell_is_blank(cell) != cell_is_blank(&cells[to])))
                break;
        if (!cell_is_blank(cell) &&
            (cell->flags || cell->foreground != COLOUR_OWN || cell->background != COLOUR_OWN))
            fprintf(out, "\t%d-%d %d/%d %x\n", from, to - 1, (int)cell->foreground,
                    (int)cell->background, (unsigned)cell->flags);
    }
}

static void put_screen(FILE *out, const struct emulator *emulator, const char *label)
{
    struct cell cells[EMULATOR_SIZE_MAX];
    char text[4096];
    int columns = emulator_columns(emulator);
    long lines = emulator_lines(emulator);

    fprintf(out, "==== %s\n", label);
    for (long i = lines - emulator_rows(emulator); i < lines; i++) {
        emulator_line_text(emulator, i, text, sizeof(text));
        fprintf(out, "%s\n", text);
        emulator_line(emulator, i, cells, (size_t)columns);
        put_looks(out, cells, columns);
    }
}

static void play(FILE *out, struct emulator *emulator, const json_t *event)
{
    const char *kind = json_string_value(json_array_get(event, 1));
    const char *data = json_string_value(json_array_get(event, 2));
    int columns, rows;

    ck_assert(kind && data);
    if (*kind == 'm')
        put_screen(out, emulator, data);
    else if (*kind == 'r' && sscanf(data, "%dx%d", &columns, &rows) == 2)
        emulator_resize(emulator, rows, columns);
    else
        for (size_t len = strlen(data), done; len > 0; data += done, len -= done)
            done = emulator_feed(emulator, data, len < 100 ? len : 100);
}

/* What is seen of the recording at its marks: the caller's to free. */
static char *play_all(const char *name)
{
    char *text = NULL, *line = NULL;
    size_t size, room = 0;
    FILE *out = open_memstream(&text, &size), *cast = open_data(name, "cast", "r");
    struct emulator *emulator = emulator_new(24, 80, 100, MEGABYTE);

    ck_assert_int_gt(getline(&line, &room, cast), 0); /* the header */
    while (getline(&line, &room, cast) > 0) {
        json_t *event = json_loads(line, 0, NULL);
        ck_assert_ptr_nonnull(event);
        play(out, emulator, event);
        json_decref(event);
    }
    /* Every size there may be, and back. */
    for (int rows = 0; rows < 40; rows++)
        emulator_resize(emulator, rows, 100 - rows * 2);
    emulator_resize(emulator, 24, 80);
    ck_assert_int_eq(emulator_rows(emulator), 24);
    emulator_free(emulator);
    free(line);
    fclose(cast);
    fclose(out);
    return text;
}

START_TEST(programs_look_right)
{
    CLEANUP_FREE char *seen = play_all(programs[_i]), *wanted = xcalloc(1, MEGABYTE);
    FILE *file = open_data(programs[_i], "txt", getenv("VCTOP_GOLDEN") ? "w+" : "r");

    if (getenv("VCTOP_GOLDEN")) {
        fputs(seen, file);
        rewind(file);
    }
    ck_assert_uint_gt(fread(wanted, 1, MEGABYTE - 1, file), 0);
    fclose(file);
    ck_assert_str_eq(seen, wanted);
}
END_TEST

/* ---- as another terminal would show it ---- */

static char *shown_by(const struct emulator *emulator)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    int row, column, shown = emulator_cursor(emulator, &row, &column);

    put_screen(out, emulator, "now");
    fprintf(out, "%d %d %d %d\n", row, column, shown, emulator_is_alternate(emulator));
    fclose(out);
    return text;
}

/* A new terminal, shown what this one shows. */
static struct emulator *redrawn(const struct emulator *emulator)
{
    size_t len = 0;
    CLEANUP_FREE char *bytes = emulator_redraw(emulator, &len);
    struct emulator *other =
        emulator_new(emulator_rows(emulator), emulator_columns(emulator), 100, MEGABYTE);

    for (size_t at = 0; at < len;)
        at += emulator_feed(other, bytes + at, len - at);
    CLEANUP_FREE char *wanted = shown_by(emulator), *seen = shown_by(other);
    ck_assert_str_eq(seen, wanted);
    return other;
}

START_TEST(looks_are_redrawn)
{
    struct emulator *emulator =
        fed(4, 8,
            "\033[1;3;4;5;7;9;31;42mab\033[0;38;5;200;48;2;1;2;3mc日\033[me\u0301\033[4;8Hz"
            "\033[2;2H\033[?25l\033[7;95m");
    struct emulator *other = redrawn(emulator);

    /* And goes on as the first would. */
    emulator_feed(emulator, "q\033[?25h", 7);
    emulator_feed(other, "q\033[?25h", 7);
    CLEANUP_FREE char *wanted = shown_by(emulator), *seen = shown_by(other);
    ck_assert_str_eq(seen, wanted);
    ck_assert_int_eq(cell_at(other, 1, 1).flags, CELL_REVERSE);
    emulator_free(emulator);
    emulator_free(other);
}
END_TEST

/* What is played from there on is what was recorded, wherever it begins. */
START_TEST(programs_are_redrawn)
{
    struct emulator *emulator = emulator_new(24, 80, 100, MEGABYTE), *other = NULL;
    FILE *cast = open_data(programs[_i], "cast", "r"), *nowhere = fopen("/dev/null", "w");
    char *line = NULL;
    size_t room = 0;

    for (int count = 0; getline(&line, &room, cast) > 0; count++) {
        json_t *event = json_loads(line, 0, NULL);
        if (count > 0)
            play(nowhere, emulator, event);
        if (other)
            play(nowhere, other, event);
        if (count % 2 == 1) {
            emulator_free(other);
            other = redrawn(emulator);
        }
        json_decref(event);
    }
    CLEANUP_FREE char *wanted = shown_by(emulator), *seen = shown_by(other);
    ck_assert_str_eq(seen, wanted);
    emulator_free(emulator);
    emulator_free(other);
    free(line);
    fclose(cast);
    fclose(nowhere);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("emulator, programs");
    TCase *tcase = tcase_create("emulator");

    tcase_add_loop_test(tcase, programs_look_right, 0, (int)ARRAY_SIZE(programs));
    tcase_add_test(tcase, looks_are_redrawn);
    tcase_add_loop_test(tcase, programs_are_redrawn, 0, (int)ARRAY_SIZE(programs));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
