/* A QEMU that libvirt runs is a guest of its libvirt source.  The source "proc", which sees every
 * QEMU, shows it only where no libvirt source of this host does: another user's session, or a
 * daemon that is down or not watched.  Its next row shows it: what libvirt has just given up may be
 * ending. */
#include "model/world_internal.h"

#include <string.h>

#include "base/cleanup.h"

bool world_is_local_libvirt(const struct source *source)
{
    return strncmp(source->id, "libvirt:", 8) == 0 && strstr(source->id, ":///");
}

static size_t index_of(const struct world *world, const struct guest_entry *entry)
{
    size_t at = world->guest_count; /* the newest is the one that is asked for */
    while (world->guests[--at] != entry)
        ;
    return at;
}

void world_show(struct world *world, struct guest_entry *entry)
{
    size_t at = index_of(world, entry);
    world->guests[at] = world->guests[world->shown_count];
    world->guests[world->shown_count++] = entry;
    entry->hidden = false;
}

static void hide(struct world *world, struct guest_entry *entry)
{
    size_t at = index_of(world, entry);
    world->shown_count--;
    memmove(&world->guests[at], &world->guests[at + 1],
            (world->shown_count - at) * sizeof(world->guests[0]));
    world->guests[world->shown_count] = entry;
    entry->hidden = true;
    entry->guest.marked = false;
}

/* A libvirt source of this host may still say that it owns some. */
static bool answers_are_due(const struct world *world)
{
    for (size_t i = 0; i < world->source_count; i++) {
        const struct source *source = &world->sources[i]->source;
        if (world_is_local_libvirt(source) && !source->answered &&
            (source->state == SOURCE_CONNECTING || source->state == SOURCE_UP))
            return true;
    }
    return false;
}

static bool is_owned(const struct world *world, const struct guest_entry *entry)
{
    for (size_t i = 0; i < world->source_count; i++) {
        const struct source *source = &world->sources[i]->source;
        if (!world_is_local_libvirt(source))
            continue;
        struct guest_id id = {.source = source->id, .key = entry->guest.facts.domain};
        if (world_find(world, &id))
            return true;
    }
    return false;
}

void world_review(struct world *world, const char *uuid)
{
    bool due = answers_are_due(world);
    for (size_t i = 0; i < world->guest_count;) {
        struct guest_entry *entry = world->guests[i++];
        const char *domain = entry->guest.facts.domain;
        if (!domain || (uuid && strcmp(domain, uuid) != 0))
            continue;
        if (!is_owned(world, entry)) {
            entry->unowned = entry->unowned || !due;
            continue;
        }
        entry->unowned = false;
        if (!entry->hidden) {
            hide(world, entry);
            i--; /* another took its place */
        }
    }
}

size_t world_unowned(const struct world *world, const char *source, uint32_t *ret, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < world->guest_count && count < max; i++) {
        const struct guest_entry *entry = world->guests[i];
        if (entry->unowned && strcmp(entry->source->source.id, source) == 0)
            ret[count++] = entry->guest.facts.handle;
    }
    return count;
}
