/* What workers say of storage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/world_internal.h"

static void place_entry_free(struct place_entry *entry)
{
    free(entry->place.id);
    free(entry->place.name);
    free(entry->place.detail);
    free(entry->name);
    free(entry->path);
    free(entry);
}

static void path_entry_free(struct world *world, struct path_entry *entry)
{
    HASH_DEL(world->paths, entry);
    free(entry->path);
#ifndef __clang_analyzer__ /* it does not follow uthash's links and sees a use after this */
    free(entry);
#endif
}

void world_storage_clear(struct world *world)
{
    struct path_entry *entry, *next;
    HASH_ITER(hh, world->paths, entry, next)
    path_entry_free(world, entry);
    for (size_t i = 0; i < world->place_count; i++)
        place_entry_free(world->places[i]);
    free(world->places);
    world->places = NULL;
    world->place_count = 0;
}

static char *id_of(const struct source_entry *source, const struct storage_place *said)
{
    if (said->kind == PLACE_POOL)
        return xasprintf("pool:%s/%s", source->source.id, said->name);
    return xasprintf("%s:%s", said->kind == PLACE_THIN ? "thin" : "fs", said->name);
}

static struct place_entry *find_place(const struct world *world, const struct source_entry *source,
                                      const struct storage_place *said)
{
    for (size_t i = 0; i < world->place_count; i++) {
        struct place_entry *entry = world->places[i];
        if (entry->source == source && entry->place.kind == said->kind &&
            strcmp(entry->name, said->name) == 0)
            return entry;
    }
    return NULL;
}

static struct place_entry *add_place(struct world *world, struct source_entry *source,
                                     const struct storage_place *said)
{
    struct place_entry *entry = xcalloc(1, sizeof(*entry));
    entry->source = source;
    entry->name = xstrdup(said->name);
    entry->place.kind = said->kind;
    entry->place.id = id_of(source, said);
    entry->place.name = world_clean(said->name, NAME_CELLS);
    world->places = xrealloc(world->places, world->place_count + 1, sizeof(*world->places));
    world->places[world->place_count++] = entry;
    return entry;
}

/* New figures are in PLACE: what follows from them. */
static void judge(struct place *place, enum place_trouble before, int64_t now_ns)
{
    if (place->at_ns && !place->read_only)
        place->was_writable = true;
    if (place->at_ns && place->has_bytes)
        trend_add(&place->left, place->at_ns, place->avail);
    enum place_trouble trouble = place_trouble(place);
    if (trouble == PLACE_FINE)
        place->trouble_since_ns = 0;
    else if (trouble != before || place->trouble_since_ns == 0)
        place->trouble_since_ns = place->silent_since_ns ? place->silent_since_ns : now_ns;
}

static void take_place(struct place_entry *entry, const struct storage_place *said, int64_t now_ns)
{
    struct place *place = &entry->place;
    enum place_trouble before = place_trouble(place);

    entry->seen = true;
    xreplace(&entry->path, said->path);
    world_set_text(&place->detail, said->detail, NAME_CELLS);
    place->silent_since_ns = said->silent_since_ns;
    if (said->at_ns) { /* a worker that was started anew may not know yet what we do */
        place->has_bytes = said->has_bytes;
        place->has_inodes = said->has_inodes;
        place->read_only = said->read_only;
        place->read_only_fault = said->read_only_fault;
        place->total = said->total;
        place->avail = said->avail < said->total ? said->avail : said->total;
        place->inodes_total = said->inodes_total;
        place->inodes_avail = said->inodes_avail;
        place->at_ns = said->at_ns;
    }
    judge(place, before, now_ns);
}

static struct path_entry *find_path(const struct world *world, const char *path)
{
    struct path_entry *entry;
    HASH_FIND_STR(world->paths, path, entry);
    return entry;
}

static bool lies_in(const char *path, const char *directory)
{
    size_t len = strlen(directory);
    while (len > 1 && directory[len - 1] == '/')
        len--;
    return strncmp(path, directory, len) == 0 && (path[len] == '/' || len == 1);
}

