#include "backend/libvirt/vcpus.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "kernel/proc.h"
#include "model/devsum.h"

#define VCPUS_MAX 512
#define SCAN_READS 16 /* readings between two looks for hot-plugged CPUs */

struct vcpu {
    pid_t tid;
    int fd; /* schedstat, held */
};

struct lv_vcpus {
    pid_t pid;
    struct vcpu *vcpu;
    size_t count;
    unsigned reads;
    struct devsum *sum;
};

struct lv_vcpus *lv_vcpus_new(pid_t pid)
{
    struct lv_vcpus *vcpus = xcalloc(1, sizeof(*vcpus));
    vcpus->pid = pid;
    vcpus->sum = devsum_new();
    return vcpus;
}

void lv_vcpus_free(struct lv_vcpus *vcpus)
{
    if (!vcpus)
        return;
    for (size_t i = 0; i < vcpus->count; i++)
        close(vcpus->vcpu[i].fd);
    free(vcpus->vcpu);
    devsum_free(vcpus->sum);
    free(vcpus);
}

static bool is_vcpu(pid_t pid, pid_t tid)
{
    char path[64], comm[32];

    snprintf(path, sizeof(path), "/proc/%d/task/%d/comm", pid, tid);
    if (io_read_file(AT_FDCWD, path, comm, sizeof(comm)) <= 0)
        return false;
    /* "CPU 0/KVM", and "ALL CPUs/TCG" without a thread each. */
    return (strncmp(comm, "CPU ", 4) == 0 || strncmp(comm, "ALL CPUs", 8) == 0) &&
           (strstr(comm, "/KVM") || strstr(comm, "/TCG"));
}

static bool on_thread(pid_t tid, void *user)
{
    struct lv_vcpus *vcpus = user;
    char path[64];

    for (size_t i = 0; i < vcpus->count; i++)
        if (vcpus->vcpu[i].tid == tid)
            return true;
    if (!is_vcpu(vcpus->pid, tid))
        return true;
    snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", vcpus->pid, tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return true;
    vcpus->vcpu = xrealloc(vcpus->vcpu, vcpus->count + 1, sizeof(*vcpus->vcpu));
    vcpus->vcpu[vcpus->count++] = (struct vcpu){tid, fd};
    return vcpus->count < VCPUS_MAX;
}

/* "run wait timeslices", nanoseconds. */
static bool read_wait(int fd, uint64_t *ret)
{
    char text[96], *end;

    if (io_pread_all(fd, text, sizeof(text)) <= 0)
        return false;
    strtoull(text, &end, 10);
    if (*end != ' ')
        return false;
    const char *wait = end + 1;
    *ret = strtoull(wait, &end, 10);
    return end != wait;
}

void lv_vcpus_read(struct lv_vcpus *vcpus, struct sample *sample)
{
    if (vcpus->reads++ % SCAN_READS == 0 || vcpus->count == 0)
        proc_each_thread("", vcpus->pid, on_thread, vcpus);
    devsum_begin(vcpus->sum);
    for (size_t i = 0; i < vcpus->count;) {
        uint64_t counters[DEVSUM_COUNTERS] = {0};
        if (read_wait(vcpus->vcpu[i].fd, &counters[0])) {
            devsum_add(vcpus->sum, (uint64_t)vcpus->vcpu[i++].tid, counters);
            continue;
        }
        close(vcpus->vcpu[i].fd);
        vcpus->vcpu[i] = vcpus->vcpu[--vcpus->count];
    }
    const uint64_t *totals = devsum_end(vcpus->sum);
    if (vcpus->count)
        sample_set(sample, FIELD_CPU_WAIT, totals[0]);
}
