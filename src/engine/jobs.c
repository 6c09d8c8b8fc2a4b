#include "engine/internal.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "base/units.h"

#define JOBS_RUNNING_MAX 4 /* of one source */
#define JOB_TEXT_CELLS 400
#define UNSEEN_NS (10 * NS_PER_S)  /* a started guest may still be shown as off */
#define JOB_END_NS (10 * NS_PER_S) /* from its result to the end of its process */
/* What a job may take beyond its own limit before its process is killed; a start has none. */
#define GIVE_UP_NS (120 * NS_PER_S)
#define GIVE_UP_START_NS (600 * NS_PER_S)
#define TIMEOUT_S 60 /* of a job without one */
/* Permissions change when an operator acts: then it may be tried again. */
#define DENIED_NS (60 * NS_PER_S)
#define LOOK_FIRST "look at the guest before you try again"

static void entry_free(struct job_entry *entry)
{
    job_clear(&entry->job);
    free(entry->spec);
    free(entry);
}

void jobs_clear(struct jobs *jobs)
{
    for (size_t i = 0; i < jobs->count; i++)
        entry_free(jobs->entry[i]);
    jobs->count = 0;
}

static bool is_live(const struct job_entry *entry)
{
    return entry->job.state == JOB_QUEUED || entry->job.state == JOB_RUNNING;
}

/* Room for one more: the oldest that is over falls out. */
static bool make_room(struct jobs *jobs)
{
    if (jobs->count < JOBS_KEPT)
        return true;
    for (size_t i = 0; i < jobs->count; i++) {
        if (!is_live(jobs->entry[i]) && !jobs->entry[i]->child) {
            entry_free(jobs->entry[i]);
            jobs->count--;
            memmove(&jobs->entry[i], &jobs->entry[i + 1],
                    (jobs->count - i) * sizeof(jobs->entry[0]));
            return true;
        }
    }
    return false;
}

static void set_text(char **slot, const char *text)
{
    free(*slot);
    *slot = text && *text ? text_sanitise(text, strlen(text), JOB_TEXT_CELLS) : NULL;
}

static void say(struct engine *engine, const struct job_entry *entry, enum event_grade grade,
                const char *text)
{
    world_graded_event(engine->world, EVENT_JOB, grade, &entry->job.guest, entry->job.name, text,
                       clock_wall_ns());
    engine->changes |= ENGINE_JOBS | ENGINE_EVENTS;
}

/* The one place where a job ends. */
static void conclude(struct engine *engine, struct job_entry *entry, bool failed, int64_t now_ns)
{
    struct job *job = &entry->job;
    CLEANUP_FREE char *text = NULL;

    job->state = failed ? JOB_FAILED : JOB_DONE;
    job->ended_ns = now_ns;
    entry->final_ns = now_ns;
    if (failed)
        text = xasprintf("%s failed: %s%s%s%s", action_name(job->action),
                         job->text ? job->text : "no reason was given", job->remedy ? " (" : "",
                         job->remedy ? job->remedy : "", job->remedy ? ")" : "");
    else
        text = xasprintf("%s done in %.0f s", action_name(job->action),
                         now_ns > job->started_ns ? (double)(now_ns - job->started_ns) / NS_PER_S
                                                  : 0.0);
    say(engine, entry, failed ? EVENT_BAD : EVENT_GOOD, text);
}

static int check(struct engine *engine, const struct guest *guest, enum action action,
                 struct error *err)
{
    char reason[160];

    if (engine->readonly)
        return error_set(err, ERR_DENIED, "start vctop without --readonly", "read-only");
    if (!guest)
        return error_set(err, ERR_GONE, NULL, "the guest is not there any more");
    for (size_t i = 0; i < engine->jobs.count; i++) {
        const struct job_entry *entry = engine->jobs.entry[i];
        if (is_live(entry) && entry->job.action == action &&
            guest_id_equal(&entry->job.guest, &guest->id))
            return error_set(err, ERR_BUSY, "wait for it", "%s of %.100s is already under way",
                             action_name(action), guest->facts.name ? guest->facts.name : "it");
    }
    if (!action_allowed(guest, action, false, reason, sizeof(reason)))
        return error_set(err, ERR_UNSUPPORTED, NULL, "%s", reason);
    if (engine->broken)
        return error_set(err, ERR_LOST, "start vctop again", "own spawner died");
    return 0;
}

