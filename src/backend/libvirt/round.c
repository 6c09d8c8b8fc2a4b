#include "backend/libvirt/round.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "backend/libvirt/words.h"
#include "base/alloc.h"
#include "base/clock.h"

#define NO_ID (-2) /* the definition was not read for any life yet */

struct known {
    char uuid[VIR_UUID_STRING_BUFLEN];
    struct lv_definition *definition;
    int definition_id; /* the domain's id when it was read: another life, another tap */
    int autostart, persistent;
    const char *trouble;
    bool seen;
    UT_hash_handle hh;
};

struct lv_round {
    struct known *known;
    bool no_bulk;    /* the driver has no bulk statistics */
    bool no_control; /* nor control information */
};

void lv_pulse_begin(struct lv_pulse *pulse)
{
    atomic_store(&pulse->busy_since_ns, clock_mono_ns());
}

void lv_pulse_end(struct lv_pulse *pulse, bool answered)
{
    if (answered)
        atomic_store(&pulse->answered_ns, clock_mono_ns());
    atomic_store(&pulse->busy_since_ns, 0);
}

struct lv_round *lv_round_new(void)
{
    return xcalloc(1, sizeof(struct lv_round));
}

static void forget(struct lv_round *round, struct known *known)
{
    HASH_DEL(round->known, known);
    lv_definition_unref(known->definition);
    free(known);
}

void lv_round_free(struct lv_round *round)
{
    struct known *known, *next;

    if (!round)
        return;
    HASH_ITER(hh, round->known, known, next)
    {
        forget(round, known);
    }
    free(round);
}

static struct known *find(struct lv_round *round, const char *uuid)
{
    struct known *known;
    HASH_FIND_STR(round->known, uuid, known);
    return known;
}

static struct known *find_or_add(struct lv_round *round, const char *uuid)
{
    struct known *known = find(round, uuid);
    if (known)
        return known;
    known = xcalloc(1, sizeof(*known));
    memcpy(known->uuid, uuid, sizeof(known->uuid));
    known->definition_id = NO_ID;
    known->autostart = known->persistent = -1;
    HASH_ADD_STR(round->known, uuid, known);
    return known;
}

void lv_round_redefined(struct lv_round *round, const char *uuid)
{
    struct known *known, *next;

    HASH_ITER(hh, round->known, known, next)
    {
        if (!uuid || strcmp(known->uuid, uuid) == 0)
            known->definition_id = NO_ID;
    }
}

void lv_round_trouble(struct lv_round *round, const char *uuid, const char *text)
{
    struct known *known = find(round, uuid);
    if (known)
        known->trouble = text;
}

static bool was_answered(int rc)
{
    return rc >= 0 || !lv_is_lost(virGetLastError());
}

