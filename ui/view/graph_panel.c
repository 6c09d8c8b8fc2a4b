#include "ui/view/graph_panel.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "ui/view/line.h"
#include "ui/widget/plot.h"

#define FIGURES_MAX 3
#define CURVES_MAX (GRAPH_GUESTS_MAX > FIGURES_MAX ? GRAPH_GUESTS_MAX : FIGURES_MAX)

struct panel_info {
    const char *title; /* with its unit */
    int count;
    struct {
        enum metric metric;
        const char *word; /* its letter is the sign of its curve */
    } figure[FIGURES_MAX];
    double least; /* the scale is never smaller: what idles shall look idle */
};

#define KIB 1024.0
#define MIB (1024.0 * 1024)

static const struct panel_info infos[] = {
    {"CPU %", 1, {{METRIC_CPU, ""}}, 10},
    {"Memory", 1, {{METRIC_MEM_USED, ""}}, MIB},
    {"Disk bytes/s", 2, {{METRIC_DISK_READ, "read"}, {METRIC_DISK_WRITE, "write"}}, 10 * KIB},
    {"Net bytes/s", 2, {{METRIC_NET_RX, "in"}, {METRIC_NET_TX, "out"}}, 10 * KIB},
    {"Held from CPU %", 2, {{METRIC_CPU_WAIT, "wait"}, {METRIC_THROTTLED, "throttled"}}, 10},
    {"Memory of the host", 1, {{METRIC_MEM_HOST, ""}}, MIB},
    {"Disk op/s", 2, {{METRIC_DISK_READ_OPS, "read"}, {METRIC_DISK_WRITE_OPS, "write"}}, 10},
    {"Pressure %",
     3,
     {{METRIC_PSI_CPU, "cpu"}, {METRIC_PSI_MEM, "mem"}, {METRIC_PSI_IO, "io"}},
     10},
    {"Packets dropped /s", 1, {{METRIC_NET_DROPS, ""}}, 10},
    {"Tasks", 1, {{METRIC_PIDS, ""}}, 10},
};

enum style graph_style(int index)
{
    static const enum style styles[GRAPH_GUESTS_MAX] = {
        STYLE_GRAPH, STYLE_GRAPH_2, STYLE_GRAPH_3, STYLE_GRAPH_4, STYLE_GRAPH_5, STYLE_GRAPH_6};
    return styles[index];
}

char graph_sign(int index)
{
    return "ox*+#@"[index];
}

static bool is_known(const struct graph_guest *guests, int count, enum metric metric)
{
    for (int i = 0; i < count; i++)
        if (history_has(guests[i].history, metric))
            return true;
    return false;
}

int panels_of(const struct graph_guest *guests, int count, struct panel ret[PANELS_MAX])
{
    int found = 0;

    for (size_t i = 0; i < ARRAY_SIZE(infos); i++) {
        const struct panel_info *info = &infos[i];
        int step = count > 1 ? 1 : info->count; /* of several guests one figure at a time */

        for (int first = 0; first < info->count && found < PANELS_MAX; first += step) {
            bool known = false;

            for (int j = first; j < first + step; j++)
                known |= is_known(guests, count, info->figure[j].metric);
            if (known)
                ret[found++] = (struct panel){.info = info, .first = first, .count = step};
        }
    }
    return found;
}

enum metric panel_metric(const struct panel *panel)
{
    return panel->info->figure[panel->first].metric;
}

int panel_columns(int width)
{
    return width > PLOT_AXIS_CELLS ? width - PLOT_AXIS_CELLS : 0;
}

/* What a panel shows: each curve is one figure of one guest. */
struct curve {
    const struct graph_guest *guest;
    enum metric metric;
    char label[12]; /* its first letter is its sign; "" for one that is alone */
    enum style style;
};

static int curves_of(const struct panel *panel, const struct graph_guest *guests, int count,
                     struct curve ret[CURVES_MAX])
{
    for (int i = 0; count == 1 && i < panel->count; i++) {
        ret[i] = (struct curve){.guest = &guests[0],
                                .metric = panel->info->figure[panel->first + i].metric,
                                .style = graph_style(i)};
        snprintf(ret[i].label, sizeof(ret[i].label), "%s",
                 panel->info->figure[panel->first + i].word);
    }
    for (int i = 0; count > 1 && i < count; i++)
        ret[i] = (struct curve){.guest = &guests[i],
                                .metric = panel_metric(panel),
                                .label = {graph_sign(i)},
                                .style = graph_style(i)};
    return count == 1 ? panel->count : count;
}

