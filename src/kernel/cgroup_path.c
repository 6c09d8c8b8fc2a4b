#include "kernel/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/cgroup_text.h"
#include "kernel/held.h"
#include "kernel/parse.h"
#include "kernel/proc.h"

#define CGROUP_FILE_MAX (64 * 1024)

void cgroup_paths_clear(struct cgroup_paths *paths)
{
    for (int i = 0; i < CGROUP_COUNT; i++)
        free(paths->path[i]);
    *paths = (struct cgroup_paths){0};
}

bool cgroup_paths_any(const struct cgroup_paths *paths)
{
    for (int i = 0; i < CGROUP_COUNT; i++) {
        if (paths->path[i])
            return true;
    }
    return false;
}

static void set_path(struct cgroup_paths *paths, int controller, const char *path, size_t len)
{
    free(paths->path[controller]);
    paths->path[controller] = xstrndup(path, len);
}

static void add_v1_line(const struct cgroup_layout *layout, const char *names, size_t names_len,
                        const char *path, size_t path_len, struct cgroup_paths *ret)
{
    const char *end = names + names_len;
    for (const char *p = names; p < end;) {
        const char *comma = memchr(p, ',', (size_t)(end - p));
        size_t len = (size_t)((comma ? comma : end) - p);
        enum cgroup_controller controller = cgroup_v1_controller(p, len);
        if (controller != CGROUP_COUNT && !layout->mount[controller].v2)
            set_path(ret, controller, path, path_len);
        p += len + 1;
    }
}

void cgroup_paths_parse(const struct cgroup_layout *layout, const char *text,
                        struct cgroup_paths *ret)
{
    *ret = (struct cgroup_paths){0};
    static const char deleted[] = " (deleted)";
    for (const char *line = *text ? text : NULL; line; line = parse_next_line(line)) {
        size_t line_len = strcspn(line, "\n");
        const char *names = memchr(line, ':', line_len);
        const char *path =
            names ? memchr(names + 1, ':', line_len - (size_t)(names + 1 - line)) : NULL;
        if (!path)
            continue;
        names++;
        size_t names_len = (size_t)(path - names);
        path++;
        size_t path_len = line_len - (size_t)(path - line);
        size_t suffix = sizeof(deleted) - 1;
        if (*path != '/' ||
            (path_len > suffix && memcmp(path + path_len - suffix, deleted, suffix) == 0))
            continue;
        if (names_len > 0) {
            add_v1_line(layout, names, names_len, path, path_len, ret);
            continue;
        }
        for (int i = 0; i < CGROUP_COUNT; i++) {
            if (layout->mount[i].v2)
                set_path(ret, i, path, path_len);
        }
    }
}

static bool starts(const char *text, size_t len, const char *prefix)
{
    size_t n = strlen(prefix);
    return len >= n && memcmp(text, prefix, n) == 0;
}

static bool ends(const char *text, size_t len, const char *suffix)
{
    size_t n = strlen(suffix);
    return len >= n && memcmp(text + len - n, suffix, n) == 0;
}

static bool holds(const char *text, size_t len, const char *part)
{
    return memmem(text, len, part, strlen(part)) != NULL;
}

/* Is the group at PATH, whose last component is NAME, a machine's own?  The names are libvirt's
 * with systemd, without it, and of old, and Proxmox's. */
static bool is_machine_group(const char *path, const char *name, size_t len)
{
    size_t before = (size_t)(name - path);
    bool scope = ends(name, len, ".scope");
    return (scope && starts(name, len, "machine-")) || ends(name, len, ".libvirt-qemu") ||
           ends(name, len, ".libvirt-lxc") || (scope && ends(path, before, "/qemu.slice/")) ||
           (holds(path, before, "/libvirt/qemu/") && ends(path, before, "/qemu/")) ||
           (holds(path, before, "/libvirt/lxc/") && ends(path, before, "/lxc/"));
}

char *cgroup_machine_path(const char *path)
{
    /* From the end: a machine inside a container inside a machine is itself. */
    for (size_t end = strlen(path); end > 1;) {
        size_t start = end;
        while (start > 0 && path[start - 1] != '/')
            start--;
        if (is_machine_group(path, path + start, end - start))
            return xstrndup(path, end);
        end = start > 0 ? start - 1 : 0;
    }
    return NULL;
}

/* The end of the first component that is a container's by its name: LXC 4 and later, then LXC 3's
 * /lxc/NAME. */
static size_t container_end(const char *path)
{
    const char *name = strstr(path, "/lxc.payload");
    if (name)
        return (size_t)(name - path) + 1 + strcspn(name + 1, "/");
    name = strstr(path, "/lxc/");
    if (name && name[5])
        return (size_t)(name - path) + 5 + strcspn(name + 5, "/");
    return 0;
}

