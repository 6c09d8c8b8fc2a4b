/* One graph of the graphs view: a figure or two of one guest, or one figure of several guests, over
 * a window of time. */
#ifndef VCTOP_UI_VIEW_GRAPH_PANEL_H
#define VCTOP_UI_VIEW_GRAPH_PANEL_H

#include "ui/view/span.h"
#include "ui/view/view.h"

#define GRAPH_GUESTS_MAX 6
#define PANELS_MAX HISTORY_SLOTS

struct graph_guest {
    const struct guest *guest;     /* NULL: gone */
    const struct history *history; /* NULL: nothing is known of it any more */
};

/* How the curve of the INDEXth guest is told from others. */
enum style graph_style(int index);
char graph_sign(int index);

struct panel {
    const struct panel_info *info;
    int first, count; /* of its figures */
};

/* Those that something is known of; returns how many. */
int panels_of(const struct graph_guest *guests, int count, struct panel ret[PANELS_MAX]);

/* What it is known by from one drawing to the next. */
enum metric panel_metric(const struct panel *panel);

/* Columns that a panel of WIDTH has room for. */
int panel_columns(int width);

/* A title with the figures at COLUMN of WINDOW, -1: those of now; then the curves.  SELECTED: keys
 * are for this one. */
void panel_draw(const struct ui *ui, const struct panel *panel, const struct graph_guest *guests,
                int count, const struct window *window, int column, bool selected,
                struct rect rect);

#endif