/* "41.0", "41.0 max 98.1" for a time in which it was not all the same, "-" when it is not known. */
static void figure_text(char *dst, size_t size, const struct ui *ui, const struct curve *curve,
                        const struct window *window, int column)
{
    char average[UNITS_MAX], maximum[UNITS_MAX];
    struct history_slice slice;
    double now;

    snprintf(dst, size, "-");
    if (column < 0) {
        if (curve->guest->guest &&
            guest_metric(curve->guest->guest, curve->metric, ui->now_ns, &now)) {
            metric_format_value(average, curve->metric, now);
            snprintf(dst, size, "%s", average);
        }
        return;
    }
    history_slices(curve->guest->history, curve->metric, window_column_ns(window, column),
                   window_column_ns(window, column + 1), &slice, 1);
    if (isnan(slice.average))
        return;
    metric_format_value(average, curve->metric, slice.average);
    metric_format_value(maximum, curve->metric, slice.maximum);
    if (strcmp(average, maximum) == 0)
        snprintf(dst, size, "%s", average);
    else
        snprintf(dst, size, "%s max %s", average, maximum);
}

/* Of its figure: that of now may be an old one. */
static enum style style_of(const struct ui *ui, const struct curve *curve, int count, int column)
{
    const struct guest *guest = curve->guest->guest;

    if (column < 0 && guest && guest_is_stale(guest, ui->now_ns, world_period(ui->world)))
        return STYLE_STALE;
    return count > 1 ? curve->style : STYLE_NORMAL;
}

static void draw_title(const struct ui *ui, const struct panel *panel, const struct curve *curves,
                       int count, const struct window *window, int column, bool selected,
                       struct rect rect)
{
    struct line line = line_new(rect, 0);
    const char *word = panel->info->figure[panel->first].word;
    bool named = panel->count < panel->info->count; /* one of several, all guests in it */

    if (selected)
        draw_text(rect, 0, 0, STYLE_KEY, ">");
    line_left(&line, 0, selected ? STYLE_TITLE : STYLE_NORMAL, "%s%s%s", panel->info->title,
              named ? ", " : "", named ? word : "");
    for (int i = 0; i < count; i++) {
        char text[2 * UNITS_MAX + 8];

        figure_text(text, sizeof(text), ui, &curves[i], window, column);
        line_left(&line, 2, style_of(ui, &curves[i], count, column), "%s%s%s", curves[i].label,
                  curves[i].label[0] ? " " : "", text);
    }
}

/* Of memory the limit, where there is one guest and it keeps to it. */
static double scale_of(const struct panel *panel, const struct graph_guest *guests, int count,
                       double top)
{
    enum metric_format format = metric_info(panel_metric(panel))->format;
    double limit;

    if (count == 1 && guests[0].guest && panel_metric(panel) == METRIC_MEM_USED &&
        metrics_has(&guests[0].guest->metrics, METRIC_MEM_LIMIT)) {
        limit = guests[0].guest->metrics.value[METRIC_MEM_LIMIT];
        if (limit >= top && limit > 0)
            return limit;
    }
    return plot_scale(top, panel->info->least,
                      format == FORMAT_BYTES || format == FORMAT_BYTE_RATE);
}

/* Reads CURVE into VALUES and PEAKS; returns the highest. */
static double read_curve(const struct curve *curve, const struct window *window, float *values,
                         float *peaks, struct history_slice *slices, int points)
{
    double top = 0;

    history_slices(curve->guest->history, curve->metric, window->from_ns, window->to_ns, slices,
                   points);
    for (int i = 0; i < points; i++) {
        values[i] = slices[i].average;
        peaks[i] = slices[i].maximum;
        top = fmax(top, slices[i].maximum); /* which passes over NAN */
    }
    return top;
}

static void draw_curves(const struct panel *panel, const struct curve *curves, int count,
                        const struct graph_guest *guests, int guest_count,
                        const struct window *window, int column, struct rect rect)
{
    int points = window->columns * plot_points(count);
    size_t room = (size_t)points * (size_t)count;
    CLEANUP_FREE float *values = xcalloc(2 * room + 1, sizeof(*values));
    CLEANUP_FREE struct history_slice *slices = xcalloc((size_t)points + 1, sizeof(*slices));
    struct plot_curve drawn[CURVES_MAX];
    char label[UNITS_MAX];
    double top = 0;

    for (int i = 0; i < count; i++) {
        float *own = values + (size_t)i * 2 * (size_t)points;

        top = fmax(top, read_curve(&curves[i], window, own, own + points, slices, points));
        drawn[i] = (struct plot_curve){.values = own,
                                       .peaks = guest_count == 1 ? own + points : NULL,
                                       .style = curves[i].style,
                                       .sign = curves[i].label[0]};
    }
    top = scale_of(panel, guests, guest_count, top);
    metric_format_value(label, panel_metric(panel), top);
    const struct plot plot = {
        .curves = drawn, .count = count, .top = top, .top_label = label, .cursor = column};
    draw_plot(rect, &plot);
}

void panel_draw(const struct ui *ui, const struct panel *panel, const struct graph_guest *guests,
                int count, const struct window *window, int column, bool selected, struct rect rect)
{
    struct curve curves[CURVES_MAX];
    int curve_count = curves_of(panel, guests, count, curves);

    draw_title(ui, panel, curves, curve_count, window, column, selected, rect_cut_rows(&rect, 1));
    if (rect.height && window->columns > 0)
        draw_curves(panel, curves, curve_count, guests, count, window, column, rect);
}
