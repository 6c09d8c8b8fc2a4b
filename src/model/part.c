#include "model/part.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum part_field_kind {
    COUNTER,
    GAUGE
};

static const struct {
    const char *name;
    enum part_field_kind kind;
} fields[PART_FIELD_COUNT] = {
#define PART_FIELD_ROW(id, name, kind, unit) [PART_FIELD_##id] = {name, kind},
    PART_FIELD_LIST(PART_FIELD_ROW)
#undef PART_FIELD_ROW
};

_Static_assert(PART_FIELD_COUNT <= 64, "struct part has one bit for each field");

const char *part_field_name(enum part_field field)
{
    return (unsigned)field < PART_FIELD_COUNT ? fields[field].name : "";
}

enum part_field part_field_from_name(const char *name)
{
    for (int i = 0; i < PART_FIELD_COUNT; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return (enum part_field)i;
    }
    return PART_FIELD_COUNT;
}

bool part_field_is_counter(enum part_field field)
{
    return (unsigned)field < PART_FIELD_COUNT && fields[field].kind == COUNTER;
}

static void part_clear(struct part *part)
{
    free(part->name);
    for (int i = 0; i < PART_WORDS; i++)
        free(part->words[i]);
}

void parts_keep(struct parts *parts, unsigned kinds)
{
    size_t kept = 0;

    for (size_t i = 0; i < parts->count; i++) {
        if (kinds & PART_BIT(parts->part[i].kind))
            parts->part[kept++] = parts->part[i];
        else
            part_clear(&parts->part[i]);
    }
    parts->count = kept;
}

void parts_clear(struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        part_clear(&parts->part[i]);
    free(parts->part);
    *parts = (struct parts){0};
}

void parts_copy(struct parts *dst, const struct parts *src)
{
    *dst = *src;
    dst->part = xcalloc(src->count + 1, sizeof(*dst->part));
    for (size_t i = 0; i < src->count; i++) {
        struct part *part = &dst->part[i];
        *part = src->part[i];
        part->name = xstrdup(part->name);
        for (int j = 0; j < PART_WORDS; j++)
            part->words[j] = xstrdup(part->words[j]);
    }
}

struct part *parts_add(struct parts *parts, enum part_kind kind, uint32_t number, const char *name)
{
    /* Grows at powers of two. */
    if ((parts->count & (parts->count - 1)) == 0)
        parts->part =
            xrealloc(parts->part, parts->count ? 2 * parts->count : 1, sizeof(*parts->part));
    struct part *part = &parts->part[parts->count++];
    *part = (struct part){.kind = kind, .number = number, .name = xstrdup(name)};
    return part;
}
