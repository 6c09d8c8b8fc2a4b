/* What running guests costs here: machines beside containers, each figure with how many guests it
 * rests on; and the sum of all of them, which adds up to the whole machine. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "model/compare.h"
#include "model/part.h"
#include "model/world.h"
#include "ui/term/term.h"
#include "ui/view/view.h"

#define LABEL_CELLS 30
#define SIDE_CELLS 16         /* of a kind, at least */
#define NARROW_LABEL_CELLS 26 /* where not all kinds would fit behind those: the longest, ... */
#define NARROW_SIDE_CELLS 7   /* ... and a figure alone */
#define WORDS_CELLS 13        /* of a column whose figures have words behind them */
#define FIGURE_CELLS 6
#define SUM_CELLS 20 /* both columns of the sum */
#define NAME_MAX_CELLS 24
#define NOTE_CELLS 47 /* of the longest note: cut it says nothing */
#define PERCENT_SCALE 10.0
#define GIB (1024.0 * 1024 * 1024)
#define GIB_SCALE 100.0

/* What of a figure a line says. */
enum aspect {
    MEDIAN,
    WORST,
    TOTAL
};

static const struct line {
    enum compare_figure figure;
    enum aspect aspect;
    const char *label;
    const char *note; /* how it is measured, where there is room */
    bool spare;       /* goes first where lines are short */
} lines[] = {
    {COMPARE_OVERHEAD, MEDIAN, "memory overhead, median",
     "QEMU's beside its guest's; kernel and monitor", false},
    {COMPARE_OVERHEAD, WORST, "memory overhead, worst", "", false},
    {COMPARE_OVERHEAD, TOTAL, "memory overhead, total", "", false},
    {COMPARE_VIRT, MEDIAN, "CPU % to run it, median", "QEMU without its vCPUs; the monitor", false},
    {COMPARE_VIRT, WORST, "CPU % to run it, worst", "", true},
    {COMPARE_VIRT, TOTAL, "CPU % to run it, total", "", false},
    {COMPARE_REQUEST, MEDIAN, "start, request to ready",
     "started from here; ready: agent up, init runs", false},
    {COMPARE_BOOT, MEDIAN, "start, process to ready", "all starts that were seen", false},
    {COMPARE_DISK, MEDIAN, "disk bytes/s, median", "read and written, as the host counts", false},
    {COMPARE_DISK_OPS, MEDIAN, "disk op/s, median", "", true},
    {COMPARE_READ_TIME, MEDIAN, "disk, time of a read",
     "of machines, as QEMU counts: a look every 10 s", true},
    {COMPARE_WRITE_TIME, MEDIAN, "disk, time of a write", "", false},
    {COMPARE_NET, MEDIAN, "network bytes/s, median", "in and out; the path's delay is not measured",
     false},
};

struct compare_view {
    struct view view; /* first */
};

/* What stands where: a column for each kind, then the notes. */
struct table {
    enum compare_kind kinds[COMPARE_KINDS];
    int count, label, side, width;
};

static int column_x(const struct table *table, int column)
{
    return table->label + column * table->side;
}

/* There is room for how many guests a figure rests on, or whose it is. */
static bool has_words(const struct table *table)
{
    return table->side >= WORDS_CELLS;
}

/* Names get what the notes leave over.  It hangs on the width alone: who is worst changes at each
 * look, and no column is to move then. */
static int side_cells(int count, int width)
{
    int spare = width - LABEL_CELLS - count * SIDE_CELLS, most = FIGURE_CELLS + 2 + NAME_MAX_CELLS;
    int side = SIDE_CELLS + (spare < NOTE_CELLS ? spare : spare - NOTE_CELLS) / count;

    return side < SIDE_CELLS ? SIDE_CELLS : side < most ? side : most;
}

static void value_text(char dst[UNITS_MAX], const struct line *line,
                       const struct compare_value *value)
{
    double what = line->aspect == MEDIAN  ? value->median
                  : line->aspect == WORST ? value->worst
                                          : value->total;
    enum metric format = compare_info(line->figure)->format;

    if (value->count == 0)
        snprintf(dst, UNITS_MAX, "-");
    else
        metric_format_value(dst, format, what);
}

