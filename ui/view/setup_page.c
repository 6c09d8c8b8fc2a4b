#include "ui/view/setup_page.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "ui/view/preferences.h"

static void fill(struct setup_row *ret, const char *mark, const char *label, const char *value)
{
    snprintf(ret->mark, sizeof(ret->mark), "%s", mark);
    snprintf(ret->label, sizeof(ret->label), "%s", label);
    snprintf(ret->value, sizeof(ret->value), "%s", value);
}

static const char *box(bool on)
{
    return on ? "[x]" : "[ ]";
}

static bool is_toggle(struct key key)
{
    return key_is(key, SPECIAL_ENTER) || key_is_char(key, ' ');
}

static bool is_less(struct key key)
{
    return key_is_char(key, '-') || key_is_char(key, '<') || key_is_char(key, '[');
}

static bool is_more(struct key key)
{
    return key_is_char(key, '+') || key_is_char(key, '>') || key_is_char(key, ']');
}

/* ---- display ---- */

enum {
    DISPLAY_DELAY,
    DISPLAY_MOUSE,
    DISPLAY_ASCII,
    DISPLAY_ADVICE,
    DISPLAY_COUNT
};

static const int delays_ms[] = {200, 500, 1000, 2000, 3000, 5000, 10000, 30000, 60000};

static int display_count(const struct ui *ui)
{
    (void)ui;
    return DISPLAY_COUNT;
}

static void display_row(const struct ui *ui, int row, struct setup_row *ret)
{
    char delay[64];

    switch (row) {
    case DISPLAY_DELAY:
        snprintf(delay, sizeof(delay), "%.4g s between two samples",
                 (double)world_period(engine_world(ui->engine)) / NS_PER_S);
        fill(ret, "   ", "Delay", delay);
        break;
    case DISPLAY_MOUSE:
        fill(ret, box(preferences_mouse(ui)), "Mouse", "click and wheel; off: the terminal's own");
        break;
    case DISPLAY_ADVICE:
        fill(ret, box(ui->advice), "Advice", "a line in the detail, when there is any");
        break;
    default:
        fill(ret, box(preferences_ascii(ui)), "ASCII only", "no line drawing, no curves");
        break;
    }
}

/* The next of the usual delays. */
static void step_delay(struct ui *ui, int step)
{
    int64_t now = world_period(engine_world(ui->engine)), next = 0;

    for (size_t i = 0; i < ARRAY_SIZE(delays_ms); i++) {
        int64_t delay = delays_ms[i] * NS_PER_MS;
        if (step > 0 && !next && delay > now)
            next = delay;
        if (step < 0 && delay < now)
            next = delay;
    }
    if (next)
        preferences_set_delay(ui, next);
}

static bool display_key(struct ui *ui, struct setup *setup, struct key key)
{
    if (setup->cursor == DISPLAY_DELAY && (is_less(key) || is_more(key))) {
        step_delay(ui, is_more(key) ? 1 : -1);
        return true;
    }
    if (!is_toggle(key))
        return false;
    if (setup->cursor == DISPLAY_MOUSE)
        preferences_set_mouse(ui, !preferences_mouse(ui));
    else if (setup->cursor == DISPLAY_ASCII)
        preferences_set_ascii(ui, !preferences_ascii(ui));
    else if (setup->cursor == DISPLAY_ADVICE)
        ui->advice = !ui->advice;
    return true;
}

/* ---- columns: those shown in their order, then the others ---- */

static int columns_count(const struct ui *ui)
{
    (void)ui;
    return COLUMN_COUNT - 1; /* the extra column comes and goes by itself */
}

static enum column column_of(const struct ui *ui, int row)
{
    const struct column_order *order = &ui->columns;
    int rest = row - order->count;

    if (row < order->count)
        return order->at[row];
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (column_name((enum column)i) && !column_order_has(order, (enum column)i) && rest-- == 0)
            return (enum column)i;
    return COLUMN_NAME;
}

