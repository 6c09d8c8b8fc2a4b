#include "engine/engine.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/internal.h"

#define ANSWERS_A_TURN 64
#define LOG_CELLS 400
#define PAUSE_NS (3 * NS_PER_S) /* not called for that much longer than asked: we were stopped */

struct engine *engine_new(int spawner_fd, bool readonly, int64_t period_ns,
                          const struct engine_source *sources, size_t count)
{
    struct engine *engine = xcalloc(1, sizeof(*engine));
    int64_t now = clock_mono_ns();

    spawn_client_init(&engine->spawner, spawner_fd);
    engine->world = world_new(period_ns);
    engine->readonly = readonly;
    engine->period_ns = period_ns;
    engine->turn_ns = now;
    engine->workers = xcalloc(count + 1, sizeof(*engine->workers));
    for (size_t i = 0; i < count; i++)
        worker_init(engine, &engine->workers[engine->worker_count++], &sources[i], now);
    return engine;
}

void engine_ask_agents(struct engine *engine)
{
    engine->agents = true;
}

static void forget_want(struct engine *engine)
{
    for (size_t i = 0; i < engine->visible_count; i++)
        guest_id_clear(&engine->visible[i]);
    free(engine->visible);
    engine->visible = NULL;
    engine->visible_count = 0;
}

static void forget_paths(struct engine *engine)
{
    for (size_t i = 0; i < engine->path_count; i++)
        free(engine->paths[i]);
    free(engine->paths);
    engine->paths = NULL;
    engine->path_count = 0;
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    spawn_client_clear(&engine->spawner);
    while (engine->children) {
        struct child *next = engine->children->next;
        child_free(engine->children);
        engine->children = next;
    }
    for (size_t i = 0; i < engine->worker_count; i++)
        worker_clear(&engine->workers[i]);
    free(engine->workers);
    jobs_clear(&engine->jobs);
    probes_clear(&engine->probes);
    configuration_clear(&engine->configuration);
    consoles_clear(&engine->consoles);
    forget_want(engine);
    forget_paths(engine);
    guest_id_clear(&engine->selected);
    world_free(engine->world);
    free(engine);
}

struct world *engine_world(struct engine *engine)
{
    return engine->world;
}

bool engine_readonly(const struct engine *engine)
{
    return engine->readonly;
}

struct worker *engine_worker(const struct engine *engine, const char *source)
{
    for (size_t i = 0; source && i < engine->worker_count; i++) {
        if (strcmp(engine->workers[i].id, source) == 0)
            return &engine->workers[i];
    }
    return NULL;
}

void engine_log(struct engine *engine, const struct child *child, const char *line)
{
    CLEANUP_FREE char *text = text_sanitise(line, strlen(line), LOG_CELLS);
    struct guest_id about = {.source = (char *)"", .key = (char *)""};
    const char *name = "probe";

    if (child->role == ROLE_WORKER) {
        const struct worker *worker = child->owner;
        about.source = worker->id;
        name = worker->id;
    } else if (child->role == ROLE_JOB) {
        const struct job_entry *entry = child->owner;
        about = entry->job.guest;
        name = entry->job.name;
    } else if (child->role == ROLE_CONSOLE || child->role == ROLE_LOG) {
        const struct console_entry *entry = child->owner;
        about = entry->console.request.guest;
        name = entry->console.name;
    }
    log_line("%s: %s", name, text);
    world_event(engine->world, EVENT_LOG, &about, name, text, clock_wall_ns());
    engine->changes |= ENGINE_EVENTS;
}

static size_t add_fd(struct pollfd *fds, size_t count, size_t max, int fd, bool writing)
{
    if (fd < 0 || count >= max)
        return count;
    fds[count] = (struct pollfd){.fd = fd, .events = (short)(POLLIN | (writing ? POLLOUT : 0))};
    return count + 1;
}

size_t engine_poll_fds(struct engine *engine, struct pollfd *fds, size_t max)
{
    size_t count = add_fd(fds, 0, max, engine->spawner.fd, engine->spawner.queued > 0);

    for (struct child *child = engine->children; child; child = child->next) {
        count = add_fd(fds, count, max, child->channel.fd,
                       child->channel.fd >= 0 && channel_pending(&child->channel) > 0);
        count = add_fd(fds, count, max, child->err_fd, false);
    }
    return count;
}

