#include "kernel/qemu.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_read.h"
#include "kernel/link.h"
#include "kernel/part_link.h"
#include "kernel/part_thread.h"
#include "kernel/qemu_cost.h"
#include "kernel/watch.h"
#include "model/devsum.h"

#define SLEEP_TICKS 2    /* in D state that often in a row: more than waiting for a page */
#define THREADS_EVERY 16 /* readings between two looks for CPUs that came as others went */
#define LIFE_MAX 48
#define GROUP_FIGURES (CGROUP_READ_CPU | CGROUP_READ_PIDS | CGROUP_READ_OOM | CGROUP_READ_PSI)

enum counted {
    LINKS_OLD,
    LINKS_READ,
    LINKS_FAILED
};

struct qemu_ground {
    const char *root;
    struct cgroup_layout layout;
    struct links *links; /* NULL: no network figures */
    enum counted counted;
    struct qemu_looks looks;
};

struct nic {
    char dev[IF_NAMESIZE], mac[20];
    int ifindex; /* 0: not found yet */
    bool direct;
};

struct qemu {
    struct qemu_ground *ground;
    struct proc_identity id;
    char life[LIFE_MAX];
    struct proc_watch *watch;
    struct cgroup_reader *group; /* NULL: it has none of its own */
    bool group_cpu, group_io;    /* decided once: two sources of one counter are a jump */
    struct devsum *net;
    struct nic nics[QEMU_NICS_MAX];
    size_t nic_count;
    struct qemu_cost cost;
    unsigned reads;
    int sleeps;
};

struct qemu_ground *qemu_ground_new(const char *root)
{
    struct qemu_ground *ground = xcalloc(1, sizeof(*ground));

    ground->root = root;
    cgroup_layout_load(&ground->layout, root, NULL);
    if (links_open(&ground->links, NULL) < 0)
        ground->links = NULL;
    return ground;
}

void qemu_ground_free(struct qemu_ground *ground)
{
    if (!ground)
        return;
    if (ground->links)
        links_close(ground->links);
    cgroup_layout_clear(&ground->layout);
    free(ground);
}

void qemu_ground_tick(struct qemu_ground *ground)
{
    ground->counted = LINKS_OLD;
    qemu_looks_begin(&ground->looks);
}

/* Only when somebody has a link: one dump a tick for all. */
static bool count_links(struct qemu_ground *ground)
{
    if (ground->counted == LINKS_OLD)
        ground->counted =
            ground->links && links_refresh(ground->links, NULL) == 0 ? LINKS_READ : LINKS_FAILED;
    return ground->counted == LINKS_READ;
}

static void find_group(struct qemu *qemu, pid_t pid)
{
    struct cgroup_layout *layout = &qemu->ground->layout;
    struct cgroup_paths paths = {0};
    struct sample probe = {0};

    if (cgroup_resolve_machine(layout, pid, &paths) == 0 && cgroup_paths_any(&paths)) {
        qemu->group = cgroup_reader_new(layout, &paths);
        cgroup_reader_read(qemu->group, CGROUP_READ_CPU | CGROUP_READ_IO, &probe);
        qemu->group_cpu = sample_has(&probe, FIELD_CPU);
        /* Version 1 does not count what is written back later. */
        qemu->group_io = layout->mount[CGROUP_IO].v2 && sample_has(&probe, FIELD_DISK_READ);
    }
    cgroup_paths_clear(&paths);
}

struct qemu *qemu_new(struct qemu_ground *ground, const struct proc_identity *id)
{
    struct proc_watch *watch;

    if (proc_watch_new(&watch, ground->root, id) < 0)
        return NULL;
    struct qemu *qemu = xcalloc(1, sizeof(*qemu));
    qemu->ground = ground;
    qemu->watch = watch;
    qemu->id = *id;
    proc_life(id, qemu->life, sizeof(qemu->life));
    qemu->net = devsum_new();
    find_group(qemu, id->pid);
    return qemu;
}

void qemu_free(struct qemu *qemu)
{
    if (!qemu)
        return;
    cgroup_reader_free(qemu->group);
    proc_watch_free(qemu->watch);
    devsum_free(qemu->net);
    qemu_cost_clear(&qemu->cost);
    free(qemu);
}

const struct proc_identity *qemu_identity(const struct qemu *qemu)
{
    return &qemu->id;
}

const char *qemu_life(const struct qemu *qemu)
{
    return qemu->life;
}

void qemu_wire(struct qemu *qemu, const struct qemu_nic *nics, size_t count)
{
    qemu->nic_count = 0;
    for (size_t i = 0; i < count && qemu->nic_count < QEMU_NICS_MAX; i++) {
        struct nic *nic = &qemu->nics[qemu->nic_count];
        if (!nics[i].dev || strlen(nics[i].dev) >= sizeof(nic->dev))
            continue;
        *nic = (struct nic){.direct = nics[i].direct};
        snprintf(nic->dev, sizeof(nic->dev), "%s", nics[i].dev);
        snprintf(nic->mac, sizeof(nic->mac), "%s", nics[i].mac ? nics[i].mac : "");
        qemu->nic_count++;
    }
}

