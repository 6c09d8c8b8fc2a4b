/* A guest's disks: what goes through each, how long it takes, how full it is and where it lies. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "ui/term/term.h"
#include "ui/view/detail_internal.h"
#include "ui/view/wording.h"

#define DISKS PART_BIT(PART_DISK)
#define BAR_CELLS 6

/* A row is a part and what is said of it, or a disk of the facts that is no part. */
enum row {
    ROW_FIGURES,
    ROW_IMAGE,
    ROW_PLACE,
    ROW_KINDS
};

enum {
    DISK,
    READ,
    WRITE,
    READ_OPS,
    WRITE_OPS,
    READ_MS,
    WRITE_MS,
    FLUSH_OPS,
    FLUSH_MS,
    FILL,
    BAR
};

static const struct grid_column columns[] = {
    [DISK] = {"DISK", 8, false, false, 0},        [READ] = {"READ/s", 6, true, false, 0},
    [WRITE] = {"WRITE/s", 7, true, false, 0},     [READ_OPS] = {"RD op/s", 7, true, false, 2},
    [WRITE_OPS] = {"WR op/s", 7, true, false, 2}, [READ_MS] = {"RD ms", 5, true, false, 0},
    [WRITE_MS] = {"WR ms", 5, true, false, 0},    [FLUSH_OPS] = {"FL op/s", 7, true, false, 4},
    [FLUSH_MS] = {"FL ms", 5, true, false, 3},    [FILL] = {"FILL", 11, true, false, 1},
    [BAR] = {"", BAR_CELLS, false, false, 5},
};

static const struct facts_disk *disk_named(const struct guest *guest, const char *name,
                                           size_t *ret_index)
{
    for (size_t i = 0; name && i < FACTS_DISKS_MAX && guest->facts.disks[i].target; i++) {
        if (strcmp(guest->facts.disks[i].target, name) != 0)
            continue;
        *ret_index = i;
        return &guest->facts.disks[i];
    }
    return NULL;
}

static bool is_part(const struct parts *parts, const char *target)
{
    for (size_t i = 0; parts && i < parts->count; i++)
        if (parts->part[i].kind == PART_DISK && parts->part[i].name &&
            strcmp(parts->part[i].name, target) == 0)
            return true;
    return false;
}

static void add_row(struct detail *detail, size_t index, enum row kind)
{
    detail_row_add(detail, index * ROW_KINDS + kind);
}

static const struct parts *list(struct detail *detail, const struct ui *ui,
                                const struct guest *guest)
{
    const struct parts *parts = world_parts_of(ui->world, guest);
    size_t at;

    detail_rows_clear(detail);
    for (size_t i = 0; parts && i < parts->count; i++) {
        const struct part *part = &parts->part[i];
        if (part->kind != PART_DISK)
            continue;
        add_row(detail, i, ROW_FIGURES);
        if (part->words[0] || part->words[2] || disk_named(guest, part->name, &at))
            add_row(detail, i, ROW_IMAGE);
    }
    for (size_t i = 0; i < FACTS_DISKS_MAX && guest->facts.disks[i].target; i++)
        if (!is_part(parts, guest->facts.disks[i].target))
            add_row(detail, i, ROW_PLACE);
    return parts;
}

static void draw_figures(const struct ui *ui, const struct grid *grid, struct rect rect, int y,
                         const struct part *part)
{
    static const struct {
        int column;
        enum part_field field;
        enum detail_unit unit;
    } rates[] = {
        {READ, PART_FIELD_READ, DETAIL_BYTES},
        {WRITE, PART_FIELD_WRITE, DETAIL_BYTES},
        {READ_OPS, PART_FIELD_READ_OPS, DETAIL_COUNT},
        {WRITE_OPS, PART_FIELD_WRITE_OPS, DETAIL_COUNT},
        {FLUSH_OPS, PART_FIELD_FLUSH_OPS, DETAIL_COUNT},
    };
    static const struct {
        int column;
        enum part_field time, ops;
    } times[] = {
        {READ_MS, PART_FIELD_READ_NS, PART_FIELD_READ_OPS},
        {WRITE_MS, PART_FIELD_WRITE_NS, PART_FIELD_WRITE_OPS},
        {FLUSH_MS, PART_FIELD_FLUSH_NS, PART_FIELD_FLUSH_OPS},
    };
    enum style style = detail_style(ui, part);
    double allocation = detail_gauge(part, PART_FIELD_ALLOCATION);
    double capacity = detail_gauge(part, PART_FIELD_CAPACITY);
    char text[32];

    grid_cell(grid, rect, y, DISK, style, part->name ? part->name : "-");
    for (size_t i = 0; i < ARRAY_SIZE(rates); i++)
        detail_cell(grid, rect, y, rates[i].column, style, rates[i].unit,
                    detail_rate(ui, part, rates[i].field));
    for (size_t i = 0; i < ARRAY_SIZE(times); i++)
        detail_cell(grid, rect, y, times[i].column, style, DETAIL_MS,
                    detail_latency(ui, part, times[i].time, times[i].ops));
    wording_ratio(text, allocation, capacity);
    grid_cell(grid, rect, y, FILL, style, text);
    if (grid->cells[BAR] && capacity > 0)
        draw_bar(rect, y, grid->x[BAR], BAR_CELLS, allocation / capacity, false);
}

