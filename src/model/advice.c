#include "model/advice.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"

#define WATCHED_NS (10 * 60 * NS_PER_S)
#define WATCHED_LEAST_S 300.0 /* of them, before anything is said of what is usual */

#define NEAR_LIMIT_PERCENT 80.0
#define WAIT_PERCENT 10.0
#define IDLE_PERCENT 2.0
#define OVERHEAD_BYTES (256.0 * 1024 * 1024)

/* Whom and when it is asked about. */
struct asked {
    const struct world *world;
    const struct guest *guest;
    const struct history *history; /* NULL: none */
    int64_t now_ns;
};

static bool metric_of(const struct asked *asked, enum metric metric, double *ret)
{
    return guest_metric(asked->guest, metric, asked->now_ns, ret);
}

/* Over the last minutes; NAN when it was not watched for long enough. */
static double usual(const struct asked *asked, enum metric metric)
{
    struct history_slice slice = {0};

    if (asked->history)
        history_slices(asked->history, metric, asked->now_ns - WATCHED_NS, asked->now_ns, &slice,
                       1);
    return slice.known_s >= WATCHED_LEAST_S ? (double)slice.average : NAN;
}

/* Killed for want of memory, with its limit near. */
static bool small_limit(const struct asked *asked, struct advice *ret)
{
    double kills, percent, limit;
    char bytes[UNITS_MAX];

    if (!metric_of(asked, METRIC_OOM_KILLS, &kills) || kills < 1 ||
        !metric_of(asked, METRIC_MEM_PERCENT, &percent) || percent < NEAR_LIMIT_PERCENT ||
        !metric_of(asked, METRIC_MEM_LIMIT, &limit))
        return false;
    units_bytes(bytes, limit);
    snprintf(ret->text, sizeof(ret->text),
             "give it more memory: %.0f OOM kill%s, and %.0f %% of %s in use", kills,
             kills > 1 ? "s" : "", percent, bytes);
    snprintf(ret->brief, sizeof(ret->brief), "more memory: %.0f OOM kill%s, %.0f %% of %s in use",
             kills, kills > 1 ? "s" : "", percent, bytes);
    return true;
}

/* Virtual CPUs of what runs, of which each may want a CPU at once. */
static unsigned vcpus_running(const struct world *world)
{
    unsigned sum = 0;

    for (size_t i = 0; i < world_guest_count(world); i++) {
        const struct guest *guest = world_guest_at(world, i);

        if (guest->facts.kind == KIND_MACHINE && guest->state == STATE_RUNNING)
            sum += guest->facts.vcpus;
    }
    return sum;
}

static bool overcommitted(const struct asked *asked, struct advice *ret)
{
    double wait = usual(asked, METRIC_CPU_WAIT);
    int cpus = world_host_get(asked->world)->figures.cpus;

    if (isnan(wait) || wait < WAIT_PERCENT || cpus <= 0)
        return false;
    unsigned vcpus = vcpus_running(asked->world);
    if (vcpus <= (unsigned)cpus)
        return false;
    snprintf(ret->text, sizeof(ret->text),
             "move it, or take vCPUs away: it waits %.0f %% for a CPU, and %u vCPUs share %d CPUs",
             wait, vcpus, cpus);
    snprintf(ret->brief, sizeof(ret->brief),
             "move it or fewer vCPUs: it waits %.0f %%, %u share %d CPUs", wait, vcpus, cpus);
    return true;
}

static bool privileged(const struct asked *asked, struct advice *ret)
{
    const struct isolation *isolation = asked->guest->isolation;

    if (asked->guest->facts.kind != KIND_CONTAINER || !isolation)
        return false;
    for (size_t i = 0; i < isolation->findings; i++) {
        if (isolation->finding[i].key != ISOLATION_PRIVILEGED_FOUND)
            continue;
        snprintf(
            ret->text, sizeof(ret->text),
            "for others' code make it unprivileged, or a machine: its root is the host's root");
        snprintf(ret->brief, sizeof(ret->brief),
                 "make it unprivileged: its root is the host's root");
        return true;
    }
    return false;
}

/* We do not know what runs in a machine: it is for the operator to know whether it is Linux. */
static bool idle_machine(const struct asked *asked, struct advice *ret)
{
    double cpu, overhead;
    char bytes[UNITS_MAX];

    if (asked->guest->facts.kind != KIND_MACHINE ||
        !metric_of(asked, METRIC_MEM_OVERHEAD, &overhead) || overhead < OVERHEAD_BYTES)
        return false;
    cpu = usual(asked, METRIC_CPU);
    if (isnan(cpu) || cpu > IDLE_PERCENT)
        return false;
    units_bytes(bytes, overhead);
    snprintf(ret->text, sizeof(ret->text),
             "if it runs Linux, a container would do: %.1f %% CPU, and %s only to be a machine",
             cpu, bytes);
    snprintf(ret->brief, sizeof(ret->brief), "if Linux, a container: %.1f %% CPU, %s of overhead",
             cpu, bytes);
    return true;
}

/* Models of disks and network cards that QEMU has to play register by register. */
static bool is_emulated(const char *model)
{
    static const char *const beginnings[] = {"ide",   "sata", "e1000", "rtl8139", "pcnet",
                                             "ne2k_", "i825", "tulip", "vmxnet3", "usb-net"};

    for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
        if (strncmp(model, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

/* Xen's machines have no virtio: only what QEMU runs, by KVM or alone, tells its acceleration. */
static bool emulated_devices(const struct asked *asked, struct advice *ret)
{
    const struct isolation *isolation = asked->guest->isolation;
    const struct isolation_value *models =
        isolation && isolation->facts.at[ISOLATION_FACT_ACCEL].known
            ? &isolation->facts.at[ISOLATION_FACT_MODELS]
            : NULL;
    const char *first = NULL;
    char names[48] = "";
    size_t len = 0;

    for (size_t i = 0; models && i < models->count && len < sizeof(names) / 2; i++)
        if (is_emulated(models->text[i])) {
            first = first ? first : models->text[i];
            len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%.20s", len ? ", " : "",
                                    models->text[i]);
        }
    if (!first)
        return false;
    snprintf(ret->text, sizeof(ret->text),
             "use virtio if it has the drivers: it is quicker than an emulated %s", names);
    snprintf(ret->brief, sizeof(ret->brief), "virtio is quicker than an emulated %.18s", first);
    return true;
}

bool advice_of(const struct world *world, const struct guest *guest, const struct history *history,
               int64_t now_ns, struct advice *ret)
{
    /* The weightiest first. */
    static bool (*const pieces[])(const struct asked *, struct advice *) = {
        small_limit, overcommitted, privileged, emulated_devices, idle_machine};
    struct asked asked = {world, guest, history, now_ns};

    for (size_t i = 0; i < ARRAY_SIZE(pieces) && guest->state == STATE_RUNNING; i++)
        if (pieces[i](&asked, ret))
            return true;
    return false;
}