int engine_act(struct engine *engine, enum action action, const struct guest_id *id, int timeout_s,
               struct error *err)
{
    struct guest *guest = world_find(engine->world, id);
    const struct worker *worker = engine_worker(engine, id->source);
    CLEANUP_FREE char *text = NULL;
    struct job_entry *entry;
    int ret = check(engine, worker ? guest : NULL, action, err);

    if (ret || !worker)
        return ret;
    if (!make_room(&engine->jobs))
        return error_set(err, ERR_BUSY, "wait for some to end", "%d jobs are already waiting",
                         JOBS_KEPT);
    guest_asked(guest, action, clock_mono_ns());
    entry = xcalloc(1, sizeof(*entry));
    entry->job.id = ++engine->jobs.last_id;
    entry->job.action = action;
    guest_id_copy(&entry->job.guest, &guest->id);
    entry->job.life = xstrdup(guest->facts.life ? guest->facts.life : "");
    entry->job.name = xstrdup(guest->facts.name ? guest->facts.name : "");
    entry->job.state = JOB_QUEUED;
    entry->job.percent = -1;
    entry->job.asked_wall_ns = clock_wall_ns();
    entry->spec = xstrdup(worker->spec);
    entry->timeout_s = timeout_s;
    engine->jobs.entry[engine->jobs.count++] = entry;
    text = xasprintf("%s requested", action_name(action));
    say(engine, entry, EVENT_CALM, text);
    jobs_turn(engine, clock_mono_ns());
    return (int)entry->job.id;
}

void jobs_started(struct engine *engine, struct child *child)
{
    struct job_entry *entry = child->owner;
    struct frame frame = {.type = FRAME_DO,
                          .u.action = {.action = entry->job.action,
                                       .key = entry->job.guest.key,
                                       .life = entry->job.life,
                                       .name = entry->job.name,
                                       .timeout_s = entry->timeout_s}};

    (void)engine;
    /* A child that is gone already shows when its channel is read. */
    channel_send(&child->channel, &frame, NULL);
}

/* Until then nobody is offered what is known to fail. */
static void deny(struct engine *engine, const struct job *job, bool barred, int64_t now_ns)
{
    const struct guest_id whole = {.source = job->guest.source};

    world_denied(engine->world, barred ? &whole : &job->guest,
                 job->remedy ? job->remedy : job->text);
    engine->jobs.denied_until_ns = now_ns + DENIED_NS;
}

static void allow_again(struct engine *engine, int64_t now_ns)
{
    if (!engine->jobs.denied_until_ns || now_ns < engine->jobs.denied_until_ns)
        return;
    world_denied(engine->world, &(struct guest_id){0}, NULL);
    engine->jobs.denied_until_ns = 0;
}

int jobs_frame(struct engine *engine, struct child *child, struct frame *frame, int64_t now_ns)
{
    struct job_entry *entry = child->owner;
    const struct frame_progress *progress = &frame->u.progress;

    if (frame->type == FRAME_HELLO || frame->type == FRAME_BEAT)
        return 0;
    if (frame->type != FRAME_PROGRESS)
        return ERR_SYNTAX;
    if (!is_live(entry))
        return 0; /* it had its last word */
    engine->changes |= ENGINE_JOBS;
    set_text(&entry->job.text, progress->text);
    set_text(&entry->job.remedy, progress->remedy);
    entry->job.timed_out = progress->timed_out;
    entry->job.percent = progress->percent;
    if (progress->failed && progress->denied)
        deny(engine, &entry->job, progress->barred, now_ns);
    if (progress->done || progress->failed)
        conclude(engine, entry, progress->failed, now_ns);
    return 0;
}

void jobs_failed(struct engine *engine, struct job_entry *entry, const char *why, int64_t now_ns)
{
    if (entry->child) {
        child_drop(engine, entry->child);
        entry->child = NULL;
    }
    if (!is_live(entry))
        return;
    set_text(&entry->job.text, why);
    set_text(&entry->job.remedy, LOOK_FIRST);
    conclude(engine, entry, true, now_ns);
}

