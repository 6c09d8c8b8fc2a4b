/* What the keys and the mouse do to a pager, in every view alike. */
#ifndef VCTOP_UI_VIEW_SCROLL_H
#define VCTOP_UI_VIEW_SCROLL_H

#include "ui/view/view.h"
#include "ui/widget/pager.h"

/* Moves; returns a set of enum reaction, 0 for a command that is none. */
unsigned scroll_command(struct pager *pager, enum command which);

/* The wheel scrolls; a click moves a list's cursor. */
unsigned scroll_mouse(struct pager *pager, struct key key);

/* pager_find(), and a word when nothing is found. */
unsigned scroll_find(struct pager *pager, struct ui *ui, enum command which, pager_text *text,
                     void *context);

#endif
