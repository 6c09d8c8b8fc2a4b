#include "ui/widget/draw.h"

#include <curses.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "ui/term/canvas.h"
#include "ui/term/term.h"

/* One row of cells at the widest terminal that we draw on, in bytes. */
#define LINE_BYTES 4096

struct rect draw_screen(void)
{
    return (struct rect){.y = 0, .x = 0, .height = LINES, .width = COLS};
}

static int at_least_0(int value)
{
    return value < 0 ? 0 : value;
}

struct rect rect_inset(struct rect rect, int by)
{
    return (struct rect){.y = rect.y + by,
                         .x = rect.x + by,
                         .height = at_least_0(rect.height - 2 * by),
                         .width = at_least_0(rect.width - 2 * by)};
}

struct rect rect_cut_rows(struct rect *rest, int lines)
{
    struct rect cut = *rest;
    int size = lines < 0 ? -lines : lines;
    if (size > rest->height)
        size = rest->height;
    cut.height = size;
    rest->height -= size;
    if (lines < 0)
        cut.y = rest->y + rest->height;
    else
        rest->y += size;
    return cut;
}

struct rect rect_cut_columns(struct rect *rest, int columns)
{
    struct rect cut = *rest;
    int size = columns < 0 ? -columns : columns;
    if (size > rest->width)
        size = rest->width;
    cut.width = size;
    rest->width -= size;
    if (columns < 0)
        cut.x = rest->x + rest->width;
    else
        rest->x += size;
    return cut;
}

bool rect_has(struct rect rect, int y, int x)
{
    return y >= rect.y && y < rect.y + rect.height && x >= rect.x && x < rect.x + rect.width;
}

void draw_clear(struct rect rect, enum style style)
{
    for (int y = 0; y < rect.height; y++)
        canvas_blank(rect.y + y, rect.x, style_attributes(style), rect.width);
}

/* How many characters TEXT begins with, at most CELLS, that are a byte and a column each. */
static size_t plain_start(const char *text, int cells)
{
    size_t used = 0;
    while (used < (size_t)cells && text[used] >= ' ' && text[used] <= '~')
        used++;
    return used;
}

/* Bytes of the longest start of LEN bytes of TEXT that takes at most CELLS; *TAKEN says how many it
 * takes, *TORN that it has bytes that are no character (a "%.60s" has cut one) or none to show. */
static size_t clip(const char *text, size_t len, int cells, int *taken, bool *torn)
{
    size_t used = plain_start(text, (size_t)cells < len ? cells : (int)len);
    *taken = (int)used;
    *torn = false;
    while (used < len) {
        uint32_t cp;
        size_t bytes = text_decode(text + used, len - used, &cp);
        int width = text_cp_width(cp);
        bool bad = width < 0 || (cp == TEXT_REPLACEMENT && bytes == 1);
        if (width < 0)
            width = 1;
        if (*taken + width > cells)
            break;
        *torn |= bad;
        *taken += width;
        used += bytes;
    }
    return used;
}

/* LEN bytes of TEXT. */
static int draw_run(struct rect rect, int y, int x, enum style style, const char *text, size_t len)
{
    if (y < 0 || y >= rect.height || x < 0 || x >= rect.width)
        return 0;
    int taken;
    bool torn;
    size_t bytes = clip(text, len, rect.width - x, &taken, &torn);
    char line[LINE_BYTES];
    if (bytes >= sizeof line)
        bytes = clip(text, len, (int)sizeof line / 16, &taken, &torn);
    if (torn || (!term_is_utf8() && bytes != (size_t)taken)) {
        memcpy(line, text, bytes);
        line[bytes] = '\0';
        if (torn)
            text_sanitise_into(line, sizeof line, text, bytes);
        if (!term_is_utf8())
            text_to_ascii(line);
        text = line;
        bytes = strlen(line);
    }
    canvas_text(rect.y + y, rect.x + x, style_attributes(style), text, bytes, taken);
    return taken;
}

int draw_text(struct rect rect, int y, int x, enum style style, const char *text)
{
    return draw_run(rect, y, x, style, text, strlen(text));
}

void draw_cell(struct rect rect, int y, int x, enum style style, const char *text, int cells)
{
    if (cells > rect.width - x)
        cells = rect.width - x;
    if (cells <= 0)
        return;
    char line[LINE_BYTES];
    if ((size_t)cells * 16 + 1 > sizeof line)
        cells = (int)(sizeof line - 1) / 16;
    size_t len = plain_start(text, cells);
    if (text[len]) { /* else it fits as it is */
        text_fit(line, sizeof line, text, (size_t)cells, !term_is_utf8());
        text = line;
        len = strlen(line);
    }
    while (len > 0 && text[len - 1] == ' ')
        len--;
    int taken = draw_run(rect, y, x, style, text, len);
    if (y >= 0 && y < rect.height && x >= 0 && taken < cells)
        canvas_blank(rect.y + y, rect.x + x + taken, style_attributes(style), cells - taken);
}

