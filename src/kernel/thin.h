/* Device-mapper thin pools: their own figures, and which volumes stand on them. */
#ifndef VCTOP_KERNEL_THIN_H
#define VCTOP_KERNEL_THIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct thin_pool {
    uint32_t major, minor;
    char name[256];       /* as LVM says it ("vg/pool"), else as device-mapper does */
    uint64_t total, used; /* bytes of data */
    uint64_t metadata_total, metadata_used; /* blocks of 4 KiB */
    bool read_only, failed;
};

struct thin_volume {
    uint32_t major, minor;
    uint32_t pool_major, pool_minor;
    bool has_mapped;
    uint64_t mapped; /* bytes that it takes of its pool */
};

struct thin_list {
    struct thin_pool *pool;
    size_t pools;
    struct thin_volume *volume;
    size_t volumes;
};

/* Asks device-mapper by CONTROL ("/dev/mapper/control").  May block where a pool hangs, so not for
 * the main thread.  0 or -errno: -ENOENT or -ENXIO where there is no device-mapper. */
int thin_read(const char *control, struct thin_list *ret);
void thin_clear(struct thin_list *list);

/* ---- the texts of device-mapper ---- */

/* The status of a "thin-pool" target of SECTORS into RET; false when it is none. */
bool thin_parse_pool(const char *status, uint64_t sectors, struct thin_pool *ret);
/* The table ("253:2 7 ...") and the status ("2048 4095") of a "thin" target. */
bool thin_parse_table(const char *table, struct thin_volume *ret);
bool thin_parse_volume(const char *status, struct thin_volume *ret);
/* "vg--a-pool-tpool" is "vg-a/pool"; what LVM did not name stays. */
void thin_name(const char *name, char *ret, size_t size);

#endif
