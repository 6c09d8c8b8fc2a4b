#include "model/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "model/state.h"

#define uthash_malloc(size) xmalloc(size)
#define uthash_free(ptr, size) free(ptr)
#include <uthash.h>

#define BYTES_EACH 512

#define QUIET_NS (60 * NS_PER_S)     /* after that what happens again is news ... */
#define LINE_NS (60 * 60 * NS_PER_S) /* ... and so it is when it goes on for that long */

struct slot {
    struct event event;
    char *key; /* of the table: whose and which topic; NULL without a topic */
    UT_hash_handle hh;
};

struct event_log {
    size_t capacity, count;
    size_t next;  /* where the next one goes */
    size_t bytes; /* that the texts of all take */
    uint64_t newest, sealed;
    struct slot *by_key;  /* head of the table: the newest of each topic */
    struct slot *slots[]; /* each for itself: the table holds them where they are */
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
    struct event_log *log = xcalloc(1, sizeof(*log) + capacity * sizeof(log->slots[0]));
    log->capacity = capacity;
    return log;
}

static size_t size_of(const struct slot *slot)
{
    const struct event *event = &slot->event;
    const char *const texts[] = {event->id.source, event->id.key, event->name,
                                 event->topic,     event->text,   slot->key};
    size_t size = 0;

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        size += texts[i] ? strlen(texts[i]) + 1 : 0;
    return size;
}

static void forget_key(struct event_log *log, struct slot *slot)
{
    if (!slot->key || !log->by_key) /* one with a key is in the table */
        return;
    HASH_DEL(log->by_key, slot);
    log->bytes -= strlen(slot->key) + 1;
    free(move_ptr(&slot->key));
}

static void drop_oldest(struct event_log *log)
{
    struct slot *slot = log->slots[(log->next + log->capacity - log->count) % log->capacity];

    forget_key(log, slot);
    log->bytes -= size_of(slot);
    guest_id_clear(&slot->event.id);
    free(slot->event.name);
    free(slot->event.topic);
    free(slot->event.text);
    free(slot);
    log->count--;
}

void event_log_free(struct event_log *log)
{
    while (log && log->count)
        drop_oldest(log);
    free(log);
}

static uint32_t times_of(const struct event *event)
{
    return event->times ? event->times : 1;
}

/* "TEXT (40 times in 12 s)". */
static char *counted(const char *text, const struct event *event)
{
    long long seconds = (event->last_ns - event->wall_ns) / NS_PER_S;

    if (!text || event->times == 1)
        return xstrdup(text);
    return seconds ? xasprintf("%s (%u times in %lld s)", text, event->times, seconds)
                   : xasprintf("%s (%u times)", text, event->times);
}

static char *key_of(const struct event *event)
{
    if (!event->topic)
        return NULL;
    CLEANUP_FREE char *id = guest_id_text(&event->id);
    return xasprintf("%d %s %s", (int)event->kind, event->topic, id);
}

/* EVENT is SLOT's once more. */
static bool goes_on(const struct event_log *log, const struct slot *slot, const struct event *event)
{
    const struct event *before = &slot->event;
    int64_t quiet_ns = event->wall_ns - before->last_ns;

    return before->number > log->sealed && quiet_ns >= 0 && quiet_ns <= QUIET_NS &&
           event->wall_ns - before->wall_ns <= LINE_NS;
}

static void count(struct event_log *log, struct slot *slot, const struct event *event)
{
    struct event *before = &slot->event;
    uint32_t more = times_of(event);

    log->bytes -= size_of(slot);
    before->times = before->times > UINT32_MAX - more ? UINT32_MAX : before->times + more;
    before->last_ns = event->wall_ns;
    before->grade = event->grade > before->grade ? event->grade : before->grade;
    free(before->text);
    before->text = counted(event->text, before);
    log->bytes += size_of(slot);
}

static void append(struct event_log *log, const struct event *event, char *key)
{
    struct slot *slot = xmalloc(sizeof(*slot));
    *slot = (struct slot){.event = {.number = ++log->newest,
                                    .wall_ns = event->wall_ns,
                                    .last_ns = event->wall_ns,
                                    .kind = event->kind,
                                    .grade = event->grade,
                                    .times = times_of(event),
                                    .name = xstrdup(event->name),
                                    .topic = xstrdup(event->topic)},
                          .key = key};
    slot->event.text = counted(event->text, &slot->event);
    guest_id_copy(&slot->event.id, &event->id);

    size_t size = size_of(slot);
    while (log->count &&
           (log->count == log->capacity || log->bytes + size > log->capacity * (size_t)BYTES_EACH))
        drop_oldest(log);
    log->slots[log->next] = slot;
    if (key)
        HASH_ADD_KEYPTR(hh, log->by_key, slot->key, strlen(slot->key), slot);
    log->bytes += size;
    log->count++;
    log->next = (log->next + 1) % log->capacity;
}

void event_log_add(struct event_log *log, const struct event *event)
{
    char *key = key_of(event);
    struct slot *slot = NULL;

    if (key)
        HASH_FIND_STR(log->by_key, key, slot);
    if (slot && goes_on(log, slot, event)) {
        free(key);
        count(log, slot, event);
        return;
    }
    if (slot)
        forget_key(log, slot);
    append(log, event, key);
}

void event_log_seal(struct event_log *log)
{
    log->sealed = log->newest;
}

size_t event_log_count(const struct event_log *log)
{
    return log->count;
}

const struct event *event_log_get(const struct event_log *log, size_t index)
{
    if (index >= log->count)
        return NULL;
    return &log->slots[(log->next + log->capacity - 1 - index) % log->capacity]->event;
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
