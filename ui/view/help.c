#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "ui/view/palette.h"
#include "ui/view/view.h"

struct help_view {
    struct view view;
    int top, height, lines; /* as last drawn */
};

/* The text stands still: there is nothing to build. */
static void arrange(struct view *view, struct ui *ui, bool resort)
{
    (void)view;
    (void)ui;
    (void)resort;
}

/* Draws line AT of the text when it is on the screen. */
static void put(const struct help_view *help, struct rect rect, int at, const char *keys,
                const char *text)
{
    int y = at - help->top;

    if (y < 0 || y >= rect.height)
        return;
    if (!keys) {
        draw_text(rect, y, 2, STYLE_TITLE, text);
        return;
    }
    draw_cell(rect, y, 4, STYLE_KEY, keys, 16);
    draw_cell(rect, y, 21, STYLE_NORMAL, text, rect.width - 22);
}

static const char *const notes[] = {
    "Figures: CPU in % of one host CPU; disk and network per second, as the guest sees them;",
    "'-' is unknown, never zero. Dim figures are old: the state says since when and why.",
    "! a guest that wants a look   * marked   V machine   C container",
    "No single key and no : command changes a guest: that is in the menu, and it asks first.",
};

static void draw(struct view *view, struct ui *ui, struct rect rect)
{
    struct help_view *help = (struct help_view *)view;
    const char *group = "";
    int at = 0;

    (void)ui;
    help->height = rect.height;
    if (help->top > help->lines - rect.height)
        help->top = help->lines > rect.height ? help->lines - rect.height : 0;
    for (size_t i = 0; i < command_count(); i++) {
        const struct command_info *info = command_at(i);
        char keys[64];

        if (strcmp(group, info->group) != 0) {
            at += *group != '\0';
            put(help, rect, at++, NULL, info->group);
            group = info->group;
        }
        command_keys_text(keys, sizeof(keys), info->command);
        put(help, rect, at++, keys, info->help);
    }
    const char *text;
    char usage[32];
    for (size_t i = 0; palette_entry(i, usage, sizeof(usage), &text); i++)
        put(help, rect, at++, usage, text);
    put(help, rect, ++at, NULL, "Reading the screen");
    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
        at++;
        if (at - help->top >= 0 && at - help->top < rect.height)
            draw_cell(rect, at - help->top, 4, STYLE_NORMAL, notes[i], rect.width - 5);
    }
    help->lines = at + 1;
}

static unsigned command(struct view *view, struct ui *ui, enum command which)
{
    struct help_view *help = (struct help_view *)view;
    int page = help->height > 1 ? help->height - 1 : 1;

    (void)ui;
    switch (which) {
    case COMMAND_UP:
        help->top--;
        break;
    case COMMAND_DOWN:
        help->top++;
        break;
    case COMMAND_PAGE_UP:
        help->top -= page;
        break;
    case COMMAND_PAGE_DOWN:
        help->top += page;
        break;
    case COMMAND_FIRST:
        help->top = 0;
        break;
    case COMMAND_LAST:
        help->top = help->lines;
        break;
    default:
        return 0;
    }
    if (help->top < 0)
        help->top = 0;
    return REACT_HANDLED | REACT_REDRAW;
}

static void free_help(struct view *view)
{
    free(view);
}

static const struct view_ops help_ops = {
    .name = "help",
    .context = CONTEXT_TEXT,
    .arrange = arrange,
    .draw = draw,
    .command = command,
    .free = free_help,
};

struct view *help_view_new(void)
{
    struct help_view *help = xcalloc(1, sizeof(*help));

    help->view.ops = &help_ops;
    return &help->view;
}
