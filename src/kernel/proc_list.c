#include "kernel/proc.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "kernel/held.h"
#include "kernel/parse.h"

#define CHILDREN_MAX_BYTES (256 * 1024)

static int each_number(const char *path, bool (*visit)(pid_t pid, void *user), void *user)
{
    CLEANUP_CLOSEDIR DIR *dir = opendir(path);
    if (!dir)
        return kernel_code(errno);
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        const char *name = entry->d_name;
        uint64_t pid;
        if (!parse_u64(&name, &pid) || *name || pid == 0 || pid > INT32_MAX)
            continue;
        if (!visit((pid_t)pid, user))
            break;
    }
    return 0;
}

int proc_each(const char *root, bool (*visit)(pid_t pid, void *user), void *user)
{
    char path[KERNEL_PATH_MAX];
    if (!kernel_path(path, "%s/proc", root))
        return ERR_IO;
    return each_number(path, visit, user);
}

/* A folder has a link for each folder in it, where it counts them at all. */
static bool has_one_thread(const char *task)
{
    struct stat st;
    return stat(task, &st) == 0 && st.st_nlink == 3;
}

int proc_each_thread(const char *root, pid_t pid, bool (*visit)(pid_t tid, void *user), void *user)
{
    char path[KERNEL_PATH_MAX];
    if (!kernel_path(path, "%s/proc/%d/task", root, (int)pid))
        return ERR_IO;
    if (has_one_thread(path)) {
        visit(pid, user);
        return 0;
    }
    return each_number(path, visit, user);
}

struct children {
    const char *root;
    pid_t pid;
    pid_t *ret;
    size_t count, max;
    char *buf;
    bool readable;
};

static bool add_children(pid_t tid, void *user)
{
    struct children *all = user;
    char path[KERNEL_PATH_MAX];
    if (!kernel_path(path, "%s/proc/%d/task/%d/children", all->root, (int)all->pid, (int)tid))
        return true;
    if (held_read_once(path, all->buf, CHILDREN_MAX_BYTES) < 0)
        return true;
    all->readable = true;
    const char *p = all->buf;
    uint64_t child;
    while (all->count < all->max && parse_u64(&p, &child)) {
        /* A number that ran into the end of the buffer may be a part of one. */
        if (*p != ' ' && *p != '\n')
            break;
        if (child > 0 && child <= INT32_MAX)
            all->ret[all->count++] = (pid_t)child;
    }
    return all->count < all->max;
}

ssize_t proc_children(const char *root, pid_t pid, pid_t *ret, size_t max)
{
    CLEANUP_FREE char *buf = xmalloc(CHILDREN_MAX_BYTES);
    struct children all = {.root = root, .pid = pid, .ret = ret, .max = max, .buf = buf};
    int code = proc_each_thread(root, pid, add_children, &all);
    if (code < 0)
        return code;
    /* A kernel without CONFIG_PROC_CHILDREN, or a process that ended meanwhile. */
    return all.readable ? (ssize_t)all.count : ERR_GONE;
}
