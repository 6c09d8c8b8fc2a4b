#include "ui/view/guest_row.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"
#include "model/problem.h"
#include "ui/term/term.h"
#include "ui/view/frozen.h"
#include "ui/view/wording.h"

#define TREND_MAX 32

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

    if (width < COLUMN_PAIR) {
        draw_metric(cell, COLUMN_MEM, METRIC_MEM_USED);
        return;
    }
    if (isnan(limit) && cell->guest->facts.memory)
        limit = (double)cell->guest->facts.memory;
    wording_of_limit(text, used, limit);
    draw_cell(cell->rect, cell->y, x, cell->style, text, COLUMN_PAIR);
    if (cell->columns->bar && !isnan(used) && limit > 0)
        draw_bar(cell->rect, cell->y, x + COLUMN_PAIR + 1, cell->columns->bar, used / limit,
                 !cell->wording->stale);
}

static void draw_flow(const struct cell *cell, enum column column, enum metric in, enum metric out)
{
    double a = value_of(cell, in), b = value_of(cell, out);
    int x = cell->columns->x[column], width = cell->columns->width[column];
    char text[UNITS_MAX * 2] = "-", first[UNITS_MAX] = "-", second[UNITS_MAX] = "-";

    if (width < COLUMN_PAIR) {
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
    int width = cell->columns->width[COLUMN_TREND];
    int64_t period = world_period(cell->ui->world), now = cell->ui->now_ns;
    float values[TREND_MAX];

    if (!frozen_history(cell->ui, cell->guest) || width > TREND_MAX)
        return;
    /* One slice a tick, its edges between two ticks, so that the curve does not flicker. */
    int64_t to = now / period * period + period / 2;
    frozen_read(cell->ui, cell->guest, METRIC_CPU, period, to, values, width);
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
struct stretch {
    int from, end;
};

/* Where the cause of a problem may stand: in the room of all figures of a guest that stands still,
 * of one that runs only in that of what goes in and out. */
static struct stretch cause_stretch(const struct columns *columns, const struct wording *wording,
                                    int width)
{
    enum column first = wording->idle ? COLUMN_CPU : COLUMN_DISK;
    struct stretch stretch = {-1, width};

    for (int i = 0; i < columns->order.count; i++) {
        enum column column = columns->order.at[i];

        if (!columns->width[column])
            continue;
        if (column >= first && stretch.from < 0)
            stretch.from = columns->x[column];
        else if (column < first && stretch.from >= 0) {
            stretch.end = columns->x[column] - 1;
            break;
        }
    }
    return stretch.from < 0 ? (struct stretch){0, 0} : stretch;
}

bool guest_row_wants_line(const struct columns *columns, const struct ui *ui, struct rect rect,
                          const struct guest *guest)
{
    struct wording wording;

    if (problem_rank(ui->world, guest, ui->now_ns) == PROBLEM_RANK_NONE)
        return false;
    wording_short(&wording, ui->world, guest, ui->now_ns, columns->width[COLUMN_STATE]);
    struct stretch stretch = cause_stretch(columns, &wording, rect.width);
    return !wording.idle || stretch.end - stretch.from < (int)text_width(wording.cause);
}

void guest_row_draw_cause(const struct columns *columns, const struct ui *ui, struct rect rect,
                          int y, const struct guest *guest)
{
    struct wording wording;
    int x = columns->x[COLUMN_NAME] + 2;

    wording_short(&wording, ui->world, guest, ui->now_ns, columns->width[COLUMN_STATE]);
    draw_cell(rect, y, x, wording.over ? STYLE_WARN : wording.style, wording.cause, rect.width - x);
}

void guest_row_draw(const struct columns *columns, const struct ui *ui, struct rect rect, int y,
                    const struct guest *guest, enum row_cursor cursor, bool cause)
{
    struct wording wording;
    int x = columns->x[COLUMN_STATE], width = columns->width[COLUMN_STATE];
    struct stretch taken = {0, 0}; /* by the cause */

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
        taken = cause_stretch(columns, &wording, rect.width);
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
