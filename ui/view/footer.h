/* The last line: the keys that matter here, from the command table. */
#ifndef VCTOP_UI_VIEW_FOOTER_H
#define VCTOP_UI_VIEW_FOOTER_H

#include "ui/view/view.h"

/* Those of CONTEXT, as many as fit on line Y of RECT; AT_TOP: q quits in guests.  What GUEST (NULL:
 * none is selected) does not have now is grey in its place: a footer that moved with the cursor
 * could not be read. */
void footer_draw(const struct ui *ui, enum context context, bool at_top, const struct guest *guest,
                 struct rect rect, int y);

#endif
