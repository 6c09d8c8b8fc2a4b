/* What the tabs have in common that show a guest's parts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "ui/view/detail_internal.h"

/* The monitor is asked that often: what it alone tells may be as old. */
#define MONITOR_NS (5 * NS_PER_S)

double detail_gauge(const struct part *part, enum part_field field)
{
    return part_has(part, field) ? (double)part->value[field] : NAN;
}

double detail_rate(const struct ui *ui, const struct part *part, enum part_field field)
{
    double rate;

    return world_part_rate(ui->world, part, field, &rate) ? rate : NAN;
}

double detail_share(const struct ui *ui, const struct part *part, enum part_field field)
{
    return detail_rate(ui, part, field) * 100 / NS_PER_S;
}

double detail_latency(const struct ui *ui, const struct part *part, enum part_field time,
                      enum part_field ops)
{
    double ns;

    return world_part_latency(ui->world, part, time, ops, &ns) ? ns / NS_PER_MS : NAN;
}

const char *detail_word(const struct part *part, int word)
{
    return part->words[word] && *part->words[word] ? part->words[word] : "-";
}

const struct parts *detail_list(struct detail *detail, const struct ui *ui,
                                const struct guest *guest, unsigned kinds)
{
    const struct parts *parts = world_parts_of(ui->world, guest);

    detail_rows_clear(detail);
    for (size_t i = 0; parts && i < parts->count; i++)
        if (PART_BIT(parts->part[i].kind) & kinds)
            detail_row_add(detail, i);
    return detail->row_count ? parts : NULL;
}

struct busy {
    double cpu; /* unknown is the least */
    uint64_t row;
};

static int busiest_first(const void *a, const void *b)
{
    const struct busy *left = a, *right = b;

    if (left->cpu != right->cpu)
        return left->cpu < right->cpu ? 1 : -1;
    return (left->row > right->row) - (left->row < right->row);
}

void detail_by_cpu(struct detail *detail, const struct ui *ui, const struct parts *parts)
{
    CLEANUP_FREE struct busy *busy = xcalloc(detail->row_count + 1, sizeof(*busy));

    for (size_t i = 0; i < detail->row_count; i++) {
        double cpu = detail_rate(ui, &parts->part[detail->rows[i]], PART_FIELD_CPU);
        busy[i] = (struct busy){isnan(cpu) ? -1 : cpu, detail->rows[i]};
    }
    qsort(busy, detail->row_count, sizeof(*busy), busiest_first);
    for (size_t i = 0; i < detail->row_count; i++)
        detail->rows[i] = busy[i].row;
}

/* How old PART's figures are, 0 when they are as fresh as they can be. */
static int64_t too_old(const struct ui *ui, const struct part *part)
{
    int64_t period = world_period(ui->world), age = ui->now_ns - part->at_ns;
    bool monitor = part->kind == PART_DISK || part->kind == PART_MEMORY;

    if (monitor && period < MONITOR_NS)
        period = MONITOR_NS;
    return part->at_ns > 0 && age > 2 * period + NS_PER_S ? age : 0;
}

enum style detail_style(const struct ui *ui, const struct part *part)
{
    return too_old(ui, part) ? STYLE_STALE : STYLE_NORMAL;
}

void detail_put_age(struct line *line, const struct ui *ui, const struct parts *parts,
                    unsigned kinds)
{
    int64_t oldest = 0;
    char age[UNITS_MAX];

    for (size_t i = 0; parts && i < parts->count; i++)
        if (PART_BIT(parts->part[i].kind) & kinds && too_old(ui, &parts->part[i]) > oldest)
            oldest = too_old(ui, &parts->part[i]);
    if (!oldest)
        return;
    units_duration(age, (double)oldest / NS_PER_S);
    line_right(line, 2, STYLE_WARN, "%s old", age);
}

void detail_draw_nothing(const struct detail *detail, const struct ui *ui,
                         const struct guest *guest, struct rect rect, unsigned kinds,
                         const char *what)
{
    const struct parts *parts = world_parts_of(ui->world, guest);
    int64_t patience = 2 * world_period(ui->world) + NS_PER_S;

    if (!state_is_live(guest->state))
        draw_format(rect, 0, 1, STYLE_DIM, "not running: no %s", what);
    else if (parts && (parts->none & kinds) == kinds)
        draw_format(rect, 0, 1, STYLE_DIM, "it has no %s of its own", what);
    else if (ui->clock_ns - detail->opened_ns < patience)
        draw_format(rect, 0, 1, STYLE_DIM, "asking for its %s", what);
    else
        draw_format(rect, 0, 1, STYLE_DIM, "nothing is known of its %s", what);
}

void detail_text(char dst[UNITS_MAX], enum detail_unit unit, double value)
{
    if (unit == DETAIL_BYTES)
        units_bytes(dst, value);
    else if (unit == DETAIL_COUNT)
        units_count(dst, value);
    else if (isnan(value))
        snprintf(dst, UNITS_MAX, "-");
    else if (unit == DETAIL_MS)
        snprintf(dst, UNITS_MAX, "%.*f", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value);
    else
        units_percent(dst, value);
}

void detail_cell(const struct grid *grid, struct rect rect, int y, int column, enum style style,
                 enum detail_unit unit, double value)
{
    char text[UNITS_MAX];

    detail_text(text, unit, value);
    if (style == STYLE_NORMAL && (isnan(value) || value < 0.05))
        style = STYLE_DIM;
    grid_cell(grid, rect, y, column, style, text);
}

void detail_put(struct line *line, const char *before, enum detail_unit unit, double value,
                const char *after)
{
    char text[UNITS_MAX];

    if (isnan(value))
        return;
    detail_text(text, unit, value);
    line_left(line, 2, STYLE_DIM, "%s %s%s", before, text, after);
}
