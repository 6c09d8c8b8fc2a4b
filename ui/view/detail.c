#include "ui/view/detail.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "ui/view/ask.h"
#include "ui/view/detail_internal.h"
#include "ui/view/line.h"
#include "ui/view/scroll.h"

#define SHORT_HEIGHT 4 /* who, and two lines of two small graphs: no room for tabs */

/* A tab is added by a line here. */
static const struct detail_tab *const tabs[] = {
    &detail_overview,  &detail_cpu,       &detail_memory, &detail_disks,  &detail_network,
    &detail_processes, &detail_isolation, &detail_config, &detail_events,
};

_Static_assert(ARRAY_SIZE(tabs) <= DETAIL_TABS_MAX, "each tab has its place");

double detail_metric(const struct ui *ui, const struct guest *guest, enum metric metric)
{
    double value;

    return guest_metric(guest, metric, ui->now_ns, &value) ? value : NAN;
}

const char *detail_metric_text(char dst[UNITS_MAX], enum metric metric, double value)
{
    if (isnan(value))
        snprintf(dst, UNITS_MAX, "-");
    else
        metric_format_value(dst, metric, value);
    return dst;
}

void detail_init(struct detail *detail)
{
    *detail = (struct detail){.pager.cursor = -1};
}

void detail_clear(struct detail *detail)
{
    guest_id_clear(&detail->of);
    free(detail->rows);
}

void detail_rows_clear(struct detail *detail)
{
    detail->row_count = 0;
}

void detail_row_add(struct detail *detail, uint64_t number)
{
    if (detail->row_count == detail->row_room) {
        detail->row_room = detail->row_room ? 2 * detail->row_room : 64;
        detail->rows = xrealloc(detail->rows, detail->row_room, sizeof(*detail->rows));
    }
    detail->rows[detail->row_count++] = number;
}

int detail_height(int height)
{
    if (height < 20)
        return 0;
    if (height < 30)
        return SHORT_HEIGHT;
    int wanted = height * 2 / 5;
    return wanted < 13 ? 13 : wanted > 24 ? 24 : wanted;
}

/* ---- tabs ---- */

bool detail_has_tabs(struct rect rect)
{
    return rect.height > SHORT_HEIGHT;
}

/* Another tab, or another guest in it: from its beginning. */
static void begin_anew(struct detail *detail)
{
    detail->pager.top = 0;
    detail->pager.cursor = -1;
    detail->opened_ns = 0;
    detail->asked = false;
    detail->text_ns = 0;
}

static void open_tab(struct detail *detail, int tab)
{
    if (tab != detail->tab)
        detail->pager.pattern[0] = '\0';
    detail->tab = tab;
    begin_anew(detail);
}

void detail_turn(struct detail *detail, int step)
{
    int count = (int)ARRAY_SIZE(tabs);

    open_tab(detail, (detail->tab + step + count) % count);
}

static const char *title_of(int tab, bool brief)
{
    return brief ? tabs[tab]->brief : tabs[tab]->title;
}

/* What the tabs from FROM on take, brackets of the open one included. */
static int width_of_titles(int from, bool brief, int gap)
{
    int width = 2 - gap;

    for (int i = from; i < (int)ARRAY_SIZE(tabs); i++)
        width += (int)strlen(title_of(i, brief)) + gap;
    return width;
}

/* The open one stands in brackets, which take of the gaps: no title moves when another opens. */
static void draw_titles(struct detail *detail, struct rect rect)
{
    bool brief = width_of_titles(0, false, 1) > rect.width;
    int gap = width_of_titles(0, brief, 2) > rect.width ? 1 : 2, from = 0, x = 1;

    while (from < detail->tab && width_of_titles(from, brief, gap) > rect.width)
        from++;
    memset(detail->title, 0, sizeof(detail->title));
    draw_cell(rect, 0, 0, STYLE_HEADER, "", rect.width);
    for (int i = from; i < (int)ARRAY_SIZE(tabs); i++) {
        const char *title = title_of(i, brief);
        int width = (int)strlen(title);
        enum style style = i != detail->tab ? STYLE_KEY_TEXT
                           : detail->keys   ? STYLE_SELECTED
                                            : STYLE_SELECTED_AWAY;

        if (x + width + 1 > rect.width)
            break;
        detail->title[i] = (struct rect){rect.y, rect.x + x, 1, width};
        draw_text(rect, 0, x, style, title);
        if (i == detail->tab) {
            draw_text(rect, 0, x - 1, style, "[");
            draw_text(rect, 0, x + width, style, "]");
        }
        x += width + gap;
    }
}

