#include "ui/view/detail.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/view/frozen.h"
#include "ui/view/header.h"
#include "ui/view/line.h"
#include "ui/view/recent.h"
#include "ui/view/wording.h"

#define POINTS_MAX 512
#define SMALL_TITLE 22 /* "Disk r 1023K w 1023K" */
#define FULL_SOON_S (6 * 3600)
#define SPAN_S 300 /* a graph shows at least so much */

int detail_height(int height)
{
    if (height < 20)
        return 0;
    if (height < 30)
        return 4; /* a blank or rule, who, and two lines of two small graphs */
    int wanted = height * 2 / 5;
    return wanted < 13 ? 13 : wanted > 24 ? 24 : wanted;
}

static double value_of(const struct ui *ui, const struct guest *guest, enum metric metric)
{
    double value;

    return guest_metric(guest, metric, ui->now_ns, &value) ? value : NAN;
}

/* "188.2" or "-". */
static const char *figure(char dst[UNITS_MAX], enum metric metric, double value)
{
    if (isnan(value))
        snprintf(dst, UNITS_MAX, "-");
    else
        metric_format_value(dst, metric, value);
    return dst;
}

static void draw_state(struct line *line, const struct ui *ui, const struct guest *guest)
{
    struct wording wording;
    char age[UNITS_MAX] = "";

    wording_short(&wording, ui->world, guest, ui->now_ns, 24);
    if (guest->state != STATE_RUNNING || wording.stale || guest->blame) {
        line_left(line, 2, wording.style, "%s", wording.text);
        return;
    }
    double up = value_of(ui, guest, METRIC_UPTIME);
    if (!isnan(up))
        units_duration(age, up);
    line_left(line, 2, STYLE_NORMAL, "running%s%s", age[0] ? " " : "", age);
}

/* Who it is.  A guest that is like all others says nothing about it: only what is known and what is
 * unusual stands here. */
static void draw_who(const struct ui *ui, const struct guest *guest, struct rect rect, int y)
{
    const struct facts *facts = &guest->facts;
    struct line line = line_new(rect, y);
    char memory[UNITS_MAX];

    line_rest(&line, 0, STYLE_TITLE, facts->name ? facts->name : "?");
    line_left(&line, 2, STYLE_DIM, "%s%s%s", facts->type ? facts->type : "", facts->type ? " " : "",
              kind_name(facts->kind));
    draw_state(&line, ui, guest);
    if (facts->vcpus)
        line_left(&line, 2, STYLE_NORMAL, "%u vCPU", facts->vcpus);
    if (facts->memory) {
        units_bytes(memory, (double)facts->memory);
        line_left(&line, facts->vcpus ? 1 : 2, STYLE_NORMAL, "%s", memory);
    }
    for (int i = 0; i < FACTS_ADDRESSES_MAX && facts->addresses[i]; i++)
        if (!line_left(&line, i ? 1 : 2, STYLE_NORMAL, "%s", facts->addresses[i]))
            break;
    if (facts->autostart == 1)
        line_left(&line, 2, STYLE_DIM, "autostart");
    if (facts->persistent == 0)
        line_left(&line, 2, STYLE_WARN, "transient");
    if (facts->manager)
        line_left(&line, 2, STYLE_WARN, "managed by %.40s", facts->manager);
    line_left(&line, 2, STYLE_DIM, "%.80s", guest->id.source);
    if (facts->title && (!facts->name || strcmp(facts->title, facts->name) != 0))
        line_rest(&line, 2, STYLE_DIM, facts->title);
}

/* Figures without a graph; trouble only when there is some. */
static void draw_figures(const struct ui *ui, const struct guest *guest, struct rect rect, int y)
{
    static const struct {
        enum metric metric;
        const char *before, *after;
        bool only_trouble;
    } shown[] = {
        {METRIC_CPU_WAIT, "wait ", " %", false},
        {METRIC_THROTTLED, "throttled ", " %", true},
        {METRIC_PIDS, "tasks ", "", false},
        {METRIC_MEM_CACHE, "cache ", "", false},
        {METRIC_MEM_HOST, "host memory ", "", false},
        {METRIC_MEM_OVERHEAD, "overhead ", "", false},
        {METRIC_BOOT, "boot ", "", false},
        {METRIC_OOM_KILLS, "OOM kills ", "", true},
        {METRIC_PIDS_LIMIT_HITS, "tasks refused ", "", true},
        {METRIC_NET_ERRORS, "net errors ", "/s", true},
        {METRIC_NET_DROPS, "drops ", "/s", true},
        {METRIC_PSI_CPU, "PSI c ", "", true},
        {METRIC_PSI_MEM, "PSI m ", "", true},
        {METRIC_PSI_IO, "PSI i ", "", true},
    };
    struct line line = line_new(rect, y);
    char text[UNITS_MAX];

    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        double value = value_of(ui, guest, shown[i].metric);

        if (isnan(value) || (shown[i].only_trouble && value < 0.05))
            continue;
        line_left(&line, 2, shown[i].only_trouble ? STYLE_WARN : STYLE_DIM, "%s%s%s",
                  shown[i].before, figure(text, shown[i].metric, value), shown[i].after);
    }
}

