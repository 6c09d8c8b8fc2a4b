#include "ui/view/header.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "model/problem.h"
#include "ui/view/frozen.h"
#include "ui/view/line.h"
#include "ui/view/recent.h"
#include "ui/view/tabs.h"
#include "ui/view/troubled.h"
#include "ui/view/wording.h"

#define TREND 30
#define NARROW 60
#define PSI_CELLS 12 /* "  PSI i 12.4" */

/* What the lines are made from. */
struct scene {
    const struct ui *ui;
    const struct host *host;
    struct world_totals totals;
    struct problem_counts counts;
    struct troubled places;
};

int header_height(int screen_height, int screen_width)
{
    if (screen_height < 12)
        return 1;
    if (screen_height < 30 || screen_width < 100)
        return 2;
    return screen_height >= 40 && screen_width >= 120 ? HEADER_WITH_EVENTS : 4;
}

static void clock_text(char dst[16], int64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / NS_PER_S);
    struct tm at;

    dst[0] = '\0';
    tzset(); /* the host's time zone may be another one since */
    if (localtime_r(&seconds, &at))
        strftime(dst, 16, "%H:%M:%S", &at);
}

static void put_clock(struct line *line, const struct ui *ui)
{
    char text[16];

    clock_text(text, ui->wall_ns);
    line_right(line, 0, STYLE_NORMAL, "%s", text);
}

static void put_badges(struct line *line, const struct ui *ui)
{
    if (ui->frozen)
        line_right(line, 2, STYLE_BADGE, " FROZEN ");
    if (engine_readonly(ui->engine))
        line_right(line, 2, STYLE_BADGE, " READ-ONLY ");
    if (ui->simulated || world_source(ui->world, "sim"))
        line_right(line, 2, STYLE_BADGE, " SIMULATED ");
}

static void put_bar(struct line *line, int cells, double fraction)
{
    int x = cells ? line_reserve(line, 1, cells) : -1;

    if (x >= 0)
        draw_bar(line->rect, line->y, x, cells, fraction, true);
}

static bool is_on(const struct scene *scene, enum meter meter)
{
    return !(scene->ui->meters_off & METER_BIT(meter));
}

static void put_cpu(struct line *line, const struct scene *scene, int bar)
{
    const struct host_figures *figures = &scene->host->figures;
    double all = figures->cpus * 100.0;
    bool known = !isnan(figures->cpu) && all > 0;
    char text[32] = "   -";

    if (!is_on(scene, METER_CPU))
        return;
    if (known)
        snprintf(text, sizeof(text), "%4.0f/%.0f", figures->cpu, all);
    if (!bar) {
        line_left(line, 2, STYLE_NORMAL, "CPU%s", text);
        return;
    }
    line_left(line, 2, STYLE_NORMAL, "CPU");
    put_bar(line, bar, known ? figures->cpu / all : NAN);
    line_left(line, 1, STYLE_NORMAL, "%s", text);
}

/* What the guests use together; the rest is the host's own.  One old figure makes both old. */
static void put_share(struct line *line, const struct scene *scene)
{
    const struct host_figures *figures = &scene->host->figures;

    if (!scene->totals.cpu_known || !is_on(scene, METER_CPU))
        return;
    double guests = scene->totals.cpu_percent, other = figures->cpu - guests;
    const struct ui *ui = scene->ui;
    bool old = scene->totals.cpu_since_ns &&
               figures_are_old(scene->totals.cpu_since_ns, ui->now_ns, world_period(ui->world));
    enum style style = old ? STYLE_STALE : STYLE_DIM;
    const char *mark = old ? "?" : ""; /* one grey beside another would not be seen */

    if (isnan(other))
        line_left(line, 1, style, "guests %4.0f%s", guests, mark);
    else
        line_left(line, 1, style, "guests %4.0f%s host %3.0f%s", guests, mark,
                  other > 0 ? other : 0, mark);
}

