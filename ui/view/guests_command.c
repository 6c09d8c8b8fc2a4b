/* What the operator does in the view of guests. */
#include "model/problem.h"
#include "ui/view/actions.h"
#include "ui/view/find.h"
#include "ui/view/guests_internal.h"
#include "ui/view/narrow.h"

/* In whichever pane: a filter that leaves one empty has given the keyboard to the other. */
static void select_as_before(struct guests_view *guests)
{
    for (int i = 0; i < PANE_COUNT; i++)
        if (guests_shows(guests, i) && pane_select(&guests->panes[i], &guests->before_filter)) {
            guests->active = i;
            return;
        }
}

static unsigned filter_done(struct ui *ui, void *context, bool kept)
{
    struct guests_view *guests = context;

    guests_arrange(&guests->view, ui, true);
    if (kept && guests_active_pane(guests)->bound)
        pane_move(guests_active_pane(guests), 0); /* whom one looked for is chosen */
    else if (!kept && guest_id_is_set(&guests->before_filter))
        select_as_before(guests);
    return REACT_REARRANGE;
}

static unsigned open_filter(struct guests_view *guests, struct ui *ui)
{
    const struct guest *selected = pane_selected(guests_active_pane(guests));

    guest_id_clear(&guests->before_filter);
    if (selected && guests_active_pane(guests)->bound)
        guest_id_copy(&guests->before_filter, &selected->id);
    narrow_open(ui, filter_done, guests);
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned sort_by(struct ui *ui, int key)
{
    ui->order = (struct listing_order){.key = key};
    return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
}

static unsigned mark(struct guests_view *guests, struct ui *ui)
{
    struct pane *pane = guests_active_pane(guests);
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
    /* Where there was one table already it is what it was just now. */
    if (guests->layout == LAYOUT_ONE && !guests_parts_kinds(guests))
        guests->layout++;
    guests_choose_pane(guests, ui);
    ui_say(ui, STYLE_DIM, "layout: %s", names[guests->layout]);
    return REACT_HANDLED | REACT_REDRAW;
}

static int table_of(int place)
{
    return place ? PANE_CONTAINERS : PANE_MACHINES;
}

/* Table, the other table, and the detail where it has something to turn or to scroll: the one STEP
 * from who has the keyboard.  A table without rows would not keep it. */
static unsigned turn_pane(struct guests_view *guests, int step)
{
    int tables = guests_side_by_side(guests) ? 2 : 1;
    int count = tables + detail_has_tabs(guests->detail.rect);
    int at = guests->detail.keys ? tables : tables == 2 && guests->active == PANE_CONTAINERS;

    if (guests->zoom != ZOOM_NONE)
        return REACT_HANDLED;
    for (int tries = 0; tries < count; tries++) {
        at = (at + step + count) % count;
        if (at == tables || tables == 1 || guests->panes[table_of(at)].listing.count)
            break;
    }
    if (tables == 2 && at < tables)
        guests->active = table_of(at);
    guests_give_keys(guests, at == tables);
    pane_move(guests_active_pane(guests), 0); /* its guest is chosen now */
    return REACT_HANDLED | REACT_REDRAW;
}

/* Where there is no room for tabs they open at full size. */
static unsigned turn(struct guests_view *guests, int step)
{
    pane_move(guests_active_pane(guests), 0);
    detail_turn(&guests->detail, step);
    if (!detail_has_tabs(guests->detail.rect))
        guests_zoom(guests, ZOOM_DETAIL);
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned go_back(struct guests_view *guests, struct ui *ui, bool quits)
{
    if (guests->view.zoomed) {
        guests_zoom(guests, ZOOM_NONE);
        return REACT_HANDLED | REACT_REDRAW;
    }
    if (quits)
        return 0;
    ui->jobs_seen_ns = ui->clock_ns;
    if (!ui->filter[0])
        return REACT_HANDLED | REACT_REDRAW;
    narrow_off(ui);
    return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
}

static unsigned move(struct guests_view *guests, enum command which)
{
    struct pane *pane = guests_active_pane(guests);
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
    const struct columns *columns = &guests_active_pane(guests)->columns;

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

    if (guests_side_by_side(guests))
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
        ui_say(ui, STYLE_WARN,
               "%zu with a problem or event, not in this list: see filter and layout",
               counts.guests);
    else
        ui_say(ui, STYLE_DIM, "no guest has a problem or event that is not acknowledged");
    return REACT_HANDLED | REACT_REDRAW;
}

static unsigned acknowledge(struct guests_view *guests, struct ui *ui)
{
    struct guest *guest = pane_selected(guests_active_pane(guests));
    struct problem problem;

    if (!guest)
        return REACT_HANDLED;
    const char *name = guest->facts.name ? guest->facts.name : "it";
    pane_move(guests_active_pane(guests), 0); /* the cursor stays with it */
    if (!problem_of(ui->world, guest, ui->now_ns, &problem)) {
        ui_say(ui, STYLE_DIM, "%.60s has no problem and no event to acknowledge", name);
        return REACT_HANDLED | REACT_REDRAW;
    }
    ui_say(ui, STYLE_DIM, "acknowledged%s: %.60s: %.200s",
           ui_acknowledge(ui, guest) ? "" : " already", name, problem.cause);
    return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
}

static unsigned zoom(struct guests_view *guests, enum zoom to)
{
    guests_zoom(guests, guests->zoom == ZOOM_NONE ? to : ZOOM_NONE);
    return REACT_HANDLED | REACT_REDRAW;
}

unsigned guests_command(struct view *view, struct ui *ui, enum command which)
{
    struct guests_view *guests = guests_of(view);
    struct pane *pane = guests_active_pane(guests);
    unsigned done = 0;

    if (guests->detail.keys)
        done = detail_command(&guests->detail, ui, pane_selected(pane), which);
    if (!done)
        done = move(guests, which);
    if (!done)
        done = sort_command(guests, ui, which);
    if (done)
        return done;
    switch (which) {
    case COMMAND_OPEN:
        pane_move(pane, 0); /* the cursor is chosen now */
        return guests->zoom == ZOOM_DETAIL ? (unsigned)REACT_HANDLED : zoom(guests, ZOOM_DETAIL);
    case COMMAND_ZOOM:
        return zoom(guests, guests->detail.keys ? ZOOM_DETAIL : ZOOM_TABLE);
    case COMMAND_BACK:
    case COMMAND_BACK_OR_QUIT:
        return go_back(guests, ui, which == COMMAND_BACK_OR_QUIT);
    case COMMAND_NEXT_PANE:
        return turn_pane(guests, 1);
    case COMMAND_PREVIOUS_PANE:
        return turn_pane(guests, -1);
    case COMMAND_NEXT_TAB:
        return turn(guests, 1);
    case COMMAND_PREVIOUS_TAB:
        return turn(guests, -1);
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

unsigned guests_mouse(struct view *view, struct ui *ui, struct key key)
{
    struct guests_view *guests = guests_of(view);
    unsigned done = detail_mouse(&guests->detail, key);

    if (done) {
        if (key.code == MOUSE_LEFT && detail_has_tabs(guests->detail.rect))
            guests_give_keys(guests, true);
        return done;
    }
    for (int i = 0; i < PANE_COUNT; i++) {
        struct pane *pane = &guests->panes[i];

        if (!rect_has(pane->rect, key.y, key.x))
            continue;
        if (key.code == MOUSE_WHEEL_UP || key.code == MOUSE_WHEEL_DOWN) {
            pane_move(pane, key.code == MOUSE_WHEEL_UP ? -3 : 3);
            return REACT_HANDLED | REACT_REDRAW;
        }
        guests->active = i;
        guests_give_keys(guests, false);
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
