#include "ui/view/column.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "model/problem.h"
#include "ui/term/term.h"
#include "ui/view/frozen.h"
#include "ui/view/wording.h"

#define GUTTER 3 /* cursor, mark, trouble */
#define FIGURE 5 /* "188.2", "1023M" */
#define PAIR 11  /* "1023M/1023M" */
#define MEM_HEADER 7
#define TREND_MAX 32
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
    {COLUMN_NAME, 8},     {COLUMN_CPU, FIGURE}, {COLUMN_STATE, 9},
    {COLUMN_KIND, 1},     {COLUMN_EXTRA, 7},    {COLUMN_ISOLATION, 9},
    {COLUMN_MEM, FIGURE}, {COLUMN_NAME, 10},    {COLUMN_MEM, PAIR},
    {COLUMN_DISK, 5},     {COLUMN_NET, 5},      {COLUMN_NAME, AS_NEEDED(24)},
    {COLUMN_STATE, 10},   {COLUMN_MEM, 13},     {COLUMN_NAME, 12},
    {COLUMN_DISK, PAIR},  {COLUMN_NET, PAIR},   {COLUMN_STATE, 12},
    {COLUMN_NAME, 16},    {COLUMN_UP, 5},       {COLUMN_NAME, AS_NEEDED(NAME_MAX_CELLS)},
    {COLUMN_ADDRESS, 15}, {COLUMN_TREND, 10},   {COLUMN_MEM, 16},
    {COLUMN_STATE, 16},   {COLUMN_NAME, 20},    {COLUMN_TREND, 20},
    {COLUMN_MEM, 20},     {COLUMN_NAME, 28},    {COLUMN_STATE, 20},
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
    ret->bar = ret->width[COLUMN_MEM] > PAIR ? ret->width[COLUMN_MEM] - PAIR - 1 : 0;

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
        else if (i == COLUMN_DISK && width >= PAIR)
            title = "DISK R/W";
        else if (i == COLUMN_NET && width >= PAIR)
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

/* All that drawing one cell needs. */
struct cell {
    const struct columns *columns;
    const struct ui *ui;
    const struct guest *guest;
    struct rect rect;
    int y;
    enum style style;  /* of plain figures */
    enum style cursor; /* of the whole row when it has a cursor, else STYLE_NORMAL */
    const struct wording *wording;
};

static double value_of(const struct cell *cell, enum metric metric)
{
    double value;

    return guest_metric(cell->guest, metric, cell->ui->now_ns, &value) ? value : NAN;
}

static void draw_metric(const struct cell *cell, enum column column, enum metric metric)
{
    double value = value_of(cell, metric);
    char text[UNITS_MAX] = "-";

    if (!isnan(value))
        metric_format_value(text, metric, value);
    draw_right(cell->rect, cell->y, cell->columns->x[column], cell->style, text,
               cell->columns->width[column]);
}

static void draw_memory(const struct cell *cell)
{
    double used = value_of(cell, METRIC_MEM_USED), limit = value_of(cell, METRIC_MEM_LIMIT);
    int x = cell->columns->x[COLUMN_MEM], width = cell->columns->width[COLUMN_MEM];
    char text[32];

    if (width < PAIR) {
        draw_metric(cell, COLUMN_MEM, METRIC_MEM_USED);
        return;
    }
    if (isnan(limit) && cell->guest->facts.memory)
        limit = (double)cell->guest->facts.memory;
    wording_of_limit(text, used, limit);
    draw_cell(cell->rect, cell->y, x, cell->style, text, PAIR);
    if (cell->columns->bar && !isnan(used) && limit > 0)
        draw_bar(cell->rect, cell->y, x + PAIR + 1, cell->columns->bar, used / limit,
                 !cell->wording->stale);
}

