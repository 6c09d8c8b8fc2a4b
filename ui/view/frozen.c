#include "ui/view/frozen.h"

#include <string.h>

#include "base/alloc.h"
#include "model/part.h"

#define HOST_POINTS 256

struct frozen {
    struct world *world;
    float host_cpu[HOST_POINTS];
    int host_points;
    uint64_t newest_event;
    struct job *jobs; /* the newest first */
    size_t job_count;
};

static void copy_guests(struct world *to, const struct world *from, int64_t now, int64_t wall)
{
    for (size_t i = 0; i < world_guest_count(from); i++) {
        const struct guest *guest = world_guest_at(from, i);
        struct facts facts = guest->facts;

        /* Handles of different lives of a worker may coincide: here they have to be unique. */
        facts.handle = (uint32_t)i + 1;
        facts.domain = NULL; /* what is shown stays */
        world_facts(to, guest->id.source, &facts, now, wall);
        world_row(to, guest->id.source, facts.handle, guest->state, guest->reason, guest->blame,
                  &guest->cur, now, wall);

        struct guest *copy = world_find(to, &guest->id);
        if (!copy)
            continue;
        copy->prev = guest->prev;
        copy->cur = guest->cur;
        copy->metrics = guest->metrics;
        copy->state_since_ns = guest->state_since_ns;
        copy->blame_since_ns = guest->blame_since_ns;
        copy->marked = guest->marked;
        copy->seen = guest->seen;
        copy->written = guest->written;
        world_isolation_copy(copy, guest);
    }
}

static struct world *copy_world(const struct world *from, int64_t now, int64_t wall)
{
    struct world *to = world_new(world_period(from));

    for (size_t i = 0; i < world_source_count(from); i++) {
        const struct source *source = world_source_at(from, i);
        struct source *copy = world_add_source(to, source->id, source->explicit_);

        copy->back_ns = source->back_ns;
        copy->restarted_ns = source->restarted_ns;
    }
    copy_guests(to, from, now, wall);
    world_storage_copy(to, from);
    world_parts_copy(to, from);
    world_starts_copy(to, from);
    for (size_t i = 0; i < world_source_count(from); i++) {
        const struct source *source = world_source_at(from, i);

        if (source->answered)
            world_source_answered(to, source->id, now, wall);
        world_source_state(to, source->id, source->state, source->error, source->remedy,
                           source->note, source->since_ns, wall);
        world_source_daemon(to, source->id, source->restarted_ns, now, wall);
    }
    const struct host *host = world_host_get(from);
    if (host->prev.at_ns)
        world_host(to, &host->prev);
    if (host->cur.at_ns)
        world_host(to, &host->cur);
    return to;
}

static void copy_jobs(struct frozen *to, const struct engine *from)
{
    to->job_count = engine_job_count(from);
    to->jobs = xcalloc(to->job_count + 1, sizeof(*to->jobs));
    for (size_t i = 0; i < to->job_count; i++)
        job_copy(&to->jobs[i], engine_job_at(from, i));
}

void frozen_begin(struct ui *ui)
{
    const struct world *live = engine_world(ui->engine);

    frozen_end(ui);
    ui->frozen = xcalloc(1, sizeof(*ui->frozen));
    ui->frozen->world = copy_world(live, ui->now_ns, ui->wall_ns);
    ui->frozen->host_points =
        host_cpu_tail(world_host_get(live), ui->frozen->host_cpu, HOST_POINTS);
    ui->frozen->newest_event = event_log_newest(world_events(live));
    event_log_seal(world_events(live));
    copy_jobs(ui->frozen, ui->engine);
    ui->world = ui->frozen->world;
}

void frozen_end(struct ui *ui)
{
    if (!ui->frozen)
        return;
    ui->world = engine_world(ui->engine);
    world_free(ui->frozen->world);
    for (size_t i = 0; i < ui->frozen->job_count; i++)
        job_clear(&ui->frozen->jobs[i]);
    free(ui->frozen->jobs);
    free(ui->frozen);
    ui->frozen = NULL;
}

const struct history *frozen_history(const struct ui *ui, const struct guest *guest)
{
    if (!ui->frozen)
        return guest->history;

    const struct guest *live = world_find(engine_world(ui->engine), &guest->id);
    return live ? live->history : NULL;
}

/* The end of what was known of GUEST at the moment shown: a figure tells of the time before it, so
 * one that comes late would reach back behind that moment. */
static int64_t known_until(const struct ui *ui, const struct guest *guest)
{
    return ui->frozen && guest->cur.at_ns ? guest->cur.at_ns : ui->now_ns;
}

void frozen_read(const struct ui *ui, const struct guest *guest, enum metric metric,
                 int64_t slice_ns, int64_t to_ns, float *ret, int count)
{
    const struct history *history = frozen_history(ui, guest);
    int64_t known = known_until(ui, guest);

    history_read(history, metric, to_ns - count * slice_ns, to_ns, ret, count);
    for (int i = count - 1; i >= 0 && to_ns > known; i--, to_ns -= slice_ns)
        history_read(history, metric, to_ns - slice_ns, known, &ret[i], 1);
}

uint64_t frozen_newest_event(const struct ui *ui)
{
    return ui->frozen ? ui->frozen->newest_event
                      : event_log_newest(world_events(engine_world(ui->engine)));
}

size_t frozen_job_count(const struct ui *ui)
{
    return ui->frozen ? ui->frozen->job_count : engine_job_count(ui->engine);
}

const struct job *frozen_job_at(const struct ui *ui, size_t index)
{
    if (!ui->frozen)
        return engine_job_at(ui->engine, index);
    return index < ui->frozen->job_count ? &ui->frozen->jobs[index] : NULL;
}

int frozen_host_cpu(const struct ui *ui, float *ret, int count)
{
    const struct frozen *frozen = ui->frozen;

    if (!frozen)
        return host_cpu_tail(world_host_get(ui->world), ret, count);
    if (count > frozen->host_points)
        count = frozen->host_points;
    memcpy(ret, frozen->host_cpu + frozen->host_points - count, (size_t)count * sizeof(*ret));
    return count;
}
