#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/host/storage_internal.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "kernel/parse.h"

#define TABLE_NS (60 * NS_PER_S) /* read again after that, whatever the kernel says of changes */
#define TABLE_BYTES (8u << 20)

/* All of an open /proc file; the caller frees.  NULL when it cannot be read. */
static char *read_all(int fd)
{
    size_t size = 64 * 1024, len = 0;
    char *text = xmalloc(size);
    ssize_t got;
    if (lseek(fd, 0, SEEK_SET) < 0)
        return move_ptr(&text);
    while ((got = read(fd, text + len, size - len - 1)) > 0) {
        len += (size_t)got;
        if (size - len < 4096 && size < TABLE_BYTES)
            text = xrealloc(text, size *= 2, 1);
        if (size - len <= 1)
            break;
    }
    text[len] = '\0';
    return text;
}

/* The kernel tells of a change to the table of mounts as an exceptional condition. */
static bool changed(struct storage *storage, int64_t now_ns)
{
    struct pollfd pfd = {.fd = storage->mountinfo_fd, .events = POLLPRI};
    if (storage->table_ns == 0 || now_ns - storage->table_ns >= TABLE_NS)
        return true;
    return poll(&pfd, 1, 0) > 0 && pfd.revents & (POLLPRI | POLLERR);
}

static bool same_fs(const struct mount *a, const struct mount *b)
{
    return a->major == b->major && a->minor == b->minor && strcmp(a->type, b->type) == 0 &&
           strcmp(a->point, b->point) == 0;
}

/* What was known of the file system that MOUNT stands for. */
static struct storage_fs remembered(const struct storage *storage, const struct mount_table *table,
                                    size_t mount)
{
    for (size_t i = 0; i < storage->fs_count; i++) {
        struct storage_fs fs = storage->fs[i];
        if (same_fs(mount_table_at(storage->table, fs.mount), mount_table_at(table, mount))) {
            fs.mount = mount;
            return fs;
        }
    }
    return (struct storage_fs){.mount = mount};
}

long storage_fs_of_mount(const struct storage *storage, long mount)
{
    const struct mount *at = mount < 0 ? NULL : mount_table_at(storage->table, (size_t)mount);
    for (size_t i = 0; at && i < storage->fs_count; i++) {
        if (storage->fs[i].mount == at->twin)
            return (long)i;
    }
    return -1;
}

static void take_table(struct storage *storage, struct mount_table *table)
{
    struct storage_fs *fs = NULL;
    size_t count = 0;
    for (size_t i = 0; i < mount_table_count(table) && count < STORAGE_PLACES_MAX / 2; i++) {
        const struct mount *mount = mount_table_at(table, i);
        if (mount->hidden || mount->twin != i || mount->use < MOUNT_IF_USED)
            continue;
        fs = xrealloc(fs, count + 1, sizeof(*fs));
        fs[count++] = remembered(storage, table, i);
    }
    free(storage->fs);
    storage->fs = fs;
    storage->fs_count = count;
    mount_table_free(storage->table);
    storage->table = table;
    for (size_t i = 0; i < storage->disk_count; i++) {
        storage->disk[i].mount = mount_table_find(table, storage->disk[i].path);
        storage->disk[i].fs = storage_fs_of_mount(storage, storage->disk[i].mount);
    }
}

void storage_mounts(struct storage *storage, int64_t now_ns)
{
    char path[KERNEL_PATH_MAX];
    if (storage->mountinfo_fd < 0 && kernel_path(path, "%s/proc/self/mountinfo", storage->root)) {
        storage->mountinfo_fd = open(path, O_RDONLY | O_CLOEXEC);
        storage->table_ns = 0;
    }
    if (storage->mountinfo_fd < 0 || !changed(storage, now_ns))
        return;
    CLEANUP_FREE char *text = read_all(storage->mountinfo_fd);
    take_table(storage, mount_table_parse(text));
    storage->table_ns = now_ns;
}

bool storage_paths_differ(const struct storage *storage, const struct want *want)
{
    if (want->path_count != storage->disk_count)
        return true;
    for (size_t i = 0; i < want->path_count; i++) {
        if (strcmp(want->paths[i], storage->disk[i].path) != 0)
            return true;
    }
    return false;
}

/* Both are sorted: what is known of a path that stays is kept. */
void storage_paths(struct storage *storage, const struct want *want)
{
    struct storage_disk *disk = xcalloc(want->path_count + 1, sizeof(*disk));
    size_t old = 0;
    for (size_t i = 0; i < want->path_count; i++) {
        int order = -1;
        while (old < storage->disk_count &&
               (order = strcmp(storage->disk[old].path, want->paths[i])) < 0)
            free(storage->disk[old++].path);
        if (old < storage->disk_count && order == 0) {
            disk[i] = storage->disk[old++];
            continue;
        }
        disk[i].path = xstrdup(want->paths[i]);
        disk[i].mount = mount_table_find(storage->table, disk[i].path);
        disk[i].fs = storage_fs_of_mount(storage, disk[i].mount);
    }
    while (old < storage->disk_count)
        free(storage->disk[old++].path);
    free(storage->disk);
    storage->disk = disk;
    storage->disk_count = want->path_count;
}
