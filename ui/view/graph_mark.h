/* What happened to guests, as marks on a time axis: events of theirs and of their sources. */
#ifndef VCTOP_UI_VIEW_GRAPH_MARK_H
#define VCTOP_UI_VIEW_GRAPH_MARK_H

#include "ui/view/span.h"
#include "ui/view/view.h"

struct mark {
    uint64_t event; /* the worst of those that share a column, the newest of these; 0: none */
    int more;       /* that share it */
};

/* Fills RET with a mark for each column of WINDOW.  COUNT guests. */
void marks_read(const struct ui *ui, const struct guest_id *ids, int count,
                const struct window *window, struct mark *ret);

/* The moment of the event next to AT_NS, before it (-1) or behind it (1); 0: there is none younger
 * than OLDEST_NS. */
int64_t marks_beside(const struct ui *ui, const struct guest_id *ids, int count, int64_t at_ns,
                     int direction, int64_t oldest_ns);

/* CURSOR: the column that is highlighted, -1 none. */
void marks_draw(const struct ui *ui, const struct mark *marks, int columns, int cursor,
                struct rect rect, int y, int x);

/* "! db01: paused: I/O error (and 2 more)" behind what stands on LINE. */
struct line;
void mark_say(const struct ui *ui, const struct mark *mark, struct line *line);

#endif
