/* Draws the consoles: a title line with a tab for each, and below it what the active one shows. */
#include <stdio.h>

#include "base/cleanup.h"
#include "ui/term/term.h"
#include "ui/view/console_internal.h"
#include "ui/view/console_record.h"
#include "ui/view/console_say.h"
#include "ui/view/line.h"
#include "ui/view/vscreen.h"
#include "ui/widget/cells.h"

#define BESIDE_FROM_WIDTH 110
#define TAB_CELLS 30

static void name_tab(const struct ui *ui, const struct tab *tab, char *dst, size_t size)
{
    const struct console *console = tab_console(ui, tab);
    const char *what = console ? console_kind_name(&console->request) : "";
    bool another = console && console->request.device && console->device;

    snprintf(dst, size, "%s%.20s %s%s%s", tab->news ? "*" : "", tab->name, what, another ? " " : "",
             another ? console->device : "");
}

/* What the keys do stands at the right, always. */
static void draw_way_out(const struct ui *ui, struct line *line, const struct tab *tab)
{
    char enter[16], keys[80];

    if (vscreen_is(ui, tab)) {
        vscreen_hint(ui, tab, keys, sizeof(keys));
        line_right(line, 1, STYLE_DIM, "%s", keys);
        return;
    }
    const struct console *console = tab_console(ui, tab);
    if (console && console->request.kind == CONSOLE_LOG)
        line_right(line, 1, STYLE_DIM, "%s closes", command_key_text(enter, COMMAND_BACK_OR_QUIT));
    else if (ui->tabs->entered)
        line_right(line, 1, STYLE_BADGE, " %s leaves ", ui->tabs->detach_text);
    else
        line_right(line, 1, STYLE_DIM, "%s: keyboard to it, then %s leaves",
                   command_key_text(enter, COMMAND_CONSOLE), ui->tabs->detach_text);
    if (tab->record)
        line_right(line, 1, STYLE_WARN, "REC");
    if (tab->looks_back)
        line_right(line, 2, STYLE_WARN, "line %ld of %ld", tab->pager.cursor + 1, tab->pager.count);
}

static void draw_title(const struct ui *ui, struct rect rect)
{
    const struct tabs *tabs = ui->tabs;
    struct line line = line_new(rect, 0);
    char name[64];

    draw_cell(rect, 0, 0, STYLE_HEADER, "", rect.width);
    draw_way_out(ui, &line, tabs_active(ui));
    /* The active one has its place, whatever stands beside it. */
    size_t from = 0;
    int room = line.right - line.left;
    for (size_t i = tabs->active, used = 0; i < tabs->count; i--) {
        used += TAB_CELLS;
        if (used > (size_t)room && i < tabs->active)
            break;
        from = i;
    }
    for (size_t i = from; i < tabs->count; i++) {
        const struct tab *tab = tabs->tab[i];
        name_tab(ui, tab, name, sizeof(name));
        if (!line_left(&line, 1,
                       i == tabs->active ? STYLE_SELECTED
                       : tab->news       ? STYLE_WARN
                                         : STYLE_KEY_TEXT,
                       " %.*s ", TAB_CELLS, name))
            break;
    }
}

static void fit_size(const struct ui *ui, const struct tab *tab, struct rect rect)
{
    emulator_resize(tab->emulator, rect.height, rect.width);
    engine_console_size(ui->engine, tab->console, emulator_rows(tab->emulator),
                        emulator_columns(tab->emulator));
    if (tab->record)
        record_size(tab->record, emulator_rows(tab->emulator), emulator_columns(tab->emulator),
                    ui->clock_ns);
}

void console_fit_pager(struct tab *tab, struct rect rect)
{
    uint64_t dropped = emulator_dropped(tab->emulator);
    long gone = (long)(dropped - tab->pager_dropped);

    tab->pager_dropped = dropped;
    tab->pager.cursor -= gone;
    tab->pager.top -= gone;
    pager_fit(&tab->pager, rect, emulator_lines(tab->emulator));
}

