/* Who owns a container, by its lxcpath, its name and its configuration.  Pure. */
#ifndef VCTOP_BACKEND_LXC_OWNER_H
#define VCTOP_BACKEND_LXC_OWNER_H

#include <stdint.h>

enum lxc_owner_trace {
    LXC_TRACE_PATH, /* the lxcpath */
    LXC_TRACE_NAME,
    LXC_TRACE_SETTING, /* "key = value" of the configuration */
    LXC_TRACE_COMMENT  /* a line of it, from its # on */
};

/* The signs that TEXT is, to be put together by OR. */
uint32_t lxc_owner_signs(enum lxc_owner_trace where, const char *text);

/* A literal, or NULL: nobody but the operator, or nobody knows.  SIGNS are those of the
 * configuration. */
const char *lxc_owner(const char *path, const char *name, uint32_t signs);

#endif
