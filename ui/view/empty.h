/* A host without guests: which sources were asked, what they said, and what to do about it. */
#ifndef VCTOP_UI_VIEW_EMPTY_H
#define VCTOP_UI_VIEW_EMPTY_H

#include "ui/view/view.h"

void empty_draw(const struct ui *ui, struct rect rect);

#endif
