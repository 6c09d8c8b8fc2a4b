#include "backend/host/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "backend/host/storage_internal.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "kernel/parse.h"

#define ROUND_NS (5 * NS_PER_S)

struct storage *storage_new(const char *root, const struct prober_calls *calls)
{
    struct prober *prober = prober_new(calls);
    if (!prober)
        return NULL;
    struct storage *storage = xcalloc(1, sizeof(*storage));
    storage->root = root;
    storage->prober = prober;
    storage->mountinfo_fd = -1;
    storage->table = mount_table_parse("");
    return storage;
}

void storage_free(struct storage *storage)
{
    if (!storage)
        return;
    storage_paths(storage, &(struct want){0});
    free(storage->disk);
    free(storage->fs);
    mount_table_free(storage->table);
    thin_clear(&storage->thin);
    prober_free(storage->prober);
    cleanup_close(&storage->mountinfo_fd);
    free(storage);
}

int storage_fd(const struct storage *storage)
{
    return prober_fd(storage->prober);
}

/* ---- what is asked in a round ---- */

struct round {
    struct probe *probe;
    size_t count;
};

static struct probe *ask(struct round *round, enum probe_what what, const char *path, long on,
                         size_t tag)
{
    struct probe *probe = &round->probe[round->count++];
    *probe = (struct probe){.what = what, .path = xstrdup(path), .on = (int)on, .tag = tag};
    return probe;
}

static void find_used(struct storage *storage)
{
    for (size_t i = 0; i < storage->fs_count; i++)
        storage->fs[i].used = false;
    for (size_t i = 0; i < storage->disk_count; i++) {
        if (storage->disk[i].fs >= 0 && !storage->disk[i].gone)
            storage->fs[storage->disk[i].fs].used = true;
    }
}

static const struct mount *mount_of(const struct storage *storage, const struct storage_fs *fs)
{
    return mount_table_at(storage->table, fs->mount);
}

/* Local ones first: what a dead server keeps waiting is only what is behind it. */
static void ask_fs(struct storage *storage, struct round *round, bool network)
{
    for (size_t i = 0; i < storage->fs_count; i++) {
        const struct mount *mount = mount_of(storage, &storage->fs[i]);
        if (mount->network != network || (mount->use == MOUNT_IF_USED && !storage->fs[i].used) ||
            prober_stuck(storage->prober, PROBE_STATVFS, mount->point))
            continue;
        ask(round, PROBE_STATVFS, mount->point, (long)i, i)->remote = network;
    }
}

static void ask_thin(struct storage *storage, struct round *round)
{
    char path[KERNEL_PATH_MAX];
    if (kernel_path(path, "%s/dev/mapper/control", storage->root) && access(path, R_OK) == 0 &&
        !prober_stuck(storage->prober, PROBE_THIN, path))
        ask(round, PROBE_THIN, path, -1, 0);
}

static bool is_remote(const struct storage *storage, const struct storage_disk *disk)
{
    return mount_table_at(storage->table, (size_t)disk->mount)->network ||
           (disk->fs >= 0 && mount_of(storage, &storage->fs[disk->fs])->network);
}

/* Not what would mount something, nor what lies where nothing answers. */
static void ask_disks(struct storage *storage, struct round *round, bool local_only)
{
    for (size_t i = 0; i < storage->disk_count; i++) {
        const struct storage_disk *disk = &storage->disk[i];
        const struct mount *mount =
            disk->mount < 0 ? NULL : mount_table_at(storage->table, (size_t)disk->mount);
        long by_text = storage_fs_of_mount(storage, disk->mount);
        if (!mount || mount->use == MOUNT_TRIGGER || (local_only && is_remote(storage, disk)) ||
            (by_text >= 0 && storage->fs[by_text].silent_since_ns) ||
            (disk->fs >= 0 && storage->fs[disk->fs].silent_since_ns) ||
            prober_stuck(storage->prober, PROBE_STAT, disk->path))
            continue;
        ask(round, PROBE_STAT, disk->path, disk->fs >= 0 ? disk->fs : by_text, i)->remote =
            is_remote(storage, disk);
    }
}

