#include "ui/widget/grid.h"

#include <string.h>

#define GAP 1

/* What all columns up to rank LIMIT take, and how many of them are wide. */
static int width_of(const struct grid *grid, int limit, int *ret_wide)
{
    int width = -GAP;

    *ret_wide = 0;
    for (int i = 0; i < grid->count; i++) {
        if (grid->columns[i].rank > limit)
            continue;
        width += grid->columns[i].cells + GAP;
        *ret_wide += grid->columns[i].wide;
    }
    return width;
}

void grid_lay_out(struct grid *ret, const struct grid_column *columns, int count, int x, int width)
{
    int limit = 0, wide;

    *ret = (struct grid){.columns = columns, .count = count};
    for (int i = 0; i < count; i++)
        limit = columns[i].rank > limit ? columns[i].rank : limit;
    while (limit > 0 && width_of(ret, limit, &wide) > width)
        limit--;
    int spare = width - width_of(ret, limit, &wide);
    for (int i = 0; i < count; i++) {
        if (columns[i].rank > limit)
            continue;
        ret->x[i] = x;
        ret->cells[i] = columns[i].cells;
        if (columns[i].wide && wide > 0 && spare > 0) {
            int share = spare / wide--;
            ret->cells[i] += share;
            spare -= share;
        }
        x += ret->cells[i] + GAP;
    }
}

static void put(const struct grid *grid, struct rect rect, int y, int column, enum style style,
                const char *text)
{
    if (grid->columns[column].right)
        draw_right(rect, y, grid->x[column], style, text, grid->cells[column]);
    else
        draw_cell(rect, y, grid->x[column], style, text, grid->cells[column]);
}

void grid_header(const struct grid *grid, struct rect rect, int y)
{
    draw_cell(rect, y, 0, STYLE_HEADER, "", rect.width);
    for (int i = 0; i < grid->count; i++)
        if (grid->cells[i])
            put(grid, rect, y, i, STYLE_HEADER, grid->columns[i].title);
}

void grid_cell(const struct grid *grid, struct rect rect, int y, int column, enum style style,
               const char *text)
{
    if (grid->cells[column])
        put(grid, rect, y, column, style, text);
}
