/* Who owns a domain, by what its XML says.  Pure. */
#ifndef VCTOP_BACKEND_LIBVIRT_OWNER_H
#define VCTOP_BACKEND_LIBVIRT_OWNER_H

#include <stdint.h>

enum lv_owner_trace {
    LV_TRACE_NAMESPACE, /* of an element right below <metadata> */
    LV_TRACE_NAME,
    LV_TRACE_DESCRIPTION,
    LV_TRACE_SYSTEM, /* an <entry> of <sysinfo><system> */
    LV_TRACE_DISK    /* the path of an image or device */
};

/* The signs that TEXT is, to be put together by OR. */
uint32_t lv_owner_signs(enum lv_owner_trace where, const char *text);

/* A literal, or NULL: nobody but the operator, or nobody knows. */
const char *lv_owner(uint32_t signs);

#endif
