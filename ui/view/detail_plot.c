/* The graphs of the detail. */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "ui/view/detail_internal.h"
#include "ui/view/frozen.h"
#include "ui/view/wording.h"

#define POINTS_MAX 512
#define SMALL_TITLE 22 /* "Disk r 1023K w 1023K" */
#define SPAN_S 300     /* a graph shows at least so much */
#define LEAST_HEIGHT 5 /* with a title and a time axis */
#define MOST_SLOPE 3   /* it is so much wider than high: no tower */

static void label_percent(char dst[16], double value)
{
    snprintf(dst, 16, "%.0f", value);
}

static void label_bytes(char dst[16], double value)
{
    units_bytes(dst, value);
}

/* One graph: its curves, and words with the current values. */
struct plot {
    char title[80];
    char more[40];               /* of the title, where there is room */
    enum metric metric, metric2; /* METRIC_COUNT: one curve */
    double top, least;           /* as struct graph has them */
    bool stale;
    void (*label)(char dst[16], double value);
};

static void plot_cpu(struct plot *ret, const struct ui *ui, const struct guest *guest)
{
    double now = detail_metric(ui, guest, METRIC_CPU);
    double all = guest->facts.vcpus * 100.0;
    char text[UNITS_MAX];

    *ret = (struct plot){.metric = METRIC_CPU,
                         .metric2 = METRIC_COUNT,
                         .top = all,
                         .least = 1,
                         .label = label_percent};
    detail_metric_text(text, METRIC_CPU, now);
    if (all > 0)
        snprintf(ret->title, sizeof(ret->title), "CPU %s %% of %.0f", text, all);
    else
        snprintf(ret->title, sizeof(ret->title), "CPU %s %%", text);
}

static void plot_memory(struct plot *ret, const struct ui *ui, const struct guest *guest)
{
    double used = detail_metric(ui, guest, METRIC_MEM_USED);
    double limit = detail_metric(ui, guest, METRIC_MEM_LIMIT);
    double host = detail_metric(ui, guest, METRIC_MEM_HOST);
    char text[32];

    if (isnan(limit) && guest->facts.memory)
        limit = (double)guest->facts.memory;
    *ret = (struct plot){.metric2 = METRIC_COUNT, .label = label_bytes};
    /* A machine without a balloon driver does not tell: then what it costs the host stands here. */
    bool own = !isnan(used) || isnan(host);
    ret->metric = own ? METRIC_MEM_USED : METRIC_MEM_HOST;
    /* What the host spends may well be more than the guest has. */
    if (!own)
        limit = NAN;
    ret->top = isnan(limit) ? 0 : limit;
    wording_ratio(text, own ? used : host, limit);
    snprintf(ret->title, sizeof(ret->title), "Memory %s%s", own ? "" : "of host ", text);
}

static void plot_flow(struct plot *ret, const struct ui *ui, const struct guest *guest,
                      const char *name, const enum metric pair[2], const char *const words[2])
{
    char first[UNITS_MAX], second[UNITS_MAX];

    *ret =
        (struct plot){.more = " /s", .metric = pair[0], .metric2 = pair[1], .label = label_bytes};
    snprintf(ret->title, sizeof(ret->title), "%s %s %s %s %s", name, words[0],
             detail_metric_text(first, pair[0], detail_metric(ui, guest, pair[0])), words[1],
             detail_metric_text(second, pair[1], detail_metric(ui, guest, pair[1])));
}

static void plot_disk(struct plot *ret, const struct ui *ui, const struct guest *guest)
{
    static const enum metric pair[2] = {METRIC_DISK_READ, METRIC_DISK_WRITE};
    static const char *const words[2] = {"r", "w"};
    double reads = detail_metric(ui, guest, METRIC_DISK_READ_OPS);
    double writes = detail_metric(ui, guest, METRIC_DISK_WRITE_OPS);

    plot_flow(ret, ui, guest, "Disk", pair, words);
    if (!isnan(reads) && !isnan(writes)) {
        char text[UNITS_MAX];

        detail_metric_text(text, METRIC_DISK_READ_OPS, reads + writes);
        snprintf(ret->more, sizeof(ret->more), " /s  %s op/s", text);
    }
}

static void plot_net(struct plot *ret, const struct ui *ui, const struct guest *guest)
{
    static const enum metric pair[2] = {METRIC_NET_RX, METRIC_NET_TX};
    static const char *const words[2] = {"in", "out"};

    plot_flow(ret, ui, guest, "Net", pair, words);
}

static bool read_curve(const struct ui *ui, const struct guest *guest, enum metric metric,
                       int64_t slice, float *ret, int count)
{
    if (metric == METRIC_COUNT || history_slot(metric) < 0)
        return false;
    /* Slices stand still on the clock, so that a curve moves on instead of trembling. */
    int64_t settled = ui->now_ns - world_period(ui->world) / 2;
    frozen_read(ui, guest, metric, slice, (settled / slice + 1) * slice, ret, count);
    return true;
}

