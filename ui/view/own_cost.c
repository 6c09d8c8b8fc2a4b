#include "ui/view/own_cost.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "ui/term/output.h"

#define MEASURE_NS (2 * NS_PER_S)
#define AWAY_NS (10 * NS_PER_S) /* not drawn for that long: nobody looked */
#define NAME_CELLS 24
#define WORKERS_MAX 24 /* more are summed up unseen */

static const char *const notes[] = {
    "CPU in ms, of all threads.  MEMORY is PSS: what is shared counts in part.",
    "READS and WRITES are calls of read, write and their kin, which the kernel",
    "counts; it counts no others.  CALLS of libvirt ask its daemon.  BYTES go to",
    "the terminal, or to the screen.  Spawner and clerk, which sleep, and jobs,",
    "probes and consoles are not in it.",
};

__attribute__((format(printf, 3, 4))) static void add(struct own_cost *own, bool heading,
                                                      const char *fmt, ...)
{
    va_list args;

    if (own->count == OWN_COST_LINES)
        return;
    own->line[own->count].heading = heading;
    va_start(args, fmt);
    vsnprintf(own->line[own->count].text, sizeof(own->line[0].text), fmt, args);
    va_end(args);
    own->count++;
}

static void measure_screen(struct own_cost *own, const struct ui *ui)
{
    int64_t age = ui->clock_ns - own->last.at_ns;

    if (own->last.at_ns && age < MEASURE_NS)
        return;
    if (age > AWAY_NS)
        own->first.at_ns = 0;
    own->last = (struct cost){.at_ns = ui->clock_ns, .bytes = output_bytes()};
    self_measure(&own->last.self);
    if (!own->first.at_ns)
        own->first = own->last;
}

static void figure(char dst[UNITS_MAX], double value, void (*format)(char *, double))
{
    if (isnan(value))
        snprintf(dst, UNITS_MAX, "-");
    else
        format(dst, value);
}

static void milliseconds(char *dst, double value)
{
    snprintf(dst, UNITS_MAX, value < 100 ? "%.2f" : "%.0f", value);
}

/* ID is ours or of the command line: whatever it holds, NAME_CELLS columns of text. */
static void name_of(char *dst, size_t size, const char *id)
{
    char clean[256];

    text_sanitise_into(clean, sizeof(clean), id, strlen(id));
    text_fit_middle(dst, size, clean, NAME_CELLS, true);
}

static void add_share(struct own_cost *own, const char *id, const struct cost_share *share)
{
    char name[NAME_CELLS * 16 + 1], text[6][UNITS_MAX];

    name_of(name, sizeof(name), id);
    figure(text[0], share->cpu_ms, milliseconds);
    figure(text[1], share->memory, units_bytes);
    figure(text[2], share->reads, units_count);
    figure(text[3], share->writes, units_count);
    figure(text[4], share->calls, units_count);
    figure(text[5], share->bytes, units_bytes);
    add(own, false, "%s %8s %7s %7s %7s %7s %7s", name, text[0], text[1], text[2], text[3], text[4],
        text[5]);
}

static void add_slowest(struct own_cost *own, const char *id, const struct cost *cost)
{
    const struct cost_call *call = &cost->slowest;
    char name[NAME_CELLS * 16 + 1], took[UNITS_MAX];

    name_of(name, sizeof(name), id);
    if (!call->what[0]) {
        add(own, false, "%s -", name);
        return;
    }
    milliseconds(took, (double)call->took_ns / (double)NS_PER_MS);
    add(own, false, "%s %s ms%s: %s%s%s", name, took, call->running ? ", and goes on" : "",
        call->what, call->about[0] ? " of " : "", call->about);
}

void own_cost_build(struct own_cost *own, const struct ui *ui)
{
    int64_t period = world_period(engine_world(ui->engine));
    struct cost first, last;
    struct cost_share sum, share;
    const char *source;
    char age[UNITS_MAX];

    measure_screen(own, ui);
    own->count = 0;
    units_duration(age, (double)(own->last.at_ns - own->first.at_ns) / (double)NS_PER_S);
    add(own, true, "What vctop costs a refresh (%.3g s), on average of the last %s",
        (double)period / (double)NS_PER_S, age);
    add(own, false, "%-*s %8s %7s %7s %7s %7s %7s", NAME_CELLS, "", "CPU", "MEMORY", "READS",
        "WRITES", "CALLS", "BYTES");
    cost_share(&sum, &own->first, &own->last, period);
    add_share(own, "screen", &sum);
    for (size_t i = 0; engine_cost(ui->engine, i, &source, &first, &last); i++) {
        cost_share(&share, &first, &last, period);
        cost_share_add(&sum, &share);
        if (i < WORKERS_MAX)
            add_share(own, source, &share);
    }
    add_share(own, "all", &sum);
    add(own, true, "The slowest call of the last minute");
    for (size_t i = 0; i < WORKERS_MAX && engine_cost(ui->engine, i, &source, &first, &last); i++)
        add_slowest(own, source, &last);
    for (size_t i = 0; i < ARRAY_SIZE(notes); i++)
        add(own, false, "%s", notes[i]);
}