void draw_right(struct rect rect, int y, int x, enum style style, const char *text, int cells)
{
    int width = (int)text_width(text);
    if (width >= cells) {
        draw_cell(rect, y, x, style, text, cells);
        return;
    }
    draw_cell(rect, y, x, style, "", cells - width);
    draw_text(rect, y, x + cells - width, style, text);
}

int draw_format(struct rect rect, int y, int x, enum style style, const char *fmt, ...)
{
    char line[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    /* vsnprintf may have torn the last character. */
    char whole[sizeof line];
    text_sanitise_into(whole, sizeof whole, line, strlen(line));
    return draw_text(rect, y, x, style, whole);
}

/* One character, CELLS times. */
static void repeat(struct rect rect, int y, int x, enum style style, const char *sign, int cells)
{
    char line[LINE_BYTES], *end = line;
    for (int i = 0; i < cells && end + 4 < line + sizeof line; i++)
        end = stpcpy(end, sign);
    *end = '\0';
    draw_text(rect, y, x, style, line);
}

static void horizontal(struct rect rect, int y, int x, int cells, enum style style)
{
    repeat(rect, y, x, style, term_is_utf8() ? "─" : "-", cells);
}

static void draw_rule(struct rect rect, int y, enum style style, const char *title)
{
    horizontal(rect, y, 0, rect.width, style);
    if (!title || rect.width < 8)
        return;
    int cells = (int)text_width(title);
    if (cells > rect.width - 6)
        cells = rect.width - 6;
    draw_text(rect, y, 2, style, " ");
    draw_cell(rect, y, 3, STYLE_TITLE, title, cells);
    draw_text(rect, y, 3 + cells, style, " ");
}

void draw_box(struct rect rect, enum style style, const char *title)
{
    static const char *const LINES_UTF8[] = {"┌", "┐", "└", "┘", "│"};
    static const char *const LINES_ASCII[] = {"+", "+", "+", "+", "|"};
    const char *const *lines = term_is_utf8() ? LINES_UTF8 : LINES_ASCII;
    int right = rect.width - 1, bottom = rect.height - 1;
    if (right < 1 || bottom < 1)
        return;
    horizontal(rect, bottom, 0, rect.width, style);
    draw_rule(rect, 0, style, title);
    draw_text(rect, 0, 0, style, lines[0]);
    draw_text(rect, 0, right, style, lines[1]);
    draw_text(rect, bottom, 0, style, lines[2]);
    draw_text(rect, bottom, right, style, lines[3]);
    for (int y = 1; y < bottom; y++) {
        draw_text(rect, y, 0, style, lines[4]);
        draw_text(rect, y, right, style, lines[4]);
    }
}

void draw_bar(struct rect rect, int y, int x, int cells, double fraction, bool alarm)
{
    static const char *const EIGHTHS[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    if (cells > rect.width - x)
        cells = rect.width - x;
    bool known = !isnan(fraction);
    double part = !known || fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
    enum style style = !alarm         ? STYLE_METER
                       : part >= 0.95 ? STYLE_METER_BAD
                       : part >= 0.8  ? STYLE_METER_WARN
                                      : STYLE_METER;
    int eighths = (int)lround(part * cells * 8);
    bool utf8 = term_is_utf8();
    int full = utf8 ? eighths / 8 : (eighths + 4) / 8, begun = utf8 && eighths % 8 ? 1 : 0;
    repeat(rect, y, x, style, utf8 ? "█" : "#", full);
    if (begun)
        draw_text(rect, y, x + full, style, EIGHTHS[eighths % 8]);
    repeat(rect, y, x + full + begun, STYLE_METER_EMPTY,
           !known ? " "
           : utf8 ? "░"
                  : ".",
           cells - full - begun);
}

static double highest(const float *values, int count)
{
    double top = 0;
    for (int i = 0; values && i < count; i++)
        if (!isnan(values[i]) && values[i] > top)
            top = values[i];
    return top;
}

void draw_sparkline(struct rect rect, int y, int x, int cells, enum style style,
                    const float *values, int count, double top)
{
    static const char *const UTF8[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const ASCII[] = {"_", ".", ".", "-", "-", "=", "=", "#"};
    const char *const *levels = term_is_utf8() ? UTF8 : ASCII;
    if (top <= 0)
        top = highest(values, count);
    char line[LINE_BYTES], *end = line;
    for (int i = 0; i < cells && end + 4 < line + sizeof line; i++) {
        int at = count - cells + i, level = 0;
        bool known = at >= 0 && !isnan(values[at]);
        if (known && top > 0)
            level = (int)(values[at] / top * 7.999);
        end = stpcpy(end, known ? levels[level < 0 ? 0 : level > 7 ? 7 : level] : " ");
    }
    *end = '\0';
    draw_text(rect, y, x, style, line);
}
