#include "engine/consoles.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "engine/internal.h"

#define CONSOLE_TEXT_CELLS 300
#define OPEN_NS (10 * NS_PER_S) /* for the guest's side to answer */
#define LOOK_NS (15 * NS_PER_S) /* for a screen to be looked at */
#define END_NS (3 * NS_PER_S)   /* from its last word, or from ours, to the end of its process */

static void entry_free(struct console_entry *entry)
{
    console_clear(&entry->console);
    free(entry->spec);
    console_flow_clear(&entry->flow);
    screen_picture_clear(&entry->picture);
    free(entry);
}

void consoles_clear(struct consoles *consoles)
{
    for (size_t i = 0; i < consoles->count; i++)
        entry_free(consoles->entry[i]);
    free(consoles->entry);
    screens_clear(consoles);
    *consoles = (struct consoles){0};
}

struct console_entry *console_find(const struct engine *engine, uint32_t id)
{
    for (size_t i = 0; i < engine->consoles.count; i++) {
        struct console_entry *entry = engine->consoles.entry[i];
        if (entry->console.id == id && !entry->closed)
            return entry;
    }
    return NULL;
}

static void forget(struct consoles *consoles, const struct console_entry *entry)
{
    for (size_t i = 0; i < consoles->count; i++) {
        if (consoles->entry[i] != entry)
            continue;
        entry_free(consoles->entry[i]);
        consoles->count--;
        memmove(&consoles->entry[i], &consoles->entry[i + 1],
                (consoles->count - i) * sizeof(consoles->entry[0]));
        return;
    }
}

static bool is_over(const struct console_entry *entry)
{
    return entry->console.state == CONSOLE_BUSY || entry->console.state == CONSOLE_ENDED;
}

char *console_text(const char *raw)
{
    return raw && *raw ? text_sanitise(raw, strlen(raw), CONSOLE_TEXT_CELLS) : NULL;
}

/* The one place where a console is over. */
static void conclude(struct engine *engine, struct console_entry *entry, enum console_state state,
                     const char *why, const char *remedy, int64_t now_ns)
{
    struct console *console = &entry->console;

    if (is_over(entry))
        return;
    console->state = state;
    free(console->why);
    console->why = console_text(why ? why : "it ended");
    free(console->remedy);
    console->remedy = console_text(remedy);
    console->ended_ns = now_ns;
    entry->final_ns = now_ns;
    console_flow_forget(&entry->flow);
    engine->changes |= ENGINE_CONSOLES;
}

/* ---- what the screen asks ---- */

static int bounded(int size)
{
    return size < 1 ? 1 : size > CONSOLE_SIZE_MAX ? CONSOLE_SIZE_MAX : size;
}

static struct console_entry *entry_new(struct engine *engine, const struct guest *guest,
                                       const struct console_request *request)
{
    struct consoles *consoles = &engine->consoles;
    struct console_entry *entry = xcalloc(1, sizeof(*entry));
    struct console *console = &entry->console;

    console->id = ++consoles->last_id;
    console_request_copy(&console->request, request);
    if (!console->request.life)
        console->request.life = xstrdup(guest->facts.life ? guest->facts.life : "");
    console->request.rows = bounded(request->rows);
    console->request.columns = bounded(request->columns);
    console->name = xstrdup(guest->facts.name ? guest->facts.name : "");
    console->exit_status = -1;
    console_flow_init(&entry->flow);
    consoles->entry = xrealloc(consoles->entry, consoles->count + 1, sizeof(consoles->entry[0]));
    consoles->entry[consoles->count++] = entry;
    return entry;
}

int engine_console_open(struct engine *engine, const struct console_request *request,
                        struct error *err)
{
    const struct worker *worker = engine_worker(engine, request->guest.source);
    const struct guest *guest = worker ? world_find(engine->world, &request->guest) : NULL;
    enum spawn_role role = request->kind == CONSOLE_LOG ? ROLE_LOG : ROLE_CONSOLE;
    struct console_entry *entry;
    int rc = consoles_check(engine, guest, request->kind, err);

    if (rc < 0 || !worker)
        return rc;
    entry = entry_new(engine, guest, request);
    entry->spec = xstrdup(worker->spec);
    entry->waits = guest->state == STATE_OFF && role == ROLE_CONSOLE;
    if (!entry->waits)
        entry->child = child_start(engine, role, entry->spec, entry, clock_mono_ns());
    engine->changes |= ENGINE_CONSOLES;
    return (int)entry->console.id;
}

