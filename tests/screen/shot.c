/* Takes a picture of the built program: runs it in a terminal of a given size, types keys, and
 * writes what a person would see as plain text or, with its colours, as SVG.
 *
 *     shot ROWSxCOLUMNS FILE.svg|FILE.txt [--light] [--after SECONDS] [--type WAIT KEYS]...
 *          -- [VCTOP OPTIONS]
 *
 * --after lets graphs grow before the first key.  Each --type waits until WAIT is on the screen,
 * then types KEYS ("" for none); \e in them is Escape, \r Enter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "screen/driver.h"

#define WAIT_MS 30000
#define SETTLE_MS 700
#define CELL_X 8.4
#define CELL_Y 18
#define BASELINE 13.5
#define MARGIN 8

/* A run of cells that look the same. */
struct run {
    int column, width;
    struct screen_look look;
    char text[8192];
};

static long light_or_dark[2] = {0xd6d6d6, 0x1a1b1e}; /* the terminal's own two colours */

static void put_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<')
            fputs("&lt;", out);
        else if (*text == '&')
            fputs("&amp;", out);
        else
            fputc(*text, out);
    }
}

static bool looks_same(const struct screen_look *a, const struct screen_look *b)
{
    /* A font that lacks a character borrows it from another, with a width of its own: each stands
     * alone, in its place. */
    if ((unsigned char)a->text[0] >= 0x80 || (unsigned char)b->text[0] >= 0x80)
        return false;
    return a->foreground == b->foreground && a->background == b->background && a->bold == b->bold &&
           a->underline == b->underline && a->reverse == b->reverse;
}

static void put_run(FILE *out, const struct run *run, int row)
{
    const struct screen_look *look = &run->look;
    long front = look->foreground < 0 ? light_or_dark[0] : look->foreground;
    long back = look->background < 0 ? light_or_dark[1] : look->background;
    double x = MARGIN + run->column * CELL_X, width = run->width * CELL_X;
    int y = MARGIN + row * CELL_Y;

    if (look->reverse) {
        long swap = front;
        front = back;
        back = swap;
    }
    if (back != light_or_dark[1])
        fprintf(out, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#%06lx\"/>\n",
                x, y, width, CELL_Y, back);
    if (run->text[strspn(run->text, " ")] == '\0' && !look->underline)
        return;
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" textLength=\"%.1f\" fill=\"#%06lx\"%s%s>", x,
            y + BASELINE, width, front, look->bold ? " font-weight=\"bold\"" : "",
            look->underline ? " text-decoration=\"underline\"" : "");
    put_escaped(out, run->text);
    fputs("</text>\n", out);
}

static void put_row(FILE *out, struct screen *screen, int row, int columns)
{
    struct run run = {.width = 0};

    for (int column = 0; column < columns;) {
        struct screen_look look;

        screen_look(screen, row, column, &look);
        if (run.width && (!looks_same(&look, &run.look) ||
                          strlen(run.text) + sizeof(look.text) > sizeof(run.text))) {
            put_run(out, &run, row);
            run.width = 0;
        }
        if (!run.width) {
            run.column = column;
            run.look = look;
            run.text[0] = '\0';
        }
        strcat(run.text, look.text);
        run.width += look.width > 0 ? look.width : 1;
        column += look.width > 0 ? look.width : 1;
    }
    put_run(out, &run, row);
}

static void put_svg(FILE *out, struct screen *screen, int rows, int columns)
{
    double width = 2 * MARGIN + columns * CELL_X;
    int height = 2 * MARGIN + rows * CELL_Y;

    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\" "
            "font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\" "
            "xml:space=\"preserve\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#%06lx\"/>\n",
            width, height, light_or_dark[1]);
    for (int row = 0; row < rows; row++)
        put_row(out, screen, row, columns);
    fputs("</svg>\n", out);
}

static void type(struct screen *screen, const char *keys)
{
    char one[2] = "";

    for (; *keys; keys++) {
        one[0] = *keys;
        if (*keys == '\\' && (keys[1] == 'e' || keys[1] == 'r'))
            one[0] = *++keys == 'e' ? '\033' : '\r';
        screen_send(screen, one);
    }
    screen_pump(screen, SETTLE_MS);
}

int main(int argc, char **argv)
{
    int rows, columns, at = 3;

    if (argc < 3 || sscanf(argv[1], "%dx%d", &rows, &columns) != 2 || rows < 1 || columns < 1) {
        fprintf(stderr, "usage: shot ROWSxCOLUMNS FILE.svg|FILE.txt [--light] [--after SECONDS] "
                        "[--type WAIT KEYS]... -- [VCTOP OPTIONS]\n");
        return 2;
    }
    if (argv[at] && strcmp(argv[at], "--light") == 0) {
        light_or_dark[0] = 0x202124;
        light_or_dark[1] = 0xfbfbf8;
        at++;
    }
    int wait_s = 0;
    if (argv[at] && strcmp(argv[at], "--after") == 0 && argv[at + 1]) {
        wait_s = atoi(argv[at + 1]);
        at += 2;
    }
    int steps = at;
    while (argv[at] && strcmp(argv[at], "--") != 0)
        at++;
    const char *const *options = (const char *const *)argv + at + (argv[at] != NULL);
    struct screen *screen = screen_start(rows, columns, options, NULL);

    screen_pump(screen, wait_s * 1000);
    for (at = steps; argv[at] && strcmp(argv[at], "--type") == 0 && argv[at + 1] && argv[at + 2];
         at += 3) {
        if (!screen_wait(screen, argv[at + 1], WAIT_MS)) {
            fprintf(stderr, "there is no '%s':\n%s", argv[at + 1], screen_text(screen));
            screen_free(screen);
            return EXIT_FAILURE;
        }
        type(screen, argv[at + 2]);
    }
    const char *end = strrchr(argv[2], '.');
    FILE *out = fopen(argv[2], "w");
    if (!out) {
        perror(argv[2]);
        return EXIT_FAILURE;
    }
    if (end && strcmp(end, ".svg") == 0)
        put_svg(out, screen, rows, columns);
    else
        fputs(screen_text(screen), out);
    screen_free(screen);
    return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
