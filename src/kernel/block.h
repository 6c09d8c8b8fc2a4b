/* Block devices: which of them really move data, so that sums count a byte once. */
#ifndef VCTOP_KERNEL_BLOCK_H
#define VCTOP_KERNEL_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A cache of what /sys says of devices; an entry is asked for again after a minute. */
struct block_cache;

struct block_cache *block_cache_new(const char *root); /* ROOT must outlive it */
void block_cache_free(struct block_cache *cache);

/* Counts what no other device counts: not a partition, nothing with slaves (dm, md), no hidden path
 * of a multipath disk, no loop, ram or zram device.  True also for what /sys does not know. */
bool block_is_bottom(struct block_cache *cache, uint32_t major, uint32_t minor);

/* The same, but /sys must know it, and with a medium in it. */
bool block_is_disk(struct block_cache *cache, uint32_t major, uint32_t minor);

/* The kernel's name of a device ("sda"), "8:0" where /sys has none. */
void block_name(const char *root, uint32_t major, uint32_t minor, char *buf, size_t size);

#endif
