/* The view of the consoles: what keys and the mouse do in it, and looking back at what was said. */
#include <stdio.h>

#include "base/alloc.h"
#include "ui/view/actions.h"
#include "ui/view/ask.h"
#include "ui/view/console_internal.h"
#include "ui/view/console_save.h"
#include "ui/view/scroll.h"
#include "ui/view/vscreen.h"

#define HALF_FROM_HEIGHT 16 /* of what header and footer leave: below, the pane has it all */

static void arrange(struct view *view, struct ui *ui, bool resort)
{
    (void)view;
    (void)ui;
    (void)resort;
}

static int rows(const struct view *view, const struct ui *ui, int room)
{
    (void)view;
    if (ui->tabs->whole || !ui->tabs->count || room < HALF_FROM_HEIGHT)
        return 0;
    return room / 2 + 1;
}

/* ---- looking back ---- */

static void look_back(struct tab *tab)
{
    if (tab->looks_back)
        return;
    tab->looks_back = true;
    tab->pager_dropped = emulator_dropped(tab->emulator);
    tab->pager.count = emulator_lines(tab->emulator);
    tab->pager.cursor = tab->pager.count - 1;
    tab->pager.top = tab->pager.count - emulator_rows(tab->emulator);
}

static void look_now(struct tab *tab)
{
    tab->looks_back = false;
    tab->marked = false;
}

static unsigned move(const struct console_view *view, struct tab *tab, enum command which)
{
    bool was = tab->looks_back;

    look_back(tab);
    console_fit_pager(tab, view->rect);
    unsigned moved = scroll_command(&tab->pager, which);
    if (!moved)
        tab->looks_back = was;
    /* At the end one is with the guest again. */
    if (moved && tab->pager.cursor == tab->pager.count - 1 &&
        (which == COMMAND_DOWN || which == COMMAND_PAGE_DOWN || which == COMMAND_LAST) &&
        !tab->marked)
        look_now(tab);
    return moved;
}

static void text_of_line(void *context, long line, char *dst, size_t size)
{
    emulator_line_text(((struct tab *)context)->emulator, line, dst, size);
}

static unsigned find(const struct console_view *view, struct ui *ui, enum command which)
{
    struct tab *tab = tabs_active(ui);
    bool was = tab->looks_back;

    look_back(tab);
    console_fit_pager(tab, view->rect);
    unsigned reaction = scroll_find(&tab->pager, ui, which, text_of_line, tab);
    if (!was && tab->pager.cursor == tab->pager.count - 1)
        look_now(tab);
    return reaction;
}

static unsigned search_done(struct ui *ui, void *context, const char *text, bool accepted)
{
    struct tab *tab = tabs_active(ui);

    if (!accepted || !tab)
        return 0;
    snprintf(tab->pager.pattern, sizeof(tab->pager.pattern), "%s", text);
    /* What one looks for in what was said is above. */
    return text[0] ? find(context, ui, COMMAND_PREVIOUS_HIT) : 0;
}

static const struct text_question search_ask = {
    .label = " Search: ",
    .hint = "Enter goes to the last line that holds it, N and n to others; Esc cancels",
    .done = search_done,
};

static unsigned mark(const struct console_view *view, struct tab *tab)
{
    look_back(tab);
    console_fit_pager(tab, view->rect);
    tab->marked = !tab->marked;
    tab->mark = emulator_dropped(tab->emulator) + (uint64_t)tab->pager.cursor;
    return REACT_HANDLED | REACT_REDRAW;
}

/* ---- keys ---- */

static unsigned go_back(struct ui *ui, struct tab *tab)
{
    if (tab->looks_back) {
        look_now(tab);
        return REACT_HANDLED | REACT_REDRAW;
    }
    if (ui->tabs->whole) {
        ui->tabs->whole = false;
        return REACT_HANDLED | REACT_REDRAW;
    }
    return 0;
}

static unsigned tab_command(const struct console_view *view, struct ui *ui, struct tab *tab,
                            enum command which)
{
    bool screen = vscreen_is(ui, tab);

