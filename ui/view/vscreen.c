#include "ui/view/vscreen.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/units.h"
#include "ui/term/key.h"
#include "ui/term/term.h"
#include "ui/view/ask.h"
#include "ui/view/console_ask.h"
#include "ui/widget/cells.h"
#include "ui/widget/dialog.h"

#define SLOW_NS (4 * NS_PER_S)
#define STEP_PART 4 /* an arrow moves by that part of what is seen */
#define FUNCTION_KEYS 12

bool vscreen_is(const struct ui *ui, const struct tab *tab)
{
    const struct console *console = tab_console(ui, tab);

    return console && console->request.kind == CONSOLE_SCREEN;
}

static const struct screen_picture *picture_of(const struct ui *ui, const struct tab *tab)
{
    return engine_console_picture(ui->engine, tab->console);
}

void vscreen_show(struct ui *ui, struct tab *tab, bool shown)
{
    tab->screen.ascii = !term_is_utf8();
    tab->screen.mono = !term_has_colour();
    tab->screen.shown = shown;
    if (!tab->screen.zoom) {
        tab->screen.zoom = 1;
        tab->screen.x = tab->screen.y = -1;
    }
    if (tab->screen.rows)
        engine_console_view(ui->engine, tab->console, &tab->screen);
}

/* ---- drawing ---- */

static int32_t colour(int32_t rgb)
{
    return rgb < 0 ? COLOUR_OWN : COLOUR_RGB | rgb;
}

static void draw_row(const struct screen_picture *picture, int row, struct rect rect, int y, int x)
{
    struct cell cells[CONSOLE_SIZE_MAX];
    int count = picture->columns;

    for (int i = 0; i < count; i++) {
        const struct screen_cell *from = &picture->cells[row * count + i];
        cells[i] = (struct cell){.chars = {from->glyph},
                                 .width = 1,
                                 .foreground = colour(from->foreground),
                                 .background = colour(from->background)};
    }
    cells_sanitise(cells, (size_t)count);
    draw_cells(rect, y, x, cells, (size_t)count, false);
}

void vscreen_draw(struct ui *ui, struct tab *tab, struct rect rect)
{
    const struct screen_picture *picture;
    int room = CONSOLE_SIZE_MAX;

    if (rect.height < 1 || rect.width < 1)
        return;
    tab->screen.rows = rect.height < room ? rect.height : room;
    tab->screen.columns = rect.width < room ? rect.width : room;
    while ((size_t)tab->screen.rows * (size_t)tab->screen.columns > SCREEN_CELLS_MAX)
        tab->screen.rows--;
    vscreen_show(ui, tab, true);
    picture = picture_of(ui, tab);
    if (!picture)
        return;
    /* It may be of a pane of another size: what does not fit is clipped until the next one. */
    int y = rect.height > picture->rows ? (rect.height - picture->rows) / 2 : 0;
    int x = rect.width > picture->columns ? (rect.width - picture->columns) / 2 : 0;
    for (int row = 0; row < picture->rows; row++)
        draw_row(picture, row, rect, y + row, x);
}

bool vscreen_say(const struct ui *ui, const struct tab *tab, char *dst, size_t size,
                 enum style *ret_style)
{
    const struct console *console = tab_console(ui, tab);
    const struct guest *guest = tab_guest(ui, tab);
    char age[UNITS_MAX];

    if (console->why) {
        *ret_style = STYLE_DIM;
        snprintf(dst, size, "%.200s%s%.100s", console->why, console->remedy ? "; " : "",
                 console->remedy ? console->remedy : "");
        return true;
    }
    if (guest && guest->state == STATE_PAUSED) {
        snprintf(dst, size, "paused: its screen stands still");
        return true;
    }
    if (picture_of(ui, tab) || ui->clock_ns - console->opened_ns < SLOW_NS)
        return false;
    units_duration(age, (double)(ui->clock_ns - console->opened_ns) / NS_PER_S);
    snprintf(dst, size, "no picture for %s: its QEMU has not answered yet", age);
    return true;
}

