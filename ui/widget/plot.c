#include "ui/widget/plot.h"

#include <math.h>

#include "base/text.h"
#include "ui/term/term.h"

#define SIGN_EVERY 8 /* columns between two signs of one of two curves */

static bool in_signs(int count)
{
    return !term_is_utf8() || (count > 1 && !term_has_colour());
}

int plot_points(int count)
{
    return term_is_utf8() && !in_signs(count) ? 2 : 1;
}

double plot_scale(double top, double least, bool bytes)
{
    static const double steps[] = {1, 2, 5, 10, 20, 50, 100, 200, 500};
    double unit = 1;

    if (!(top > least))
        top = least;
    if (!(top > 0))
        return 1;
    while (bytes && top > unit * 500 && unit < 1e15)
        unit *= 1024;
    if (!bytes || top > unit * 500)
        unit = pow(10, floor(log10(top)));
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (top <= steps[i] * unit * (1 + 1e-9))
            return steps[i] * unit;
    return top;
}

/* How many of DOTS from the bottom VALUE reaches; a known zero the lowest, so that it differs from
 * a gap. */
static int level_of(float value, double top, int dots)
{
    if (isnan(value))
        return 0;
    double level = rint(value / top * dots);
    return level < 1 ? 1 : level > dots ? dots : (int)level;
}

/* Dots FROM < dot <= TO of one half of a cell whose lowest is BOTTOM + 1. */
static unsigned braille(int from, int to, int bottom, bool right)
{
    static const unsigned dots[2][4] = {{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}};
    unsigned ret = 0;

    for (int i = 0; i < 4; i++)
        if (bottom + i + 1 > from && bottom + i + 1 <= to)
            ret |= dots[right][i];
    return ret;
}

static unsigned area_dots(const struct plot_curve *curve, const struct plot *plot, int at, int dots,
                          int bottom)
{
    int level = level_of(curve->values[at], plot->top, dots);
    int peak = curve->peaks ? level_of(curve->peaks[at], plot->top, dots) : 0;

    return braille(0, level, bottom, at & 1) | braille(peak - 1, peak, bottom, at & 1);
}

/* From the level before to its own, so that the line has no holes, and a dot for the peak. */
static unsigned line_dots(const struct plot_curve *curve, const struct plot *plot, int at, int dots,
                          int bottom)
{
    int level = level_of(curve->values[at], plot->top, dots);
    int before = at > 0 ? level_of(curve->values[at - 1], plot->top, dots) : 0;
    int peak = curve->peaks ? level_of(curve->peaks[at], plot->top, dots) : level;

    if (!level)
        return 0;
    int from = !before || before >= level ? level - 1 : before;
    int to = before > level ? before - 1 : level;
    return braille(from, to, bottom, at & 1) | braille(peak - 1, peak, bottom, at & 1);
}

static enum style style_at(const struct plot *plot, int column, enum style style)
{
    return column == plot->cursor ? STYLE_SELECTED : style;
}

static void draw_dots(struct rect area, const struct plot *plot, int column)
{
    int dots = area.height * 4;
    unsigned (*dots_of)(const struct plot_curve *, const struct plot *, int, int, int) =
        plot->count > 1 ? line_dots : area_dots;

    for (int y = 0; y < area.height; y++) {
        enum style style = STYLE_GRAPH;
        unsigned all = 0;
        char cell[5] = " ";

        for (int i = plot->count - 1; i >= 0; i--) {
            const struct plot_curve *curve = &plot->curves[i];
            int bottom = (area.height - 1 - y) * 4;
            unsigned own = dots_of(curve, plot, column * 2, dots, bottom) |
                           dots_of(curve, plot, column * 2 + 1, dots, bottom);

            all |= own;
            style = own ? curve->style : style;
        }
        if (all)
            cell[text_encode(0x2800 + all, cell)] = '\0';
        if (all || column == plot->cursor)
            draw_text(area, y, column, style_at(plot, column, style), cell);
    }
}

static void draw_sign(struct rect area, const struct plot *plot, int column,
                      const struct plot_curve *curve, float value)
{
    char sign[2] = {curve->sign, '\0'};
    int level = level_of(value, plot->top, area.height);

    if (level)
        draw_text(area, area.height - level, column, style_at(plot, column, curve->style), sign);
}

/* Where several lie in one place they take turns. */
static void draw_signs(struct rect area, const struct plot *plot, int column)
{
    for (int y = 0; column == plot->cursor && y < area.height; y++)
        draw_text(area, y, column, STYLE_SELECTED, " ");
    for (int i = 0; i < plot->count; i++) {
        const struct plot_curve *curve = &plot->curves[(column + i) % plot->count];

        draw_sign(area, plot, column, curve, curve->values[column]);
    }
}

static void draw_ascii_area(struct rect area, const struct plot *plot, int column)
{
    const struct plot_curve *curve = &plot->curves[0];
    int level = level_of(curve->values[column], plot->top, area.height);
    int peak = curve->peaks ? level_of(curve->peaks[column], plot->top, area.height) : 0;

    for (int y = 0; y < area.height; y++) {
        int height = area.height - y;
        const char *cell = height <= level ? "#" : height == peak ? "'" : " ";

        if (*cell != ' ' || column == plot->cursor)
            draw_text(area, y, column, style_at(plot, column, curve->style), cell);
    }
}

/* Where lines of several curves are seen by their colours, a letter says it too. */
static void sign_lines(struct rect area, const struct plot *plot)
{
    int step = SIGN_EVERY / 2;

    for (int i = 0; i < plot->count; i++)
        for (int column = area.width - 2 - i * step; column >= 0; column -= step * plot->count) {
            float value = plot->curves[i].values[column * 2 + 1];
            int dots = level_of(value, plot->top, area.height * 4);
            char sign[2] = {plot->curves[i].sign, '\0'};

            if (dots)
                draw_text(area, area.height - 1 - (dots - 1) / 4, column,
                          style_at(plot, column, plot->curves[i].style), sign);
        }
}

static void draw_axis(struct rect rect, const struct plot *plot)
{
    int bottom = rect.height - 1;

    draw_right(rect, 0, 0, STYLE_AXIS, plot->top_label, PLOT_AXIS_CELLS - 1);
    if (bottom > 0)
        draw_right(rect, bottom, 0, STYLE_AXIS, "0", PLOT_AXIS_CELLS - 1);
    for (int y = 0; y <= bottom; y++)
        draw_text(rect, y, PLOT_AXIS_CELLS - 1, STYLE_AXIS, term_is_utf8() ? "│" : "|");
}

void draw_plot(struct rect rect, const struct plot *plot)
{
    if (rect.height < 1 || rect.width <= PLOT_AXIS_CELLS)
        return;
    draw_axis(rect, plot);
    struct rect area = rect;
    rect_cut_columns(&area, PLOT_AXIS_CELLS);
    for (int column = 0; column < area.width; column++) {
        if (plot_points(plot->count) == 2)
            draw_dots(area, plot, column);
        else if (plot->count == 1)
            draw_ascii_area(area, plot, column);
        else
            draw_signs(area, plot, column);
    }
    if (plot->count > 1 && plot_points(plot->count) == 2)
        sign_lines(area, plot);
}
