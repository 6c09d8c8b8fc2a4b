/* What the module backend-libvirt.so exports. */
#ifndef VCTOP_BACKEND_LIBVIRT_LIBVIRT_H
#define VCTOP_BACKEND_LIBVIRT_LIBVIRT_H

#include "backend/backend.h"

extern const struct backend_ops backend_libvirt_ops;

#endif
