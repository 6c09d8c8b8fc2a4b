#include "ui/widget/cells.h"

#include <curses.h>
#include <wchar.h>

#include "ui/term/canvas.h"
#include "ui/term/term.h"

/* Lines and blocks as ASCII has them; 0: it has nothing like it. */
static wchar_t drawn_in_ascii(uint32_t cp)
{
    if (cp >= 0x2580 && cp <= 0x259f)
        return '#';
    if (cp < 0x2500 || cp > 0x257f)
        return 0;
    switch (cp) {
    case 0x2500:
    case 0x2501:
    case 0x2504:
    case 0x2505:
    case 0x2508:
    case 0x2509:
    case 0x254c:
    case 0x254d:
    case 0x2574:
    case 0x2576:
    case 0x2578:
    case 0x257a:
        return '-';
    case 0x2550:
        return '=';
    case 0x2502:
    case 0x2503:
    case 0x2506:
    case 0x2507:
    case 0x250a:
    case 0x250b:
    case 0x254e:
    case 0x254f:
    case 0x2551:
    case 0x2575:
    case 0x2577:
    case 0x2579:
    case 0x257b:
        return '|';
    default:
        return '+';
    }
}

/* The characters that are put; one of one column stands for each of the columns. */
static void choose(const struct cell *cell, wchar_t chars[CELL_CHARS + 1])
{
    int count = 0;

    if (!cell->chars[0]) {
        chars[count++] = L' ';
    } else if (term_is_utf8()) {
        for (; count < CELL_CHARS && cell->chars[count]; count++)
            chars[count] = (wchar_t)cell->chars[count];
        /* What the C library thinks of it decides where ncurses puts the next one. */
        if (wcwidth(chars[0]) != cell->width) {
            chars[0] = L'\xfffd';
            count = 1;
        }
    } else if (cell->chars[0] < 0x80) {
        chars[count++] = (wchar_t)cell->chars[0];
    } else {
        wchar_t drawn = drawn_in_ascii(cell->chars[0]);
        chars[count++] = drawn ? drawn : L'?';
    }
    chars[count] = L'\0';
}

static attr_t attributes_of(const struct cell *cell, bool inverted)
{
    attr_t ret = A_NORMAL;

    if (cell->flags & CELL_BOLD)
        ret |= A_BOLD;
    if (cell->flags & CELL_UNDERLINE)
        ret |= A_UNDERLINE;
    if (cell->flags & CELL_ITALIC)
        ret |= A_ITALIC;
    if (!(cell->flags & CELL_REVERSE) == inverted)
        ret |= A_REVERSE;
    /* What blinks does so nowhere here: the eye goes to what is wrong. */
    if (cell->flags & CELL_BLINK)
        ret |= A_BOLD;
    if (cell->flags & CELL_STRIKE)
        ret |= A_DIM;
    return ret;
}

static int pair_of(const struct cell *cell, attr_t *attributes)
{
    int foreground = colour_of(cell->foreground, COLORS);
    int background = colour_of(cell->background, COLORS);

    if (!term_has_colour() || (foreground < 0 && background < 0))
        return 0;
    if (COLORS < 16 && cell->foreground >= 8 && cell->foreground < 16)
        *attributes |= A_BOLD;
    int pair = alloc_pair(foreground, background);
    return pair > 0 ? pair : 0;
}

static void put(int y, int x, const struct cell *cell, bool inverted)
{
    wchar_t chars[CELL_CHARS + 1];
    attr_t attributes = attributes_of(cell, inverted);
    int pair = pair_of(cell, &attributes);
    cchar_t glyph;

    choose(cell, chars);
    if (setcchar(&glyph, chars, attributes, 0, &pair) == ERR)
        return;
    for (int i = 0; i < cell->width; i += wcwidth(chars[0]) == 2 ? 2 : 1)
        canvas_glyph(y, x + i, &glyph, sizeof(glyph));
}

void draw_cells(struct rect rect, int y, int x, const struct cell *cells, size_t count,
                bool inverted)
{
    if (y < 0 || y >= rect.height)
        return;
    for (size_t i = 0; i < count && x < rect.width; i++) {
        struct cell cell = cells[i];

        if (cell.width == 2 && x + 2 > rect.width) {
            cell.width = 1;
            cell.chars[0] = 0;
        }
        if (cell.width > 0)
            put(rect.y + y, rect.x + x, &cell, inverted);
        x += cell.width;
    }
}
