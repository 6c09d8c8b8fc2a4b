/* What happened to the guest, the newest first. */
#include <stdio.h>

#include "base/cleanup.h"
#include "ui/view/detail_internal.h"
#include "ui/view/frozen.h"
#include "ui/view/grade.h"
#include "ui/view/moment.h"
#include "ui/widget/grid.h"

enum {
    SIGN,
    TIME,
    KIND,
    WHAT
};

static const struct grid_column columns[] = {
    [SIGN] = {"", 1, false, false, 0},
    [TIME] = {"TIME", 14, false, false, 0},
    [KIND] = {"KIND", 6, false, false, 1},
    [WHAT] = {"WHAT", 10, false, true, 0},
};

/* The live log, up to the moment shown: the copy of a frozen world has none. */
static const struct event_log *log_of(const struct ui *ui)
{
    return world_events(engine_world(ui->engine));
}

static void list(struct detail *detail, const struct ui *ui, const struct guest *guest)
{
    const struct event_log *log = log_of(ui);

    detail_rows_clear(detail);
    for (size_t i = 0; i < event_log_count(log); i++) {
        const struct event *event = event_log_get(log, i);
        if (event->number <= frozen_newest_event(ui) && guest_id_equal(&event->id, &guest->id))
            detail_row_add(detail, event->number);
    }
}

static void draw_event(const struct ui *ui, const struct pager *pager, const struct grid *grid,
                       const struct event *event, int y, bool hit)
{
    struct rect rect = pager->rect;
    enum style style = hit ? STYLE_SELECTED : grade_style(event->grade);
    bool today = moment_same_day(event->wall_ns, ui->wall_ns);
    char when[MOMENT_MAX];

    moment_text(when, event->wall_ns, today ? MOMENT_CLOCK : MOMENT_DATED);
    grid_cell(grid, rect, y, SIGN, style, grade_sign(event->grade));
    grid_cell(grid, rect, y, TIME, STYLE_DIM, when);
    grid_cell(grid, rect, y, KIND, STYLE_DIM, event_kind_name(event->kind));
    pager_cell(pager, rect, y, grid->x[WHAT], style, event->text ? event->text : "",
               grid->cells[WHAT]);
}

static void draw(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect)
{
    struct pager *pager = &detail->pager;
    struct grid grid;

    list(detail, ui, guest);
    grid_lay_out(&grid, columns, ARRAY_SIZE(columns), 1, rect.width - 2);
    grid_header(&grid, rect_cut_rows(&rect, 1), 0);
    pager_fit(pager, rect, (long)detail->row_count);
    if (!detail->row_count)
        draw_text(rect, 0, 1, STYLE_DIM, "nothing happened to it since vctop was started");
    for (int y = 0; y < rect.height && pager->top + y < pager->count; y++) {
        const struct event *event = event_log_find(log_of(ui), detail->rows[pager->top + y]);
        if (event)
            draw_event(ui, pager, &grid, event, y, pager->top + y == pager->cursor);
    }
}

static void text(const struct detail *detail, const struct ui *ui, const struct guest *guest,
                 long line, char *dst, size_t size)
{
    const struct event *event =
        (size_t)line < detail->row_count ? event_log_find(log_of(ui), detail->rows[line]) : NULL;

    (void)guest;
    snprintf(dst, size, "%s", event && event->text ? event->text : "");
}

const struct detail_tab detail_events = {
    .title = "Events",
    .brief = "Event",
    .draw = draw,
    .text = text,
};
