#include "kernel/qemu_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/io.h"
#include "kernel/parse.h"

static void add_nic(struct qemu_files *files, const char *dev, size_t len, bool direct)
{
    if (len == 0 || len >= IF_NAMESIZE || files->nic_count == QEMU_NICS_MAX)
        return;
    for (size_t i = 0; i < files->nic_count; i++) /* a queue of one that we have */
        if (strncmp(files->nics[i].dev, dev, len) == 0 && !files->nics[i].dev[len])
            return;
    memcpy(files->nics[files->nic_count].dev, dev, len);
    files->nics[files->nic_count].dev[len] = '\0';
    files->nics[files->nic_count++].direct = direct;
}

/* "iff: tap0" in the descriptor's own file. */
static void add_tap(struct qemu_files *files, const char *root, pid_t pid, const char *fd)
{
    char path[KERNEL_PATH_MAX], text[1024];

    if (!kernel_path(path, "%s/proc/%d/fdinfo/%s", root, (int)pid, fd) ||
        io_read_file(AT_FDCWD, path, text, sizeof(text)) <= 0)
        return;
    const char *at = parse_find(text, "iff:"), *name;
    if (at) {
        size_t len = parse_word(&at, &name);
        add_nic(files, name, len, false);
    }
}

/* /dev/tapN is the macvtap with the index N. */
static void add_macvtap(struct qemu_files *files, const char *digits)
{
    char name[IF_NAMESIZE];
    uint64_t index;

    if (parse_u64(&digits, &index) && !*digits && index <= INT_MAX &&
        if_indextoname((unsigned)index, name))
        add_nic(files, name, strlen(name), true);
}

static void look_at(struct qemu_files *files, const char *root, pid_t pid, const char *fd,
                    const char *target, bool links)
{
    if (strcmp(target, "anon_inode:kvm-vm") == 0)
        files->kvm = true;
    else if (links && strcmp(target, "/dev/net/tun") == 0)
        add_tap(files, root, pid, fd);
    else if (links && strncmp(target, "/dev/tap", 8) == 0)
        add_macvtap(files, target + 8);
}

int qemu_files_read(const char *root, pid_t pid, struct qemu_files *ret)
{
    char path[KERNEL_PATH_MAX], target[64];

    *ret = (struct qemu_files){0};
    if (!kernel_path(path, "%s/proc/%d/fd", root, (int)pid))
        return ERR_IO;
    CLEANUP_CLOSEDIR DIR *dir = opendir(path);
    if (!dir)
        return kernel_code(errno);
    /* The same name is another link in another network namespace. */
    bool links = proc_namespace(root, pid, "net") == proc_namespace(root, 0, "net");
    const struct dirent *entry;
    while ((entry = readdir(dir))) {
        ssize_t len = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
        if (len <= 0)
            continue;
        target[len] = '\0';
        look_at(ret, root, pid, entry->d_name, target, links);
    }
    return 0;
}