/* The pool of GUEST's source that is called NAME. */
static struct place_entry *pool_named(const struct world *world, const struct guest *guest,
                                      const char *name)
{
    for (size_t i = 0; i < world->place_count; i++) {
        struct place_entry *entry = world->places[i];
        if (entry->place.kind == PLACE_POOL && strcmp(entry->name, name) == 0 &&
            strcmp(entry->source->source.id, guest->id.source) == 0)
            return entry;
    }
    return NULL;
}

/* The pool of GUEST's source in whose directory PATH lies, the innermost; not one that has another
 * file system mounted below it, on which PATH is. */
static struct place_entry *pool_around(const struct world *world, const struct guest *guest,
                                       const char *path, const struct place_entry *on)
{
    struct place_entry *best = NULL;
    for (size_t i = 0; i < world->place_count; i++) {
        struct place_entry *entry = world->places[i];
        if (entry->place.kind != PLACE_POOL || !entry->path || !lies_in(path, entry->path) ||
            strcmp(entry->source->source.id, guest->id.source) != 0 ||
            (on && entry->below && entry->below != on))
            continue;
        if (!best || strlen(entry->path) > strlen(best->path))
            best = entry;
    }
    return best;
}

static struct place_entry *place_of_disk(const struct world *world, const struct guest *guest,
                                         size_t disk, const struct path_entry *path)
{
    const struct facts_disk *facts = &guest->facts.disks[disk];
    struct place_entry *on = path ? path->place : NULL, *pool = NULL;

    if (!facts->target)
        return NULL;
    if (on && on->place.kind == PLACE_THIN)
        return on;
    if (facts->pool)
        pool = pool_named(world, guest, facts->pool);
    if (!pool && facts->source)
        pool = pool_around(world, guest, facts->source, on);
    return pool ? pool : on;
}

void world_find_disks(const struct world *world, struct guest_entry *entry)
{
    for (size_t i = 0; i < FACTS_DISKS_MAX; i++) {
        const char *path = entry->guest.facts.disks[i].source;
        entry->disks[i] = path ? find_path(world, path) : NULL;
        entry->places[i] = place_of_disk(world, &entry->guest, i, entry->disks[i]);
    }
}

static void take_path(struct world *world, struct source_entry *source,
                      const struct storage_path *said, struct place_entry *place)
{
    struct path_entry *entry = find_path(world, said->path);
    if (!entry) {
        entry = xcalloc(1, sizeof(*entry));
        entry->path = xstrdup(said->path);
        HASH_ADD_KEYPTR(hh, world->paths, entry->path, strlen(entry->path), entry);
    }
    entry->source = source;
    entry->place = place;
    entry->seen = true;
    if (said->has_allocated)
        trend_add(&entry->allocated, said->at_ns, said->allocated);
    else
        trend_reset(&entry->allocated);
}

static void forget(struct world *world, const struct place_entry *gone)
{
    struct path_entry *entry, *next;
    HASH_ITER(hh, world->paths, entry, next)
    {
        if (entry->place == gone)
            entry->place = NULL;
    }
    for (size_t i = 0; i < world->place_count; i++) {
        if (world->places[i]->below == gone)
            world->places[i]->below = NULL;
    }
}

static void remove_unseen(struct world *world, const struct source_entry *source)
{
    struct path_entry *path, *next;
    HASH_ITER(hh, world->paths, path, next)
    {
        if (path->source == source && !path->seen)
            path_entry_free(world, path);
    }
    for (size_t i = 0; i < world->place_count;) {
        struct place_entry *entry = world->places[i];
        if (entry->source != source || entry->seen) {
            i++;
            continue;
        }
        world->place_count--;
        memmove(&world->places[i], &world->places[i + 1],
                (world->place_count - i) * sizeof(world->places[0]));
        forget(world, entry);
        place_entry_free(entry);
    }
}

/* libvirtd says of a directory what it found there at the pool's last refresh, hours ago: what the
 * file system below says is so now. */