int engine_timeout_ms(const struct engine *engine, int64_t now_ns)
{
    int64_t due = earlier(jobs_due(&engine->jobs), probes_due(engine));
    int64_t wait;

    due = earlier(due, configuration_due(&engine->configuration));
    due = earlier(due, consoles_due(&engine->consoles));
    for (const struct child *child = engine->children; child; child = child->next)
        due = earlier(due, child_due(child));
    for (size_t i = 0; i < engine->worker_count; i++)
        due = earlier(due, worker_due(&engine->workers[i]));
    if (due == INT64_MAX)
        return -1;
    if (due <= now_ns)
        return 0;
    wait = (due - now_ns + NS_PER_MS - 1) / NS_PER_MS;
    return wait > INT_MAX ? INT_MAX : (int)wait;
}

static short revents_of(const struct pollfd *fds, size_t count, int fd)
{
    for (size_t i = 0; fd >= 0 && i < count; i++) {
        if (fds[i].fd == fd)
            return fds[i].revents;
    }
    return 0;
}

static void take_answer(struct engine *engine, const struct spawn_answer *answer, int fds[2],
                        int64_t now_ns)
{
    struct child *child = engine->children;

    while (child && (child->token != answer->token || child->dead))
        child = child->next;
    if (child && answer->kind == SPAWN_STARTED && !child->started) {
        child_started(engine, child, fds, now_ns);
        return;
    }
    for (int i = 0; i < 2; i++)
        cleanup_close(&fds[i]);
    if (!child)
        return; /* given up before it came: it was or is being killed */
    if (answer->kind == SPAWN_EXITED) {
        child->exited = true;
        child->wstatus = answer->wstatus;
    } else if (answer->kind == SPAWN_REFUSED && !child->started) {
        child->refused = answer->errnum > 0 ? answer->errnum : EPERM;
    }
}

static void spawner_lost(struct engine *engine)
{
    engine->broken = true;
    /* Children that were never started will not be; the others speak as long as they live. */
    for (struct child *child = engine->children; child; child = child->next) {
        if (!child->started)
            child->refused = ESRCH;
    }
}

static void listen_spawner(struct engine *engine, int64_t now_ns)
{
    struct spawn_answer answer;
    int fds[2];
    int ret = 1;

    if (engine->broken)
        return;
    spawn_client_flush(&engine->spawner);
    for (int i = 0; ret > 0 && i < ANSWERS_A_TURN; i++) {
        ret = spawn_client_receive(&engine->spawner, &answer, fds);
        if (ret > 0)
            take_answer(engine, &answer, fds, now_ns);
    }
    if (ret < 0)
        spawner_lost(engine);
}

static void listen_children(struct engine *engine, const struct pollfd *fds, size_t count,
                            int64_t now_ns)
{
    for (struct child *child = engine->children; child; child = child->next) {
        short channel = revents_of(fds, count, child->channel.fd);
        short lines = revents_of(fds, count, child->err_fd);

        if (child->dead)
            continue;
        if ((channel & POLLOUT) && child->channel.fd >= 0)
            channel_flush(&child->channel, NULL);
        channel &= (short)~POLLOUT;
        if (channel || lines || child_due(child) <= now_ns)
            child_pump(engine, child, channel != 0, lines != 0, now_ns);
    }
}

static void sweep(struct engine *engine)
{
    for (struct child **slot = &engine->children; *slot;) {
        struct child *child = *slot;
        if (!child->dead) {
            slot = &child->next;
            continue;
        }
        *slot = child->next;
        child_free(child);
    }
}

static void tell_workers(struct engine *engine)
{
    if (engine->paths_changed && engine_worker(engine, "host")) {
        forget_paths(engine);
        engine->path_count = world_storage_paths(engine->world, &engine->paths);
    }
    engine->paths_changed = false;
    for (size_t i = 0; i < engine->worker_count; i++)
        worker_tell(engine, &engine->workers[i]);
    engine->want_changed = false;
}

