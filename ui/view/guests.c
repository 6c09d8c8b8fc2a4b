#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/problem.h"
#include "ui/view/actions.h"
#include "ui/view/ask.h"
#include "ui/view/detail.h"
#include "ui/view/empty.h"
#include "ui/view/find.h"
#include "ui/view/pane.h"
#include "ui/view/view.h"

#define SIDE_BY_SIDE_WIDTH 110
#define DETAIL_RIGHT_WIDTH 160
#define TABLES_WIDTH 108 /* side by side, with all that is measured in each */

enum layout {
    LAYOUT_AUTO, /* side by side where there is room */
    LAYOUT_ONE,
    LAYOUT_MACHINES,
    LAYOUT_CONTAINERS,
    LAYOUT_COUNT
};

enum zoom {
    ZOOM_NONE,
    ZOOM_TABLE,
    ZOOM_DETAIL
};

enum {
    PANE_BOTH,
    PANE_MACHINES,
    PANE_CONTAINERS,
    PANE_COUNT
};

struct guests_view {
    struct view view;
    struct pane panes[PANE_COUNT];
    int active;
    enum layout layout;
    enum zoom zoom;
    struct guest_id before_filter; /* the cursor when the prompt opened */
};

static struct guests_view *guests_of(struct view *view)
{
    return (struct guests_view *)view;
}

static bool is_side_by_side(const struct guests_view *guests)
{
    return guests->layout == LAYOUT_AUTO && draw_screen().width >= SIDE_BY_SIDE_WIDTH;
}

static struct pane *active_pane(struct guests_view *guests)
{
    return &guests->panes[guests->active];
}

/* A table without rows does not keep the keyboard from the other one: on a host with one kind of
 * guest, or under a filter that leaves one. */
static void leave_empty_pane(struct guests_view *guests)
{
    const struct pane *active = active_pane(guests);
    int other = guests->active == PANE_MACHINES ? PANE_CONTAINERS : PANE_MACHINES;

    if (!active->listing.count && guests->panes[other].listing.count)
        guests->active = other;
    else if (!active->bound && guests->panes[PANE_MACHINES].listing.count)
        guests->active = PANE_MACHINES; /* late to come, but first on the screen */
}

static void arrange(struct view *view, struct ui *ui, bool resort)
{
    struct guests_view *guests = guests_of(view);

    ui->shown = ui->total = 0;
    for (int i = 0; i < PANE_COUNT; i++) {
        struct pane *pane = &guests->panes[i];
        bool used = is_side_by_side(guests) ? i != PANE_BOTH : i == guests->active;

        if (!used)
            continue;
        pane_arrange(pane, ui, resort);
        ui->shown += pane->listing.count;
        ui->total += pane->listing.total;
    }
    if (is_side_by_side(guests) && guests->active != PANE_BOTH)
        leave_empty_pane(guests);
}

/* After a change of layout or width: the pane that has the keyboard now, its cursor on the guest
 * that was selected. */
static void choose_pane(struct guests_view *guests, struct ui *ui)
{
    const struct guest *selected = pane_selected(active_pane(guests));
    bool bound = active_pane(guests)->bound;
    struct guest_id id = {0};
    int wanted = guests->layout == LAYOUT_MACHINES                             ? PANE_MACHINES
                 : guests->layout == LAYOUT_CONTAINERS                         ? PANE_CONTAINERS
                 : !is_side_by_side(guests)                                    ? PANE_BOTH
                 : selected && selected->facts.kind == KIND_CONTAINER && bound ? PANE_CONTAINERS
                                                                               : PANE_MACHINES;

    if (is_side_by_side(guests) && guests->active != PANE_BOTH)
        wanted = guests->active;
    if (selected)
        guest_id_copy(&id, &selected->id);
    bool changed = guests->active != wanted;
    guests->active = wanted;
    arrange(&guests->view, ui, changed);
    if (changed && bound && guest_id_is_set(&id))
        pane_select(active_pane(guests), &id);
    guest_id_clear(&id);
}

