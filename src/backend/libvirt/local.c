#include "backend/libvirt/local.h"

#include <stdlib.h>

#include "backend/libvirt/find.h"
#include "base/alloc.h"
#include "base/clock.h"

#define SCAN_NS (5 * NS_PER_S) /* looking through /proc for what has no pid file */

_Static_assert(LV_NICS_MAX <= QEMU_NICS_MAX, "every link of a definition is measured");

struct lv_local {
    const struct lv_uri *uri;
    struct qemu_ground *ground;
    int64_t scan_due_ns;
    bool scan; /* this tick may look through /proc */
};

struct lv_local *lv_local_new(const struct lv_uri *uri)
{
    struct lv_local *local = xcalloc(1, sizeof(*local));

    local->uri = uri;
    local->ground = qemu_ground_new("");
    return local;
}

void lv_local_free(struct lv_local *local)
{
    if (!local)
        return;
    qemu_ground_free(local->ground);
    free(local);
}

void lv_local_tick(struct lv_local *local, int64_t now_ns)
{
    qemu_ground_tick(local->ground);
    local->scan = now_ns >= local->scan_due_ns;
    if (local->scan)
        local->scan_due_ns = now_ns + SCAN_NS;
}

void lv_local_links_anew(struct lv_local *local)
{
    qemu_ground_tick(local->ground);
}

int lv_local_identify(const struct lv_uri *uri, const char *name, const char *uuid,
                      struct proc_identity *ret)
{
    int rc = lv_find_by_file("", uri->run_dir, name, uuid, ret);
    return rc == 0 ? 0 : lv_find_by_scan("", uuid, ret);
}

void lv_local_wire(struct qemu *qemu, const struct lv_definition *definition)
{
    struct qemu_nic nics[LV_NICS_MAX];
    size_t count = definition ? definition->nic_count : 0;

    for (size_t i = 0; i < count; i++)
        nics[i] = (struct qemu_nic){.dev = definition->nics[i].dev,
                                    .mac = definition->nics[i].mac,
                                    .direct = definition->nics[i].direct};
    qemu_wire(qemu, nics, count);
}

struct qemu *lv_local_find(struct lv_local *local, const char *name, const char *uuid,
                           const struct lv_definition *definition)
{
    struct proc_identity id;

    int rc = lv_find_by_file("", local->uri->run_dir, name, uuid, &id);
    if (rc < 0 && local->scan)
        rc = lv_find_by_scan("", uuid, &id);
    struct qemu *qemu = rc < 0 ? NULL : qemu_new(local->ground, &id);
    if (qemu)
        lv_local_wire(qemu, definition);
    return qemu;
}
