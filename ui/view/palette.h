/* The line that ':' opens: any command by its name.  The commands of the table, and some that take
 * a value.  None of them changes a guest. */
#ifndef VCTOP_UI_VIEW_PALETTE_H
#define VCTOP_UI_VIEW_PALETTE_H

#include "ui/view/view.h"

/* CONTEXT: which commands there are. */
void palette_open(struct ui *ui, enum context context);

/* Releases what was remembered of earlier lines. */
void palette_free(struct ui *ui);

/* Those with a value, for the help: "delay SECS" and what it does; false at the end. */
bool palette_entry(size_t index, char *usage, size_t size, const char **ret_help);

#endif
