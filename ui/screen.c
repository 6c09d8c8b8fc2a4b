#include "ui/screen.h"

#include <stdio.h>
#include <string.h>

#include "ui/term/term.h"
#include "ui/view/footer.h"
#include "ui/view/header.h"
#include "ui/view/status.h"
#include "ui/view/tabs.h"

#define MIN_WIDTH 40
#define MIN_HEIGHT 10

const struct guest *screen_guest(const struct ui *ui, const struct view *view)
{
    const struct tab *tab = view_context(view) == CONTEXT_CONSOLE ? tabs_active(ui) : NULL;

    if (tab)
        return tab_guest(ui, tab);
    return view->ops->selected ? view->ops->selected(view) : NULL;
}

static void draw_footer(const struct ui *ui, const struct view *view, struct rect rect)
{
    const struct modal *modal = ui->modal;
    const char *hint = modal ? modal->hint : view->ops->hint ? view->ops->hint(view, ui) : NULL;

    if (hint)
        draw_cell(rect, 0, 1, STYLE_KEY_TEXT, hint, rect.width - 1);
    else
        footer_draw(ui, view_context(view), !view->zoomed, screen_guest(ui, view), rect, 0);
}

static void draw_centred(struct rect screen, int y, const char *text)
{
    int x = (screen.width - (int)strlen(text)) / 2;

    draw_text(screen, y, x > 0 ? x : 0, STYLE_WARN, text);
}

bool screen_is_too_small(void)
{
    struct rect screen = draw_screen();

    return screen.width < MIN_WIDTH || screen.height < MIN_HEIGHT;
}

static void draw_too_small(struct rect screen)
{
    char text[64];

    snprintf(text, sizeof(text), "need at least %dx%d", MIN_WIDTH, MIN_HEIGHT);
    draw_centred(screen, (screen.height - 1) / 2, "too small");
    draw_centred(screen, (screen.height - 1) / 2 + 1, text);
}

void screen_draw(struct ui *ui, struct view *view, struct view *guests)
{
    struct rect screen = draw_screen(), rest = screen;

    draw_clear(screen, STYLE_NORMAL);
    if (screen_is_too_small()) {
        draw_too_small(screen);
        term_flush();
        return;
    }
    struct rect header = rect_cut_rows(&rest, header_height(screen.height, screen.width));
    struct rect footer = rect_cut_rows(&rest, -1);
    struct rect status = rect_cut_rows(&rest, -1);

    int rows = view->ops->rows ? view->ops->rows(view, ui, rest.height) : 0;
    const struct view *with_guest = rows ? guests : view;
    if (rows) {
        struct rect part = rect_cut_rows(&rest, -rows);
        guests->ops->draw(guests, ui, rest);
        rest = part;
    }
    view->ops->draw(view, ui, rest);
    header_draw(ui, header);
    status_draw(ui, with_guest->ops->selected ? with_guest->ops->selected(with_guest) : NULL,
                status);
    draw_footer(ui, view, footer);
    if (ui->modal)
        ui->modal->draw(ui, ui->modal_data, screen, status);
    term_flush();
    if (ui->frozen)
        return;
    engine_want_costs(ui->engine, view->ops->shows_costs);
    if (with_guest->ops->want)
        with_guest->ops->want(with_guest, ui);
    else
        engine_want_parts(ui->engine, 0); /* nobody looks at them */
}
