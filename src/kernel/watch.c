#include "kernel/watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "kernel/held.h"
#include "kernel/parse.h"
#include "kernel/proc_text.h"

#define VCPUS_MAX 1024

struct vcpu {
    pid_t tid;
    struct held schedstat;
    uint64_t run_ns, wait_ns; /* as far as they are in the totals */
    bool counted;
};

struct proc_watch {
    const char *root;
    struct proc_identity id;
    struct held stat, io, status;
    clockid_t clock; /* of its CPU time */
    bool has_clock;
    struct vcpu *vcpus;
    size_t vcpu_count;
    uint32_t threads; /* of the process at the last reading */
    bool scanned, shared;
    uint64_t run_ns, wait_ns; /* of all vCPUs there ever were: unplugging one takes nothing away */
    bool times_known;
};

static ssize_t read_held(struct proc_watch *watch, struct held *file, const char *name, char *buf,
                         size_t size)
{
    char path[KERNEL_PATH_MAX];
    if (!kernel_path(path, "%s/proc/%d/%s", watch->root, (int)watch->id.pid, name))
        return -ENAMETOOLONG;
    /* Once the process has gone, another may have its pid: read_stat() sees that first, every
     * time, for a closed file is opened again by pid. */
    return held_read(file, path, NULL, buf, size);
}

static int read_stat(struct proc_watch *watch, struct proc_stat *ret)
{
    char buf[4096];
    ssize_t got = read_held(watch, &watch->stat, "stat", buf, sizeof(buf));
    if (got < 0)
        return kernel_code((int)-got);
    int code = proc_parse_stat(buf, ret);
    if (code < 0)
        return code;
    bool other = watch->id.start_ticks && ret->id.start_ticks != watch->id.start_ticks;
    return other || ret->state == 'Z' || ret->state == 'X' ? ERR_GONE : 0;
}

int proc_watch_new(struct proc_watch **ret, const char *root, const struct proc_identity *id)
{
    struct proc_watch *watch = xcalloc(1, sizeof(*watch));
    watch->root = root;
    watch->id = *id;
    watch->stat = watch->io = watch->status = HELD_INIT;
    struct proc_stat stat = {0};
    int code = read_stat(watch, &stat);
    if (code < 0) {
        proc_watch_free(watch);
        return code;
    }
    watch->id.start_ticks = stat.id.start_ticks;
    watch->has_clock = !*root && clock_getcpuclockid(id->pid, &watch->clock) == 0;
    *ret = watch;
    return 0;
}

void proc_watch_free(struct proc_watch *watch)
{
    if (!watch)
        return;
    for (size_t i = 0; i < watch->vcpu_count; i++)
        held_close(&watch->vcpus[i].schedstat, NULL);
    free(watch->vcpus);
    held_close(&watch->stat, NULL);
    held_close(&watch->io, NULL);
    held_close(&watch->status, NULL);
    free(watch);
}

int proc_watch_vcpus(const struct proc_watch *watch)
{
    return (int)watch->vcpu_count;
}

bool proc_watch_is_shared(const struct proc_watch *watch)
{
    return watch->shared;
}

/* "CPU 12/KVM": the names that QEMU gives its threads for libvirt. */
static bool is_vcpu_name(const char *comm)
{
    const char *p = comm + 4;
    uint64_t number;
    return strncmp(comm, "CPU ", 4) == 0 && parse_u64(&p, &number) &&
           (strcmp(p, "/KVM") == 0 || strcmp(p, "/TCG") == 0);
}

static bool add_vcpu(pid_t tid, void *user)
{
    struct proc_watch *watch = user;
    for (size_t i = 0; i < watch->vcpu_count; i++) {
        if (watch->vcpus[i].tid == tid)
            return true;
    }
    char path[KERNEL_PATH_MAX], buf[4096];
    if (!kernel_path(path, "%s/proc/%d/task/%d/stat", watch->root, (int)watch->id.pid, (int)tid))
        return true;
    ssize_t got = held_read_once(path, buf, sizeof(buf));
    struct proc_stat stat = {0};
    if (got < 0 || proc_parse_stat(buf, &stat) < 0)
        return true;
    bool shared = strcmp(stat.comm, "ALL CPUs/TCG") == 0;
    if (!shared && !is_vcpu_name(stat.comm))
        return true;
    watch->shared |= shared;
    /* What one that was plugged in later has done before we saw it is no burst of now. */
    watch->vcpus = xrealloc(watch->vcpus, watch->vcpu_count + 1, sizeof(*watch->vcpus));
    watch->vcpus[watch->vcpu_count++] =
        (struct vcpu){.tid = tid, .schedstat = HELD_INIT, .counted = !watch->scanned};
    return watch->vcpu_count < VCPUS_MAX;
}

static void scan_vcpus(struct proc_watch *watch)
{
    proc_each_thread(watch->root, watch->id.pid, add_vcpu, watch);
    watch->scanned = true;
}

