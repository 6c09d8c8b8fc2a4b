/* The whole screen: header, the view, the status line, the keys, and a dialog over them. */
#ifndef VCTOP_UI_SCREEN_H
#define VCTOP_UI_SCREEN_H

#include "ui/view/view.h"

/* Draws all of it, sends what changed, and tells the engine what is shown.  GUESTS is above a VIEW
 * that is content with a part of the screen. */
void screen_draw(struct ui *ui, struct view *view, struct view *guests);

/* The guest that commands in VIEW are about; NULL: none. */
const struct guest *screen_guest(const struct ui *ui, const struct view *view);

/* Whether nothing can be shown, and so nothing be decided. */
bool screen_is_too_small(void);

#endif