static void send_typed(struct console_entry *entry)
{
    if (entry->child && entry->console.state == CONSOLE_OPEN)
        console_flow_send(&entry->flow, &entry->child->channel);
}

void engine_console_send(struct engine *engine, uint32_t id, const char *bytes, size_t len)
{
    struct console_entry *entry = console_find(engine, id);

    if (!entry || is_over(entry) || entry->console.request.kind == CONSOLE_LOG)
        return;
    entry->console.bytes_dropped += console_flow_type(&entry->flow, bytes, len);
    send_typed(entry);
}

static void send_size(const struct console_entry *entry)
{
    struct frame frame = {
        .type = FRAME_SIZE,
        .u.size = {.rows = entry->console.request.rows, .columns = entry->console.request.columns}};

    channel_send(&entry->child->channel, &frame, NULL);
}

void engine_console_size(struct engine *engine, uint32_t id, int rows, int columns)
{
    struct console_entry *entry = console_find(engine, id);
    struct console_request *request = entry ? &entry->console.request : NULL;

    if (!entry || (request->rows == bounded(rows) && request->columns == bounded(columns)))
        return;
    request->rows = bounded(rows);
    request->columns = bounded(columns);
    if (entry->child && entry->console.state == CONSOLE_OPEN)
        send_size(entry);
}

void engine_console_close(struct engine *engine, uint32_t id)
{
    struct console_entry *entry = console_find(engine, id);

    if (!entry)
        return;
    engine->changes |= ENGINE_CONSOLES;
    entry->closed = true;
    entry->final_ns = clock_mono_ns();
    console_flow_forget(&entry->flow);
    if (entry->child && entry->child->started) {
        /* It may hang instead of reading this: see consoles_turn(). */
        channel_send(&entry->child->channel, &(struct frame){.type = FRAME_CLOSE}, NULL);
        return;
    }
    if (entry->child)
        child_drop(engine, entry->child);
    forget(&engine->consoles, entry);
}

size_t engine_console_count(const struct engine *engine)
{
    size_t count = 0;

    for (size_t i = 0; i < engine->consoles.count; i++)
        count += !engine->consoles.entry[i]->closed;
    return count;
}

const struct console *engine_console(const struct engine *engine, uint32_t id)
{
    const struct console_entry *entry = console_find(engine, id);

    return entry ? &entry->console : NULL;
}

size_t engine_console_waiting(const struct engine *engine, uint32_t id)
{
    const struct console_entry *entry = console_find(engine, id);

    return entry ? entry->flow.output_len : 0;
}

size_t engine_console_take(struct engine *engine, uint32_t id, char *dst, size_t max)
{
    struct console_entry *entry = console_find(engine, id);

    return entry ? console_flow_take(&entry->flow, dst, max,
                                     entry->child ? &entry->child->channel : NULL)
                 : 0;
}

/* ---- what the child says ---- */

void consoles_started(struct engine *engine, struct child *child)
{
    const struct console_entry *entry = child->owner;
    const struct console_request *request = &entry->console.request;
    struct frame frame = {.type = FRAME_OPEN,
                          .u.open = {.kind = request->kind,
                                     .key = request->guest.key,
                                     .life = request->life,
                                     .name = entry->console.name,
                                     .device = request->device,
                                     .force = request->force,
                                     .rows = request->rows,
                                     .columns = request->columns}};

    (void)engine;
    for (size_t i = 0; request->argv && request->argv[i]; i++)
        frame.u.open.argv[i] = request->argv[i];
    channel_send(&child->channel, &frame, NULL);
}

static void take_devices(struct console *console, const struct frame_console *said)
{
    free(console->device);
    console->device = console_text(said->device);
    for (size_t i = 0; i < CONSOLE_DEVICES_MAX; i++) {
        free(console->devices[i]);
        console->devices[i] = console_text(said->devices[i]);
    }
    console->resizable = said->resizable;
}

static void take_state(struct engine *engine, struct console_entry *entry,
                       const struct frame_console *said, int64_t now_ns)
{
    struct console *console = &entry->console;

    if (is_over(entry) || said->state == CONSOLE_OPENING)
        return;
    take_devices(console, said);
    engine->changes |= ENGINE_CONSOLES;
    if (said->state != CONSOLE_OPEN) {
        console->exit_status = said->exit_status;
        conclude(engine, entry, said->state, said->why, said->remedy, now_ns);
        return;
    }
    if (console->state == CONSOLE_OPEN) {
        free(console->why);
        console->why = console_text(said->why);
        free(console->remedy);
        console->remedy = console_text(said->remedy);
        return;
    }
    console->state = CONSOLE_OPEN;
    console->opened_ns = now_ns;
    if (console->resizable)
        send_size(entry); /* it may have changed meanwhile */
    send_typed(entry);
    screen_opened(entry);
}

