/* Asking the world about storage. */
#include <string.h>

#include "base/clock.h"
#include "model/world_internal.h"

#define GROWTH_NS (15 * 60 * NS_PER_S)

size_t world_place_count(const struct world *world)
{
    return world->place_count;
}

const struct place *world_place_at(const struct world *world, size_t index)
{
    return index < world->place_count ? &world->places[index]->place : NULL;
}

const struct place *world_place_below(const struct world *world, const struct place *place)
{
    (void)world;
    const struct place_entry *below = ((const struct place_entry *)place)->below;
    return below ? &below->place : NULL;
}

static const struct path_entry *path_of_disk(const struct guest *guest, size_t disk)
{
    return ((const struct guest_entry *)guest)->disks[disk];
}

const struct place *world_place_of_disk(const struct world *world, const struct guest *guest,
                                        size_t disk)
{
    (void)world;
    const struct place_entry *on =
        disk < FACTS_DISKS_MAX ? ((const struct guest_entry *)guest)->places[disk] : NULL;
    return on ? &on->place : NULL;
}

static bool disk_on(const struct world *world, const struct guest *guest, size_t disk,
                    const struct place *place)
{
    const struct place *on = world_place_of_disk(world, guest, disk);
    for (int depth = 0; on && depth < 4; depth++) {
        if (on == place)
            return true;
        on = world_place_below(world, on);
    }
    return false;
}

size_t place_guests(const struct world *world, const struct place *place, const struct guest **ret,
                    size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < world->guest_count; i++) {
        const struct guest *guest = &world->guests[i]->guest;
        bool on = false;
        for (size_t j = 0; j < FACTS_DISKS_MAX && guest->facts.disks[j].target && !on; j++)
            on = disk_on(world, guest, j, place);
        if (on && count++ < max)
            ret[count - 1] = guest;
    }
    return count;
}

/* When the time began over which growth on PLACE is told: what led to it being full, not the
 * standstill since. */
static int64_t growth_start(const struct place *place, int64_t now_ns)
{
    enum place_trouble trouble = place_trouble(place);
    bool full = trouble == PLACE_FULL || trouble == PLACE_INODES_FULL;
    int64_t end = full && place->trouble_since_ns ? place->trouble_since_ns : now_ns;
    return end - GROWTH_NS;
}

static bool trend_growth(const struct trend *trend, int64_t start_ns, struct growth *ret)
{
    double from;
    int64_t from_ns;
    if (trend->count < 2 || !trend_value(trend, start_ns, &from, &from_ns))
        return false;
    ret->bytes += (double)trend->point[trend->count - 1].value - from;
    if (ret->since_ns == 0 || from_ns < ret->since_ns)
        ret->since_ns = from_ns;
    return true;
}

bool place_growth(const struct world *world, const struct place *place, const struct guest *guest,
                  int64_t now_ns, struct growth *ret)
{
    int64_t start = growth_start(place, now_ns);
    struct growth growth = {0};
    bool on = false, known = false;

    for (size_t i = 0; i < FACTS_DISKS_MAX && guest->facts.disks[i].target; i++) {
        if (!disk_on(world, guest, i, place))
            continue;
        on = true;
        const struct path_entry *path = path_of_disk(guest, i);
        known |= path && trend_growth(&path->allocated, start, &growth);
    }
    if (!on)
        return false;
    if (!known) {
        growth = (struct growth){.written_only = true};
        if (!trend_growth(&guest->written, start, &growth))
            return false;
    }
    *ret = growth;
    return true;
}

const struct guest *place_top_grower(const struct world *world, const struct place *place,
                                     int64_t now_ns, struct growth *ret)
{
    const struct guest *top = NULL;
    double most = 0, from;
    int64_t from_ns;
    bool has_lost = trend_value(&place->left, growth_start(place, now_ns), &from, &from_ns);
    double lost = has_lost && from > (double)place->avail ? from - (double)place->avail : 0;

    for (size_t i = 0; i < world->guest_count; i++) {
        struct growth growth;
        const struct guest *guest = &world->guests[i]->guest;
        if (!place_growth(world, place, guest, now_ns, &growth))
            continue;
        /* Who writes the same blocks again and again takes no more than the place has lost. */
        double bytes = growth.written_only && growth.bytes > lost ? lost : growth.bytes;
        if (bytes <= most)
            continue;
        most = bytes;
        top = guest;
        *ret = growth;
    }
    return top;
}
