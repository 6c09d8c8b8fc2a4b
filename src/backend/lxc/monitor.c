#include "backend/lxc/monitor.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "kernel/held.h"

#define TITLE "[lxc monitor] "
#define TITLE_LEN (sizeof(TITLE) - 1)
#define TITLE_MAX (PATH_MAX + NAME_MAX + 64)
#define CGROUP_TEXT_MAX 16384
#define CHILDREN_MAX 64

static char *without_slashes(const char *path)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    return xstrndup(path, len);
}

void lxc_path_init(struct lxc_path *path, const char *given)
{
    path->given = without_slashes(given);
    path->real = NULL;
    char real[PATH_MAX];
    if (realpath(path->given, real) && strcmp(real, path->given) != 0)
        path->real = xstrdup(real);
}

void lxc_path_clear(struct lxc_path *path)
{
    free(path->given);
    free(path->real);
    *path = (struct lxc_path){0};
}

void lxc_monitor_clear(struct lxc_monitor *monitor)
{
    free(monitor->name);
    free(monitor->path);
    *monitor = (struct lxc_monitor){0};
}

/* The bytes of TEXT that spell PATH with any number of slashes and the space behind; 0: none. */
static size_t spells(const char *text, const char *path)
{
    if (!path)
        return 0;
    size_t len = strlen(path);
    if (strncmp(text, path, len) != 0)
        return 0;
    while (text[len] == '/')
        len++;
    return text[len] == ' ' && text[len + 1] ? len : 0;
}

const char *lxc_title_name(const char *title, size_t len, const struct lxc_path *path,
                           size_t *ret_path_len)
{
    if (len <= TITLE_LEN || strncmp(title, TITLE, TITLE_LEN) != 0)
        return NULL;
    size_t path_len = spells(title + TITLE_LEN, path->given);
    if (path_len == 0)
        path_len = spells(title + TITLE_LEN, path->real);
    if (path_len == 0)
        return NULL;
    *ret_path_len = path_len;
    return title + TITLE_LEN + path_len + 1;
}

bool lxc_cgroup_fits(const char *text, const char *name)
{
    static const char group[] = "/lxc.monitor.";
    size_t len = strlen(name);
    bool named = false;
    for (const char *at = strstr(text, group); at; at = strstr(at, group)) {
        at += sizeof(group) - 1;
        named = true;
        if (strncmp(at, name, len) != 0)
            continue;
        const char *rest = at + len;
        if (*rest == '-')
            rest += 1 + strspn(rest + 1, "0123456789");
        if (*rest == '\n' || *rest == '\0' || *rest == '/')
            return true;
    }
    return !named;
}

static bool read_cgroup(pid_t pid, char *buf, size_t size)
{
    char path[40];
    snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid);
    return held_read_once(path, buf, size) > 0;
}

bool lxc_monitor_probe(pid_t pid, const struct lxc_path *path, struct lxc_monitor *ret)
{
    char title[TITLE_MAX];
    ssize_t len = proc_read_cmdline("", pid, title, sizeof(title));
    if (len <= 0)
        return false;
    size_t path_len;
    const char *name = lxc_title_name(title, (size_t)len, path, &path_len);
    if (!name)
        return false;
    struct proc_stat stat;
    struct proc_status status;
    if (proc_read_stat("", pid, &stat) < 0 || proc_read_status("", pid, &status) < 0)
        return false;
    if (stat.state == 'Z' || (status.inner_pid && status.inner_pid != pid))
        return false;
    /* Between fork and exec, init still wears the title of its parent. */
    if (stat.parent > 1) {
        char parent[TITLE_MAX];
        ssize_t parent_len = proc_read_cmdline("", stat.parent, parent, sizeof(parent));
        if (parent_len == len && memcmp(parent, title, (size_t)len) == 0)
            return false;
    }
    char cgroup[CGROUP_TEXT_MAX];
    if (read_cgroup(pid, cgroup, sizeof(cgroup)) && !lxc_cgroup_fits(cgroup, name))
        return false;
    *ret = (struct lxc_monitor){
        .id = stat.id,
        .uid = status.uid,
        .name = xstrdup(name),
        .path = xstrndup(title + TITLE_LEN, path_len),
    };
    return true;
}

bool lxc_monitor_is_foreign(pid_t pid, const struct lxc_path *path)
{
    char title[TITLE_MAX];
    size_t path_len;
    ssize_t len = proc_read_cmdline("", pid, title, sizeof(title));
    return len > (ssize_t)TITLE_LEN && strncmp(title, TITLE, TITLE_LEN) == 0 &&
           !lxc_title_name(title, (size_t)len, path, &path_len);
}

struct search {
    const struct lxc_path *path;
    const char *name;
    struct lxc_monitor found;
};

static bool look_at(pid_t pid, void *user)
{
    struct search *search = user;
    if (!lxc_monitor_probe(pid, search->path, &search->found))
        return true;
    if (strcmp(search->found.name, search->name) == 0)
        return false;
    lxc_monitor_clear(&search->found);
    return true;
}

bool lxc_monitor_find(const struct lxc_path *path, const char *name, struct lxc_monitor *ret)
{
    struct search search = {.path = path, .name = name};
    proc_each("", look_at, &search);
    if (!search.found.name)
        return false;
    *ret = search.found;
    return true;
}

static bool in_payload(pid_t pid)
{
    char cgroup[CGROUP_TEXT_MAX];
    return read_cgroup(pid, cgroup, sizeof(cgroup)) && strstr(cgroup, "/lxc.payload.");
}

bool lxc_monitor_init(pid_t monitor, struct proc_identity *ret)
{
    pid_t children[CHILDREN_MAX];
    ssize_t count = proc_children("", monitor, children, CHILDREN_MAX);
    struct proc_identity shared = {0};
    for (ssize_t i = 0; i < count && i < CHILDREN_MAX; i++) {
        struct proc_stat stat;
        struct proc_status status;
        if (proc_read_stat("", children[i], &stat) < 0 || stat.parent != monitor ||
            stat.state == 'Z' || proc_read_status("", children[i], &status) < 0)
            continue;
        if (status.inner_pid == 1 && children[i] != 1) {
            *ret = stat.id;
            return true;
        }
        if (!shared.pid && in_payload(children[i]))
            shared = stat.id;
    }
    if (shared.pid)
        *ret = shared;
    return shared.pid != 0;
}

bool lxc_init_runs(pid_t init)
{
    char title[64];
    ssize_t len = proc_read_cmdline("", init, title, sizeof(title));
    return len > 0 && strncmp(title, TITLE, TITLE_LEN) != 0;
}

bool lxc_process_lives(const struct proc_identity *id)
{
    struct proc_stat stat;
    return id->pid > 0 && proc_read_stat("", id->pid, &stat) == 0 &&
           stat.id.start_ticks == id->start_ticks && stat.state != 'Z' && stat.state != 'X';
}
