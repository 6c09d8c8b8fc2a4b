/* Graphs on the whole screen: one guest's figures over the last minutes or the last hour, or one
 * figure of several guests on one axis. */
#ifndef VCTOP_UI_VIEW_GRAPHS_H
#define VCTOP_UI_VIEW_GRAPHS_H

#include "ui/view/view.h"

struct view *graphs_view_new(void);

/* The view is about GUEST from now on, and about those that are marked.  False, and a word to the
 * operator, when there is none. */
bool graphs_view_about(struct view *view, struct ui *ui, const struct guest *guest);

#endif
