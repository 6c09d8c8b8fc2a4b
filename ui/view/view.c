#include "ui/view/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/settings.h"
#include "model/problem.h"

void ui_modal_open(struct ui *ui, const struct modal *modal, void *data)
{
    ui_modal_close(ui);
    ui->modal = modal;
    ui->modal_data = data;
}

void ui_modal_close(struct ui *ui)
{
    const struct modal *modal = ui->modal;
    void *data = ui->modal_data;

    ui->modal = NULL;
    ui->modal_data = NULL;
    if (modal && modal->close)
        modal->close(data);
}

void ui_say(struct ui *ui, enum style style, const char *fmt, ...)
{
    char text[sizeof(ui->message.text)];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    /* Parts of it may come from a file. */
    text_sanitise_into(ui->message.text, sizeof(ui->message.text), text, strlen(text));
    ui->message.style = style;
    ui->message.at_ns = ui->clock_ns;
}

/* One who types ahead at the start is faster than the sources. */
void ui_say_unselected(struct ui *ui)
{
    bool asking = false;

    for (size_t i = 0; i < world_source_count(ui->world); i++)
        asking |= world_source_at(ui->world, i)->state == SOURCE_CONNECTING;
    ui_say(ui, STYLE_WARN, "no guest is selected%s%s",
           ui->filter[0] && !ui->shown ? ": the filter leaves none" : "",
           asking ? "; not all sources have answered yet" : "");
}

void ui_say_error(struct ui *ui, const struct error *err)
{
    char text[600];

    error_text(err, text, sizeof(text));
    settings_shorten(text, getenv("HOME"));
    ui_say(ui, STYLE_BAD, "%s", text);
}

void ui_mark(struct ui *ui, struct guest *guest, bool marked)
{
    guest->marked = marked;
    if (!ui->frozen)
        return;
    struct guest *live = world_find(engine_world(ui->engine), &guest->id);
    if (live)
        live->marked = marked;
}

bool ui_acknowledge(struct ui *ui, struct guest *guest)
{
    bool news = problem_acknowledge(ui->world, guest, ui->now_ns);

    if (!ui->frozen)
        return news;
    struct guest *live = world_find(engine_world(ui->engine), &guest->id);
    if (!live)
        return news;
    live->seen.acknowledged |= guest->seen.acknowledged;
    if (live->seen.noted_ns == guest->seen.noted_ns)
        live->seen.noted[0] = '\0';
    return news;
}

unsigned ui_show_guest(struct ui *ui, const struct guest_id *id, const char *name)
{
    if (!guest_id_is_set(id) || !world_find(ui->world, id)) {
        ui_say(ui, STYLE_WARN,
               guest_id_is_set(id) ? "%.60s is not there any more" : "%.60s is no guest",
               name && *name ? name : "this");
        return REACT_HANDLED | REACT_REDRAW;
    }
    guest_id_clear(&ui->show);
    guest_id_copy(&ui->show, id);
    return REACT_HANDLED | REACT_REDRAW | REACT_SHOW_GUEST;
}
