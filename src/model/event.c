#include "model/event.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/state.h"

#define BYTES_EACH 512

struct event_log {
    size_t capacity, count;
    size_t next;  /* where the next one goes */
    size_t bytes; /* that the texts of all take */
    uint64_t newest;
    struct event events[];
};

const char *event_kind_name(enum event_kind kind)
{
    static const char *const names[] = {[EVENT_STATE] = "state",
                                        [EVENT_SOURCE] = "source",
                                        [EVENT_JOB] = "you",
                                        [EVENT_LOG] = "log"};
    return (unsigned)kind < ARRAY_SIZE(names) ? names[kind] : "";
}

enum event_grade event_grade_of(enum event_kind kind, const char *text)
{
    return kind != EVENT_LOG && reason_is_fault(text) ? EVENT_BAD : EVENT_CALM;
}

struct event_log *event_log_new(size_t capacity)
{
    if (capacity == 0)
        capacity = 1;
    struct event_log *log = xcalloc(1, sizeof(*log) + capacity * sizeof(log->events[0]));
    log->capacity = capacity;
    return log;
}

static size_t size_of(const struct event *event)
{
    const char *const texts[] = {event->id.source, event->id.key, event->name, event->text};
    size_t size = 0;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        size += texts[i] ? strlen(texts[i]) + 1 : 0;
    return size;
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
        clear_event(&log->events[(log->next + log->capacity - 1 - i) % log->capacity]);
    free(log);
}

static void drop_oldest(struct event_log *log)
{
    struct event *oldest = &log->events[(log->next + log->capacity - log->count) % log->capacity];

    log->bytes -= size_of(oldest);
    clear_event(oldest);
    log->count--;
}

void event_log_add(struct event_log *log, const struct event *event)
{
    struct event copy = {
        .number = ++log->newest,
        .wall_ns = event->wall_ns,
        .kind = event->kind,
        .grade = event->grade,
        .name = xstrdup(event->name),
        .text = xstrdup(event->text),
    };
    guest_id_copy(&copy.id, &event->id);

    size_t size = size_of(&copy);
    while (log->count &&
           (log->count == log->capacity || log->bytes + size > log->capacity * (size_t)BYTES_EACH))
        drop_oldest(log);
    log->events[log->next] = copy;
    log->bytes += size;
    log->count++;
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

uint64_t event_log_newest(const struct event_log *log)
{
    return log->newest;
}

const struct event *event_log_find(const struct event_log *log, uint64_t number)
{
    return number && number <= log->newest ? event_log_get(log, (size_t)(log->newest - number))
                                           : NULL;
}
