#include "ui/view/graphs.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "ui/term/term.h"
#include "ui/view/actions.h"
#include "ui/view/frozen.h"
#include "ui/view/graph_axis.h"
#include "ui/view/graph_mark.h"
#include "ui/view/graph_panel.h"
#include "ui/view/line.h"
#include "ui/view/wording.h"
#include "ui/widget/plot.h"

#define NAME_CELLS 24
#define PANEL_ROWS 4       /* at least: a title and three rows of curves */
#define PANEL_ROWS_GOOD 7  /* where there is room for that many, more graphs are shown */
#define PANELS_USUAL 4     /* CPU, memory, disk, network */
#define LABELS_FROM_ROWS 9 /* so high, the time axis has labels */

struct graphs {
    struct view view; /* first */
    struct span span;
    struct guest_id ids[GRAPH_GUESTS_MAX];
    char *names[GRAPH_GUESTS_MAX]; /* for who is gone */
    int count;
    struct graph_guest guests[GRAPH_GUESTS_MAX]; /* as last arranged */
    enum metric selected;                        /* of the panel that keys are for */
    struct window window;                        /* as last drawn */
    struct {
        struct rect rect;
        enum metric metric;
    } drawn[PANELS_MAX]; /* for the mouse */
    int drawn_count;
};

static struct graphs *graphs_of(struct view *view)
{
    return (struct graphs *)view;
}

/* ---- whom it is about ---- */

static void forget(struct graphs *graphs)
{
    for (int i = 0; i < graphs->count; i++) {
        guest_id_clear(&graphs->ids[i]);
        free(graphs->names[i]);
    }
    graphs->count = 0;
}

static void add(struct graphs *graphs, const struct guest *guest)
{
    guest_id_copy(&graphs->ids[graphs->count], &guest->id);
    graphs->names[graphs->count] = xstrdup(guest->facts.name ? guest->facts.name : "?");
    graphs->count++;
}

static void arrange(struct view *view, struct ui *ui, bool resort)
{
    struct graphs *graphs = graphs_of(view);

    (void)resort;
    for (int i = 0; i < graphs->count; i++) {
        const struct guest *guest = world_find(ui->world, &graphs->ids[i]);

        graphs->guests[i] = (struct graph_guest){
            .guest = guest, .history = guest ? frozen_history(ui, guest) : NULL};
    }
}

static struct times times_of(const struct graphs *graphs, const struct ui *ui)
{
    struct times times = {.now_ns = ui->now_ns, .period_ns = world_period(ui->world)};

    for (int i = 0; i < graphs->count; i++) {
        int64_t oldest = history_oldest(graphs->guests[i].history);

        if (oldest && (!times.oldest_ns || oldest < times.oldest_ns))
            times.oldest_ns = oldest;
    }
    return times;
}

static void fit(struct graphs *graphs, const struct ui *ui, int columns)
{
    struct times times = times_of(graphs, ui);

    graphs->window = span_window(&graphs->span, &times, columns > 0 ? columns : 1, plot_points(1));
}

bool graphs_view_about(struct view *view, struct ui *ui, const struct guest *guest)
{
    struct graphs *graphs = graphs_of(view);
    int left_out = 0;

    if (!guest) {
        ui_say_unselected(ui);
        return false;
    }
    forget(graphs);
    add(graphs, guest);
    for (size_t i = 0; i < world_guest_count(ui->world); i++) {
        const struct guest *other = world_guest_at(ui->world, i);

        if (!other->marked || guest_id_equal(&other->id, &guest->id))
            continue;
        if (graphs->count < GRAPH_GUESTS_MAX)
            add(graphs, other);
        else
            left_out++;
    }
    if (left_out)
        ui_say(ui, STYLE_WARN, "%d guests fit on one axis: %d marked ones are not shown",
               GRAPH_GUESTS_MAX, left_out);
    span_init(&graphs->span);
    graphs->view.zoomed = false;
    graphs->drawn_count = 0;
    arrange(view, ui, false);
    fit(graphs, ui, panel_columns(draw_screen().width)); /* keys may come before it is drawn */
    return true;
}

static const struct guest *selected(const struct view *view)
{
    const struct graphs *graphs = (const struct graphs *)view;

    for (int i = 0; i < graphs->count; i++)
        if (graphs->guests[i].guest)
            return graphs->guests[i].guest;
    return NULL;
}

static void want(const struct view *view, struct ui *ui)
{
    const struct graphs *graphs = (const struct graphs *)view;
    const struct guest *guest = selected(view);

    engine_want(ui->engine, graphs->ids, (size_t)graphs->count, guest ? &guest->id : NULL);
}

/* ---- drawing ---- */

