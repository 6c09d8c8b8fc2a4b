#include "backend/libvirt/statistics.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define KIB 1024
#define DISKS_MAX 64

static bool number_of(const virTypedParameter *params, int count, const char *name, uint64_t *ret)
{
    unsigned long long value;

    /* The API takes no const. */
    if (virTypedParamsGetULLong((virTypedParameterPtr)params, count, name, &value) != 1)
        return false;
    *ret = value;
    return true;
}

static void take(const virTypedParameter *params, int count, const char *name, uint64_t factor,
                 enum part_field field, struct part *part)
{
    uint64_t value;

    if (number_of(params, count, name, &value))
        part_set(part, field, value * factor);
}

static bool figure_of(const virTypedParameter *params, int count, int index, const char *key,
                      uint64_t *ret)
{
    char name[VIR_TYPED_PARAM_FIELD_LENGTH];

    snprintf(name, sizeof(name), "block.%d.%s", index, key);
    return number_of(params, count, name, ret);
}

/* What the image takes on the host.  "allocation" is but the end of what was written since the
 * machine started, 0 until then: of a block device, which has its size anyway, that tells how far a
 * growing image has come.  "physical" is what a file takes, but of one that takes nothing yet its
 * length, as if all of it were there. */
static void take_allocation(const virTypedParameter *params, int count, int index,
                            struct part *part)
{
    uint64_t written = 0, physical = 0, capacity = 0;
    const char *path = part->words[0];

    figure_of(params, count, index, "allocation", &written);
    figure_of(params, count, index, "capacity", &capacity);
    bool is_file = !path || strncmp(path, "/dev/", 5) != 0;
    bool told = figure_of(params, count, index, "physical", &physical) && physical > 0;
    if (is_file && told && (written > 0 || physical != capacity))
        part_set(part, PART_FIELD_ALLOCATION, physical);
    else if (written > 0)
        part_set(part, PART_FIELD_ALLOCATION, written);
}

static const char *text_of(const virTypedParameter *params, int count, int index, const char *key)
{
    char name[VIR_TYPED_PARAM_FIELD_LENGTH];
    const char *text = NULL;

    snprintf(name, sizeof(name), "block.%d.%s", index, key);
    virTypedParamsGetString((virTypedParameterPtr)params, count, name, &text);
    return text;
}

void lv_statistics_blocks(const virTypedParameter *params, int count, int64_t at_ns,
                          struct parts *ret)
{
    static const struct {
        const char *key;
        enum part_field field;
    } figures[] = {
        {"rd.bytes", PART_FIELD_READ},     {"wr.bytes", PART_FIELD_WRITE},
        {"rd.reqs", PART_FIELD_READ_OPS},  {"wr.reqs", PART_FIELD_WRITE_OPS},
        {"fl.reqs", PART_FIELD_FLUSH_OPS}, {"rd.times", PART_FIELD_READ_NS},
        {"wr.times", PART_FIELD_WRITE_NS}, {"fl.times", PART_FIELD_FLUSH_NS},
        {"capacity", PART_FIELD_CAPACITY},
    };
    unsigned blocks = 0;

    virTypedParamsGetUInt((virTypedParameterPtr)params, count, "block.count", &blocks);
    for (int i = 0; i < DISKS_MAX && (unsigned)i < blocks; i++) {
        const char *target = text_of(params, count, i, "name");
        if (!target)
            continue;
        struct part *part = parts_add(ret, PART_DISK, 0, target);
        part->words[0] = xstrdup(text_of(params, count, i, "path"));
        part->at_ns = at_ns;
        for (size_t f = 0; f < ARRAY_SIZE(figures); f++) {
            char name[VIR_TYPED_PARAM_FIELD_LENGTH];
            snprintf(name, sizeof(name), "block.%d.%s", i, figures[f].key);
            take(params, count, name, 1, figures[f].field, part);
        }
        take_allocation(params, count, i, part);
    }
}

/* What FIELD of PART has grown by since BEFORE. */
static bool growth(const struct part *before, const struct part *part, enum part_field field,
                   uint64_t *ret)
{
    return part_has(before, field) && part_has(part, field) &&
           !__builtin_sub_overflow(part->value[field], before->value[field], ret);
}

static const struct part *same_disk(const struct parts *disks, const struct part *disk)
{
    for (size_t i = 0; i < disks->count; i++)
        if (strcmp(disks->part[i].name, disk->name) == 0)
            return &disks->part[i];
    return NULL;
}

static const char *source_of(const struct lv_definition *definition, const char *target)
{
    for (size_t i = 0; definition && i < definition->disk_count; i++)
        if (strcmp(definition->disks[i].target, target) == 0)
            return definition->disks[i].source;
    return NULL;
}

bool lv_statistics_new_image(const struct lv_definition *definition, const struct parts *before,
                             const struct parts *now)
{
    for (size_t i = 0; i < now->count; i++) {
        const struct part *disk = &now->part[i], *old = same_disk(before, disk);
        const char *image = disk->words[0], *source = source_of(definition, disk->name);
        const char *last = old ? old->words[0] : NULL;
        if (image && source && strcmp(image, source) != 0 && (!last || strcmp(image, last) != 0))
            return true;
    }
    return false;
}

static int64_t mean_us(const struct parts *before, const struct parts *now, enum part_field time,
                       enum part_field ops)
{
    uint64_t spent_ns = 0, done = 0;

    for (size_t i = 0; i < now->count; i++) {
        const struct part *disk = &now->part[i], *old = same_disk(before, disk);
        uint64_t ns, count;

        if (old && growth(old, disk, time, &ns) && growth(old, disk, ops, &count) &&
            ns <= INT64_MAX / DISKS_MAX && count <= INT64_MAX / DISKS_MAX) {
            spent_ns += ns;
            done += count;
        }
    }
    return done ? (int64_t)(spent_ns / done / 1000) : -1;
}

void lv_statistics_times(const struct parts *before, const struct parts *now, struct lv_times *ret)
{
    ret->read_us = mean_us(before, now, PART_FIELD_READ_NS, PART_FIELD_READ_OPS);
    ret->write_us = mean_us(before, now, PART_FIELD_WRITE_NS, PART_FIELD_WRITE_OPS);
    ret->at_ns = now->count ? now->part[0].at_ns : 0;
}

void lv_statistics_balloon(const virTypedParameter *params, int count, struct part *ret)
{
    *ret = (struct part){.kind = PART_MEMORY};
    take(params, count, "balloon.current", KIB, PART_FIELD_BALLOON, ret);
    take(params, count, "balloon.maximum", KIB, PART_FIELD_LIMIT, ret);
    take(params, count, "balloon.unused", KIB, PART_FIELD_FREE, ret);
    take(params, count, "balloon.swap_in", KIB, PART_FIELD_SWAP_IN, ret);
    take(params, count, "balloon.swap_out", KIB, PART_FIELD_SWAP_OUT, ret);
    take(params, count, "balloon.major_fault", 1, PART_FIELD_MAJOR_FAULTS, ret);
}
