#include "model/event.h"

#include <stdlib.h>

#include "base/alloc.h"

struct event_log {
    size_t capacity, count;
    size_t next; /* where the next one goes */
    struct event events[];
};

struct event_log *event_log_new(size_t capacity)
{
    if (capacity == 0)
        capacity = 1;
    struct event_log *log = xcalloc(1, sizeof(*log) + capacity * sizeof(log->events[0]));
    log->capacity = capacity;
    return log;
}

static void clear_event(struct event *event)
{
    guest_id_clear(&event->id);
    free(event->name);
    free(event->text);
}

void event_log_free(struct event_log *log)
{
    if (!log)
        return;
    for (size_t i = 0; i < log->count; i++)
        clear_event(&log->events[i]);
    free(log);
}

void event_log_add(struct event_log *log, const struct event *event)
{
    struct event copy = {
        .wall_ns = event->wall_ns,
        .kind = event->kind,
        .name = xstrdup(event->name),
        .text = xstrdup(event->text),
    };
    guest_id_copy(&copy.id, &event->id);

    struct event *slot = &log->events[log->next];
    if (log->count == log->capacity)
        clear_event(slot);
    else
        log->count++;
    *slot = copy;
    log->next = (log->next + 1) % log->capacity;
}

size_t event_log_count(const struct event_log *log)
{
    return log->count;
}

const struct event *event_log_get(const struct event_log *log, size_t index)
{
    if (index >= log->count)
        return NULL;
    return &log->events[(log->next + log->capacity - 1 - index) % log->capacity];
}
