/* The guests: one table or two, and the detail of the one that is selected. */
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "ui/view/empty.h"
#include "ui/view/guests_internal.h"
#include "ui/view/narrow.h"

/* Below that a single table with all its columns would send more bytes with each refresh than a
 * quiet host is to cost: young guests chat, and their uptime is in seconds. */
#define ONE_KIND_WIDTH 160

bool guests_parts_kinds(const struct guests_view *guests)
{
    int width = draw_screen().width;

    return width >= SIDE_BY_SIDE_WIDTH && (guests->both_kinds || width < ONE_KIND_WIDTH);
}

bool guests_side_by_side(const struct guests_view *guests)
{
    return guests->layout == LAYOUT_AUTO && guests_parts_kinds(guests);
}

bool guests_shows(const struct guests_view *guests, int pane)
{
    return guests_side_by_side(guests) ? pane != PANE_BOTH : pane == guests->active;
}

struct pane *guests_active_pane(struct guests_view *guests)
{
    return &guests->panes[guests->active];
}

/* A table without rows does not keep the keyboard from the other one: on a host with one kind of
 * guest, or under a filter that leaves one. */
static void leave_empty_pane(struct guests_view *guests)
{
    const struct pane *active = guests_active_pane(guests);
    int other = guests->active == PANE_MACHINES ? PANE_CONTAINERS : PANE_MACHINES;

    if (!active->listing.count && guests->panes[other].listing.count)
        guests->active = other;
    else if (!active->bound && guests->panes[PANE_MACHINES].listing.count)
        guests->active = PANE_MACHINES; /* late to come, but first on the screen */
}

static bool has_both_kinds(const struct world *world)
{
    bool machine = false, container = false;

    for (size_t i = 0; i < world_guest_count(world) && !(machine && container); i++)
        if (world_guest_at(world, i)->facts.kind == KIND_CONTAINER)
            container = true;
        else
            machine = true;
    return machine && container;
}

void guests_arrange(struct view *view, struct ui *ui, bool resort)
{
    struct guests_view *guests = guests_of(view);

    ui->shown = ui->total = 0;
    for (int i = 0; i < PANE_COUNT; i++) {
        struct pane *pane = &guests->panes[i];

        if (!guests_shows(guests, i))
            continue;
        pane_arrange(pane, ui, resort);
        /* It never shrinks: a long name that goes, or that a filter hides, moves no column. */
        guests->name_cells = pane_longest_name(pane, guests->name_cells);
        guests_keep_room(guests, i);
        ui->shown += pane->listing.count;
        ui->total += pane->listing.total;
    }
    for (int i = 0; i < PANE_COUNT; i++)
        guests->panes[i].name_cells = guests->name_cells;
    if (guests_side_by_side(guests) && guests->active != PANE_BOTH)
        leave_empty_pane(guests);
    if (!guests->both_kinds && has_both_kinds(ui->world)) {
        guests->both_kinds = true;
        guests_choose_pane(guests, ui);
    }
}

void guests_choose_pane(struct guests_view *guests, struct ui *ui)
{
    const struct guest *selected = pane_selected(guests_active_pane(guests));
    bool bound = guests_active_pane(guests)->bound;
    struct guest_id id = {0};
    int wanted = guests->layout == LAYOUT_MACHINES                             ? PANE_MACHINES
                 : guests->layout == LAYOUT_CONTAINERS                         ? PANE_CONTAINERS
                 : !guests_side_by_side(guests)                                ? PANE_BOTH
                 : selected && selected->facts.kind == KIND_CONTAINER && bound ? PANE_CONTAINERS
                                                                               : PANE_MACHINES;

    if (guests_side_by_side(guests) && guests->active != PANE_BOTH)
        wanted = guests->active;
    if (selected)
        guest_id_copy(&id, &selected->id);
    bool changed = guests->active != wanted;
    guests->active = wanted;
    guests_arrange(&guests->view, ui, changed);
    if (changed && bound && guest_id_is_set(&id))
        pane_select(guests_active_pane(guests), &id);
    guest_id_clear(&id);
}

void guests_zoom(struct guests_view *guests, enum zoom to)
{
    guests->zoom = to;
    guests_give_keys(guests, to == ZOOM_DETAIL);
}

void guests_give_keys(struct guests_view *guests, bool to_detail)
{
    guests->detail.keys = to_detail;
    guests->view.context = to_detail ? CONTEXT_DETAIL : CONTEXT_GUESTS;
    guests->view.zoomed = guests->zoom != ZOOM_NONE || to_detail;
}

static void draw(struct view *view, struct ui *ui, struct rect rect)
{
    struct guests_view *guests = guests_of(view);
    bool titles = draw_screen().height >= 30 || guests_side_by_side(guests);
    struct guests_places places;

    /* No height: not on the screen, its rows are not to be touched. */
    for (int i = 0; i < PANE_COUNT; i++)
        guests->panes[i].rect.height = guests->panes[i].table.height = 0;
    guests->detail.rect.height = 0;
    if (!world_guest_count(ui->world)) {
        empty_draw(ui, rect);
        return;
    }
    guests_place(guests, rect, &places);
    if (guests->zoom == ZOOM_NONE && !detail_has_tabs(places.detail))
        guests_give_keys(guests, false);
    for (int i = 0; i < PANE_COUNT; i++)
        if (places.panes[i].height)
            pane_draw(&guests->panes[i], ui, places.panes[i], titles,
                      i == guests->active && !guests->detail.keys);
    if (places.detail.height)
        detail_draw(&guests->detail, ui, pane_selected(guests_active_pane(guests)), places.detail);
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
    detail_want(&guests->detail, ui);
}

static void resized(struct view *view, struct ui *ui)
{
    struct guests_view *guests = guests_of(view);

    guests->name_cells = 0; /* columns move in any case */
    memset(guests->kept_rows, 0, sizeof(guests->kept_rows));
    guests_choose_pane(guests, ui);
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
    guests_choose_pane(guests, ui);
    if (guests_side_by_side(guests))
        guests->active = container ? PANE_CONTAINERS : PANE_MACHINES;
    guests_arrange(view, ui, true);
    if (listing_find(&guests_active_pane(guests)->listing, id) < 0) {
        ui_say(ui, STYLE_WARN, "the filter '%.40s' is off: it hid %.60s", ui->filter,
               guest->facts.name);
        narrow_off(ui);
        guests_arrange(view, ui, true);
    }
    guests_zoom(guests, ZOOM_NONE);
    return pane_select(guests_active_pane(guests), id);
}

static void free_guests(struct view *view)
{
    if (!view)
        return;
    for (int i = 0; i < PANE_COUNT; i++)
        pane_clear(&guests_of(view)->panes[i]);
    detail_clear(&guests_of(view)->detail);
    guest_id_clear(&guests_of(view)->before_filter);
    free(view);
}

static const struct view_ops guests_ops = {
    .name = "guests",
    .context = CONTEXT_GUESTS,
    .arrange = guests_arrange,
    .resized = resized,
    .draw = draw,
    .command = guests_command,
    .mouse = guests_mouse,
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
    detail_init(&guests->detail);
    return &guests->view;
}
