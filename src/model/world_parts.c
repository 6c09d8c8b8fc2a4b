/* What a worker says of the parts of the selected guest. */
#include <stdlib.h>
#include <string.h>

#include "model/world_internal.h"

void world_parts_clear(struct world *world)
{
    struct parts_entry *entry = &world->parts;

    parts_clear(&entry->parts);
    free(entry->before);
    free(entry->life);
    *entry = (struct parts_entry){0};
}

static bool is_of(const struct parts_entry *entry, const struct guest *guest)
{
    return entry->guest && &entry->guest->guest == guest && guest->facts.life &&
           strcmp(entry->life, guest->facts.life) == 0;
}

static bool same_part(const struct part *a, const struct part *b)
{
    return a->kind == b->kind && a->number == b->number && a->name && b->name &&
           strcmp(a->name, b->name) == 0;
}

/* PART in LIST, where it is expected at *CURSOR: parts mostly come in the same order each time. */
static const struct part *find(const struct parts *list, const struct part *part, size_t *cursor)
{
    for (size_t step = 0; step < list->count; step++) {
        size_t i = (*cursor + step) % list->count;
        if (same_part(&list->part[i], part)) {
            *cursor = i + 1;
            return &list->part[i];
        }
    }
    return NULL;
}

static void figures_of(struct part *dst, const struct part *src)
{
    dst->at_ns = src->at_ns;
    dst->valid = src->valid;
    memcpy(dst->value, src->value, sizeof(dst->value));
}

/* For each of PARTS what was measured before it. */
static struct part *what_was_before(const struct parts_entry *old, const struct parts *parts)
{
    struct part *before = xcalloc(parts->count + 1, sizeof(*before));
    size_t cursor = 0;

    for (size_t i = 0; i < parts->count; i++) {
        const struct part *last = find(&old->parts, &parts->part[i], &cursor);
        if (!last)
            continue;
        if (last->at_ns == parts->part[i].at_ns)
            figures_of(&before[i], &old->before[last - old->parts.part]);
        else
            figures_of(&before[i], last);
    }
    return before;
}

/* A copy with every text fit for the screen.  A measurement of the future is none. */
static void copy_clean(struct parts *dst, const struct parts *src, int64_t now_ns)
{
    *dst = (struct parts){.left_out = src->left_out, .none = src->none};
    dst->count = src->count < PARTS_MAX ? src->count : PARTS_MAX;
    dst->part = xcalloc(dst->count + 1, sizeof(*dst->part));
    for (size_t i = 0; i < dst->count; i++) {
        struct part *part = &dst->part[i];
        *part = src->part[i];
        if (part->at_ns <= 0 || part->at_ns > now_ns + WORLD_FUTURE_NS)
            part->valid = 0;
        part->name = world_clean(part->name, WORD_CELLS);
        for (int j = 0; j < PART_WORDS; j++)
            part->words[j] = world_clean(part->words[j], SENTENCE_CELLS);
    }
}

void world_parts(struct world *world, const char *source, uint32_t handle,
                 const struct parts *parts, int64_t now_ns)
{
    const struct guest_entry *guest = world_entry(world, source, handle);
    struct parts_entry *entry = &world->parts;
    struct parts clean;

    if (!guest || !guest->guest.facts.life)
        return;
    if (!is_of(entry, &guest->guest))
        world_parts_clear(world);
    copy_clean(&clean, parts, now_ns);
    struct part *before = what_was_before(entry, &clean);
    world_parts_clear(world);
    *entry = (struct parts_entry){
        .guest = guest, .life = xstrdup(guest->guest.facts.life), .parts = clean, .before = before};
}

const struct parts *world_parts_of(const struct world *world, const struct guest *guest)
{
    return is_of(&world->parts, guest) ? &world->parts.parts : NULL;
}

/* What a counter grew by over the two measurements of PART, GAP ns apart. */
static bool growth(const struct world *world, const struct part *part, enum part_field field,
                   uint64_t *ret, int64_t *gap)
{
    const struct parts_entry *entry = &world->parts;
    const struct part *before;

    if (part < entry->parts.part || part >= entry->parts.part + entry->parts.count ||
        !part_field_is_counter(field))
        return false;
    before = &entry->before[part - entry->parts.part];
    if (before->at_ns == 0 || !part_has(before, field) || !part_has(part, field) ||
        part->value[field] < before->value[field])
        return false;
    if (__builtin_sub_overflow(part->at_ns, before->at_ns, gap) || *gap < METRIC_MIN_GAP_NS ||
        *gap > world_max_gap(world))
        return false;
    *ret = part->value[field] - before->value[field];
    return *ret <= INT64_MAX; /* more than that went below zero somewhere on its way here */
}

bool world_part_rate(const struct world *world, const struct part *part, enum part_field field,
                     double *ret)
{
    uint64_t grown;
    int64_t gap;

    if (!growth(world, part, field, &grown, &gap))
        return false;
    *ret = (double)grown * (double)NS_PER_S / (double)gap;
    return true;
}

bool world_part_latency(const struct world *world, const struct part *part, enum part_field time,
                        enum part_field ops, double *ret)
{
    uint64_t spent, done;
    int64_t gap;

    if (!growth(world, part, time, &spent, &gap) || !growth(world, part, ops, &done, &gap) ||
        done == 0)
        return false;
    *ret = (double)spent / (double)done;
    return true;
}

void world_parts_copy(struct world *to, const struct world *from)
{
    const struct parts_entry *entry = &from->parts;
    const struct guest *guest = entry->guest ? world_find(to, &entry->guest->guest.id) : NULL;

    world_parts_clear(to);
    if (!guest)
        return;
    to->parts.guest = (const struct guest_entry *)guest;
    to->parts.life = xstrdup(entry->life);
    parts_copy(&to->parts.parts, &entry->parts);
    to->parts.before = xcalloc(entry->parts.count + 1, sizeof(*to->parts.before));
    memcpy(to->parts.before, entry->before, entry->parts.count * sizeof(*entry->before));
}
