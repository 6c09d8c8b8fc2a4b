#include "ui/view/header.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "model/problem.h"
#include "ui/view/line.h"
#include "ui/view/meter_line.h"
#include "ui/view/recent.h"
#include "ui/view/tabs.h"
#include "ui/view/troubled.h"

#define NARROW 60

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
        meter_put_cpu(&line, scene->ui, 0);
    line.right -= room;
    if (rect.width >= NARROW)
        meter_put_cpu(&line, scene->ui, 0);
    meter_put_memory(&line, scene->ui, 0);
    meter_put_pressure(&line, scene->ui);
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
        meter_put_flows(&line, scene->ui);
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
    meter_put_cpu(&line, scene->ui, bar);
    meter_put_share(&line, scene->ui, &scene->totals);
    meter_put_memory(&line, scene->ui, bar * 2 / 3);
    meter_put_pressure(&line, scene->ui);

    line = line_new(rect, 2);
    meter_put_trend(&line, scene->ui);
    meter_put_flows(&line, scene->ui);

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