/* "12.3G of 200G left, full in 3h04"; what is wrong comes first. */
static enum style describe_place(const struct ui *ui, const struct place *place, char *dst,
                                 size_t size)
{
    enum place_trouble trouble = place_trouble(place);
    double to_full = place_seconds_to_full(place, ui->now_ns);
    char left[UNITS_MAX] = "-", total[UNITS_MAX] = "-", when[UNITS_MAX], words[80] = "";

    if (place->has_bytes) {
        units_bytes(left, (double)place->avail);
        units_bytes(total, (double)place->total);
    }
    if (trouble == PLACE_SILENT) {
        units_duration(when, (double)(ui->now_ns - place->silent_since_ns) / NS_PER_S);
        snprintf(dst, size, "not answering for %s", when);
        return STYLE_BAD;
    }
    if (trouble != PLACE_FINE)
        snprintf(words, sizeof(words), "%s, ", place_trouble_words(place));
    snprintf(dst, size, "%s%s of %s left", words, left, total);
    if (to_full > 0) {
        size_t len = strlen(dst);
        units_duration(when, to_full);
        snprintf(dst + len, size - len, ", full in %s", when);
    }
    if (trouble == PLACE_FINE)
        return to_full < FULL_SOON_S ? STYLE_WARN : STYLE_NORMAL;
    return trouble == PLACE_NEARLY_FULL || trouble == PLACE_INODES_NEARLY_FULL ? STYLE_WARN
                                                                               : STYLE_BAD;
}

/* What it adds to a place that fills or is in trouble; elsewhere nobody asks. */
static void draw_growth(const struct ui *ui, const struct guest *guest, const struct place *place,
                        struct line *line)
{
    struct growth growth;
    char bytes[UNITS_MAX], span[UNITS_MAX];

    if ((place_trouble(place) == PLACE_FINE && isnan(place_seconds_to_full(place, ui->now_ns))) ||
        !place_growth(ui->world, place, guest, ui->now_ns, &growth) || growth.bytes <= 0)
        return;
    units_bytes(bytes, growth.bytes);
    units_duration(span, (double)(ui->now_ns - growth.since_ns) / NS_PER_S);
    line_left(line, 2, STYLE_NORMAL, "%s %s in %s", growth.written_only ? "wrote" : "grew", bytes,
              span);
}

/* The places that its disks lie on, each once: "vda on pool images: ...". */
static void draw_storage(const struct ui *ui, const struct guest *guest, struct rect rect, int y)
{
    const struct place *seen[FACTS_DISKS_MAX];
    struct line line = line_new(rect, y);
    size_t count = 0;
    char text[160];

    for (size_t i = 0; i < FACTS_DISKS_MAX && guest->facts.disks[i].target; i++) {
        const struct place *place = world_place_of_disk(ui->world, guest, i);
        bool known = !place;
        for (size_t j = 0; j < count; j++)
            known |= seen[j] == place;
        if (known)
            continue;
        seen[count++] = place;
        const char *kind = place->kind == PLACE_FS ? "" : place_kind_words(place->kind);
        line_left(&line, 2, STYLE_DIM, "%.16s on %s%s%.40s:", guest->facts.disks[i].target, kind,
                  kind[0] ? " " : "", place->name);
        enum style style = describe_place(ui, place, text, sizeof(text));
        line_left(&line, 1, style, "%s", text);
        draw_growth(ui, guest, place, &line);
    }
}

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
    void (*label)(char dst[16], double value);
};

