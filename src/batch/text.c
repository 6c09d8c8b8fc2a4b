#include <math.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "batch/output.h"
#include "model/problem.h"

#define NAME_CELLS_MIN 8
#define STATE_CELLS 8
#define FIGURE_CELLS 7
#define NOTE_CELLS_MIN 10

static const enum metric columns[] = {METRIC_CPU,       METRIC_MEM_USED,   METRIC_MEM_LIMIT,
                                      METRIC_DISK_READ, METRIC_DISK_WRITE, METRIC_NET_RX,
                                      METRIC_NET_TX,    METRIC_UPTIME};

/* One line, cut to the terminal. */
static void put_line(const struct batch_sample *sample, const char *text, FILE *out)
{
    size_t cells = text_width(text);

    if (sample->width > 0 && cells > (size_t)sample->width) {
        size_t size = (size_t)sample->width * 16 + 1;
        CLEANUP_FREE char *cut = xmalloc(size);
        text_fit(cut, size, text, (size_t)sample->width, sample->ascii);
        fprintf(out, "%s\n", cut);
    } else {
        fprintf(out, "%s\n", text);
    }
}

static const char *percent(char dst[UNITS_MAX], bool known, double value)
{
    if (known && isfinite(value))
        units_percent(dst, value);
    else
        snprintf(dst, UNITS_MAX, "-");
    return dst;
}

static const char *bytes(char dst[UNITS_MAX], bool known, double value)
{
    if (known && isfinite(value))
        units_bytes(dst, value);
    else
        snprintf(dst, UNITS_MAX, "-");
    return dst;
}

static void put_processors(const struct batch_sample *sample, const char *when, FILE *out)
{
    const struct host *host = world_host_get(sample->world);
    const struct host_figures *f = &host->figures;
    char all[UNITS_MAX], user[UNITS_MAX], system[UNITS_MAX], iowait[UNITS_MAX], steal[UNITS_MAX];
    CLEANUP_FREE char *line =
        xasprintf("%s  %s  CPU %s of %d00 %%  user %s system %s iowait %s steal %s", when,
                  host->cur.name, percent(all, true, f->cpu), host->cur.cpus,
                  percent(user, true, f->user), percent(system, true, f->system),
                  percent(iowait, true, f->iowait), percent(steal, true, f->steal));

    put_line(sample, line, out);
}

static void put_resources(const struct batch_sample *sample, FILE *out)
{
    const struct host *host = world_host_get(sample->world);
    const struct host_sample *cur = &host->cur;
    const struct host_figures *f = &host->figures;
    bool memory = cur->has_memory, psi = cur->has_psi, load = cur->has_load;
    char a[UNITS_MAX], b[UNITS_MAX], c[UNITS_MAX], d[UNITS_MAX];
    CLEANUP_FREE char *line = NULL;
    CLEANUP_FREE char *first =
        xasprintf("memory %s of %s  swap %s  load %s",
                  bytes(a, memory, (double)(cur->mem_total - cur->mem_available)),
                  bytes(b, memory, (double)cur->mem_total),
                  bytes(c, memory, (double)cur->swap_used), percent(d, load, cur->load[0]));
    CLEANUP_FREE char *second =
        xasprintf("disk read %s write %s  net in %s out %s", bytes(a, true, f->disk_read_bps),
                  bytes(b, true, f->disk_write_bps), bytes(c, true, f->net_rx_bps),
                  bytes(d, true, f->net_tx_bps));

    line =
        xasprintf("%s  %s  PSI cpu %s mem %s io %s", first, second, percent(a, psi, cur->psi_cpu),
                  percent(b, psi, cur->psi_mem), percent(c, psi, cur->psi_io));
    put_line(sample, line, out);
}

static void put_host(const struct batch_sample *sample, FILE *out)
{
    time_t seconds = (time_t)(sample->wall_ns / NS_PER_S);
    char when[TIME_MAX];
    struct tm tm;

    tzset(); /* as the screen does */
    localtime_r(&seconds, &tm);
    strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
    if (world_host_get(sample->world)->cur.at_ns == 0) {
        put_line(sample, when, out);
        return;
    }
    put_processors(sample, when, out);
    put_resources(sample, out);
}

/* Storage in trouble, and who filled it. */
static void put_places(const struct batch_sample *sample, FILE *out)
{
    const struct world *world = sample->world;
    struct problem problem;

    for (size_t i = 0; i < world_place_count(world); i++) {
        CLEANUP_FREE char *line = NULL;
        char grower[120] = "";

        if (!problem_of_place(world, world_place_at(world, i), sample->now_ns, &problem))
            continue;
        bool grew = problem_grower(world, &problem, sample->now_ns, grower, sizeof(grower));
        line = xasprintf("%s%s%s", problem.cause, grew ? ": " : "", grower);
        put_line(sample, line, out);
    }
}

