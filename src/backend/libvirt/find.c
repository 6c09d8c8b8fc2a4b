#include "backend/libvirt/find.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/io.h"

#define CMDLINE_MAX (128u * 1024) /* guests with many devices have long ones */

static int verify(const char *root, pid_t pid, const char *uuid, char *buf,
                  struct proc_identity *ret)
{
    struct proc_stat stat;

    ssize_t len = proc_read_cmdline(root, pid, buf, CMDLINE_MAX);
    const char *found = len > 0 ? proc_cmdline_option(buf, (size_t)len, "-uuid") : NULL;
    if (!found || strcasecmp(found, uuid) != 0 || proc_read_stat(root, pid, &stat) < 0)
        return ERR_GONE;
    *ret = stat.id;
    return 0;
}

int lv_find_by_file(const char *root, const char *run_dir, const char *name, const char *uuid,
                    struct proc_identity *ret)
{
    char text[32];
    CLEANUP_FREE char *path = xasprintf("%s%s/%s.pid", root, run_dir, name);
    CLEANUP_FREE char *buf = xmalloc(CMDLINE_MAX);

    if (io_read_file(AT_FDCWD, path, text, sizeof(text)) <= 0)
        return ERR_GONE;
    long pid = strtol(text, NULL, 10);
    if (pid <= 1 || pid > INT32_MAX)
        return ERR_GONE;
    return verify(root, (pid_t)pid, uuid, buf, ret);
}

struct search {
    const char *root, *uuid;
    char *buf;
    struct proc_identity *ret;
    bool found;
};

static bool visit(pid_t pid, void *user)
{
    struct search *search = user;
    struct proc_stat stat;

    /* Cheaper than every command line: hypervisors are called qemu-…, qemu-kvm or kvm. */
    if (proc_read_stat(search->root, pid, &stat) < 0 ||
        (!strstr(stat.comm, "qemu") && !strstr(stat.comm, "kvm")))
        return true;
    search->found = verify(search->root, pid, search->uuid, search->buf, search->ret) == 0;
    return !search->found;
}

int lv_find_by_scan(const char *root, const char *uuid, struct proc_identity *ret)
{
    CLEANUP_FREE char *buf = xmalloc(CMDLINE_MAX);
    struct search search = {.root = root, .uuid = uuid, .buf = buf, .ret = ret};

    proc_each(root, visit, &search);
    return search.found ? 0 : ERR_GONE;
}