void engine_resumed(struct engine *engine, int64_t now_ns)
{
    /* While we were stopped nobody was heard: each gets its whole time again. */
    for (struct child *child = engine->children; child; child = child->next) {
        if (child->heard_ns < now_ns)
            child->heard_ns = now_ns;
    }
    engine->turn_ns = now_ns;
}

unsigned engine_dispatch(struct engine *engine, const struct pollfd *fds, size_t count,
                         int64_t now_ns)
{
    unsigned changes;

    /* A stop that nobody told us about (SIGSTOP, a debugger) is no worker's fault. */
    if (engine_timeout_ms(engine, engine->turn_ns) >= 0 &&
        now_ns - engine->turn_ns >
            engine_timeout_ms(engine, engine->turn_ns) * NS_PER_MS + PAUSE_NS)
        engine_resumed(engine, now_ns);
    listen_spawner(engine, now_ns);
    listen_children(engine, fds, count, now_ns);
    for (size_t i = 0; i < engine->worker_count; i++)
        worker_judge(engine, &engine->workers[i], now_ns);
    jobs_turn(engine, now_ns);
    probes_turn(engine, now_ns);
    configuration_turn(engine, now_ns);
    consoles_turn(engine, now_ns);
    if (engine->want_changed)
        tell_workers(engine);
    sweep(engine);
    alloc_give_back(now_ns);
    engine->turn_ns = now_ns;
    changes = engine->changes | (engine->broken ? ENGINE_BROKEN : 0);
    engine->changes = 0;
    return changes;
}

void engine_set_period(struct engine *engine, int64_t period_ns)
{
    engine->period_ns = period_ns;
    world_set_period(engine->world, period_ns);
    tell_workers(engine);
}

static bool same_want(const struct engine *engine, const struct guest_id *visible, size_t count)
{
    if (count != engine->visible_count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!guest_id_equal(&visible[i], &engine->visible[i]))
            return false;
    }
    return true;
}

void engine_want(struct engine *engine, const struct guest_id *visible, size_t count,
                 const struct guest_id *selected)
{
    static const struct guest_id nobody;
    const struct guest_id *wanted = selected ? selected : &nobody;
    bool same_selected = guest_id_is_set(wanted) == guest_id_is_set(&engine->selected) &&
                         (!guest_id_is_set(wanted) || guest_id_equal(wanted, &engine->selected));

    if (!same_want(engine, visible, count)) {
        forget_want(engine);
        engine->visible = xcalloc(count + 1, sizeof(*engine->visible));
        for (size_t i = 0; i < count; i++)
            guest_id_copy(&engine->visible[i], &visible[i]);
        engine->visible_count = count;
        engine->want_changed = true;
    }
    if (!same_selected) {
        struct guest_id copy = {0};
        if (guest_id_is_set(wanted))
            guest_id_copy(&copy, wanted);
        guest_id_clear(&engine->selected);
        engine->selected = copy;
        engine->selected_ns = clock_mono_ns();
        engine->want_changed = true;
    }
    if (engine->want_changed)
        tell_workers(engine);
}

void engine_want_parts(struct engine *engine, unsigned parts)
{
    if (parts == engine->parts)
        return;
    engine->parts = parts;
    tell_workers(engine);
}

void engine_want_costs(struct engine *engine, bool wanted)
{
    if (wanted == engine->costs)
        return;
    engine->costs = wanted;
    for (size_t i = 0; i < engine->worker_count; i++)
        engine->workers[i].cost_first = engine->workers[i].cost = (struct cost){0};
    tell_workers(engine);
}

bool engine_cost(const struct engine *engine, size_t at, const char **source, struct cost *first,
                 struct cost *last)
{
    if (at >= engine->worker_count)
        return false;
    *source = engine->workers[at].id;
    *first = engine->workers[at].cost_first;
    *last = engine->workers[at].cost;
    return true;
}

bool engine_sampled_since(const struct engine *engine, int64_t since_ns)
{
    for (size_t i = 0; i < engine->worker_count; i++) {
        const struct source *source = world_source(engine->world, engine->workers[i].id);
        int64_t rows_ns = engine->workers[i].rows_ns;
        if (source && source->state == SOURCE_UP && rows_ns && rows_ns < since_ns)
            return false;
    }
    return true;
}
