#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "backend/host/storage_internal.h"
#include "base/alloc.h"

static const struct thin_volume *volume_of(const struct storage *storage, uint32_t major,
                                           uint32_t minor)
{
    for (size_t i = 0; i < storage->thin.volumes; i++) {
        const struct thin_volume *volume = &storage->thin.volume[i];
        if (volume->major == major && volume->minor == minor)
            return volume;
    }
    return NULL;
}

/* Index of the pool of VOLUME in the report: pools come first. */
static int pool_of(const struct storage *storage, const struct thin_volume *volume)
{
    for (size_t i = 0; volume && i < storage->thin.pools && i < STORAGE_PLACES_MAX / 2; i++) {
        if (storage->thin.pool[i].major == volume->pool_major &&
            storage->thin.pool[i].minor == volume->pool_minor)
            return (int)i;
    }
    return -1;
}

static struct storage_place say_pool(const struct storage *storage, const struct thin_pool *pool)
{
    return (struct storage_place){.kind = PLACE_THIN,
                                  .name = xstrdup(pool->name),
                                  .below = -1,
                                  .has_bytes = pool->total > 0 && !pool->failed,
                                  .has_inodes = pool->metadata_total > 0,
                                  .read_only = pool->read_only,
                                  .read_only_fault = pool->read_only,
                                  .total = pool->total,
                                  .avail = pool->total - pool->used,
                                  .inodes_total = pool->metadata_total,
                                  .inodes_avail = pool->metadata_total - pool->metadata_used,
                                  .at_ns = storage->thin_ns,
                                  .silent_since_ns = storage->thin_silent_ns};
}

static struct storage_place say_fs(const struct storage *storage, const struct storage_fs *fs)
{
    const struct mount *mount = mount_table_at(storage->table, fs->mount);
    return (struct storage_place){
        .kind = PLACE_FS,
        .name = xstrdup(mount->point),
        .detail = xasprintf("%.64s %.256s", mount->type, mount->source),
        .below = pool_of(storage, volume_of(storage, mount->major, mount->minor)),
        .has_bytes = fs->total > 0,
        .has_inodes = fs->inodes_total > 0,
        .read_only = mount->read_only,
        .read_only_fault = mount->read_only_fault,
        .total = fs->total,
        .avail = fs->avail,
        .inodes_total = fs->inodes_total,
        .inodes_avail = fs->inodes_avail,
        .at_ns = fs->at_ns,
        .silent_since_ns = fs->silent_since_ns};
}

/* The place of a disk in the report, where FS_AT tells where the file systems are in it. */
static struct storage_path say_disk(const struct storage *storage, const struct storage_disk *disk,
                                    const int *fs_at)
{
    struct storage_path path = {
        .path = disk->path, .place = disk->fs >= 0 ? fs_at[disk->fs] : -1, .at_ns = disk->at_ns};
    if (!disk->known)
        return path;
    if (S_ISREG(disk->st.st_mode)) {
        path.has_allocated = true;
        path.allocated = (uint64_t)disk->st.st_blocks * 512;
    } else if (S_ISBLK(disk->st.st_mode)) {
        /* A device lies on no file system, though its name does. */
        const struct thin_volume *volume =
            volume_of(storage, major(disk->st.st_rdev), minor(disk->st.st_rdev));
        path.place = pool_of(storage, volume);
        path.has_allocated = volume && volume->has_mapped;
        path.allocated = path.has_allocated ? volume->mapped : 0;
    }
    return path;
}

void storage_say(const struct storage *storage, struct sink *sink)
{
    size_t pools =
        storage->thin.pools < STORAGE_PLACES_MAX / 2 ? storage->thin.pools : STORAGE_PLACES_MAX / 2;
    struct storage_report report = {
        .place = xcalloc(pools + storage->fs_count + 1, sizeof(*report.place)),
        .path = xcalloc(storage->disk_count + 1, sizeof(*report.path))};
    int *fs_at = xcalloc(storage->fs_count + 1, sizeof(*fs_at));

    for (size_t i = 0; i < pools; i++)
        report.place[report.places++] = say_pool(storage, &storage->thin.pool[i]);
    for (size_t i = 0; i < storage->fs_count; i++) {
        const struct storage_fs *fs = &storage->fs[i];
        bool told = mount_table_at(storage->table, fs->mount)->use == MOUNT_ALWAYS || fs->used;
        fs_at[i] = told ? (int)report.places : -1;
        if (told)
            report.place[report.places++] = say_fs(storage, fs);
    }
    for (size_t i = 0; i < storage->disk_count; i++) {
        if (!storage->disk[i].gone)
            report.path[report.paths++] = say_disk(storage, &storage->disk[i], fs_at);
    }
    sink_storage(sink, &report);
    for (size_t i = 0; i < report.paths; i++)
        report.path[i].path = NULL; /* lent */
    storage_report_clear(&report);
    free(fs_at);
}
