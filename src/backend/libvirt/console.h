/* Consoles and logs of domains: console and log roles. */
#ifndef VCTOP_BACKEND_LIBVIRT_CONSOLE_H
#define VCTOP_BACKEND_LIBVIRT_CONSOLE_H

#include "backend/backend.h"
#include "backend/libvirt/uri.h"

/* See struct backend_ops. */
int lv_console(const struct lv_uri *uri, const struct frame_open *request, struct relay **ret,
               struct error *err);

#endif
