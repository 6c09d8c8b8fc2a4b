/* The columns of a small table: which there is room for, how wide they are, and cells in them. */
#ifndef VCTOP_UI_WIDGET_GRID_H
#define VCTOP_UI_WIDGET_GRID_H

#include "ui/widget/draw.h"

#define GRID_COLUMNS_MAX 20

struct grid_column {
    const char *title; /* with the unit */
    int cells;         /* its width, or the least of one that is wide */
    bool right;        /* figures */
    bool wide;         /* shares with others of its kind what room is left */
    int rank;          /* where room is short the highest goes first; 0 stays */
};

struct grid {
    const struct grid_column *columns;
    int count;
    int x[GRID_COLUMNS_MAX], cells[GRID_COLUMNS_MAX]; /* no cells: there is no room for it */
};

/* In WIDTH columns of the screen, the first from column X on.  COLUMNS must outlive RET. */
void grid_lay_out(struct grid *ret, const struct grid_column *columns, int count, int x, int width);

void grid_header(const struct grid *grid, struct rect rect, int y);

/* TEXT in COLUMN, nothing where that has no room. */
void grid_cell(const struct grid *grid, struct rect rect, int y, int column, enum style style,
               const char *text);

#endif
