/* What becomes an event, and what that says of its guest. */
#include "model/world_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"

static void add(struct world *world, enum event_kind kind, const struct guest_id *id,
                const char *name, const struct news *news, int64_t wall_ns)
{
    CLEANUP_FREE char *clean_name = world_clean(name, NAME_CELLS);
    CLEANUP_FREE char *clean_topic = world_clean(news->topic, SENTENCE_CELLS);
    CLEANUP_FREE char *clean_text = world_clean(news->text, SENTENCE_CELLS);
    struct event event = {.wall_ns = wall_ns,
                          .kind = kind,
                          .grade = news->grade,
                          .times = news->times,
                          .name = clean_name,
                          .topic = clean_topic,
                          .text = clean_text};
    if (id)
        event.id = *id; /* copied by the log */
    event_log_add(world->events, &event);
}

void world_event(struct world *world, enum event_kind kind, const struct guest_id *id,
                 const char *name, const char *text, int64_t wall_ns)
{
    world_graded_event(world, kind, event_grade_of(kind, text), id, name, text, wall_ns);
}

void world_graded_event(struct world *world, enum event_kind kind, enum event_grade grade,
                        const struct guest_id *id, const char *name, const char *text,
                        int64_t wall_ns)
{
    add(world, kind, id, name, &(struct news){.text = text, .grade = grade}, wall_ns);
}

static void add_news(struct world *world, const struct guest_entry *entry, const struct news *news,
                     int64_t wall_ns)
{
    if (!entry->hidden)
        add(world, EVENT_STATE, &entry->guest.id, entry->guest.facts.name, news, wall_ns);
}

void world_guest_news(struct world *world, struct guest_entry *entry, const struct news *news,
                      int64_t now_ns, int64_t wall_ns)
{
    struct guest_seen *seen = &entry->guest.seen;

    add_news(world, entry, news, wall_ns);
    if (entry->hidden || (news->grade != EVENT_WARN && news->grade != EVENT_BAD))
        return;
    CLEANUP_FREE char *clean = world_clean(news->text, sizeof(seen->noted) - 1);
    size_t len = strlen(clean);
    /* Characters of several bytes may not fit: none is cut in two. */
    for (len = len < sizeof(seen->noted) ? len : sizeof(seen->noted) - 1;
         len > 0 && ((unsigned char)clean[len] & 0xc0) == 0x80; len--)
        ;
    memcpy(seen->noted, clean, len);
    seen->noted[len] = '\0';
    seen->noted_ns = now_ns;
}

void world_guest_event(struct world *world, const struct guest_entry *entry, enum event_grade grade,
                       const char *text, int64_t wall_ns)
{
    add_news(world, entry, &(struct news){.text = text, .grade = grade}, wall_ns);
}

void world_news(struct world *world, const char *source, uint32_t handle, const struct news *news,
                int64_t now_ns, int64_t wall_ns)
{
    const struct guest_id about = {.source = (char *)source, .key = (char *)""};
    struct guest_entry *entry = handle ? world_entry(world, source, handle) : NULL;

    if (entry)
        world_guest_news(world, entry, news, now_ns, wall_ns);
    else if (handle == 0)
        add(world, EVENT_SOURCE, &about, source, news, wall_ns);
}

static uint32_t grown_by(const struct guest *guest, enum field field)
{
    const struct sample *prev = &guest->prev, *cur = &guest->cur;

    if (!sample_has(prev, field) || !sample_has(cur, field) ||
        cur->value[field] <= prev->value[field])
        return 0;
    uint64_t by = cur->value[field] - prev->value[field];
    return by > UINT32_MAX ? UINT32_MAX : (uint32_t)by;
}

void world_tell_hits(struct world *world, struct guest_entry *entry, int64_t now_ns,
                     int64_t wall_ns)
{
    static const struct {
        enum field field;
        enum event_grade grade;
        const char *topic, *text;
        const char *memory; /* before the limit, when it is one of memory */
    } limits[] = {
        {FIELD_MEM_LIMIT_HITS, EVENT_WARN, "memory limit", "memory limit hit", ": "},
        {FIELD_PIDS_LIMIT_HITS, EVENT_WARN, "task limit", "limit of tasks hit", NULL},
        /* The worst comes last: where there is room for one event it is the newest. */
        {FIELD_OOM_KILLS, EVENT_BAD, "OOM", "OOM kill", ", memory limit "},
    };
    const struct guest *guest = &entry->guest;
    char limit[UNITS_MAX] = "", text[80];

    if (metrics_has(&guest->metrics, METRIC_MEM_LIMIT))
        units_bytes(limit, guest->metrics.value[METRIC_MEM_LIMIT]);
    for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
        bool with = limits[i].memory && *limit;
        uint32_t times = grown_by(guest, limits[i].field);

        if (!times)
            continue;
        snprintf(text, sizeof(text), "%s%s%s", limits[i].text, with ? limits[i].memory : "",
                 with ? limit : "");
        bool badge = limits[i].field != FIELD_MEM_LIMIT_HITS || guest_is_near_limit(guest);
        world_guest_news(
            world, entry,
            &(struct news){text, limits[i].topic, badge ? limits[i].grade : EVENT_CALM, times},
            now_ns, wall_ns);
    }
}
