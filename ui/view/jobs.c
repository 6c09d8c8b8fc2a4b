/* The operator's own actions of this run, and what became of them. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "ui/view/frozen.h"
#include "ui/view/moment.h"
#include "ui/view/timeline.h"

#define SIGN_X 1
#define MOMENT_X 3
#define STATE_CELLS 6
#define TOOK_CELLS 5
#define ACTION_CELLS 13

static const struct job *job_of(const struct ui *ui, uint64_t key)
{
    for (size_t i = 0; i < frozen_job_count(ui); i++)
        if (frozen_job_at(ui, i)->id == key)
            return frozen_job_at(ui, i);
    return NULL;
}

static uint64_t newest(const struct ui *ui)
{
    const struct job *job = frozen_job_at(ui, 0);

    return job ? job->id : 0;
}

static uint64_t oldest(const struct ui *ui)
{
    size_t count = frozen_job_count(ui);

    return count ? frozen_job_at(ui, count - 1)->id : 1;
}

static bool moment(const struct ui *ui, uint64_t key, int64_t *ret_wall_ns)
{
    const struct job *job = job_of(ui, key);

    if (job)
        *ret_wall_ns = job->asked_wall_ns;
    return job != NULL;
}

static const char *state_word(const struct job *job)
{
    switch (job->state) {
    case JOB_QUEUED:
        return "queued";
    case JOB_RUNNING:
        return "runs";
    case JOB_DONE:
        return "done";
    case JOB_FAILED:
        break;
    }
    return "FAILED";
}

static enum style state_style(const struct job *job)
{
    switch (job->state) {
    case JOB_QUEUED:
        return STYLE_DIM;
    case JOB_RUNNING:
        return STYLE_WARN;
    case JOB_DONE:
        return STYLE_GOOD;
    case JOB_FAILED:
        break;
    }
    return STYLE_BAD;
}

/* How long it took or runs; "" for one that waits. */
static void took_text(char dst[UNITS_MAX], const struct ui *ui, const struct job *job)
{
    int64_t end = job->ended_ns ? job->ended_ns : ui->now_ns;

    dst[0] = '\0';
    if (job->started_ns)
        units_duration(dst, end > job->started_ns ? (double)(end - job->started_ns) / NS_PER_S : 0);
}

/* Progress, result, or reason with its remedy. */
static void result_text(char *dst, size_t size, const struct job *job)
{
    char percent[16] = "";
    const char *text = job->text ? job->text : "";

    if (job->state == JOB_QUEUED)
        text = "waits for a place: four of a source run at a time";
    else if (job->state == JOB_RUNNING && job->percent >= 0)
        snprintf(percent, sizeof(percent), "%d %%  ", job->percent);
    else if (job->state == JOB_FAILED && !*text)
        text = "no reason was given";
    else if (job->state == JOB_DONE && strcmp(text, "done") == 0)
        text = "";
    snprintf(dst, size, "%s%s%s%s%s", percent, text, job->remedy ? " (" : "",
             job->remedy ? job->remedy : "", job->remedy ? ")" : "");
}

static void text_of(const struct ui *ui, uint64_t key, char *dst, size_t size)
{
    const struct job *job = job_of(ui, key);
    char when[MOMENT_MAX], took[UNITS_MAX], result[1024];

    dst[0] = '\0';
    if (!job)
        return;
    moment_text(when, job->asked_wall_ns, MOMENT_FULL);
    took_text(took, ui, job);
    result_text(result, sizeof(result), job);
    const char *between = !took[0]                    ? ""
                          : job->state == JOB_RUNNING ? " for "
                          : job->state == JOB_FAILED  ? " after "
                                                      : " in ";
    snprintf(dst, size, "%s  %s (%s): %s: %s%s%s%s%s", when, job->name,
             timeline_source_name(ui, &job->guest), action_name(job->action), state_word(job),
             between, took, result[0] ? ": " : "", result);
}

static const struct guest_id *guest_of(const struct ui *ui, uint64_t key, const char **ret_name)
{
    const struct job *job = job_of(ui, key);

    *ret_name = job ? job->name : NULL;
    return job ? &job->guest : NULL;
}

struct layout {
    int state, took, name, name_cells, action, text;
};

static struct layout lay_out(int width, bool dated)
{
    struct layout at = {.name_cells = width / 5 > 32 ? 32 : width / 5};

    at.state = MOMENT_X + timeline_moment_cells(dated) + 2;
    at.took = at.state + STATE_CELLS + 1;
    at.name = at.took + TOOK_CELLS + 2;
    at.action = at.name + at.name_cells + 1;
    at.text = at.action + ACTION_CELLS + 1;
    return at;
}

static void draw_header(struct rect rect, int y, bool dated)
{
    struct layout at = lay_out(rect.width, dated);

    draw_text(rect, y, MOMENT_X, STYLE_HEADER, "ASKED");
    draw_text(rect, y, at.state, STYLE_HEADER, "STATE");
    draw_right(rect, y, at.took, STYLE_HEADER, "TOOK", TOOK_CELLS);
    draw_text(rect, y, at.name, STYLE_HEADER, "GUEST");
    draw_text(rect, y, at.action, STYLE_HEADER, "ACTION");
    draw_cell(rect, y, at.text, STYLE_HEADER, "RESULT", rect.width - at.text);
}

static void draw_row(const struct timeline *timeline, const struct ui *ui, int y, uint64_t key,
                     bool dated, bool cursor)
{
    const struct job *job = job_of(ui, key);
    const struct pager *pager = &timeline->pager;
    struct rect rect = pager->rect;
    struct layout at = lay_out(rect.width, dated);
    char took[UNITS_MAX], result[1024];

    if (!job)
        return;
    enum style over = cursor ? STYLE_SELECTED : STYLE_NORMAL;
    enum style state = cursor ? over : state_style(job);
    bool failed = job->state == JOB_FAILED;

    took_text(took, ui, job);
    result_text(result, sizeof(result), job);
    draw_cell(rect, y, 0, over, cursor ? ">" : "", rect.width);
    draw_text(rect, y, SIGN_X, state, failed ? "!" : "");
    timeline_draw_moment(timeline, rect, y, MOMENT_X, cursor ? over : STYLE_DIM, job->asked_wall_ns,
                         dated);
    pager_cell(pager, rect, y, at.state, state, state_word(job), STATE_CELLS);
    draw_right(rect, y, at.took, over, took, TOOK_CELLS);
    pager_cell(pager, rect, y, at.name, over, job->name, at.name_cells);
    pager_cell(pager, rect, y, at.action, over, action_name(job->action), ACTION_CELLS);
    pager_cell(pager, rect, y, at.text, failed ? state : over, result, rect.width - at.text - 1);
}

static const struct timeline_ops jobs_timeline = {
    .title = "Jobs",
    .what = "jobs",
    .empty = "nothing was asked for yet: m on a guest opens the menu of actions",
    .newest = newest,
    .oldest = oldest,
    .total = frozen_job_count,
    .moment = moment,
    .text = text_of,
    .guest = guest_of,
    .draw_header = draw_header,
    .draw_row = draw_row,
};

struct view *jobs_view_new(void)
{
    return timeline_new(&jobs_timeline);
}
