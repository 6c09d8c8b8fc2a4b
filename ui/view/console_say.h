/* What there is to say about a console beside what it says itself: plain words and a way on. */
#ifndef VCTOP_UI_VIEW_CONSOLE_SAY_H
#define VCTOP_UI_VIEW_CONSOLE_SAY_H

#include "ui/view/tabs.h"

/* A line for TAB's pane; false when there is nothing to say. */
bool console_say(const struct ui *ui, const struct tab *tab, char *dst, size_t size,
                 enum style *ret_style);

#endif
