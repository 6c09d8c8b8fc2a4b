/* What the palette does to consoles. */
#ifndef VCTOP_UI_VIEW_CONSOLE_COMMAND_H
#define VCTOP_UI_VIEW_CONSOLE_COMMAND_H

#include "ui/view/tabs.h"

/* Each returns a set of enum reaction. */

/* Of the guest that is selected: CONSOLE_SERIAL opens the device TEXT, CONSOLE_ATTACH runs the
 * command TEXT: words, or one in quotes. */
unsigned console_command_open(struct ui *ui, enum console_kind kind, const char *text);
unsigned console_command_send(struct ui *ui, const char *text);
unsigned console_command_fit(struct ui *ui, const char *text);
unsigned console_command_record(struct ui *ui, const char *text);
unsigned console_command_stop(struct ui *ui, const char *text);

#endif
