/* The action menu and the confirmation behind it: what an operator does to a guest goes through
 * here. */
#ifndef VCTOP_UI_VIEW_ACTIONS_H
#define VCTOP_UI_VIEW_ACTIONS_H

#include "ui/view/view.h"

/* Opens the menu for all marked guests of the live world or, when none is, for SELECTED (NULL is
 * fine).  Who is meant is bound here, by identity and life, and checked again at the end. */
void actions_open(struct ui *ui, const struct guest *selected);

#endif
