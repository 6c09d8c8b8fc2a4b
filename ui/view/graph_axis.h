/* The time axis of graphs in words. */
#ifndef VCTOP_UI_VIEW_GRAPH_AXIS_H
#define VCTOP_UI_VIEW_GRAPH_AXIS_H

#include "ui/view/line.h"
#include "ui/view/span.h"
#include "ui/view/view.h"

/* How long the window is, and its end when that is not now; on the right of LINE. */
void axis_say_span(const struct ui *ui, const struct span *span, const struct window *window,
                   struct line *line);

/* The time of COLUMN, where the cursor is, and how long ago that was. */
void axis_say_moment(const struct ui *ui, const struct span *span, const struct window *window,
                     int column, struct line *line);

/* Times below the columns that AXIS, a line, has beneath it. */
void axis_draw_labels(const struct ui *ui, const struct span *span, const struct window *window,
                      struct rect axis);

#endif
