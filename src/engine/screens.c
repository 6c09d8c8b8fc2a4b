/* Consoles that are screens: pictures come up, what is pressed goes down. */
#include "base/alloc.h"
#include "engine/internal.h"

static struct console_entry *find_screen(const struct engine *engine, uint32_t id)
{
    struct console_entry *entry = console_find(engine, id);

    return entry && entry->console.request.kind == CONSOLE_SCREEN ? entry : NULL;
}

static bool is_open(const struct console_entry *entry)
{
    return entry->child && entry->console.state == CONSOLE_OPEN;
}

void screen_opened(struct console_entry *entry)
{
    struct frame frame = {.type = FRAME_VIEW, .u.view = entry->view};

    if (is_open(entry) && entry->view.rows)
        channel_send(&entry->child->channel, &frame, NULL);
}

void engine_console_view(struct engine *engine, uint32_t id, const struct screen_view *view)
{
    struct console_entry *entry = find_screen(engine, id);

    if (!entry || screen_view_equal(&entry->view, view))
        return;
    entry->view = *view;
    screen_opened(entry);
}

const struct screen_picture *engine_console_picture(const struct engine *engine, uint32_t id)
{
    const struct console_entry *entry = find_screen(engine, id);

    return entry && entry->picture.cells ? &entry->picture : NULL;
}

int engine_console_press(struct engine *engine, uint32_t id, const struct press *press,
                         struct error *err)
{
    struct press_chord chords[PRESS_TEXT_MAX + 1];
    const struct console_entry *entry = find_screen(engine, id);
    bool keys = press->kind != PRESS_NMI && press->kind != PRESS_VIEWER;
    struct frame frame = {.type = FRAME_PRESS, .u.press = *press};

    if (!entry || !is_open(entry))
        return error_set(err, ERR_GONE, "open it again", "its screen is not open any more");
    if (keys && !press_chords(press, chords))
        return error_set(err, ERR_USAGE, "ASCII, 120 characters at most",
                         "a US keyboard cannot type this");
    return channel_send(&entry->child->channel, &frame, err);
}

int screen_cells(struct engine *engine, struct console_entry *entry, struct screen_picture *picture,
                 int64_t now_ns)
{
    char *raw = picture->no_viewer;

    if (entry->console.request.kind != CONSOLE_SCREEN)
        return ERR_SYNTAX;
    picture->no_viewer = console_text(raw);
    free(raw);
    screen_picture_clear(&entry->picture);
    entry->picture = *picture;
    *picture = (struct screen_picture){0};
    entry->console.last_output_ns = now_ns;
    engine->changes |= ENGINE_CONSOLES;
    return 0;
}
