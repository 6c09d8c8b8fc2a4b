/* Who hurts the selected guest: a dialog with the answer as of when it was asked. */
#ifndef VCTOP_UI_VIEW_CULPRITS_H
#define VCTOP_UI_VIEW_CULPRITS_H

#include "ui/view/view.h"

/* GUEST may be NULL: none is selected.  Returns a set of enum reaction. */
unsigned culprits_open(struct ui *ui, const struct guest *guest);

#endif
