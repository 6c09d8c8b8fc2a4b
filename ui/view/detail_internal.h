/* Between the tabs of the detail.  A tab is a line of the table in detail.c and a file of its
 * own. */
#ifndef VCTOP_UI_VIEW_DETAIL_INTERNAL_H
#define VCTOP_UI_VIEW_DETAIL_INTERNAL_H

#include "model/part.h"
#include "ui/view/detail.h"
#include "ui/view/line.h"
#include "ui/widget/grid.h"

struct detail_tab {
    const char *title, *brief;
    unsigned parts; /* PART_BITs of what it shows */
    bool still;     /* it shows all it has: the keys that move are the list's */
    /* Required.  In RECT, and in the pager what can be scrolled. */
    void (*draw)(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect);
    /* Optional.  LINE of the pager as text: the tab can be searched. */
    void (*text)(const struct detail *detail, const struct ui *ui, const struct guest *guest,
                 long line, char *dst, size_t size);
};

extern const struct detail_tab detail_overview, detail_cpu, detail_memory, detail_disks,
    detail_network, detail_processes, detail_isolation, detail_config, detail_events;

/* The rows of the open tab: none, and one more. */
void detail_rows_clear(struct detail *detail);
void detail_row_add(struct detail *detail, uint64_t number);

/* The figure as of the moment that is shown, NAN when unknown. */
double detail_metric(const struct ui *ui, const struct guest *guest, enum metric metric);

/* "188.2", or "-" when it is NAN; returns DST. */
const char *detail_metric_text(char dst[UNITS_MAX], enum metric metric, double value);

/* "on pool images: 12.3G of 200G left, full in 3h04": PLACE and what GUEST adds to it. */
void detail_put_place(struct line *line, const struct ui *ui, const struct guest *guest,
                      const struct place *place);

/* ---- parts (detail_part.c); figures are NAN when unknown ---- */

double detail_gauge(const struct part *part, enum part_field field);
double detail_rate(const struct ui *ui, const struct part *part, enum part_field field);
/* Of a counter of ns: in % of one CPU. */
double detail_share(const struct ui *ui, const struct part *part, enum part_field field);
/* The mean time of an operation in ms. */
double detail_latency(const struct ui *ui, const struct part *part, enum part_field time,
                      enum part_field ops);

const char *detail_word(const struct part *part, int word); /* "-" when unknown */

/* The rows of the tab: the parts of KINDS (PART_BITs), by their index in world_parts_of(), which is
 * returned; NULL when there are none. */
const struct parts *detail_list(struct detail *detail, const struct ui *ui,
                                const struct guest *guest, unsigned kinds);

/* The same with the busiest first. */
void detail_by_cpu(struct detail *detail, const struct ui *ui, const struct parts *parts);

/* How PART's figures look: stale when they are older than they should be. */
enum style detail_style(const struct ui *ui, const struct part *part);
/* At the right of LINE how old the oldest of KINDS are, when they are older than they should be. */
void detail_put_age(struct line *line, const struct ui *ui, const struct parts *parts,
                    unsigned kinds);

/* Why there is no WHAT to show, which are parts of KINDS. */
void detail_draw_nothing(const struct detail *detail, const struct ui *ui,
                         const struct guest *guest, struct rect rect, unsigned kinds,
                         const char *what);

#define DETAIL_THREADS (PART_BIT(PART_VCPU) | PART_BIT(PART_EMULATOR) | PART_BIT(PART_IOTHREAD))

/* The rows, which are threads of PARTS, as a table at the top of *REST, with the pager in it. */
void detail_draw_threads(struct detail *detail, const struct ui *ui, const struct parts *parts,
                         struct rect *rest);

enum detail_unit {
    DETAIL_BYTES,
    DETAIL_COUNT,
    DETAIL_PERCENT,
    DETAIL_MS
};

void detail_text(char dst[UNITS_MAX], enum detail_unit unit, double value);

/* A figure in a cell: what is unknown or nothing is dim. */
void detail_cell(const struct grid *grid, struct rect rect, int y, int column, enum style style,
                 enum detail_unit unit, double value);

/* "user 12.0 %" in LINE, dim; nothing when it is unknown. */
void detail_put(struct line *line, const char *before, enum detail_unit unit, double value,
                const char *after);

/* ---- graphs of the last minutes (detail_plot.c) ---- */

/* The four of the overview: side by side, or one above the other in a tall and narrow RECT. */
void detail_draw_plots(const struct ui *ui, const struct guest *guest, struct rect rect);

enum detail_plot {
    DETAIL_PLOT_CPU,
    DETAIL_PLOT_MEMORY,
    DETAIL_PLOT_DISK,
    DETAIL_PLOT_NET,
    DETAIL_PLOT_COUNT
};

/* One of them in what is left of a tab, RECT; nothing where that is too low for a graph. */
void detail_draw_plot(const struct ui *ui, const struct guest *guest, struct rect rect,
                      enum detail_plot which);

/* Who it is and how it is, in one line. */
void detail_draw_who(const struct ui *ui, const struct guest *guest, struct rect rect);

#endif