static void add_link(struct qemu *qemu, struct nic *nic)
{
    struct link_counters link;

    if (!nic->ifindex)
        nic->ifindex = links_index(nic->dev);
    if (!nic->ifindex || !links_get(qemu->ground->links, nic->ifindex, &link))
        return;
    uint64_t counters[DEVSUM_COUNTERS] = {
        link.tx_bytes,
        link.rx_bytes,
        link.tx_packets,
        link.rx_packets,
        link.rx_errors + link.tx_errors,
        link.rx_drops + link.tx_drops,
    };
    if (nic->direct) {
        counters[0] = link.rx_bytes;
        counters[1] = link.tx_bytes;
        counters[2] = link.rx_packets;
        counters[3] = link.tx_packets;
    }
    devsum_add(qemu->net, (uint64_t)nic->ifindex, counters);
}

/* What the host's end of a tap receives is what the guest sends. */
static void read_links(struct qemu *qemu, struct sample *sample)
{
    static const enum field fields[] = {FIELD_NET_RX,         FIELD_NET_TX,
                                        FIELD_NET_RX_PACKETS, FIELD_NET_TX_PACKETS,
                                        FIELD_NET_ERRORS,     FIELD_NET_DROPS};
    bool any = false;

    if (!qemu->nic_count || !count_links(qemu->ground))
        return;
    devsum_begin(qemu->net);
    for (size_t i = 0; i < qemu->nic_count; i++) {
        add_link(qemu, &qemu->nics[i]);
        any |= qemu->nics[i].ifindex != 0;
    }
    const uint64_t *totals = devsum_end(qemu->net);
    for (size_t i = 0; any && i < ARRAY_SIZE(fields); i++)
        sample_set(sample, fields[i], totals[i]);
}

/* Figures of its group stand for those of the process where the group has them: it counts helpers
 * too, and what is written back later. */
static void read_group(struct qemu *qemu, struct sample *sample)
{
    unsigned what = GROUP_FIGURES | (qemu->group_io ? CGROUP_READ_IO : 0);

    if (!qemu->group)
        return;
    if (qemu->group_cpu)
        sample->valid &= ~(UINT64_C(1) << FIELD_CPU);
    else
        what &= ~(unsigned)CGROUP_READ_CPU;
    cgroup_reader_read(qemu->group, what, sample);
}

enum qemu_health qemu_read(struct qemu *qemu, int64_t at_ns, struct sample *sample)
{
    struct sample fresh = {.at_ns = at_ns};
    unsigned what = WATCH_CPU | WATCH_MEMORY | WATCH_WAIT | (qemu->group_io ? 0 : WATCH_IO);
    char state = 0;

    /* A QEMU that is being started has its threads not yet. */
    unsigned turn = qemu->reads++;
    if (turn % THREADS_EVERY == 0 || (turn < THREADS_EVERY && proc_watch_vcpus(qemu->watch) == 0))
        what |= WATCH_THREADS;
    if (proc_watch_read(qemu->watch, what, &fresh, &state) < 0)
        return QEMU_ENDED;
    if (state == 'T' || state == 't')
        return QEMU_STOPPED;
    qemu->sleeps = state == 'D' ? qemu->sleeps + 1 : 0;
    read_group(qemu, &fresh);
    qemu_cost_cpu(&qemu->cost, qemu->watch, &fresh);
    /* Not with the first figures, which are awaited. */
    if (turn > 0)
        qemu_cost_memory(&qemu->cost, qemu->ground->root, &qemu->id, &qemu->ground->looks, &fresh);
    read_links(qemu, &fresh);
    *sample = fresh;
    return qemu->sleeps >= SLEEP_TICKS ? QEMU_SLEEPS : QEMU_RUNS;
}

uint32_t qemu_vcpus(const struct qemu *qemu)
{
    return proc_watch_is_shared(qemu->watch) ? 0 : (uint32_t)proc_watch_vcpus(qemu->watch);
}

static void add_memory(struct qemu *qemu, struct parts *ret)
{
    struct proc_status status;

    if (proc_read_status(qemu->ground->root, qemu->id.pid, &status) < 0 || !status.has_memory)
        return;
    struct part *part = parts_add(ret, PART_MEMORY, 0, "memory");
    part->at_ns = clock_mono_ns();
    part_set(part, PART_FIELD_HOST, status.rss_bytes + status.hugetlb_bytes);
    part_set(part, PART_FIELD_SWAP, status.swap_bytes);
}

void qemu_parts(struct qemu *qemu, unsigned kinds, struct parts *ret)
{
    const char *root = qemu->ground->root;
    bool links = kinds & PART_BIT(PART_LINK) && qemu->nic_count && count_links(qemu->ground);

    for (size_t i = 0; links && i < qemu->nic_count; i++) {
        const struct nic *nic = &qemu->nics[i];
        part_link_add(qemu->ground->links, root, nic->mac[0] ? nic->mac : nic->dev, nic->dev,
                      nic->direct, ret);
    }
    part_threads_qemu(root, qemu->id.pid, kinds, ret);
    if (kinds & PART_BIT(PART_MEMORY))
        add_memory(qemu, ret);
}

void qemu_network(const struct qemu *qemu, struct isolation_facts *ret)
{
    for (size_t i = 0; i < qemu->nic_count; i++)
        link_add_network(qemu->ground->root, qemu->nics[i].dev, ret);
}

const char *qemu_blame(enum qemu_health health)
{
    return health == QEMU_STOPPED  ? "QEMU stopped"
           : health == QEMU_SLEEPS ? "QEMU in D state"
                                   : NULL;
}
