#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "ui/view/ask.h"
#include "ui/view/own_cost.h"
#include "ui/view/palette.h"
#include "ui/view/scroll.h"
#include "ui/view/view.h"

#define KEYS_MAX 64

struct help_view {
    struct view view;
    struct pager pager;
    struct own_cost cost;
    long top_before; /* of the search whose prompt is open */
};

/* One line of the text: a heading, a command with its keys, or a note. */
struct help_line {
    const char *heading, *text;
    char keys[KEYS_MAX];
};

static const char *const notes[] = {
    "CPU in % of one host CPU; disk and network a second, as the guest sees it.",
    "'-' is unknown, never zero. What is dim is old: its state says since when.",
    "! a guest that wants a look   * marked   V machine   C container",
    "No key and no : command changes a guest: the menu does, and it asks first.",
    "Events: ! act   ~ look   + well again, or done",
    "Graphs: a curve is the average, a dot above it the maximum of the same time.",
};

static bool starts_group(size_t command)
{
    return !command || strcmp(command_at(command)->group, command_at(command - 1)->group) != 0;
}

/* The end of the text: line AT of the part that begins with line FIRST. */
static long cost_at(const struct own_cost *cost, long at, long first, struct help_line *ret)
{
    long line = at - first;

    if (line >= 0 && line < cost->count && cost->line[line].heading)
        ret->heading = cost->line[line].text;
    else if (line >= 0 && line < cost->count)
        ret->text = cost->line[line].text;
    return first + cost->count;
}

/* Line AT; returns how many lines there are.  The text is made anew each time: it is short. */
static long line_at(const struct help_view *help, long at, struct help_line *ret)
{
    long line = 0;

    *ret = (struct help_line){.text = ""};
    for (size_t i = 0; i < command_count(); i++) {
        const struct command_info *info = command_at(i);

        if (starts_group(i)) {
            line += i > 0;
            if (line++ == at)
                ret->heading = info->group;
        }
        if (line++ != at)
            continue;
        command_keys_text(ret->keys, sizeof(ret->keys), info->command);
        ret->text = info->help;
    }
    const char *text;
    char usage[KEYS_MAX];
    for (size_t i = 0; palette_entry(i, usage, sizeof(usage), &text); i++) {
        if (line++ != at)
            continue;
        snprintf(ret->keys, sizeof(ret->keys), "%s", usage);
        ret->text = text;
    }
    line++;
    if (line++ == at)
        ret->heading = "Reading the screen";
    for (size_t i = 0; i < ARRAY_SIZE(notes); i++)
        if (line++ == at)
            ret->text = notes[i];
    return cost_at(&help->cost, at, line + 1, ret);
}

static void text_of_line(void *context, long line, char *dst, size_t size)
{
    struct help_line help;

    line_at(context, line, &help);
    snprintf(dst, size, "%s%s%s %s", help.heading ? help.heading : "", help.keys,
             help.keys[0] ? " " : "", help.text);
}

/* What changes in the text is built as it is drawn. */
static void arrange(struct view *view, struct ui *ui, bool resort)
{
    (void)view;
    (void)ui;
    (void)resort;
}

static void draw_line(const struct help_view *view, int y, long line)
{
    const struct pager *pager = &view->pager;
    struct rect rect = pager->rect;
    struct help_line help;

    line_at(view, line, &help);
    if (line == pager->cursor)
        draw_text(rect, y, 0, STYLE_KEY, ">");
    if (help.heading) {
        pager_cell(pager, rect, y, 2, STYLE_TITLE, help.heading, rect.width - 3);
    } else if (help.keys[0]) {
        pager_cell(pager, rect, y, 4, STYLE_KEY, help.keys, 16);
        pager_cell(pager, rect, y, 21, STYLE_NORMAL, help.text, rect.width - 22);
    } else {
        pager_cell(pager, rect, y, 4, STYLE_NORMAL, help.text, rect.width - 5);
    }
}

static void draw(struct view *view, struct ui *ui, struct rect rect)
{
    struct help_view *help = (struct help_view *)view;
    struct help_line line;

    own_cost_build(&help->cost, ui);
    pager_fit(&help->pager, rect, line_at(help, -1, &line));
    for (int y = 0; y < rect.height && help->pager.top + y < help->pager.count; y++)
        draw_line(help, y, help->pager.top + y);
}

static unsigned search_typed(struct ui *ui, void *context, const char *text)
{
    struct pager *pager = &((struct help_view *)context)->pager;

    (void)ui;
    snprintf(pager->pattern, sizeof(pager->pattern), "%s", text);
    pager->cursor = -1;
    pager_move_to(pager, ((struct help_view *)context)->top_before);
    pager_find(pager, 1, text_of_line, context);
    return 0;
}

static unsigned search_done(struct ui *ui, void *context, const char *text, bool accepted)
{
    struct pager *pager = &((struct help_view *)context)->pager;

    search_typed(ui, context, text);
    if (accepted && text[0] && pager->cursor < 0)
        ui_say(ui, STYLE_WARN, "no line holds '%.80s'", text);
    if (!accepted)
        pager_move_to(pager, ((struct help_view *)context)->top_before);
    return 0;
}

static const struct text_question search_ask = {
    .label = " Search: ",
    .hint = "Enter keeps it: n and N go to the next and the one before; Esc cancels",
    .typed = search_typed,
    .done = search_done,
};

static unsigned command(struct view *view, struct ui *ui, enum command which)
{
    struct help_view *help = (struct help_view *)view;
    unsigned moved = scroll_command(&help->pager, which);

    if (moved)
        return moved;
    switch (which) {
    case COMMAND_FILTER:
        help->top_before = help->pager.top;
        ask_open(ui, &search_ask, "", help);
        return REACT_HANDLED | REACT_REDRAW;
    case COMMAND_NEXT_HIT:
    case COMMAND_PREVIOUS_HIT:
        return scroll_find(&help->pager, ui, which, text_of_line, help);
    case COMMAND_BACK:
    case COMMAND_BACK_OR_QUIT:
    case COMMAND_HELP:
        help->pager.pattern[0] = '\0';
        help->pager.cursor = -1;
        return 0;
    default:
        return 0;
    }
}

static unsigned mouse(struct view *view, struct ui *ui, struct key key)
{
    (void)ui;
    return scroll_mouse(&((struct help_view *)view)->pager, key);
}

static void free_help(struct view *view)
{
    free(view);
}

static const struct view_ops help_ops = {
    .name = "help",
    .context = CONTEXT_TEXT,
    .shows_costs = true,
    .arrange = arrange,
    .draw = draw,
    .command = command,
    .mouse = mouse,
    .free = free_help,
};

struct view *help_view_new(void)
{
    struct help_view *help = xcalloc(1, sizeof(*help));
    struct help_line line;

    help->view.ops = &help_ops;
    help->pager.cursor = -1;
    pager_fit(&help->pager, (struct rect){0}, line_at(help, -1, &line));
    return &help->view;
}
