/* The selected guest at length: who it is, what it does, and graphs of the last minutes. */
#ifndef VCTOP_UI_VIEW_DETAIL_H
#define VCTOP_UI_VIEW_DETAIL_H

#include "ui/view/view.h"

/* Rows it wants below the tables of a screen of HEIGHT; 0: none. */
int detail_height(int height);

/* GUEST may be NULL.  Graphs stand side by side, or one above the other in a tall and narrow
 * RECT. */
void detail_draw(const struct ui *ui, const struct guest *guest, struct rect rect);

#endif