/* All in one line: words, and both curves as one. */
static void draw_small_plot(struct rect rect, const struct plot *plot, float *first,
                            const float *second, int count)
{
    for (int i = 0; second && i < count; i++)
        if (!isnan(first[i]) && !isnan(second[i]))
            first[i] += second[i];
    double top = plot->least;
    for (int i = 0; i < count; i++)
        top = fmax(top, first[i]); /* which passes over NAN */
    draw_cell(rect, 0, 0, plot->stale ? STYLE_STALE : STYLE_NORMAL, plot->title, SMALL_TITLE);
    draw_sparkline(rect, 0, SMALL_TITLE + 1, count, STYLE_GRAPH, first, count,
                   plot->top > 0 ? plot->top : top);
}

static void draw_plot(const struct ui *ui, const struct guest *guest, struct rect rect,
                      const struct plot *plot)
{
    float first[POINTS_MAX], second[POINTS_MAX];
    int64_t period = world_period(ui->world);
    int count = rect.height == 1 ? rect.width - SMALL_TITLE - 1 : draw_graph_points(rect);
    char span[UNITS_MAX], title[128];

    if (count > POINTS_MAX)
        count = POINTS_MAX;
    if (count < 1)
        return;
    int64_t ticks = (SPAN_S * NS_PER_S + count * period - 1) / (count * period);
    int64_t slice = (ticks < 1 ? 1 : ticks) * period;
    for (int i = 0; i < count; i++)
        first[i] = second[i] = NAN;
    bool two = false;
    if (frozen_history(ui, guest)) {
        read_curve(ui, guest, plot->metric, slice, first, count);
        two = read_curve(ui, guest, plot->metric2, slice, second, count);
    }
    if (rect.height == 1) {
        draw_small_plot(rect, plot, first, two ? second : NULL, count);
        return;
    }
    snprintf(title, sizeof(title), "%s%s", plot->title, plot->more);
    units_duration(span, (double)(count * slice) / NS_PER_S);
    struct graph graph = {.title = title,
                          .values = first,
                          .values2 = two ? second : NULL,
                          .count = count,
                          .top = plot->top,
                          .least = plot->least,
                          .stale = plot->stale,
                          .bytes = plot->label == label_bytes,
                          .label = plot->label,
                          .span = span};
    draw_graph(rect, &graph);
}

static void (*const makers[DETAIL_PLOT_COUNT])(struct plot *, const struct ui *,
                                               const struct guest *) = {
    [DETAIL_PLOT_CPU] = plot_cpu,
    [DETAIL_PLOT_MEMORY] = plot_memory,
    [DETAIL_PLOT_DISK] = plot_disk,
    [DETAIL_PLOT_NET] = plot_net,
};

static void make(struct plot *ret, const struct ui *ui, const struct guest *guest,
                 enum detail_plot which)
{
    makers[which](ret, ui, guest);
    ret->stale = guest_is_stale(guest, ui->now_ns, world_period(ui->world));
}

void detail_draw_plot(const struct ui *ui, const struct guest *guest, struct rect rect,
                      enum detail_plot which)
{
    struct plot plot;

    /* A line of air above it. */
    if (rect.height < LEAST_HEIGHT + 1)
        return;
    rect_cut_rows(&rect, 1);
    if (rect.height > rect.width / MOST_SLOPE)
        rect.height = rect.width / MOST_SLOPE;
    rect_cut_columns(&rect, 1);
    rect.width--;
    make(&plot, ui, guest, which);
    draw_plot(ui, guest, rect, &plot);
}

void detail_draw_plots(const struct ui *ui, const struct guest *guest, struct rect rect)
{
    /* A cell is twice as tall as wide: side by side while that gives graphs wider than tall. */
    int columns = rect.width >= 76 && rect.width > rect.height ? 2 : 1;
    int rows = 4 / columns;
    int left = rect.height;

    if (rect.height < rows)
        return;
    for (int row = 0; row < rows; row++) {
        int height = left / (rows - row);
        struct rect band = rect_cut_rows(&rect, height);

        left -= height;
        /* A line of air between graphs that can spare it: below six rows it would cost the axis. */
        if (height > 5 && row + 1 < rows)
            band.height--;
        for (int column = 0; column < columns; column++) {
            struct plot plot;
            struct rect area = rect_cut_columns(&band, band.width / (columns - column));

            area.x += 1;
            area.width -= column + 1 < columns ? 3 : 2;
            make(&plot, ui, guest, (enum detail_plot)(row * columns + column));
            draw_plot(ui, guest, area, &plot);
        }
    }
}
