/* Cells of a guest's terminal on ours: with its colours, as near as ours has them. */
#ifndef VCTOP_UI_WIDGET_CELLS_H
#define VCTOP_UI_WIDGET_CELLS_H

#include "ui/emulator/cell.h"
#include "ui/widget/draw.h"

/* CELLS[0..COUNT), sanitised, from column X of line Y of RECT on, clipped to it.  INVERTED: as the
 * opposite of what they are (a cursor, a line that is chosen). */
void draw_cells(struct rect rect, int y, int x, const struct cell *cells, size_t count,
                bool inverted);

#endif