static void put_totals(const struct batch_sample *sample, FILE *out)
{
    struct world_totals t;
    struct problem problem;
    CLEANUP_FREE char *line = NULL;
    char cpu[UNITS_MAX];
    double guests_cpu = 0;
    bool known = batch_guests_cpu(sample->world, &guests_cpu);

    world_totals(sample->world, &t);
    line =
        xasprintf("%d of %d machines and %d of %d containers running  guests CPU %s  "
                  "%zu of %zu shown",
                  t.machines_running, t.machines, t.containers_running, t.containers,
                  percent(cpu, known, guests_cpu), sample->listing->count, sample->listing->total);
    put_line(sample, line, out);
    for (size_t i = 0; i < world_source_count(sample->world); i++) {
        const struct source *source = world_source_at(sample->world, i);
        CLEANUP_FREE char *trouble = NULL;

        if (problem_of_source(source, sample->now_ns, &problem)) {
            put_line(sample, problem.cause, out);
            continue;
        }
        if (source->state == SOURCE_UP)
            continue;
        trouble = xasprintf("%s: %s%s%s", source->name, source_state_name(source->state),
                            source->error ? ": " : "", source->error ? source->error : "");
        put_line(sample, trouble, out);
    }
    put_places(sample, out);
}

/* Whether the STATE column has said WORD ("CRASHED", "off!") already. */
static bool is_state(const char *word, enum guest_state state)
{
    return strncasecmp(word, state_name(state), strlen(state_name(state))) == 0;
}

/* What the last column says: what is wrong with it, why it is as it is, why its figures are old,
 * else where it is. */
static char *note_of(const struct batch_sample *sample, const struct guest *guest)
{
    char why[200];
    int64_t since;
    bool stale = world_stale(sample->world, guest, sample->now_ns, why, sizeof(why), &since);
    struct problem problem;
    const char *address = guest->facts.addresses[0] ? guest->facts.addresses[0] : "";

    if (problem_now(sample->world, guest, sample->now_ns, &problem))
        return xasprintf("%s%s%s%s%s", is_state(problem.word, guest->state) ? "" : problem.word,
                         is_state(problem.word, guest->state) ? "" : ": ", problem.cause,
                         stale && !guest->blame ? "; " : "", stale && !guest->blame ? why : "");
    if (guest->reason || stale)
        return xasprintf("%s%s%s", guest->reason ? guest->reason : "",
                         guest->reason && stale ? "; " : "", stale ? why : "");
    return xstrdup(address);
}

static size_t name_cells(const struct batch_sample *sample)
{
    size_t cells = NAME_CELLS_MIN;
    size_t fixed = 3 + 1 + STATE_CELLS + ARRAY_SIZE(columns) * (FIGURE_CELLS + 1) + 2;

    for (size_t i = 0; i < sample->listing->count; i++) {
        const char *name = sample->listing->rows[i]->facts.name;
        size_t width = name ? text_width(name) : 0;
        if (width > cells)
            cells = width;
    }
    if (sample->width > 0 && cells + fixed + NOTE_CELLS_MIN > (size_t)sample->width)
        cells = (size_t)sample->width > fixed + NOTE_CELLS_MIN + NAME_CELLS_MIN
                    ? (size_t)sample->width - fixed - NOTE_CELLS_MIN
                    : NAME_CELLS_MIN;
    return cells;
}

static void put_guest(const struct batch_sample *sample, const struct guest *guest, size_t cells,
                      FILE *out)
{
    size_t size = cells * 16 + 1;
    CLEANUP_FREE char *name = xmalloc(size);
    CLEANUP_FREE char *note = note_of(sample, guest);
    CLEANUP_FREE char *line = NULL;
    char figures[ARRAY_SIZE(columns) * (UNITS_MAX + FIGURE_CELLS + 1) + 1];
    size_t used = 0;

    text_fit(name, size, guest->facts.name ? guest->facts.name : "", cells, sample->ascii);
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
        char text[UNITS_MAX] = "-";
        double value;

        if (guest_metric(guest, columns[i], sample->now_ns, &value))
            metric_format_value(text, columns[i], value);
        used +=
            (size_t)snprintf(figures + used, sizeof(figures) - used, " %*s", FIGURE_CELLS, text);
    }
    line = xasprintf("%s %s %-*s%s%s%s", kind_short(guest->facts.kind), name, STATE_CELLS,
                     state_name(guest->state), figures, *note ? "  " : "", note);
    put_line(sample, line, out);
}

void batch_text(const struct batch_sample *sample, FILE *out)
{
    size_t cells = name_cells(sample);
    size_t size = cells * 16 + 1;
    CLEANUP_FREE char *name = xmalloc(size);
    char titles[ARRAY_SIZE(columns) * 32 + 1];
    CLEANUP_FREE char *line = NULL;
    size_t used = 0;

    put_host(sample, out);
    put_totals(sample, out);
    text_fit(name, size, "NAME", cells, true);
    for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
        used += (size_t)snprintf(titles + used, sizeof(titles) - used, " %*s", FIGURE_CELLS,
                                 metric_info(columns[i])->title);
    line = xasprintf("K  %s %-*s%s  NOTE", name, STATE_CELLS, "STATE", titles);
    put_line(sample, line, out);
    for (size_t i = 0; i < sample->listing->count; i++)
        put_guest(sample, sample->listing->rows[i], cells, out);
    fputc('\n', out);
}