static void draw_tables(struct guests_view *guests, struct ui *ui, struct rect rect)
{
    bool titles = draw_screen().height >= 30 || is_side_by_side(guests);

    if (!is_side_by_side(guests) || guests->zoom == ZOOM_TABLE) {
        pane_draw(active_pane(guests), ui, rect, titles, true);
        return;
    }
    /* Alike, with a space between them, so that both have the same columns. */
    struct rect left = rect_cut_columns(&rect, (rect.width + 1) / 2);
    left.width--;
    rect.width = left.width;
    pane_draw(&guests->panes[PANE_MACHINES], ui, left, titles, guests->active == PANE_MACHINES);
    pane_draw(&guests->panes[PANE_CONTAINERS], ui, rect, titles, guests->active == PANE_CONTAINERS);
}

/* A third, unless two tables beside it need more. */
static int detail_width(int width)
{
    return width / 3 < width - TABLES_WIDTH ? width / 3 : width - TABLES_WIDTH;
}

static void draw(struct view *view, struct ui *ui, struct rect rect)
{
    struct guests_view *guests = guests_of(view);
    struct rect screen = draw_screen(), detail = {0};

    /* No height: not on the screen, its rows are not to be touched. */
    for (int i = 0; i < PANE_COUNT; i++)
        guests->panes[i].rect.height = guests->panes[i].table.height = 0;
    if (!world_guest_count(ui->world)) {
        empty_draw(ui, rect);
        return;
    }
    if (guests->zoom == ZOOM_DETAIL) {
        detail_draw(ui, pane_selected(active_pane(guests)), rect);
        return;
    }
    if (guests->zoom == ZOOM_NONE && screen.height >= 20) {
        if (screen.width >= DETAIL_RIGHT_WIDTH) {
            detail = rect_cut_columns(&rect, -detail_width(screen.width));
            rect.width--; /* air between the two */
        } else {
            detail = rect_cut_rows(&rect, -detail_height(screen.height));
        }
    }
    draw_tables(guests, ui, rect);
    if (detail.height)
        detail_draw(ui, pane_selected(active_pane(guests)), detail);
}

static unsigned filter_typed(struct ui *ui, void *context, const char *text)
{
    (void)context;
    snprintf(ui->filter, sizeof(ui->filter), "%s", text);
    return REACT_REARRANGE;
}

static unsigned filter_done(struct ui *ui, void *context, const char *text, bool kept)
{
    struct guests_view *guests = context;

    filter_typed(ui, guests, text);
    arrange(&guests->view, ui, true);
    if (!kept && guest_id_is_set(&guests->before_filter))
        pane_select(active_pane(guests), &guests->before_filter);
    return REACT_REARRANGE;
}

/* Narrows as one types. */
static const struct ask filter_ask = {
    .label = " Filter: ",
    .hint = "Enter keeps the filter, Esc restores what was",
    .typed = filter_typed,
    .done = filter_done,
};

