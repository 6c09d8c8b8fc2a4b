/* Narrowing and ordering lists: the filter prompt and the sort menu.  Both work on the shared
 * scene, so that every list follows. */
#ifndef VCTOP_UI_VIEW_FIND_H
#define VCTOP_UI_VIEW_FIND_H

#include "ui/view/view.h"

/* A prompt that narrows as one types; Enter keeps, Esc restores.  DONE (optional) is called with
 * whether the text was kept. */
void find_open_filter(struct ui *ui, void (*done)(void *context, struct ui *ui, bool kept),
                      void *context);

void find_open_sort_menu(struct ui *ui);

#endif