/* "231M [17]", or whose it is: "412M win-ad" in NAME_CELLS. */
static void draw_value(struct rect rect, int y, int x, const struct line *line,
                       const struct compare_value *value, bool words, int name_cells)
{
    char text[UNITS_MAX], name[NAME_MAX_CELLS * 16 + 1];
    bool known = value->count > 0;

    value_text(text, line, value);
    draw_right(rect, y, x, known ? STYLE_NORMAL : STYLE_DIM, text, FIGURE_CELLS);
    if (!known || !words)
        return;
    if (line->aspect != WORST) {
        draw_format(rect, y, x + FIGURE_CELLS + 1, STYLE_DIM, "[%d]", value->count);
    } else if (value->worst_guest && value->worst_guest->facts.name) {
        text_fit_middle(name, sizeof(name), value->worst_guest->facts.name, (size_t)name_cells,
                        !term_is_utf8());
        draw_cell(rect, y, x + FIGURE_CELLS + 1, STYLE_DIM, name, name_cells);
    }
}

/* The kinds that have a column: emulated machines only where there are some. */
static void layout(struct table *ret, const struct compare *compare, int width)
{
    *ret = (struct table){.width = width};
    for (int kind = 0; kind < COMPARE_KINDS; kind++)
        if (kind != COMPARE_EMULATED || compare->side[kind].guests > 0)
            ret->kinds[ret->count++] = (enum compare_kind)kind;
    bool narrow = width < LABEL_CELLS + ret->count * SIDE_CELLS;
    int spare = width - NARROW_LABEL_CELLS - ret->count * NARROW_SIDE_CELLS;
    ret->label = narrow ? NARROW_LABEL_CELLS : LABEL_CELLS;
    ret->side = !narrow      ? side_cells(ret->count, width)
                : spare <= 0 ? NARROW_SIDE_CELLS
                             : NARROW_SIDE_CELLS + spare / ret->count;
}

static void draw_heading(struct rect rect, const struct compare *compare, const struct table *table)
{
    const char *const titles[COMPARE_KINDS] = {"KVM", has_words(table) ? "EMULATED" : "TCG", "LXC"};

    draw_text(rect, 0, 1, STYLE_TITLE, "What running guests costs");
    draw_text(rect, 1, 1, STYLE_NORMAL, "running, of all");
    for (int i = 0; i < table->count; i++) {
        const struct compare_side *side = &compare->side[table->kinds[i]];
        int x = column_x(table, i);
        draw_right(rect, 0, x, STYLE_HEADER, titles[table->kinds[i]],
                   FIGURE_CELLS +
                       (table->kinds[i] == COMPARE_EMULATED && has_words(table) ? 2 : 0));
        char text[24];
        snprintf(text, sizeof(text), "%d", side->running);
        draw_right(rect, 1, x, STYLE_NORMAL, text, FIGURE_CELLS);
        if (has_words(table))
            draw_format(rect, 1, x + FIGURE_CELLS + 1, STYLE_DIM, "of %d", side->guests);
    }
}

static void draw_density(struct rect rect, int y, const struct compare *compare,
                         const struct table *table)
{
    draw_text(rect, y, 1, STYLE_NORMAL, "guests per GiB");
    for (int i = 0; i < table->count; i++) {
        const struct compare_side *side = &compare->side[table->kinds[i]];
        int x = column_x(table, i);
        char text[UNITS_MAX] = "-";
        bool known = isfinite(side->per_gib);

        if (known)
            snprintf(text, sizeof(text), "%.*f", side->per_gib < 9.95 ? 1 : 0, side->per_gib);
        draw_right(rect, y, x, known ? STYLE_NORMAL : STYLE_DIM, text, FIGURE_CELLS);
        if (known && has_words(table))
            draw_format(rect, y, x + FIGURE_CELLS + 1, STYLE_DIM, "[%d]",
                        side->value[COMPARE_MEM_HOST].count);
    }
}

static void draw_amount(struct rect rect, int y, int x, bool known, int64_t units, double scale)
{
    char text[UNITS_MAX] = "-";

    if (known)
        snprintf(text, sizeof(text), "%.*f", scale == PERCENT_SCALE ? 1 : 2, (double)units / scale);
    draw_right(rect, y, x, known ? STYLE_NORMAL : STYLE_DIM, text, 9);
}

