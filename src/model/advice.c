#include "model/advice.h"

#include <math.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/clock.h"

#define WATCHED_NS (10 * 60 * NS_PER_S)
#define WATCHED_LEAST_S 300.0 /* of them, before anything is said of what is usual */

#define NEAR_LIMIT_PERCENT 80.0
#define WAIT_PERCENT 10.0
#define IDLE_PERCENT 2.0
#define OVERHEAD_BYTES (256.0 * 1024 * 1024)

/* Over the last minutes; NAN when it was not watched for long enough. */
static double usual(const struct guest *guest, enum metric metric, int64_t now_ns)
{
    struct history_slice slice;

    history_slices(guest->history, metric, now_ns - WATCHED_NS, now_ns, &slice, 1);
    return slice.known_s >= WATCHED_LEAST_S ? (double)slice.average : NAN;
}

/* Killed for want of memory, with its limit near. */
static bool small_limit(const struct world *world, const struct guest *guest, int64_t now_ns,
                        char *dst, size_t size)
{
    double kills, percent, limit;
    char bytes[UNITS_MAX];

    (void)world;
    if (!guest_metric(guest, METRIC_OOM_KILLS, now_ns, &kills) || kills < 1 ||
        !guest_metric(guest, METRIC_MEM_PERCENT, now_ns, &percent) ||
        percent < NEAR_LIMIT_PERCENT || !guest_metric(guest, METRIC_MEM_LIMIT, now_ns, &limit))
        return false;
    units_bytes(bytes, limit);
    snprintf(dst, size, "give it more memory: %.0f OOM kill%s, and %.0f %% of %s in use", kills,
             kills > 1 ? "s" : "", percent, bytes);
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

static bool overcommitted(const struct world *world, const struct guest *guest, int64_t now_ns,
                          char *dst, size_t size)
{
    double wait = usual(guest, METRIC_CPU_WAIT, now_ns);
    int cpus = world_host_get(world)->figures.cpus;

    if (isnan(wait) || wait < WAIT_PERCENT || cpus <= 0)
        return false;
    unsigned vcpus = vcpus_running(world);
    if (vcpus <= (unsigned)cpus)
        return false;
    snprintf(dst, size,
             "move it, or take vCPUs away: it waits %.0f %% for a CPU, and %u vCPUs share %d CPUs",
             wait, vcpus, cpus);
    return true;
}

static bool privileged(const struct world *world, const struct guest *guest, int64_t now_ns,
                       char *dst, size_t size)
{
    const struct isolation *isolation = guest->isolation;

    (void)world;
    (void)now_ns;
    if (guest->facts.kind != KIND_CONTAINER || !isolation)
        return false;
    for (size_t i = 0; i < isolation->findings; i++) {
        if (isolation->finding[i].key != ISOLATION_PRIVILEGED_FOUND)
            continue;
        snprintf(
            dst, size,
            "for others' code make it unprivileged, or a machine: its root is the host's root");
        return true;
    }
    return false;
}

/* We do not know what runs in a machine: it is for the operator to know whether it is Linux. */
static bool idle_machine(const struct world *world, const struct guest *guest, int64_t now_ns,
                         char *dst, size_t size)
{
    double cpu, overhead;
    char bytes[UNITS_MAX];

    (void)world;
    if (guest->facts.kind != KIND_MACHINE ||
        !guest_metric(guest, METRIC_MEM_OVERHEAD, now_ns, &overhead) || overhead < OVERHEAD_BYTES)
        return false;
    cpu = usual(guest, METRIC_CPU, now_ns);
    if (isnan(cpu) || cpu > IDLE_PERCENT)
        return false;
    units_bytes(bytes, overhead);
    snprintf(dst, size,
             "if it runs Linux, a container would do: %.1f %% CPU, and %s only to be a machine",
             cpu, bytes);
    return true;
}

bool advice_of(const struct world *world, const struct guest *guest, int64_t now_ns, char *dst,
               size_t size)
{
    /* The weightiest first. */
    static bool (*const pieces[])(const struct world *, const struct guest *, int64_t, char *,
                                  size_t) = {small_limit, overcommitted, privileged, idle_machine};

    for (size_t i = 0; i < ARRAY_SIZE(pieces) && guest->state == STATE_RUNNING; i++)
        if (pieces[i](world, guest, now_ns, dst, size))
            return true;
    return false;
}
