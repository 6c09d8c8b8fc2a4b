#include "kernel/part_thread.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "kernel/parse.h"
#include "kernel/proc.h"
#include "kernel/proc_text.h"
#include "model/cpus.h"
#include "model/isolation.h"

#define THREADS_MAX 2048
#define STATUS_BYTES 16384 /* masks of many CPUs stand before the lists */

static ssize_t read_of(const char *root, pid_t pid, pid_t tid, const char *name, char *buf,
                       size_t size)
{
    char path[KERNEL_PATH_MAX];

    if (!kernel_path(path, "%s/proc/%d/task/%d/%s", root, (int)pid, (int)tid, name))
        return -1;
    return io_read_file(AT_FDCWD, path, buf, size);
}

/* "CPU 3/KVM" is vCPU 3; "IO iothread1" an I/O thread, but for that of QEMU's own monitor. */
static enum part_kind kind_of(const char *comm, uint32_t tid, char name[PROC_COMM_MAX],
                              uint32_t *number)
{
    const char *p = comm + 4;
    uint64_t cpu;

    *number = tid;
    snprintf(name, PROC_COMM_MAX, "%s", comm);
    if (strcmp(comm, "ALL CPUs/TCG") == 0) {
        *number = 0;
        snprintf(name, PROC_COMM_MAX, "all vCPUs");
        return PART_VCPU;
    }
    if (strncmp(comm, "CPU ", 4) == 0 && parse_u64(&p, &cpu) && cpu <= UINT32_MAX &&
        (strcmp(p, "/KVM") == 0 || strcmp(p, "/TCG") == 0)) {
        *number = (uint32_t)cpu;
        snprintf(name, PROC_COMM_MAX, "vCPU %u", *number);
        return PART_VCPU;
    }
    if (strncmp(comm, "IO ", 3) != 0 || strncmp(comm + 3, "mon_", 4) == 0)
        return PART_EMULATOR;
    p = comm + 11;
    if (strncmp(comm + 3, "iothread", 8) == 0 && parse_u64(&p, &cpu) && !*p)
        snprintf(name, PROC_COMM_MAX, "iothread %.40s", comm + 11);
    else
        snprintf(name, PROC_COMM_MAX, "%.60s", comm + 3);
    return PART_IOTHREAD;
}

/* "0-3"; NULL: unknown.  The caller frees. */
static char *allowed_of(const char *root, pid_t pid, pid_t tid)
{
    char buf[STATUS_BYTES];
    const char *list = read_of(root, pid, tid, "status", buf, sizeof(buf)) > 0
                           ? parse_find(buf, "Cpus_allowed_list:")
                           : NULL;
    const char *word;
    size_t len = list ? parse_word(&list, &word) : 0;

    return len ? xstrndup(word, len) : NULL;
}

/* PART's figures from one thread's files. */
static void measure(const char *root, pid_t pid, pid_t tid, const struct proc_stat *stat,
                    struct part *part)
{
    char buf[256];
    const char *p = buf;
    uint64_t cpu, wait;

    part->at_ns = clock_mono_ns();
    part_set(part, PART_FIELD_CPU, parse_add(stat->user_ns, stat->system_ns));
    if (read_of(root, pid, tid, "schedstat", buf, sizeof(buf)) > 0 && parse_u64(&p, &cpu) &&
        parse_u64(&p, &wait)) {
        part_set(part, PART_FIELD_CPU, cpu);
        part_set(part, PART_FIELD_WAIT, wait);
    }
    part_set(part, PART_FIELD_TID, (uint64_t)tid);
    if (stat->last_cpu >= 0)
        part_set(part, PART_FIELD_LAST_CPU, (uint64_t)stat->last_cpu);
    part->words[0] = xstrndup(&stat->state, 1);
    part->words[1] = allowed_of(root, pid, tid);
}

struct threads {
    const char *root;
    pid_t pid;
    unsigned kinds;
    struct parts *parts;
    size_t seen;
};

static bool add_thread(pid_t tid, void *user)
{
    struct threads *all = user;
    char buf[4096], name[PROC_COMM_MAX];
    struct proc_stat stat;
    uint32_t number;

    if (all->seen++ == THREADS_MAX)
        return false;
    if (read_of(all->root, all->pid, tid, "stat", buf, sizeof(buf)) <= 0 ||
        proc_parse_stat(buf, &stat) < 0)
        return true;
    enum part_kind kind = kind_of(stat.comm, (uint32_t)tid, name, &number);
    if (all->kinds & PART_BIT(kind))
        measure(all->root, all->pid, tid, &stat, parts_add(all->parts, kind, number, name));
    return true;
}

static int in_order(const void *a, const void *b)
{
    const struct part *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    uint64_t cpu_x = x->value[PART_FIELD_CPU], cpu_y = y->value[PART_FIELD_CPU];
    if (x->kind != PART_VCPU && cpu_x != cpu_y)
        return cpu_x > cpu_y ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

void part_threads_qemu(const char *root, pid_t pid, unsigned kinds, struct parts *parts)
{
    struct threads all = {.root = root, .pid = pid, .kinds = kinds, .parts = parts};
    size_t first = parts->count;

    if (!(kinds & (PART_BIT(PART_VCPU) | PART_BIT(PART_EMULATOR) | PART_BIT(PART_IOTHREAD))))
        return;
    proc_each_thread(root, pid, add_thread, &all);
    if (parts->count > first)
        qsort(parts->part + first, parts->count - first, sizeof(*parts->part), in_order);
}

struct part *part_thread_process(const char *root, pid_t pid, enum part_kind kind, const char *name,
                                 struct parts *parts)
{
    struct proc_stat stat;

    if (proc_read_stat(root, pid, &stat) < 0)
        return NULL;
    struct part *part = parts_add(parts, kind, (uint32_t)pid, name);
    measure(root, pid, pid, &stat, part);
    part_set(part, PART_FIELD_RSS, stat.rss_bytes);
    return part;
}

struct allowed {
    const char *root;
    pid_t pid;
    struct cpus cpus;
    size_t seen;
    bool any;
};

static bool add_allowed(pid_t tid, void *user)
{
    struct allowed *all = user;
    char buf[PROC_COMM_MAX], name[PROC_COMM_MAX];
    uint32_t number;

    if (all->seen++ == THREADS_MAX)
        return false;
    if (read_of(all->root, all->pid, tid, "comm", buf, sizeof(buf)) <= 0)
        return true;
    buf[strcspn(buf, "\n")] = '\0';
    if (kind_of(buf, (uint32_t)tid, name, &number) != PART_VCPU)
        return true;
    CLEANUP_FREE char *list = allowed_of(all->root, all->pid, tid);
    all->any |= list && cpus_add(&all->cpus, list);
    return true;
}

char *part_threads_allowed(const char *root, pid_t pid)
{
    struct allowed all = {.root = root, .pid = pid};
    char text[ISOLATION_TEXT_BYTES];

    proc_each_thread(root, pid, add_allowed, &all);
    if (!all.any)
        return NULL;
    cpus_text(&all.cpus, text, sizeof(text));
    return xstrdup(text);
}
