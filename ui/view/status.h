/* The line above the keys: an error or answer, else a running job, else how the last one ended,
 * else why the selected guest is not as usual. */
#ifndef VCTOP_UI_VIEW_STATUS_H
#define VCTOP_UI_VIEW_STATUS_H

#include "ui/view/view.h"

/* SELECTED may be NULL. */
void status_draw(const struct ui *ui, const struct guest *selected, struct rect rect);

#endif
