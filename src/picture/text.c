/* Reads a text screen: cell by cell, the glyph of the VGA's font that has these pixels. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/vga_font.h"
#include "picture/internal.h"

#define GLYPH_WIDTH 8
#define GLYPH_HEIGHT VGA_FONT_HEIGHT
#define CHANNELS 3
#define WRONG_MAX 6     /* pixels that may differ: kernels' fonts are not quite the BIOS's */
#define READ_PERCENT 90 /* of what is not blank, else it is no text */
#define UPPER_HALF 0x2580
#define CURSOR_FROM 11 /* the first row that a cursor may have */

struct grid {
    const struct image *image;
    int cell_width; /* 8, or 9 with a gap */
    int rows, columns;
    struct screen_cell *cells; /* owned */
    int inked, read;           /* cells that are not blank, and those of them that were read */
    int last;                  /* the lowest row that is not blank; -1: all are */
};

static int32_t pixel(const struct image *image, int x, int y)
{
    const unsigned char *at =
        image->rgb + ((size_t)y * (size_t)image->width + (size_t)x) * CHANNELS;

    return at[0] << 16 | at[1] << 8 | at[2];
}

/* The glyph's pixels that are not of colour BACK; false when there are more than two colours. */
static bool bits_of(const struct grid *grid, int x0, int y0, unsigned char bits[GLYPH_HEIGHT],
                    int32_t *ret_back, int32_t *ret_ink)
{
    int32_t back = pixel(grid->image, x0, y0), ink = -1;

    memset(bits, 0, GLYPH_HEIGHT);
    for (int y = 0; y < GLYPH_HEIGHT; y++) {
        for (int x = 0; x < GLYPH_WIDTH; x++) {
            int32_t colour = pixel(grid->image, x0 + x, y0 + y);
            if (colour == back)
                continue;
            if (ink >= 0 && colour != ink)
                return false;
            ink = colour;
            bits[y] |= (unsigned char)(0x80 >> x);
        }
    }
    *ret_back = back;
    *ret_ink = ink;
    return true;
}

static int difference(const unsigned char *a, const unsigned char *b, unsigned char flip)
{
    int ret = 0;

    for (int y = 0; y < GLYPH_HEIGHT && ret <= WRONG_MAX; y++)
        ret += __builtin_popcount((unsigned char)(a[y] ^ b[y] ^ flip));
    return ret;
}

/* Nothing but the bar of the cursor. */
static bool is_cursor(const unsigned char bits[GLYPH_HEIGHT])
{
    int full = 0;

    for (int y = 0; y < GLYPH_HEIGHT; y++) {
        if (bits[y] && (bits[y] != 0xff || y < CURSOR_FROM))
            return false;
        full += bits[y] == 0xff;
    }
    return full > 0;
}

/* The glyph that is nearest, *FLIP when it is so with its colours the other way round; -1: none. */
static int glyph_of(const unsigned char bits[GLYPH_HEIGHT], bool *flip)
{
    int best = -1, least = WRONG_MAX + 1;

    if (is_cursor(bits))
        return '_';
    for (int glyph = 0; glyph < 256 && least > 0; glyph++) {
        for (int turn = 0; turn < 2; turn++) {
            int wrong = difference(bits, vga_font[glyph], turn ? 0xff : 0);
            /* What is nothing or all is no shape: those fit exactly or not at all. */
            if (wrong < least && (wrong == 0 || vga_font_unicode[glyph] != ' ')) {
                least = wrong;
                best = glyph;
                *flip = turn;
            }
        }
    }
    return best;
}

/* The middle of what is in a rectangle. */
static int32_t average(const struct image *image, int x0, int y0, int width, int height)
{
    long sum[CHANNELS] = {0}, count = (long)width * height;

    for (int y = y0; y < y0 + height; y++) {
        for (int x = x0; x < x0 + width; x++) {
            int32_t colour = pixel(image, x, y);
            sum[0] += colour >> 16;
            sum[1] += colour >> 8 & 0xff;
            sum[2] += colour & 0xff;
        }
    }
    return (int32_t)(sum[0] / count << 16 | sum[1] / count << 8 | sum[2] / count);
}