static void drop_vcpu(struct proc_watch *watch, size_t index)
{
    held_close(&watch->vcpus[index].schedstat, NULL);
    watch->vcpus[index] = watch->vcpus[--watch->vcpu_count];
}

/* "run_ns wait_ns timeslices" of /proc/PID/task/TID/schedstat. */
static int read_times(struct proc_watch *watch, struct vcpu *vcpu, uint64_t *run, uint64_t *wait)
{
    char name[48], buf[256];
    snprintf(name, sizeof(name), "task/%d/schedstat", (int)vcpu->tid);
    ssize_t got = read_held(watch, &vcpu->schedstat, name, buf, sizeof(buf));
    if (got < 0)
        return kernel_code((int)-got);
    const char *p = buf;
    return parse_u64(&p, run) && parse_u64(&p, wait) ? 0 : ERR_SYNTAX;
}

static void add_growth(const struct vcpu *vcpu, uint64_t *total, uint64_t before, uint64_t now)
{
    if (vcpu->counted && now >= before)
        *total = parse_add(*total, now - before);
}

static void add_wait(struct proc_watch *watch, const struct proc_stat *stat, bool scan,
                     struct sample *sample)
{
    bool any = false, all = true;

    if (scan || !watch->scanned || stat->threads > watch->threads)
        scan_vcpus(watch);
    watch->threads = stat->threads;
    for (size_t i = 0; i < watch->vcpu_count;) {
        struct vcpu *vcpu = &watch->vcpus[i];
        uint64_t run = 0, wait = 0;
        int code = read_times(watch, vcpu, &run, &wait);
        if (code == ERR_GONE) {
            drop_vcpu(watch, i);
            continue;
        }
        if (code < 0) {
            all = false;
            i++;
            continue;
        }
        add_growth(vcpu, &watch->run_ns, vcpu->run_ns, run);
        add_growth(vcpu, &watch->wait_ns, vcpu->wait_ns, wait);
        vcpu->run_ns = run;
        vcpu->wait_ns = wait;
        vcpu->counted = true;
        any = true;
        i++;
    }
    watch->times_known = any && all;
    if (watch->times_known)
        sample_set(sample, FIELD_CPU_WAIT, watch->wait_ns);
}

bool proc_watch_vcpu_run(const struct proc_watch *watch, uint64_t *ret)
{
    if (watch->times_known)
        *ret = watch->run_ns;
    return watch->times_known;
}

uint64_t proc_watch_cpu_ns(const struct proc_watch *watch)
{
    struct timespec used;
    if (!watch->has_clock || clock_gettime(watch->clock, &used) != 0)
        return 0;
    return (uint64_t)used.tv_sec * (uint64_t)NS_PER_S + (uint64_t)used.tv_nsec;
}

static void add_cpu(const struct proc_watch *watch, const struct proc_stat *stat,
                    struct sample *sample)
{
    sample_set(sample, FIELD_CPU_USER, stat->user_ns);
    sample_set(sample, FIELD_CPU_SYSTEM, stat->system_ns);
    sample_set(sample, FIELD_MAJOR_FAULTS, stat->major_faults);
    /* The process's own clock has no tick's grain, but a recorded tree has none. */
    uint64_t exact = proc_watch_cpu_ns(watch);
    sample_set(sample, FIELD_CPU, exact ? exact : parse_add(stat->user_ns, stat->system_ns));
    if (!*watch->root)
        sample_set(sample, FIELD_UPTIME, proc_age_ms(&watch->id, proc_boottime_ns()));
}

static void add_io(struct proc_watch *watch, struct sample *sample)
{
    char buf[1024];
    struct proc_io io;
    if (read_held(watch, &watch->io, "io", buf, sizeof(buf)) < 0 || proc_parse_io(buf, &io) < 0)
        return;
    sample_set(sample, FIELD_DISK_READ, io.read_bytes);
    sample_set(sample, FIELD_DISK_WRITE, io.write_bytes);
}

static void add_memory(struct proc_watch *watch, struct sample *sample)
{
    char buf[4096];
    struct proc_status status;
    if (read_held(watch, &watch->status, "status", buf, sizeof(buf)) < 0 ||
        proc_parse_status(buf, &status) < 0 || !status.has_memory)
        return;
    sample_set(sample, FIELD_MEM_HOST, parse_add(status.rss_bytes, status.hugetlb_bytes));
    sample_set(sample, FIELD_MEM_SWAP, status.swap_bytes);
}

int proc_watch_read(struct proc_watch *watch, unsigned what, struct sample *sample, char *ret_state)
{
    struct proc_stat stat = {0};
    int code = read_stat(watch, &stat);
    if (code < 0)
        return code;
    if (ret_state)
        *ret_state = stat.state;
    if (what & WATCH_CPU)
        add_cpu(watch, &stat, sample);
    if (what & WATCH_IO)
        add_io(watch, sample);
    if (what & WATCH_MEMORY)
        add_memory(watch, sample);
    if (what & WATCH_WAIT)
        add_wait(watch, &stat, what & WATCH_THREADS, sample);
    return 0;
}
