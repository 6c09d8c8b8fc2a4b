/* What happened last, jobs and events together, the newest at the bottom. */
#ifndef VCTOP_UI_VIEW_RECENT_H
#define VCTOP_UI_VIEW_RECENT_H

#include "ui/view/view.h"

/* As many lines as RECT has rows. */
void recent_draw(const struct ui *ui, struct rect rect);

#endif
