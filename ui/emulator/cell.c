#include "ui/emulator/cell.h"

#include "base/cleanup.h"
#include "base/text.h"

/* The first sixteen as xterm has them. */
static const uint32_t ANSI[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
                                  0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                  0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
static const int LEVELS[6] = {0, 95, 135, 175, 215, 255};

static void make_blank(struct cell *cell)
{
    cell->chars[0] = 0;
    cell->width = 1;
}

/* Only marks stay behind the character, and none on nothing. */
static void keep_marks(struct cell *cell)
{
    int kept = 1;

    for (int i = 1; i < CELL_CHARS && cell->chars[i] && cell->chars[0]; i++)
        if (text_cp_width(cell->chars[i]) == 0)
            cell->chars[kept++] = cell->chars[i];
    if (kept < CELL_CHARS)
        cell->chars[kept] = 0;
}

void cells_sanitise(struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct cell *cell = &cells[i];
        bool has_half = i + 1 < count && cells[i + 1].width == 0;
        int width = cell->chars[0] ? text_cp_width(cell->chars[0]) : 1;

        if (cell->width == 0 || cell->chars[0] == ' ' || cell->chars[0] == 0) {
            make_blank(cell);
        } else if (width == 2 && has_half) {
            cell->width = 2;
            cells[++i].chars[0] = 0;
        } else {
            cell->width = 1;
            if (width != 1) {
                cell->chars[0] = TEXT_REPLACEMENT;
                cell->chars[1] = 0;
            }
        }
        keep_marks(cell);
    }
}

bool cell_looks_like(const struct cell *a, const struct cell *b)
{
    return a->flags == b->flags && a->foreground == b->foreground && a->background == b->background;
}

bool cell_is_blank(const struct cell *cell)
{
    return !cell->chars[0] && cell->width == 1 &&
           !(cell->flags & (CELL_REVERSE | CELL_UNDERLINE)) && cell->background == COLOUR_OWN;
}

size_t cell_text(const struct cell *cells, size_t count, char *dst, size_t size)
{
    size_t used = 0;

    while (count > 0 && !cells[count - 1].chars[0] && cells[count - 1].width == 1)
        count--;
    for (size_t i = 0; i < count; i++) {
        char bytes[4 * CELL_CHARS];
        size_t len = 0;

        if (cells[i].width == 0)
            continue;
        if (!cells[i].chars[0])
            bytes[len++] = ' ';
        for (int c = 0; c < CELL_CHARS && cells[i].chars[c]; c++)
            len += text_encode(cells[i].chars[c], bytes + len);
        if (used + len >= size)
            break;
        for (size_t b = 0; b < len; b++)
            dst[used++] = bytes[b];
    }
    if (size > 0)
        dst[used] = '\0';
    return used;
}

/* ---- colours ---- */

static uint32_t rgb_of(int index)
{
    if (index < 16)
        return ANSI[index];
    if (index >= 232) {
        uint32_t grey = (uint32_t)(8 + 10 * (index - 232));
        return grey << 16 | grey << 8 | grey;
    }
    index -= 16;
    return (uint32_t)(LEVELS[index / 36] << 16 | LEVELS[index / 6 % 6] << 8 | LEVELS[index % 6]);
}

static int distance(uint32_t a, uint32_t b)
{
    int red = (int)(a >> 16 & 255) - (int)(b >> 16 & 255);
    int green = (int)(a >> 8 & 255) - (int)(b >> 8 & 255);
    int blue = (int)(a & 255) - (int)(b & 255);

    return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

static int nearest(uint32_t rgb, int from, int to)
{
    int best = from;

    for (int i = from + 1; i < to; i++)
        if (distance(rgb, rgb_of(i)) < distance(rgb, rgb_of(best)))
            best = i;
    return best;
}

static int level_of(int value)
{
    int best = 0;

    for (int i = 1; i < (int)ARRAY_SIZE(LEVELS); i++)
        if ((LEVELS[i] - value) * (LEVELS[i] - value) <
            (LEVELS[best] - value) * (LEVELS[best] - value))
            best = i;
    return best;
}

/* Of the cube and the greys: the first sixteen look different everywhere. */
static int in_256(uint32_t rgb)
{
    int red = (int)(rgb >> 16 & 255), green = (int)(rgb >> 8 & 255), blue = (int)(rgb & 255);
    int cube = 16 + 36 * level_of(red) + 6 * level_of(green) + level_of(blue);
    int mean = (red + green + blue) / 3;
    int grey = 232 + (mean < 8 ? 0 : mean > 238 ? 23 : (mean - 3) / 10);

    return distance(rgb, rgb_of(grey)) < distance(rgb, rgb_of(cube)) ? grey : cube;
}

int colour_of(int32_t colour, int colours)
{
    bool direct = colour >= COLOUR_RGB;

    if (colour < 0 || colours < 8)
        return COLOUR_OWN;
    if (!direct && colour < colours)
        return colour;
    if (direct && colours >= 256)
        return in_256((uint32_t)colour & 0xffffff);
    /* A bright one of eight is its plain one; the caller makes it bold. */
    if (!direct && colour < 16)
        return colour - 8;
    return nearest(direct ? (uint32_t)colour & 0xffffff : rgb_of(colour), 0,
                   colours >= 16 ? 16 : 8);
}
