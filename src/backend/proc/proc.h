/* The backend "proc": QEMU processes of this host, whoever started them, seen through /proc only.
 */
#ifndef VCTOP_BACKEND_PROC_PROC_H
#define VCTOP_BACKEND_PROC_PROC_H

#include "backend/backend.h"

/* As backend_proc_ops.open does it, with ROOT (which must outlive it) before every path. */
struct backend *proc_backend_new(const char *root);

#endif