static void read_cell(struct grid *grid, int row, int column)
{
    struct screen_cell *cell = &grid->cells[row * grid->columns + column];
    int x = column * grid->cell_width, y = row * GLYPH_HEIGHT;
    unsigned char bits[GLYPH_HEIGHT];
    int32_t back, ink;
    bool flip = false;
    int glyph = -1;

    if (bits_of(grid, x, y, bits, &back, &ink)) {
        if (ink < 0) {
            *cell = (struct screen_cell){' ', back, back};
            return;
        }
        glyph = glyph_of(bits, &flip);
    }
    grid->inked++;
    grid->last = row;
    if (glyph >= 0) {
        grid->read++;
        *cell = (struct screen_cell){vga_font_unicode[glyph], flip ? back : ink, flip ? ink : back};
        return;
    }
    *cell = (struct screen_cell){
        UPPER_HALF, average(grid->image, x, y, GLYPH_WIDTH, GLYPH_HEIGHT / 2),
        average(grid->image, x, y + GLYPH_HEIGHT / 2, GLYPH_WIDTH, GLYPH_HEIGHT / 2)};
}

/* The whole screen in cells of that width; false when it is no text. */
static bool read_grid(struct grid *grid, const struct image *image, int cell_width)
{
    *grid = (struct grid){.image = image,
                          .cell_width = cell_width,
                          .rows = image->height / GLYPH_HEIGHT,
                          .columns = image->width / cell_width,
                          .last = -1};
    if (image->width % cell_width || !grid->rows || !grid->columns)
        return false;
    grid->cells = xcalloc((size_t)grid->rows * (size_t)grid->columns, sizeof(*grid->cells));
    for (int row = 0; row < grid->rows; row++)
        for (int column = 0; column < grid->columns; column++)
            read_cell(grid, row, column);
    if (grid->read * 100 >= grid->inked * READ_PERCENT && grid->read > 0)
        return true;
    free(grid->cells);
    return false;
}

/* Where a window of SIZE begins in TOTAL when MIDDLE (thousandths) is to be in its middle. */
static int window_at(int total, int size, int middle)
{
    int at = (int)((long)total * middle / 1000) - size / 2;

    return at > total - size ? total - size : at < 0 ? 0 : at;
}

static int middle_of(int total, int size, int at)
{
    return total ? (int)((long)(2 * at + size) * 500 / total) : 500;
}

static uint32_t in_ascii(uint32_t glyph)
{
    return glyph < 0x80 ? glyph : glyph >= 0x2500 && glyph < 0x2580 ? '+' : '#';
}

static void copy_cells(struct screen_picture *ret, const struct grid *grid, int top, int left,
                       const struct screen_view *view)
{
    for (int y = 0; y < ret->rows; y++) {
        for (int x = 0; x < ret->columns; x++) {
            struct screen_cell cell = grid->cells[(top + y) * grid->columns + left + x];
            if (view->ascii)
                cell.glyph = in_ascii(cell.glyph);
            if (view->mono)
                cell.foreground = cell.background = -1;
            ret->cells[y * ret->columns + x] = cell;
        }
    }
}

bool text_draw(struct screen_picture *ret, const struct image *image,
               const struct screen_view *view)
{
    struct grid grid;
    int top, left;

    if (!read_grid(&grid, image, GLYPH_WIDTH + 1) && !read_grid(&grid, image, GLYPH_WIDTH))
        return false;
    ret->text_rows = grid.rows;
    ret->text_columns = grid.columns;
    ret->rows = grid.rows < view->rows ? grid.rows : view->rows;
    ret->columns = grid.columns < view->columns ? grid.columns : view->columns;
    /* Unless one chose: where the last line is, from its beginning. */
    top = view->y >= 0                ? window_at(grid.rows, ret->rows, view->y)
          : grid.last + 1 > ret->rows ? grid.last + 1 - ret->rows
                                      : 0;
    left = view->x >= 0 ? window_at(grid.columns, ret->columns, view->x) : 0;
    ret->x = middle_of(grid.columns, ret->columns, left);
    ret->y = middle_of(grid.rows, ret->rows, top);
    ret->cells = xcalloc((size_t)ret->rows * (size_t)ret->columns, sizeof(*ret->cells));
    copy_cells(ret, &grid, top, left, view);
    free(grid.cells);
    return true;
}