char *cgroup_container_path(const char *outer, const char *inner)
{
    size_t len = strlen(outer);
    if (inner && strcmp(inner, "/") != 0) {
        /* An inner path that is no tail of the outer one was read at another moment. */
        bool tail = *inner == '/' && strncmp(inner, "/..", 3) != 0 && ends(outer, len, inner);
        inner = tail ? inner : NULL;
        len -= tail ? strlen(inner) : 0;
    }
    if (!inner) {
        size_t end = container_end(outer);
        if (end > 0)
            len = end;
        else if (ends(outer, len, "/init.scope"))
            len -= strlen("/init.scope");
    }
    while (len > 0 && outer[len - 1] == '/')
        len--;
    return len > 0 ? xstrndup(outer, len) : NULL;
}

/* WHO is a pid or "self". */
static int read_paths(const struct cgroup_layout *layout, const char *who, struct cgroup_paths *ret)
{
    char path[KERNEL_PATH_MAX];
    CLEANUP_FREE char *text = xmalloc(CGROUP_FILE_MAX);
    if (!kernel_path(path, "%s/proc/%s/cgroup", layout->root, who))
        return ERR_IO;
    ssize_t got = held_read_once(path, text, CGROUP_FILE_MAX);
    if (got < 0)
        return kernel_code((int)-got);
    cgroup_paths_parse(layout, text, ret);
    return 0;
}

int cgroup_resolve_machine(const struct cgroup_layout *layout, pid_t pid, struct cgroup_paths *ret)
{
    struct cgroup_paths raw = {0}, paths = {0};
    char who[16];
    snprintf(who, sizeof(who), "%d", (int)pid);
    int code = read_paths(layout, who, &raw);
    if (code < 0)
        return code;
    for (int i = 0; i < CGROUP_COUNT; i++)
        paths.path[i] = raw.path[i] ? cgroup_machine_path(raw.path[i]) : NULL;
    cgroup_paths_clear(&raw);
    *ret = paths;
    return 0;
}

int cgroup_resolve_own(const struct cgroup_layout *layout, struct cgroup_paths *ret)
{
    return read_paths(layout, "self", ret);
}

static uint64_t own_namespace(void)
{
    static uint64_t own; /* the same on every thread: a race writes the same value */
    if (!own)
        own = proc_namespace("", 0, "cgroup");
    return own;
}

/* What PID's own /proc/PID/cgroup says from inside its cgroup namespace: false when that is ours,
 * or may not be entered. */
static bool read_inner(const struct cgroup_layout *layout, pid_t pid, struct cgroup_paths *ret)
{
    char path[64];
    uint64_t theirs = proc_namespace("", pid, "cgroup");
    if (*layout->root || !theirs || theirs == own_namespace())
        return false;
    snprintf(path, sizeof(path), "/proc/%d/ns/cgroup", (int)pid);
    CLEANUP_CLOSE int home = open("/proc/thread-self/ns/cgroup", O_RDONLY | O_CLOEXEC);
    CLEANUP_CLOSE int inside = open(path, O_RDONLY | O_CLOEXEC);
    if (home < 0 || inside < 0 || setns(inside, CLONE_NEWCGROUP) != 0)
        return false;
    snprintf(path, sizeof(path), "%d", (int)pid);
    bool ok = read_paths(layout, path, ret) == 0;
    if (setns(home, CLONE_NEWCGROUP) != 0)
        log_line("cannot return to our own cgroup namespace: %s", strerror(errno));
    return ok;
}

/* Is the process in OWN inside the group at PATH? */
static bool is_inside(const char *own, const char *path)
{
    size_t len = strlen(path);
    return own && strncmp(own, path, len) == 0 && (own[len] == '/' || own[len] == '\0');
}

int cgroup_resolve_container(const struct cgroup_layout *layout, pid_t pid,
                             const struct cgroup_paths *own, struct cgroup_paths *ret)
{
    struct cgroup_paths outer = {0}, inner = {0}, paths = {0};
    char who[16];
    snprintf(who, sizeof(who), "%d", (int)pid);
    int code = read_paths(layout, who, &outer);
    if (code < 0)
        return code;
    bool seen = read_inner(layout, pid, &inner);
    for (int i = 0; i < CGROUP_COUNT; i++) {
        if (outer.path[i])
            paths.path[i] = cgroup_container_path(outer.path[i], seen ? inner.path[i] : NULL);
        /* Where LXC could make no group, the container stayed in its starter's. */
        if (paths.path[i] && is_inside(own->path[i], paths.path[i])) {
            free(paths.path[i]);
            paths.path[i] = NULL;
        }
    }
    cgroup_paths_clear(&outer);
    cgroup_paths_clear(&inner);
    *ret = paths;
    return 0;
}
