/* What a QEMU takes for itself: memory of its process that is not its guest's.  The guest's memory
 * is a few mappings of known sizes; what else is resident is counted page by page, which costs the
 * same whatever the size of the guest (smaps walks through the guest's memory too). */
#ifndef VCTOP_KERNEL_QEMU_MEMORY_H
#define VCTOP_KERNEL_QEMU_MEMORY_H

#include <stdint.h>
#include <sys/types.h>

#include "kernel/qemu_args.h"

/* Resident bytes of PID, whose command line says ARGS, outside of its guest's memory; shared pages
 * of its program count in full.  ROOT as in kernel/proc.h.  Waits for nobody as long as no thread
 * of PID is in D state, which may hold its memory map: ERR_BUSY then.  ERR_UNSUPPORTED when it is
 * not clear which memory is the guest's (some was plugged later), else ERR_GONE, ERR_DENIED,
 * ERR_IO.  Takes 0.5 to 2 ms. */
int qemu_memory_overhead(const char *root, pid_t pid, const struct qemu_args *args, uint64_t *ret);

#endif