void storage_tick(struct storage *storage, const struct want *want, int64_t now_ns)
{
    struct round round = {0};
    bool differs = storage_paths_differ(storage, want);

    if (!differs && storage->round_ns && now_ns - storage->round_ns < ROUND_NS)
        return;
    if (prober_busy(storage->prober))
        return;
    storage_mounts(storage, now_ns);
    if (differs)
        storage_paths(storage, want);
    find_used(storage);
    /* With as many stuck as there may be, nobody is asked whose silence could cost one more. */
    bool local_only = prober_stuck_count(storage->prober) >= PROBES_STUCK_MAX;
    round.probe = xcalloc(storage->fs_count + storage->disk_count + 1, sizeof(*round.probe));
    ask_fs(storage, &round, false);
    if (!local_only)
        ask_fs(storage, &round, true);
    ask_thin(storage, &round);
    ask_disks(storage, &round, local_only);
    storage->round_ns = now_ns;
    if (!prober_start(storage->prober, round.probe, round.count))
        probes_free(round.probe, round.count);
}

/* ---- what came of it ---- */

/* Neither permission nor a place that was hidden meanwhile is a place that does not answer. */
static bool is_silence(int error)
{
    return error && error != EACCES && error != EPERM && error != ENOENT && error != ENOTDIR &&
           error != ENOSYS && error != EINTR;
}

static void take_fs(struct storage *storage, struct storage_fs *fs, const struct probe *probe)
{
    bool silent = probe->state == PROBE_STUCK || is_silence(probe->error);
    if (silent) {
        if (!fs->silent_since_ns)
            fs->silent_since_ns = probe->started_ns;
        return;
    }
    fs->silent_since_ns = 0;
    if (probe->error)
        return;
    const struct statvfs *got = &probe->u.statvfs;
    bool flag_ro = got->f_flag & ST_RDONLY;
    /* An error that turns a file system read-only is no change of mounts to the kernel. */
    if (fs->asked && flag_ro != fs->flag_ro)
        storage->table_ns = storage->round_ns = 0;
    fs->asked = true;
    fs->flag_ro = flag_ro;
    fs->at_ns = probe->started_ns;
    fs->total = parse_scale(got->f_blocks, got->f_frsize);
    /* Not f_bfree: QEMU writes as libvirt-qemu and has no part in root's reserve. */
    fs->avail = parse_scale(got->f_bavail, got->f_frsize);
    fs->inodes_total = got->f_files;
    fs->inodes_avail = got->f_favail;
}

static void take_disk(struct storage *storage, struct storage_disk *disk, const struct probe *probe)
{
    if (probe->state != PROBE_DONE)
        return;
    disk->known = probe->error == 0;
    disk->gone = probe->error == ENOENT || probe->error == ENOTDIR;
    disk->fs = storage_fs_of_mount(storage, disk->mount);
    if (!disk->known)
        return;
    disk->st = probe->u.stat;
    disk->at_ns = probe->started_ns;
    /* Where it really is: a link may lead anywhere. */
    long fs =
        storage_fs_of_mount(storage, mount_table_device(storage->table, major(disk->st.st_dev),
                                                        minor(disk->st.st_dev)));
    if (fs >= 0)
        disk->fs = fs;
}

static void take_thin(struct storage *storage, struct probe *probe)
{
    if (probe->state == PROBE_STUCK && !storage->thin_silent_ns)
        storage->thin_silent_ns = probe->started_ns;
    if (probe->state != PROBE_DONE)
        return;
    storage->thin_silent_ns = 0;
    thin_clear(&storage->thin);
    if (probe->error)
        return;
    storage->thin = probe->u.thin;
    storage->thin_ns = probe->started_ns;
    probe->u.thin = (struct thin_list){0};
}

void storage_ready(struct storage *storage, struct sink *sink)
{
    size_t count;
    struct probe *probe = prober_turn(storage->prober, &count);
    if (!probe)
        return;
    for (size_t i = 0; i < count; i++) {
        if (probe[i].state == PROBE_SKIPPED)
            continue;
        if (probe[i].what == PROBE_STATVFS)
            take_fs(storage, &storage->fs[probe[i].tag], &probe[i]);
        else if (probe[i].what == PROBE_STAT)
            take_disk(storage, &storage->disk[probe[i].tag], &probe[i]);
        else
            take_thin(storage, &probe[i]);
    }
    find_used(storage);
    probes_free(probe, count);
    storage_say(storage, sink);
}
