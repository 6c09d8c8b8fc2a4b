/* One table of guests with a cursor of its own.  The cursor is a guest, not a row: it follows the
 * guest when rows move, and stays on its row when the guest vanishes.  While a filter hides the
 * guest another stands in for it, until it is back or the operator goes on from there. */
#ifndef VCTOP_UI_VIEW_PANE_H
#define VCTOP_UI_VIEW_PANE_H

#include "ui/view/column.h"
#include "ui/view/view.h"

struct pane {
    enum listing_kinds kinds;
    struct listing listing;
    struct guest_id cursor;
    struct guest_id hidden; /* the guest that the cursor's one stands in for; not set: none */
    bool bound; /* the operator has chosen the cursor's guest: before that it is the first row */
    long row, top;
    int name_cells; /* of the longest name, set by who draws it: tables side by side are alike */
    struct columns columns;
    struct rect rect;   /* as last drawn, title and header included; no height: not shown */
    struct rect table;  /* the rows in it */
    bool causes;        /* as last drawn: causes of problems have lines of their own */
    struct rank *ranks; /* the order of the last sort */
    size_t rank_count;
};

void pane_init(struct pane *pane, enum listing_kinds kinds);
void pane_clear(struct pane *pane);

/* Builds the rows anew; in the order they have unless RESORT, what is new at the end. */
void pane_arrange(struct pane *pane, const struct ui *ui, bool resort);

/* The cells of the longest name in the list, or LEAST when none has more. */
int pane_longest_name(const struct pane *pane, int least);

/* With a TITLE line or without; WITH_KEYBOARD: this is where keys go. */
void pane_draw(struct pane *pane, const struct ui *ui, struct rect rect, bool title,
               bool with_keyboard);

/* The cursor BY rows on, or to ROW; both stop at the ends. */
void pane_move(struct pane *pane, long by);
void pane_move_to(struct pane *pane, long row);
/* To that guest; false when it is not in the list. */
bool pane_select(struct pane *pane, const struct guest_id *id);

/* The row drawn at screen line Y, -1 for none. */
long pane_row_at(const struct pane *pane, const struct ui *ui, int y);

/* The first row from FROM on with a problem that is not acknowledged, -1 for none. */
long pane_next_problem(const struct pane *pane, const struct ui *ui, long from);

/* NULL when the list is empty; valid as listing rows are. */
struct guest *pane_selected(const struct pane *pane);

#endif
