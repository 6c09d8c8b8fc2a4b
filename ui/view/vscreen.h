/* A machine's screen in its tab: seen as cells, moved over, and the menu of what can be pressed. */
#ifndef VCTOP_UI_VIEW_VSCREEN_H
#define VCTOP_UI_VIEW_VSCREEN_H

#include "ui/view/tabs.h"

bool vscreen_is(const struct ui *ui, const struct tab *tab);

/* Tells the engine what is to be seen: what is not SHOWN is not refreshed. */
void vscreen_show(struct ui *ui, struct tab *tab, bool shown);

void vscreen_draw(struct ui *ui, struct tab *tab, struct rect rect);

/* What stands on the last line; false: nothing. */
bool vscreen_say(const struct ui *ui, const struct tab *tab, char *dst, size_t size,
                 enum style *ret_style);
/* What the keys do, for the title. */
void vscreen_hint(const struct ui *ui, const struct tab *tab, char *dst, size_t size);

/* Moves and zooms; 0 when WHICH does neither.  Returns a set of enum reaction. */
unsigned vscreen_command(struct ui *ui, struct tab *tab, enum command which);

/* The menu: Ctrl-Alt-Del, a line of text, ... each asks before it is done. */
unsigned vscreen_menu(struct ui *ui, const struct tab *tab);

#endif
