/* What happened last, jobs and events together. */
#ifndef VCTOP_UI_VIEW_RECENT_H
#define VCTOP_UI_VIEW_RECENT_H

#include "ui/view/view.h"

/* As many lines as RECT has rows, the newest at the bottom; of GUEST only, unless it is NULL. */
void recent_draw(const struct ui *ui, const struct guest *guest, struct rect rect);

/* The last three in one line, the newest first. */
void recent_draw_line(const struct ui *ui, struct rect rect, int y);

#endif
