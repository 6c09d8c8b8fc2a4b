/* What isolates the guests of a world, and which of them share user ids. */
#include "model/world_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

static void copy_facts(struct isolation_facts *to, const struct isolation_facts *from)
{
    for (int i = 0; i < ISOLATION_FACT_COUNT; i++) {
        const struct isolation_value *value = &from->at[i];
        struct isolation_value *copy = &to->at[i];

        if (!value->known)
            continue;
        isolation_begin_list(to, (enum isolation_fact)i);
        for (size_t j = 0; j < value->count; j++) {
            char text[ISOLATION_TEXT_BYTES];
            text_sanitise_into(text, sizeof(text), value->text[j], strlen(value->text[j]));
            isolation_add(to, (enum isolation_fact)i, text);
        }
        copy->number = value->number;
    }
}

void world_isolation_forget(struct world *world, struct guest *guest)
{
    if (!guest->isolation)
        return;
    isolation_clear(guest->isolation);
    free(guest->isolation);
    guest->isolation = NULL;
    world->ids_stale = true;
}

void world_isolation(struct world *world, const char *source, uint32_t handle,
                     const struct isolation_facts *facts)
{
    struct guest_entry *entry = world_entry(world, source, handle);
    if (!entry)
        return;
    struct guest *guest = &entry->guest;
    world_isolation_forget(world, guest);
    guest->isolation = xcalloc(1, sizeof(*guest->isolation));
    copy_facts(&guest->isolation->facts, facts);
    isolation_judge(guest->isolation, guest->facts.kind);
    world->ids_stale = true;
}

void world_isolation_copy(struct guest *to, const struct guest *from)
{
    if (!from->isolation || to->isolation)
        return;
    to->isolation = xcalloc(1, sizeof(*to->isolation));
    isolation_facts_fill(&to->isolation->facts, &from->isolation->facts);
    to->isolation->overlap = xstrdup(from->isolation->overlap);
    isolation_judge(to->isolation, from->facts.kind);
}

/* One range of user ids of the host that GUEST has. */
struct claim {
    uint64_t first, last;
    struct guest *guest;
};

static int compare_claims(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->last != y->last)
        return x->last < y->last ? -1 : 1;
    return (x->guest > y->guest) - (x->guest < y->guest);
}

/* The claims of GUEST onto the end of CLAIMS; returns how many there are then. */
static size_t add_claims(struct guest *guest, struct claim *claims, size_t count)
{
    const struct isolation_value *map = &guest->isolation->facts.at[ISOLATION_FACT_UID_MAP];
    struct isolation_range range;

    for (size_t i = 0; i < map->count; i++)
        if (isolation_range_parse(map->text[i], &range))
            claims[count++] = (struct claim){
                .first = range.outside, .last = range.outside + range.count - 1, .guest = guest};
    return count;
}

/* Who shares ids with whom, for one run of claims that hang together: each is told of another one
 * and of how many there are, which may be more than overlap with it directly. */
static void tell_run(const struct claim *claims, size_t count)
{
    size_t guests = 0;

    for (size_t i = 0; i < count; i++)
        guests += i == 0 || claims[i - 1].guest != claims[i].guest;
    for (size_t i = 0; i < count; i++) {
        struct isolation *isolation = claims[i].guest->isolation;
        const struct guest *other = NULL;
        for (size_t j = 0; j < count && !other; j++)
            if (claims[j].guest != claims[i].guest)
                other = claims[j].guest;
        if (!other || isolation->overlap)
            continue;
        const char *name = other->facts.name ? other->facts.name : "?";
        isolation->overlap = guests > 2 ? xasprintf("%.60s and %zu more", name, guests - 2)
                                        : xasprintf("%.60s", name);
    }
}

/* A guest whose root is the host's has all ids anyway: it neither shares nor is shared with. */
static bool has_ids(const struct guest *guest)
{
    return guest->isolation && guest->facts.kind == KIND_CONTAINER &&
           !isolation_maps_root(&guest->isolation->facts);
}

static size_t gather(struct world *world, struct claim **ret)
{
    size_t most = 0, count = 0;

    for (size_t i = 0; i < world->shown_count; i++)
        if (has_ids(&world->guests[i]->guest))
            most += world->guests[i]->guest.isolation->facts.at[ISOLATION_FACT_UID_MAP].count;
    *ret = xcalloc(most + 1, sizeof(**ret));
    for (size_t i = 0; i < world->shown_count; i++)
        if (has_ids(&world->guests[i]->guest))
            count = add_claims(&world->guests[i]->guest, *ret, count);
    qsort(*ret, count, sizeof(**ret), compare_claims);
    return count;
}

void world_isolation_settle(struct world *world)
{
    struct claim *claims;

    if (!world->ids_stale)
        return;
    world->ids_stale = false;
    size_t count = gather(world, &claims);
    CLEANUP_FREE char **before = xcalloc(count + 1, sizeof(*before));

    for (size_t i = 0; i < count; i++)
        before[i] = move_ptr(&claims[i].guest->isolation->overlap);
    for (size_t start = 0, end; start < count; start = end) {
        uint64_t last = claims[start].last;
        for (end = start + 1; end < count && claims[end].first <= last; end++)
            last = claims[end].last > last ? claims[end].last : last;
        if (end - start > 1)
            tell_run(claims + start, end - start);
    }
    for (size_t i = 0; i < count; i++) {
        struct isolation *isolation = claims[i].guest->isolation;
        bool same = before[i] && isolation->overlap && !strcmp(before[i], isolation->overlap);
        if (!same && (before[i] || isolation->overlap))
            isolation_judge(isolation, KIND_CONTAINER);
        free(before[i]);
    }
    free(claims);
}
