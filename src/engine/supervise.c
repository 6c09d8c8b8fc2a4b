#include "engine/internal.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"

#define LATE_NS (5 * NS_PER_S)    /* no frame for that long: it looks late */
#define DEAD_NS (10 * NS_PER_S)   /* ... it is killed and started again */
#define HEALTH_NS (60 * NS_PER_S) /* well for that long: the back-off begins anew */
#define STUCK_MAX 1000
#define UNOWNED_MAX 1000
#define NO_ANSWER "own worker late"

static const int64_t backoff_ns[] = {NS_PER_S, 2 * NS_PER_S, 5 * NS_PER_S, 10 * NS_PER_S};

static void start(struct engine *engine, struct worker *worker, int64_t now_ns)
{
    msgpack_sbuffer_clear(&worker->wanted);
    worker->late = false;
    worker->healthy_ns = worker->rows_ns = 0;
    worker->cost_first = worker->cost = (struct cost){0};
    worker->child = child_start(engine, ROLE_WORKER, worker->spec, worker, now_ns);
}

static void forget_said(struct worker *worker)
{
    free(worker->said.error);
    free(worker->said.remedy);
    free(worker->said.note);
    worker->said = (struct frame_source){0};
    worker->has_said = false;
}

static void tell_world(struct engine *engine, const struct worker *worker, enum source_state state,
                       const char *error, const char *remedy, const char *note, int64_t now_ns)
{
    world_source_state(engine->world, worker->id, state, error, remedy, note, now_ns,
                       clock_wall_ns());
    engine->changes |= ENGINE_SOURCES | ENGINE_EVENTS;
}

void worker_init(struct engine *engine, struct worker *worker, const struct engine_source *source,
                 int64_t now_ns)
{
    *worker = (struct worker){.id = xstrdup(source->id),
                              .spec = xstrdup(source->spec ? source->spec : source->id)};
    msgpack_sbuffer_init(&worker->wanted);
    world_add_source(engine->world, worker->id, source->explicit_);
    if (strlen(worker->spec) >= sizeof(((struct spawn_request *)0)->source)) {
        worker->given_up = true;
        tell_world(engine, worker, SOURCE_FAILED, "its name is too long", NULL, NULL, now_ns);
        return;
    }
    start(engine, worker, now_ns);
}

void worker_clear(struct worker *worker)
{
    forget_said(worker);
    msgpack_sbuffer_destroy(&worker->wanted);
    free(worker->id);
    free(worker->spec);
}

/* Back from our own trouble: what the source itself said last is true again. */
static void recover(struct engine *engine, struct worker *worker, int64_t now_ns)
{
    worker->late = worker->troubled = false;
    if (worker->has_said)
        tell_world(engine, worker, worker->said.state, worker->said.error, worker->said.remedy,
                   worker->said.note, now_ns);
    else
        tell_world(engine, worker, SOURCE_CONNECTING, NULL, NULL, NULL, now_ns);
}

static void take_source(struct engine *engine, struct worker *worker, struct frame_source *source,
                        int64_t now_ns)
{
    forget_said(worker);
    worker->said = (struct frame_source){.state = source->state,
                                         .error = move_ptr(&source->error),
                                         .remedy = move_ptr(&source->remedy),
                                         .note = move_ptr(&source->note)};
    worker->has_said = true;
    tell_world(engine, worker, worker->said.state, worker->said.error, worker->said.remedy,
               worker->said.note, now_ns);
    world_source_daemon(engine->world, worker->id, source->restarted_ns, now_ns, clock_wall_ns());
    if (worker->stuck_ns < source->restarted_ns)
        worker->stuck_before = 0;
    screens_restarted(engine, worker->id, source->restarted_ns);
}

static void take_stuck(struct worker *worker, int stuck, int64_t now_ns)
{
    stuck = stuck < 0 ? 0 : stuck > STUCK_MAX ? STUCK_MAX : stuck;
    if (stuck > worker->stuck)
        worker->stuck_ns = now_ns;
    worker->stuck = stuck;
}

static void take_event(struct engine *engine, const struct worker *worker,
                       const struct frame_event *event, int64_t now_ns)
{
    const struct news news = {
        .text = event->text,
        .topic = event->topic && *event->topic ? event->topic : NULL,
        .grade = event->grade,
        .times = event->times,
    };

    if (!event->text)
        return;
    world_news(engine->world, worker->id, event->handle, &news, now_ns, event->wall_ns);
    engine->changes |= ENGINE_EVENTS | ENGINE_ROWS;
}

