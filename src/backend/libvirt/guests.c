#include "backend/libvirt/guests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

static void move_domain(struct lv_domain *dst, struct lv_domain *src)
{
    *dst = *src;
    src->name = NULL;
    src->nics = NULL;
    src->definition = NULL;
}

static void clear_domain(struct lv_domain *domain)
{
    free(domain->name);
    free(domain->nics);
    lv_definition_unref(domain->definition);
    *domain = (struct lv_domain){0};
}

static void remove_guest(struct lv_guests *guests, struct lv_guest *guest)
{
    HASH_DELETE(by_uuid, guests->by_uuid, guest);
#ifndef __clang_analyzer__ /* it does not follow uthash's links */
    HASH_DELETE(by_handle, guests->by_handle, guest);
#endif
    clear_domain(&guest->domain);
    facts_clear(&guest->told);
    qemu_free(guest->qemu);
    devsum_free(guest->net);
    parts_clear(&guest->disks);
#ifndef __clang_analyzer__ /* and sees a use after this */
    free(guest);
#endif
}

void lv_guests_clear(struct lv_guests *guests)
{
    struct lv_guest *guest, *next;

    HASH_ITER(by_uuid, guests->by_uuid, guest, next)
    {
        remove_guest(guests, guest);
    }
}

struct lv_guest *lv_guests_find(struct lv_guests *guests, const char *uuid)
{
    struct lv_guest *guest;
    HASH_FIND(by_uuid, guests->by_uuid, uuid, strlen(uuid), guest);
    return guest;
}

struct lv_guest *lv_guests_find_handle(struct lv_guests *guests, uint32_t handle)
{
    struct lv_guest *guest;
    HASH_FIND(by_handle, guests->by_handle, &handle, sizeof(handle), guest);
    return guest;
}

static struct lv_guest *add_guest(struct lv_guests *guests, const char *uuid)
{
    struct lv_guest *guest = xcalloc(1, sizeof(*guest));

    memcpy(guest->uuid, uuid, sizeof(guest->uuid));
    guest->handle = ++guests->last_handle;
    guest->domain.id = -1;
    guest->net_id = -1;
    HASH_ADD(by_uuid, guests->by_uuid, uuid, strlen(guest->uuid), guest);
    HASH_ADD(by_handle, guests->by_handle, handle, sizeof(guest->handle), guest);
    return guest;
}

bool lv_guest_is_active(const struct lv_guest *guest)
{
    return guest->domain.id >= 0;
}

void lv_guest_reborn(struct lv_guest *guest)
{
    guest->health = QEMU_RUNS;
    guest->isolation = (struct isolation_turn){0};
    guest->ended = guest->young = false;
    guest->ready_ns = guest->boot_ms = 0;
    guest->sample = (struct sample){0};
    guest->balloon = (struct lv_balloon){0};
    guest->balloon_due_ns = 0;
    parts_clear(&guest->disks);
    guest->parts_due_ns = 0;
    guest->times = (struct lv_times){0};
    guest->hung_ns = 0;
    guest->blame[0] = '\0';
}

bool lv_guest_has_io_error(const struct lv_guest *guest)
{
    return guest->domain.state == VIR_DOMAIN_PAUSED &&
           guest->domain.reason == VIR_DOMAIN_PAUSED_IOERROR;
}

bool lv_guest_io_error(const struct lv_guest *guest, struct lv_io_error *ret)
{
    const struct lv_io_error *error =
        guest->domain.io_error.known ? &guest->domain.io_error : &guest->io_error;

    if (!lv_guest_has_io_error(guest) || !error->known)
        return false;
    *ret = *error;
    const char *target = lv_definition_disk(guest->domain.definition, error->disk);
    if (target)
        snprintf(ret->disk, sizeof(ret->disk), "%s", target);
    return true;
}

