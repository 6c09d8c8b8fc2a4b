/* Drawing into rectangles.  All text given here is sanitised already; widths are in cells. */
#ifndef VCTOP_UI_WIDGET_DRAW_H
#define VCTOP_UI_WIDGET_DRAW_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/term/style.h"

struct rect {
    int y, x, height, width;
};

struct rect draw_screen(void);                    /* the whole terminal as it is now */
struct rect rect_inset(struct rect rect, int by); /* never negative */
/* Cuts LINES rows off the top (or, when negative, the bottom) of *REST and returns them. */
struct rect rect_cut_rows(struct rect *rest, int lines);
/* Cuts COLUMNS off the left (or, when negative, the right). */
struct rect rect_cut_columns(struct rect *rest, int columns);
bool rect_has(struct rect rect, int y, int x);

void draw_clear(struct rect rect, enum style style);

/* TEXT at (Y, X) inside RECT, clipped to it.  Returns the columns taken. */
int draw_text(struct rect rect, int y, int x, enum style style, const char *text);
/* In exactly CELLS columns: cut with an ellipsis or padded. */
void draw_cell(struct rect rect, int y, int x, enum style style, const char *text, int cells);
/* The same, right-aligned (figures). */
void draw_right(struct rect rect, int y, int x, enum style style, const char *text, int cells);
int draw_format(struct rect rect, int y, int x, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* A single-line border around RECT, TITLE on the top line (NULL: none). */
void draw_box(struct rect rect, enum style style, const char *title);

/* An n/8-cell bar of FRACTION (0..1, NAN: unknown, drawn empty), '#' and '.' in ASCII. Style turns
 * to warn at 0.8 and bad at 0.95 when ALARM. */
void draw_bar(struct rect rect, int y, int x, int cells, double fraction, bool alarm);

struct segment {
    double value; /* NAN: unknown, no part of the bar */
    enum style style;
    const char *utf8; /* one column, for a terminal that has it */
    char ascii;
};
/* A bar of COUNT parts, each as long as its share of TOTAL; what is left is blank.  A part that is
 * not nothing has a cell when there is one to spare. */
void draw_segments(struct rect rect, int y, int x, int cells, const struct segment *segments,
                   int count, double total);

/* One line of block characters for VALUES[0..COUNT) scaled to TOP (<= 0: their maximum); NAN is a
 * space. */
void draw_sparkline(struct rect rect, int y, int x, int cells, enum style style,
                    const float *values, int count, double top);

struct graph {
    const char *title;    /* "CPU 188 % of 800": title, current value and unit */
    const float *values;  /* oldest first, NAN unknown; two for each column in braille */
    const float *values2; /* a second curve or NULL */
    int count;            /* draw_graph_points(rect) */
    double top;           /* scale; <= 0: rounded up from the values */
    double least;         /* such a scale is never smaller: what idles shall look idle */
    bool stale;           /* the current value in the title is old */
    bool bytes;           /* they are: the scale is round in powers of 1024 */
    void (*label)(char dst[16], double value); /* of the axis */
    const char *span;                          /* "10 min" */
};
/* How many points a graph in RECT can show. */
int draw_graph_points(struct rect rect);
/* Title line, axis with its scale, braille curve (ASCII without UTF-8), time axis when tall enough;
 * one line high: title and a sparkline. */
void draw_graph(struct rect rect, const struct graph *graph);

#endif