static void take_rows(struct engine *engine, struct worker *worker, const struct frame *frame,
                      int64_t now_ns)
{
    int64_t wall = clock_wall_ns();

    for (size_t i = 0; i < frame->u.rows.count; i++) {
        const struct frame_row *row = &frame->u.rows.row[i];
        world_row(engine->world, worker->id, row->handle, row->state, row->reason, row->blame,
                  &row->sample, now_ns, wall);
    }
    world_isolation_settle(engine->world);
    worker->rows_ns = now_ns;
    engine->changes |= ENGINE_ROWS;
}

/* It is the word of a process that reads what guests say. */
static void take_cost(struct engine *engine, struct worker *worker, const struct child *child,
                      const struct cost *said)
{
    struct cost *cost = &worker->cost;

    if (!engine->costs)
        return; /* it had not heard yet */
    *cost = *said;
    cost->bytes = child->channel.received;
    text_sanitise_into(cost->slowest.what, sizeof(cost->slowest.what), said->slowest.what,
                       strlen(said->slowest.what));
    text_sanitise_into(cost->slowest.about, sizeof(cost->slowest.about), said->slowest.about,
                       strlen(said->slowest.about));
    if (!worker->cost_first.at_ns)
        worker->cost_first = *cost;
    engine->changes |= ENGINE_COSTS;
}

/* The one that looks at paths of this host. */
static bool is_host(const struct worker *worker)
{
    return strcmp(worker->id, "host") == 0;
}

int worker_frame(struct engine *engine, struct child *child, struct frame *frame, int64_t now_ns)
{
    struct worker *worker = child->owner;
    int64_t wall = clock_wall_ns();

    if (worker->late || worker->troubled)
        recover(engine, worker, now_ns);
    if (worker->healthy_ns == 0)
        worker->healthy_ns = now_ns;
    switch (frame->type) {
    case FRAME_HELLO:
    case FRAME_BEAT:
        break;
    case FRAME_SOURCE:
        take_source(engine, worker, &frame->u.source, now_ns);
        engine->want_changed = true;
        break;
    case FRAME_FACTS:
        probes_complete(&engine->probes, worker->id, &frame->u.facts);
        world_facts(engine->world, worker->id, &frame->u.facts, now_ns, wall);
        engine->want_changed = engine->paths_changed = true;
        engine->changes |= ENGINE_ROWS | ENGINE_EVENTS;
        break;
    case FRAME_ROWS:
        take_rows(engine, worker, frame, now_ns);
        break;
    case FRAME_GONE:
        world_gone(engine->world, worker->id, frame->u.gone, now_ns, wall);
        engine->want_changed = engine->paths_changed = true;
        engine->changes |= ENGINE_ROWS | ENGINE_EVENTS;
        break;
    case FRAME_ANSWERED:
        world_source_answered(engine->world, worker->id, now_ns, wall);
        engine->want_changed = true;
        engine->changes |= ENGINE_ROWS | ENGINE_SOURCES;
        break;
    case FRAME_HOST:
        world_host(engine->world, frame->u.host);
        worker->rows_ns = now_ns;
        engine->changes |= ENGINE_HOST;
        break;
    case FRAME_EVENT:
        take_event(engine, worker, &frame->u.event, now_ns);
        break;
    case FRAME_STORAGE:
        /* Nothing to draw at once: the next tick shows it. */
        world_storage(engine->world, worker->id, &frame->u.storage, now_ns);
        if (!is_host(worker)) /* pools have directories */
            engine->want_changed = engine->paths_changed = true;
        break;
    case FRAME_ISOLATION:
        world_isolation(engine->world, worker->id, frame->u.isolation.handle,
                        &frame->u.isolation.facts);
        break;
    case FRAME_PARTS:
        world_parts(engine->world, worker->id, frame->u.parts.handle, &frame->u.parts.parts,
                    now_ns);
        engine->changes |= ENGINE_ROWS;
        break;
    case FRAME_COST:
        take_cost(engine, worker, child, &frame->u.cost);
        break;
    case FRAME_STUCK:
        take_stuck(worker, frame->u.stuck, now_ns);
        break;
    default:
        return ERR_SYNTAX;
    }
    return 0;
}