static void draw_one(const struct graphs *graphs, const struct ui *ui, struct line *line)
{
    const struct guest *guest = graphs->guests[0].guest;
    struct wording wording;

    line_rest(line, 2, STYLE_TITLE, graphs->names[0]);
    if (!guest) {
        line_left(line, 2, STYLE_WARN, "is gone");
        return;
    }
    wording_short(&wording, ui->world, guest, ui->now_ns, NAME_CELLS);
    line_left(line, 2, STYLE_DIM, "%s%s%s", guest->facts.type ? guest->facts.type : "",
              guest->facts.type ? " " : "", kind_name(guest->facts.kind));
    line_left(line, 2, wording.style, "%s", wording.text);
}

static void draw_who(const struct graphs *graphs, const struct ui *ui, struct rect rect)
{
    struct line line = line_new(rect, 0);

    axis_say_span(ui, &graphs->span, &graphs->window, &line);
    line_left(&line, 0, STYLE_DIM, "Graphs");
    if (graphs->count == 1) {
        draw_one(graphs, ui, &line);
        return;
    }
    for (int i = 0; i < graphs->count; i++) {
        char name[NAME_CELLS * 16 + 1];
        bool gone = !graphs->guests[i].guest;
        size_t cells = text_width(graphs->names[i]);

        text_fit_middle(name, sizeof(name), graphs->names[i],
                        cells < NAME_CELLS ? cells : NAME_CELLS, !term_is_utf8());
        line_left(&line, 2, gone ? STYLE_WARN : graph_style(i), "%c %s%s", graph_sign(i), name,
                  gone ? " is gone" : "");
    }
}

/* The graphs that RECT has room for, those around the one that keys are for. */
static void draw_panels(struct graphs *graphs, const struct ui *ui, int column, struct rect rect)
{
    struct panel panels[PANELS_MAX];
    int count = panels_of(graphs->guests, graphs->count, panels), chosen = 0;
    int shown = rect.height / PANEL_ROWS < PANELS_USUAL ? rect.height / PANEL_ROWS : PANELS_USUAL;

    if (rect.height / PANEL_ROWS_GOOD > shown)
        shown = rect.height / PANEL_ROWS_GOOD;
    if (shown < 1 || graphs->view.zoomed)
        shown = 1;
    if (shown > count)
        shown = count;
    for (int i = 0; i < count; i++)
        if (panel_metric(&panels[i]) == graphs->selected)
            chosen = i;
    if (!count) {
        draw_text(rect, 1, PLOT_AXIS_CELLS, STYLE_DIM, "no figures of the last hour");
        return;
    }
    graphs->selected = panel_metric(&panels[chosen]);
    int top = chosen < shown ? 0 : chosen - shown + 1;
    for (int i = 0; i < shown; i++) {
        struct rect area = rect_cut_rows(&rect, rect.height / (shown - i));

        panel_draw(ui, &panels[top + i], graphs->guests, graphs->count, &graphs->window, column,
                   top + i == chosen, area);
        graphs->drawn[i].rect = area;
        graphs->drawn[i].metric = panel_metric(&panels[top + i]);
    }
    graphs->drawn_count = shown;
}

static void draw(struct view *view, struct ui *ui, struct rect rect)
{
    struct graphs *graphs = graphs_of(view);
    int columns = panel_columns(rect.width);
    CLEANUP_FREE struct mark *marks = xcalloc((size_t)columns + 1, sizeof(*marks));

    graphs->drawn_count = 0;
    fit(graphs, ui, columns);
    int column = span_column(&graphs->span, &graphs->window);
    int cursor = graphs->span.cursor_ns ? column : -1;
    bool labels = rect.height >= LABELS_FROM_ROWS;

    marks_read(ui, graphs->ids, graphs->count, &graphs->window, marks);
    draw_who(graphs, ui, rect_cut_rows(&rect, 1));
    struct line line = line_new(rect_cut_rows(&rect, -1), 0);
    axis_say_moment(ui, &graphs->span, &graphs->window, column, &line);
    mark_say(ui, &marks[column], &line);
    if (labels) {
        struct rect axis = rect_cut_rows(&rect, -1);

        rect_cut_columns(&axis, PLOT_AXIS_CELLS);
        axis_draw_labels(ui, &graphs->span, &graphs->window, axis);
    }
    marks_draw(ui, marks, columns, cursor, rect_cut_rows(&rect, -1), 0, PLOT_AXIS_CELLS);
    draw_panels(graphs, ui, cursor, rect);
}

/* ---- keys and the mouse ---- */

static void choose(struct graphs *graphs, int by)
{
    struct panel panels[PANELS_MAX];
    int count = panels_of(graphs->guests, graphs->count, panels), at = 0;

    for (int i = 0; i < count; i++)
        if (panel_metric(&panels[i]) == graphs->selected)
            at = i;
    at += by;
    if (count)
        graphs->selected = panel_metric(&panels[at < 0 ? 0 : at >= count ? count - 1 : at]);
}

