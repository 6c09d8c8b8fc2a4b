/* Whether a domain is still the guest that was meant: for what acts on it or opens it. */
#ifndef VCTOP_BACKEND_LIBVIRT_IDENTITY_H
#define VCTOP_BACKEND_LIBVIRT_IDENTITY_H

#include <libvirt/libvirt.h>

#include "backend/libvirt/uri.h"
#include "base/error.h"

/* The domain with the UUID KEY, the caller's to free, or NULL with ERR filled: ERR_CHANGED when
 * NAME ("" to skip that) belongs to another by now. */
virDomainPtr lv_find_domain(virConnectPtr conn, const char *key, const char *name,
                            struct error *err);

/* 0 when DOM lives the LIFE that was meant ("": any), else ERR_CHANGED. */
int lv_check_life(virDomainPtr dom, const struct lv_uri *uri, const char *key, const char *life,
                  struct error *err);

#endif