static void plot_cpu(struct plot *ret, const struct ui *ui, const struct guest *guest)
{
    double now = value_of(ui, guest, METRIC_CPU);
    double all = guest->facts.vcpus * 100.0;
    char text[UNITS_MAX];

    *ret = (struct plot){.metric = METRIC_CPU,
                         .metric2 = METRIC_COUNT,
                         .top = all,
                         .least = 1,
                         .label = label_percent};
    figure(text, METRIC_CPU, now);
    if (all > 0)
        snprintf(ret->title, sizeof(ret->title), "CPU %s %% of %.0f", text, all);
    else
        snprintf(ret->title, sizeof(ret->title), "CPU %s %%", text);
}

static void plot_memory(struct plot *ret, const struct ui *ui, const struct guest *guest)
{
    double used = value_of(ui, guest, METRIC_MEM_USED);
    double limit = value_of(ui, guest, METRIC_MEM_LIMIT);
    double host = value_of(ui, guest, METRIC_MEM_HOST);
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
             figure(first, pair[0], value_of(ui, guest, pair[0])), words[1],
             figure(second, pair[1], value_of(ui, guest, pair[1])));
}

static void plot_disk(struct plot *ret, const struct ui *ui, const struct guest *guest)
{
    static const enum metric pair[2] = {METRIC_DISK_READ, METRIC_DISK_WRITE};
    static const char *const words[2] = {"r", "w"};
    double reads = value_of(ui, guest, METRIC_DISK_READ_OPS);
    double writes = value_of(ui, guest, METRIC_DISK_WRITE_OPS);

    plot_flow(ret, ui, guest, "Disk", pair, words);
    if (!isnan(reads) && !isnan(writes)) {
        char text[UNITS_MAX];

        figure(text, METRIC_DISK_READ_OPS, reads + writes);
        snprintf(ret->more, sizeof(ret->more), " /s  %s op/s", text);
    }
}

static void plot_net(struct plot *ret, const struct ui *ui, const struct guest *guest)
{
    static const enum metric pair[2] = {METRIC_NET_RX, METRIC_NET_TX};
    static const char *const words[2] = {"in", "out"};

    plot_flow(ret, ui, guest, "Net", pair, words);
}

static bool read_curve(const struct history *history, enum metric metric, int64_t slice,
                       int64_t now, float *ret, int count)
{
    if (metric == METRIC_COUNT || history_slot(metric) < 0)
        return false;
    /* Slices stand still on the clock, so that a curve moves on instead of trembling. */
    int64_t to = (now / slice + 1) * slice;
    history_read(history, metric, to - count * slice, to, ret, count);
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
    draw_cell(rect, 0, 0, STYLE_NORMAL, plot->title, SMALL_TITLE);
    draw_sparkline(rect, 0, SMALL_TITLE + 1, count, STYLE_GRAPH, first, count,
                   plot->top > 0 ? plot->top : top);
}

static void draw_plot(const struct ui *ui, const struct guest *guest, struct rect rect,
                      const struct plot *plot)
{
    float first[POINTS_MAX], second[POINTS_MAX];
    const struct history *history = frozen_history(ui, guest);
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
    if (history) {
        read_curve(history, plot->metric, slice, ui->now_ns - period / 2, first, count);
        two = read_curve(history, plot->metric2, slice, ui->now_ns - period / 2, second, count);
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
                          .label = plot->label,
                          .span = span};
    draw_graph(rect, &graph);
}

static void draw_plots(const struct ui *ui, const struct guest *guest, struct rect rect)
{
    static void (*const make[4])(struct plot *, const struct ui *, const struct guest *) = {
        plot_cpu, plot_memory, plot_disk, plot_net};
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
            make[row * columns + column](&plot, ui, guest);
            draw_plot(ui, guest, area, &plot);
        }
    }
}

void detail_draw(const struct ui *ui, const struct guest *guest, struct rect rect)
{
    if (rect.height < 3)
        return;
    if (!guest) {
        draw_text(rect, 1, 1, STYLE_DIM, "no guest selected");
        return;
    }
    rect_cut_rows(&rect, 1);
    draw_who(ui, guest, rect_cut_rows(&rect, 1), 0);
    if (rect.height >= 10) {
        draw_figures(ui, guest, rect_cut_rows(&rect, 1), 0);
        if (rect.height >= 11)
            draw_storage(ui, guest, rect_cut_rows(&rect, 1), 0);
        struct rect screen = draw_screen();
        bool elsewhere = header_height(screen.height, screen.width) >= HEADER_WITH_EVENTS;
        recent_draw(ui, elsewhere ? guest : NULL,
                    rect_cut_rows(&rect, rect.height >= 13 ? -2 : -1));
        rect_cut_rows(&rect, rect.height >= 14 ? 1 : 0);
    }
    draw_plots(ui, guest, rect);
}
