/* Storage as another world knows it: for a moment that stands still. */
#include <stdlib.h>
#include <string.h>

#include "model/world_internal.h"

static struct place_entry *copy_place(struct world *to, const struct place_entry *from)
{
    struct source_entry *source = world_source_entry(to, from->source->source.id);
    if (!source)
        return NULL;
    struct place_entry *copy = xcalloc(1, sizeof(*copy));
    *copy = *from;
    copy->source = source;
    copy->name = xstrdup(from->name);
    copy->path = xstrdup(from->path);
    copy->place.id = xstrdup(from->place.id);
    copy->place.name = xstrdup(from->place.name);
    copy->place.detail = xstrdup(from->place.detail);
    to->places[to->place_count++] = copy;
    return copy;
}

/* The copy of PLACE, whose index in FROM is the same in COPIES. */
static struct place_entry *copy_of(const struct world *from, struct place_entry *const *copies,
                                   const struct place_entry *place)
{
    for (size_t i = 0; place && i < from->place_count; i++)
        if (from->places[i] == place)
            return copies[i];
    return NULL;
}

void world_storage_copy(struct world *to, const struct world *from)
{
    size_t count = from->place_count;
    struct place_entry **copies = xcalloc(count + 1, sizeof(*copies));

    world_storage_clear(to);
    to->places = xcalloc(count + 1, sizeof(*to->places));
    for (size_t i = 0; i < count; i++)
        copies[i] = copy_place(to, from->places[i]);
    for (size_t i = 0; i < count; i++)
        if (copies[i])
            copies[i]->below = copy_of(from, copies, from->places[i]->below);

    struct path_entry *path, *next;
    HASH_ITER(hh, from->paths, path, next)
    {
        struct source_entry *source = world_source_entry(to, path->source->source.id);
        if (!source)
            continue;
        struct path_entry *copy = xcalloc(1, sizeof(*copy));
        copy->path = xstrdup(path->path);
        copy->source = source;
        copy->place = copy_of(from, copies, path->place);
        copy->allocated = path->allocated;
        HASH_ADD_KEYPTR(hh, to->paths, copy->path, strlen(copy->path), copy);
    }
    free(copies);
    for (size_t i = 0; i < to->guest_count; i++)
        world_find_disks(to, to->guests[i]);
}
