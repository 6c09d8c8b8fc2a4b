/* The parts of a simulated guest.  Its figures are shared out among them, so that they add up. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "backend/sim/sim.h"
#include "base/alloc.h"
#include "base/cleanup.h"

#define GIB (UINT64_C(1) << 30)
#define PIDS_FIRST 2000 /* of the first guest; each has room for PIDS_EACH */
#define PIDS_EACH 50
#define MONITOR_SHARE 0.002 /* of a container's CPU time, spent beside it */

static uint32_t pid_of(const struct sim_guest *guest, uint32_t nth)
{
    return PIDS_FIRST + guest->handle * PIDS_EACH + nth;
}

static struct part *add(struct parts *ret, const struct sim *sim, enum part_kind kind,
                        uint32_t number, const char *name)
{
    struct part *part = parts_add(ret, kind, number, name);

    part->at_ns = sim->last_at;
    return part;
}

/* One share of a counter: the rest of it for the last one, so that nothing is lost. */
static void share(struct part *part, enum part_field to, uint64_t *rest, double part_of_rest,
                  bool last)
{
    uint64_t own = last ? *rest : (uint64_t)((double)*rest * part_of_rest);

    part_set(part, to, own);
    *rest -= own;
}

/* ---- disks ---- */

static const char *pool_of(const char *path)
{
    return strncmp(path, "/srv/images/", 12) == 0   ? "images"
           : strncmp(path, "/srv/backup/", 12) == 0 ? "backup"
                                                    : NULL;
}

uint64_t sim_guest_read_ns(const struct sim_guest *guest)
{
    return 80000 + sim_hash(guest->handle, 0, 1) % 900000;
}

static void set_latency(struct part *part, const struct sim_guest *guest)
{
    uint64_t each = sim_guest_read_ns(guest);

    part_set(part, PART_FIELD_READ_NS, part->value[PART_FIELD_READ_OPS] * each);
    part_set(part, PART_FIELD_WRITE_NS, part->value[PART_FIELD_WRITE_OPS] * each * 2);
    part_set(part, PART_FIELD_FLUSH_OPS, part->value[PART_FIELD_WRITE_OPS] / 12);
    part_set(part, PART_FIELD_FLUSH_NS, part->value[PART_FIELD_WRITE_OPS] / 12 * each * 9);
}

static void add_disks(const struct sim_guest *guest, const struct sim *sim,
                      const struct sample *sample, struct parts *ret)
{
    static const enum field from[] = {FIELD_DISK_READ, FIELD_DISK_WRITE, FIELD_DISK_READ_OPS,
                                      FIELD_DISK_WRITE_OPS};
    bool machine = guest->kind == KIND_MACHINE;
    uint32_t count = guest->handle % 3 == 0 ? 2 : 1;
    uint64_t rest[ARRAY_SIZE(from)];
    char path[64], data[80];
    struct facts_disk disk;

    sim_storage_disk(guest, path, sizeof(path), &disk);
    for (size_t i = 0; i < ARRAY_SIZE(from); i++)
        rest[i] = sample->value[from[i]];
    for (uint32_t n = 0; n < count; n++) {
        const char *name = machine ? (n ? "vdb" : "vda") : (n ? "sda" : "nvme0n1");
        struct part *part = add(ret, sim, PART_DISK, 0, name);
        for (size_t i = 0; i < ARRAY_SIZE(from); i++)
            share(part, (enum part_field)(PART_FIELD_READ + i), &rest[i], 0.8, n + 1 == count);
        if (!machine) /* the kernel counts no latency for it */
            continue;
        set_latency(part, guest);
        snprintf(data, sizeof(data), "/srv/images/%s-data.qcow2", guest->key);
        const char *image = n ? data : path;
        part->words[0] = xstrdup(image);
        part->words[1] = xstrdup(strncmp(image, "/dev/", 5) == 0 ? "raw" : "qcow2");
        part->words[2] = xstrdup(pool_of(image));
        part_set(part, PART_FIELD_ALLOCATION, guest->memory * 5 / (n + 1));
        part_set(part, PART_FIELD_CAPACITY, n ? 100 * GIB : guest->memory * 8);
    }
}

/* ---- links ---- */