static void columns_row(const struct ui *ui, int row, struct setup_row *ret)
{
    enum column column = column_of(ui, row);

    fill(ret, box(row < ui->columns.count), column_name(column), column_help(column));
}

static void toggle_column(struct ui *ui, struct setup *setup)
{
    struct column_order *order = &ui->columns;
    enum column column = column_of(ui, setup->cursor);

    if (setup->cursor >= order->count) {
        order->at[order->count++] = column;
    } else if (column_is_needed(column)) {
        snprintf(setup->message, sizeof(setup->message), "without '%s' no row says what it is",
                 column_name(column));
    } else {
        order->count--;
        memmove(order->at + setup->cursor, order->at + setup->cursor + 1,
                (size_t)(order->count - setup->cursor) * sizeof(order->at[0]));
    }
}

static void move_column(struct ui *ui, struct setup *setup, int step)
{
    struct column_order *order = &ui->columns;
    int to = setup->cursor + step;

    if (setup->cursor >= order->count || to < 0 || to >= order->count)
        return;
    enum column column = order->at[setup->cursor];
    order->at[setup->cursor] = order->at[to];
    order->at[to] = column;
    setup->cursor = to;
}

static bool columns_key(struct ui *ui, struct setup *setup, struct key key)
{
    if (is_toggle(key))
        toggle_column(ui, setup);
    else if (is_less(key) || is_more(key))
        move_column(ui, setup, is_more(key) ? 1 : -1);
    else
        return false;
    return true;
}

/* ---- meters ---- */

static int meters_count(const struct ui *ui)
{
    (void)ui;
    return METER_COUNT;
}

static void meters_row(const struct ui *ui, int row, struct setup_row *ret)
{
    fill(ret, box(!(ui->meters_off & METER_BIT(row))), meter_name((enum meter)row),
         meter_help((enum meter)row));
}

static bool meters_key(struct ui *ui, struct setup *setup, struct key key)
{
    if (!is_toggle(key))
        return false;
    ui->meters_off ^= METER_BIT(setup->cursor);
    return true;
}

/* ---- theme ---- */

static int theme_count(const struct ui *ui)
{
    return (int)preferences_themes(ui)->count;
}

static void theme_row(const struct ui *ui, int row, struct setup_row *ret)
{
    const char *name = preferences_themes(ui)->items[row];

    fill(ret, strcmp(name, preferences_theme(ui)) == 0 ? "(*)" : "( )", name, "");
}

static int theme_first(const struct ui *ui)
{
    for (int i = 0; i < theme_count(ui); i++)
        if (strcmp(preferences_themes(ui)->items[i], preferences_theme(ui)) == 0)
            return i;
    return 0;
}

/* What the cursor is on is what one sees. */
static void theme_moved(struct ui *ui, struct setup *setup)
{
    preferences_set_theme(ui, preferences_themes(ui)->items[setup->cursor]);
}

static bool theme_key(struct ui *ui, struct setup *setup, struct key key)
{
    if (!is_toggle(key))
        return false;
    theme_moved(ui, setup);
    return true;
}

static const struct setup_page display_page = {
    .title = "Display",
    .hint = "Space turns on and off; + and - change the delay",
    .count = display_count,
    .row = display_row,
    .key = display_key,
};

static const struct setup_page columns_page = {
    .title = "Columns",
    .hint = "Space shows or hides; + and - move it right and left",
    .count = columns_count,
    .row = columns_row,
    .key = columns_key,
};

static const struct setup_page meters_page = {
    .title = "Meters",
    .hint = "Space shows or hides it in the header, where there is room",
    .count = meters_count,
    .row = meters_row,
    .key = meters_key,
};

static const struct setup_page theme_page = {
    .title = "Theme",
    .hint = "The theme under the cursor is the one you see",
    .count = theme_count,
    .row = theme_row,
    .key = theme_key,
    .moved = theme_moved,
    .first = theme_first,
};

const struct setup_page *const setup_pages[SETUP_PAGES] = {
    &display_page, &columns_page, &meters_page, &theme_page, &setup_keys_page,
};
