/* The time that graphs show, and a cursor in it: instants of CLOCK_MONOTONIC, told the time.  The
 * window ends now and goes on with it, until the cursor is led into the past. */
#ifndef VCTOP_UI_VIEW_SPAN_H
#define VCTOP_UI_VIEW_SPAN_H

#include <stdbool.h>
#include <stdint.h>

struct span {
    int zoom;
    int64_t end_ns;    /* 0: now */
    int64_t cursor_ns; /* 0: now */
};

/* As it lies on the screen. */
struct window {
    int64_t from_ns, to_ns;
    int columns;
};

/* What there is to look at. */
struct times {
    int64_t now_ns, period_ns;
    int64_t oldest_ns; /* nothing is known from before; 0: nothing at all */
};

void span_init(struct span *span);

/* How long the window is. */
int64_t span_length_ns(const struct span *span);

/* The window in COLUMNS of POINTS each.  It moves on by whole points, so that a curve does not
 * tremble. */
struct window span_window(const struct span *span, const struct times *times, int columns,
                          int points);

/* The first instant of COLUMN, which may be one behind the last. */
int64_t window_column_ns(const struct window *window, int column);
/* The column of AT_NS, -1 when the window does not have it. */
int window_column_of(const struct window *window, int64_t at_ns);

/* The cursor's column; one that was left behind stands in the first. */
int span_column(const struct span *span, const struct window *window);

/* A move leads no further back than there is something, and brings the window along. */
void span_move(struct span *span, const struct times *times, const struct window *window, int by);
void span_move_to(struct span *span, const struct times *times, int64_t at_ns);
/* The cursor to a column that is on the screen. */
void span_point(struct span *span, const struct window *window, int column);
void span_to_oldest(struct span *span, const struct times *times);
void span_to_now(struct span *span);

/* One step nearer (1) or wider (-1) around the cursor; false at the end. */
bool span_zoom(struct span *span, const struct times *times, const struct window *window, int by);

#endif
