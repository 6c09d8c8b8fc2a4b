/* The last line: the keys that matter here, from the command table. */
#ifndef VCTOP_UI_VIEW_FOOTER_H
#define VCTOP_UI_VIEW_FOOTER_H

#include "ui/view/command.h"
#include "ui/widget/draw.h"

/* Those of CONTEXT, as many as fit on line Y of RECT; AT_TOP: q quits in guests. */
void footer_draw(enum context context, bool at_top, struct rect rect, int y);

#endif
