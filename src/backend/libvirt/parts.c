#include "backend/libvirt/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

#define ANSWER_KEEP_NS (60 * NS_PER_S) /* older ones say nothing about now */

static const struct part *find_answer(const struct lv_guest *guest, const char *target,
                                      int64_t now_ns)
{
    for (size_t i = 0; i < guest->disks.count; i++) {
        const struct part *part = &guest->disks.part[i];
        if (strcmp(part->name, target) == 0 && now_ns - part->at_ns < ANSWER_KEEP_NS)
            return part;
    }
    return NULL;
}

static char *image_of(const struct lv_guests *guests, const struct lv_disk *disk)
{
    const char *directory = disk->pool ? lv_pools_directory(guests->pools, disk->pool) : NULL;

    if (!disk->source && directory && disk->volume)
        return xasprintf("%s/%s", directory, disk->volume);
    return xstrdup(disk->source ? disk->source : disk->volume);
}

/* Those of its definition, which are there before its monitor has said a word. */
static void add_disks(const struct lv_guest *guest, const struct lv_guests *guests,
                      struct parts *ret)
{
    const struct lv_definition *definition = guest->domain.definition;
    int64_t now = clock_mono_ns();

    for (size_t i = 0; definition && i < definition->disk_count; i++) {
        const struct lv_disk *disk = &definition->disks[i];
        const struct part *answer = find_answer(guest, disk->target, now);
        struct part *part = parts_add(ret, PART_DISK, 0, disk->target);
        part->words[0] = image_of(guests, disk);
        if (answer && !part->words[0])
            part->words[0] = xstrdup(answer->words[0]);
        part->words[1] = xstrdup(disk->format);
        part->words[2] = xstrdup(disk->pool);
        part->at_ns = answer ? answer->at_ns : 0;
        part->valid = answer ? answer->valid : 0;
        if (answer)
            memcpy(part->value, answer->value, sizeof(part->value));
    }
}

/* What the guest reported through its balloon, with the time when it did: said again it is the same
 * measurement.  What the host spends is of now. */
static void complete_memory(const struct lv_guest *guest, struct part *part)
{
    const struct lv_balloon *balloon = &guest->balloon;
    const struct lv_definition *definition = guest->domain.definition;
    bool known = balloon->at_ns && clock_mono_ns() - balloon->at_ns < ANSWER_KEEP_NS;

    if (definition && definition->memory)
        part_set(part, PART_FIELD_LIMIT, definition->memory);
    if (definition && definition->current_memory)
        part_set(part, PART_FIELD_BALLOON, definition->current_memory);
    if (!known)
        return;
    for (int field = 0; field < PART_FIELD_COUNT; field++) {
        bool gauge = field == PART_FIELD_BALLOON || field == PART_FIELD_LIMIT;
        if (part_has(&balloon->report, (enum part_field)field) && (gauge || balloon->has_used))
            part_set(part, (enum part_field)field, balloon->report.value[field]);
    }
    if (!balloon->has_used)
        return;
    part->at_ns = balloon->reported_ns;
    part_set(part, PART_FIELD_USED, balloon->used);
    if (balloon->has_cache)
        part_set(part, PART_FIELD_CACHE, balloon->cache);
}

static void add_address(const struct neighbours *neighbours, struct part *part)
{
    uint8_t mac[ADDRESS_MAC_LEN];
    char *address = NULL;

    if (neighbours && address_parse_mac(part->name, mac) == 0 &&
        neighbours_find(neighbours, mac, &address, 1) > 0)
        part->words[3] = address;
}

void lv_guest_parts(struct lv_guest *guest, const struct lv_guests *guests,
                    const struct neighbours *neighbours, unsigned kinds, struct parts *ret)
{
    const struct lv_definition *definition = guest->domain.definition;

    if (kinds & PART_BIT(PART_DISK))
        add_disks(guest, guests, ret);
    if (definition && !definition->disk_count)
        ret->none |= PART_BIT(PART_DISK);
    if (definition && !definition->nic_count)
        ret->none |= PART_BIT(PART_LINK);
    size_t first = ret->count;
    if (guest->qemu)
        qemu_parts(guest->qemu, kinds, ret);
    for (size_t i = first; i < ret->count; i++) {
        if (ret->part[i].kind == PART_LINK)
            add_address(neighbours, &ret->part[i]);
        else if (ret->part[i].kind == PART_MEMORY)
            complete_memory(guest, &ret->part[i]);
    }
}
