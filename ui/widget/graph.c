#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/term/term.h"
#include "ui/widget/draw.h"
#include "ui/widget/plot.h"

#define AXIS_CELLS 7  /* a label such as "188.5M" and the axis line */
#define CELLS_MAX 512 /* of a curve */

static int per_cell(void)
{
    return term_is_utf8() ? 2 : 1;
}

int draw_graph_points(struct rect rect)
{
    int cells = rect.height <= 1 ? rect.width / 2 : rect.width - AXIS_CELLS;
    return cells <= 0 ? 0 : cells * per_cell();
}

static double scale_of(const struct graph *graph)
{
    if (graph->top > 0)
        return graph->top;
    double top = graph->least;
    for (int i = 0; i < graph->count; i++) {
        if (!isnan(graph->values[i]) && graph->values[i] > top)
            top = graph->values[i];
        if (graph->values2 && !isnan(graph->values2[i]) && graph->values2[i] > top)
            top = graph->values2[i];
    }
    return plot_scale(top, graph->least, graph->bytes);
}

/* How many of DOTS dots from the bottom are filled at VALUE; a known zero still shows the lowest,
 * so that it differs from a gap. */
static int filled(float value, double top, int dots)
{
    if (isnan(value))
        return 0;
    int level = (int)lround(value / top * dots);
    return level < 1 ? 1 : level > dots ? dots : level;
}

/* Dots of one braille column: rows count from the top of the cell. */
static unsigned braille_column(int level, int cell_bottom, bool right)
{
    static const unsigned char left_dots[5] = {0, 0x40, 0x44, 0x46, 0x47};
    static const unsigned char right_dots[5] = {0, 0x80, 0xa0, 0xb0, 0xb8};
    int dots = level - cell_bottom;

    dots = dots < 0 ? 0 : dots > 4 ? 4 : dots;
    return right ? right_dots[dots] : left_dots[dots];
}

/* The two columns of a cell, of one curve and of the other. */
struct levels {
    int first[2], second[2];
};

static void read_levels(struct levels *ret, const struct graph *graph, double top, int cells,
                        int dots)
{
    for (int x = 0; x < cells; x++) {
        int at = graph->count - (cells - x) * 2;

        ret[x] = (struct levels){0};
        for (int half = 0; half < 2; half++) {
            if (at + half < 0)
                continue;
            ret[x].first[half] = filled(graph->values[at + half], top, dots);
            if (graph->values2)
                ret[x].second[half] = filled(graph->values2[at + half], top, dots);
        }
    }
}

/* What is in a cell, 0 for nothing, and whose colour it has. */
static unsigned braille_cell(const struct levels *levels, int bottom, enum style *style)
{
    unsigned first = braille_column(levels->first[0], bottom, false) |
                     braille_column(levels->first[1], bottom, true);
    unsigned second = braille_column(levels->second[0], bottom, false) |
                      braille_column(levels->second[1], bottom, true);
    /* The smaller of two curves stays visible in front of the larger. */
    bool front = second && __builtin_popcount(second) <= __builtin_popcount(first);

    *style = front || !first ? STYLE_GRAPH_2 : STYLE_GRAPH;
    return first | second;
}

/* Cells of one colour that stand beside each other. */
struct run {
    char text[3 * CELLS_MAX + 1];
    size_t len;
    int x;
    enum style style;
};

static void end_run(struct run *run, struct rect area, int y)
{
    run->text[run->len] = '\0';
    if (run->len)
        draw_text(area, y, run->x, run->style, run->text);
    run->len = 0;
}

static void draw_braille(struct rect area, const struct graph *graph, double top)
{
    struct levels levels[CELLS_MAX];

    if (area.width > CELLS_MAX)
        area = rect_cut_columns(&area, -CELLS_MAX);
    read_levels(levels, graph, top, area.width, area.height * 4);
    for (int y = 0; y < area.height; y++) {
        struct run run;

        run.len = 0;
        run.style = STYLE_GRAPH;
        for (int x = 0; x < area.width; x++) {
            enum style style;
            unsigned dots = braille_cell(&levels[x], (area.height - 1 - y) * 4, &style);

            if (!dots || style != run.style)
                end_run(&run, area, y);
            if (!dots)
                continue;
            if (!run.len)
                run.x = x;
            run.style = style;
            run.len += text_encode(0x2800 + dots, run.text + run.len);
        }
        end_run(&run, area, y);
    }
}

static void draw_ascii(struct rect area, const struct graph *graph, double top)
{
    for (int x = 0; x < area.width; x++) {
        int at = graph->count - area.width + x;
        if (at < 0)
            continue;
        int first = filled(graph->values[at], top, area.height);
        int second = graph->values2 ? filled(graph->values2[at], top, area.height) : 0;
        for (int y = 0; y < area.height; y++) {
            int level = area.height - y;
            if (level <= second && second <= first)
                draw_text(area, y, x, STYLE_GRAPH_2, "+");
            else if (level <= first)
                draw_text(area, y, x, STYLE_GRAPH, "#");
            else if (level <= second)
                draw_text(area, y, x, STYLE_GRAPH_2, "+");
        }
    }
}

static void draw_axis(struct rect rect, const struct graph *graph, double top, bool time_axis)
{
    char label[16];
    graph->label(label, top);
    int bottom = rect.height - 1 - time_axis;
    draw_right(rect, 1, 0, STYLE_AXIS, label, AXIS_CELLS - 1);
    if (bottom > 1)
        draw_right(rect, bottom, 0, STYLE_AXIS, "0", AXIS_CELLS - 1);
    for (int y = 1; y <= bottom; y++)
        draw_text(rect, y, AXIS_CELLS - 1, STYLE_AXIS, term_is_utf8() ? "│" : "|");
    if (!time_axis)
        return;
    draw_format(rect, rect.height - 1, AXIS_CELLS, STYLE_AXIS, "-%s", graph->span);
    draw_right(rect, rect.height - 1, AXIS_CELLS + (int)strlen(graph->span) + 2, STYLE_AXIS, "now",
               rect.width - AXIS_CELLS - (int)strlen(graph->span) - 2);
}

void draw_graph(struct rect rect, const struct graph *graph)
{
    if (rect.height < 1 || rect.width < AXIS_CELLS + 4)
        return;
    double top = scale_of(graph);
    enum style title_style = graph->stale ? STYLE_STALE : STYLE_NORMAL;
    if (rect.height == 1) {
        int title = rect.width - rect.width / 2;
        draw_cell(rect, 0, 0, title_style, graph->title, title - 1);
        draw_sparkline(rect, 0, title, rect.width - title, STYLE_GRAPH, graph->values, graph->count,
                       top);
        return;
    }
    bool time_axis = rect.height >= 5;
    draw_cell(rect, 0, 0, title_style, graph->title, rect.width);
    draw_axis(rect, graph, top, time_axis);
    struct rect area = {.y = rect.y + 1,
                        .x = rect.x + AXIS_CELLS,
                        .height = rect.height - 1 - time_axis,
                        .width = rect.width - AXIS_CELLS};
    if (term_is_utf8())
        draw_braille(area, graph, top);
    else
        draw_ascii(area, graph, top);
}
