#include "ui/emulator/scrollback.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#define OVERHEAD 16 /* of an allocation */

/* Cells that look alike and stand side by side. */
struct run {
    uint16_t cells;
    uint8_t flags;
    int32_t foreground, background;
};

struct packed {
    uint16_t runs;
    uint16_t len; /* bytes of text */
    struct run run[];
    /* then LEN bytes of UTF-8: a blank is a space */
};

static size_t size_of(size_t runs, size_t len)
{
    return sizeof(struct packed) + runs * sizeof(struct run) + len;
}

static char *text_of(struct packed *line)
{
    return (char *)&line->run[line->runs];
}

/* Where line INDEX is in the ring; the one behind the newest has a place too. */
static size_t place(const struct scrollback *scrollback, size_t index)
{
    size_t number = scrollback->first + index;

    return number < scrollback->room ? number : number - scrollback->room;
}

void scrollback_init(struct scrollback *scrollback, size_t lines_max, size_t bytes_max)
{
    *scrollback = (struct scrollback){.lines_max = lines_max, .bytes_max = bytes_max};
}

void scrollback_clear(struct scrollback *scrollback)
{
    for (size_t i = 0; i < scrollback->count; i++)
        free(scrollback->line[place(scrollback, i)]);
    free(scrollback->line);
    scrollback_init(scrollback, scrollback->lines_max, scrollback->bytes_max);
}

static size_t bytes_of(const struct packed *line)
{
    return size_of(line->runs, line->len) + OVERHEAD;
}

static struct packed *at(const struct scrollback *scrollback, size_t index)
{
    return scrollback->line[place(scrollback, index)];
}

static void drop_oldest(struct scrollback *scrollback)
{
    struct packed *line = at(scrollback, 0);

    scrollback->bytes -= bytes_of(line);
    free(line);
    scrollback->first = place(scrollback, 1);
    scrollback->count--;
    scrollback->dropped++;
}

/* The ring grows as it fills: most guests never say ten thousand lines. */
static void make_room(struct scrollback *scrollback)
{
    size_t room = scrollback->room ? scrollback->room * 2 : 64;
    struct packed **line;

    if (scrollback->count < scrollback->room)
        return;
    line = xcalloc(room, sizeof(struct packed *));
    for (size_t i = 0; i < scrollback->count; i++)
        line[i] = at(scrollback, i);
    free(scrollback->line);
    scrollback->line = line;
    scrollback->room = room;
    scrollback->first = 0;
}

static struct packed *pack(const struct cell *cells, size_t count)
{
    size_t runs = 0, len = 0;
    struct packed *line;

    for (size_t i = 0; i < count; i++) {
        runs += i == 0 || !cell_looks_like(&cells[i], &cells[i - 1]);
        len += 4 * CELL_CHARS;
    }
    line = xmalloc(size_of(runs, len + 1));
    line->runs = (uint16_t)runs;
    runs = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && cell_looks_like(&cells[i], &cells[i - 1])) {
            line->run[runs - 1].cells++;
            continue;
        }
        line->run[runs++] = (struct run){.cells = 1,
                                         .flags = cells[i].flags,
                                         .foreground = cells[i].foreground,
                                         .background = cells[i].background};
    }
    line->len = (uint16_t)cell_text(cells, count, text_of(line), len + 1);
    return xrealloc(line, 1, size_of(line->runs, line->len));
}

void scrollback_push(struct scrollback *scrollback, const struct cell *cells, size_t count)
{
    struct packed *line;

    while (count > 0 && cell_is_blank(&cells[count - 1]))
        count--;
    line = pack(cells, count);
    while (scrollback->count > 0 && (scrollback->count >= scrollback->lines_max ||
                                     scrollback->bytes + bytes_of(line) > scrollback->bytes_max))
        drop_oldest(scrollback);
    make_room(scrollback);
    scrollback->line[place(scrollback, scrollback->count++)] = line;
    scrollback->bytes += bytes_of(line);
}

/* The characters of one cell from TEXT[0..LEN); returns the bytes taken. */
static size_t unpack_chars(const char *text, size_t len, struct cell *cell)
{
    size_t used = 0;
    uint32_t cp;

    for (int i = 0; i < CELL_CHARS && used < len; i++) {
        size_t bytes = text_decode(text + used, len - used, &cp);
        if (i > 0 && text_cp_width(cp) != 0)
            break;
        cell->chars[i] = cp;
        used += bytes;
    }
    cell->width = text_cp_width(cell->chars[0]) == 2 ? 2 : 1;
    if (cell->chars[0] == ' ')
        cell->chars[0] = 0;
    return used;
}

void scrollback_get(const struct scrollback *scrollback, size_t index, struct cell *cells,
                    size_t count)
{
    struct packed *line = at(scrollback, index);
    const char *text = text_of(line);
    size_t left = line->len, cell = 0;

    for (size_t i = 0; i < count; i++)
        cells[i] = (struct cell){.width = 1, .foreground = COLOUR_OWN, .background = COLOUR_OWN};
    for (size_t run = 0; run < line->runs; run++) {
        for (size_t i = 0; i < line->run[run].cells && cell < count; i++, cell++) {
            cells[cell].flags = line->run[run].flags;
            cells[cell].foreground = line->run[run].foreground;
            cells[cell].background = line->run[run].background;
            if (cell > 0 && cells[cell - 1].width == 2) {
                cells[cell].width = 0;
                continue;
            }
            size_t used = unpack_chars(text, left, &cells[cell]);
            text += used;
            left -= used;
        }
    }
    /* Half of a wide one does not fit. */
    if (count > 0 && cells[count - 1].width == 2) {
        cells[count - 1].chars[0] = 0;
        cells[count - 1].width = 1;
    }
}

bool scrollback_pop(struct scrollback *scrollback, struct cell *cells, size_t count)
{
    if (!scrollback->count)
        return false;
    struct packed *line = at(scrollback, scrollback->count - 1);
    scrollback_get(scrollback, scrollback->count - 1, cells, count);
    scrollback->bytes -= bytes_of(line);
    free(line);
    scrollback->count--;
    return true;
}

size_t scrollback_text(const struct scrollback *scrollback, size_t index, char *dst, size_t size)
{
    struct packed *line = at(scrollback, index);
    const char *text = text_of(line);
    size_t len = line->len;

    if (len >= size) {
        len = size - 1;
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
    }
    memcpy(dst, text, len);
    dst[len] = '\0';
    return len;
}
