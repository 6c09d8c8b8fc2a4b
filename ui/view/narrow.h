/* Narrowing the lists of guests: the filter in force, and the line in which it is written. */
#ifndef VCTOP_UI_VIEW_NARROW_H
#define VCTOP_UI_VIEW_NARROW_H

#include "ui/view/complete.h"
#include "ui/view/view.h"

/* Makes TEXT the filter; "" takes it off.  False when it makes no sense, with ERR filled and
 * nothing changed.  Lists are not built anew. */
bool narrow_set(struct ui *ui, const char *text, struct query_error *err);
/* The same for what always makes sense, and at the end. */
void narrow_off(struct ui *ui);

/* "... : message, at 'rest'" in the status line. */
void narrow_say(struct ui *ui, const char *text, const struct query_error *err);

/* Asks for a filter and narrows as one types: as long as what is typed makes no sense, what made
 * sense before holds.  DONE is called at the end, with lists that are built anew; it returns a set
 * of enum reaction. */
void narrow_open(struct ui *ui, unsigned (*done)(struct ui *ui, void *context, bool kept),
                 void *context);

/* What the filter TEXT could go on with; BEFORE stands before it in its line. */
void narrow_offer(struct completion *completion, const char *before, const char *text);

#endif