/* LINE, counted from the oldest that is left, is in the range that was begun. */
static bool in_range(const struct tab *tab, long line)
{
    uint64_t at = emulator_dropped(tab->emulator) + (uint64_t)line;
    uint64_t cursor = emulator_dropped(tab->emulator) + (uint64_t)tab->pager.cursor;

    if (!tab->marked)
        return false;
    return tab->mark < cursor ? at >= tab->mark && at <= cursor : at >= cursor && at <= tab->mark;
}

static void draw_lines(struct console_view *view, const struct ui *ui, const struct tab *tab,
                       struct rect rect, bool active)
{
    const struct emulator *emulator = tab->emulator;
    long top =
        tab->looks_back ? tab->pager.top : emulator_lines(emulator) - emulator_rows(emulator);
    size_t width =
        (size_t)rect.width < ARRAY_SIZE(view->cells) ? (size_t)rect.width : ARRAY_SIZE(view->cells);
    int row, column;
    bool cursor =
        emulator_cursor(emulator, &row, &column) && !tab->looks_back && active && ui->tabs->entered;

    for (int y = 0; y < rect.height; y++) {
        long line = top + y;
        bool chosen = tab->looks_back && (line == tab->pager.cursor || in_range(tab, line));
        emulator_line(emulator, line, view->cells, width);
        draw_cells(rect, y, 0, view->cells, width, chosen);
        if (cursor && y == row && column < rect.width)
            draw_cells(rect, y, column, &view->cells[column], 1, true);
    }
}

static void draw_pane(struct console_view *view, struct ui *ui, struct tab *tab, struct rect rect,
                      bool active)
{
    enum style style;
    char text[512];
    bool said = console_say(ui, tab, text, sizeof(text), &style);

    if (vscreen_is(ui, tab)) {
        /* The last line of a text is often all that matters: nothing lies over it. */
        struct rect above = {rect.y, rect.x, rect.height - said, rect.width};
        vscreen_draw(ui, tab, above);
    } else {
        fit_size(ui, tab, rect);
        if (tab->looks_back)
            console_fit_pager(tab, rect);
        draw_lines(view, ui, tab, rect, active);
    }
    if (said) {
        draw_cell(rect, rect.height - 1, 0, style, "", rect.width);
        draw_cell(rect, rect.height - 1, 1, style, text, rect.width - 2);
    }
}

/* Two side by side, and a line between them.  Each has its name above it. */
static void draw_pair(struct console_view *view, struct ui *ui, struct rect rect, size_t left)
{
    struct rect half[2] = {rect_cut_columns(&rect, (rect.width - 1) / 2), rect};

    half[1].x++;
    half[1].width--;
    for (int y = 0; y < rect.height; y++)
        draw_text(rect, y, 0, STYLE_AXIS, term_is_utf8() ? "│" : "|");
    for (size_t i = 0; i < 2; i++) {
        struct tab *tab = ui->tabs->tab[left + i];
        bool active = left + i == ui->tabs->active;
        struct rect name = rect_cut_rows(&half[i], 1);
        char text[64];

        name_tab(ui, tab, text, sizeof(text));
        draw_cell(name, 0, 0, active ? STYLE_TITLE : STYLE_DIM, text, name.width);
        draw_pane(view, ui, tab, half[i], active);
        if (active)
            view->rect = half[i];
    }
}

void console_draw(struct view *view, struct ui *ui, struct rect rect)
{
    struct console_view *self = console_of(view);
    struct tab *tab = tabs_active(ui);
    struct rect title = rect_cut_rows(&rect, 1);

    ui->tabs->pairs = rect.width >= BESIDE_FROM_WIDTH && !ui->tabs->whole;
    if (!tab) {
        draw_cell(title, 0, 0, STYLE_TITLE, "Consoles", title.width);
        draw_cell(rect, 0, 1, STYLE_DIM,
                  "none is open: c on a guest opens its console, a a shell in it, l its log",
                  rect.width - 2);
        return;
    }
    draw_title(ui, title);
    self->rect = rect;
    if (tabs_pair(ui->tabs))
        draw_pair(self, ui, rect, ui->tabs->active & ~(size_t)1);
    else
        draw_pane(self, ui, tab, rect, true);
}
