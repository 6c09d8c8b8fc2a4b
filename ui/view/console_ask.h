/* Questions about a console, Cancel first. */
#ifndef VCTOP_UI_VIEW_CONSOLE_ASK_H
#define VCTOP_UI_VIEW_CONSOLE_ASK_H

#include "ui/view/tabs.h"

/* To take it over from whoever has it. */
void console_ask_force(struct ui *ui, struct tab *tab);

/* To release one that lives; CLOSE does it. */
void console_ask_close(struct ui *ui, const struct tab *tab,
                       void (*close)(struct ui *ui, uint32_t console));

/* To type the command that tells a serial line's shell the size of the pane. */
void console_ask_size(struct ui *ui, const struct tab *tab);

/* Asks whether PRESS is meant, which is copied, and does it on a yes. */
void console_ask_press(struct ui *ui, const struct tab *tab, const struct press *press);

#endif