static void draw_flow(const struct cell *cell, enum column column, enum metric in, enum metric out)
{
    double a = value_of(cell, in), b = value_of(cell, out);
    int x = cell->columns->x[column], width = cell->columns->width[column];
    char text[UNITS_MAX * 2] = "-", first[UNITS_MAX] = "-", second[UNITS_MAX] = "-";

    if (width < PAIR) {
        if (!isnan(a) && !isnan(b))
            metric_format_value(text, in, a + b);
        draw_right(cell->rect, cell->y, x, cell->style, text, width);
        return;
    }
    if (!isnan(a))
        metric_format_value(first, in, a);
    if (!isnan(b))
        metric_format_value(second, out, b);
    snprintf(text, sizeof(text), "%s/%s", first, second);
    draw_right(cell->rect, cell->y, x, cell->style, text, width);
}

static void draw_trend(const struct cell *cell)
{
    const struct history *history = frozen_history(cell->ui, cell->guest);
    int width = cell->columns->width[COLUMN_TREND];
    int64_t period = world_period(cell->ui->world), now = cell->ui->now_ns;
    float values[TREND_MAX];

    if (!history || width > TREND_MAX)
        return;
    /* One slice a tick, its edges between two ticks, so that the curve does not flicker. */
    int64_t to = now / period * period + period / 2;
    frozen_read(cell->ui, history, METRIC_CPU, period, to, values, width);
    double top = 100;
    for (int i = 0; i < width; i++)
        if (!isnan(values[i]) && values[i] > top)
            top = values[i];
    draw_sparkline(cell->rect, cell->y, cell->columns->x[COLUMN_TREND], width,
                   cell->cursor ? cell->cursor : STYLE_GRAPH, values, width, top);
}

/* Only what is weak is worth a second look. */
static void draw_isolation(const struct cell *cell)
{
    const char *word = guest_isolation(cell->guest);
    bool weak = cell->guest->isolation && cell->guest->isolation->verdict == ISOLATION_WEAK;
    enum style style = cell->cursor ? cell->cursor : weak ? STYLE_WARN : STYLE_DIM;

    draw_cell(cell->rect, cell->y, cell->columns->x[COLUMN_ISOLATION], style, word ? word : "-",
              cell->columns->width[COLUMN_ISOLATION]);
}

static void draw_cell_of(const struct cell *cell, enum column column)
{
    const struct guest *guest = cell->guest;
    int x = cell->columns->x[column], width = cell->columns->width[column];
    enum style style = cell->style;
    char name[2048];

    switch (column) {
    case COLUMN_KIND:
        draw_text(cell->rect, cell->y, x, style, guest->facts.kind == KIND_MACHINE ? "V" : "C");
        break;
    case COLUMN_NAME:
        if (guest->marked && !cell->cursor)
            style = STYLE_MARKED;
        else if (cell->wording->problem && !cell->cursor)
            style = STYLE_NORMAL; /* its figures are old, but who is sick has to be read */
        text_fit_middle(name, sizeof(name), guest->facts.name ? guest->facts.name : "",
                        (size_t)width, !term_is_utf8());
        draw_cell(cell->rect, cell->y, x, style, name, width);
        break;
    case COLUMN_CPU:
        draw_metric(cell, column, METRIC_CPU);
        break;
    case COLUMN_EXTRA:
        draw_metric(cell, column, cell->columns->extra);
        break;
    case COLUMN_TREND:
        draw_trend(cell);
        break;
    case COLUMN_MEM:
        draw_memory(cell);
        break;
    case COLUMN_DISK:
        draw_flow(cell, column, METRIC_DISK_READ, METRIC_DISK_WRITE);
        break;
    case COLUMN_NET:
        draw_flow(cell, column, METRIC_NET_RX, METRIC_NET_TX);
        break;
    case COLUMN_UP:
        draw_metric(cell, column, METRIC_UPTIME);
        break;
    case COLUMN_ADDRESS:
        draw_cell(cell->rect, cell->y, x, style,
                  guest->facts.addresses[0] ? guest->facts.addresses[0] : "-", width);
        break;
    case COLUMN_ISOLATION:
        draw_isolation(cell);
        break;
    default:
        break;
    }
}

