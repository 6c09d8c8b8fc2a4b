#include <string.h>

#include "base/text.h"
#include "ui/widget/dialog.h"

static bool choosable(const struct menu *menu, int index)
{
    return index >= 0 && index < menu->count && !menu->items[index].reason[0];
}

void menu_to_choice(struct menu *menu)
{
    menu->cursor = 0;
    while (menu->cursor < menu->count && !choosable(menu, menu->cursor))
        menu->cursor++;
    if (menu->cursor == menu->count)
        menu->cursor = 0;
}

enum dialog_result menu_key(struct menu *menu, struct key key)
{
    if (key_is(key, SPECIAL_ESCAPE) || key_is_char(key, 'q'))
        return DIALOG_CANCELLED;
    if (key_is(key, SPECIAL_UP) || key_is_char(key, 'k'))
        menu->cursor = (menu->cursor + menu->count - 1) % menu->count;
    else if (key_is(key, SPECIAL_DOWN) || key_is_char(key, 'j'))
        menu->cursor = (menu->cursor + 1) % menu->count;
    else if (key_is(key, SPECIAL_HOME) || key_is_char(key, 'g'))
        menu->cursor = 0;
    else if (key_is(key, SPECIAL_END) || key_is_char(key, 'G'))
        menu->cursor = menu->count - 1;
    else if (key_is(key, SPECIAL_ENTER))
        return choosable(menu, menu->cursor) ? DIALOG_ACCEPTED : DIALOG_OPEN;
    else if (key.kind == KEY_CHAR) {
        for (int i = 0; i < menu->count; i++) {
            if (!menu->items[i].key || (uint32_t)menu->items[i].key != key.code)
                continue;
            menu->cursor = i;
            return choosable(menu, i) ? DIALOG_ACCEPTED : DIALOG_OPEN;
        }
    }
    return DIALOG_OPEN;
}

/* Reasons stand in a column of their own behind the widest label. */
static int label_cells(const struct menu *menu)
{
    int width = 0;
    for (int i = 0; i < menu->count; i++)
        if ((int)text_width(menu->items[i].label) > width)
            width = (int)text_width(menu->items[i].label);
    return width;
}

static int widest(const struct menu *menu)
{
    int labels = 4 + label_cells(menu), width = labels;
    if ((int)text_width(menu->title) + 4 > width)
        width = (int)text_width(menu->title) + 4;
    for (int i = 0; i < menu->count; i++) {
        const char *reason = menu->items[i].reason;
        if (reason[0] && labels + 2 + (int)text_width(reason) > width)
            width = labels + 2 + (int)text_width(reason);
    }
    return width;
}

void menu_draw(const struct menu *menu, struct rect screen)
{
    int width = widest(menu) + 3, height = menu->count + 2;
    struct rect box = {.height = height < screen.height ? height : screen.height,
                       .width = width < screen.width ? width : screen.width};
    box.y = screen.y + (screen.height - box.height) / 2;
    box.x = screen.x + (screen.width - box.width) / 2;
    draw_clear(box, STYLE_DIALOG);
    draw_box(box, STYLE_DIALOG, menu->title);
    struct rect inside = rect_inset(box, 1);
    /* A menu taller than the screen scrolls with its cursor. */
    int first = menu->cursor >= inside.height ? menu->cursor - inside.height + 1 : 0;
    int labels = 4 + label_cells(menu);
    for (int row = 0; row < inside.height && first + row < menu->count; row++) {
        const struct menu_item *item = &menu->items[first + row];
        bool here = first + row == menu->cursor, grey = item->reason[0];
        enum style style = here ? STYLE_SELECTED : grey ? STYLE_DISABLED : STYLE_DIALOG;
        char key[2] = {item->key ? item->key : ' ', '\0'};
        draw_cell(inside, row, 0, style, "", inside.width);
        draw_text(inside, row, 1, here || grey ? style : STYLE_KEY, key);
        draw_text(inside, row, 3, style, item->label);
        if (grey)
            draw_cell(inside, row, labels + 1, style, item->reason, inside.width - labels - 2);
    }
}
