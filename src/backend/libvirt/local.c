#include "backend/libvirt/local.h"

#include <stdlib.h>
#include <string.h>

#include "backend/libvirt/find.h"
#include "backend/libvirt/vcpus.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "kernel/cgroup.h"
#include "kernel/cgroup_read.h"
#include "kernel/link.h"
#include "model/devsum.h"

#define SCAN_NS (5 * NS_PER_S) /* looking through /proc for what has no pid file */
#define SLEEP_TICKS 2          /* in D state that often in a row: more than waiting for a page */
#define GROUP_FIGURES (CGROUP_READ_CPU | CGROUP_READ_PIDS | CGROUP_READ_OOM | CGROUP_READ_PSI)

struct lv_local {
    const struct lv_uri *uri;
    struct cgroup_layout layout;
    struct links *links; /* NULL: no network figures */
    bool counted;        /* the last refresh worked */
    int64_t boottime_ns, scan_due_ns;
    bool scan; /* this tick may look through /proc */
};

struct lv_qemu {
    struct proc_identity id;
    char life[LV_LIFE_MAX];
    struct cgroup_reader *group; /* NULL: it has none of its own */
    bool group_cpu, group_io;    /* decided once: two sources of one counter are a jump */
    struct lv_vcpus *vcpus;
    struct devsum *net;
    int ifindex[LV_NICS_MAX]; /* 0: not found yet */
    int sleeps;
};

struct lv_local *lv_local_new(const struct lv_uri *uri)
{
    struct lv_local *local = xcalloc(1, sizeof(*local));

    local->uri = uri;
    cgroup_layout_load(&local->layout, "", NULL);
    if (links_open(&local->links, NULL) < 0)
        local->links = NULL;
    return local;
}

void lv_local_free(struct lv_local *local)
{
    if (!local)
        return;
    if (local->links)
        links_close(local->links);
    cgroup_layout_clear(&local->layout);
    free(local);
}

void lv_local_tick(struct lv_local *local, int64_t now_ns)
{
    local->counted = local->links && links_refresh(local->links, NULL) == 0;
    local->boottime_ns = proc_boottime_ns();
    local->scan = now_ns >= local->scan_due_ns;
    if (local->scan)
        local->scan_due_ns = now_ns + SCAN_NS;
}

int lv_qemu_identify(const struct lv_uri *uri, const char *name, const char *uuid,
                     struct proc_identity *ret)
{
    int rc = lv_find_by_file("", uri->run_dir, name, uuid, ret);
    return rc == 0 ? 0 : lv_find_by_scan("", uuid, ret);
}

static void find_group(struct lv_qemu *qemu, struct lv_local *local)
{
    struct cgroup_paths paths = {0};
    struct sample probe = {0};

    if (cgroup_resolve_machine(&local->layout, qemu->id.pid, &paths) == 0 &&
        cgroup_paths_any(&paths)) {
        qemu->group = cgroup_reader_new(&local->layout, &paths);
        cgroup_reader_read(qemu->group, CGROUP_READ_CPU | CGROUP_READ_IO, &probe);
        qemu->group_cpu = sample_has(&probe, FIELD_CPU);
        /* Version 1 does not count what is written back later. */
        qemu->group_io = local->layout.mount[CGROUP_IO].v2 && sample_has(&probe, FIELD_DISK_READ);
    }
    cgroup_paths_clear(&paths);
}

struct lv_qemu *lv_qemu_find(struct lv_local *local, const char *name, const char *uuid)
{
    struct proc_identity id;

    int rc = lv_find_by_file("", local->uri->run_dir, name, uuid, &id);
    if (rc < 0 && local->scan)
        rc = lv_find_by_scan("", uuid, &id);
    if (rc < 0)
        return NULL;
    struct lv_qemu *qemu = xcalloc(1, sizeof(*qemu));
    qemu->id = id;
    proc_life(&id, qemu->life, sizeof(qemu->life));
    qemu->vcpus = lv_vcpus_new(id.pid);
    qemu->net = devsum_new();
    find_group(qemu, local);
    return qemu;
}

void lv_qemu_free(struct lv_qemu *qemu)
{
    if (!qemu)
        return;
    cgroup_reader_free(qemu->group);
    lv_vcpus_free(qemu->vcpus);
    devsum_free(qemu->net);
    free(qemu);
}

