/* The host's own figures from /proc and /sys, through held descriptors. */
#ifndef VCTOP_KERNEL_HOST_H
#define VCTOP_KERNEL_HOST_H

#include <stdint.h>

#include "model/host.h"

struct host_reader;

/* ROOT must outlive the reader.  Opens nothing yet.  The caller frees. */
struct host_reader *host_reader_new(const char *root);
void host_reader_free(struct host_reader *reader);

/* Fills all of RET as of AT_NS.  What cannot be read has its flag false (psi: a kernel without it,
 * or psi=0).  Sources: /proc/stat, meminfo, loadavg, uptime, pressure, diskstats,
 * sys/kernel/hostname, /sys/class/net/X/statistics.  CPUs stand in the order of /proc/stat: those
 * that are online.  Disks: whole ones that stand on no other (kernel/block.h).  Links: those with a
 * device behind them (/sys/class/net/X/device), so neither bonds nor VLANs nor bridges over them;
 * failing any, those that carry a default route.  They are looked for again every 10 s.  Does not
 * block. */
void host_reader_read(struct host_reader *reader, int64_t at_ns, struct host_sample *ret);

#endif
