#include "ui/view/recent.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "ui/view/frozen.h"
#include "ui/view/line.h"

#define EVENTS_IN_LINE 3
#define GAP 2

static bool clock_text(char dst[16], const struct event *event)
{
    time_t seconds = (time_t)(event->wall_ns / NS_PER_S);
    struct tm at;

    return localtime_r(&seconds, &at) && strftime(dst, 16, "%H:%M:%S", &at);
}

static void draw_event(const struct event *event, struct rect rect, int y)
{
    char clock[16];
    struct line line = line_new(rect, y);

    if (!clock_text(clock, event))
        return;
    line_left(&line, 0, STYLE_DIM, "%s  %-6s", clock, event_kind_name(event->kind));
    if (event->name && *event->name)
        line_left(&line, 1, STYLE_NORMAL, "%.60s:", event->name);
    line_rest(&line, 1, STYLE_DIM, event->text ? event->text : "");
}

/* The live log even when frozen, up to the frozen moment: the copy has none. */
static const struct event *event_before(const struct ui *ui, size_t *index)
{
    const struct event_log *log = world_events(engine_world(ui->engine));

    for (; *index < event_log_count(log); ++*index) {
        const struct event *event = event_log_get(log, *index);

        if (event->number <= frozen_newest_event(ui)) {
            ++*index;
            return event;
        }
    }
    return NULL;
}

void recent_draw(const struct ui *ui, const struct guest *guest, struct rect rect)
{
    const struct event *event;
    int y = rect.height - 1;

    for (size_t i = 0; y >= 0 && (event = event_before(ui, &i));)
        if (!guest || guest_id_equal(&event->id, &guest->id))
            draw_event(event, rect, y--);
}

/* TEXT in at most CELLS of LINE; false when there are none. */
static bool put_cut(struct line *line, const char *text, int cells)
{
    int width = (int)text_width(text);

    if (width > cells)
        width = cells;
    int x = line_reserve(line, GAP, width);
    if (x >= 0)
        draw_cell(line->rect, line->y, x, STYLE_DIM, text, width);
    return x >= 0;
}

/* The room of one more of SHARES events; what the earlier ones did not need is for the later. */
static int share_of(const struct line *line, int shares)
{
    int start = line->left ? line->left + GAP : 1;

    return (line->right - 1 - start - (shares - 1) * GAP) / shares;
}

void recent_draw_line(const struct ui *ui, struct rect rect, int y)
{
    struct line line = line_new(rect, y);
    char texts[EVENTS_IN_LINE][400];
    const struct event *event;
    int count = 0;

    for (size_t i = 0; count < EVENTS_IN_LINE && (event = event_before(ui, &i));) {
        char clock[16];

        if (event->kind == EVENT_LOG || !clock_text(clock, event))
            continue;
        snprintf(texts[count++], sizeof(texts[0]), "%s %.80s %.250s", clock,
                 event->name ? event->name : "", event->text ? event->text : "");
    }
    for (int i = 0; i < count; i++)
        if (!put_cut(&line, texts[i], share_of(&line, count - i)))
            return;
}