static void put_memory(struct line *line, const struct scene *scene, int bar)
{
    const struct host_sample *cur = &scene->host->cur;
    bool known = cur->has_memory && cur->mem_total > 0;
    double used = known ? (double)(cur->mem_total - cur->mem_available) : NAN;
    char text[32];

    if (!is_on(scene, METER_MEMORY))
        return;
    wording_ratio(text, used, known ? (double)cur->mem_total : NAN);
    if (bar) {
        line_left(line, 2, STYLE_NORMAL, "MEM");
        put_bar(line, bar, known ? used / (double)cur->mem_total : NAN);
        line_left(line, 1, STYLE_NORMAL, "%s", text);
    } else {
        line_left(line, 2, STYLE_NORMAL, "MEM %s", text);
    }
    if (known && cur->swap_used >= 1 << 20) {
        wording_ratio(text, (double)cur->swap_used, (double)cur->swap_total);
        line_left(line, 2, STYLE_WARN, "swap %s", text);
    }
}

static enum style pressure_style(double percent)
{
    return percent >= 25 ? STYLE_BAD : percent >= 10 ? STYLE_WARN : STYLE_DIM;
}

/* Zero pressure says nothing. */
static void put_pressure(struct line *line, const struct scene *scene)
{
    const struct host_sample *cur = &scene->host->cur;
    const double values[3] = {cur->psi_cpu, cur->psi_mem, cur->psi_io};
    static const char names[3] = {'c', 'm', 'i'};
    bool any = false;

    if (!cur->has_psi || !is_on(scene, METER_PRESSURE))
        return;
    for (int i = 0; i < 3; i++) {
        if (!(values[i] >= 0.5))
            continue;
        if (!any && line->left + PSI_CELLS > line->right)
            return; /* no word without its figure */
        if (!any)
            line_left(line, 2, STYLE_DIM, "PSI");
        any = true;
        line_left(line, 1, pressure_style(values[i]), "%c %.1f", names[i], values[i]);
    }
}

static void rate_text(char dst[UNITS_MAX], double value)
{
    if (isnan(value))
        snprintf(dst, UNITS_MAX, "-");
    else
        units_bytes(dst, value);
}

static void put_flows(struct line *line, const struct scene *scene)
{
    const struct host_figures *figures = &scene->host->figures;
    char in[UNITS_MAX], out[UNITS_MAX];

    rate_text(in, figures->disk_read_bps);
    rate_text(out, figures->disk_write_bps);
    if (is_on(scene, METER_DISK))
        line_left(line, 2, STYLE_NORMAL, "disk r %5s/s w %5s/s", in, out);
    rate_text(in, figures->net_rx_bps);
    rate_text(out, figures->net_tx_bps);
    if (is_on(scene, METER_NET))
        line_left(line, 3, STYLE_NORMAL, "net in %5s/s out %5s/s", in, out);
    if (scene->host->cur.has_load && is_on(scene, METER_LOAD))
        line_left(line, 3, STYLE_DIM, "load %.2f %.2f %.2f", scene->host->cur.load[0],
                  scene->host->cur.load[1], scene->host->cur.load[2]);
}

static void put_trend(struct line *line, const struct scene *scene)
{
    float values[TREND];
    if (!is_on(scene, METER_TREND))
        return;
    int x = line_reserve(line, 0, TREND);
    int count = frozen_host_cpu(scene->ui, values, TREND);

    if (x >= 0 && count > 0)
        draw_sparkline(line->rect, line->y, x, TREND, STYLE_GRAPH, values, count,
                       scene->host->figures.cpus * 100.0);
}

/* A single problem by the guest's name and with its cause; false when there is no room. */
static bool put_only_problem(struct line *line, const struct scene *scene)
{
    const struct guest *guest = scene->counts.only;
    struct problem problem;

    return guest && problem_of(scene->ui->world, guest, scene->ui->now_ns, &problem) &&
           line_left(line, 2, troubled_style(problem.severity), "! %.32s: %s",
                     guest->facts.name ? guest->facts.name : "?", problem.cause);
}

/* How many guests are in which trouble.  Kinds with the same word stand behind each other. */
static void put_problems(struct line *line, const struct scene *scene, bool names)
{
    const struct problem_counts *counts = &scene->counts;
    size_t count = 0;
    bool act = false;

    if (!counts->guests || scene->ui->engine_broken || (names && put_only_problem(line, scene)))
        return;
    line_left(line, 2, counts->act ? STYLE_BAD : STYLE_WARN, "!");
    for (int i = 0; i < PROBLEM_GUEST_KINDS; i++) {
        enum problem_kind kind = (enum problem_kind)i;

        count += counts->of[i];
        act = act || counts->acts[i];
        if (count && strcmp(problem_group(kind), problem_group(kind + 1)) != 0) {
            line_left(line, 1, act ? STYLE_BAD : STYLE_WARN, "%zu %s", count, problem_group(kind));
            count = 0;
            act = false;
        }
    }
}

