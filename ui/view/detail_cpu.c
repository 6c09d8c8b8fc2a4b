/* Who of a guest uses CPUs, and which it may use. */
#include <math.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "ui/view/detail_internal.h"

#define BAR_CELLS 10

enum {
    THREAD,
    TID,
    STATE,
    CPU,
    BAR,
    WAIT,
    LAST,
    ALLOWED
};

static const struct grid_column columns[] = {
    [THREAD] = {"THREAD", 15, false, false, 0}, [TID] = {"TID", 7, true, false, 3},
    [STATE] = {"S", 1, false, false, 2},        [CPU] = {"CPU%", 5, true, false, 0},
    [BAR] = {"", BAR_CELLS, false, false, 4},   [WAIT] = {"WAIT%", 5, true, false, 0},
    [LAST] = {"ON CPU", 6, true, false, 1},     [ALLOWED] = {"MAY USE CPUS", 12, false, true, 1},
};

/* What the parts of KIND use together; NAN without one that is known. */
static double sum_of(const struct ui *ui, const struct parts *parts, enum part_kind kind)
{
    double sum = NAN;

    for (size_t i = 0; parts && i < parts->count; i++) {
        double share =
            parts->part[i].kind == kind ? detail_share(ui, &parts->part[i], PART_FIELD_CPU) : NAN;
        if (!isnan(share))
            sum = isnan(sum) ? share : sum + share;
    }
    return sum;
}

static void draw_figures(const struct ui *ui, const struct guest *guest, const struct parts *parts,
                         struct rect rect)
{
    struct line line = line_new(rect, 0);
    char text[UNITS_MAX];

    detail_put_age(&line, ui, parts, DETAIL_THREADS);
    detail_text(text, DETAIL_PERCENT, detail_metric(ui, guest, METRIC_CPU));
    if (guest->facts.vcpus)
        line_left(&line, 0, STYLE_NORMAL, "CPU %s %% of %u", text, guest->facts.vcpus * 100);
    else
        line_left(&line, 0, STYLE_NORMAL, "CPU %s %%", text);
    detail_put(&line, "user", DETAIL_PERCENT, detail_metric(ui, guest, METRIC_CPU_USER), " %");
    detail_put(&line, "system", DETAIL_PERCENT, detail_metric(ui, guest, METRIC_CPU_SYSTEM), " %");
    detail_put(&line, "wait", DETAIL_PERCENT, detail_metric(ui, guest, METRIC_CPU_WAIT), " %");
    detail_put(&line, "throttled", DETAIL_PERCENT, detail_metric(ui, guest, METRIC_THROTTLED),
               " %");
    detail_put(&line, "PSI", DETAIL_PERCENT, detail_metric(ui, guest, METRIC_PSI_CPU), " %");
}

/* What the guest itself has of it, and what it costs to run it. */
static void draw_shares(const struct ui *ui, const struct guest *guest, const struct parts *parts,
                        struct rect rect)
{
    struct line line = line_new(rect, 0);
    bool machine = guest->facts.kind == KIND_MACHINE;

    detail_put(&line, "vCPUs", DETAIL_PERCENT, sum_of(ui, parts, PART_VCPU), " %");
    detail_put(&line, machine ? "emulator" : "beside it: monitor", DETAIL_PERCENT,
               sum_of(ui, parts, PART_EMULATOR), " %");
    detail_put(&line, "I/O threads", DETAIL_PERCENT, sum_of(ui, parts, PART_IOTHREAD), " %");
}

static void draw_thread(const struct ui *ui, const struct grid *grid, struct rect rect, int y,
                        const struct part *part)
{
    enum style style = detail_style(ui, part);
    double cpu = detail_share(ui, part, PART_FIELD_CPU);
    double number = detail_gauge(part, PART_FIELD_TID);
    char tid[16] = "-";

    if (!isnan(number))
        snprintf(tid, sizeof(tid), "%.0f", number);
    grid_cell(grid, rect, y, THREAD, style, part->name ? part->name : "-");
    grid_cell(grid, rect, y, TID, STYLE_DIM, tid);
    grid_cell(grid, rect, y, STATE, STYLE_DIM, detail_word(part, 0));
    detail_cell(grid, rect, y, CPU, style, DETAIL_PERCENT, cpu);
    if (grid->cells[BAR])
        draw_bar(rect, y, grid->x[BAR], BAR_CELLS, cpu / 100, false);
    detail_cell(grid, rect, y, WAIT, style, DETAIL_PERCENT,
                detail_share(ui, part, PART_FIELD_WAIT));
    detail_cell(grid, rect, y, LAST, style, DETAIL_COUNT, detail_gauge(part, PART_FIELD_LAST_CPU));
    grid_cell(grid, rect, y, ALLOWED, STYLE_DIM, detail_word(part, 1));
}

void detail_draw_threads(struct detail *detail, const struct ui *ui, const struct parts *parts,
                         struct rect *rest)
{
    struct pager *pager = &detail->pager;
    struct grid grid;

    grid_lay_out(&grid, columns, ARRAY_SIZE(columns), 1, rest->width - 2);
    grid_header(&grid, rect_cut_rows(rest, 1), 0);
    int rows = (int)detail->row_count < rest->height ? (int)detail->row_count : rest->height;
    pager_fit(pager, rect_cut_rows(rest, rows), (long)detail->row_count);
    for (int y = 0; y < rows; y++)
        draw_thread(ui, &grid, pager->rect, y, &parts->part[detail->rows[pager->top + y]]);
}

static void draw(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect)
{
    const struct parts *parts = detail_list(detail, ui, guest, DETAIL_THREADS);

    draw_figures(ui, guest, parts, rect_cut_rows(&rect, 1));
    if (parts) {
        draw_shares(ui, guest, parts, rect_cut_rows(&rect, 1));
        detail_draw_threads(detail, ui, parts, &rect);
    } else {
        detail_draw_nothing(detail, ui, guest, rect_cut_rows(&rect, 1), DETAIL_THREADS, "threads");
    }
    detail_draw_plot(ui, guest, rect, DETAIL_PLOT_CPU);
}

const struct detail_tab detail_cpu = {
    .title = "CPU",
    .brief = "CPU",
    .parts = DETAIL_THREADS,
    .draw = draw,
};
