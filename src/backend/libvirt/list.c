#include "backend/libvirt/list.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "backend/calls.h"
#include "backend/libvirt/words.h"
#include "base/alloc.h"
#include "base/clock.h"

void lv_pulse_begin(struct lv_pulse *pulse, const char *what, const char *about)
{
    pulse->call = calls_begin(what, about);
    atomic_store(&pulse->busy_since_ns, clock_mono_ns());
}

void lv_pulse_end(struct lv_pulse *pulse, bool answered)
{
    calls_end(pulse->call);
    if (answered)
        atomic_store(&pulse->answered_ns, clock_mono_ns());
    atomic_store(&pulse->busy_since_ns, 0);
}

bool lv_answered(int rc)
{
    return rc >= 0 || !lv_is_lost(virGetLastError());
}

/* "net.3.rx.bytes" -> 3 and its place in devsum's order; false when it is none of ours. */
static bool net_field(const char *name, size_t *index, int *slot)
{
    static const struct {
        const char *name;
        int slot;
    } table[] = {{"rx.bytes", 0}, {"tx.bytes", 1}, {"rx.pkts", 2}, {"tx.pkts", 3},
                 {"rx.errs", 4},  {"tx.errs", 4},  {"rx.drop", 5}, {"tx.drop", 5}};
    char *end;

    if (strncmp(name, "net.", 4) != 0 || name[4] < '0' || name[4] > '9')
        return false;
    unsigned long number = strtoul(name + 4, &end, 10);
    if (*end != '.' || number >= LV_NICS_MAX)
        return false;
    *index = number;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strcmp(end + 1, table[i].name) == 0) {
            *slot = table[i].slot;
            return true;
        }
    }
    *slot = -1;
    return strcmp(end + 1, "name") == 0;
}

static void read_nics(struct lv_domain *domain, const virDomainStatsRecord *record)
{
    struct lv_nic_count nics[LV_NICS_MAX] = {0};
    size_t count = 0;

    for (int i = 0; i < record->nparams; i++) {
        const virTypedParameter *param = &record->params[i];
        size_t index;
        int slot;
        if (!net_field(param->field, &index, &slot))
            continue;
        if (slot < 0 && param->type == VIR_TYPED_PARAM_STRING)
            nics[index].key = lv_hash(param->value.s);
        else if (slot >= 0 && param->type == VIR_TYPED_PARAM_ULLONG)
            nics[index].counters[slot] += param->value.ul;
        else
            continue;
        count = index + 1 > count ? index + 1 : count;
    }
    if (count == 0)
        return;
    domain->nics = xcalloc(count, sizeof(*nics));
    memcpy(domain->nics, nics, count * sizeof(*nics));
    domain->nic_count = count;
}

/* Adds what the pointer itself holds, no call to the daemon; NULL when it makes no sense. */
static struct lv_domain *add(struct lv_snapshot *snapshot, virDomainPtr dom)
{
    struct lv_domain *domain = &snapshot->domains[snapshot->count];
    const char *name = virDomainGetName(dom);
    unsigned id = virDomainGetID(dom);

    if (!name || virDomainGetUUIDString(dom, domain->uuid) < 0)
        return NULL;
    domain->name = xstrdup(name);
    domain->id = id == (unsigned)-1 ? -1 : (int)id;
    domain->autostart = domain->persistent = -1;
    snapshot->count++;
    return domain;
}

int lv_list_bulk(virConnectPtr conn, bool figures, struct lv_pulse *pulse, virDomainPtr **ret_doms,
                 struct lv_snapshot **ret)
{
    virDomainStatsRecordPtr *records = NULL;
    unsigned groups = VIR_DOMAIN_STATS_STATE | (figures ? VIR_DOMAIN_STATS_INTERFACE : 0);

    lv_pulse_begin(pulse, "virConnectGetAllDomainStats", NULL);
    int count = virConnectGetAllDomainStats(conn, groups, &records, 0);
    lv_pulse_end(pulse, lv_answered(count));
    if (count < 0)
        return -1;
    struct lv_snapshot *snapshot = lv_snapshot_new((size_t)count);
    virDomainPtr *doms = xcalloc((size_t)count + 1, sizeof(virDomainPtr));
    for (int i = 0; i < count; i++) {
        struct lv_domain *domain = add(snapshot, records[i]->dom);
        if (!domain)
            continue;
        virDomainRef(records[i]->dom);
        doms[snapshot->count - 1] = records[i]->dom;
        virTypedParamsGetInt(records[i]->params, records[i]->nparams, "state.state",
                             &domain->state);
        virTypedParamsGetInt(records[i]->params, records[i]->nparams, "state.reason",
                             &domain->reason);
        if (figures)
            read_nics(domain, records[i]);
    }
    virDomainStatsRecordListFree(records);
    *ret_doms = doms;
    *ret = snapshot;
    return 0;
}

int lv_list_each(virConnectPtr conn, struct lv_pulse *pulse, virDomainPtr **ret_doms,
                 struct lv_snapshot **ret)
{
    virDomainPtr *list = NULL;

    lv_pulse_begin(pulse, "virConnectListAllDomains", NULL);
    int count = virConnectListAllDomains(conn, &list, 0);
    lv_pulse_end(pulse, lv_answered(count));
    if (count < 0)
        return -1;
    struct lv_snapshot *snapshot = lv_snapshot_new((size_t)count);
    virDomainPtr *doms = xcalloc((size_t)count + 1, sizeof(virDomainPtr));
    for (int i = 0; i < count; i++) {
        if (add(snapshot, list[i]))
            doms[snapshot->count - 1] = list[i];
        else
            virDomainFree(list[i]);
    }
    free(list);
    *ret_doms = doms;
    *ret = snapshot;
    /* Nothing may be called after a failure, or its reason is lost. */
    for (size_t i = 0; i < snapshot->count; i++) {
        struct lv_domain *domain = &snapshot->domains[i];
        lv_pulse_begin(pulse, "virDomainGetState", domain->name);
        int got = virDomainGetState(doms[i], &domain->state, &domain->reason, 0);
        lv_pulse_end(pulse, lv_answered(got));
        if (!lv_answered(got))
            return -1;
    }
    return 0;
}
