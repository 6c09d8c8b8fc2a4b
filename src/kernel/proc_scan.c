#include "kernel/proc_scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/io.h"
#include "kernel/parse.h"

#define SOON_NS (30 * NS_PER_S)
#define SLICE 400 /* processes a step */
#define NEWCOMERS_MAX 1024

struct proc_scan {
    const char *root;
    DIR *dir;
    /* /proc lists processes by number, and a place in it is the number plus this: what came can be
     * read alone.  0: it is not so here. */
    long place;
    pid_t *pids; /* what is left of the pass under way */
    size_t count, capacity;
    int64_t every_ns, passed_at_ns, pass_at_ns;
    bool hasty;
    bool passed;                 /* a whole pass was made */
    pid_t newest, newest_before; /* the last pid that was given out at the last steps */
};

struct proc_scan *proc_scan_new(const char *root, int64_t every_ns, bool hasty)
{
    struct proc_scan *scan = xcalloc(1, sizeof(*scan));
    scan->root = root;
    scan->every_ns = every_ns;
    scan->hasty = hasty;
    char path[KERNEL_PATH_MAX];
    if (kernel_path(path, "%s/proc", root))
        scan->dir = opendir(path);
    return scan;
}

void proc_scan_free(struct proc_scan *scan)
{
    if (!scan)
        return;
    if (scan->dir)
        closedir(scan->dir);
    free(scan->pids);
    free(scan);
}

void proc_scan_anew(struct proc_scan *scan)
{
    scan->pass_at_ns = 0;
}

static void queue(struct proc_scan *scan, pid_t pid)
{
    if (scan->count == scan->capacity) {
        scan->capacity = scan->capacity ? 2 * scan->capacity : 256;
        scan->pids = xrealloc(scan->pids, scan->capacity, sizeof(*scan->pids));
    }
    scan->pids[scan->count++] = pid;
}

/* 0: it is no process. */
static pid_t number_of(const char *name)
{
    uint64_t pid;
    return parse_u64(&name, &pid) && !*name && pid <= INT32_MAX ? (pid_t)pid : 0;
}

/* The next process that /proc lists; 0 at the end. */
static pid_t next_pid(DIR *dir, long *ret_next)
{
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        pid_t pid = number_of(entry->d_name);
        *ret_next = (long)entry->d_off;
        if (pid)
            return pid;
    }
    return 0;
}

static void list_all(struct proc_scan *scan)
{
    pid_t pid, before = 0;
    long next = 0, at = 0;
    bool regular = true;
    scan->place = 0;
    if (!scan->dir)
        return;
    rewinddir(scan->dir);
    while ((pid = next_pid(scan->dir, &next))) {
        if (before && scan->place == 0)
            scan->place = at - pid;
        regular = regular && pid > before && (!before || at == pid + scan->place);
        before = pid;
        at = next;
        queue(scan, pid);
    }
    if (!regular || scan->place < 0)
        scan->place = 0;
}

static bool make_pass(struct proc_scan *scan, int64_t now_ns, bool (*visit)(pid_t pid, void *user),
                      void *user)
{
    bool begins = scan->count == 0 && now_ns >= scan->pass_at_ns;
    if (begins) {
        list_all(scan);
        scan->passed_at_ns = now_ns;
        scan->pass_at_ns = now_ns + scan->every_ns;
    }
    for (int i = 0; scan->count > 0 && (!scan->passed || i < SLICE); i++)
        visit(scan->pids[--scan->count], user);
    scan->passed = true;
    return begins;
}

/* Those from FROM to LAST.  The kernel fills whatever room it is given, with all that come behind
 * too: there is little. */
static void visit_between(struct proc_scan *scan, pid_t from, pid_t last,
                          bool (*visit)(pid_t pid, void *user), void *user)
{
    char buf[768] __attribute__((aligned(__alignof__(struct dirent64))));
    int fd = dirfd(scan->dir);
    if (lseek(fd, from + scan->place, SEEK_SET) < 0)
        return;
    for (int visited = 0; visited < NEWCOMERS_MAX;) {
        ssize_t len = getdents64(fd, buf, sizeof(buf));
        if (len <= 0)
            return;
        for (ssize_t at = 0; at < len;) {
            const struct dirent64 *entry = (const struct dirent64 *)(const void *)(buf + at);
            pid_t pid = number_of(entry->d_name);
            at += entry->d_reclen;
            if (pid > last)
                return;
            if (pid < from)
                continue;
            visit(pid, user);
            visited++;
        }
    }
}

static void visit_newcomers(struct proc_scan *scan, bool (*visit)(pid_t pid, void *user),
                            void *user)
{
    char path[KERNEL_PATH_MAX], text[128];
    int newest;
    if (!kernel_path(path, "%s/proc/loadavg", scan->root) ||
        io_read_file(AT_FDCWD, path, text, sizeof(text)) <= 0 ||
        sscanf(text, "%*s %*s %*s %*s %d", &newest) != 1)
        return;
    pid_t from = scan->newest_before;
    pid_t last = scan->hasty ? (pid_t)newest : scan->newest;
    scan->newest_before = scan->newest ? scan->newest : (pid_t)newest;
    scan->newest = (pid_t)newest;
    if (from == 0 || last == from)
        return;
    if (last > from && scan->place) {
        visit_between(scan, from + 1, last, visit, user);
        return;
    }
    if (last < from || last - from > NEWCOMERS_MAX) {
        if (scan->pass_at_ns > scan->passed_at_ns + SOON_NS)
            scan->pass_at_ns = scan->passed_at_ns + SOON_NS;
        return;
    }
    for (pid_t pid = from + 1; pid <= last; pid++)
        visit(pid, user);
}

bool proc_scan_step(struct proc_scan *scan, int64_t now_ns, bool (*visit)(pid_t pid, void *user),
                    void *user)
{
    visit_newcomers(scan, visit, user);
    return make_pass(scan, now_ns, visit, user);
}
