#include "ui/view/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/filter.h"
#include "ui/view/actions.h"
#include "ui/view/ask.h"
#include "ui/view/frozen.h"
#include "ui/view/line.h"
#include "ui/view/moment.h"
#include "ui/view/scroll.h"

/* With so many rows the selected line stands below the list, whole, a row of air before it. */
#define DETAIL_FROM_HEIGHT 14
#define DETAIL_ROWS 4

static struct timeline *timeline_of(struct view *view)
{
    return (struct timeline *)view;
}

/* ---- rows ---- */

static bool is_listed(const struct timeline *timeline, const struct ui *ui, uint64_t key)
{
    char text[TIMELINE_TEXT];
    int64_t wall_ns;

    if (!timeline->ops->moment(ui, key, &wall_ns))
        return false;
    if (!timeline->narrowed)
        return true;
    timeline->ops->text(ui, key, text, sizeof(text));
    return text_find_folded(text, timeline->pager.pattern, NULL) != NULL;
}

/* The row of KEY, or of the one next older; the last when there is none. */
static long row_of(const struct timeline *timeline, uint64_t key)
{
    long row = 0;

    while (row < timeline->pager.count - 1 && timeline->rows[row] > key)
        row++;
    return row;
}

/* The cursor to the key that it holds, as far from the top of the screen as it was. */
static void place_cursor(struct timeline *timeline)
{
    struct pager *pager = &timeline->pager;
    long row = timeline->held ? row_of(timeline, timeline->held) : 0;

    pager->top += row - pager->cursor;
    pager->cursor = row;
    pager_fit(pager, pager->rect, pager->count);
    if (!timeline->held && pager->count)
        timeline->seen = timeline->rows[0];
}

static void build(struct timeline *timeline, const struct ui *ui)
{
    uint64_t newest = timeline->ops->newest(ui), oldest = timeline->ops->oldest(ui);

    if (timeline->ops->constant && !timeline->changed && newest == timeline->newest &&
        oldest == timeline->oldest)
        return;
    timeline->newest = newest;
    timeline->oldest = oldest;
    timeline->changed = false;
    timeline->pager.count = 0;
    for (uint64_t key = newest; oldest && key >= oldest; key--) {
        if (!is_listed(timeline, ui, key))
            continue;
        if ((size_t)timeline->pager.count == timeline->room) {
            timeline->room = timeline->room ? timeline->room * 2 : 256;
            timeline->rows = xrealloc(timeline->rows, timeline->room, sizeof(*timeline->rows));
        }
        timeline->rows[timeline->pager.count++] = key;
    }
    place_cursor(timeline);
}

/* After a move: the cursor holds what it is on. */
static void hold(struct timeline *timeline)
{
    const struct pager *pager = &timeline->pager;

    timeline->held = pager->count && pager->cursor > 0 ? timeline->rows[pager->cursor] : 0;
    if (pager->count && !timeline->held)
        timeline->seen = timeline->rows[0];
}

static uint64_t cursor_key(const struct timeline *timeline)
{
    return timeline->pager.count ? timeline->rows[timeline->pager.cursor] : 0;
}

static size_t count_new(const struct timeline *timeline)
{
    size_t count = 0;

    while (timeline->held && count < (size_t)timeline->pager.count &&
           timeline->rows[count] > timeline->seen)
        count++;
    return count;
}

/* Rows are built when they are looked at. */
static void arrange(struct view *view, struct ui *ui, bool resort)
{
    (void)ui;
    (void)resort;
    timeline_of(view)->selected = NULL;
}

/* ---- drawing ---- */

int timeline_moment_cells(bool dated)
{
    return dated ? 14 : 8;
}

void timeline_draw_moment(const struct timeline *timeline, struct rect rect, int y, int x,
                          enum style style, int64_t wall_ns, bool dated)
{
    char text[MOMENT_MAX];

    moment_text(text, wall_ns, dated ? MOMENT_DATED : MOMENT_CLOCK);
    pager_cell(&timeline->pager, rect, y, x, style, text, timeline_moment_cells(dated));
}

