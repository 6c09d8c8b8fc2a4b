#include "model/field.h"

#include <string.h>

static const char *const names[FIELD_COUNT] = {
#define FIELD_NAME(id, name, kind, unit) [FIELD_##id] = (name),
    FIELD_LIST(FIELD_NAME)
#undef FIELD_NAME
};

_Static_assert(FIELD_COUNT <= 64, "struct sample has one bit for each field");

const char *field_name(enum field field)
{
    return (unsigned)field < FIELD_COUNT ? names[field] : "";
}

enum field field_from_name(const char *name)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(names[i], name) == 0)
            return (enum field)i;
    }
    return FIELD_COUNT;
}
