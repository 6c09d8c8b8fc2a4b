/* Between the parts of the view of guests. */
#ifndef VCTOP_UI_VIEW_GUESTS_INTERNAL_H
#define VCTOP_UI_VIEW_GUESTS_INTERNAL_H

#include "ui/view/detail.h"
#include "ui/view/pane.h"
#include "ui/view/view.h"

#define SIDE_BY_SIDE_WIDTH 110

enum layout {
    LAYOUT_AUTO, /* side by side where there is room, on wide screens only both kinds */
    LAYOUT_ONE,
    LAYOUT_MACHINES,
    LAYOUT_CONTAINERS,
    LAYOUT_COUNT
};

enum zoom {
    ZOOM_NONE,
    ZOOM_TABLE,
    ZOOM_DETAIL
};

enum {
    PANE_BOTH,
    PANE_MACHINES,
    PANE_CONTAINERS,
    PANE_COUNT
};

struct guests_view {
    struct view view;
    struct pane panes[PANE_COUNT];
    int active;
    enum layout layout;
    enum zoom zoom;
    struct detail detail;      /* of the guest under the cursor */
    int name_cells;            /* of the longest name there has been at this size */
    int kept_rows[PANE_COUNT]; /* for a table, as many as it has needed at this size */
    bool both_kinds; /* there have been machines and containers: one's going moves nothing */
    struct guest_id before_filter; /* the cursor when the prompt opened */
};

static inline struct guests_view *guests_of(struct view *view)
{
    return (struct guests_view *)view;
}

/* There are two tables, unless the layout says otherwise. */
bool guests_parts_kinds(const struct guests_view *guests);
bool guests_side_by_side(const struct guests_view *guests);
/* That pane is on the screen, its rows as of the last arrangement. */
bool guests_shows(const struct guests_view *guests, int pane);
struct pane *guests_active_pane(struct guests_view *guests);
void guests_zoom(struct guests_view *guests, enum zoom to);
/* Keys go to the detail, or to the tables again. */
void guests_give_keys(struct guests_view *guests, bool to_detail);
void guests_arrange(struct view *view, struct ui *ui, bool resort);

/* After a change of layout or width: the pane that has the keyboard now, its cursor on the guest
 * that was selected. */
void guests_choose_pane(struct guests_view *guests, struct ui *ui);

/* ---- how tables and detail share the screen (guests_place.c) ---- */

struct guests_places {
    struct rect panes[PANE_COUNT], detail; /* of no height: not on the screen */
};

void guests_place(const struct guests_view *guests, struct rect rect, struct guests_places *ret);
/* Notes what PANE needs, after it was arranged. */
void guests_keep_room(struct guests_view *guests, int pane);

/* Of the view's ops. */
unsigned guests_command(struct view *view, struct ui *ui, enum command which);
unsigned guests_mouse(struct view *view, struct ui *ui, struct key key);

#endif