static int take_bytes(struct engine *engine, struct console_entry *entry,
                      const struct frame_bytes *bytes, int64_t now_ns)
{
    if (console_flow_put(&entry->flow, bytes) < 0)
        return ERR_SYNTAX;
    entry->console.bytes_in += bytes->len;
    entry->console.last_output_ns = now_ns;
    engine->changes |= ENGINE_CONSOLES;
    return 0;
}

int consoles_frame(struct engine *engine, struct child *child, struct frame *frame, int64_t now_ns)
{
    struct console_entry *entry = child->owner;

    if (frame->type == FRAME_HELLO || frame->type == FRAME_BEAT || entry->closed)
        return 0;
    switch (frame->type) {
    case FRAME_CONSOLE:
        take_state(engine, entry, &frame->u.console, now_ns);
        return 0;
    case FRAME_CELLS:
        return screen_cells(engine, entry, &frame->u.cells, now_ns);
    case FRAME_BYTES:
        return take_bytes(engine, entry, &frame->u.bytes, now_ns);
    case FRAME_CREDIT:
        if (console_flow_passed(&entry->flow, frame->u.credit) < 0)
            return ERR_SYNTAX;
        send_typed(entry);
        return 0;
    default:
        return ERR_SYNTAX;
    }
}

static void drop(struct engine *engine, struct console_entry *entry)
{
    if (entry->child)
        child_drop(engine, entry->child);
    entry->child = NULL;
    if (entry->closed)
        forget(&engine->consoles, entry);
}

void consoles_failed(struct engine *engine, struct console_entry *entry, const char *why,
                     int64_t now_ns)
{
    conclude(engine, entry, CONSOLE_ENDED, why, "open it again", now_ns);
    drop(engine, entry);
}

/* ---- time ---- */

static int64_t due(const struct console_entry *entry)
{
    if (!entry->child)
        return INT64_MAX;
    if (entry->final_ns)
        return entry->final_ns + END_NS;
    if (entry->console.state == CONSOLE_OPENING)
        return entry->child->heard_ns + OPEN_NS;
    return entry->console.request.kind == CONSOLE_SCREEN ? entry->child->heard_ns + LOOK_NS
                                                         : INT64_MAX;
}

/* Its guest is being started: it is opened in the life that begins. */
static void wait_for_start(struct engine *engine, struct console_entry *entry, int64_t now_ns)
{
    struct console_request *request = &entry->console.request;
    const struct guest *guest = world_find(engine->world, &request->guest);

    if (guest && guest->state == STATE_OFF && jobs_start(&engine->jobs, &guest->id, now_ns))
        return;
    entry->waits = false;
    if (!guest || guest->state == STATE_OFF) {
        conclude(engine, entry, CONSOLE_ENDED, "it did not start", "see its job for the reason",
                 now_ns);
        return;
    }
    free(request->life);
    request->life = xstrdup(guest->facts.life ? guest->facts.life : "");
    entry->child = child_start(engine, ROLE_CONSOLE, entry->spec, entry, now_ns);
}

void consoles_turn(struct engine *engine, int64_t now_ns)
{
    struct consoles *consoles = &engine->consoles;

    for (size_t i = consoles->count; i-- > 0;) {
        struct console_entry *entry = consoles->entry[i];
        if (entry->waits && !entry->closed)
            wait_for_start(engine, entry, now_ns);
        if (now_ns < due(entry))
            continue;
        if (entry->console.request.kind == CONSOLE_SCREEN && entry->console.state == CONSOLE_OPEN)
            screens_hold(engine, &entry->console.request.guest, entry->console.request.life,
                         now_ns);
        if (!entry->final_ns && entry->console.state == CONSOLE_OPEN)
            conclude(engine, entry, CONSOLE_ENDED, "its QEMU has not answered within 15 s",
                     "it hangs, or libvirtd does: see why before this is opened again", now_ns);
        if (!entry->final_ns)
            conclude(engine, entry, CONSOLE_ENDED, "the guest's side has not answered within 10 s",
                     "see whether libvirtd, or the container's LXC monitor, is stopped", now_ns);
        drop(engine, entry);
    }
    screens_turn(engine, now_ns);
}

int64_t consoles_due(const struct consoles *consoles)
{
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < consoles->count; i++)
        next = earlier(next, due(consoles->entry[i]));
    return next;
}
