#include "ui/view/recent.h"

#include <time.h>

#include "base/clock.h"
#include "ui/view/line.h"

static void draw_event(const struct event *event, struct rect rect, int y)
{
    static const char *const kinds[] = {[EVENT_STATE] = "state",
                                        [EVENT_SOURCE] = "source",
                                        [EVENT_JOB] = "job",
                                        [EVENT_LOG] = "log"};
    time_t seconds = (time_t)(event->wall_ns / NS_PER_S);
    struct tm at;
    char clock[16];
    struct line line = line_new(rect, y);

    if (!localtime_r(&seconds, &at) || !strftime(clock, sizeof(clock), "%H:%M:%S", &at))
        return;
    line_left(&line, 0, STYLE_DIM, "%s  %-6s", clock, kinds[event->kind]);
    if (event->name && *event->name)
        line_left(&line, 1, STYLE_NORMAL, "%.60s:", event->name);
    line_rest(&line, 1, STYLE_DIM, event->text ? event->text : "");
}

void recent_draw(const struct ui *ui, struct rect rect)
{
    /* The live log even when frozen, up to the frozen moment: the copy has none. */
    const struct event_log *log = world_events(engine_world(ui->engine));
    int y = rect.height - 1;

    for (size_t i = 0; i < event_log_count(log) && y >= 0; i++) {
        const struct event *event = event_log_get(log, i);

        if (event->wall_ns > ui->wall_ns)
            continue;
        draw_event(event, rect, y--);
    }
}