void vscreen_hint(const struct ui *ui, const struct tab *tab, char *dst, size_t size)
{
    const struct screen_picture *picture = picture_of(ui, tab);
    char enter[16], in[16], out[16], what[64] = "";

    if (picture && picture->text_rows)
        snprintf(what, sizeof(what), "text %dx%d  ", picture->text_columns, picture->text_rows);
    else if (picture)
        snprintf(what, sizeof(what), "%dx%d x%d  ", picture->width, picture->height, picture->zoom);
    snprintf(dst, size, "%s%s %s: zoom, arrows move, %s: its keys", what,
             command_key_text(in, COMMAND_ZOOM_IN), command_key_text(out, COMMAND_ZOOM_OUT),
             command_key_text(enter, COMMAND_OPEN));
}

/* ---- moving ---- */

static unsigned zoom(struct tab *tab, int by)
{
    int wanted = by > 0 ? tab->screen.zoom * 2 : tab->screen.zoom / 2;

    if (wanted < 1 || wanted > SCREEN_ZOOM_MAX)
        return REACT_HANDLED;
    tab->screen.zoom = wanted;
    /* Back where all is seen, it chooses again what matters. */
    if (wanted == 1)
        tab->screen.x = tab->screen.y = -1;
    return REACT_HANDLED | REACT_REDRAW;
}

static int clamped(int at)
{
    return at < 0 ? 0 : at > 1000 ? 1000 : at;
}

/* The share of the screen that is seen, in thousandths. */
static int seen(int cells, int text, int zoom_by)
{
    if (!text)
        return 1000 / zoom_by;
    return text > cells ? 1000 * cells / text : 1000;
}

static unsigned pan(const struct ui *ui, struct tab *tab, int columns, int rows)
{
    const struct screen_picture *picture = picture_of(ui, tab);

    if (!picture)
        return REACT_HANDLED;
    int wide = seen(picture->columns, picture->text_columns, picture->zoom);
    int high = seen(picture->rows, picture->text_rows, picture->zoom);
    /* From where it is, not from beyond its edge: every key moves. */
    tab->screen.x = clamped(picture->x + columns * (wide / STEP_PART));
    tab->screen.y = clamped(picture->y + rows * (high / STEP_PART));
    return REACT_HANDLED | REACT_REDRAW;
}

unsigned vscreen_command(struct ui *ui, struct tab *tab, enum command which)
{
    switch (which) {
    case COMMAND_ZOOM_IN:
        return zoom(tab, 1);
    case COMMAND_ZOOM_OUT:
        return zoom(tab, -1);
    case COMMAND_PAN_LEFT:
        return pan(ui, tab, -1, 0);
    case COMMAND_PAN_RIGHT:
        return pan(ui, tab, 1, 0);
    case COMMAND_UP:
        return pan(ui, tab, 0, -1);
    case COMMAND_DOWN:
        return pan(ui, tab, 0, 1);
    case COMMAND_PAGE_UP:
        return pan(ui, tab, 0, -STEP_PART);
    case COMMAND_PAGE_DOWN:
        return pan(ui, tab, 0, STEP_PART);
    case COMMAND_FIRST:
        return pan(ui, tab, 0, -1000);
    case COMMAND_LAST:
        return pan(ui, tab, 0, 1000);
    default:
        return 0;
    }
}

/* ---- pressing ---- */

enum {
    ITEM_CTRL_ALT_DEL,
    ITEM_TEXT,
    ITEM_NMI,
    ITEM_VIEWER,
    ITEM_FUNCTION /* F1; the others follow */
};

struct keys_menu {
    struct menu menu;
    uint32_t console;
};

static struct tab *find_tab(const struct ui *ui, uint32_t console)
{
    for (size_t i = 0; i < ui->tabs->count; i++)
        if (ui->tabs->tab[i]->console == console)
            return ui->tabs->tab[i];
    return NULL;
}

