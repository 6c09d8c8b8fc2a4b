#include "ui/view/column.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "ui/term/term.h"

#define GUTTER 3 /* cursor, mark, trouble */
#define FIGURE 5 /* "188.2", "1023M" */
#define MEM_HEADER 7
#define NAME_MAX_CELLS 40 /* beyond that a name is cut, whatever the room */
#define AS_NEEDED(cells) (-(cells))

static const struct {
    const char *title;
    int sort_key; /* -1: the extra column's own, or none */
} infos[COLUMN_COUNT] = {
    [COLUMN_KIND] = {"K", SORT_KIND},
    [COLUMN_NAME] = {"NAME", SORT_NAME},
    [COLUMN_STATE] = {"STATE", SORT_STATE},
    [COLUMN_CPU] = {"CPU%", METRIC_CPU},
    [COLUMN_EXTRA] = {"", -1},
    [COLUMN_TREND] = {"CPU trend", -1},
    [COLUMN_MEM] = {"MEM", METRIC_MEM_USED},
    [COLUMN_DISK] = {"DISK", SORT_DISK},
    [COLUMN_NET] = {"NET", SORT_NET},
    [COLUMN_UP] = {"UP", METRIC_UPTIME},
    [COLUMN_ADDRESS] = {"ADDRESS", SORT_ADDRESS},
    [COLUMN_ISOLATION] = {"ISOLATION", -1},
};

/* What a table gets as it grows wider, the most needed first.  An entry that does not fit is passed
 * over; a later, smaller one may still fit. */
static const struct step {
    enum column column;
    int width; /* AS_NEEDED(n): up to n, as far as the longest name needs it and there is room */
} growth[] = {
    {COLUMN_NAME, 8},
    {COLUMN_CPU, FIGURE},
    {COLUMN_STATE, 9},
    {COLUMN_KIND, 1},
    {COLUMN_EXTRA, 7},
    {COLUMN_ISOLATION, 9},
    {COLUMN_MEM, FIGURE},
    {COLUMN_NAME, 10},
    {COLUMN_MEM, COLUMN_PAIR},
    {COLUMN_DISK, 5},
    {COLUMN_NET, 5},
    {COLUMN_NAME, AS_NEEDED(24)},
    {COLUMN_STATE, 10},
    {COLUMN_MEM, 13},
    {COLUMN_NAME, 12},
    {COLUMN_DISK, COLUMN_PAIR},
    {COLUMN_NET, COLUMN_PAIR},
    {COLUMN_STATE, 12},
    {COLUMN_NAME, 16},
    {COLUMN_UP, 5},
    {COLUMN_NAME, AS_NEEDED(NAME_MAX_CELLS)},
    {COLUMN_ADDRESS, 15},
    {COLUMN_TREND, 10},
    {COLUMN_MEM, 16},
    {COLUMN_STATE, 16},
    {COLUMN_NAME, 20},
    {COLUMN_TREND, 20},
    {COLUMN_MEM, 20},
    {COLUMN_NAME, 28},
    {COLUMN_STATE, 20},
};

static bool is_shown(const struct columns *columns, int sort_key)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (infos[i].sort_key == sort_key && columns->width[i])
            return true;
    return false;
}

/* What has no column of its own stands behind the CPU, else last. */
static void add_extra(struct column_order *order)
{
    int at = 0;

    while (at < order->count && order->at[at] != COLUMN_CPU)
        at++;
    at += at < order->count;
    memmove(order->at + at + 1, order->at + at, (size_t)(order->count - at) * sizeof(order->at[0]));
    order->at[at] = COLUMN_EXTRA;
    order->count++;
}

/* The width that STEP brings its column to with ROOM cells left. */
static int grown(const struct columns *columns, const struct step *step, int name, int room)
{
    int most = columns->width[step->column] + room;

    if (step->width > 0)
        return step->width;
    if (most > -step->width)
        most = -step->width;
    return name < most ? name : most;
}

