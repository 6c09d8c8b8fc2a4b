#include "model/world_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

#define EVENTS_MAX 10000 /* of a bad night */

struct world *world_new(int64_t period_ns)
{
    struct world *world = xcalloc(1, sizeof(*world));
    world->period_ns = period_ns;
    host_init(&world->host);
    world->events = event_log_new(EVENTS_MAX);
    return world;
}

void world_free(struct world *world)
{
    if (!world)
        return;
    for (size_t i = 0; i < world->guest_count; i++)
        world_drop(world, world->guests[i]);
    free(world->guests);
    for (size_t i = 0; i < world->source_count; i++) {
        struct source *source = &world->sources[i]->source;
        free(source->id);
        free(source->name);
        free(source->error);
        free(source->remedy);
        free(source->note);
        free(world->sources[i]);
    }
    free(world->sources);
    world_storage_clear(world);
    world_parts_clear(world);
    host_clear(&world->host);
    event_log_free(world->events);
    free(world);
}

void world_set_period(struct world *world, int64_t period_ns)
{
    world->period_ns = period_ns;
}

int64_t world_period(const struct world *world)
{
    return world->period_ns;
}

char *world_clean(const char *text, size_t max_cells)
{
    return text ? text_sanitise(text, strlen(text), max_cells) : NULL;
}

void world_set_text(char **slot, const char *text, size_t max_cells)
{
    if (!text && !*slot)
        return;
    free(*slot);
    *slot = world_clean(text, max_cells);
}

void world_host(struct world *world, const struct host_sample *sample)
{
    host_update(&world->host, sample);
}

size_t world_guest_count(const struct world *world)
{
    return world->shown_count;
}

struct guest *world_guest_at(const struct world *world, size_t index)
{
    return index < world->shown_count ? &world->guests[index]->guest : NULL;
}

char *world_id_key(const struct guest_id *id, size_t *size)
{
    size_t source = strlen(id->source) + 1, key = strlen(id->key) + 1;
    char *ret = xmalloc(source + key);

    memcpy(ret, id->source, source);
    memcpy(ret + source, id->key, key);
    *size = source + key;
    return ret;
}

struct guest_entry *world_entry_of(const struct world *world, const struct guest_id *id)
{
    size_t size;
    CLEANUP_FREE char *key = world_id_key(id, &size);
    struct guest_entry *entry;
    HASH_FIND(by_id, world->by_id, key, size, entry);
    return entry;
}

struct guest *world_find(const struct world *world, const struct guest_id *id)
{
    if (!guest_id_is_set(id))
        return NULL;
    struct guest_entry *entry = world_entry_of(world, id);
    return entry && !entry->hidden ? &entry->guest : NULL;
}

struct guest_entry *world_entry(const struct world *world, const char *source, uint32_t handle)
{
    struct source_entry *from = world_source_entry(world, source);
    if (!from)
        return NULL;
    uint64_t key = (uint64_t)from->number << 32 | handle;
    struct guest_entry *entry;
    HASH_FIND(by_handle, world->by_handle, &key, sizeof(key), entry);
    return entry;
}

struct guest *world_find_handle(const struct world *world, const char *source, uint32_t handle)
{
    struct guest_entry *entry = world_entry(world, source, handle);
    return entry ? &entry->guest : NULL;
}

size_t world_source_count(const struct world *world)
{
    return world->source_count;
}

const struct source *world_source_at(const struct world *world, size_t index)
{
    return index < world->source_count ? &world->sources[index]->source : NULL;
}

struct source_entry *world_source_entry(const struct world *world, const char *id)
{
    for (size_t i = 0; id && i < world->source_count; i++) {
        if (strcmp(world->sources[i]->source.id, id) == 0)
            return world->sources[i];
    }
    return NULL;
}

const struct source *world_source(const struct world *world, const char *id)
{
    struct source_entry *entry = world_source_entry(world, id);
    return entry ? &entry->source : NULL;
}

const struct host *world_host_get(const struct world *world)
{
    return &world->host;
}

struct event_log *world_events(const struct world *world)
{
    return world->events;
}

static bool is_of_this_host(const struct source *source)
{
    return strncmp(source->id, "libvirt:", 8) != 0 || world_is_local_libvirt(source);
}

bool world_guest_is_here(const struct world *world, const struct guest *guest)
{
    const struct source *source = world_source(world, guest->id.source);
    return source && is_of_this_host(source);
}

const struct starts *world_starts(const struct world *world)
{
    return &world->starts;
}

void world_starts_copy(struct world *to, const struct world *from)
{
    to->starts = from->starts;
}

void world_totals(const struct world *world, struct world_totals *ret)
{
    *ret = (struct world_totals){0};
    for (size_t i = 0; i < world->shown_count; i++) {
        const struct guest *guest = &world->guests[i]->guest;
        bool running = guest->state == STATE_RUNNING;
        if (guest->facts.kind == KIND_CONTAINER) {
            ret->containers++;
            ret->containers_running += running;
        } else {
            ret->machines++;
            ret->machines_running += running;
        }
        ret->marked += guest->marked;
        if (!is_of_this_host(&world->guests[i]->source->source))
            continue;
        if (metrics_has(&guest->metrics, METRIC_CPU)) {
            if (!guest->blame && (!ret->cpu_since_ns || guest->cur.at_ns < ret->cpu_since_ns))
                ret->cpu_since_ns = guest->cur.at_ns;
            ret->cpu_known++;
            ret->cpu_percent += guest->metrics.value[METRIC_CPU];
        }
        if (metrics_has(&guest->metrics, METRIC_MEM_HOST)) {
            ret->mem_host_bytes += guest->metrics.value[METRIC_MEM_HOST];
            ret->mem_known++;
        }
    }
}