const char *timeline_source_name(const struct ui *ui, const struct guest_id *id)
{
    const struct source *source = world_source(ui->world, id->source);

    return source ? source->name : "";
}

static void draw_title(const struct timeline *timeline, const struct ui *ui, struct rect rect)
{
    const struct timeline_ops *ops = timeline->ops;
    struct line line = line_new(rect, 0);
    size_t new = count_new(timeline);
    char since[MOMENT_MAX];
    int64_t wall_ns;

    line_left(&line, 0, STYLE_TITLE, "%s (%zu)", ops->title, ops->total(ui));
    if (new)
        line_right(&line, 0, STYLE_WARN, "%zu new above: g", new);
    if (timeline->narrowed)
        line_left(&line, 2, STYLE_BADGE, " filter '%.40s': %ld of %zu ", timeline->pager.pattern,
                  timeline->pager.count, ops->total(ui));
    if (!timeline->oldest || !ops->moment(ui, timeline->oldest, &wall_ns))
        return;
    moment_text(since, wall_ns,
                moment_same_day(wall_ns, ui->wall_ns) ? MOMENT_CLOCK : MOMENT_DATED);
    line_left(&line, 2, STYLE_DIM, "newest first, since %s", since);
}

static void draw_detail(const struct timeline *timeline, const struct ui *ui, struct rect rect)
{
    char text[TIMELINE_TEXT];

    rect_cut_rows(&rect, 1);
    rect_cut_columns(&rect, 1);
    rect_cut_columns(&rect, -1);
    timeline->ops->text(ui, cursor_key(timeline), text, sizeof(text));
    pager_wrap(rect, 0, STYLE_NORMAL, text);
}

static void draw_rows(const struct timeline *timeline, const struct ui *ui)
{
    const struct pager *pager = &timeline->pager;
    int64_t oldest_ns = ui->wall_ns;

    timeline->ops->moment(ui, timeline->oldest, &oldest_ns);
    bool dated = !moment_same_day(oldest_ns, ui->wall_ns);
    struct rect header = pager->rect;
    header.y--;
    header.height = 1;
    draw_cell(header, 0, 0, STYLE_HEADER, "", header.width);
    timeline->ops->draw_header(header, 0, dated);
    for (int y = 0; y < pager->rect.height && pager->top + y < pager->count; y++)
        timeline->ops->draw_row(timeline, ui, y, timeline->rows[pager->top + y], dated,
                                pager->top + y == pager->cursor);
}

static void draw(struct view *view, struct ui *ui, struct rect rect)
{
    struct timeline *timeline = timeline_of(view);
    const struct timeline_ops *ops = timeline->ops;
    struct rect detail = {0};
    const char *name;

    timeline->selected = NULL;
    build(timeline, ui);
    if (rect.height >= DETAIL_FROM_HEIGHT)
        detail = rect_cut_rows(&rect, -DETAIL_ROWS);
    struct rect title = rect_cut_rows(&rect, 2);
    pager_fit(&timeline->pager, rect, timeline->pager.count);
    draw_title(timeline, ui, title);
    if (!timeline->pager.count) {
        draw_cell(rect, 0, 1, STYLE_DIM, timeline->narrowed ? "no line holds that" : ops->empty,
                  rect.width - 2);
        return;
    }
    const struct guest_id *id = ops->guest(ui, cursor_key(timeline), &name);
    if (id && guest_id_is_set(id))
        timeline->selected = world_find(ui->world, id);
    draw_rows(timeline, ui);
    if (detail.height)
        draw_detail(timeline, ui, detail);
}

static const struct guest *selected(const struct view *view)
{
    return ((const struct timeline *)view)->selected;
}

/* ---- narrowing ---- */

static unsigned narrow(struct ui *ui, void *context, const char *text)
{
    struct timeline *timeline = context;

    snprintf(timeline->pager.pattern, sizeof(timeline->pager.pattern), "%s", text);
    timeline->narrowed = text[0] != '\0';
    timeline->changed = true;
    build(timeline, ui);
    return 0;
}