/* What has to be known to use them, where there is room. */
static void draw_keys(const struct detail *detail, struct rect rect, int used)
{
    struct line line = line_new(rect, 0);
    char before[16], next[16], key[16];

    line.left = used;
    command_key_text(before, COMMAND_PREVIOUS_TAB);
    command_key_text(next, COMMAND_NEXT_TAB);
    command_key_text(key, COMMAND_NEXT_PANE);
    if (detail->keys)
        line_right(&line, 2, STYLE_DIM, "%s %s tabs", before, next);
    else
        line_right(&line, 2, STYLE_DIM, "%s %s tabs  %s: keys to it", before, next, key);
}

void detail_draw(struct detail *detail, struct ui *ui, const struct guest *guest, struct rect rect)
{
    detail->rect = rect;
    if (rect.height < 3)
        return;
    if (!guest) {
        draw_text(rect, 1, 1, STYLE_DIM, "no guest selected");
        return;
    }
    if (!guest_id_equal(&detail->of, &guest->id)) {
        guest_id_clear(&detail->of);
        guest_id_copy(&detail->of, &guest->id);
        begin_anew(detail);
    }
    if (!detail->opened_ns)
        detail->opened_ns = ui->clock_ns;
    struct rect titles = rect_cut_rows(&rect, 1);
    if (detail_has_tabs(detail->rect)) {
        draw_titles(detail, titles);
        draw_keys(detail, titles, width_of_titles(0, false, 2));
    }
    detail_draw_who(ui, guest, rect_cut_rows(&rect, 1));
    const struct detail_tab *tab =
        detail_has_tabs(detail->rect) ? tabs[detail->tab] : &detail_overview;
    tab->draw(detail, ui, guest, rect);
}

void detail_want(const struct detail *detail, struct ui *ui)
{
    bool shown = detail->rect.height && detail_has_tabs(detail->rect);

    engine_want_parts(ui->engine, shown ? tabs[detail->tab]->parts : 0);
}

/* ---- keys and mouse ---- */

struct search {
    struct detail *detail;
    const struct ui *ui;
    const struct guest *guest;
};

static void text_of_line(void *context, long line, char *dst, size_t size)
{
    const struct search *search = context;

    tabs[search->detail->tab]->text(search->detail, search->ui, search->guest, line, dst, size);
}

static unsigned search_typed(struct ui *ui, void *context, const char *text)
{
    struct detail *detail = context;
    struct search search = {detail, ui, world_find(ui->world, &detail->of)};

    snprintf(detail->pager.pattern, sizeof(detail->pager.pattern), "%s", text);
    detail->pager.cursor = -1;
    pager_move_to(&detail->pager, detail->top_before);
    if (search.guest)
        pager_find(&detail->pager, 1, text_of_line, &search);
    return 0;
}

static unsigned search_done(struct ui *ui, void *context, const char *text, bool accepted)
{
    struct detail *detail = context;

    search_typed(ui, context, text);
    if (accepted && text[0] && detail->pager.cursor < 0)
        ui_say(ui, STYLE_WARN, "no line holds '%.80s'", text);
    if (!accepted)
        pager_move_to(&detail->pager, detail->top_before);
    return 0;
}

static const struct text_question search_ask = {
    .label = " Search: ",
    .hint = "Enter keeps it: n and N go to the next and the one before; Esc cancels",
    .typed = search_typed,
    .done = search_done,
};

static unsigned find(struct detail *detail, struct ui *ui, const struct guest *guest,
                     enum command which)
{
    struct search search = {detail, ui, guest};

    if (!guest || !tabs[detail->tab]->text) {
        ui_say(ui, STYLE_DIM, "there is no text to search here");
        return REACT_HANDLED | REACT_REDRAW;
    }
    if (which != COMMAND_FILTER)
        return scroll_find(&detail->pager, ui, which, text_of_line, &search);
    detail->top_before = detail->pager.top;
    ask_open(ui, &search_ask, "", detail);
    return REACT_HANDLED | REACT_REDRAW;
}

unsigned detail_command(struct detail *detail, struct ui *ui, const struct guest *guest,
                        enum command which)
{
    switch (which) {
    case COMMAND_FILTER:
    case COMMAND_NEXT_HIT:
    case COMMAND_PREVIOUS_HIT:
        return find(detail, ui, guest, which);
    default:
        return tabs[detail->tab]->still ? 0 : scroll_command(&detail->pager, which);
    }
}

unsigned detail_mouse(struct detail *detail, struct key key)
{
    if (!rect_has(detail->rect, key.y, key.x))
        return 0;
    if (key.code == MOUSE_WHEEL_UP || key.code == MOUSE_WHEEL_DOWN)
        return scroll_mouse(&detail->pager, key) | REACT_HANDLED;
    for (int i = 0; i < (int)ARRAY_SIZE(tabs); i++) {
        if (!rect_has(detail->title[i], key.y, key.x))
            continue;
        open_tab(detail, i);
        break;
    }
    return REACT_HANDLED | REACT_REDRAW;
}