static void put_path(struct line *line, const char *path)
{
    char text[1024];
    int start = line->left + 2, cells = line->right - 1 - start;

    if (!path || cells < 12)
        return;
    if ((int)text_width(path) < cells)
        cells = (int)text_width(path);
    if ((size_t)cells * 16 + 1 > sizeof(text))
        cells = (int)sizeof(text) / 16 - 1;
    text_fit_middle(text, sizeof(text), path, (size_t)cells, !term_is_utf8());
    draw_cell(line->rect, line->y, start, STYLE_DIM, text, cells);
}

/* Format, place and image of a disk. */
static void draw_image(const struct ui *ui, const struct guest *guest, struct rect rect, int y,
                       const struct part *part)
{
    struct line line = line_new(rect, y);
    const struct place *place = NULL;
    size_t index;

    line.left = 2;
    if (part->words[1])
        line_left(&line, 1, STYLE_DIM, "%.16s", part->words[1]);
    if (disk_named(guest, part->name, &index))
        place = world_place_of_disk(ui->world, guest, index);
    if (place)
        detail_put_place(&line, ui, guest, place);
    else if (part->words[2])
        line_left(&line, 1, STYLE_DIM, "on pool %.40s", part->words[2]);
    put_path(&line, part->words[0]);
}

static void draw_place(const struct ui *ui, const struct guest *guest, struct rect rect, int y,
                       size_t index)
{
    const struct place *place = world_place_of_disk(ui->world, guest, index);
    struct line line = line_new(rect, y);

    line_left(&line, 0, STYLE_NORMAL, "%.16s", guest->facts.disks[index].target);
    if (place)
        detail_put_place(&line, ui, guest, place);
    else if (!guest->facts.disks[index].source)
        line_left(&line, 1, STYLE_DIM, "nothing in it");
}

static void draw_sums(const struct ui *ui, const struct guest *guest, const struct parts *parts,
                      struct rect rect)
{
    struct line line = line_new(rect, 0);
    char reads[UNITS_MAX], writes[UNITS_MAX];

    detail_put_age(&line, ui, parts, DISKS);
    detail_text(reads, DETAIL_BYTES, detail_metric(ui, guest, METRIC_DISK_READ));
    detail_text(writes, DETAIL_BYTES, detail_metric(ui, guest, METRIC_DISK_WRITE));
    line_left(&line, 0, STYLE_NORMAL, "Disk r %s w %s /s", reads, writes);
    detail_put(&line, "PSI", DETAIL_PERCENT, detail_metric(ui, guest, METRIC_PSI_IO), " %");
}

static void draw_rows(struct detail *detail, const struct ui *ui, const struct guest *guest,
                      const struct parts *parts, const struct grid *grid)
{
    const struct pager *pager = &detail->pager;

    for (int y = 0; y < pager->rect.height && pager->top + y < pager->count; y++) {
        uint64_t row = detail->rows[pager->top + y];
        size_t index = (size_t)(row / ROW_KINDS);

        if (row % ROW_KINDS == ROW_PLACE)
            draw_place(ui, guest, pager->rect, y, index);
        else if (row % ROW_KINDS == ROW_IMAGE)
            draw_image(ui, guest, pager->rect, y, &parts->part[index]);
        else
            draw_figures(ui, grid, pager->rect, y, &parts->part[index]);
    }
}

static void draw(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect)
{
    const struct parts *parts = list(detail, ui, guest);
    struct grid grid;

    draw_sums(ui, guest, parts, rect_cut_rows(&rect, 1));
    grid_lay_out(&grid, columns, ARRAY_SIZE(columns), 1, rect.width - 2);
    grid_header(&grid, rect_cut_rows(&rect, 1), 0);
    int count = (int)detail->row_count;
    pager_fit(&detail->pager, rect_cut_rows(&rect, count < rect.height ? count : rect.height),
              count);
    if (!count)
        detail_draw_nothing(detail, ui, guest, rect_cut_rows(&rect, 1), DISKS, "disks");
    draw_rows(detail, ui, guest, parts, &grid);
    detail_draw_plot(ui, guest, rect, DETAIL_PLOT_DISK);
}

const struct detail_tab detail_disks = {
    .title = "Disks",
    .brief = "Disk",
    .parts = DISKS,
    .draw = draw,
};
