#include "ui/view/pane.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "model/problem.h"
#include "ui/term/term.h"
#include "ui/view/guest_row.h"

/* A lower screen needs its lines for guests. */
#define CAUSE_LINES_HEIGHT 30

/* Which place a guest had: by a hash of its identity, so that a sort costs no copies.  Two guests
 * with one hash would merely swap places for a tick. */
struct rank {
    uint64_t hash;
    size_t place;
    struct guest *guest; /* only during a rearrangement */
};

void pane_init(struct pane *pane, enum listing_kinds kinds)
{
    *pane = (struct pane){.kinds = kinds};
}

void pane_clear(struct pane *pane)
{
    listing_clear(&pane->listing);
    guest_id_clear(&pane->cursor);
    guest_id_clear(&pane->hidden);
    free(pane->ranks);
    pane->ranks = NULL;
    pane->rank_count = 0;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t hash_id(const struct guest_id *id)
{
    uint64_t hash = hash_text(UINT64_C(14695981039346656037), id->source);
    return hash_text((hash ^ 0xff) * UINT64_C(1099511628211), id->key);
}

static int by_hash(const void *a, const void *b)
{
    const struct rank *left = a, *right = b;
    return (left->hash > right->hash) - (left->hash < right->hash);
}

static int by_place(const void *a, const void *b)
{
    const struct rank *left = a, *right = b;
    return (left->place > right->place) - (left->place < right->place);
}

static void keep_order(struct pane *pane)
{
    struct listing *listing = &pane->listing;
    CLEANUP_FREE struct rank *found = xcalloc(listing->count + 1, sizeof(*found));

    for (size_t i = 0; i < listing->count; i++) {
        struct rank key = {.hash = hash_id(&listing->rows[i]->id)};
        const struct rank *old =
            pane->rank_count ? bsearch(&key, pane->ranks, pane->rank_count, sizeof(key), by_hash)
                             : NULL;

        found[i].guest = listing->rows[i];
        found[i].place = old ? old->place : pane->rank_count + i;
    }
    qsort(found, listing->count, sizeof(*found), by_place);
    for (size_t i = 0; i < listing->count; i++)
        listing->rows[i] = found[i].guest;
}

static void remember_order(struct pane *pane)
{
    pane->rank_count = pane->listing.count;
    pane->ranks = xrealloc(pane->ranks, pane->rank_count + 1, sizeof(*pane->ranks));
    for (size_t i = 0; i < pane->rank_count; i++)
        pane->ranks[i] = (struct rank){.hash = hash_id(&pane->listing.rows[i]->id), .place = i};
    qsort(pane->ranks, pane->rank_count, sizeof(*pane->ranks), by_hash);
}

static void bind_cursor(struct pane *pane)
{
    const struct guest *guest = pane_selected(pane);

    /* An empty list keeps the cursor's guest: a filter or a source may bring it back. */
    if (!guest || guest_id_equal(&pane->cursor, &guest->id))
        return;
    guest_id_clear(&pane->cursor);
    guest_id_copy(&pane->cursor, &guest->id);
}

static void clamp_row(struct pane *pane)
{
    if (pane->row >= (long)pane->listing.count)
        pane->row = (long)pane->listing.count - 1;
    if (pane->row < 0)
        pane->row = 0;
}

/* Whom the operator chose has the cursor again as soon as it is listed. */
static void end_hiding(struct pane *pane, const struct world *world)
{
    if (!guest_id_is_set(&pane->hidden))
        return;
    if (listing_find(&pane->listing, &pane->hidden) >= 0) {
        guest_id_clear(&pane->cursor);
        pane->cursor = pane->hidden;
        pane->hidden = (struct guest_id){0};
    } else if (!world_find(world, &pane->hidden)) {
        guest_id_clear(&pane->hidden);
    }
}

static void place_cursor(struct pane *pane, const struct world *world, bool follow)
{
    end_hiding(pane, world);
    bool chosen = pane->bound && guest_id_is_set(&pane->cursor);
    long row = chosen ? listing_find(&pane->listing, &pane->cursor) : -1;

    /* Drawing fits the top in, but a pane that is not drawn is asked too which rows it shows. */
    if (row >= 0 && follow)
        pane->top = pane->top + row < pane->row ? 0 : pane->top + row - pane->row;
    if (row >= 0)
        pane->row = row;
    clamp_row(pane);
    if (row >= 0)
        return;
    if (chosen && !guest_id_is_set(&pane->hidden) && world_find(world, &pane->cursor))
        guest_id_copy(&pane->hidden, &pane->cursor);
    bind_cursor(pane);
}

void pane_arrange(struct pane *pane, const struct ui *ui, bool resort)
{
    struct listing_order order = ui->order;

    order.problems_first = order.calm = true;
    listing_build(&pane->listing, ui->world, pane->kinds, ui->query, order, ui->now_ns);
    if (!resort)
        keep_order(pane);
    remember_order(pane);
    place_cursor(pane, ui->world, ui->follow);
}

void pane_move_to(struct pane *pane, long row)
{
    pane->row = row;
    clamp_row(pane);
    pane->bound = true;
    bind_cursor(pane);
    if (pane->listing.count)
        guest_id_clear(&pane->hidden);
}

void pane_move(struct pane *pane, long by)
{
    pane_move_to(pane, pane->row + by);
}

bool pane_select(struct pane *pane, const struct guest_id *id)
{
    long row = listing_find(&pane->listing, id);

    if (row < 0)
        return false;
    pane_move_to(pane, row);
    return true;
}

struct guest *pane_selected(const struct pane *pane)
{
    return pane->row >= 0 && (size_t)pane->row < pane->listing.count ? pane->listing.rows[pane->row]
                                                                     : NULL;
}

int pane_longest_name(const struct pane *pane, int least)
{
    for (size_t row = 0; row < pane->listing.count; row++) {
        const char *name = pane->listing.rows[row]->facts.name;

        /* No text has more cells than bytes. */
        if (name && strlen(name) > (size_t)least && (int)text_width(name) > least)
            least = (int)text_width(name);
    }
    return least;
}

static void draw_title(const struct pane *pane, const struct ui *ui, struct rect rect,
                       bool with_keyboard)
{
    static const char *const names[] = {
        [LIST_BOTH] = "Guests", [LIST_MACHINES] = "Machines", [LIST_CONTAINERS] = "Containers"};
    const struct listing *listing = &pane->listing;
    char text[80], order[64];

    if (listing->count == listing->total)
        snprintf(text, sizeof(text), "%s (%zu)", names[pane->kinds], listing->total);
    else
        snprintf(text, sizeof(text), "%s (%zu of %zu)", names[pane->kinds], listing->count,
                 listing->total);
    int taken = draw_text(rect, 0, 1, with_keyboard ? STYLE_TITLE : STYLE_DIM, text);
    snprintf(order, sizeof(order), "by %s%s",
             ui->order.key < METRIC_COUNT ? metric_info((enum metric)ui->order.key)->title
                                          : sort_key_name(ui->order.key),
             ui->order.inverted ? ", inverted" : "");
    if (taken + 3 + (int)strlen(order) < rect.width)
        draw_right(rect, 0, taken + 2, STYLE_DIM, order, rect.width - taken - 3);
}

/* Lines that ROW takes. */
static int lines_of(const struct pane *pane, const struct ui *ui, long row)
{
    return pane->causes &&
                   guest_row_wants_line(&pane->columns, ui, pane->table, pane->listing.rows[row])
               ? 2
               : 1;
}

/* Causes get lines of their own where all rows fit with them, or while they are few: a table of
 * causes shows no guests. */
static bool has_room_for_causes(const struct pane *pane)
{
    long height = pane->table.height, problems = (long)pane->listing.problems;

    return draw_screen().height >= CAUSE_LINES_HEIGHT &&
           (problems <= height / 4 || problems <= height - (long)pane->listing.count);
}

/* The topmost row from which on all rows down to LAST are on the screen. */
static long top_for(const struct pane *pane, const struct ui *ui, long last)
{
    long left = pane->table.height - lines_of(pane, ui, last), top = last;

    while (top > 0 && (left -= lines_of(pane, ui, top - 1)) >= 0)
        top--;
    return top;
}

static void scroll(struct pane *pane, const struct ui *ui)
{
    long bottom = top_for(pane, ui, (long)pane->listing.count - 1);
    long lowest = top_for(pane, ui, pane->row);

    if (pane->top > bottom)
        pane->top = bottom;
    if (pane->top > pane->row)
        pane->top = pane->row;
    if (pane->top < lowest)
        pane->top = lowest;
    if (pane->top < 0)
        pane->top = 0;
}

long pane_row_at(const struct pane *pane, const struct ui *ui, int y)
{
    int line = pane->table.y;

    for (long row = pane->top; row < (long)pane->listing.count; row++) {
        line += lines_of(pane, ui, row);
        if (y < line)
            return row;
    }
    return -1;
}

long pane_next_problem(const struct pane *pane, const struct ui *ui, long from)
{
    for (long row = from; row < (long)pane->listing.count; row++)
        if (problem_rank(ui->world, pane->listing.rows[row], ui->now_ns) != PROBLEM_RANK_NONE)
            return row;
    return -1;
}

static void draw_nothing(const struct pane *pane, const struct ui *ui)
{
    static const char *const nothing[] = {[LIST_BOTH] = "no guests",
                                          [LIST_MACHINES] = "no machines",
                                          [LIST_CONTAINERS] = "no containers"};

    if (pane->listing.total && ui->filter[0])
        draw_format(pane->table, 0, 3, STYLE_DIM, "none of %zu matches '%.60s'",
                    pane->listing.total, ui->filter);
    else
        draw_text(pane->table, 0, 3, STYLE_DIM, nothing[pane->kinds]);
}

void pane_draw(struct pane *pane, const struct ui *ui, struct rect rect, bool title,
               bool with_keyboard)
{
    pane->rect = rect;
    columns_layout(&pane->columns, &ui->columns, rect.width, pane->kinds == LIST_BOTH,
                   pane->name_cells, ui->order.key);
    if (title)
        draw_title(pane, ui, rect_cut_rows(&rect, 1), with_keyboard);
    columns_draw_header(&pane->columns, rect_cut_rows(&rect, 1), 0, ui->order);
    pane->table = rect;
    if (!pane->listing.count) {
        draw_nothing(pane, ui);
        return;
    }
    pane->causes = has_room_for_causes(pane);
    scroll(pane, ui);
    long row = pane->top;
    for (int y = 0; y < rect.height && row < (long)pane->listing.count; row++) {
        const struct guest *guest = pane->listing.rows[row];
        bool own_line = lines_of(pane, ui, row) > 1 && y + 1 < rect.height;

        guest_row_draw(&pane->columns, ui, rect, y++, guest,
                       row != pane->row ? ROW_PLAIN
                       : with_keyboard  ? ROW_CURSOR
                                        : ROW_CURSOR_AWAY,
                       !own_line);
        if (own_line)
            guest_row_draw_cause(&pane->columns, ui, rect, y++, guest);
    }
}
