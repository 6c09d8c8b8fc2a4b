/* A decorator: writes a line to the log for each call of another backend (--debug). */
#ifndef VCTOP_BACKEND_TRACE_H
#define VCTOP_BACKEND_TRACE_H

#include "backend/backend.h"

/* As backend_open(OPS, ...), but the instance traces; its NULL slots are those of OPS. */
int trace_open(const struct backend_ops *ops, struct backend **ret, const char *arg,
               struct error *err);

#endif
