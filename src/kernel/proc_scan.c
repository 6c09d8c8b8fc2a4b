#include "kernel/proc_scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/io.h"
#include "kernel/parse.h"
#include "kernel/proc.h"

#define SOON_NS (30 * NS_PER_S)
#define SLICE 400 /* processes a step */
#define NEWCOMERS_MAX 1024

struct proc_scan {
    const char *root;
    pid_t *pids; /* what is left of the pass under way */
    size_t count, capacity;
    int64_t every_ns, passed_at_ns, pass_at_ns;
    bool passed;                 /* a whole pass was made */
    pid_t newest, newest_before; /* the last pid that was given out at the last steps */
};

struct proc_scan *proc_scan_new(const char *root, int64_t every_ns)
{
    struct proc_scan *scan = xcalloc(1, sizeof(*scan));
    scan->root = root;
    scan->every_ns = every_ns;
    return scan;
}

void proc_scan_free(struct proc_scan *scan)
{
    if (!scan)
        return;
    free(scan->pids);
    free(scan);
}

void proc_scan_anew(struct proc_scan *scan)
{
    scan->pass_at_ns = 0;
}

static bool queue(pid_t pid, void *user)
{
    struct proc_scan *scan = user;
    if (scan->count == scan->capacity) {
        scan->capacity = scan->capacity ? 2 * scan->capacity : 256;
        scan->pids = xrealloc(scan->pids, scan->capacity, sizeof(*scan->pids));
    }
    scan->pids[scan->count++] = pid;
    return true;
}

static bool make_pass(struct proc_scan *scan, int64_t now_ns, bool (*visit)(pid_t pid, void *user),
                      void *user)
{
    bool begins = scan->count == 0 && now_ns >= scan->pass_at_ns;
    if (begins) {
        proc_each(scan->root, queue, scan);
        scan->passed_at_ns = now_ns;
        scan->pass_at_ns = now_ns + scan->every_ns;
    }
    for (int i = 0; scan->count > 0 && (!scan->passed || i < SLICE); i++)
        visit(scan->pids[--scan->count], user);
    scan->passed = true;
    return begins;
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
    scan->newest_before = scan->newest ? scan->newest : (pid_t)newest;
    scan->newest = (pid_t)newest;
    if (from == 0)
        return;
    if (newest < from || newest - from > NEWCOMERS_MAX) {
        if (scan->pass_at_ns > scan->passed_at_ns + SOON_NS)
            scan->pass_at_ns = scan->passed_at_ns + SOON_NS;
        return;
    }
    for (pid_t pid = from + 1; pid <= (pid_t)newest; pid++)
        visit(pid, user);
}

bool proc_scan_step(struct proc_scan *scan, int64_t now_ns, bool (*visit)(pid_t pid, void *user),
                    void *user)
{
    visit_newcomers(scan, visit, user);
    return make_pass(scan, now_ns, visit, user);
}