/* When a job that still runs is given up. */
static int64_t deadline(const struct job_entry *entry)
{
    int64_t own_s = entry->timeout_s > 0 ? entry->timeout_s : TIMEOUT_S;

    return entry->job.started_ns +
           (entry->job.action == ACTION_START ? GIVE_UP_START_NS : own_s * NS_PER_S + GIVE_UP_NS);
}

/* A daemon or a monitor that never answers must not keep its places for good. */
static void give_up(struct engine *engine, struct job_entry *entry, int64_t now_ns)
{
    char age[UNITS_MAX], why[100];

    units_duration(age, (double)(now_ns - entry->job.started_ns) / NS_PER_S);
    snprintf(why, sizeof(why), "gave up after %s: what became of it is unknown", age);
    jobs_failed(engine, entry, why, now_ns);
}

/* Each source has its own places: what hangs in one daemon keeps nobody from the others. */
static bool has_place(const struct jobs *jobs, const char *source)
{
    int running = 0;

    for (size_t i = 0; i < jobs->count; i++) {
        const struct job *job = &jobs->entry[i]->job;
        running += job->state == JOB_RUNNING && strcmp(job->guest.source, source) == 0;
    }
    return running < JOBS_RUNNING_MAX;
}

void jobs_turn(struct engine *engine, int64_t now_ns)
{
    struct jobs *jobs = &engine->jobs;

    allow_again(engine, now_ns);
    for (size_t i = 0; i < jobs->count; i++) {
        struct job_entry *entry = jobs->entry[i];
        if (entry->child && entry->final_ns && now_ns - entry->final_ns >= JOB_END_NS) {
            child_drop(engine, entry->child);
            entry->child = NULL;
        } else if (entry->job.state == JOB_RUNNING && now_ns >= deadline(entry) &&
                   !(entry->child && entry->child->backlog)) {
            give_up(engine, entry, now_ns);
        }
    }
    for (size_t i = 0; i < jobs->count; i++) {
        struct job_entry *entry = jobs->entry[i];
        if (entry->job.state != JOB_QUEUED || !has_place(jobs, entry->job.guest.source))
            continue;
        if (engine->broken) {
            jobs_failed(engine, entry, "own spawner died", now_ns);
            continue;
        }
        entry->job.state = JOB_RUNNING;
        entry->job.started_ns = now_ns;
        entry->child = child_start(engine, ROLE_JOB, entry->spec, entry, now_ns);
        engine->changes |= ENGINE_JOBS;
    }
}

bool jobs_start(const struct jobs *jobs, const struct guest_id *guest, int64_t now_ns)
{
    for (size_t i = 0; i < jobs->count; i++) {
        const struct job *job = &jobs->entry[i]->job;

        if (job->action != ACTION_START || !guest_id_equal(&job->guest, guest))
            continue;
        if (job->state == JOB_QUEUED || job->state == JOB_RUNNING ||
            (job->state == JOB_DONE && now_ns - job->ended_ns < UNSEEN_NS))
            return true;
    }
    return false;
}

int64_t jobs_due(const struct jobs *jobs)
{
    int64_t due = jobs->denied_until_ns ? jobs->denied_until_ns : INT64_MAX;

    for (size_t i = 0; i < jobs->count; i++) {
        const struct job_entry *entry = jobs->entry[i];

        if (entry->child && entry->final_ns)
            due = earlier(due, entry->final_ns + JOB_END_NS);
        else if (entry->job.state == JOB_RUNNING)
            due = earlier(due, deadline(entry));
    }
    return due;
}

size_t engine_job_count(const struct engine *engine)
{
    return engine->jobs.count;
}

const struct job *engine_job_at(const struct engine *engine, size_t index)
{
    return index < engine->jobs.count ? &engine->jobs.entry[engine->jobs.count - 1 - index]->job
                                      : NULL;
}

size_t engine_jobs_live(const struct engine *engine)
{
    size_t live = 0;

    for (size_t i = 0; i < engine->jobs.count; i++)
        live += is_live(engine->jobs.entry[i]);
    return live;
}