static void refresh_pools(struct world *world, int64_t now_ns)
{
    for (size_t i = 0; i < world->place_count; i++) {
        struct place_entry *pool = world->places[i];
        const struct path_entry *path = pool->path ? find_path(world, pool->path) : NULL;
        if (pool->place.kind != PLACE_POOL || !path || !path->place || path->place == pool)
            continue;
        struct place *place = &pool->place;
        const struct place *below = &path->place->place;
        enum place_trouble before = place_trouble(place);
        pool->below = path->place;
        place->has_bytes = below->has_bytes;
        place->has_inodes = below->has_inodes;
        place->read_only = below->read_only;
        place->read_only_fault = below->read_only_fault;
        place->was_writable = below->was_writable;
        place->total = below->total;
        place->avail = below->avail;
        place->inodes_total = below->inodes_total;
        place->inodes_avail = below->inodes_avail;
        place->at_ns = below->at_ns;
        place->silent_since_ns = below->silent_since_ns;
        place->left = below->left;
        judge(place, before, now_ns);
    }
}

void world_storage(struct world *world, const char *source, const struct storage_report *report,
                   int64_t now_ns)
{
    struct source_entry *from = world_source_entry(world, source);
    if (!from)
        return;
    size_t places = report->places < STORAGE_PLACES_MAX ? report->places : STORAGE_PLACES_MAX;
    CLEANUP_FREE struct place_entry **by_index = xcalloc(places + 1, sizeof(struct place_entry *));

    for (size_t i = 0; i < world->place_count; i++)
        world->places[i]->seen = world->places[i]->source != from;
    struct path_entry *path, *next;
    HASH_ITER(hh, world->paths, path, next)
    path->seen = path->source != from;

    for (size_t i = 0; i < places; i++) {
        const struct storage_place *said = &report->place[i];
        if (!said->name || !said->name[0])
            continue;
        by_index[i] = find_place(world, from, said);
        if (!by_index[i])
            by_index[i] = add_place(world, from, said);
        take_place(by_index[i], said, now_ns);
    }
    for (size_t i = 0; i < places; i++) {
        int below = report->place[i].below;
        bool valid = below >= 0 && (size_t)below < places && by_index[below] != by_index[i];
        if (by_index[i] && !by_index[i]->path)
            by_index[i]->below = valid ? by_index[below] : NULL;
    }
    for (size_t i = 0; i < report->paths && i < STORAGE_PATHS_MAX; i++) {
        const struct storage_path *said = &report->path[i];
        bool valid = said->place >= 0 && (size_t)said->place < places;
        if (said->path)
            take_path(world, from, said, valid ? by_index[said->place] : NULL);
    }
    remove_unseen(world, from);
    refresh_pools(world, now_ns);
    for (size_t i = 0; i < world->guest_count; i++)
        world_find_disks(world, world->guests[i]);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t world_storage_paths(const struct world *world, char ***ret)
{
    size_t capacity = world->place_count + world->guest_count * FACTS_DISKS_MAX;
    CLEANUP_FREE const char **all = xcalloc(capacity + 1, sizeof(char *));
    size_t count = 0, kept = 0, bytes = 0;

    for (size_t i = 0; i < world->place_count; i++) {
        if (world->places[i]->path)
            all[count++] = world->places[i]->path;
    }
    for (size_t i = 0; i < world->guest_count; i++) {
        const struct facts_disk *disk = world->guests[i]->guest.facts.disks;
        for (int j = 0; j < FACTS_DISKS_MAX && disk[j].target; j++) {
            if (disk[j].source && disk[j].source[0] == '/')
                all[count++] = disk[j].source;
        }
    }
    qsort(all, count, sizeof(*all), compare_paths);
    size_t max = count < STORAGE_PATHS_MAX ? count : STORAGE_PATHS_MAX;
    char **paths = xcalloc(max + 1, sizeof(*paths));
    for (size_t i = 0; i < count && kept < max; i++) {
        size_t len = strlen(all[i]) + 1;
        if ((i > 0 && strcmp(all[i], all[i - 1]) == 0) || bytes + len > STORAGE_PATHS_BYTES)
            continue;
        bytes += len;
        paths[kept++] = xstrdup(all[i]);
    }
    *ret = paths;
    return kept;
}
