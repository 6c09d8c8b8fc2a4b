#include "ui/view/graph_axis.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "ui/view/moment.h"

/* "10m", or "10m to 02:03:10" when it does not end now. */
void axis_say_span(const struct ui *ui, const struct span *span, const struct window *window,
                   struct line *line)
{
    char length[UNITS_MAX], when[MOMENT_MAX];

    units_duration(length, (double)span_length_ns(span) / NS_PER_S);
    moment_text(when, ui->wall_ns - (ui->now_ns - window->to_ns), MOMENT_CLOCK);
    line_right(line, 2, STYLE_DIM, "%s%s%s", length, span->end_ns ? " to " : "",
               span->end_ns ? when : "");
}

/* "12m30s", "5m": exact, for it stands beside a moment. */
static void ago_text(char dst[UNITS_MAX], int64_t ns)
{
    int s = (int)(ns / NS_PER_S);

    if (s < 60)
        snprintf(dst, UNITS_MAX, "%ds", s);
    else if (s < 3600 && s % 60 == 0)
        snprintf(dst, UNITS_MAX, "%dm", s / 60);
    else if (s < 3600)
        snprintf(dst, UNITS_MAX, "%dm%02ds", s / 60, s % 60);
    else if (s % 3600 < 60)
        snprintf(dst, UNITS_MAX, "%dh", s / 3600);
    else
        snprintf(dst, UNITS_MAX, "%dh%02dm", s / 3600, s / 60 % 60);
}

void axis_say_moment(const struct ui *ui, const struct span *span, const struct window *window,
                     int column, struct line *line)
{
    int64_t start = window_column_ns(window, column);
    int64_t end = window_column_ns(window, column + 1);
    char from[MOMENT_MAX], to[MOMENT_MAX], ago[UNITS_MAX];

    if (!span->cursor_ns) {
        moment_text(to, ui->wall_ns, MOMENT_CLOCK);
        line_left(line, 0, STYLE_NORMAL, "now %s", to);
    } else {
        moment_text(from, ui->wall_ns - (ui->now_ns - start), MOMENT_CLOCK);
        moment_text(to, ui->wall_ns - (ui->now_ns - end), MOMENT_CLOCK);
        ago_text(ago, ui->now_ns > end ? ui->now_ns - end : 0);
        if (end - start >= 2 * NS_PER_S)
            line_left(line, 0, STYLE_NORMAL, "%s to %s  %s ago", from, to, ago);
        else
            line_left(line, 0, STYLE_NORMAL, "%s  %s ago", to, ago);
    }
}

void axis_draw_labels(const struct ui *ui, const struct span *span, const struct window *window,
                      struct rect axis)
{
    int parts = window->columns >= 60 ? 4 : 2;

    for (int i = 0; i <= parts; i++) {
        int64_t at = window->to_ns - (window->to_ns - window->from_ns) * (parts - i) / parts;
        char text[MOMENT_MAX + 1], length[UNITS_MAX];

        if (span->end_ns) {
            moment_text(text, ui->wall_ns - (ui->now_ns - at), MOMENT_CLOCK);
        } else {
            ago_text(length, span_length_ns(span) * (parts - i) / parts);
            snprintf(text, sizeof(text), "%s%s", i < parts ? "-" : "", i < parts ? length : "now");
        }
        int width = (int)strlen(text), x = axis.width * i / parts;
        x = i == parts ? axis.width - width : i ? x - width / 2 : 0;
        draw_text(axis, 0, x, STYLE_AXIS, text);
    }
}
