/* The serial lines and consoles of a running domain. */
#ifndef VCTOP_BACKEND_LIBVIRT_CHARDEV_H
#define VCTOP_BACKEND_LIBVIRT_CHARDEV_H

#include <stddef.h>

#include "backend/relay.h"
#include "base/error.h"

/* Adds the aliases of those that virDomainOpenConsole() can open ("serial0", "console1") to
 * RELAY's devices, in the order of XML (LEN bytes, of a running domain).  ERR_UNSUPPORTED when
 * there is none, with a remedy. */
int lv_chardevs(const char *xml, size_t len, struct relay *relay, struct error *err);

#endif
