#include "ui/widget/pager.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/filter.h"

#define LINE_BYTES 2048
#define ROWS_UNKNOWN 10 /* of a pager that was not drawn yet */

static long rows(const struct pager *pager)
{
    return pager->rect.height > 0 ? pager->rect.height : ROWS_UNKNOWN;
}

static long within(long value, long most)
{
    return value > most ? (most > 0 ? most : 0) : value < 0 ? 0 : value;
}

static void settle(struct pager *pager)
{
    if (pager->list) {
        pager->cursor = within(pager->cursor, pager->count - 1);
        if (pager->top > pager->cursor)
            pager->top = pager->cursor;
        if (pager->top < pager->cursor - rows(pager) + 1)
            pager->top = pager->cursor - rows(pager) + 1;
    } else if (pager->cursor >= pager->count) {
        pager->cursor = -1;
    }
    pager->top = within(pager->top, pager->count - rows(pager));
}

void pager_fit(struct pager *pager, struct rect rect, long count)
{
    pager->rect = rect;
    pager->count = count;
    settle(pager);
}

void pager_move_to(struct pager *pager, long line)
{
    if (pager->list)
        pager->cursor = line;
    else
        pager->top = line;
    settle(pager);
}

void pager_move(struct pager *pager, long by)
{
    pager_move_to(pager, (pager->list ? pager->cursor : pager->top) + by);
}

void pager_page(struct pager *pager, int step)
{
    long page = rows(pager) > 1 ? rows(pager) - 1 : 1;

    if (pager->list)
        pager->top += step * page;
    pager_move(pager, step * page);
}

long pager_line_at(const struct pager *pager, int y, int x)
{
    long line = pager->top + y - pager->rect.y;

    return rect_has(pager->rect, y, x) && line < pager->count ? line : -1;
}

/* Where a search begins: at the cursor, in a text that was scrolled since at what is in sight. */
static long search_start(const struct pager *pager, int step)
{
    bool in_sight = pager->cursor >= pager->top && pager->cursor < pager->top + rows(pager);

    if (pager->list || in_sight)
        return pager->cursor;
    return step > 0 ? pager->top - 1 : pager->top + rows(pager);
}

static void show(struct pager *pager, long line)
{
    pager->cursor = line;
    if (!pager->list && (line < pager->top || line >= pager->top + rows(pager)))
        pager->top = line - rows(pager) / 3;
    settle(pager);
}

bool pager_find(struct pager *pager, int step, pager_text *text, void *context)
{
    long at = search_start(pager, step);
    char line[LINE_BYTES];

    for (long i = 0; pager->pattern[0] && i < pager->count; i++) {
        at = (at + step + pager->count) % pager->count;
        text(context, at, line, sizeof(line));
        if (!text_find_folded(line, pager->pattern, NULL))
            continue;
        show(pager, at);
        return true;
    }
    return false;
}

void pager_cell(const struct pager *pager, struct rect rect, int y, int x, enum style style,
                const char *text, int cells)
{
    const char *at = text;
    size_t len;

    draw_cell(rect, y, x, style, text, cells);
    while (pager->pattern[0] && (at = text_find_folded(at, pager->pattern, &len)) && len) {
        char part[LINE_BYTES];

        snprintf(part, sizeof(part), "%.*s", (int)(at - text), text);
        int from = (int)text_width(part);
        snprintf(part, sizeof(part), "%.*s", (int)len, at);
        /* The last cell may hold the ellipsis. */
        if (from + (int)text_width(part) > cells - ((int)text_width(text) > cells))
            break;
        draw_text(rect, y, x + from, STYLE_BADGE, part);
        at += len;
    }
}

/* Bytes of TEXT that fit CELLS, up to the last space when there is one. */
static size_t first_part(const char *text, int cells)
{
    size_t used = 0, space = 0, len = strlen(text);
    int width = 0;

    while (used < len) {
        uint32_t cp;
        size_t bytes = text_decode(text + used, len - used, &cp);
        int more = text_cp_width(cp);

        if (width + (more > 0 ? more : 0) > cells)
            return space ? space : used;
        if (cp == ' ')
            space = used;
        width += more > 0 ? more : 0;
        used += bytes;
    }
    return used;
}

void pager_wrap(struct rect rect, int y, enum style style, const char *text)
{
    char part[LINE_BYTES];

    for (; *text && y < rect.height - 1; y++) {
        size_t bytes = first_part(text, rect.width);

        if (!bytes)
            return; /* not even one wide character has room */
        snprintf(part, sizeof(part), "%.*s", (int)bytes, text);
        draw_cell(rect, y, 0, style, part, rect.width);
        text += bytes;
        text += strspn(text, " ");
    }
    if (*text)
        draw_cell(rect, y, 0, style, text, rect.width);
}