/* Figures that this round did not ask for stay as they were. */
static void keep_figures(struct lv_domain *now, struct lv_domain *before)
{
    if (now->at_ns == 0) {
        now->at_ns = before->at_ns;
        now->cpu_ns = before->cpu_ns;
        now->memory = before->memory;
        now->max_memory = before->max_memory;
        free(now->nics);
        now->nics = move_ptr(&before->nics);
        now->nic_count = before->nic_count;
    }
    if (now->control_at_ns == 0) {
        now->control_at_ns = before->control_at_ns;
        now->occupied = before->occupied;
        now->occupied_ms = before->occupied_ms;
    }
}

static bool update(struct lv_guest *guest, struct lv_domain *fresh)
{
    struct lv_domain *old = &guest->domain;
    bool another_life = old->id != fresh->id;
    bool changed = another_life || old->state != fresh->state || old->reason != fresh->reason;

    if (another_life) {
        qemu_free(guest->qemu);
        guest->qemu = NULL;
        guest->panicked &= fresh->id < 0;
        lv_guest_reborn(guest);
    } else {
        keep_figures(fresh, old);
    }
    if (!fresh->definition)
        fresh->definition = lv_definition_ref(old->definition);
    if (guest->qemu && fresh->definition != old->definition)
        lv_local_wire(guest->qemu, fresh->definition);
    guest->here = true;
    clear_domain(old);
    move_domain(old, fresh);
    if (!lv_guest_has_io_error(guest)) {
        guest->io_error = (struct lv_io_error){0};
        guest->io_error_due_ns = 0;
    }
    return changed;
}

bool lv_guests_merge(struct lv_guests *guests, struct lv_snapshot *snapshot, struct sink *sink)
{
    struct lv_guest *guest, *next;
    bool changed = false;

    HASH_ITER(by_uuid, guests->by_uuid, guest, next)
    {
        guest->here = false;
    }
    for (size_t i = 0; i < snapshot->count; i++) {
        struct lv_domain *domain = &snapshot->domains[i];
        guest = lv_guests_find(guests, domain->uuid);
        if (!guest) {
            guest = add_guest(guests, domain->uuid);
            changed = true;
        }
        changed |= update(guest, domain);
    }
    HASH_ITER(by_uuid, guests->by_uuid, guest, next)
    {
        if (guest->here)
            continue;
        if (guest->was_told)
            sink_gone(sink, guest->handle);
        remove_guest(guests, guest);
        changed = true;
    }
    return changed;
}

static uint32_t abilities(const struct lv_uri *uri, enum guest_kind kind, int persistent)
{
    uint32_t can = ACTION_BIT(ACTION_START) | ACTION_BIT(ACTION_SHUTDOWN) |
                   ACTION_BIT(ACTION_REBOOT) | ACTION_BIT(ACTION_FORCE_OFF) |
                   ACTION_BIT(ACTION_PAUSE) | ACTION_BIT(ACTION_RESUME);

    /* libvirt's container and test drivers have no reset button. */
    if (kind == KIND_MACHINE && !uri->test)
        can |= ACTION_BIT(ACTION_RESET);
    if (persistent != 0)
        can |= ACTION_BIT(ACTION_AUTOSTART_ON) | ACTION_BIT(ACTION_AUTOSTART_OFF);
    return can;
}

static void find_addresses(const struct lv_definition *definition,
                           const struct neighbours *neighbours, struct facts *facts)
{
    size_t count = 0;

    for (size_t i = 0; definition && i < definition->nic_count; i++) {
        uint8_t mac[ADDRESS_MAC_LEN];
        if (definition->nics[i].mac && count < FACTS_ADDRESSES_MAX &&
            address_parse_mac(definition->nics[i].mac, mac) == 0)
            count += neighbours_find(neighbours, mac, facts->addresses + count,
                                     FACTS_ADDRESSES_MAX - count);
    }
}

