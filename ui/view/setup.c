#include "ui/view/setup.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/view/preferences.h"
#include "ui/view/setup_page.h"

#define WIDTH 96
#define HEIGHT 16
#define LABEL_WIDTH 15

static const struct setup_page *page_of(const struct setup *setup)
{
    return setup_pages[setup->page];
}

static void turn_to(struct ui *ui, struct setup *setup, int page)
{
    setup->page = (page + SETUP_PAGES) % SETUP_PAGES;
    setup->cursor = page_of(setup)->first ? page_of(setup)->first(ui) : 0;
}

static void move_to(struct ui *ui, struct setup *setup, int cursor)
{
    int count = page_of(setup)->count(ui), before = setup->cursor;

    setup->cursor = cursor < 0 ? 0 : cursor >= count ? count - 1 : cursor;
    if (setup->cursor != before && page_of(setup)->moved)
        page_of(setup)->moved(ui, setup);
}

/* Moves of cursor and page; false for another key. */
static bool move(struct ui *ui, struct setup *setup, struct key key)
{
    if (key_is(key, SPECIAL_UP) || key_is_char(key, 'k'))
        move_to(ui, setup, setup->cursor - 1);
    else if (key_is(key, SPECIAL_DOWN) || key_is_char(key, 'j'))
        move_to(ui, setup, setup->cursor + 1);
    else if (key_is(key, SPECIAL_PAGE_UP))
        move_to(ui, setup, setup->cursor - 10);
    else if (key_is(key, SPECIAL_PAGE_DOWN))
        move_to(ui, setup, setup->cursor + 10);
    else if (key_is(key, SPECIAL_HOME) || key_is_char(key, 'g'))
        move_to(ui, setup, 0);
    else if (key_is(key, SPECIAL_END) || key_is_char(key, 'G'))
        move_to(ui, setup, page_of(setup)->count(ui) - 1);
    else if (key_is(key, SPECIAL_TAB) || key_is(key, SPECIAL_RIGHT))
        turn_to(ui, setup, setup->page + 1);
    else if (key_is(key, SPECIAL_BACK_TAB) || key_is(key, SPECIAL_LEFT))
        turn_to(ui, setup, setup->page - 1);
    else
        return false;
    return true;
}

static unsigned setup_key(struct ui *ui, void *data, struct key key)
{
    struct setup *setup = data;

    setup->message[0] = '\0';
    if (setup->wants_key) {
        page_of(setup)->key(ui, setup, key);
    } else if (key_is(key, SPECIAL_ESCAPE) || key_is_char(key, 'q') ||
               key_is(key, SPECIAL_F1 + 9) || key_is(key, SPECIAL_F1 + 1)) {
        ui_modal_close(ui);
    } else if (key_is_char(key, 's')) {
        preferences_save(ui);
    } else if (!move(ui, setup, key)) {
        page_of(setup)->key(ui, setup, key);
    }
    return REACT_HANDLED | REACT_REDRAW | REACT_REARRANGE;
}

static void draw_tabs(const struct setup *setup, struct rect inside)
{
    int x = 1;

    for (int i = 0; i < SETUP_PAGES; i++) {
        char text[32];

        snprintf(text, sizeof(text), " %s ", setup_pages[i]->title);
        x +=
            draw_text(inside, 0, x, i == setup->page ? STYLE_BUTTON_FOCUS : STYLE_BUTTON, text) + 1;
    }
}

/* REST: the line for what has no room in the row that the cursor is on. */
static void draw_rows(const struct ui *ui, const struct setup *setup, struct rect list,
                      struct rect rest)
{
    int count = page_of(setup)->count(ui);
    int first = setup->cursor >= list.height ? setup->cursor - list.height + 1 : 0;

    for (int y = 0; y < list.height && first + y < count; y++) {
        struct setup_row row;
        bool here = first + y == setup->cursor;
        enum style style = here ? STYLE_SELECTED : STYLE_DIALOG;

        page_of(setup)->row(ui, first + y, &row);
        int x = row.mark[0] ? 6 : 2;
        draw_cell(list, y, 0, style, "", list.width);
        draw_text(list, y, 2, style, row.mark);
        draw_cell(list, y, x, here ? style : STYLE_DIALOG_TITLE, row.label, LABEL_WIDTH);
        int room = list.width - x - LABEL_WIDTH - 2;
        draw_cell(list, y, x + LABEL_WIDTH + 1, style, row.value, room);
        if (here && (int)text_width(row.value) > room)
            draw_cell(rest, 0, 1, STYLE_DIM, row.value, rest.width - 2);
    }
}

/* The last line: what went wrong, what is waited for, else the keys. */
static void draw_foot(const struct ui *ui, const struct setup *setup, struct rect inside, int y)
{
    char text[200];

    if (setup->message[0]) {
        draw_cell(inside, y, 1, STYLE_WARN, setup->message, inside.width - 2);
        return;
    }
    if (setup->wants_key) {
        snprintf(text, sizeof(text), "Press the key for '%s' ...",
                 command_at((size_t)setup->cursor)->name);
        draw_cell(inside, y, 1, STYLE_TITLE, text, inside.width - 2);
        return;
    }
    draw_cell(inside, y, 1, STYLE_KEY_TEXT, page_of(setup)->hint, inside.width - 2);
    if (preferences_changed(ui))
        draw_right(inside, 0, inside.width - 12, STYLE_DIM, "not saved", 11);
}

static void setup_draw(const struct ui *ui, const void *data, struct rect screen,
                       struct rect status)
{
    const struct setup *setup = data;
    int room = status.y - screen.y;
    struct rect box = {.height = room < HEIGHT ? room : HEIGHT,
                       .width = screen.width < WIDTH ? screen.width : WIDTH};

    /* At the bottom, so that one sees above it what is being set up. */
    box.y = screen.y + room - box.height;
    box.x = screen.x + (screen.width - box.width) / 2;
    draw_clear(box, STYLE_DIALOG);
    draw_box(box, STYLE_DIALOG, "Setup");
    struct rect inside = rect_inset(box, 1), list = inside;
    rect_cut_rows(&list, 2);
    rect_cut_rows(&list, -2);
    draw_tabs(setup, inside);
    struct rect rest = {inside.y + inside.height - 2, inside.x, 1, inside.width};
    draw_rows(ui, setup, list, rest);
    draw_foot(ui, setup, inside, inside.height - 1);
}

static const struct modal setup_modal = {
    .takes_quit = true, /* it ends the setup, as in htop; and may be a key that is set up */
    .hint = "Tab Page  s Save to the file  Esc Close; what is set up holds until vctop ends",
    .key = setup_key,
    .draw = setup_draw,
    .close = free,
};

void setup_open(struct ui *ui)
{
    ui_modal_open(ui, &setup_modal, xcalloc(1, sizeof(struct setup)));
}
