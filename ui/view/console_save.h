/* What a console has said, written to a file. */
#ifndef VCTOP_UI_VIEW_CONSOLE_SAVE_H
#define VCTOP_UI_VIEW_CONSOLE_SAVE_H

#include "ui/view/tabs.h"

/* Asks for a name, then writes the marked lines of the active console, or all of them, to a new
 * file. */
void console_save_ask(struct ui *ui);

#endif
