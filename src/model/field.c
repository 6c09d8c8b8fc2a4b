#include "model/field.h"

#include <string.h>

enum field_kind {
    COUNTER,
    GAUGE
};

static const struct {
    const char *name;
    enum field_kind kind;
} fields[FIELD_COUNT] = {
#define FIELD_ROW(id, name, kind, unit) [FIELD_##id] = {name, kind},
    FIELD_LIST(FIELD_ROW)
#undef FIELD_ROW
};

_Static_assert(FIELD_COUNT <= 64, "struct sample has one bit for each field");

const char *field_name(enum field field)
{
    return (unsigned)field < FIELD_COUNT ? fields[field].name : "";
}

enum field field_from_name(const char *name)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(fields[i].name, name) == 0)
            return (enum field)i;
    }
    return FIELD_COUNT;
}

bool field_is_counter(enum field field)
{
    return (unsigned)field < FIELD_COUNT && fields[field].kind == COUNTER;
}
