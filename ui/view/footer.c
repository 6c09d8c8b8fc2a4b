#include "ui/view/footer.h"

#include <string.h>

#include "base/text.h"
#include "ui/view/tabs.h"

static const char *label_in_graphs(const struct command_info *info)
{
    switch (info->command) {
    case COMMAND_DOWN:
        return "Next";
    case COMMAND_PAN_LEFT:
        return "Earlier";
    case COMMAND_PAN_RIGHT:
        return "Later";
    case COMMAND_ZOOM_IN:
        return "Nearer";
    case COMMAND_ZOOM_OUT:
        return "Wider";
    case COMMAND_NEXT_HIT:
        return "Event";
    case COMMAND_ZOOM:
        return "Alone";
    case COMMAND_BACK_OR_QUIT:
        return "Back";
    case COMMAND_OPEN:
        return "Guest";
    default:
        return info->footer;
    }
}

/* One key, one command; but only at the top does it quit, and only a list can be narrowed.  NULL:
 * not in this footer. */
static const char *label_of(const struct command_info *info, enum context context, bool at_top)
{
    if (context == CONTEXT_CONSOLE)
        return info->command == COMMAND_BACK_OR_QUIT ? "Close"
               : info->command == COMMAND_CONSOLE    ? "Keyboard"
               : info->command == COMMAND_FILTER     ? "Search"
               : info->command == COMMAND_OPEN       ? NULL
                                                     : info->footer;
    if (context == CONTEXT_GRAPHS)
        return label_in_graphs(info);
    if (info->command == COMMAND_BACK_OR_QUIT && (context != CONTEXT_GUESTS || !at_top))
        return "Back";
    if (info->command == COMMAND_FILTER && context & (CONTEXT_TEXT | CONTEXT_DETAIL))
        return "Search";
    if (info->command == COMMAND_NEXT_TAB)
        return context == CONTEXT_DETAIL ? "Next tab" : NULL;
    if (info->command == COMMAND_OPEN && context != CONTEXT_GUESTS)
        return context == CONTEXT_LINES ? "Guest" : NULL;
    return info->footer;
}

/* The next command from *AT on that the footer of CONTEXT has, NULL at the end. */
static const struct command_info *next_entry(size_t *at, enum context context, bool at_top)
{
    while (*at < command_count()) {
        const struct command_info *info = command_at((*at)++);

        if (info->contexts & context && label_of(info, context, at_top))
            return info;
    }
    return NULL;
}

/* What an entry takes, two columns of space behind it included. */
static int width_of(const struct command_info *info, enum context context, bool at_top)
{
    char text[16];

    command_key_text(text, info->command);
    return (int)(text_width(text) + 1 + strlen(label_of(info, context, at_top))) + 2;
}

/* The least important go until the rest fits WIDTH: the highest rank that stays. */
static int rank_that_fits(enum context context, bool at_top, int width)
{
    const struct command_info *info;
    int total = 0, limit = 0;

    for (size_t at = 0; (info = next_entry(&at, context, at_top));) {
        total += width_of(info, context, at_top);
        if (info->rank > limit)
            limit = info->rank;
    }
    /* Two spaces are spared behind the last. */
    for (; total - 2 > width && limit > 0; limit--)
        for (size_t at = 0; (info = next_entry(&at, context, at_top));)
            if (info->rank == limit)
                total -= width_of(info, context, at_top);
    return limit;
}

/* Whether COMMAND would do something; in a console its key goes to what is open already. */
static bool is_possible(const struct ui *ui, enum context context, const struct guest *guest,
                        enum command command)
{
    enum console_kind kind = command == COMMAND_ATTACH   ? CONSOLE_ATTACH
                             : command == COMMAND_SCREEN ? CONSOLE_SCREEN
                                                         : CONSOLE_SERIAL;
    struct error err;

    if (command != COMMAND_ATTACH && command != COMMAND_SCREEN &&
        (command != COMMAND_CONSOLE || context == CONTEXT_CONSOLE))
        return true;
    return guest && tabs_can_open(ui, &guest->id, kind, &err);
}

void footer_draw(const struct ui *ui, enum context context, bool at_top, const struct guest *guest,
                 struct rect rect, int y)
{
    int limit = rank_that_fits(context, at_top, rect.width - 1), x = 1;
    const struct command_info *info;

    for (size_t at = 0; (info = next_entry(&at, context, at_top));) {
        char text[16];

        if (info->rank > limit)
            continue;
        command_key_text(text, info->command);
        bool possible = is_possible(ui, context, guest, info->command);
        draw_text(rect, y, x, possible ? STYLE_KEY : STYLE_DISABLED, text);
        draw_text(rect, y, x + (int)text_width(text) + 1,
                  possible ? STYLE_KEY_TEXT : STYLE_DISABLED, label_of(info, context, at_top));
        x += width_of(info, context, at_top);
    }
}
