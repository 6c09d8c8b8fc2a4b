#include "backend/libvirt/round.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "backend/libvirt/list.h"
#include "backend/libvirt/words.h"
#include "base/alloc.h"
#include "base/clock.h"

#define OLD_NS (600 * NS_PER_S) /* what no event tells of: what libvirt says of a tainted guest */
#define NO_ID (-2)              /* the definition was not read for any life yet */

struct known {
    char uuid[VIR_UUID_STRING_BUFLEN];
    struct lv_definition *definition;
    int64_t read_ns;   /* CLOCK_MONOTONIC, when its definition was */
    int definition_id; /* the domain's id when it was read: another life, another tap */
    int autostart, persistent;
    struct lv_io_error io_error; /* as an event said; of no meaning unless it is paused by one */
    bool io_error_fresh;         /* no round has been since */
    bool seen;
    UT_hash_handle hh;
};

struct lv_round {
    struct known *known;
    bool no_bulk;     /* the driver has no bulk statistics */
    bool no_control;  /* nor control information */
    bool no_messages; /* nor an opinion of its domains */
    bool read_again;  /* this round has read one that was only old */
};

struct lv_round *lv_round_new(void)
{
    return xcalloc(1, sizeof(struct lv_round));
}

static void forget(struct lv_round *round, struct known *known)
{
    HASH_DEL(round->known, known);
    lv_definition_unref(known->definition);
#ifndef __clang_analyzer__ /* it does not follow uthash's links and sees a use after this */
    free(known);
#endif
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

void lv_round_io_error(struct lv_round *round, const char *uuid, const struct lv_io_error *error)
{
    struct known *known = find(round, uuid);
    if (!known)
        return;
    known->io_error = *error;
    known->io_error_fresh = true;
}

/* What an event said of the last error says nothing of the next one; but the event may come before
 * the state that it speaks of. */
static void take_io_error(struct known *known, struct lv_domain *domain)
{
    if (domain->state == VIR_DOMAIN_PAUSED && domain->reason == VIR_DOMAIN_PAUSED_IOERROR)
        domain->io_error = known->io_error;
    else if (!known->io_error_fresh)
        known->io_error = (struct lv_io_error){0};
    known->io_error_fresh = false;
}

/* Which of the known domains are in the list that FLAG selects: 1, the others 0. */
static int mark_list(struct lv_round *round, virConnectPtr conn, unsigned flag,
                     struct lv_pulse *pulse)
{
    virDomainPtr *list = NULL;
    struct known *known, *next;
    char uuid[VIR_UUID_STRING_BUFLEN];
    bool autostart = flag == VIR_CONNECT_LIST_DOMAINS_AUTOSTART;

    lv_pulse_begin(pulse, "virConnectListAllDomains", NULL);
    int count = virConnectListAllDomains(conn, &list, flag);
    lv_pulse_end(pulse, lv_answered(count));
    if (count < 0)
        return lv_answered(count) ? 0 : -1;
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

/* What libvirt thinks of the domain: out of its own memory, no monitor is asked. */
static int read_messages(struct lv_round *round, struct lv_definition *definition, virDomainPtr dom,
                         struct lv_pulse *pulse)
{
    char **messages = NULL;

    if (round->no_messages)
        return 0;
    lv_pulse_begin(pulse, "virDomainGetMessages", virDomainGetName(dom));
    int count = virDomainGetMessages(dom, &messages, 0);
    lv_pulse_end(pulse, lv_answered(count));
    if (count < 0) {
        round->no_messages = lv_is_unsupported(virGetLastError());
        return lv_answered(count) ? 0 : -1;
    }
    isolation_begin_list(&definition->isolation, ISOLATION_FACT_MESSAGES);
    for (int i = 0; i < count; i++) {
        isolation_add(&definition->isolation, ISOLATION_FACT_MESSAGES, messages[i]);
        free(messages[i]);
    }
    free(messages);
    return 0;
}

/* Old ones one a round. */
static bool is_current(struct lv_round *round, const struct known *known, int id, int64_t now_ns)
{
    if (known->definition_id != id)
        return false;
    if (id < 0 || round->read_again || now_ns - known->read_ns < OLD_NS)
        return true;
    round->read_again = true;
    return false;
}

/* Reads the definition when there is none of this life. */
static int refresh_definition(struct lv_round *round, struct known *known, virDomainPtr dom, int id,
                              struct lv_pulse *pulse)
{
    struct lv_definition *definition;

    int64_t now = clock_mono_ns();
    if (is_current(round, known, id, now))
        return 0;
    lv_pulse_begin(pulse, "virDomainGetXMLDesc", virDomainGetName(dom));
    char *xml = virDomainGetXMLDesc(dom, 0);
    int rc = xml ? 0 : -1;
    lv_pulse_end(pulse, lv_answered(rc));
    if (!lv_answered(rc))
        return -1;
    /* Not asked again before something changes, readable or not. */
    known->definition_id = id;
    known->read_ns = now;
    if (xml && lv_definition_parse(xml, strlen(xml), &definition, NULL) == 0) {
        lv_definition_unref(known->definition);
        known->definition = definition;
        rc = id >= 0 ? read_messages(round, definition, dom, pulse) : 0;
    } else {
        rc = 0;
    }
    free(xml);
    return rc;
}

static int read_figures(struct lv_domain *domain, virDomainPtr dom, struct lv_pulse *pulse)
{
    virDomainInfo info;

    lv_pulse_begin(pulse, "virDomainGetInfo", domain->name);
    int rc = virDomainGetInfo(dom, &info);
    int64_t now = clock_mono_ns();
    lv_pulse_end(pulse, lv_answered(rc));
    if (rc < 0)
        return lv_answered(rc) ? 0 : -1;
    domain->at_ns = now;
    domain->cpu_ns = info.cpuTime;
    domain->vcpus = info.nrVirtCpu;
    domain->memory = (uint64_t)info.memory * 1024;
    domain->max_memory = (uint64_t)info.maxMem * 1024;
    return 0;
}

static int read_control(struct lv_round *round, struct lv_domain *domain, virDomainPtr dom,
                        struct lv_pulse *pulse)
{
    virDomainControlInfo info;

    lv_pulse_begin(pulse, "virDomainGetControlInfo", domain->name);
    int rc = virDomainGetControlInfo(dom, &info, 0);
    lv_pulse_end(pulse, lv_answered(rc));
    if (rc < 0) {
        round->no_control = lv_is_unsupported(virGetLastError());
        return lv_answered(rc) ? 0 : -1;
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
    take_io_error(known, domain);
    bool active = domain->id >= 0;
    if (active && wish->figures && read_figures(domain, dom, pulse) < 0)
        return -1;
    if (active && !round->no_control && is_watched(wish, domain->uuid) &&
        read_control(round, domain, dom, pulse) < 0)
        return -1;
    if (!wish->only_new && refresh_definition(round, known, dom, domain->id, pulse) < 0)
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
        if (lv_list_bulk(conn, wish->figures, pulse, ret_doms, ret) == 0)
            return 0;
        if (!lv_is_unsupported(virGetLastError()))
            return -1;
        round->no_bulk = true;
    }
    return lv_list_each(conn, pulse, ret_doms, ret);
}

int lv_round_run(struct lv_round *round, virConnectPtr conn, const struct lv_wish *wish,
                 struct lv_pulse *pulse, struct lv_snapshot **ret, virErrorPtr *ret_why)
{
    struct lv_snapshot *snapshot = NULL;
    virDomainPtr *doms = NULL;

    round->read_again = false;
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
    if (rc < 0 || !snapshot) {
        lv_snapshot_free(snapshot);
        *ret_why = kept;
        return -1;
    }
    snapshot->complete = !wish->only_new;
    *ret = snapshot;
    return 0;
}
