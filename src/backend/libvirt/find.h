/* Which process is a domain's QEMU. */
#ifndef VCTOP_BACKEND_LIBVIRT_FIND_H
#define VCTOP_BACKEND_LIBVIRT_FIND_H

#include <sys/types.h>

#include "kernel/proc.h"

/* By RUN_DIR/NAME.pid, verified by "-uuid UUID" in its command line.  0 or ERR_GONE. */
int lv_find_by_file(const char *root, const char *run_dir, const char *name, const char *uuid,
                    struct proc_identity *ret);

/* By the command lines of all processes: milliseconds on a big host.  0 or ERR_GONE. */
int lv_find_by_scan(const char *root, const char *uuid, struct proc_identity *ret);

#endif
