#include "kernel/cgroup_member.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/io.h"
#include "kernel/parse.h"
#include "kernel/proc.h"

#define PROCS_BYTES (256 * 1024)
#define GROUPS_MAX 512
#define DEPTH_MAX 8
#define ASKED_MAX 256 /* whose I/O is read at every tick */

struct members {
    pid_t *pid;
    size_t count, max, total, groups;
    char *buf; /* PROCS_BYTES */
};

static void add_members(struct members *members, const char *dir)
{
    char path[KERNEL_PATH_MAX];
    uint64_t pid;

    if (!kernel_path(path, "%s/cgroup.procs", dir) ||
        io_read_file(AT_FDCWD, path, members->buf, PROCS_BYTES) <= 0)
        return;
    for (const char *p = members->buf; parse_u64(&p, &pid) && *p == '\n'; p++) {
        if (pid == 0 || pid > INT32_MAX)
            continue;
        if (members->count < members->max)
            members->pid[members->count++] = (pid_t)pid;
        members->total++;
    }
}

static void walk(struct members *members, const char *dir, int depth)
{
    char path[KERNEL_PATH_MAX];
    const struct dirent *entry;

    if (members->groups++ >= GROUPS_MAX)
        return;
    add_members(members, dir);
    CLEANUP_CLOSEDIR DIR *groups = depth < DEPTH_MAX ? opendir(dir) : NULL;
    while (groups && (entry = readdir(groups))) {
        /* Only groups are folders there. */
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
            kernel_path(path, "%s/%s", dir, entry->d_name))
            walk(members, path, depth + 1);
    }
}

static int by_number(const void *a, const void *b)
{
    pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;
    return (x > y) - (x < y);
}

size_t cgroup_members(const char *dir, pid_t *ret, size_t max, size_t *ret_total)
{
    CLEANUP_FREE char *buf = xmalloc(PROCS_BYTES);
    struct members members = {.pid = ret, .max = max, .buf = buf};
    size_t count = 0;

    walk(&members, dir, 0);
    qsort(ret, members.count, sizeof(*ret), by_number);
    /* One that moved meanwhile was met twice. */
    for (size_t i = 0; i < members.count; i++)
        if (count == 0 || ret[i] != ret[count - 1])
            ret[count++] = ret[i];
    *ret_total = members.total - (members.count - count);
    return count;
}

bool cgroup_members_io(const char *root, const char *dir, struct sample *sample)
{
    pid_t pid[ASKED_MAX];
    uint64_t read = 0, written = 0;
    size_t total, count = cgroup_members(dir, pid, ASKED_MAX, &total);

    for (size_t i = 0; i < count; i++) {
        struct proc_io io;
        int rc = proc_read_io(root, pid[i], &io);

        if (rc == ERR_GONE)
            continue;
        if (rc < 0)
            return false;
        read = parse_add(read, io.read_bytes);
        written = parse_add(written, io.write_bytes);
    }
    if (count == 0 || count < total)
        return false;
    sample_set(sample, FIELD_DISK_READ, read);
    sample_set(sample, FIELD_DISK_WRITE, written);
    return true;
}