static void draw_gutter(const struct cell *cell, enum row_cursor cursor)
{
    enum style style = cell->cursor;

    if (cursor == ROW_CURSOR)
        draw_text(cell->rect, cell->y, 0, style, ">");
    if (cell->guest->marked)
        draw_text(cell->rect, cell->y, 1, style ? style : STYLE_MARKED, "*");
    if (cell->wording->over)
        draw_text(cell->rect, cell->y, 2, style ? style : STYLE_WARN, "~");
    else if (cell->wording->problem)
        draw_text(cell->rect, cell->y, 2, style ? style : cell->wording->style, "!");
}

/* Cells of a row, from FROM to before END; none when they are equal. */
struct span {
    int from, end;
};

/* Where the cause of a problem may stand: in the room of all figures of a guest that stands still,
 * of one that runs only in that of what goes in and out. */
static struct span cause_span(const struct columns *columns, const struct wording *wording,
                              int width)
{
    enum column first = wording->idle ? COLUMN_CPU : COLUMN_DISK;
    struct span span = {-1, width};

    for (int i = 0; i < columns->order.count; i++) {
        enum column column = columns->order.at[i];

        if (!columns->width[column])
            continue;
        if (column >= first && span.from < 0)
            span.from = columns->x[column];
        else if (column < first && span.from >= 0) {
            span.end = columns->x[column] - 1;
            break;
        }
    }
    return span.from < 0 ? (struct span){0, 0} : span;
}

bool columns_want_line(const struct columns *columns, const struct ui *ui, struct rect rect,
                       const struct guest *guest)
{
    struct wording wording;

    if (problem_rank(ui->world, guest, ui->now_ns) == PROBLEM_RANK_NONE)
        return false;
    wording_short(&wording, ui->world, guest, ui->now_ns, columns->width[COLUMN_STATE]);
    struct span span = cause_span(columns, &wording, rect.width);
    return !wording.idle || span.end - span.from < (int)text_width(wording.cause);
}

void columns_draw_cause(const struct columns *columns, const struct ui *ui, struct rect rect, int y,
                        const struct guest *guest)
{
    struct wording wording;
    int x = columns->x[COLUMN_NAME] + 2;

    wording_short(&wording, ui->world, guest, ui->now_ns, columns->width[COLUMN_STATE]);
    draw_cell(rect, y, x, wording.over ? STYLE_WARN : wording.style, wording.cause, rect.width - x);
}

void columns_draw_row(const struct columns *columns, const struct ui *ui, struct rect rect, int y,
                      const struct guest *guest, enum row_cursor cursor, bool cause)
{
    struct wording wording;
    int x = columns->x[COLUMN_STATE], width = columns->width[COLUMN_STATE];
    struct span taken = {0, 0}; /* by the cause */

    wording_short(&wording, ui->world, guest, ui->now_ns, width);
    struct cell cell = {.columns = columns,
                        .ui = ui,
                        .guest = guest,
                        .rect = rect,
                        .y = y,
                        .wording = &wording,
                        .cursor = cursor == ROW_CURSOR        ? STYLE_SELECTED
                                  : cursor == ROW_CURSOR_AWAY ? STYLE_SELECTED_AWAY
                                                              : STYLE_NORMAL};
    cell.style = cell.cursor                    ? cell.cursor
                 : wording.stale                ? STYLE_STALE
                 : !state_is_live(guest->state) ? STYLE_DIM
                                                : STYLE_NORMAL;
    if (cause && !wording.over && (wording.problem || (wording.idle && wording.cause[0])))
        taken = cause_span(columns, &wording, rect.width);
    draw_cell(rect, y, 0, cell.cursor, "", rect.width);
    draw_gutter(&cell, cursor);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        bool covered = columns->x[i] >= taken.from && columns->x[i] < taken.end;

        if (columns->width[i] && i != COLUMN_STATE && !covered)
            draw_cell_of(&cell, (enum column)i);
    }
    enum style style = cell.cursor ? cell.cursor : wording.style;
    draw_cell(rect, y, x, style, wording.text, width);
    draw_cell(rect, y, taken.from, style, wording.cause, taken.end - taken.from);
}