static void add_link(const struct sim_guest *guest, const struct sim *sim,
                     const struct sample *sample, struct parts *ret)
{
    bool machine = guest->kind == KIND_MACHINE;
    struct part *part;
    char mac[24], end[24], address[32];

    snprintf(mac, sizeof(mac), "52:54:00:%02x:%02x:%02x", guest->handle >> 16 & 0xff,
             guest->handle >> 8 & 0xff, guest->handle & 0xff);
    snprintf(end, sizeof(end), machine ? "vnet%u" : "veth%u_ab", guest->handle);
    snprintf(address, sizeof(address), "10.%d.%u.%u", machine ? 0 : 1, guest->handle / 200 + 3,
             guest->handle % 200 + 20);
    part = add(ret, sim, PART_LINK, 0, machine ? mac : "eth0");
    part->words[0] = xstrdup(end);
    part->words[1] = xstrdup(machine ? "br0" : "lxcbr0");
    part->words[2] = xstrdup("eno1");
    part->words[3] = xstrdup(address);
    part_set(part, PART_FIELD_RX, sample->value[FIELD_NET_RX]);
    part_set(part, PART_FIELD_TX, sample->value[FIELD_NET_TX]);
    part_set(part, PART_FIELD_RX_PACKETS, sample->value[FIELD_NET_RX_PACKETS]);
    part_set(part, PART_FIELD_TX_PACKETS, sample->value[FIELD_NET_TX_PACKETS]);
    part_set(part, PART_FIELD_RX_ERRORS, 0);
    part_set(part, PART_FIELD_TX_ERRORS, 0);
    part_set(part, PART_FIELD_RX_DROPS, 0);
    part_set(part, PART_FIELD_TX_DROPS, 0);
    part_set(part, PART_FIELD_BRIDGE_DROPS, 0);
    /* The uplink is everybody's; now and then it drops something. */
    part_set(part, PART_FIELD_UPLINK_DROPS, (uint64_t)(fmax(0, sim->now) / 7));
}

/* ---- threads ---- */

uint32_t sim_guest_cpus(const struct sim_guest *guest)
{
    return guest->handle % 4 == 1 ? SIM_CPUS / 2 : SIM_CPUS;
}

static void thread_words(struct part *part, const struct sim_guest *guest, const struct sim *sim,
                         uint32_t nth)
{
    uint32_t cpus = sim_guest_cpus(guest);
    char allowed[16];

    snprintf(allowed, sizeof(allowed), "0-%u", cpus - 1);
    part->words[0] = xstrdup(guest->state == STATE_RUNNING && nth == 0 ? "R" : "S");
    part->words[1] = xstrdup(allowed);
    part_set(part, PART_FIELD_TID,
             part->kind == PART_VCPU ? pid_of(guest, 10 + nth) : part->number);
    part_set(part, PART_FIELD_LAST_CPU,
             (guest->handle + nth + (uint32_t)(fmax(0, sim->now) / 10)) % cpus);
}

/* Whose CPU time is the guest's: nine tenths of it for the vCPUs, which are all that wait. */
struct cpu_rest {
    uint64_t cpu, wait;
};

static void add_vcpus(const struct sim_guest *guest, const struct sim *sim, struct cpu_rest *rest,
                      struct parts *ret)
{
    uint64_t cpu = rest->cpu / 10 * 9, left = cpu;
    char name[24];

    for (uint32_t i = 0; i < guest->vcpus; i++) {
        snprintf(name, sizeof(name), "vCPU %u", i);
        struct part *part = add(ret, sim, PART_VCPU, i, name);
        share(part, PART_FIELD_CPU, &left, 0.5, i + 1 == guest->vcpus);
        share(part, PART_FIELD_WAIT, &rest->wait, 0.5, i + 1 == guest->vcpus);
        thread_words(part, guest, sim, i);
    }
    rest->cpu -= cpu;
}

static void add_threads(const struct sim_guest *guest, const struct sim *sim, struct cpu_rest *rest,
                        struct parts *ret)
{
    static const char *const names[] = {"qemu-system-x86", "worker", "vnc_worker", "call_rcu"};
    uint64_t left = rest->cpu / 4 * 3;

    rest->cpu -= left;
    for (uint32_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct part *part = add(ret, sim, PART_EMULATOR, pid_of(guest, i), names[i]);
        share(part, PART_FIELD_CPU, &left, 0.7, i + 1 == ARRAY_SIZE(names));
        part_set(part, PART_FIELD_WAIT, 0);
        thread_words(part, guest, sim, i + 1);
    }
}

static void add_iothread(const struct sim_guest *guest, const struct sim *sim,
                         struct cpu_rest *rest, struct parts *ret)
{
    struct part *part = add(ret, sim, PART_IOTHREAD, pid_of(guest, 9), "iothread 1");

    share(part, PART_FIELD_CPU, &rest->cpu, 1, true);
    part_set(part, PART_FIELD_WAIT, 0);
    thread_words(part, guest, sim, 1);
}

