/* What happened: changes of state with their reasons, sources, the operator's own actions, and what
 * children wrote. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "ui/view/frozen.h"
#include "ui/view/grade.h"
#include "ui/view/moment.h"
#include "ui/view/timeline.h"

#define SIGN_X 1
#define MOMENT_X 3
#define KIND_CELLS 6

/* The live log, up to the moment shown: the copy of a frozen world has none. */
static const struct event_log *log_of(const struct ui *ui)
{
    return world_events(engine_world(ui->engine));
}

static const struct event *event_of(const struct ui *ui, uint64_t key)
{
    return event_log_find(log_of(ui), key);
}

static uint64_t newest(const struct ui *ui)
{
    return frozen_newest_event(ui);
}

static uint64_t oldest(const struct ui *ui)
{
    return event_log_newest(log_of(ui)) - event_log_count(log_of(ui)) + 1;
}

static size_t total(const struct ui *ui)
{
    return newest(ui) >= oldest(ui) ? (size_t)(newest(ui) - oldest(ui) + 1) : 0;
}

static bool moment(const struct ui *ui, uint64_t key, int64_t *ret_wall_ns)
{
    const struct event *event = event_of(ui, key);

    if (event)
        *ret_wall_ns = event->wall_ns;
    return event != NULL;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void text_of(const struct ui *ui, uint64_t key, char *dst, size_t size)
{
    const struct event *event = event_of(ui, key);
    char when[MOMENT_MAX];

    dst[0] = '\0';
    if (!event)
        return;
    moment_text(when, event->wall_ns, MOMENT_FULL);
    /* The source of a guest's event; that of a source's is its name. */
    const char *source = guest_id_is_set(&event->id) ? timeline_source_name(ui, &event->id) : "";
    snprintf(dst, size, "%s  %s %-6s  %s: %s%s%s%s", when, grade_sign(event->grade),
             event_kind_name(event->kind), or_empty(event->name), or_empty(event->text),
             *source ? "  (" : "", source, *source ? ")" : "");
}

static const struct guest_id *guest_of(const struct ui *ui, uint64_t key, const char **ret_name)
{
    const struct event *event = event_of(ui, key);

    *ret_name = event ? event->name : NULL;
    return event ? &event->id : NULL;
}

struct layout {
    int kind, name, name_cells, text;
};

static struct layout lay_out(int width, bool dated)
{
    struct layout at = {.name_cells = width / 5 > 32 ? 32 : width / 5};

    at.kind = MOMENT_X + timeline_moment_cells(dated) + 2;
    at.name = at.kind + KIND_CELLS + 1;
    at.text = at.name + at.name_cells + 1;
    return at;
}

static void draw_header(struct rect rect, int y, bool dated)
{
    struct layout at = lay_out(rect.width, dated);

    draw_text(rect, y, MOMENT_X, STYLE_HEADER, "TIME");
    draw_text(rect, y, at.kind, STYLE_HEADER, "KIND");
    draw_cell(rect, y, at.name, STYLE_HEADER, "GUEST OR SOURCE", at.name_cells);
    draw_cell(rect, y, at.text, STYLE_HEADER, "WHAT", rect.width - at.text);
}

static void draw_row(const struct timeline *timeline, const struct ui *ui, int y, uint64_t key,
                     bool dated, bool cursor)
{
    const struct event *event = event_of(ui, key);
    const struct pager *pager = &timeline->pager;
    struct rect rect = pager->rect;
    struct layout at = lay_out(rect.width, dated);

    if (!event)
        return;
    enum style grade = grade_style(event->grade);
    enum style over = cursor ? STYLE_SELECTED : STYLE_NORMAL;
    enum style calm = cursor ? over : STYLE_DIM;
    enum style style = cursor                                                   ? over
                       : event->kind == EVENT_LOG && event->grade == EVENT_CALM ? STYLE_DIM
                                                                                : grade;

    draw_cell(rect, y, 0, over, cursor ? ">" : "", rect.width);
    draw_text(rect, y, SIGN_X, cursor ? over : grade, grade_sign(event->grade));
    timeline_draw_moment(timeline, rect, y, MOMENT_X, calm, event->wall_ns, dated);
    pager_cell(pager, rect, y, at.kind, calm, event_kind_name(event->kind), KIND_CELLS);
    pager_cell(pager, rect, y, at.name, over, or_empty(event->name), at.name_cells);
    pager_cell(pager, rect, y, at.text, style, or_empty(event->text), rect.width - at.text - 1);
}

static const struct timeline_ops events_timeline = {
    .title = "Events",
    .what = "events",
    .empty = "nothing yet: states, sources, your own actions and messages come here",
    .constant = true,
    .newest = newest,
    .oldest = oldest,
    .total = total,
    .moment = moment,
    .text = text_of,
    .guest = guest_of,
    .draw_header = draw_header,
    .draw_row = draw_row,
};

struct view *events_view_new(void)
{
    return timeline_new(&events_timeline);
}
