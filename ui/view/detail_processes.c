/* A container's processes, or the threads of a machine's QEMU, the busiest first. */
#include <stdio.h>

#include "base/cleanup.h"
#include "ui/view/detail_internal.h"

enum {
    PID,
    USER,
    STATE,
    CPU,
    MEMORY,
    LAST,
    COMMAND
};

static const struct grid_column columns[] = {
    [PID] = {"PID", 7, true, false, 0},          [USER] = {"USER", 10, false, false, 1},
    [STATE] = {"S", 1, false, false, 2},         [CPU] = {"CPU%", 5, true, false, 0},
    [MEMORY] = {"RSS", 6, true, false, 0},       [LAST] = {"ON CPU", 6, true, false, 3},
    [COMMAND] = {"COMMAND", 16, false, true, 0},
};

static const char *command_of(const struct part *part)
{
    const char *line = detail_word(part, 1);

    return part->words[1] || !part->name ? line : part->name;
}

static void draw_process(const struct ui *ui, const struct pager *pager, const struct grid *grid,
                         int y, const struct part *part)
{
    struct rect rect = pager->rect;
    bool hit = pager->top + y == pager->cursor;
    enum style style = hit ? STYLE_SELECTED : detail_style(ui, part);
    char pid[16];

    snprintf(pid, sizeof(pid), "%u", part->number);
    grid_cell(grid, rect, y, PID, style, pid);
    grid_cell(grid, rect, y, USER, STYLE_DIM, detail_word(part, 2));
    grid_cell(grid, rect, y, STATE, STYLE_DIM, detail_word(part, 0));
    detail_cell(grid, rect, y, CPU, style, DETAIL_PERCENT, detail_share(ui, part, PART_FIELD_CPU));
    detail_cell(grid, rect, y, MEMORY, style, DETAIL_BYTES, detail_gauge(part, PART_FIELD_RSS));
    detail_cell(grid, rect, y, LAST, style, DETAIL_COUNT, detail_gauge(part, PART_FIELD_LAST_CPU));
    pager_cell(pager, rect, y, grid->x[COMMAND], style, command_of(part), grid->cells[COMMAND]);
}

static void draw_processes(struct detail *detail, const struct ui *ui, const struct parts *parts,
                           struct rect rect)
{
    struct pager *pager = &detail->pager;
    struct grid grid;

    grid_lay_out(&grid, columns, ARRAY_SIZE(columns), 1, rect.width - 2);
    grid_header(&grid, rect_cut_rows(&rect, 1), 0);
    pager_fit(pager, rect, (long)detail->row_count);
    for (int y = 0; y < rect.height && pager->top + y < pager->count; y++)
        draw_process(ui, pager, &grid, y, &parts->part[detail->rows[pager->top + y]]);
}

static unsigned kinds_of(const struct guest *guest)
{
    return guest->facts.kind == KIND_MACHINE ? DETAIL_THREADS : PART_BIT(PART_PROCESS);
}

static void draw(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect)
{
    bool machine = guest->facts.kind == KIND_MACHINE;
    const struct parts *parts = detail_list(detail, ui, guest, kinds_of(guest));
    struct line line = line_new(rect_cut_rows(&rect, 1), 0);

    if (!parts) {
        detail_draw_nothing(detail, ui, guest, line.rect, kinds_of(guest),
                            machine ? "threads" : "processes");
        pager_fit(&detail->pager, rect, 0);
        return;
    }
    detail_by_cpu(detail, ui, parts);
    detail_put_age(&line, ui, parts, kinds_of(guest));
    line_left(&line, 0, STYLE_NORMAL, machine ? "%zu threads of QEMU" : "%zu processes",
              detail->row_count);
    line_left(&line, 2, STYLE_DIM, "the busiest first");
    if (parts->left_out)
        line_left(&line, 2, STYLE_WARN, "%u more are left out", parts->left_out);
    if (machine)
        detail_draw_threads(detail, ui, parts, &rect);
    else
        draw_processes(detail, ui, parts, rect);
}

static void text(const struct detail *detail, const struct ui *ui, const struct guest *guest,
                 long line, char *dst, size_t size)
{
    const struct parts *parts = world_parts_of(ui->world, guest);

    dst[0] = '\0';
    if (!parts || (size_t)line >= detail->row_count || detail->rows[line] >= parts->count)
        return;
    const struct part *part = &parts->part[detail->rows[line]];
    snprintf(dst, size, "%s", part->kind == PART_PROCESS ? command_of(part) : detail_word(part, 0));
}

const struct detail_tab detail_processes = {
    .title = "Processes",
    .brief = "Procs",
    .parts = DETAIL_THREADS | PART_BIT(PART_PROCESS),
    .draw = draw,
    .text = text,
};
