#include "ui/view/span.h"

#include "base/cleanup.h"
#include "base/clock.h"

#define AT_FIRST 3

static const int lengths_s[] = {3600, 1800, 900, 600, 300, 120, 60};

void span_init(struct span *span)
{
    *span = (struct span){.zoom = AT_FIRST};
}

int64_t span_length_ns(const struct span *span)
{
    return lengths_s[span->zoom] * NS_PER_S;
}

/* The newest figures are from the last tick, and come a little later. */
static int64_t live_ns(const struct times *times)
{
    return (times->now_ns - times->period_ns / 8) / times->period_ns * times->period_ns;
}

struct window span_window(const struct span *span, const struct times *times, int columns,
                          int points)
{
    int count = columns * points;
    int64_t slice = span_length_ns(span) / (count > 0 ? count : 1);
    int64_t end = span->end_ns ? span->end_ns : live_ns(times);

    /* A last point that hardly anything has reached yet would stay empty. */
    int64_t to = ((end - slice / 4) / slice + 1) * slice;
    return (struct window){.from_ns = to - slice * count, .to_ns = to, .columns = columns};
}

int64_t window_column_ns(const struct window *window, int column)
{
    return window->from_ns + (window->to_ns - window->from_ns) / window->columns * column;
}

int window_column_of(const struct window *window, int64_t at_ns)
{
    if (at_ns < window->from_ns || at_ns >= window->to_ns)
        return -1;
    return (int)((at_ns - window->from_ns) / ((window->to_ns - window->from_ns) / window->columns));
}

int span_column(const struct span *span, const struct window *window)
{
    if (!span->cursor_ns || span->cursor_ns >= window->to_ns)
        return window->columns - 1;
    int column = window_column_of(window, span->cursor_ns);
    return column < 0 ? 0 : column;
}

/* The window with its end at END_NS, as near as there is something to see. */
static void end_at(struct span *span, const struct times *times, int64_t end_ns)
{
    int64_t first = times->oldest_ns + span_length_ns(span);

    if (end_ns < first)
        end_ns = first;
    span->end_ns = end_ns >= live_ns(times) ? 0 : end_ns;
}

void span_move_to(struct span *span, const struct times *times, int64_t at_ns)
{
    int64_t length = span_length_ns(span);
    int64_t end = span->end_ns ? span->end_ns : live_ns(times);

    if (at_ns >= live_ns(times)) {
        span_to_now(span);
        return;
    }
    if (at_ns < times->oldest_ns)
        at_ns = times->oldest_ns;
    span->cursor_ns = at_ns;
    if (at_ns < end - length || at_ns >= end)
        end_at(span, times, at_ns + length / 2);
}

void span_move(struct span *span, const struct times *times, const struct window *window, int by)
{
    int64_t column = (window->to_ns - window->from_ns) / window->columns;
    int64_t at = window_column_ns(window, span_column(span, window)) + column / 2;

    span_move_to(span, times, at + by * column);
}

void span_point(struct span *span, const struct window *window, int column)
{
    if (column >= window->columns - 1 && !span->end_ns)
        span->cursor_ns = 0;
    else
        span->cursor_ns =
            (window_column_ns(window, column) + window_column_ns(window, column + 1)) / 2;
}

void span_to_oldest(struct span *span, const struct times *times)
{
    if (times->oldest_ns)
        span_move_to(span, times, times->oldest_ns);
}

void span_to_now(struct span *span)
{
    span->cursor_ns = span->end_ns = 0;
}

bool span_zoom(struct span *span, const struct times *times, const struct window *window, int by)
{
    int zoom = span->zoom + by;
    int64_t before = span_length_ns(span);

    if (zoom < 0 || zoom >= (int)ARRAY_SIZE(lengths_s))
        return false;
    span->zoom = zoom;
    if (!span->cursor_ns && !span->end_ns)
        return true;
    /* The cursor stays where it is on the screen. */
    int column = span_column(span, window);
    int64_t at = (window_column_ns(window, column) + window_column_ns(window, column + 1)) / 2;
    double behind = (double)(window->to_ns - at) / (double)before;
    end_at(span, times, at + (int64_t)(behind * (double)span_length_ns(span)));
    return true;
}
