#include "ui/view/graph_mark.h"

#include <stdio.h>
#include <string.h>

#include "ui/view/frozen.h"
#include "ui/view/grade.h"
#include "ui/view/line.h"

/* As in the list of events, where a calm one needs none. */
static const char *sign_of(const struct event *event)
{
    return event->grade == EVENT_CALM ? "^" : grade_sign(event->grade);
}

/* How much it wants to be seen: "well again" is more than a change that says nothing. */
static const int weights[] = {
    [EVENT_CALM] = 0, [EVENT_GOOD] = 1, [EVENT_WARN] = 2, [EVENT_BAD] = 3};

static const struct event_log *log_of(const struct ui *ui)
{
    return world_events(engine_world(ui->engine));
}

static bool concerns(const struct event *event, const struct guest_id *ids, int count)
{
    if (event->kind == EVENT_LOG || !event->id.source)
        return false;
    for (int i = 0; i < count; i++)
        if (guest_id_is_set(&event->id) ? guest_id_equal(&event->id, &ids[i])
                                        : strcmp(event->id.source, ids[i].source) == 0)
            return true;
    return false;
}

static int64_t moment_of(const struct ui *ui, const struct event *event)
{
    return ui->now_ns - (ui->wall_ns - event->wall_ns);
}

/* The next one that counts, the newest first; *AT is where to look on, 0 at first. */
static const struct event *next_event(const struct ui *ui, const struct guest_id *ids, int count,
                                      size_t *at)
{
    const struct event *event;

    while ((event = event_log_get(log_of(ui), (*at)++)))
        if (event->number <= frozen_newest_event(ui) && concerns(event, ids, count))
            return event;
    return NULL;
}

void marks_read(const struct ui *ui, const struct guest_id *ids, int count,
                const struct window *window, struct mark *ret)
{
    const struct event *event;

    for (int i = 0; i < window->columns; i++)
        ret[i] = (struct mark){0};
    for (size_t at = 0; (event = next_event(ui, ids, count, &at));) {
        int column = window_column_of(window, moment_of(ui, event));

        if (column < 0)
            continue;
        struct mark *mark = &ret[column];
        const struct event *other = event_log_find(log_of(ui), mark->event);
        mark->more += other != NULL;
        if (!other || weights[event->grade] > weights[other->grade])
            mark->event = event->number;
    }
}

int64_t marks_beside(const struct ui *ui, const struct guest_id *ids, int count, int64_t at_ns,
                     int direction, int64_t oldest_ns)
{
    const struct event *event;
    int64_t ret = 0;

    for (size_t at = 0; (event = next_event(ui, ids, count, &at));) {
        int64_t moment = moment_of(ui, event);

        if (moment < oldest_ns || (direction < 0 ? moment >= at_ns : moment < at_ns))
            continue;
        if (!ret || (direction < 0 ? moment > ret : moment < ret))
            ret = moment;
    }
    return ret;
}

void marks_draw(const struct ui *ui, const struct mark *marks, int columns, int cursor,
                struct rect rect, int y, int x)
{
    for (int i = 0; i < columns; i++) {
        const struct event *event = event_log_find(log_of(ui), marks[i].event);

        if (event)
            draw_text(rect, y, x + i, i == cursor ? STYLE_SELECTED : grade_style(event->grade),
                      sign_of(event));
    }
}

void mark_say(const struct ui *ui, const struct mark *mark, struct line *line)
{
    const struct event *event = event_log_find(log_of(ui), mark->event);
    char text[400], more[32] = "";

    if (!event)
        return;
    if (mark->more)
        snprintf(more, sizeof(more), " (and %d more)", mark->more);
    snprintf(text, sizeof(text), "%s %.60s: %.250s%s", sign_of(event),
             event->name ? event->name : "", event->text ? event->text : "", more);
    line_rest(line, 2, grade_style(event->grade), text);
}
