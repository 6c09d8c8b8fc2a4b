#include "backend/lxc/hints.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "kernel/held.h"

#define PLACES_MAX 4
#define PENDING_NS (5 * NS_PER_S)
#define PENDING_MAX 1024

static const char monitor_prefix[] = "lxc.monitor.";
static const char payload_prefix[] = "lxc.payload.";

struct place {
    char *dir;
    int wd;
};

struct pending {
    char *group;      /* directory */
    int64_t until_ns; /* 0: it is looked at once */
};

struct lxc_hints {
    int inotify;
    struct place place[PLACES_MAX];
    size_t places;
    struct pending *pending;
    size_t pending_count;
};

static void add_place(struct lxc_hints *hints, char *dir)
{
    for (size_t i = 0; dir && i < hints->places; i++) {
        if (strcmp(hints->place[i].dir, dir) == 0) {
            free(dir);
            return;
        }
    }
    if (!dir || hints->places == PLACES_MAX) {
        free(dir);
        return;
    }
    int wd = -1;
    if (hints->inotify >= 0)
        wd = inotify_add_watch(hints->inotify, dir, IN_CREATE | IN_DELETE | IN_ONLYDIR);
    hints->place[hints->places++] = (struct place){.dir = dir, .wd = wd};
}

static void add_pending(struct lxc_hints *hints, char *group, int64_t until_ns)
{
    if (hints->pending_count == PENDING_MAX) {
        free(group); /* the scan of /proc finds it */
        return;
    }
    hints->pending = xrealloc(hints->pending, hints->pending_count + 1, sizeof(*hints->pending));
    hints->pending[hints->pending_count++] = (struct pending){group, until_ns};
}

static bool is_monitor_group(const char *name)
{
    return strncmp(name, monitor_prefix, sizeof(monitor_prefix) - 1) == 0;
}

static void add_present(struct lxc_hints *hints, const char *place)
{
    CLEANUP_CLOSEDIR DIR *dir = opendir(place);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)))
        if (is_monitor_group(entry->d_name))
            add_pending(hints, xasprintf("%s/%s", place, entry->d_name), 0);
}

struct lxc_hints *lxc_hints_new(const struct cgroup_layout *layout, int inotify)
{
    struct lxc_hints *hints = xcalloc(1, sizeof(*hints));
    hints->inotify = inotify;
    /* One hierarchy would do; which of them a container is in depends on its configuration. */
    static const enum cgroup_controller order[] = {CGROUP_UNIFIED, CGROUP_PIDS, CGROUP_MEMORY,
                                                   CGROUP_FREEZER};
    char text[4096];
    struct cgroup_paths self = {0};
    if (io_read_file(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text)) > 0)
        cgroup_paths_parse(layout, text, &self);
    int hierarchies = 0;
    for (size_t i = 0; i < ARRAY_SIZE(order) && hierarchies < 2; i++) {
        const struct cgroup_mount *mount = &layout->mount[order[i]];
        if (!mount->point || (mount->v2 && order[i] != CGROUP_UNIFIED))
            continue;
        hierarchies++;
        add_place(hints, xasprintf("%s%s", layout->root, mount->point));
        if (self.path[order[i]] && strcmp(self.path[order[i]], "/") != 0)
            add_place(hints, cgroup_dir(layout, &self, order[i]));
    }
    cgroup_paths_clear(&self);
    /* A monitor is in all hierarchies: one of them does. */
    for (size_t i = 0; i < hints->places && hints->pending_count == 0; i++)
        add_present(hints, hints->place[i].dir);
    return hints;
}

void lxc_hints_free(struct lxc_hints *hints)
{
    if (!hints)
        return;
    for (size_t i = 0; i < hints->places; i++)
        free(hints->place[i].dir);
    for (size_t i = 0; i < hints->pending_count; i++)
        free(hints->pending[i].group);
    free(hints->pending);
    free(hints);
}

/* Calls VISIT for the processes of GROUP until it returns true, which is the result. */
static bool visit_group(const char *group, bool (*visit)(pid_t pid, void *user), void *user)
{
    char text[1024];
    CLEANUP_FREE char *path = xasprintf("%s/cgroup.procs", group);
    if (held_read_once(path, text, sizeof(text)) <= 0)
        return false;
    for (char *at = text; *at;) {
        char *end;
        long pid = strtol(at, &end, 10);
        if (end == at)
            break;
        if (pid > 0 && visit((pid_t)pid, user))
            return true;
        at = end;
    }
    return false;
}

bool lxc_hints_event(struct lxc_hints *hints, int wd, uint32_t mask, const char *name,
                     int64_t now_ns, const char **ret_ended)
{
    *ret_ended = NULL;
    const struct place *place = NULL;
    for (size_t i = 0; i < hints->places; i++)
        if (hints->place[i].wd == wd)
            place = &hints->place[i];
    if (!place)
        return false;
    bool monitor = is_monitor_group(name);
    bool payload = strncmp(name, payload_prefix, sizeof(payload_prefix) - 1) == 0;
    if (monitor && mask & IN_CREATE)
        add_pending(hints, xasprintf("%s/%s", place->dir, name), now_ns + PENDING_NS);
    else if ((monitor || payload) && mask & IN_DELETE)
        *ret_ended = name + sizeof(monitor_prefix) - 1;
    return true;
}

void lxc_hints_follow(struct lxc_hints *hints, int64_t now_ns, bool (*visit)(pid_t pid, void *user),
                      void *user)
{
    size_t kept = 0;
    for (size_t i = 0; i < hints->pending_count; i++) {
        struct pending *pending = &hints->pending[i];
        if (visit_group(pending->group, visit, user) || now_ns > pending->until_ns)
            free(pending->group);
        else
            hints->pending[kept++] = *pending;
    }
    hints->pending_count = kept;
}

bool lxc_hints_pending(const struct lxc_hints *hints)
{
    return hints->pending_count > 0;
}
