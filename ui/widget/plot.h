/* Curves on one axis, for a look at exact figures: draw_graph() is for a glance. */
#ifndef VCTOP_UI_WIDGET_PLOT_H
#define VCTOP_UI_WIDGET_PLOT_H

#include "ui/widget/draw.h"

#define PLOT_AXIS_CELLS 7 /* a label such as "188.5M" and the axis line, left of the curves */

struct plot_curve {
    const float *values; /* oldest first, NAN unknown */
    const float *peaks;  /* dots above them; NULL: none */
    enum style style;
    char sign; /* what tells it from others without colour */
};

struct plot {
    const struct plot_curve *curves;
    int count;
    double top;            /* of the scale */
    const char *top_label; /* as figure */
    int cursor;            /* a column of the curves, -1 none */
};

/* Points that go into a column when COUNT curves are drawn. */
int plot_points(int count);

/* One curve as an area, several as lines: braille with a sign now and then, or
 * signs alone where there is no colour or no UTF-8.  RECT is the axis and WIDTH - PLOT_AXIS_CELLS
 * columns, each of plot_points() values. */
void draw_plot(struct rect rect, const struct plot *plot);

/* A scale that rests: 1, 2 or 5 times a power of ten (of 1024 for BYTES), at least LEAST. */
double plot_scale(double top, double least, bool bytes);

#endif
