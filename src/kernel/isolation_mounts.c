/* Where a container may write what is the host's: its mounts beside the host's. */
#include "kernel/isolation_internal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "kernel/parse.h"

/* No files of the host's behind it, or files that answer each process in its own way. */
static bool is_virtual(const struct mount *mount)
{
    static const char *const types[] = {"proc",    "sysfs",       "cgroup", "cgroup2",
                                        "devpts",  "mqueue",      "nsfs",   "fuse.lxcfs",
                                        "fusectl", "binfmt_misc", "autofs", "hugetlbfs"};

    for (size_t i = 0; i < ARRAY_SIZE(types); i++)
        if (strcmp(mount->type, types[i]) == 0)
            return true;
    /* Single nodes of /dev: what may be done with them is for the device rules to say. */
    return strcmp(mount->type, "devtmpfs") == 0 && strcmp(mount->root, "/") != 0;
}

/* The kernel's own knobs, the same for all. */
static bool is_system(const struct mount *mount)
{
    static const char *const types[] = {"sysfs",    "debugfs",  "tracefs", "securityfs",
                                        "configfs", "efivarfs", "bpf",     "pstore"};

    for (size_t i = 0; i < ARRAY_SIZE(types); i++)
        if (strcmp(mount->type, types[i]) == 0)
            return strcmp(mount->root, "/") == 0;
    return false;
}

static const struct mount_table *host_mounts(struct isolation_ground *ground)
{
    if (!ground->mounts && (isolation_read_text(ground, 1, "mountinfo") ||
                            isolation_read_text(ground, 0, "mountinfo")))
        ground->mounts = mount_table_parse(ground->scratch);
    return ground->mounts;
}

/* PATH lies below DIR, or is it: what of it is behind DIR; else NULL. */
static const char *below(const char *path, const char *dir)
{
    size_t len = strlen(dir);

    if (len > 0 && dir[len - 1] == '/')
        len--;
    if (strncmp(path, dir, len) != 0 || (path[len] != '/' && path[len] != '\0'))
        return NULL;
    return path + len;
}

/* Where the host has what is mounted at MOUNT; NULL: nowhere.  The caller frees. */
static char *host_path(const struct mount_table *host, const struct mount *mount)
{
    long at = mount_table_device(host, mount->major, mount->minor);
    const struct mount *there = at >= 0 ? mount_table_at(host, (size_t)at) : NULL;

    if (!there)
        return NULL;
    const char *rest = below(mount->root, there->root);
    if (!rest)
        return xasprintf("a part of the host's %s", there->point);
    while (*rest == '/')
        rest++;
    bool top = strcmp(there->point, "/") == 0;
    return xasprintf("%s%s%s", there->point, top || !*rest ? "" : "/", rest);
}

/* Of the container's own root file system: its root, or a part of it. */
static bool is_own(const struct mount *mount, const struct mount *root)
{
    return root && mount->major == root->major && mount->minor == root->minor &&
           below(mount->root, root->root);
}

static const struct mount *root_of(const struct mount_table *table)
{
    long at = mount_table_find(table, "/");
    return at >= 0 ? mount_table_at(table, (size_t)at) : NULL;
}

static void add_writable(const struct mount_table *host, const struct mount *mount,
                         struct isolation_facts *ret)
{
    CLEANUP_FREE char *path = host_path(host, mount);

    if (!path)
        return;
    CLEANUP_FREE char *text =
        strcmp(path, mount->point) == 0 ? xstrdup(path) : xasprintf("%s at %s", path, mount->point);
    isolation_add(ret, ISOLATION_FACT_WRITABLE, text);
}

static bool is_read_only(const struct mount_table *table, const char *point)
{
    long at = mount_table_find(table, point);
    const struct mount *mount = at >= 0 ? mount_table_at(table, (size_t)at) : NULL;
    return mount && strcmp(mount->point, point) == 0 && !mount->writable;
}

static const char *const knobs[ISOLATION_KNOBS] = {"sys", "sysrq-trigger"};

static void find_knobs(struct isolation_ground *ground)
{
    char path[KERNEL_PATH_MAX];

    for (size_t i = 0; i < ISOLATION_KNOBS && !ground->knobs_known; i++)
        ground->knob[i] =
            kernel_path(path, "%s/proc/%s", ground->root, knobs[i]) && access(path, F_OK) == 0;
    ground->knobs_known = true;
}

/* proc may be written as a whole while what counts in it, where the kernel has it, is mounted over,
 * read-only. */
static void add_proc(struct isolation_ground *ground, const struct mount_table *table,
                     const struct mount *mount, struct isolation_facts *ret)
{
    find_knobs(ground);
    for (size_t i = 0; i < ISOLATION_KNOBS; i++) {
        if (!ground->knob[i])
            continue;
        CLEANUP_FREE char *path = xasprintf("%s/%s", mount->point, knobs[i]);
        if (!is_read_only(table, path))
            isolation_add(ret, ISOLATION_FACT_SYSTEM_WRITABLE, path);
    }
}

/* LXC mounts both anew there when containers may be run inside. */
static bool is_for_nesting(const struct mount *mount)
{
    return strncmp(mount->point, "/dev/.lxc/", 10) == 0;
}

void isolation_read_mounts(struct isolation_ground *ground, pid_t init, struct isolation_facts *ret)
{
    const struct mount_table *host = host_mounts(ground);
    bool nesting = false;

    if (!isolation_read_text(ground, init, "mountinfo"))
        return;
    struct mount_table *table = mount_table_parse(ground->scratch);
    const struct mount *root = root_of(table), *host_root = host ? root_of(host) : NULL;
    isolation_begin_list(ret, ISOLATION_FACT_SYSTEM_WRITABLE);
    if (host)
        isolation_begin_list(ret, ISOLATION_FACT_WRITABLE);
    for (size_t i = 0; i < mount_table_count(table); i++) {
        const struct mount *mount = mount_table_at(table, i);
        nesting |= is_for_nesting(mount);
        if (!mount->writable || mount->hidden || is_for_nesting(mount))
            continue;
        if (is_system(mount))
            isolation_add(ret, ISOLATION_FACT_SYSTEM_WRITABLE, mount->point);
        else if (strcmp(mount->type, "proc") == 0 && strcmp(mount->root, "/") == 0)
            add_proc(ground, table, mount, ret);
        else if (host && !is_virtual(mount) &&
                 (mount == root ? host_root && is_own(host_root, root) : !is_own(mount, root)))
            add_writable(host, mount, ret);
    }
    isolation_set_number(ret, ISOLATION_FACT_NESTING, nesting);
    mount_table_free(table);
}
