#include "backend/libvirt/row.h"

#include <stdio.h>

#include "backend/libvirt/balloons.h"
#include "backend/libvirt/words.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define CONTROL_NS (10 * NS_PER_S) /* older news of a monitor is no news */
#define OCCUPIED_MS 2000           /* a command may take that long */
#define YOUNG_MS 3000              /* no guest has its agent up so soon */

void lv_row_find(struct lv_guest *guest, struct lv_local *local)
{
    if (!local || guest->qemu || !lv_guest_is_active(guest) || lv_guest_is_starting(guest))
        return;
    guest->qemu = lv_local_find(local, guest->domain.name, guest->uuid, guest->domain.definition);
    /* A daemon that was started anew counts its ids from 1: the same id, another QEMU. */
    if (guest->qemu && guest->ended)
        lv_guest_reborn(guest);
    if (!guest->qemu)
        return;
    guest->last_pid = qemu_identity(guest->qemu)->pid;
    guest->young = proc_age_ms(qemu_identity(guest->qemu), proc_boottime_ns()) < YOUNG_MS;
}

static void add_boot(struct lv_guest *guest, int64_t at_ns)
{
    if (!guest->ready_ns)
        return;
    sample_set(&guest->sample, FIELD_BOOT, (uint64_t)guest->boot_ms);
    sample_set(&guest->sample, FIELD_READY,
               at_ns > guest->ready_ns ? (uint64_t)((at_ns - guest->ready_ns) / NS_PER_MS) : 0);
}

bool lv_row_read_local(struct lv_guest *guest, int64_t at_ns)
{
    if (!guest->qemu)
        return false;
    guest->health = qemu_read(guest->qemu, at_ns, &guest->sample);
    if (guest->health == QEMU_ENDED) {
        qemu_free(guest->qemu);
        guest->qemu = NULL;
        guest->ended = true;
        return true;
    }
    if (guest->health != QEMU_STOPPED) {
        lv_balloons_figures(guest, at_ns);
        add_boot(guest, at_ns);
    }
    return false;
}

static void sum_links(struct lv_guest *guest)
{
    static const enum field fields[] = {FIELD_NET_RX,         FIELD_NET_TX,
                                        FIELD_NET_RX_PACKETS, FIELD_NET_TX_PACKETS,
                                        FIELD_NET_ERRORS,     FIELD_NET_DROPS};

    if (!guest->domain.nic_count)
        return;
    if (!guest->net || guest->net_id != guest->domain.id) {
        devsum_free(guest->net);
        guest->net = devsum_new();
        guest->net_id = guest->domain.id;
    }
    devsum_begin(guest->net);
    for (size_t i = 0; i < guest->domain.nic_count; i++)
        devsum_add(guest->net, guest->domain.nics[i].key, guest->domain.nics[i].counters);
    const uint64_t *totals = devsum_end(guest->net);
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        sample_set(&guest->sample, fields[i], totals[i]);
}

bool lv_row_read_remote(struct lv_guest *guest)
{
    const struct lv_domain *domain = &guest->domain;
    const struct lv_definition *definition = domain->definition;

    if (!lv_guest_is_active(guest) || domain->at_ns <= guest->sample.at_ns)
        return false;
    guest->sample = (struct sample){.at_ns = domain->at_ns};
    sample_set(&guest->sample, FIELD_CPU, domain->cpu_ns);
    if (definition && definition->kind == KIND_CONTAINER) {
        sample_set(&guest->sample, FIELD_MEM_HOST, domain->memory);
        sample_set(&guest->sample, FIELD_MEM_LIMIT, domain->max_memory);
    } else {
        lv_balloons_figures(guest, domain->at_ns);
        sample_set(&guest->sample, FIELD_MEM_LIMIT, domain->memory);
    }
    sum_links(guest);
    return true;
}

/* How long its monitor has not answered, in seconds; 0: it does. */
static int64_t silent_s(const struct lv_guest *guest, int64_t now_ns)
{
    const struct lv_domain *domain = &guest->domain;

    if (domain->control_at_ns && now_ns - domain->control_at_ns < CONTROL_NS && domain->occupied &&
        domain->occupied_ms > OCCUPIED_MS)
        return domain->occupied_ms / 1000 + (now_ns - domain->control_at_ns) / NS_PER_S;
    return guest->hung_ns ? (now_ns - guest->hung_ns) / NS_PER_S + OCCUPIED_MS / 1000 : 0;
}

void lv_row_blame(struct lv_guest *guest, int64_t now_ns)
{
    int64_t silent = lv_guest_is_active(guest) ? silent_s(guest, now_ns) : 0;

    guest->blame[0] = '\0';
    const char *blame = guest->qemu ? qemu_blame(guest->health) : NULL;
    if (blame)
        snprintf(guest->blame, sizeof(guest->blame), "%s", blame);
    else if (silent > 0)
        snprintf(guest->blame, sizeof(guest->blame), "monitor silent %lld s", (long long)silent);
}

/* Why a machine that is off has crashed, better than libvirt's own reason; NULL: nothing is. */
static const char *crash_reason(const struct lv_guest *guest, const struct oom_log *oom_log)
{
    if (guest->panicked)
        return "kernel panic";
    if (oom_log_has(oom_log, guest->last_pid))
        return "QEMU was killed for want of memory";
    /* libvirt ends a QEMU for its system's panic and gives the same reason. */
    if (guest->domain.definition && guest->domain.definition->panics)
        return "kernel panic, or QEMU was killed or crashed";
    return NULL;
}

void lv_row_say(const struct lv_guest *guest, const struct oom_log *oom_log, bool usable,
                struct sink *sink)
{
    static const struct sample none;
    const struct sample *sample = &guest->sample;
    const char *reason;
    enum guest_state state = lv_state(guest->domain.state, guest->domain.reason, &reason);

    char words[LV_DISK_MAX + 32];
    struct lv_io_error io_error;
    if (lv_guest_io_error(guest, &io_error)) {
        snprintf(words, sizeof(words), "%s%s%s", io_error.no_space ? "no space left" : "I/O error",
                 io_error.disk[0] ? " on " : "", io_error.disk);
        reason = words;
    }
    const char *crash =
        state == STATE_CRASHED && !lv_guest_is_active(guest) ? crash_reason(guest, oom_log) : NULL;
    if (crash)
        reason = crash;
    /* The kernel knows better than a daemon that is gone. */
    if (guest->ended && !usable) {
        state = STATE_OFF;
        reason = "its QEMU ended";
        sample = &none;
    }
    sink_row(sink, guest->handle, state, reason, guest->blame[0] ? guest->blame : NULL, sample);
}
