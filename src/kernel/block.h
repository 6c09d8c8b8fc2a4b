/* Block devices: which of them really move data, so that sums count a byte once. */
#ifndef VCTOP_KERNEL_BLOCK_H
#define VCTOP_KERNEL_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* A cache of what /sys says of devices; an entry is asked for again after a minute. */
struct block_cache;

struct block_cache *block_cache_new(const char *root); /* ROOT must outlive it */
void block_cache_free(struct block_cache *cache);

/* A whole disk that stands on no other block device: no partition, nothing with slaves (dm, md,
 * multipath heads), no loop, ram or zram device.  True also for what /sys does not know: it cannot
 * be counted twice by us.  NAME variant: the kernel name as in /proc/diskstats, false if unknown.
 */
bool block_is_bottom(struct block_cache *cache, uint32_t major, uint32_t minor);
bool block_name_is_bottom(const char *root, const char *name);

#endif