static void draw_sum(struct rect rect, int y, const struct compare *compare,
                     const struct host_sample *host)
{
    int64_t cpu[3], mem[3];
    bool has_cpu = compare_round(&compare->cpu, PERCENT_SCALE, &cpu[0], &cpu[1], &cpu[2]);
    struct compare_sum gib = compare->mem;
    gib.guests /= GIB;
    gib.machine /= GIB;
    bool has_mem = compare_round(&gib, GIB_SCALE, &mem[0], &mem[1], &mem[2]);
    static const char *const labels[] = {NULL, "+ host and other", "= the whole machine"};
    int x0 = rect.width < LABEL_CELLS - 3 + SUM_CELLS ? rect.width - SUM_CELLS : LABEL_CELLS - 3;
    char all[64];

    snprintf(all, sizeof(all),
             compare->cpu.known == compare->cpu.live ? "  all %d guests" : "  %d guests, of %d",
             compare->cpu.known, compare->cpu.live);
    draw_right(rect, y, x0, STYLE_HEADER, "CPU %", 9);
    draw_right(rect, y, x0 + 11, STYLE_HEADER, "MEMORY G", 9);
    for (int i = 0; i < 3; i++) {
        draw_text(rect, y + 1 + i, 1, STYLE_NORMAL, i == 0 ? all : labels[i]);
        draw_amount(rect, y + 1 + i, x0, has_cpu, cpu[i], PERCENT_SCALE);
        draw_amount(rect, y + 1 + i, x0 + 11, has_mem, mem[i], GIB_SCALE);
    }
    int x = x0 + 22;
    if (has_cpu && cpu[1] < 0)
        draw_text(rect, y + 2, x, STYLE_DIM, "the host's clock is coarser");
    else if (rect.width >= x + 34)
        draw_text(rect, y + 2, x, STYLE_DIM, "memory with what is cached");
    if (host->has_memory && host->cpus > 0)
        draw_format(rect, y + 3, x, STYLE_DIM, "of %d %%, %.2f G", host->cpus * 100,
                    (double)host->mem_total / GIB);
}

/* The names of the last column may go on where notes stand: these lines have none. */
static int name_cells_of(const struct table *table, int column)
{
    int end = column + 1 < table->count ? column_x(table, column + 1) : table->width;
    int room = end - column_x(table, column) - FIGURE_CELLS - 2;

    return room < 0 ? 0 : room < NAME_MAX_CELLS ? room : NAME_MAX_CELLS;
}

static void draw_lines(struct rect rect, int *y, const struct compare *compare,
                       const struct table *table, bool all)
{
    int note_x = column_x(table, table->count);

    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        const struct line *line = &lines[i];

        if (line->spare && !all)
            continue;
        draw_text(rect, *y, 1, STYLE_NORMAL, line->label);
        for (int k = 0; k < table->count; k++)
            draw_value(rect, *y, column_x(table, k), line,
                       &compare->side[table->kinds[k]].value[line->figure], has_words(table),
                       name_cells_of(table, k));
        if (rect.width - note_x >= NOTE_CELLS && line->note[0])
            draw_cell(rect, *y, note_x, STYLE_DIM, line->note, rect.width - note_x - 1);
        ++*y;
    }
}

static void draw(struct view *view, struct ui *ui, struct rect rect)
{
    struct compare compare;
    struct table table;
    /* Heading, lines, density, sum. */
    bool all = rect.height >= 2 + (int)ARRAY_SIZE(lines) + 1 + 4;
    bool apart = rect.height >= 2 + (int)ARRAY_SIZE(lines) + 1 + 4 + 2;
    int y = 2 + apart;

    (void)view;
    draw_clear(rect, STYLE_NORMAL);
    compare_build(&compare, ui->world, ui->now_ns);
    layout(&table, &compare, rect.width);
    draw_heading(rect, &compare, &table);
    draw_lines(rect, &y, &compare, &table, all);
    draw_density(rect, y, &compare, &table);
    draw_sum(rect, y + 1 + apart, &compare, &world_host_get(ui->world)->cur);
}

static void arrange(struct view *view, struct ui *ui, bool resort)
{
    (void)view;
    (void)ui;
    (void)resort;
}

static void want(const struct view *view, struct ui *ui)
{
    (void)view;
    engine_want_parts(ui->engine, PARTS_DISK_TIMES);
}

static unsigned command(struct view *view, struct ui *ui, enum command which)
{
    (void)view;
    (void)ui;
    (void)which;
    return 0;
}

static void compare_free(struct view *view)
{
    free(view);
}

static const struct view_ops compare_ops = {
    .name = "compare",
    .context = CONTEXT_FIGURES,
    .arrange = arrange,
    .draw = draw,
    .command = command,
    .want = want,
    .free = compare_free,
};

struct view *compare_view_new(void)
{
    struct compare_view *self = xcalloc(1, sizeof(*self));
    self->view.ops = &compare_ops;
    return &self->view;
}