static void put_one_source(struct line *line, const struct ui *ui, const struct source *source)
{
    struct problem problem;

    if (source->state == SOURCE_CONNECTING && !source_is_quiet(source))
        line_left(line, 2, STYLE_DIM, "%.60s: asking", source->name);
    if (!problem_of_source(source, ui->now_ns, &problem))
        return;
    enum style style = troubled_style(problem.severity);
    /* An error is worth its beginning; of what is merely away a few words say enough. */
    if (line_left(line, 2, style, "%s", problem.cause))
        return;
    if (source->state == SOURCE_DENIED || source->state == SOURCE_FAILED)
        line_rest(line, 2, style, problem.cause);
    else
        line_left(line, 2, style, "%s", problem.word);
}

static void put_sources(struct line *line, const struct ui *ui)
{
    if (ui->engine_broken) {
        /* Nothing else is true of any source then. */
        line_rest(line, 2, STYLE_BAD, "own workers are gone: start vctop again");
        return;
    }
    for (size_t i = 0; i < world_source_count(ui->world); i++)
        put_one_source(line, ui, world_source_at(ui->world, i));
}

/* The host itself is in trouble, which needs room beside the guests' problems. */
static bool has_host_problem(const struct scene *scene)
{
    const struct ui *ui = scene->ui;
    struct problem problem;

    for (size_t i = 0; i < world_source_count(ui->world); i++)
        if (problem_of_source(world_source_at(ui->world, i), ui->now_ns, &problem))
            return true;
    return scene->places.total > 0;
}

/* What hidden consoles have said waits to be read. */
static void put_news(struct line *line, const struct ui *ui)
{
    const char *name = "";
    size_t count = tabs_news(ui, &name);

    if (count == 1 && !line_left(line, 2, STYLE_MARKED, "console has news: %.20s", name))
        line_left(line, 1, STYLE_MARKED, "*%.12s", name);
    if (count > 1 && !line_left(line, 2, STYLE_MARKED, "%zu consoles have news", count))
        line_left(line, 1, STYLE_MARKED, "*%zu", count);
}

static bool has_modes(const struct scene *scene)
{
    return scene->totals.marked || scene->ui->filter[0] || scene->ui->follow;
}

static void put_modes(struct line *line, const struct scene *scene)
{
    const struct ui *ui = scene->ui;

    if (scene->totals.marked)
        line_left(line, 2, STYLE_MARKED, "%d marked", scene->totals.marked);
    /* The words give way, not the fact. */
    if (ui->filter[0] && !line_left(line, 2, STYLE_BADGE, " filter '%.40s': %zu of %zu shown ",
                                    ui->filter, ui->shown, ui->total))
        if (!line_left(line, 2, STYLE_BADGE, " %zu of %zu shown ", ui->shown, ui->total))
            line_left(line, 1, STYLE_BADGE, "%zu/%zu", ui->shown, ui->total);
    if (ui->follow)
        line_left(line, 2, STYLE_DIM, "follow");
    if (!ui->tabs->visible) /* there they stand by name */
        put_news(line, ui);
}

static const char *host_name(const struct scene *scene)
{
    return scene->host->cur.name[0] ? scene->host->cur.name : "this host";
}

