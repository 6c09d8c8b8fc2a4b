#include "ui/view/empty.h"

#include <string.h>

/* The host itself is no source of guests. */
static bool has_guests(const struct source *source)
{
    return strcmp(source->id, "host") != 0 && !source_is_quiet(source);
}

static int draw_source(const struct source *source, struct rect rect, int y)
{
    bool calm = source->state == SOURCE_UP || source->state == SOURCE_CONNECTING ||
                source->state == SOURCE_ABSENT;
    enum style style = calm ? STYLE_NORMAL : STYLE_BAD;
    const char *state =
        source->state == SOURCE_UP ? "up, no guests defined" : source_state_name(source->state);

    draw_cell(rect, y, 2, STYLE_TITLE, source->name, 26);
    draw_cell(rect, y, 29, style, state, rect.width - 30);
    y++;
    if (source->error)
        draw_cell(rect, y++, 29, STYLE_DIM, source->error, rect.width - 30);
    if (source->remedy)
        draw_cell(rect, y++, 29, STYLE_DIM, source->remedy, rect.width - 30);
    return y;
}

void empty_draw(const struct ui *ui, struct rect rect)
{
    bool waiting = false, known = true;
    int y = 1;

    for (size_t i = 0; i < world_source_count(ui->world); i++) {
        const struct source *source = world_source_at(ui->world, i);
        waiting |= has_guests(source) && source->state == SOURCE_CONNECTING;
        known &=
            !has_guests(source) || source->state == SOURCE_UP || source->state == SOURCE_ABSENT;
    }
    draw_text(rect, y, 2, STYLE_TITLE,
              waiting ? "Asking for guests ..."
              : known ? "There are no guests on this host."
                      : "Whether there are guests here is not known.");
    y += 2;
    for (size_t i = 0; i < world_source_count(ui->world); i++)
        if (has_guests(world_source_at(ui->world, i)))
            y = draw_source(world_source_at(ui->world, i), rect, y);
    if (!waiting && known)
        draw_cell(rect, y + 1, 2, STYLE_NORMAL,
                  "To look at some: ./bootstrap sample makes small ones, --sim simulates.",
                  rect.width - 3);
}
