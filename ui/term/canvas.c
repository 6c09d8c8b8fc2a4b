#include "ui/term/canvas.h"

#include <curses.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

enum mark_kind {
    MARK_TEXT,
    MARK_PLAIN, /* a text of which each byte is a column */
    MARK_BLANK,
    MARK_GLYPH
};

/* One call, as it is kept: LEN bytes follow, rounded up to whole marks. */
struct mark {
    uint16_t kind, x;
    uint16_t len, cells;
    uint32_t attributes;
};

/* The calls that drew a row, in their order. */
struct row {
    struct mark *marks;
    size_t used, room;
    bool wide; /* it has characters of no column or of two, of which a call may cover one */
};

static struct {
    struct row *rows, *before; /* of the frame that is drawn, and of the last */
    int lines, columns;        /* of the terminal that they are for */
    bool forgotten;
} canvas;

static size_t marks_of(size_t len)
{
    return 1 + (len + sizeof(struct mark) - 1) / sizeof(struct mark);
}

static void free_rows(struct row *rows, int lines)
{
    for (int y = 0; y < lines; y++)
        free(rows[y].marks);
    free(rows);
}

void canvas_free(void)
{
    free_rows(canvas.rows, canvas.lines);
    free_rows(canvas.before, canvas.lines);
    canvas.rows = canvas.before = NULL;
    canvas.lines = canvas.columns = 0;
}

void canvas_forget(void)
{
    canvas.forgotten = true;
}

static void fit_terminal(void)
{
    if (canvas.lines == LINES && canvas.columns == COLS)
        return;
    canvas_free();
    canvas.rows = xcalloc((size_t)LINES, sizeof(*canvas.rows));
    canvas.before = xcalloc((size_t)LINES, sizeof(*canvas.before));
    canvas.lines = LINES;
    canvas.columns = COLS;
    canvas.forgotten = true;
}

/* NULL: that is not on the screen. */
static void *add(int y, struct mark mark)
{
    fit_terminal();
    if (y < 0 || y >= canvas.lines || mark.x >= canvas.columns)
        return NULL;
    struct row *row = &canvas.rows[y];
    size_t count = marks_of(mark.len);
    if (row->room - row->used < count) {
        row->room = 2 * row->room + count + 16;
        row->marks = xrealloc(row->marks, row->room, sizeof(*row->marks));
    }
    struct mark *at = row->marks + row->used;
    row->used += count;
    at[count - 1] = (struct mark){0}; /* what is behind the bytes is compared too */
    *at = mark;
    return at + 1;
}

/* Some characters take no column, or two. */
static bool is_wide(const char *text, size_t len, int cells)
{
    int characters = 0;
    for (size_t i = 0; i < len; i++)
        characters += ((unsigned char)text[i] & 0xc0) != 0x80;
    return characters != cells;
}

void canvas_text(int y, int x, int attributes, const char *text, size_t len, int cells)
{
    bool plain = len == (size_t)cells;
    void *to = x < 0 || len == 0 || len > UINT16_MAX
                   ? NULL
                   : add(y, (struct mark){.kind = plain ? MARK_PLAIN : MARK_TEXT,
                                          .x = (uint16_t)x,
                                          .len = (uint16_t)len,
                                          .attributes = (uint32_t)attributes});
    if (!to)
        return;
    memcpy(to, text, len);
    canvas.rows[y].wide |= !plain && is_wide(text, len, cells);
}

void canvas_blank(int y, int x, int attributes, int cells)
{
    if (x >= 0 && cells > 0)
        add(y, (struct mark){.kind = MARK_BLANK,
                             .x = (uint16_t)x,
                             .cells = (uint16_t)cells,
                             .attributes = (uint32_t)attributes});
}

void canvas_glyph(int y, int x, const void *glyph, size_t size)
{
    void *to =
        x < 0 ? NULL
              : add(y, (struct mark){.kind = MARK_GLYPH, .x = (uint16_t)x, .len = (uint16_t)size});
    if (!to)
        return;
    memcpy(to, glyph, size);
    canvas.rows[y].wide = true; /* it may be */
}

/* What needs no conversion, in a tenth of the time. */
static void hand_on_plain(int y, const struct mark *mark)
{
    const unsigned char *text = (const unsigned char *)(mark + 1);
    chtype cells[256];

    for (int from = 0; from < mark->len;) {
        int count = 0;
        while (count < (int)ARRAY_SIZE(cells) && from + count < mark->len) {
            cells[count] = text[from + count] | (chtype)mark->attributes;
            count++;
        }
        mvaddchnstr(y, mark->x + from, cells, count);
        from += count;
    }
}

static void hand_on(int y, const struct mark *mark, bool wide)
{
    cchar_t glyph;

    switch ((enum mark_kind)mark->kind) {
    case MARK_PLAIN:
        /* ncurses has to see itself what covers half of a character. */
        if (!wide) {
            hand_on_plain(y, mark);
            break;
        }
        /* fall through */
    case MARK_TEXT:
        attrset((attr_t)mark->attributes);
        mvaddnstr(y, mark->x, (const char *)(mark + 1), mark->len);
        break;
    case MARK_BLANK:
        attrset((attr_t)mark->attributes);
        mvhline(y, mark->x, ' ', mark->cells);
        break;
    case MARK_GLYPH:
        memcpy(&glyph, mark + 1, sizeof(glyph));
        attrset(A_NORMAL);
        mvadd_wch(y, mark->x, &glyph);
        break;
    }
}

static bool same(const struct row *a, const struct row *b)
{
    return a->used == b->used && a->used > 0 &&
           memcmp(a->marks, b->marks, a->used * sizeof(*a->marks)) == 0;
}

void canvas_hand_on(void)
{
    for (int y = 0; y < canvas.lines; y++) {
        struct row *row = &canvas.rows[y], *before = &canvas.before[y], drawn = *row;

        if (canvas.forgotten || !same(row, before))
            for (size_t i = 0; i < row->used; i += marks_of(row->marks[i].len))
                hand_on(y, &row->marks[i], row->wide);
        *row = *before;
        row->used = 0;
        row->wide = false;
        *before = drawn;
    }
    attrset(A_NORMAL);
    canvas.forgotten = false;
}
