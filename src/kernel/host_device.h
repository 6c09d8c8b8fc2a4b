/* The host's disks and links, for kernel/host.c. */
#ifndef VCTOP_KERNEL_HOST_DEVICE_H
#define VCTOP_KERNEL_HOST_DEVICE_H

#include "kernel/block.h"
#include "model/host.h"

/* Fills RET (room for HOST_DEVICES_MAX) from the text of /proc/diskstats; returns how many. */
int host_parse_disks(const char *text, struct block_cache *blocks, struct host_device *ret);

struct host_links; /* the physical links and their open counters */

struct host_links *host_links_new(const char *root);
void host_links_free(struct host_links *links);

/* The same for links; -1 when /sys/class/net cannot be read.  AT_NS: CLOCK_MONOTONIC. */
int host_links_read(struct host_links *links, int64_t at_ns, struct host_device *ret);

#endif
