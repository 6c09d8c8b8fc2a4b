/* The insides of the view of the consoles. */
#ifndef VCTOP_UI_VIEW_CONSOLE_INTERNAL_H
#define VCTOP_UI_VIEW_CONSOLE_INTERNAL_H

#include "ui/view/tabs.h"

struct console_view {
    struct view view;
    struct cell cells[EMULATOR_SIZE_MAX];
    struct rect rect; /* of what the active one shows */
};

static inline struct console_view *console_of(struct view *view)
{
    return (struct console_view *)view;
}

void console_draw(struct view *view, struct ui *ui, struct rect rect);

/* The lines of before are counted from the oldest that is left: those that went take their numbers
 * with them. */
void console_fit_pager(struct tab *tab, struct rect rect);

#endif