/* No event tells of CPUs that are plugged, and libvirt itself may miss that one went. */
static uint32_t vcpus_of(const struct lv_guest *guest, const struct lv_definition *definition)
{
    uint32_t threads = guest->qemu ? qemu_vcpus(guest->qemu) : 0;

    return threads ? threads : guest->domain.vcpus ? guest->domain.vcpus : definition->vcpus;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool facts_same(const struct facts *a, const struct facts *b)
{
    for (size_t i = 0; i < FACTS_ADDRESSES_MAX; i++)
        if (!same(a->addresses[i], b->addresses[i]))
            return false;
    return same(a->life, b->life) && same(a->name, b->name) && same(a->title, b->title) &&
           same(a->type, b->type) && same(a->manager, b->manager) && a->kind == b->kind &&
           a->can == b->can && a->autostart == b->autostart && a->persistent == b->persistent &&
           a->vcpus == b->vcpus && a->memory == b->memory &&
           same(a->io_error_disk, b->io_error_disk) &&
           a->io_error_no_space == b->io_error_no_space && facts_disks_same(a, b);
}

bool lv_guest_is_starting(const struct lv_guest *guest)
{
    return guest->domain.state == VIR_DOMAIN_PAUSED &&
           guest->domain.reason == VIR_DOMAIN_PAUSED_STARTING_UP;
}

static char *life_of(const struct lv_guest *guest)
{
    if (!lv_guest_is_active(guest) || lv_guest_is_starting(guest) || guest->ended)
        return xstrdup("");
    return guest->qemu ? xstrdup(qemu_life(guest->qemu)) : xasprintf("%d", guest->domain.id);
}

/* Where its disks lie, as far as that is on this host. */
static void find_disks(const struct lv_guests *guests, const struct lv_definition *definition,
                       struct facts *facts)
{
    for (size_t i = 0; i < definition->disk_count && i < FACTS_DISKS_MAX; i++) {
        const struct lv_disk *disk = &definition->disks[i];
        const char *directory = disk->pool ? lv_pools_directory(guests->pools, disk->pool) : NULL;

        facts->disks[i].target = xstrdup(disk->target);
        facts->disks[i].pool = xstrdup(disk->pool);
        if (!guests->uri->here)
            continue;
        if (disk->source)
            facts->disks[i].source = xstrdup(disk->source);
        else if (directory && disk->volume)
            facts->disks[i].source = xasprintf("%s/%s", directory, disk->volume);
    }
}

void lv_guest_tell(struct lv_guest *guest, const struct lv_guests *guests,
                   const struct neighbours *neighbours, struct sink *sink)
{
    const struct lv_definition *definition = guest->domain.definition;
    struct facts facts = {
        .handle = guest->handle,
        .key = xstrdup(guest->uuid),
        .life = life_of(guest),
        .name = xstrdup(guest->domain.name),
        .kind = definition                ? definition->kind
                : guests->uri->containers ? KIND_CONTAINER
                                          : KIND_MACHINE,
        .autostart = guest->domain.autostart,
        .persistent = guest->domain.persistent,
    };

    if (definition) {
        facts.title = xstrdup(definition->title);
        facts.type = xstrdup(definition->type);
        facts.manager = xstrdup(definition->manager);
        facts.vcpus = vcpus_of(guest, definition);
        facts.memory = definition->memory;
        find_disks(guests, definition, &facts);
    }
    struct lv_io_error io_error;
    if (lv_guest_io_error(guest, &io_error)) {
        facts.io_error_disk = io_error.disk[0] ? xstrdup(io_error.disk) : NULL;
        facts.io_error_no_space = io_error.no_space;
    }
    facts.can = abilities(guests->uri, facts.kind, facts.persistent);
    if (lv_guest_is_active(guest) && neighbours) {
        find_addresses(definition, neighbours, &facts);
    } else if (lv_guest_is_active(guest) && !neighbours) {
        for (size_t i = 0; i < FACTS_ADDRESSES_MAX; i++)
            facts.addresses[i] = xstrdup(guest->told.addresses[i]);
    }
    if (guest->was_told && facts_same(&guest->told, &facts)) {
        facts_clear(&facts);
        return;
    }
    sink_facts(sink, &facts);
    facts_clear(&guest->told);
    guest->told = facts;
    guest->was_told = true;
}