static unsigned zoom(struct graphs *graphs, struct ui *ui, int by)
{
    struct times times = times_of(graphs, ui);

    if (!span_zoom(&graphs->span, &times, &graphs->window, by))
        ui_say(ui, STYLE_DIM, "from a minute to an hour");
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned to_event(struct graphs *graphs, struct ui *ui, int direction)
{
    struct times times = times_of(graphs, ui);
    const struct window *window = &graphs->window;
    int column = span_column(&graphs->span, window);
    bool now = !graphs->span.cursor_ns;
    int64_t edge = now ? times.now_ns : window_column_ns(window, column + (direction > 0));
    int64_t at = marks_beside(ui, graphs->ids, graphs->count, edge, direction, times.oldest_ns);

    if (at)
        span_move_to(&graphs->span, &times, at);
    else
        ui_say(ui, STYLE_DIM, "nothing is known to have happened %s that",
               direction < 0 ? "before" : "after");
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned move(struct graphs *graphs, struct ui *ui, enum command which)
{
    struct times times = times_of(graphs, ui);
    const struct window *window = &graphs->window;

    switch (which) {
    case COMMAND_PAN_LEFT:
        span_move(&graphs->span, &times, window, -1);
        break;
    case COMMAND_PAN_RIGHT:
        span_move(&graphs->span, &times, window, 1);
        break;
    case COMMAND_PAGE_UP:
        span_move(&graphs->span, &times, window, -window->columns / 2);
        break;
    case COMMAND_PAGE_DOWN:
        span_move(&graphs->span, &times, window, window->columns / 2);
        break;
    case COMMAND_FIRST:
        span_to_oldest(&graphs->span, &times);
        break;
    case COMMAND_LAST:
        span_to_now(&graphs->span);
        break;
    case COMMAND_UP:
        choose(graphs, -1);
        break;
    case COMMAND_DOWN:
        choose(graphs, 1);
        break;
    default:
        return 0;
    }
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned command(struct view *view, struct ui *ui, enum command which)
{
    struct graphs *graphs = graphs_of(view);

    fit(graphs, ui, graphs->window.columns);
    unsigned moved = move(graphs, ui, which);
    if (moved)
        return moved;
    switch (which) {
    case COMMAND_ZOOM_IN:
        return zoom(graphs, ui, 1);
    case COMMAND_ZOOM_OUT:
        return zoom(graphs, ui, -1);
    case COMMAND_NEXT_HIT:
        return to_event(graphs, ui, -1); /* as in the list of events: the newest first */
    case COMMAND_PREVIOUS_HIT:
        return to_event(graphs, ui, 1);
    case COMMAND_ZOOM:
        view->zoomed = !view->zoomed;
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_BACK:
    case COMMAND_BACK_OR_QUIT:
        if (!view->zoomed)
            return 0;
        view->zoomed = false;
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_OPEN:
        return ui_show_guest(ui, &graphs->ids[0], graphs->names[0]);
    case COMMAND_ACTIONS:
        actions_open(ui, selected(view));
        return REACT_HANDLED | REACT_REDRAW;
    default:
        return 0;
    }
}

static unsigned mouse(struct view *view, struct ui *ui, struct key key)
{
    struct graphs *graphs = graphs_of(view);

    if (key.code == MOUSE_WHEEL_UP || key.code == MOUSE_WHEEL_DOWN)
        return zoom(graphs, ui, key.code == MOUSE_WHEEL_UP ? 1 : -1);
    for (int i = 0; i < graphs->drawn_count; i++) {
        const struct rect *rect = &graphs->drawn[i].rect;
        int column = key.x - rect->x - PLOT_AXIS_CELLS;

        if (!rect_has(*rect, key.y, key.x))
            continue;
        graphs->selected = graphs->drawn[i].metric;
        if (column >= 0 && column < graphs->window.columns)
            span_point(&graphs->span, &graphs->window, column);
        return REACT_HANDLED | REACT_REDRAW;
    }
    return 0;
}

static void free_graphs(struct view *view)
{
    if (!view)
        return;
    forget(graphs_of(view));
    free(view);
}

static const struct view_ops graphs_ops = {
    .name = "graphs",
    .context = CONTEXT_GRAPHS,
    .arrange = arrange,
    .draw = draw,
    .command = command,
    .mouse = mouse,
    .selected = selected,
    .want = want,
    .free = free_graphs,
};

struct view *graphs_view_new(void)
{
    struct graphs *graphs = xcalloc(1, sizeof(*graphs));

    graphs->view.ops = &graphs_ops;
    graphs->selected = METRIC_CPU;
    span_init(&graphs->span);
    return &graphs->view;
}
