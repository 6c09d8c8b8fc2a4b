/* The host's own figures from /proc and /sys, through held descriptors. */
#ifndef VCTOP_KERNEL_HOST_H
#define VCTOP_KERNEL_HOST_H

#include <stdint.h>

#include "model/host.h"

struct host_reader;

/* ROOT must outlive the reader.  Opens nothing yet.  The caller frees. */
struct host_reader *host_reader_new(const char *root);
void host_reader_free(struct host_reader *reader);

/* Fills all of RET as of AT_NS.  What cannot be read has its flag false (psi: absent kernels or
 * psi=0).  Disks: whole ones that stand on no other (kernel/block.h).  Links: those with a device
 * behind them (/sys/class/net/X/device) that are not virtual; failing any, those that carry a
 * default route.  Does not block. */
void host_reader_read(struct host_reader *reader, int64_t at_ns, struct host_sample *ret);

#endif