void worker_failed(struct engine *engine, struct worker *worker, const char *why, int64_t now_ns)
{
    char remedy[64] = "";
    size_t last = sizeof(backoff_ns) / sizeof(backoff_ns[0]) - 1;
    int64_t pause;

    if (worker->child) {
        child_drop(engine, worker->child);
        worker->child = NULL;
    }
    worker->stuck_before += worker->stuck;
    worker->stuck = 0;
    if (worker->has_said && worker->said.state == SOURCE_FAILED && !worker->late) {
        worker->given_up = true; /* it said itself that it cannot work, and left */
        return;
    }
    if (worker->healthy_ns && now_ns - worker->healthy_ns >= HEALTH_NS)
        worker->tries = 0;
    pause = backoff_ns[worker->tries];
    if ((size_t)worker->tries < last)
        worker->tries++;
    worker->restart_ns = now_ns + pause;
    worker->healthy_ns = 0;
    worker->late = false;
    worker->troubled = true;
    forget_said(worker);
    if (engine->broken) {
        worker->given_up = true;
        tell_world(engine, worker, SOURCE_LATE, "own spawner died", "start vctop again", NULL,
                   now_ns);
        return;
    }
    snprintf(remedy, sizeof(remedy), "it is started again in %d s", (int)(pause / NS_PER_S));
    tell_world(engine, worker, SOURCE_LATE, why, remedy, NULL, now_ns);
}

void worker_judge(struct engine *engine, struct worker *worker, int64_t now_ns)
{
    int64_t silent;

    if (worker->given_up)
        return;
    if (!worker->child) {
        if (now_ns < worker->restart_ns)
            return;
        world_source_restarted(engine->world, worker->id);
        engine->changes |= ENGINE_ROWS;
        start(engine, worker, now_ns);
        return;
    }
    if (worker->child->backlog)
        return; /* it has spoken; we have not listened yet */
    silent = now_ns - worker->child->heard_ns;
    if (silent >= DEAD_NS) {
        worker_failed(engine, worker, NO_ANSWER, now_ns);
    } else if (silent >= LATE_NS && !worker->late) {
        worker->late = true;
        worker->healthy_ns = 0;
        if (!worker->troubled)
            tell_world(engine, worker, SOURCE_LATE, NO_ANSWER, NULL, NULL, now_ns);
    }
}

int64_t worker_due(const struct worker *worker)
{
    if (worker->given_up)
        return INT64_MAX;
    if (!worker->child)
        return worker->restart_ns;
    return worker->child->heard_ns + (worker->late ? DEAD_NS : LATE_NS);
}

/* The handle by which WORKER knows the guest ID; 0: it does not. */
static uint32_t handle_of(struct engine *engine, const struct worker *worker,
                          const struct guest_id *id)
{
    const struct guest *guest;

    if (!guest_id_is_set(id) || strcmp(id->source, worker->id) != 0)
        return 0;
    guest = world_find(engine->world, id);
    /* After a restart the old number means nothing, or another guest. */
    if (!guest || !guest->facts.handle ||
        world_find_handle(engine->world, worker->id, guest->facts.handle) != guest)
        return 0;
    return guest->facts.handle;
}

void worker_tell(struct engine *engine, struct worker *worker)
{
    CLEANUP_FREE uint32_t *visible = NULL;
    struct frame frame = {.type = FRAME_WANT};
    msgpack_sbuffer buf;

    if (!worker->child || worker->child->channel.fd < 0)
        return;
    visible = xcalloc(engine->visible_count + UNOWNED_MAX, sizeof(*visible));
    for (size_t i = 0; i < engine->visible_count; i++) {
        uint32_t handle = handle_of(engine, worker, &engine->visible[i]);
        if (handle)
            visible[frame.u.want.visible_count++] = handle;
    }
    /* QEMUs that libvirt started are measured by the source "proc" only if it is told that they
     * are needed, in sight or not. */
    frame.u.want.visible_count +=
        world_unowned(engine->world, worker->id, visible + frame.u.want.visible_count, UNOWNED_MAX);
    frame.u.want.period_ns = engine->period_ns;
    frame.u.want.visible = visible;
    frame.u.want.selected = handle_of(engine, worker, &engine->selected);
    frame.u.want.parts = engine->parts & (frame.u.want.selected ? ~0u : PARTS_DISK_TIMES);
    frame.u.want.cost = engine->costs;
    frame.u.want.stuck = worker->stuck_before + screens_held(engine, worker->id);
    if (is_host(worker)) {
        frame.u.want.paths = engine->paths;
        frame.u.want.path_count = engine->path_count;
    }
    msgpack_sbuffer_init(&buf);
    frame_put(&buf, &frame);
    if ((buf.size != worker->wanted.size || memcmp(buf.data, worker->wanted.data, buf.size) != 0) &&
        channel_send_bytes(&worker->child->channel, &buf, NULL) == 0) {
        msgpack_sbuffer swap = worker->wanted;
        worker->wanted = buf;
        buf = swap;
    }
    msgpack_sbuffer_destroy(&buf);
}
