/* Consoles that are screens: pictures come up, what is pressed goes down. */
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "engine/internal.h"

/* Of the calls that hang in a daemon, ours of all kinds: it has 20 workers for all clients. */
#define STUCK_MAX 4
/* So long one may hang without a word on why. */
#define KEEP_NS (120 * NS_PER_S)

/* ---- what hangs ---- */

int screens_held(const struct engine *engine, const char *source)
{
    int count = 0;

    for (size_t i = 0; i < engine->consoles.held_count; i++)
        count += strcmp(engine->consoles.held[i].id.source, source) == 0;
    return count;
}

int screens_check(const struct engine *engine, const struct guest *guest, struct error *err)
{
    const struct worker *worker = engine_worker(engine, guest->id.source);
    int stuck = worker ? worker->stuck + worker->stuck_before : 0;

    if (guest->blame)
        return error_set(err, ERR_BUSY, "see why first, or force it off",
                         "its screen cannot be seen: %.80s", guest->blame);
    stuck += screens_held(engine, guest->id.source);
    if (stuck >= STUCK_MAX)
        return error_set(err, ERR_BUSY, "restart libvirtd to free them",
                         "%d calls hang in libvirtd: no screen is asked for", stuck);
    return 0;
}

static void release(struct consoles *consoles, size_t index)
{
    guest_id_clear(&consoles->held[index].id);
    free(consoles->held[index].life);
    consoles->held[index] = consoles->held[--consoles->held_count];
}

void screens_clear(struct consoles *consoles)
{
    while (consoles->held_count)
        release(consoles, 0);
}

void screens_hold(struct engine *engine, const struct guest_id *guest, const char *life,
                  int64_t now_ns)
{
    struct consoles *consoles = &engine->consoles;

    if (consoles->held_count == HELD_MAX)
        return;
    struct held *held = &consoles->held[consoles->held_count++];
    *held = (struct held){.life = xstrdup(life), .at_ns = now_ns};
    guest_id_copy(&held->id, guest);
    engine->want_changed = true;
}

/* Its QEMU has answered, or ended. */
static bool is_free(const struct engine *engine, struct held *held, int64_t now_ns)
{
    const struct guest *guest = world_find(engine->world, &held->id);

    if (!guest || guest->state == STATE_OFF ||
        strcmp(guest->facts.life ? guest->facts.life : "", held->life) != 0)
        return true;
    held->blamed |= guest->blame != NULL;
    return held->blamed ? !guest->blame : now_ns - held->at_ns > KEEP_NS;
}

void screens_turn(struct engine *engine, int64_t now_ns)
{
    struct consoles *consoles = &engine->consoles;

    for (size_t i = consoles->held_count; i-- > 0;)
        if (is_free(engine, &consoles->held[i], now_ns)) {
            release(consoles, i);
            engine->want_changed = true;
        }
}

void screens_restarted(struct engine *engine, const char *source, int64_t at_ns)
{
    struct consoles *consoles = &engine->consoles;

    for (size_t i = consoles->held_count; i-- > 0;)
        if (consoles->held[i].at_ns < at_ns && strcmp(consoles->held[i].id.source, source) == 0)
            release(consoles, i);
}

/* ---- one of them ---- */

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
