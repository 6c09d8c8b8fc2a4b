/* The setup screen: columns, meters, theme, delay, keys.  What one changes holds at once; saving is
 * asked for. */
#ifndef VCTOP_UI_VIEW_SETUP_H
#define VCTOP_UI_VIEW_SETUP_H

#include "ui/view/view.h"

void setup_open(struct ui *ui);

#endif