static unsigned open_filter(struct guests_view *guests, struct ui *ui)
{
    const struct guest *selected = pane_selected(active_pane(guests));

    guest_id_clear(&guests->before_filter);
    if (selected && active_pane(guests)->bound)
        guest_id_copy(&guests->before_filter, &selected->id);
    ask_open(ui, &filter_ask, ui->filter, guests);
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned sort_by(struct ui *ui, int key)
{
    ui->order = (struct listing_order){.key = key};
    return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
}

static unsigned mark(struct guests_view *guests, struct ui *ui)
{
    struct pane *pane = active_pane(guests);
    struct guest *guest = pane_selected(pane);

    if (guest) {
        ui_mark(ui, guest, !guest->marked);
        pane_move(pane, 1);
    }
    return REACT_HANDLED | REACT_REDRAW;
}

/* What the filter leaves, in both panes when both are shown. */
static unsigned invert_marks(struct guests_view *guests, struct ui *ui)
{
    for (int i = 0; i < PANE_COUNT; i++) {
        const struct pane *pane = &guests->panes[i];

        if (!pane->table.height)
            continue;
        for (size_t row = 0; row < pane->listing.count; row++)
            ui_mark(ui, pane->listing.rows[row], !pane->listing.rows[row]->marked);
    }
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned unmark_all(struct ui *ui)
{
    struct world *live = engine_world(ui->engine);

    for (size_t i = 0; i < world_guest_count(ui->world); i++)
        world_guest_at(ui->world, i)->marked = false;
    /* Frozen, the live world may have guests that are marked and not shown. */
    for (size_t i = 0; i < world_guest_count(live); i++)
        world_guest_at(live, i)->marked = false;
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned next_layout(struct guests_view *guests, struct ui *ui)
{
    static const char *const names[] = {"side by side from 110 columns on, else one table",
                                        "one table", "machines only", "containers only"};

    guests->layout = (guests->layout + 1) % LAYOUT_COUNT;
    /* On a narrow screen one table is what it was just now. */
    if (guests->layout == LAYOUT_ONE && draw_screen().width < SIDE_BY_SIDE_WIDTH)
        guests->layout++;
    choose_pane(guests, ui);
    ui_say(ui, STYLE_DIM, "layout: %s", names[guests->layout]);
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned next_pane(struct guests_view *guests)
{
    if (is_side_by_side(guests)) {
        guests->active = guests->active == PANE_MACHINES ? PANE_CONTAINERS : PANE_MACHINES;
        pane_move(active_pane(guests), 0); /* its guest is chosen now */
    }
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned go_back(struct guests_view *guests, struct ui *ui, bool quits)
{
    if (guests->zoom != ZOOM_NONE) {
        guests->zoom = ZOOM_NONE;
        return REACT_HANDLED | REACT_REDRAW;
    }
    if (quits)
        return 0;
    ui->jobs_seen_ns = ui->clock_ns;
    if (!ui->filter[0])
        return REACT_HANDLED | REACT_REDRAW;
    ui->filter[0] = '\0';
    return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
}

static unsigned move(struct guests_view *guests, enum command which)
{
    struct pane *pane = active_pane(guests);
    long page = pane->table.height > 1 ? pane->table.height - 1 : 10;

    switch (which) {
    case COMMAND_UP:
        pane_move(pane, -1);
        break;
    case COMMAND_DOWN:
        pane_move(pane, 1);
        break;
    case COMMAND_PAGE_UP:
        pane_move(pane, -page);
        break;
    case COMMAND_PAGE_DOWN:
        pane_move(pane, page);
        break;
    case COMMAND_FIRST:
        pane_move_to(pane, 0);
        break;
    case COMMAND_LAST:
        pane_move_to(pane, (long)pane->listing.count - 1);
        break;
    default:
        return 0;
    }
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned sort_command(struct guests_view *guests, struct ui *ui, enum command which)
{
    const struct columns *columns = &active_pane(guests)->columns;

    switch (which) {
    case COMMAND_SORT_CPU:
        return sort_by(ui, METRIC_CPU);
    case COMMAND_SORT_MEMORY:
        return sort_by(ui, METRIC_MEM_USED);
    case COMMAND_SORT_TIME:
        return sort_by(ui, METRIC_UPTIME);
    case COMMAND_SORT_LEFT:
        return sort_by(ui, columns_sort_key_beside(columns, ui->order.key, -1));
    case COMMAND_SORT_RIGHT:
        return sort_by(ui, columns_sort_key_beside(columns, ui->order.key, 1));
    case COMMAND_SORT_INVERT:
        ui->order.inverted = !ui->order.inverted;
        return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
    case COMMAND_SORT_MENU:
        find_open_sort_menu(ui);
        return REACT_HANDLED | REACT_REDRAW;
    default:
        return 0;
    }
}

/* The pane and row of the next problem behind the cursor, in the panes that are shown, round the
 * end; -1 without any. */
static int find_problem(const struct guests_view *guests, const struct ui *ui, long *ret_row)
{
    int active = guests->active, other = active;

    if (is_side_by_side(guests))
        other = active == PANE_MACHINES ? PANE_CONTAINERS : PANE_MACHINES;
    const int panes[] = {active, other, active};
    const long from[] = {guests->panes[active].row + 1, 0, 0};

    for (int i = 0; i < 3; i++) {
        *ret_row = pane_next_problem(&guests->panes[panes[i]], ui, from[i]);
        if (*ret_row >= 0)
            return panes[i];
    }
    return -1;
}

static unsigned next_problem(struct guests_view *guests, struct ui *ui)
{
    struct problem_counts counts;
    long row;
    int pane = find_problem(guests, ui, &row);

    if (pane >= 0) {
        guests->active = pane;
        pane_move_to(&guests->panes[pane], row);
        return REACT_HANDLED | REACT_REDRAW;
    }
    problem_count(ui->world, ui->now_ns, &counts);
    if (counts.guests)
        ui_say(ui, STYLE_WARN, "%zu with a problem, not in this list: see filter and layout",
               counts.guests);
    else
        ui_say(ui, STYLE_DIM, "no guest has a problem that is not acknowledged");
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned acknowledge(struct guests_view *guests, struct ui *ui)
{
    struct guest *guest = pane_selected(active_pane(guests));
    struct problem problem;

    if (!guest)
        return REACT_HANDLED;
    const char *name = guest->facts.name ? guest->facts.name : "it";
    pane_move(active_pane(guests), 0); /* the cursor stays with it */
    if (!problem_of(ui->world, guest, ui->now_ns, &problem)) {
        ui_say(ui, STYLE_DIM, "%.60s has no problem to acknowledge", name);
        return REACT_HANDLED | REACT_REDRAW;
    }
    ui_say(ui, STYLE_DIM, "acknowledged%s: %.60s: %.200s",
           ui_acknowledge(ui, guest) ? "" : " already", name, problem.cause);
    return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
}

static unsigned zoom(struct guests_view *guests, enum zoom to)
{
    guests->zoom = guests->zoom == ZOOM_NONE ? to : ZOOM_NONE;
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned command(struct view *view, struct ui *ui, enum command which)
{
    struct guests_view *guests = guests_of(view);
    struct pane *pane = active_pane(guests);
    unsigned done = move(guests, which);

    if (!done)
        done = sort_command(guests, ui, which);
    if (done)
        return done;
    switch (which) {
    case COMMAND_OPEN:
        pane_move(pane, 0); /* the cursor is chosen now */
        return guests->zoom == ZOOM_DETAIL ? (unsigned)REACT_HANDLED : zoom(guests, ZOOM_DETAIL);
    case COMMAND_ZOOM:
        return zoom(guests, ZOOM_TABLE);
    case COMMAND_BACK:
    case COMMAND_BACK_OR_QUIT:
        return go_back(guests, ui, which == COMMAND_BACK_OR_QUIT);
    case COMMAND_NEXT_PANE:
        return next_pane(guests);
    case COMMAND_LAYOUT:
        return next_layout(guests, ui);
    case COMMAND_FILTER:
        return open_filter(guests, ui);
    case COMMAND_NEXT_PROBLEM:
        return next_problem(guests, ui);
    case COMMAND_ACKNOWLEDGE:
        return acknowledge(guests, ui);
    case COMMAND_MARK:
        return mark(guests, ui);
    case COMMAND_INVERT_MARKS:
        return invert_marks(guests, ui);
    case COMMAND_UNMARK:
        return unmark_all(ui);
    case COMMAND_FOLLOW:
        ui->follow = !ui->follow;
        pane_move(pane, 0);
        ui_say(ui, STYLE_DIM,
               ui->follow ? "the selected guest holds its line"
                          : "the list holds still, the cursor goes with its guest");
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_ACTIONS:
        pane_move(pane, 0);
        actions_open(ui, pane_selected(pane));
        return REACT_HANDLED | REACT_REDRAW;
    default:
        return 0;
    }
}

static unsigned mouse(struct view *view, struct ui *ui, struct key key)
{
    struct guests_view *guests = guests_of(view);

    for (int i = 0; i < PANE_COUNT; i++) {
        struct pane *pane = &guests->panes[i];

        if (!rect_has(pane->rect, key.y, key.x))
            continue;
        if (key.code == MOUSE_WHEEL_UP || key.code == MOUSE_WHEEL_DOWN) {
            pane_move(pane, key.code == MOUSE_WHEEL_UP ? -3 : 3);
            return REACT_HANDLED | REACT_REDRAW;
        }
        guests->active = i;
        if (key.y == pane->table.y - 1) {
            int sort_key = columns_sort_key_at(&pane->columns, key.x - pane->rect.x);

            if (sort_key == ui->order.key)
                return sort_command(guests, ui, COMMAND_SORT_INVERT);
            return sort_key < 0 ? (unsigned)REACT_HANDLED : sort_by(ui, sort_key);
        }
        long row = rect_has(pane->table, key.y, key.x) ? pane_row_at(pane, ui, key.y) : -1;
        if (row >= 0)
            pane_move_to(pane, row);
        return REACT_HANDLED | REACT_REDRAW;
    }
    return 0;
}

static const struct guest *selected(const struct view *view)
{
    const struct guests_view *guests = (const struct guests_view *)view;

    return pane_selected(&guests->panes[guests->active]);
}

static void want(const struct view *view, struct ui *ui)
{
    const struct guests_view *guests = (const struct guests_view *)view;
    const struct guest *cursor = selected(view);
    CLEANUP_FREE struct guest_id *ids = NULL;
    size_t count = 0, room = 0;

    for (int i = 0; i < PANE_COUNT; i++)
        room += (size_t)guests->panes[i].table.height;
    ids = xcalloc(room + 1, sizeof(*ids));
    for (int i = 0; i < PANE_COUNT; i++) {
        const struct pane *pane = &guests->panes[i];

        for (long row = pane->top; row < pane->top + pane->table.height; row++)
            if (row < (long)pane->listing.count)
                ids[count++] = pane->listing.rows[row]->id;
    }
    engine_want(ui->engine, ids, count, cursor ? &cursor->id : NULL);
}

static void resized(struct view *view, struct ui *ui)
{
    choose_pane(guests_of(view), ui);
}

/* Brings GUEST where the cursor can go: its kind is shown, and what hides it is taken off. */
static bool select_guest(struct view *view, struct ui *ui, const struct guest_id *id)
{
    struct guests_view *guests = guests_of(view);
    const struct guest *guest = world_find(ui->world, id);
    bool container = guest && guest->facts.kind == KIND_CONTAINER;

    if (!guest)
        return false;
    if (guests->layout == (container ? LAYOUT_MACHINES : LAYOUT_CONTAINERS))
        guests->layout = LAYOUT_AUTO;
    choose_pane(guests, ui);
    if (is_side_by_side(guests))
        guests->active = container ? PANE_CONTAINERS : PANE_MACHINES;
    arrange(view, ui, true);
    if (listing_find(&active_pane(guests)->listing, id) < 0) {
        ui_say(ui, STYLE_WARN, "the filter '%.40s' is off: it hid %.60s", ui->filter,
               guest->facts.name);
        ui->filter[0] = '\0';
        arrange(view, ui, true);
    }
    guests->zoom = ZOOM_NONE;
    return pane_select(active_pane(guests), id);
}

static void free_guests(struct view *view)
{
    if (!view)
        return;
    for (int i = 0; i < PANE_COUNT; i++)
        pane_clear(&guests_of(view)->panes[i]);
    guest_id_clear(&guests_of(view)->before_filter);
    free(view);
}

static const struct view_ops guests_ops = {
    .name = "guests",
    .context = CONTEXT_GUESTS,
    .arrange = arrange,
    .resized = resized,
    .draw = draw,
    .command = command,
    .mouse = mouse,
    .selected = selected,
    .want = want,
    .select = select_guest,
    .free = free_guests,
};

struct view *guests_view_new(void)
{
    static const enum listing_kinds kinds[PANE_COUNT] = {LIST_BOTH, LIST_MACHINES, LIST_CONTAINERS};
    struct guests_view *guests = xcalloc(1, sizeof(*guests));

    guests->view.ops = &guests_ops;
    for (int i = 0; i < PANE_COUNT; i++)
        pane_init(&guests->panes[i], kinds[i]);
    return &guests->view;
}
