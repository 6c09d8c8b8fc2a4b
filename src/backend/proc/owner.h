/* Who started a QEMU that no libvirt source of ours has. */
#ifndef VCTOP_BACKEND_PROC_OWNER_H
#define VCTOP_BACKEND_PROC_OWNER_H

#include <sys/types.h>

#include "kernel/qemu_args.h"

/* "Proxmox", "libvirt (session of bob)", "systemd unit web.service", ...; NULL: nobody that we
 * know, so by hand.  The caller frees. */
char *owner_find(const char *root, pid_t pid, uid_t uid, const struct qemu_args *args);

/* Proxmox started it: its own file says so, where that can be read. */
bool owner_is_proxmox(const char *root, pid_t pid, const struct qemu_args *args);

/* The pure part: who is behind a control group ("/proc/PID/cgroup" as it is).  The same. */
char *owner_of_groups(const char *text);

#endif