/* Trouble comes before figures: those give way. */
static void draw_compact(struct scene *scene, struct rect rect)
{
    const struct world_totals *totals = &scene->totals;
    struct line line = line_new(rect, 0);

    /* In a single line the time of day gives way to what is on. */
    if (rect.height >= 2 || !has_modes(scene))
        put_clock(&line, scene->ui);
    put_badges(&line, scene->ui);
    line_left(&line, 0, STYLE_TITLE, "%.20s", host_name(scene));
    if (rect.height < 2)
        put_modes(&line, scene);
    int room = troubled_room(scene->ui, &scene->places);
    /* One figure stays on a narrow screen: there the line below has the trouble. */
    if (rect.width < NARROW)
        put_cpu(&line, scene, 0);
    line.right -= room;
    if (rect.width >= NARROW)
        put_cpu(&line, scene, 0);
    put_memory(&line, scene, 0);
    put_pressure(&line, scene);
    line.right += room;
    troubled_put(&line, scene->ui, &scene->places, true);
    if (rect.height < 2) {
        troubled_put_more(&line, &scene->places);
        return;
    }

    line = line_new(rect, 1);
    put_problems(&line, scene, rect.width >= 100 || !has_host_problem(scene));
    room = troubled_room(scene->ui, &scene->places);
    line.right -= room;
    put_modes(&line, scene);
    put_sources(&line, scene->ui);
    line.right += room;
    troubled_put(&line, scene->ui, &scene->places, true);
    troubled_put_more(&line, &scene->places);
    line_left(&line, 2, STYLE_DIM, "vm %d/%d ct %d/%d", totals->machines_running, totals->machines,
              totals->containers_running, totals->containers);
    if (scene->ui->simulated)
        line_rest(&line, 2, STYLE_DIM, scene->ui->simulated);
    if (rect.width >= 100)
        put_flows(&line, scene);
}

static void draw_counts(const struct scene *scene, struct rect rect)
{
    const struct world_totals *totals = &scene->totals;
    const struct host_sample *cur = &scene->host->cur;
    struct line line = line_new(rect, 0);
    char text[UNITS_MAX];

    snprintf(text, sizeof(text), "%.3g", (double)world_period(scene->ui->world) / NS_PER_S);
    line_right(&line, 0, STYLE_DIM, "every %s s", text);
    clock_text(text, scene->ui->wall_ns);
    line_right(&line, 2, STYLE_NORMAL, "%s", text);
    put_badges(&line, scene->ui);
    line_left(&line, 0, STYLE_TITLE, "vctop  %.40s", host_name(scene));
    if (scene->host->figures.cpus)
        line_left(&line, 2, STYLE_DIM, "%d CPUs", scene->host->figures.cpus);
    if (cur->uptime_s) {
        units_duration(text, (double)cur->uptime_s);
        line_left(&line, 2, STYLE_DIM, "up %s", text);
    }
    if (!line_left(&line, 4, STYLE_NORMAL, "%d machine%s, %d running    %d container%s, %d running",
                   totals->machines, totals->machines == 1 ? "" : "s", totals->machines_running,
                   totals->containers, totals->containers == 1 ? "" : "s",
                   totals->containers_running))
        line_left(&line, 2, STYLE_NORMAL, "vm %d/%d  ct %d/%d", totals->machines_running,
                  totals->machines, totals->containers_running, totals->containers);
}

static void draw_full(struct scene *scene, struct rect rect)
{
    int bar = rect.width >= 160 ? 30 : 20;

    draw_counts(scene, rect);

    struct line line = line_new(rect, 1);
    put_cpu(&line, scene, bar);
    put_share(&line, scene);
    put_memory(&line, scene, bar * 2 / 3);
    put_pressure(&line, scene);

    line = line_new(rect, 2);
    put_trend(&line, scene);
    put_flows(&line, scene);

    if (rect.height > 4)
        recent_draw_line(scene->ui, rect, 3);
    line = line_new(rect, rect.height - 1);
    put_problems(&line, scene, true);
    int room = troubled_room(scene->ui, &scene->places);
    line.right -= room;
    put_modes(&line, scene);
    put_sources(&line, scene->ui);
    line.right += room;
    troubled_put(&line, scene->ui, &scene->places, false);
    troubled_put_more(&line, &scene->places);
    if (scene->ui->simulated)
        line_rest(&line, 2, STYLE_DIM, scene->ui->simulated);
}

void header_draw(const struct ui *ui, struct rect rect)
{
    struct scene scene = {.ui = ui, .host = world_host_get(ui->world)};

    world_totals(ui->world, &scene.totals);
    problem_count(ui->world, ui->now_ns, &scene.counts);
    troubled_find(ui, &scene.places);
    if (rect.height >= 4)
        draw_full(&scene, rect);
    else
        draw_compact(&scene, rect);
}