static unsigned narrowing_done(struct ui *ui, void *context, const char *text, bool accepted)
{
    struct timeline *timeline = context;

    narrow(ui, timeline, text);
    if (!accepted && timeline->narrowed != timeline->was_narrowed) {
        timeline->narrowed = timeline->was_narrowed;
        timeline->changed = true;
        build(timeline, ui);
    }
    return 0;
}

static const struct text_question narrow_ask = {
    .label = " Filter: ",
    .hint = "Enter keeps the filter (Esc then shows all, n finds it there); Esc cancels",
    .typed = narrow,
    .done = narrowing_done,
};

/* All lines again; what was looked for stays marked, and n and N find it among the others. */
static unsigned widen(struct timeline *timeline, struct ui *ui)
{
    timeline->narrowed = false;
    timeline->changed = true;
    if (timeline->pager.count)
        timeline->held = cursor_key(timeline);
    build(timeline, ui);
    hold(timeline);
    return REACT_HANDLED | REACT_REDRAW;
}

/* ---- keys ---- */

struct search {
    const struct timeline *timeline;
    const struct ui *ui;
};

static void text_of_row(void *context, long line, char *dst, size_t size)
{
    const struct search *search = context;

    search->timeline->ops->text(search->ui, search->timeline->rows[line], dst, size);
}

static unsigned find(struct timeline *timeline, struct ui *ui, enum command which)
{
    struct search search = {timeline, ui};
    unsigned reaction = scroll_find(&timeline->pager, ui, which, text_of_row, &search);

    hold(timeline);
    return reaction;
}

static unsigned open_guest(const struct timeline *timeline, struct ui *ui)
{
    const char *name = NULL;
    const struct guest_id *id =
        timeline->pager.count ? timeline->ops->guest(ui, cursor_key(timeline), &name) : NULL;

    return id ? ui_show_guest(ui, id, name) : (unsigned)REACT_HANDLED;
}

static unsigned open_actions(const struct timeline *timeline, struct ui *ui)
{
    const char *name;
    const struct guest_id *id =
        timeline->pager.count ? timeline->ops->guest(ui, cursor_key(timeline), &name) : NULL;

    actions_open(ui, id && guest_id_is_set(id) ? world_find(ui->world, id) : NULL);
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned command(struct view *view, struct ui *ui, enum command which)
{
    struct timeline *timeline = timeline_of(view);

    build(timeline, ui);
    unsigned moved = scroll_command(&timeline->pager, which);
    if (moved) {
        hold(timeline);
        return moved;
    }
    switch (which) {
    case COMMAND_FILTER:
        timeline->was_narrowed = timeline->narrowed;
        ask_open(ui, &narrow_ask, timeline->pager.pattern, timeline);
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_NEXT_HIT:
    case COMMAND_PREVIOUS_HIT:
        return find(timeline, ui, which);
    case COMMAND_OPEN:
        return open_guest(timeline, ui);
    case COMMAND_ACTIONS:
        return open_actions(timeline, ui);
    case COMMAND_SAVE_EVENTS:
        timeline_ask_where(timeline, ui);
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_BACK:
        if (timeline->narrowed)
            return widen(timeline, ui);
        timeline->pager.pattern[0] = '\0';
        return 0;
    default:
        return 0;
    }
}

static unsigned mouse(struct view *view, struct ui *ui, struct key key)
{
    struct timeline *timeline = timeline_of(view);

    build(timeline, ui);
    unsigned reaction = scroll_mouse(&timeline->pager, key);
    if (reaction)
        hold(timeline);
    return reaction;
}

static void free_timeline(struct view *view)
{
    if (!view)
        return;
    free(timeline_of(view)->rows);
    free(view);
}

static const struct view_ops timeline_view_ops = {
    .name = "timeline",
    .context = CONTEXT_LINES,
    .arrange = arrange,
    .draw = draw,
    .command = command,
    .mouse = mouse,
    .selected = selected,
    .free = free_timeline,
};

struct view *timeline_new(const struct timeline_ops *ops)
{
    struct timeline *timeline = xcalloc(1, sizeof(*timeline));

    timeline->view.ops = &timeline_view_ops;
    timeline->ops = ops;
    timeline->changed = true;
    timeline->pager.list = true;
    return &timeline->view;
}
