#include "kernel/thin.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "kernel/parse.h"

#define SECTOR 512
#define BUFFER_BYTES (256 * 1024)
#define STATUS_BYTES 4096 /* of one target; the kernel makes room for all that is offered */
#define DEVICES_MAX 4096

static bool parse_of(const char **text, uint64_t *used, uint64_t *total)
{
    return parse_u64(text, used) && *(*text)++ == '/' && parse_u64(text, total) && *total > 0 &&
           *used <= *total;
}

static bool has_word(const char *text, const char *wanted)
{
    const char *word;
    size_t len;
    while ((len = parse_word(&text, &word)) > 0) {
        if (len == strlen(wanted) && memcmp(word, wanted, len) == 0)
            return true;
    }
    return false;
}

/* "<transaction> <used>/<total metadata blocks> <used>/<total data blocks> <held root> ro|rw|
 * out_of_data_space [no_]discard_passdown ... needs_check|- ...", or "Fail" */
bool thin_parse_pool(const char *status, uint64_t sectors, struct thin_pool *ret)
{
    uint64_t transaction, used, blocks;
    struct thin_pool pool = *ret;
    pool.total = parse_scale(sectors, SECTOR);
    if (strncmp(status, "Fail", 4) == 0 || strncmp(status, "Error", 5) == 0) {
        pool.failed = pool.read_only = true;
        *ret = pool;
        return true;
    }
    if (!parse_u64(&status, &transaction) ||
        !parse_of(&status, &pool.metadata_used, &pool.metadata_total) ||
        !parse_of(&status, &used, &blocks))
        return false;
    pool.used = (uint64_t)((double)pool.total * ((double)used / (double)blocks));
    if (used == blocks || has_word(status, "out_of_data_space"))
        pool.used = pool.total;
    pool.read_only = has_word(status, "ro") || has_word(status, "needs_check");
    *ret = pool;
    return true;
}

bool thin_parse_table(const char *table, struct thin_volume *ret)
{
    uint64_t major, minor;
    if (!parse_u64(&table, &major) || *table++ != ':' || !parse_u64(&table, &minor) ||
        major > UINT32_MAX || minor > UINT32_MAX)
        return false;
    ret->pool_major = (uint32_t)major;
    ret->pool_minor = (uint32_t)minor;
    return true;
}

bool thin_parse_volume(const char *status, struct thin_volume *ret)
{
    uint64_t sectors;
    if (!parse_u64(&status, &sectors))
        return false;
    ret->has_mapped = true;
    ret->mapped = parse_scale(sectors, SECTOR);
    return true;
}

void thin_name(const char *name, char *ret, size_t size)
{
    static const char suffix[] = "-tpool";
    size_t len = strlen(name), at = 0;
    bool lvm = len > sizeof(suffix) - 1 && strcmp(name + len - (sizeof(suffix) - 1), suffix) == 0;
    if (!lvm) {
        snprintf(ret, size, "%s", name);
        return;
    }
    len -= sizeof(suffix) - 1;
    for (size_t i = 0; i < len && at + 1 < size; i++) {
        /* A hyphen of the name is doubled, a single one stands between group and volume. */
        bool doubled = name[i] == '-' && i + 1 < len && name[i + 1] == '-';
        ret[at++] = name[i] == '-' && !doubled ? '/' : name[i];
        i += doubled ? 1 : 0;
    }
    ret[at] = '\0';
}

/* ---- asking ---- */

static void prepare(struct dm_ioctl *io, uint32_t size, uint64_t dev, uint32_t flags)
{
    memset(io, 0, sizeof(*io));
    io->version[0] = DM_VERSION_MAJOR;
    io->data_size = size;
    io->data_start = sizeof(*io);
    io->dev = dev;
    io->flags = flags;
}

/* The first target of device DEV: its type, length and text, valid until the next call. */
static const struct dm_target_spec *target_of(int fd, struct dm_ioctl *io, uint64_t dev,
                                              uint32_t flags, const char **text)
{
    /* A pool would write its metadata before it says anything: not for us. */
    prepare(io, STATUS_BYTES, dev, flags | DM_NOFLUSH_FLAG);
    if (ioctl(fd, DM_TABLE_STATUS, io) < 0 || io->target_count != 1 ||
        io->flags & DM_BUFFER_FULL_FLAG ||
        io->data_start + sizeof(struct dm_target_spec) >= STATUS_BYTES)
        return NULL;
    ((char *)io)[STATUS_BYTES - 1] = '\0';
    const struct dm_target_spec *target = (const void *)((const char *)io + io->data_start);
    *text = (const char *)(target + 1);
    return target;
}

static void read_device(int fd, struct dm_ioctl *io, uint64_t dev, const char *name,
                        struct thin_list *list)
{
    const char *text;
    const struct dm_target_spec *target = target_of(fd, io, dev, 0, &text);
    if (!target)
        return;
    if (strcmp(target->target_type, "thin-pool") == 0) {
        struct thin_pool pool = {.major = major(dev), .minor = minor(dev)};
        thin_name(name, pool.name, sizeof(pool.name));
        if (!thin_parse_pool(text, target->length, &pool))
            return;
        list->pool = xrealloc(list->pool, list->pools + 1, sizeof(pool));
        list->pool[list->pools++] = pool;
    } else if (strcmp(target->target_type, "thin") == 0) {
        struct thin_volume volume = {.major = major(dev), .minor = minor(dev)};
        thin_parse_volume(text, &volume);
        target = target_of(fd, io, dev, DM_STATUS_TABLE_FLAG, &text);
        if (!target || !thin_parse_table(text, &volume))
            return;
        list->volume = xrealloc(list->volume, list->volumes + 1, sizeof(volume));
        list->volume[list->volumes++] = volume;
    }
}

struct device {
    uint64_t dev;
    char name[128];
};

static size_t list_devices(const struct dm_ioctl *io, struct device *ret)
{
    const char *begin = (const char *)io;
    size_t at = io->data_start, count = 0;
    while (at + sizeof(struct dm_name_list) < BUFFER_BYTES && count < DEVICES_MAX) {
        const struct dm_name_list *entry = (const void *)(begin + at);
        if (entry->dev == 0)
            break;
        ret[count].dev = entry->dev;
        snprintf(ret[count].name, sizeof(ret[count].name), "%s", entry->name);
        count++;
        if (entry->next == 0)
            break;
        at += entry->next;
    }
    return count;
}

int thin_read(const char *control, struct thin_list *ret)
{
    CLEANUP_CLOSE int fd = open(control, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    CLEANUP_FREE struct dm_ioctl *io = xmalloc(BUFFER_BYTES);
    prepare(io, BUFFER_BYTES, 0, 0);
    if (ioctl(fd, DM_LIST_DEVICES, io) < 0)
        return -errno;
    ((char *)io)[BUFFER_BYTES - 1] = '\0';
    CLEANUP_FREE struct device *device = xcalloc(DEVICES_MAX, sizeof(*device));
    size_t count = io->flags & DM_BUFFER_FULL_FLAG ? 0 : list_devices(io, device);
    struct thin_list list = {0};
    for (size_t i = 0; i < count; i++)
        read_device(fd, io, device[i].dev, device[i].name, &list);
    *ret = list;
    return 0;
}

void thin_clear(struct thin_list *list)
{
    free(list->pool);
    free(list->volume);
    *list = (struct thin_list){0};
}
