/* The host at a glance, and everything that is on and must not be forgotten: SIMULATED, READ-ONLY,
 * FROZEN, the filter, marks, and sources in trouble. */
#ifndef VCTOP_UI_VIEW_HEADER_H
#define VCTOP_UI_VIEW_HEADER_H

#include "ui/view/view.h"

/* So high it has a line of events: no other need show those of all guests. */
#define HEADER_WITH_EVENTS 5

int header_height(int screen_height, int screen_width);
void header_draw(const struct ui *ui, struct rect rect);

#endif