static void add_monitor(const struct sim_guest *guest, const struct sim *sim,
                        const struct sample *sample, struct parts *ret)
{
    struct part *part = add(ret, sim, PART_EMULATOR, pid_of(guest, 0), "lxc monitor");

    part_set(part, PART_FIELD_CPU, (uint64_t)((double)sample->value[FIELD_CPU] * MONITOR_SHARE));
    part_set(part, PART_FIELD_RSS, 3100000);
    thread_words(part, guest, sim, 1);
}

/* ---- processes ---- */

static char *process_name(const struct sim *sim, uint32_t nth)
{
    static const char *const names[] = {"nginx", "postgres", "node",   "python3", "redis-server",
                                        "cron",  "rsyslogd", "agetty", "sshd",    "php-fpm"};

    if (nth == 0)
        return xstrdup("systemd");
    return sim->spec.hostile ? sim_hostile_name(nth) : xstrdup(names[nth % ARRAY_SIZE(names)]);
}

static void add_processes(const struct sim_guest *guest, const struct sim *sim,
                          const struct sample *sample, struct parts *ret)
{
    uint64_t cpu = sample->value[FIELD_CPU], rss = sample->value[FIELD_MEM_USED];
    uint32_t count = (uint32_t)sample->value[FIELD_PIDS];

    /* The busiest one first, and the init is not the busiest. */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t nth = (i + 1) % count;
        CLEANUP_FREE char *name = process_name(sim, nth);
        struct part *part = add(ret, sim, PART_PROCESS, pid_of(guest, 1 + nth), name);
        share(part, PART_FIELD_CPU, &cpu, 0.4, i + 1 == count);
        share(part, PART_FIELD_RSS, &rss, 0.3, i + 1 == count);
        part_set(part, PART_FIELD_LAST_CPU, (guest->handle + nth) % SIM_CPUS);
        part->words[0] = xstrdup(guest->state == STATE_RUNNING && i == 0 ? "R" : "S");
        part->words[1] = nth ? xasprintf("%s --worker %u --config /etc/%s.conf", name, nth, name)
                             : xstrdup("/sbin/init");
        part->words[2] = xstrdup(nth % 3 == 1 ? "www-data" : "root");
    }
}

/* ---- memory ---- */

static void add_memory(const struct sim_guest *guest, const struct sim *sim,
                       const struct sample *sample, struct parts *ret)
{
    struct part *part = add(ret, sim, PART_MEMORY, 0, "memory");
    uint64_t used = sample->value[FIELD_MEM_USED], cache = sample->value[FIELD_MEM_CACHE];

    part_set(part, PART_FIELD_USED, used);
    part_set(part, PART_FIELD_CACHE, cache);
    part_set(part, PART_FIELD_HOST, sample->value[FIELD_MEM_HOST]);
    part_set(part, PART_FIELD_SWAP, 0);
    part_set(part, PART_FIELD_MAJOR_FAULTS, (uint64_t)(fmax(0, sim->now) / 11));
    if (guest->memory) {
        part_set(part, PART_FIELD_LIMIT, guest->memory);
        part_set(part, PART_FIELD_FREE,
                 guest->memory > used + cache ? guest->memory - used - cache : 0);
    }
    if (guest->kind == KIND_MACHINE) {
        part_set(part, PART_FIELD_BALLOON, guest->memory);
        part_set(part, PART_FIELD_SWAP_IN, 0);
        part_set(part, PART_FIELD_SWAP_OUT, 0);
    } else {
        part_set(part, PART_FIELD_SHARED, used / 40);
        part_set(part, PART_FIELD_KERNEL, used / 25);
    }
}

void sim_guest_parts(const struct sim_guest *guest, const struct sim *sim, unsigned wanted,
                     struct parts *ret)
{
    bool machine = guest->kind == KIND_MACHINE;
    struct sample sample;

    sim_guest_sample(guest, sim, sim->last_at, &sample);
    struct cpu_rest rest = {sample.value[FIELD_CPU], sample.value[FIELD_CPU_WAIT]};

    add_disks(guest, sim, &sample, ret);
    add_link(guest, sim, &sample, ret);
    if (machine) {
        add_vcpus(guest, sim, &rest, ret);
        add_threads(guest, sim, &rest, ret);
        add_iothread(guest, sim, &rest, ret);
    } else {
        add_monitor(guest, sim, &sample, ret);
        add_processes(guest, sim, &sample, ret);
    }
    add_memory(guest, sim, &sample, ret);
    parts_keep(ret, wanted);
}
