/* One line of the screen filled from both ends: what does not fit any more is left out whole, so
 * that what comes first is what matters most. */
#ifndef VCTOP_UI_VIEW_LINE_H
#define VCTOP_UI_VIEW_LINE_H

#include <stdbool.h>

#include "ui/widget/draw.h"

struct line {
    struct rect rect;
    int y, left, right; /* the columns [left, right) of RECT are free */
};

struct line line_new(struct rect rect, int y);

/* Formatted text behind what stands on the left, GAP columns from it; false when it does not fit.
 */
bool line_left(struct line *line, int gap, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The same before what stands on the right. */
bool line_right(struct line *line, int gap, enum style style, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* As line_left(), but cut to the room there is (at least 8 columns of it). */
bool line_rest(struct line *line, int gap, enum style style, const char *text);

/* CELLS columns for something else to be drawn into, or -1. */
int line_reserve(struct line *line, int gap, int cells);

#endif