/* A failure that concerns one domain only: it left in between, or it may not be looked at. */
static bool may_go_on(int rc)
{
    return was_answered(rc);
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

/* One call for all. */
static int list_bulk(virConnectPtr conn, bool figures, struct lv_pulse *pulse,
                     virDomainPtr **ret_doms, struct lv_snapshot **ret)
{
    virDomainStatsRecordPtr *records = NULL;
    unsigned groups = VIR_DOMAIN_STATS_STATE | (figures ? VIR_DOMAIN_STATS_INTERFACE : 0);

    lv_pulse_begin(pulse);
    int count = virConnectGetAllDomainStats(conn, groups, &records, 0);
    lv_pulse_end(pulse, was_answered(count));
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

/* The long way, for drivers without bulk statistics. */
static int list_each(virConnectPtr conn, struct lv_pulse *pulse, virDomainPtr **ret_doms,
                     struct lv_snapshot **ret)
{
    virDomainPtr *list = NULL;

    lv_pulse_begin(pulse);
    int count = virConnectListAllDomains(conn, &list, 0);
    lv_pulse_end(pulse, was_answered(count));
    if (count < 0)
        return -1;
    struct lv_snapshot *snapshot = lv_snapshot_new((size_t)count);
    virDomainPtr *doms = xcalloc((size_t)count + 1, sizeof(virDomainPtr));
    int rc = 0;
    for (int i = 0; i < count; i++) {
        struct lv_domain *domain = add(snapshot, list[i]);
        if (!domain) {
            virDomainFree(list[i]);
            continue;
        }
        doms[snapshot->count - 1] = list[i];
        if (rc < 0)
            continue;
        lv_pulse_begin(pulse);
        int got = virDomainGetState(list[i], &domain->state, &domain->reason, 0);
        lv_pulse_end(pulse, was_answered(got));
        if (!may_go_on(got))
            rc = -1;
    }
    free(list);
    *ret_doms = doms;
    *ret = snapshot;
    return rc;
}

/* Which of the known domains are in the list that FLAG selects: 1, the others 0. */
static int mark_list(struct lv_round *round, virConnectPtr conn, unsigned flag,
                     struct lv_pulse *pulse)
{
    virDomainPtr *list = NULL;
    struct known *known, *next;
    char uuid[VIR_UUID_STRING_BUFLEN];
    bool autostart = flag == VIR_CONNECT_LIST_DOMAINS_AUTOSTART;

    lv_pulse_begin(pulse);
    int count = virConnectListAllDomains(conn, &list, flag);
    lv_pulse_end(pulse, was_answered(count));
    if (count < 0)
        return may_go_on(count) ? 0 : -1;
    HASH_ITER(hh, round->known, known, next)
    {
        if (autostart)
            known->autostart = 0;
        else
            known->persistent = 1;
    }
    for (int i = 0; i < count; i++) {
        known = virDomainGetUUIDString(list[i], uuid) == 0 ? find(round, uuid) : NULL;
        if (known && autostart)
            known->autostart = 1;
        else if (known)
            known->persistent = 0;
        virDomainFree(list[i]);
    }
    free(list);
    return 0;
}

/* Reads the definition when there is none of this life. */
static int refresh_definition(struct known *known, virDomainPtr dom, int id, struct lv_pulse *pulse)
{
    struct lv_definition *definition;

    if (known->definition_id == id)
        return 0;
    lv_pulse_begin(pulse);
    char *xml = virDomainGetXMLDesc(dom, 0);
    int rc = xml ? 0 : -1;
    lv_pulse_end(pulse, was_answered(rc));
    if (!may_go_on(rc))
        return -1;
    /* Not asked again before something changes, readable or not. */
    known->definition_id = id;
    if (xml && lv_definition_parse(xml, strlen(xml), &definition, NULL) == 0) {
        lv_definition_unref(known->definition);
        known->definition = definition;
    }
    free(xml);
    return 0;
}

static int read_figures(struct lv_domain *domain, virDomainPtr dom, struct lv_pulse *pulse)
{
    virDomainInfo info;

    lv_pulse_begin(pulse);
    int rc = virDomainGetInfo(dom, &info);
    int64_t now = clock_mono_ns();
    lv_pulse_end(pulse, was_answered(rc));
    if (rc < 0)
        return may_go_on(rc) ? 0 : -1;
    domain->at_ns = now;
    domain->cpu_ns = info.cpuTime;
    domain->memory = (uint64_t)info.memory * 1024;
    domain->max_memory = (uint64_t)info.maxMem * 1024;
    return 0;
}

static int read_control(struct lv_round *round, struct lv_domain *domain, virDomainPtr dom,
                        struct lv_pulse *pulse)
{
    virDomainControlInfo info;

    lv_pulse_begin(pulse);
    int rc = virDomainGetControlInfo(dom, &info, 0);
    lv_pulse_end(pulse, was_answered(rc));
    if (rc < 0) {
        round->no_control = lv_is_unsupported(virGetLastError());
        return may_go_on(rc) ? 0 : -1;
    }
    domain->control_at_ns = clock_mono_ns();
    domain->occupied = info.state == VIR_DOMAIN_CONTROL_OCCUPIED;
    domain->occupied_ms = info.stateTime;
    return 0;
}

static bool is_watched(const struct lv_wish *wish, const char *uuid)
{
    for (size_t i = 0; i < wish->watch_count; i++)
        if (strcmp(wish->watch[i], uuid) == 0)
            return true;
    return false;
}

static int read_details(struct lv_round *round, struct lv_domain *domain, virDomainPtr dom,
                        const struct lv_wish *wish, struct lv_pulse *pulse)
{
    struct known *known = find_or_add(round, domain->uuid);

    known->seen = true;
    if (domain->state != VIR_DOMAIN_PAUSED || domain->reason != VIR_DOMAIN_PAUSED_IOERROR)
        known->trouble = NULL;
    domain->trouble = known->trouble;
    bool active = domain->id >= 0;
    if (active && wish->figures && read_figures(domain, dom, pulse) < 0)
        return -1;
    if (active && !round->no_control && is_watched(wish, domain->uuid) &&
        read_control(round, domain, dom, pulse) < 0)
        return -1;
    if (!wish->only_new && refresh_definition(known, dom, domain->id, pulse) < 0)
        return -1;
    domain->definition = lv_definition_ref(known->definition);
    return 0;
}

static void sweep(struct lv_round *round)
{
    struct known *known, *next;

    HASH_ITER(hh, round->known, known, next)
    {
        if (!known->seen)
            forget(round, known);
        else
            known->seen = false;
    }
}

static int list(struct lv_round *round, virConnectPtr conn, const struct lv_wish *wish,
                struct lv_pulse *pulse, virDomainPtr **ret_doms, struct lv_snapshot **ret)
{
    if (!round->no_bulk) {
        if (list_bulk(conn, wish->figures, pulse, ret_doms, ret) == 0)
            return 0;
        if (!lv_is_unsupported(virGetLastError()))
            return -1;
        round->no_bulk = true;
    }
    return list_each(conn, pulse, ret_doms, ret);
}

int lv_round_run(struct lv_round *round, virConnectPtr conn, const struct lv_wish *wish,
                 struct lv_pulse *pulse, struct lv_snapshot **ret, virErrorPtr *ret_why)
{
    struct lv_snapshot *snapshot = NULL;
    virDomainPtr *doms = NULL;

    int rc = list(round, conn, wish, pulse, &doms, &snapshot);
    for (size_t i = 0; rc == 0 && i < snapshot->count; i++)
        rc = read_details(round, &snapshot->domains[i], doms[i], wish, pulse);
    if (rc == 0)
        sweep(round);
    if (rc == 0 && wish->lists) {
        rc = mark_list(round, conn, VIR_CONNECT_LIST_DOMAINS_AUTOSTART, pulse);
        if (rc == 0)
            rc = mark_list(round, conn, VIR_CONNECT_LIST_DOMAINS_TRANSIENT, pulse);
    }
    /* Freeing them changes the last error. */
    virErrorPtr kept = rc < 0 ? virSaveLastError() : NULL;
    for (size_t i = 0; snapshot && i < snapshot->count; i++) {
        struct known *known = find(round, snapshot->domains[i].uuid);
        if (known) {
            snapshot->domains[i].autostart = known->autostart;
            snapshot->domains[i].persistent = known->persistent;
        }
        virDomainFree(doms[i]);
    }
    free(doms);
    if (rc < 0) {
        lv_snapshot_free(snapshot);
        *ret_why = kept;
        return -1;
    }
    snapshot->complete = !wish->only_new;
    *ret = snapshot;
    return 0;
}
