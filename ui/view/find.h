/* Ordering lists: the sort menu.  It works on the shared scene, so that every list follows. */
#ifndef VCTOP_UI_VIEW_FIND_H
#define VCTOP_UI_VIEW_FIND_H

#include "ui/view/view.h"

void find_open_sort_menu(struct ui *ui);

#endif
