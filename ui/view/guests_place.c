/* How the tables of guests and the detail of one share the screen. */
#include "ui/view/guests_internal.h"

#define DETAIL_RIGHT_WIDTH 160
#define DETAIL_SMALL 4  /* who, and two lines of two small graphs */
#define DETAIL_ROOMY 16 /* four graphs, as on 120x40 */
#define PART_WITH_DETAIL 9
#define TABLES_WIDTH 108 /* side by side, with all that is measured in each */
#define TABLE_HEAD 2     /* title and header */
#define SPARE_ROWS 2     /* of a table: for causes, for the next guest */
#define ROWS_STEP 4

/* A third, unless two tables beside it need more. */
static int detail_width(int width)
{
    return width / 3 < width - TABLES_WIDTH ? width / 3 : width - TABLES_WIDTH;
}

/* On a part of the screen the table comes first. */
static int detail_rows(int height, int room)
{
    int wanted = detail_height(height);

    if (wanted <= room * 2 / 3)
        return wanted;
    return room >= PART_WITH_DETAIL ? DETAIL_SMALL : 0;
}

/* In steps, and never less: a guest that comes or goes, or a filter, moves no border. */
void guests_keep_room(struct guests_view *guests, int pane)
{
    size_t total = guests->panes[pane].listing.total;
    int rows = total < 1000 ? (int)total : 1000;

    rows = (rows + SPARE_ROWS + ROWS_STEP - 1) / ROWS_STEP * ROWS_STEP;
    if (guests->kept_rows[pane] < rows)
        guests->kept_rows[pane] = rows;
}

/* What is left of HEIGHT below that table; nothing when that is too little for the detail. */
static int room_below(const struct guests_view *guests, int pane, int height)
{
    int room = height - TABLE_HEAD - guests->kept_rows[pane];

    return room >= DETAIL_ROOMY ? room : 0;
}

/* The tables into RECT: alike, with a space between them, so that both have the same columns. */
static void place_tables(const struct guests_view *guests, struct rect rect, bool two,
                         struct guests_places *ret)
{
    if (!two) {
        ret->panes[guests->active] = rect;
        return;
    }
    struct rect left = rect_cut_columns(&rect, (rect.width + 1) / 2);
    left.width--;
    rect.width = left.width;
    ret->panes[PANE_MACHINES] = left;
    ret->panes[PANE_CONTAINERS] = rect;
}

/* On a wide screen: below the tables when all rows fit above it, else below the one of the two
 * whose rows do, so that no column has to go; beside them when there are too many. */
static void place_wide(const struct guests_view *guests, struct rect rect, bool two,
                       struct guests_places *ret)
{
    int low = two ? PANE_MACHINES : guests->active, high = two ? PANE_CONTAINERS : low;

    if (guests->kept_rows[low] > guests->kept_rows[high]) {
        low = PANE_CONTAINERS;
        high = PANE_MACHINES;
    }
    int below_all = room_below(guests, high, rect.height);
    int below_one = two ? room_below(guests, low, rect.height) : 0;
    if (below_all) {
        ret->detail = rect_cut_rows(&rect, -below_all);
    } else if (!below_one) {
        ret->detail = rect_cut_columns(&rect, -detail_width(draw_screen().width));
        rect.width--; /* air between the two */
    }
    place_tables(guests, rect, two, ret);
    if (!below_all && below_one)
        ret->detail = rect_cut_rows(&ret->panes[low], -below_one);
}

void guests_place(const struct guests_view *guests, struct rect rect, struct guests_places *ret)
{
    struct rect screen = draw_screen();
    bool two = guests_side_by_side(guests) && guests->zoom != ZOOM_TABLE;

    *ret = (struct guests_places){0};
    if (guests->zoom == ZOOM_DETAIL) {
        ret->detail = rect;
        return;
    }
    bool detail = guests->zoom == ZOOM_NONE && screen.height >= 20;
    if (detail && screen.width >= DETAIL_RIGHT_WIDTH) {
        place_wide(guests, rect, two, ret);
        return;
    }
    if (detail)
        ret->detail = rect_cut_rows(&rect, -detail_rows(screen.height, rect.height));
    place_tables(guests, rect, two, ret);
}