/* Gives each column its width, EXTRA one too unless it is METRIC_COUNT. */
static void grow(struct columns *ret, const struct column_order *order, int width, bool kind,
                 int name, enum metric extra)
{
    int used = GUTTER;

    *ret = (struct columns){.extra = extra, .order = *order};
    if (!order->count)
        column_order_default(&ret->order);
    add_extra(&ret->order);
    for (size_t i = 0; i < ARRAY_SIZE(growth); i++) {
        enum column column = growth[i].column;

        if ((column == COLUMN_KIND && !kind) ||
            (column == COLUMN_EXTRA && ret->extra == METRIC_COUNT) ||
            !column_order_has(&ret->order, column))
            continue;
        /* A new column costs a space too; the last of the line gives its own to the edge. */
        int wide = grown(ret, &growth[i], name, width - (used - 1));
        int more = wide - ret->width[column] + (ret->width[column] ? 0 : 1);
        if (more <= 0 || used + more - 1 > width)
            continue;
        used += more;
        ret->width[column] = wide;
    }
    if (ret->width[COLUMN_NAME] && used - 1 < width) {
        int spare = width - (used - 1), wide = ret->width[COLUMN_NAME] + spare;
        ret->width[COLUMN_NAME] = wide < NAME_MAX_CELLS ? wide : NAME_MAX_CELLS;
    }
}

void columns_layout(struct columns *ret, const struct column_order *order, int width, bool kind,
                    int name, int sort_key)
{
    grow(ret, order, width, kind, name, METRIC_COUNT);
    /* What is sorted by is always to be seen, though it has no column or no room for it. */
    if (sort_key >= 0 && sort_key < METRIC_COUNT && !is_shown(ret, sort_key))
        grow(ret, order, width, kind, name, (enum metric)sort_key);
    ret->bar = ret->width[COLUMN_MEM] > COLUMN_PAIR ? ret->width[COLUMN_MEM] - COLUMN_PAIR - 1 : 0;

    int x = GUTTER;
    for (int i = 0; i < ret->order.count; i++) {
        enum column column = ret->order.at[i];

        ret->x[column] = x;
        if (ret->width[column])
            x += ret->width[column] + 1;
    }
}

static int sort_key_of(const struct columns *columns, enum column column)
{
    return column == COLUMN_EXTRA ? (int)columns->extra : infos[column].sort_key;
}

int columns_sort_key_at(const struct columns *columns, int x)
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (columns->width[i] && x >= columns->x[i] && x < columns->x[i] + columns->width[i])
            return sort_key_of(columns, (enum column)i);
    return -1;
}

int columns_sort_key_beside(const struct columns *columns, int key, int step)
{
    int keys[COLUMN_COUNT], count = 0, at = 0;

    for (int i = 0; i < columns->order.count; i++) {
        enum column column = columns->order.at[i];

        if (!columns->width[column] || sort_key_of(columns, column) < 0)
            continue;
        if (sort_key_of(columns, column) == key)
            at = count;
        keys[count++] = sort_key_of(columns, column);
    }
    return count ? keys[(at + count + step) % count] : key;
}

static bool is_figure(enum column column)
{
    return column != COLUMN_KIND && column != COLUMN_NAME && column != COLUMN_STATE &&
           column != COLUMN_TREND && column != COLUMN_ADDRESS && column != COLUMN_ISOLATION;
}

void columns_draw_header(const struct columns *columns, struct rect rect, int y,
                         struct listing_order order)
{
    const char *arrow =
        term_is_utf8() ? (order.inverted ? "▲" : "▼") : (order.inverted ? "^" : "v");

    draw_cell(rect, y, 0, STYLE_HEADER, "", rect.width);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const char *title = infos[i].title;
        int width = columns->width[i];
        bool sorted = sort_key_of(columns, (enum column)i) == order.key;
        char text[32];

        if (!width)
            continue;
        if (i == COLUMN_EXTRA)
            title = metric_info(columns->extra)->title;
        else if (i == COLUMN_DISK && width >= COLUMN_PAIR)
            title = "DISK R/W";
        else if (i == COLUMN_NET && width >= COLUMN_PAIR)
            title = "NET I/O";
        bool room = (int)strlen(title) < width;
        snprintf(text, sizeof(text), "%s%s", title, sorted && room ? arrow : "");
        enum style style = sorted ? STYLE_SORTED : STYLE_HEADER;
        if (i == COLUMN_MEM && width > FIGURE)
            width = MEM_HEADER; /* over the figures, not over the bar */
        if (is_figure((enum column)i))
            draw_right(rect, y, columns->x[i], style, text, width);
        else
            draw_cell(rect, y, columns->x[i], style, text, width);
    }
}
