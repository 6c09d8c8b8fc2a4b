#include "ui/view/scroll.h"

#define WHEEL_LINES 3

unsigned scroll_command(struct pager *pager, enum command which)
{
    switch (which) {
    case COMMAND_UP:
        pager_move(pager, -1);
        break;
    case COMMAND_DOWN:
        pager_move(pager, 1);
        break;
    case COMMAND_PAGE_UP:
        pager_page(pager, -1);
        break;
    case COMMAND_PAGE_DOWN:
        pager_page(pager, 1);
        break;
    case COMMAND_FIRST:
        pager_move_to(pager, 0);
        break;
    case COMMAND_LAST:
        pager_move_to(pager, pager->count);
        break;
    default:
        return 0;
    }
    return REACT_HANDLED | REACT_REDRAW;
}

unsigned scroll_mouse(struct pager *pager, struct key key)
{
    long line = pager_line_at(pager, key.y, key.x);

    if (key.code == MOUSE_WHEEL_UP || key.code == MOUSE_WHEEL_DOWN)
        pager_move(pager, key.code == MOUSE_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
    else if (pager->list && line >= 0)
        pager_move_to(pager, line);
    else
        return 0;
    return REACT_HANDLED | REACT_REDRAW;
}

unsigned scroll_find(struct pager *pager, struct ui *ui, enum command which, pager_text *text,
                     void *context)
{
    if (!pager->pattern[0])
        ui_say(ui, STYLE_DIM, "nothing to look for yet: / and a text");
    else if (!pager_find(pager, which == COMMAND_NEXT_HIT ? 1 : -1, text, context))
        ui_say(ui, STYLE_WARN, "no line holds '%.80s'", pager->pattern);
    return REACT_HANDLED | REACT_REDRAW;
}
