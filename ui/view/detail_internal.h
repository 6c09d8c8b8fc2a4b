/* Between the tabs of the detail.  A tab is a line of the table in detail.c and a file of its
 * own. */
#ifndef VCTOP_UI_VIEW_DETAIL_INTERNAL_H
#define VCTOP_UI_VIEW_DETAIL_INTERNAL_H

#include "ui/view/detail.h"

struct detail_tab {
    const char *title, *brief;
    bool still; /* it shows all it has: the keys that move are the list's */
    /* Required.  In RECT, and in the pager what can be scrolled. */
    void (*draw)(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect);
    /* Optional.  LINE of the pager as text: the tab can be searched. */
    void (*text)(const struct detail *detail, const struct ui *ui, const struct guest *guest,
                 long line, char *dst, size_t size);
};

extern const struct detail_tab detail_overview, detail_isolation, detail_events;

/* The rows of the open tab: none, and one more. */
void detail_rows_clear(struct detail *detail);
void detail_row_add(struct detail *detail, uint64_t number);

/* The figure as of the moment that is shown, NAN when unknown. */
double detail_metric(const struct ui *ui, const struct guest *guest, enum metric metric);

/* "188.2", or "-" when it is NAN; returns DST. */
const char *detail_metric_text(char dst[UNITS_MAX], enum metric metric, double value);

/* ---- graphs of the last minutes (detail_plot.c) ---- */

/* The four of the overview: side by side, or one above the other in a tall and narrow RECT. */
void detail_draw_plots(const struct ui *ui, const struct guest *guest, struct rect rect);

/* Who it is and how it is, in one line. */
void detail_draw_who(const struct ui *ui, const struct guest *guest, struct rect rect);

#endif
