/* What a QEMU holds open, as far as it says how it runs and where its links are. */
#ifndef VCTOP_KERNEL_QEMU_FILES_H
#define VCTOP_KERNEL_QEMU_FILES_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kernel/qemu.h"

struct qemu_files {
    struct {
        char dev[IF_NAMESIZE];
        bool direct;
    } nics[QEMU_NICS_MAX]; /* taps and macvtaps of this network namespace */
    size_t nic_count;
    bool kvm; /* it runs a machine under KVM */
};

/* Looks at every descriptor: a tenth of a millisecond, for now and then.  0, ERR_GONE, ERR_DENIED
 * (another user's, and we are not root). */
int qemu_files_read(const char *root, pid_t pid, struct qemu_files *ret);

#endif