const char *lv_qemu_life(const struct lv_qemu *qemu)
{
    return qemu->life;
}

uint64_t lv_qemu_start(const struct lv_qemu *qemu)
{
    return qemu->id.start_ticks;
}

void lv_qemu_rewired(struct lv_qemu *qemu)
{
    memset(qemu->ifindex, 0, sizeof(qemu->ifindex));
}

/* The process's own figures, and those of its group that are not a guest's memory. */
static void read_process(struct lv_qemu *qemu, const struct lv_local *local,
                         const struct proc_stat *stat, struct sample *sample)
{
    struct proc_status status;
    struct proc_io io;
    unsigned what = GROUP_FIGURES | (qemu->group_io ? CGROUP_READ_IO : 0);

    if (!qemu->group_cpu)
        what &= ~(unsigned)CGROUP_READ_CPU;
    if (qemu->group)
        cgroup_reader_read(qemu->group, what, sample);
    if (!qemu->group_cpu) {
        uint64_t cpu = proc_cpu_clock_ns(qemu->id.pid);
        sample_set(sample, FIELD_CPU, cpu ? cpu : stat->user_ns + stat->system_ns);
    }
    if (!sample_has(sample, FIELD_CPU_USER)) {
        sample_set(sample, FIELD_CPU_USER, stat->user_ns);
        sample_set(sample, FIELD_CPU_SYSTEM, stat->system_ns);
    }
    if (proc_read_status("", qemu->id.pid, &status) == 0 && status.has_memory)
        sample_set(sample, FIELD_MEM_HOST, status.rss_bytes + status.hugetlb_bytes);
    if (!qemu->group_io && proc_read_io("", qemu->id.pid, &io) == 0) {
        sample_set(sample, FIELD_DISK_READ, io.read_bytes);
        sample_set(sample, FIELD_DISK_WRITE, io.write_bytes);
    }
    sample_set(sample, FIELD_UPTIME, proc_age_ms(&qemu->id, local->boottime_ns));
}

static void add_link(struct lv_qemu *qemu, const struct lv_local *local, const struct lv_nic *nic,
                     size_t index)
{
    struct link_counters link;

    if (!qemu->ifindex[index])
        qemu->ifindex[index] = links_index(nic->dev);
    if (!qemu->ifindex[index] || !links_get(local->links, qemu->ifindex[index], &link))
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
    devsum_add(qemu->net, (uint64_t)qemu->ifindex[index], counters);
}

/* What the host's end of a tap receives is what the guest sends. */
static void read_links(struct lv_qemu *qemu, const struct lv_local *local,
                       const struct lv_definition *definition, struct sample *sample)
{
    static const enum field fields[] = {FIELD_NET_RX,         FIELD_NET_TX,
                                        FIELD_NET_RX_PACKETS, FIELD_NET_TX_PACKETS,
                                        FIELD_NET_ERRORS,     FIELD_NET_DROPS};
    bool any = false;

    if (!definition || !local->counted)
        return;
    devsum_begin(qemu->net);
    for (size_t i = 0; i < definition->nic_count; i++) {
        if (!definition->nics[i].dev)
            continue;
        add_link(qemu, local, &definition->nics[i], i);
        any |= qemu->ifindex[i] != 0;
    }
    const uint64_t *totals = devsum_end(qemu->net);
    for (size_t i = 0; any && i < sizeof(fields) / sizeof(fields[0]); i++)
        sample_set(sample, fields[i], totals[i]);
}

enum lv_health lv_qemu_read(struct lv_qemu *qemu, struct lv_local *local,
                            const struct lv_definition *definition, int64_t at_ns,
                            struct sample *sample)
{
    struct proc_stat stat;

    if (proc_read_stat("", qemu->id.pid, &stat) < 0 ||
        stat.id.start_ticks != qemu->id.start_ticks || stat.state == 'Z' || stat.state == 'X')
        return LV_ENDED;
    if (stat.state == 'T' || stat.state == 't')
        return LV_STOPPED;
    qemu->sleeps = stat.state == 'D' ? qemu->sleeps + 1 : 0;

    *sample = (struct sample){.at_ns = at_ns};
    read_process(qemu, local, &stat, sample);
    lv_vcpus_read(qemu->vcpus, sample);
    read_links(qemu, local, definition, sample);
    return qemu->sleeps >= SLEEP_TICKS ? LV_SLEEPS : LV_RUNS;
}
