/* The text that a guest is made from: a machine's XML, a container's file. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/view/detail_internal.h"
#include "ui/view/moment.h"

#define LINE_BYTES 2048
#define MARGIN 2

/* A row is a part of a line that fits the width: where it begins in the text, and its bytes. */
static uint64_t row_number(size_t at, size_t bytes)
{
    return (uint64_t)at << 16 | (bytes & 0xffff);
}

static size_t start_of(uint64_t row)
{
    return (size_t)(row >> 16);
}

static size_t bytes_of(uint64_t row)
{
    return (size_t)(row & 0xffff);
}

/* Bytes of TEXT, which ends at a newline, that fit WIDTH columns. */
static size_t bytes_that_fit(const char *text, int width)
{
    size_t used = 0, len = strcspn(text, "\n");
    int cells = 0;

    while (used < len && used < LINE_BYTES - 8) {
        uint32_t cp;
        size_t bytes = text_decode(text + used, len - used, &cp);
        int more = text_cp_width(cp);

        cells += more > 0 ? more : 0;
        if (cells > width && used)
            break;
        used += bytes;
    }
    return used;
}

/* Once for each answer and width. */
static void list(struct detail *detail, const char *text, int64_t at_ns, int width)
{
    if (detail->text_ns == at_ns && detail->text_width == width)
        return;
    detail_rows_clear(detail);
    detail->text_lines = 0;
    for (size_t at = 0; text[at]; detail->text_lines++, at++) {
        do {
            size_t bytes = bytes_that_fit(text + at, width);
            detail_row_add(detail, row_number(at, bytes));
            at += bytes;
        } while (text[at] && text[at] != '\n');
        if (!text[at])
            break;
    }
    detail->text_ns = at_ns;
    detail->text_width = width;
}

static void draw_rows(const struct pager *pager, const struct detail *detail, const char *text)
{
    struct rect rect = pager->rect;
    char line[LINE_BYTES];

    for (int y = 0; y < rect.height && pager->top + y < pager->count; y++) {
        uint64_t row = detail->rows[pager->top + y];

        snprintf(line, sizeof(line), "%.*s", (int)bytes_of(row), text + start_of(row));
        if (pager->top + y == pager->cursor)
            draw_text(rect, y, 0, STYLE_KEY, ">");
        pager_cell(pager, rect, y, MARGIN, STYLE_NORMAL, line, rect.width - MARGIN);
    }
}

static void draw_title(const struct detail *detail, const struct guest *guest, int64_t at_ns,
                       struct rect rect)
{
    struct line line = line_new(rect, 0);
    char when[MOMENT_MAX];

    moment_text(when, clock_wall_ns() - (clock_mono_ns() - at_ns), MOMENT_CLOCK);
    line_left(&line, 0, STYLE_NORMAL, "%s, %ld lines",
              guest->facts.kind == KIND_MACHINE ? "Definition" : "Configuration",
              detail->text_lines);
    line_left(&line, 2, STYLE_DIM, "read at %s", when);
}

static void draw(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect)
{
    const char *error = NULL;
    int64_t at_ns = 0;

    if (!detail->asked) {
        engine_ask_configuration(ui->engine, &guest->id);
        detail->asked = true;
    }
    const char *text = engine_configuration(ui->engine, &guest->id, &at_ns, &error);
    if (!text) {
        detail_rows_clear(detail);
        pager_fit(&detail->pager, rect, 0);
        draw_text(rect, 0, 1, STYLE_DIM, error ? "it cannot be read:" : "asking for it");
        if (error)
            pager_wrap((struct rect){rect.y + 1, rect.x + 1, rect.height - 1, rect.width - 2}, 0,
                       STYLE_WARN, error);
        return;
    }
    list(detail, text, at_ns, rect.width - MARGIN - 1);
    draw_title(detail, guest, at_ns, rect_cut_rows(&rect, 1));
    pager_fit(&detail->pager, rect, (long)detail->row_count);
    draw_rows(&detail->pager, detail, text);
}

/* With what the row after it goes on with, so that a hit may lie across both. */
static void text_of(const struct detail *detail, const struct ui *ui, const struct guest *guest,
                    long line, char *dst, size_t size)
{
    const char *error, *text;
    int64_t at_ns;

    dst[0] = '\0';
    text = engine_configuration(ui->engine, &guest->id, &at_ns, &error);
    if (!text || at_ns != detail->text_ns || (size_t)line >= detail->row_count)
        return;
    uint64_t row = detail->rows[line];
    const char *start = text + start_of(row);
    size_t bytes = bytes_of(row), more = strcspn(start + bytes, "\n");
    size_t pattern = strlen(detail->pager.pattern);

    if (pattern && more > pattern - 1)
        more = pattern - 1;
    snprintf(dst, size, "%.*s", (int)(bytes + more), start);
}

const struct detail_tab detail_config = {
    .title = "Configuration",
    .brief = "Conf",
    .draw = draw,
    .text = text_of,
};