    /* There are no lines in a picture. */
    if (screen &&
        (which == COMMAND_FILTER || which == COMMAND_NEXT_HIT || which == COMMAND_PREVIOUS_HIT ||
         which == COMMAND_MARK || which == COMMAND_SAVE_EVENTS))
        return REACT_HANDLED;
    unsigned moved = screen ? vscreen_command(ui, tab, which) : move(view, tab, which);

    if (moved)
        return moved;
    switch (which) {
    case COMMAND_SCREEN:
        return tabs_open(ui, tab_guest(ui, tab), CONSOLE_SCREEN, NULL, NULL);
    case COMMAND_CONSOLE:
        return screen ? tabs_open(ui, tab_guest(ui, tab), CONSOLE_SERIAL, NULL, NULL)
                      : tabs_enter(ui);
    case COMMAND_OPEN:
        return tabs_enter(ui);
    case COMMAND_ATTACH:
        return tabs_open(ui, tab_guest(ui, tab), CONSOLE_ATTACH, NULL, NULL);
    case COMMAND_LOG:
        return tabs_open(ui, tab_guest(ui, tab), CONSOLE_LOG, NULL, NULL);
    case COMMAND_NEXT_TAB:
    case COMMAND_NEXT_PANE:
        return tabs_next(ui, 1);
    case COMMAND_PREVIOUS_TAB:
    case COMMAND_PREVIOUS_PANE:
        return tabs_next(ui, -1);
    case COMMAND_FILTER:
        ask_open(ui, &search_ask, tab->pager.pattern, (void *)view);
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_NEXT_HIT:
    case COMMAND_PREVIOUS_HIT:
        return find(view, ui, which);
    case COMMAND_MARK:
        return mark(view, tab);
    case COMMAND_SAVE_EVENTS:
        console_save_ask(ui);
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_ACTIONS:
        actions_open(ui, tab_guest(ui, tab));
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_BACK_OR_QUIT:
        return tab->looks_back ? go_back(ui, tab) : tabs_close(ui);
    case COMMAND_BACK:
        return go_back(ui, tab);
    default:
        return 0;
    }
}

static unsigned command(struct view *view, struct ui *ui, enum command which)
{
    struct tab *tab = tabs_active(ui);

    if (which == COMMAND_ZOOM) {
        ui->tabs->whole = !ui->tabs->whole;
        return REACT_HANDLED | REACT_REDRAW;
    }
    return tab ? tab_command(console_of(view), ui, tab, which) : 0;
}

static unsigned mouse(struct view *view, struct ui *ui, struct key key)
{
    const struct console_view *self = console_of(view);
    struct tab *tab = tabs_active(ui);
    bool up = key.code == MOUSE_WHEEL_UP;

    if (!tab || !rect_has(self->rect, key.y, key.x) || vscreen_is(ui, tab) ||
        (!up && (key.code != MOUSE_WHEEL_DOWN || !tab->looks_back)))
        return 0;
    for (int i = 0; i < 3; i++)
        move(self, tab, up ? COMMAND_UP : COMMAND_DOWN);
    return REACT_HANDLED | REACT_REDRAW;
}

static const char *hint(const struct view *view, const struct ui *ui)
{
    static char text[80];

    (void)view;
    if (!ui->tabs->entered)
        return NULL;
    snprintf(text, sizeof(text), "every key goes to the guest, but %s: the keyboard comes back",
             ui->tabs->detach_text);
    return text;
}

static void free_view(struct view *view)
{
    free(view);
}

static const struct view_ops console_ops = {
    .name = "consoles",
    .context = CONTEXT_CONSOLE,
    .arrange = arrange,
    .draw = console_draw,
    .command = command,
    .mouse = mouse,
    .rows = rows,
    .hint = hint,
    .free = free_view,
};

struct view *console_view_new(void)
{
    struct console_view *view = xcalloc(1, sizeof(*view));

    view->view.ops = &console_ops;
    return &view->view;
}
