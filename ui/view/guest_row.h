/* One guest drawn in the columns of a table. */
#ifndef VCTOP_UI_VIEW_GUEST_ROW_H
#define VCTOP_UI_VIEW_GUEST_ROW_H

#include "ui/view/column.h"

struct ui;

enum row_cursor {
    ROW_PLAIN,
    ROW_CURSOR,     /* has the cursor and the keyboard */
    ROW_CURSOR_AWAY /* has the cursor of a pane without the keyboard */
};

/* CAUSE: what is wrong with the guest takes the place of figures that say little then. */
void guest_row_draw(const struct columns *columns, const struct ui *ui, struct rect rect, int y,
                    const struct guest *guest, enum row_cursor cursor, bool cause);

/* A line of its own for the cause of GUEST's problem is worth it: its figures go on, or have less
 * room than the cause takes.  False without a problem that is not acknowledged. */
bool guest_row_wants_line(const struct columns *columns, const struct ui *ui, struct rect rect,
                          const struct guest *guest);
/* That line. */
void guest_row_draw_cause(const struct columns *columns, const struct ui *ui, struct rect rect,
                          int y, const struct guest *guest);

#endif
