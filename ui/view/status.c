#include "ui/view/status.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/view/header.h"
#include "ui/view/line.h"
#include "ui/view/recent.h"
#include "ui/view/wording.h"

#define MESSAGE_NS (10 * NS_PER_S)
#define DONE_NS (8 * NS_PER_S)
#define FAILED_NS (60 * NS_PER_S)

/* Job INDEX has ended, and how is still worth a line. */
static bool is_news(const struct ui *ui, size_t index)
{
    const struct job *job = engine_job_at(ui->engine, index);
    bool failed = job->state == JOB_FAILED;

    if (!job->ended_ns || job->ended_ns <= ui->jobs_seen_ns ||
        ui->clock_ns - job->ended_ns > (failed ? FAILED_NS : DONE_NS))
        return false;
    /* What the same guest has done since is the better news: it was forced off in the end. */
    for (size_t i = 0; failed && i < index; i++) {
        const struct job *later = engine_job_at(ui->engine, i);
        if (later->state == JOB_DONE && guest_id_equal(&later->guest, &job->guest))
            return false;
    }
    return true;
}

/* Failures of which a job under way hides the reason. */
static size_t count_failed(const struct ui *ui)
{
    size_t failed = 0;

    for (size_t i = 0; i < engine_job_count(ui->engine); i++)
        failed += engine_job_at(ui->engine, i)->state == JOB_FAILED && is_news(ui, i);
    return failed;
}

static void draw_live_job(const struct ui *ui, const struct job *job, struct line *line)
{
    size_t live = engine_jobs_live(ui->engine), failed = count_failed(ui);
    char text[UNITS_MAX] = "";

    if (job->started_ns)
        units_duration(text, (double)(ui->clock_ns - job->started_ns) / NS_PER_S);
    if (live > 1)
        line_left(line, 2, STYLE_NORMAL, "%zu jobs;", live);
    if (failed)
        line_left(line, 1, STYLE_BAD, "%zu failed;", failed);
    line_left(line, 1, STYLE_NORMAL, "%.60s: %s %s%s", job->name, action_name(job->action),
              job->state == JOB_QUEUED ? "queued" : "under way ", text);
    if (job->text)
        line_rest(line, 2, STYLE_DIM, job->text);
}

/* The menu is about what is marked, else about what is selected: it may be another guest. */
static bool menu_is_for(const struct ui *ui, const struct guest *selected, const struct job *job)
{
    struct world_totals totals;

    world_totals(ui->world, &totals);
    return !totals.marked && selected && guest_id_equal(&selected->id, &job->guest);
}

static void draw_ended_job(const struct ui *ui, const struct job *job, const struct guest *selected,
                           struct line *line)
{
    if (job->timed_out && (job->action == ACTION_SHUTDOWN || job->action == ACTION_REBOOT)) {
        char key[16];

        line_left(line, 0, STYLE_WARN, "%.60s did not %s in time: %s%s f forces it off", job->name,
                  action_name(job->action),
                  menu_is_for(ui, selected, job) ? "" : "select it, then ",
                  command_key_text(key, COMMAND_ACTIONS));
        return;
    }
    if (job->state == JOB_FAILED) {
        char text[400];

        snprintf(text, sizeof(text), "%.60s: could not %s: %s%s%s%s", job->name,
                 action_name(job->action), job->text ? job->text : "no reason given",
                 job->remedy ? " (" : "", job->remedy ? job->remedy : "", job->remedy ? ")" : "");
        line_rest(line, 0, STYLE_BAD, text);
        return;
    }
    char text[UNITS_MAX];

    units_duration(text, (double)(job->ended_ns - job->started_ns) / NS_PER_S);
    line_left(line, 0, STYLE_GOOD, "%.60s: %s done in %s", job->name, action_name(job->action),
              text);
    if (job->text && strcmp(job->text, "done") != 0)
        line_rest(line, 2, STYLE_DIM, job->text);
}

/* The newest job under way, else the newest that ended not long ago; NULL for neither.  A failure
 * is not hidden by a success that came later. */
static const struct job *job_to_show(const struct ui *ui)
{
    const struct job *ended = NULL;

    for (size_t i = 0; i < engine_job_count(ui->engine); i++) {
        const struct job *job = engine_job_at(ui->engine, i);

        if (job->state == JOB_QUEUED || job->state == JOB_RUNNING)
            return job;
        if (!is_news(ui, i))
            continue;
        if (!ended || (job->state == JOB_FAILED && ended->state != JOB_FAILED))
            ended = job;
    }
    return ended;
}

void status_draw(const struct ui *ui, const struct guest *selected, struct rect rect)
{
    struct line line = line_new(rect, 0);
    struct rect screen = draw_screen();
    const struct job *job = job_to_show(ui);

    if (ui->message.at_ns && ui->clock_ns - ui->message.at_ns < MESSAGE_NS) {
        line_rest(&line, 0, ui->message.style, ui->message.text);
    } else if (job && (job->state == JOB_QUEUED || job->state == JOB_RUNNING)) {
        draw_live_job(ui, job, &line);
    } else if (job) {
        draw_ended_job(ui, job, selected, &line);
    } else if (selected) {
        char text[400];

        enum style style = wording_long(text, sizeof(text), ui->world, selected, ui->now_ns);
        line_rest(&line, 0, style, text);
        if (!text[0] && header_height(screen.height, screen.width) < HEADER_WITH_EVENTS)
            recent_draw_line(ui, rect, 0);
    }
}
