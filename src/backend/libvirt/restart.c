#include "backend/libvirt/restart.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/io.h"

#define LOOK_NS (3 * NS_PER_S)

int lv_restart_find(const char *root, const char *dir, struct proc_identity *ret)
{
    static const char *const names[] = {"virtqemud", "libvirtd"};
    static const char *const folders[] = {"", "/libvirt"}; /* where builds differ */

    for (size_t i = 0; i < ARRAY_SIZE(names) * ARRAY_SIZE(folders); i++) {
        const char *name = names[i % ARRAY_SIZE(names)];
        CLEANUP_FREE char *path =
            xasprintf("%s%s%s/%s.pid", root, dir, folders[i / ARRAY_SIZE(names)], name);
        char text[32];
        struct proc_stat stat;
        if (io_read_file(AT_FDCWD, path, text, sizeof(text)) <= 0)
            continue;
        long pid = strtol(text, NULL, 10);
        /* A file that was left behind may name anybody. */
        if (pid <= 1 || pid > INT32_MAX || proc_read_stat(root, (pid_t)pid, &stat) < 0 ||
            strcmp(stat.comm, name) != 0)
            continue;
        *ret = stat.id;
        return 0;
    }
    return ERR_GONE;
}

void lv_restart_take(struct lv_restart *restart, const struct proc_identity *found, uint64_t age_ms,
                     uint64_t oldest, int64_t now_ns)
{
    bool same =
        restart->daemon.pid == found->pid && restart->daemon.start_ticks == found->start_ticks;
    bool another = restart->daemon.pid && !same;

    if (!same) {
        int64_t started = now_ns - (int64_t)age_ms * NS_PER_MS;
        restart->daemon = *found;
        /* Before the clock began (it stands still in suspend): as long ago as can be said. */
        restart->started_ns = started > 0 ? started : 1;
    }
    if (another || (oldest && oldest < found->start_ticks))
        restart->restarted_ns = restart->started_ns;
}

void lv_restart_step(struct lv_restart *restart, const struct lv_uri *uri, uint64_t oldest,
                     int64_t now_ns)
{
    struct proc_identity found;

    if (now_ns < restart->due_ns)
        return;
    restart->due_ns = now_ns + LOOK_NS;
    if (lv_restart_find("", uri->pid_dir, &found) == 0)
        lv_restart_take(restart, &found, proc_age_ms(&found, proc_boottime_ns()), oldest, now_ns);
}
