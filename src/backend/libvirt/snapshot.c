#include "backend/libvirt/snapshot.h"

#include <stdlib.h>

#include "base/alloc.h"

struct lv_snapshot *lv_snapshot_new(size_t count)
{
    struct lv_snapshot *snapshot = xcalloc(1, sizeof(*snapshot));
    snapshot->domains = xcalloc(count ? count : 1, sizeof(*snapshot->domains));
    return snapshot;
}

void lv_snapshot_free(struct lv_snapshot *snapshot)
{
    if (!snapshot)
        return;
    for (size_t i = 0; i < snapshot->count; i++) {
        free(snapshot->domains[i].name);
        free(snapshot->domains[i].nics);
        lv_definition_unref(snapshot->domains[i].definition);
    }
    free(snapshot->domains);
    free(snapshot);
}

uint64_t lv_hash(const char *text)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return hash;
}
