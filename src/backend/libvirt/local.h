/* Machines of this host as the kernel sees them: which QEMU process is whose.  Nothing here can
 * wait for libvirtd or for QEMU.  Main thread only. */
#ifndef VCTOP_BACKEND_LIBVIRT_LOCAL_H
#define VCTOP_BACKEND_LIBVIRT_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/libvirt/definition.h"
#include "backend/libvirt/uri.h"
#include "kernel/proc.h"
#include "kernel/qemu.h"

#define LV_LIFE_MAX 48

struct lv_local; /* what all machines share */

struct lv_local *lv_local_new(const struct lv_uri *uri);
void lv_local_free(struct lv_local *local);

/* Once a tick. */
void lv_local_tick(struct lv_local *local, int64_t now_ns);

/* Counters of links are to be read again within a tick. */
void lv_local_links_anew(struct lv_local *local);

/* The QEMU of a domain by libvirt's NAME.pid, else by looking through /proc (seldom); whichever it
 * is must carry UUID in its command line.  DEFINITION, for its links, may be NULL.  NULL: not
 * found.  The caller frees, before LOCAL. */
struct qemu *lv_local_find(struct lv_local *local, const char *name, const char *uuid,
                           const struct lv_definition *definition);

/* Its links are those of DEFINITION from now on. */
void lv_local_wire(struct qemu *qemu, const struct lv_definition *definition);

/* Only the identity, for jobs: 0 or ERR_GONE. */
int lv_local_identify(const struct lv_uri *uri, const char *name, const char *uuid,
                      struct proc_identity *ret);

#endif