static unsigned text_done(struct ui *ui, void *context, const char *text, bool accepted)
{
    struct tab *tab = tabs_active(ui);
    const char *bad = press_cannot_type(text);

    (void)context;
    if (!accepted || !tab || !vscreen_is(ui, tab))
        return 0;
    if (bad && bad - text >= PRESS_TEXT_MAX)
        ui_say(ui, STYLE_BAD, "at most %d characters at once; nothing was typed", PRESS_TEXT_MAX);
    else if (bad)
        ui_say(ui, STYLE_BAD, "a US keyboard cannot type \"%.40s\"; nothing was typed", bad);
    else
        console_ask_press(ui, tab, &(struct press){.kind = PRESS_TEXT, .text = (char *)text});
    return REACT_REDRAW;
}

static const struct text_question text_ask = {
    .label = " Type: ",
    .hint = "a line to type (US layout) with Enter behind it; Esc cancels",
    .done = text_done,
};

static unsigned choose(struct ui *ui, const struct tab *tab, int item)
{
    struct press press = {.kind = PRESS_CTRL_ALT_F, .number = item - ITEM_FUNCTION + 1};

    switch (item) {
    case ITEM_TEXT:
        ask_open(ui, &text_ask, "", NULL);
        return 0;
    case ITEM_CTRL_ALT_DEL:
        press = (struct press){.kind = PRESS_CTRL_ALT_DEL};
        break;
    case ITEM_NMI:
        press = (struct press){.kind = PRESS_NMI};
        break;
    case ITEM_VIEWER:
        press = (struct press){.kind = PRESS_VIEWER};
        break;
    default:
        break;
    }
    console_ask_press(ui, tab, &press);
    return 0;
}

static unsigned menu_modal_key(struct ui *ui, void *data, struct key key)
{
    struct keys_menu *keys = data;
    enum dialog_result result = menu_key(&keys->menu, key);
    int item = keys->menu.cursor;
    uint32_t console = keys->console;

    if (result == DIALOG_OPEN)
        return REACT_HANDLED | REACT_REDRAW;
    ui_modal_close(ui);
    const struct tab *tab = find_tab(ui, console);
    if (result == DIALOG_ACCEPTED && tab)
        choose(ui, tab, item);
    return REACT_HANDLED | REACT_REDRAW;
}

static void menu_modal_draw(const struct ui *ui, const void *data, struct rect screen,
                            struct rect status)
{
    const struct keys_menu *keys = data;

    (void)ui;
    (void)status;
    menu_draw(&keys->menu, screen);
}

static const struct modal menu_modal = {
    .hint = "Enter or a letter chooses; a question follows; Esc cancels",
    .key = menu_modal_key,
    .draw = menu_modal_draw,
    .close = free,
};

static void add(struct menu *menu, char key, const char *label, const char *reason)
{
    struct menu_item *item = &menu->items[menu->count++];

    item->key = key;
    snprintf(item->label, sizeof(item->label), "%s", label);
    snprintf(item->reason, sizeof(item->reason), "%s", reason ? reason : "");
}

unsigned vscreen_menu(struct ui *ui, const struct tab *tab)
{
    const struct screen_picture *picture = picture_of(ui, tab);
    struct keys_menu *keys = xcalloc(1, sizeof(*keys));
    char label[32];

    keys->console = tab->console;
    snprintf(keys->menu.title, sizeof(keys->menu.title), "%.80s", tab->name);
    add(&keys->menu, 'd', "press Ctrl-Alt-Del", NULL);
    add(&keys->menu, 't', "type a line of text", NULL);
    add(&keys->menu, 'n', "inject an NMI", NULL);
    add(&keys->menu, 'v', "open virt-viewer",
        picture ? picture->no_viewer : "it has not been seen yet");
    for (int i = 1; i <= FUNCTION_KEYS; i++) {
        snprintf(label, sizeof(label), "press Ctrl-Alt-F%d", i);
        add(&keys->menu, i < 10 ? (char)('0' + i) : '\0', label, NULL);
    }
    ui_modal_open(ui, &menu_modal, keys);
    return REACT_HANDLED | REACT_REDRAW;
}
