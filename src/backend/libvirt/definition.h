/* What a domain's XML says of it, as far as it concerns us.  Immutable once made and shared between
 * threads: counted references. */
#ifndef VCTOP_BACKEND_LIBVIRT_DEFINITION_H
#define VCTOP_BACKEND_LIBVIRT_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/state.h"

#define LV_NICS_MAX 64
#define LV_XML_MAX (4u << 20)

struct lv_nic {
    char *dev;   /* the host's end (a tap), NULL when there is none */
    char *mac;   /* or NULL */
    bool direct; /* macvtap: the host's view is the guest's, nothing to swap */
};

struct lv_definition {
    char *title;
    char *type; /* "kvm", "qemu", "lxc", "test" */
    enum guest_kind kind;
    uint32_t vcpus;          /* present ones; 0 unknown */
    uint64_t memory;         /* maximum in bytes, 0 unknown */
    uint64_t current_memory; /* what the balloon leaves, 0 unknown */
    bool balloon;            /* there is a balloon device to ask */
    struct lv_nic *nics;
    size_t nic_count;
    int refs; /* atomic */
};

/* A domain's XML as a tree, or NULL with ERR filled: the same care as below.  The caller frees with
 * xmlFreeDoc(). */
struct _xmlDoc *lv_definition_open(const char *xml, size_t len, struct error *err);

/* Parses XML (LEN bytes, from a daemon that is not trusted): no network, no document type, no
 * entities, bounded in size.  ERR_SYNTAX when it is no domain.  The result has one reference. */
int lv_definition_parse(const char *xml, size_t len, struct lv_definition **ret, struct error *err);

struct lv_definition *lv_definition_ref(struct lv_definition *definition); /* NULL gives NULL */
void lv_definition_unref(struct lv_definition *definition);

#endif
