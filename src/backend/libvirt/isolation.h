/* What libvirt knows of a domain's isolation beside the kernel. */
#ifndef VCTOP_BACKEND_LIBVIRT_ISOLATION_H
#define VCTOP_BACKEND_LIBVIRT_ISOLATION_H

#include <libxml/tree.h>

#include "model/isolation.h"

/* Adds what ROOT, a domain's XML without secrets, says. */
void lv_isolation_of_xml(const xmlNode *root, struct isolation_facts *ret);

#endif
