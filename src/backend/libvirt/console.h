/* Consoles and logs of domains: console and log roles. */
#ifndef VCTOP_BACKEND_LIBVIRT_CONSOLE_H
#define VCTOP_BACKEND_LIBVIRT_CONSOLE_H

#include <libvirt/libvirt.h>

#include "backend/backend.h"
#include "backend/libvirt/uri.h"

/* See struct backend_ops. */
int lv_console(const struct lv_uri *uri, const struct frame_open *request, struct relay **ret,
               struct error *err);

/* ---- for screen.c ---- */

int lv_screen(const struct lv_uri *uri, const struct frame_open *request, struct relay **ret,
              struct error *err);

/* A writable connection that notices when its daemon is gone. */
int lv_console_connect(const struct lv_uri *uri, virConnectPtr *ret, struct error *err);
/* The domain that REQUEST means, the caller's to free, if it still is that one and runs. */
int lv_console_domain(virConnectPtr conn, const struct lv_uri *uri,
                      const struct frame_open *request, virDomainPtr *ret, struct error *err);
int lv_is_active(virDomainPtr dom); /* 1, 0, or -1 when the daemon does not say */

#endif
