#include "kernel/part_process.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "kernel/cgroup_member.h"
#include "kernel/parse.h"
#include "kernel/proc.h"

#define PIDS_MAX 1024 /* whose times are read; more are only counted */
#define CMDLINE_BYTES 512
#define DETAILS_NS (10 * NS_PER_S) /* a process may become another program, or user */

struct process {
    struct proc_stat stat;
    int64_t at_ns;
    uint64_t cpu_ns, used_ns; /* in all; since the last look */
    char *cmdline, *user;     /* as of DETAILS_NS; NULL: not read, or unknown */
    int64_t details_ns;
};

struct part_processes {
    const char *root;
    struct process *list; /* by pid */
    size_t count;
};

struct part_processes *part_processes_new(const char *root)
{
    struct part_processes *self = xcalloc(1, sizeof(*self));

    self->root = root;
    return self;
}

static void clear_list(struct process *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(list[i].cmdline);
        free(list[i].user);
    }
    free(list);
}

void part_processes_free(struct part_processes *self)
{
    if (!self)
        return;
    clear_list(self->list, self->count);
    free(self);
}

/* ---- what they did ---- */

static int by_pid(const void *a, const void *b)
{
    const struct process *x = a, *y = b;
    return (x->stat.id.pid > y->stat.id.pid) - (x->stat.id.pid < y->stat.id.pid);
}

/* Reads PID; what is known of it from the last time is taken over. */
static bool look(struct part_processes *self, pid_t pid, struct process *ret)
{
    struct process now = {0};

    if (proc_read_stat(self->root, pid, &now.stat) < 0)
        return false;
    now.at_ns = clock_mono_ns();
    now.cpu_ns = now.used_ns = parse_add(now.stat.user_ns, now.stat.system_ns);
    struct process *last =
        self->count ? bsearch(&now, self->list, self->count, sizeof(now), by_pid) : NULL;
    if (last && last->stat.id.start_ticks == now.stat.id.start_ticks) {
        now.used_ns = now.cpu_ns > last->cpu_ns ? now.cpu_ns - last->cpu_ns : 0;
        now.cmdline = move_ptr(&last->cmdline);
        now.user = move_ptr(&last->user);
        now.details_ns = strcmp(last->stat.comm, now.stat.comm) == 0 ? last->details_ns : 0;
    }
    *ret = now;
    return true;
}

static int busiest_first(const void *a, const void *b)
{
    const struct process *x = *(struct process *const *)a, *y = *(struct process *const *)b;

    if (x->used_ns != y->used_ns)
        return x->used_ns > y->used_ns ? -1 : 1;
    if (x->cpu_ns != y->cpu_ns)
        return x->cpu_ns > y->cpu_ns ? -1 : 1;
    return by_pid(x, y);
}

/* UID as INIT's user namespace counts, by its uid_map ("inside outside count"). */
static char *user_of(const char *root, pid_t init, uint64_t uid)
{
    char path[KERNEL_PATH_MAX], text[4096];
    uint64_t inside, outside, count;

    if (!kernel_path(path, "%s/proc/%d/uid_map", root, (int)init) ||
        io_read_file(AT_FDCWD, path, text, sizeof(text)) < 0)
        return NULL;
    for (const char *line = text; line; line = parse_next_line(line)) {
        const char *p = line;
        if (!parse_u64(&p, &inside) || !parse_u64(&p, &outside) || !parse_u64(&p, &count) ||
            uid < outside || uid - outside >= count)
            continue;
        uid = parse_add(inside, uid - outside);
        return uid == 0 ? xstrdup("root") : xasprintf("%llu", (unsigned long long)uid);
    }
    return NULL; /* from outside of it */
}

static void read_details(struct part_processes *self, pid_t init, struct process *process)
{
    char buf[CMDLINE_BYTES];
    struct proc_status status;
    pid_t pid = process->stat.id.pid;

    free(process->cmdline);
    free(process->user);
    process->cmdline = process->user = NULL;
    ssize_t len = proc_read_cmdline(self->root, pid, buf, sizeof(buf));
    while (len > 0 && buf[len - 1] == '\0')
        len--;
    for (ssize_t i = 0; i < len; i++)
        if (buf[i] == '\0')
            buf[i] = ' ';
    if (len > 0)
        process->cmdline = xstrndup(buf, (size_t)len);
    if (proc_read_status(self->root, pid, &status) == 0)
        process->user = user_of(self->root, init, status.uid);
    process->details_ns = process->at_ns;
}

static void say(const struct process *process, struct parts *parts)
{
    const struct proc_stat *stat = &process->stat;
    struct part *part = parts_add(parts, PART_PROCESS, (uint32_t)stat->id.pid, stat->comm);

    part->at_ns = process->at_ns;
    part_set(part, PART_FIELD_CPU, process->cpu_ns);
    part_set(part, PART_FIELD_RSS, stat->rss_bytes);
    if (stat->last_cpu >= 0)
        part_set(part, PART_FIELD_LAST_CPU, (uint64_t)stat->last_cpu);
    part->words[0] = xstrndup(&stat->state, 1);
    part->words[1] = xstrdup(process->cmdline);
    part->words[2] = xstrdup(process->user);
}

void part_processes_read(struct part_processes *self, const char *dir, pid_t init, size_t max,
                         struct parts *parts)
{
    CLEANUP_FREE pid_t *pid = xcalloc(PIDS_MAX, sizeof(*pid));
    size_t count = 0, total, members = cgroup_members(dir, pid, PIDS_MAX, &total);

    struct process *list = xcalloc(members + 1, sizeof(*list));
    CLEANUP_FREE struct process **order = xcalloc(members + 1, sizeof(*order));
    for (size_t i = 0; i < members; i++) {
        if (look(self, pid[i], &list[count])) {
            order[count] = &list[count];
            count++;
        }
    }
    clear_list(self->list, self->count);
    self->list = list;
    self->count = count;
    qsort(order, count, sizeof(struct process *), busiest_first);
    for (size_t i = 0; i < count && i < max; i++) {
        if (order[i]->details_ns == 0 || order[i]->at_ns - order[i]->details_ns > DETAILS_NS)
            read_details(self, init, order[i]);
        say(order[i], parts);
    }
    parts->left_out += (uint32_t)((count > max ? count - max : 0) + total - members);
}
