/* What a domain's XML says of it, as far as it concerns us.  Immutable once made and shared between
 * threads: counted references. */
#ifndef VCTOP_BACKEND_LIBVIRT_DEFINITION_H
#define VCTOP_BACKEND_LIBVIRT_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/guest.h"
#include "model/isolation.h"

#define LV_NICS_MAX 64
#define LV_DISKS_MAX FACTS_DISKS_MAX
#define LV_XML_MAX (4u << 20)

struct lv_nic {
    char *dev;   /* the host's end (a tap), NULL when there is none */
    char *mac;   /* or NULL */
    bool direct; /* macvtap: the host's view is the guest's, nothing to swap */
};

struct lv_disk {
    char *target;        /* "vda"; "rootfs" of a container */
    char *alias;         /* libvirt's name of the device, or NULL */
    char *source;        /* path of the file, device or directory, or NULL */
    char *format;        /* "qcow2", "raw", or NULL */
    char *pool, *volume; /* when it is a volume of a pool, else NULL */
};

struct lv_definition {
    char *title;
    char *type; /* "kvm", "qemu", "lxc", "test" */
    enum guest_kind kind;
    const char *manager;     /* a literal: who owns it, or NULL */
    uint32_t vcpus;          /* present ones; 0 unknown */
    uint64_t memory;         /* maximum in bytes, 0 unknown */
    uint64_t current_memory; /* what the balloon leaves, 0 unknown */
    bool balloon;            /* there is a balloon device to ask */
    bool panics;             /* there is one by which it tells that its system has panicked */
    struct lv_nic *nics;
    size_t nic_count;
    struct lv_disk *disks; /* that have a target */
    size_t disk_count;
    struct isolation_facts isolation; /* what libvirt says of it, its messages too */
    int refs;                         /* atomic */
};

/* A domain's XML as a tree, or NULL with ERR filled: the same care as below.  The caller frees with
 * xmlFreeDoc(). */
struct _xmlDoc *lv_definition_open(const char *xml, size_t len, struct error *err);

/* The same of what the daemon itself has written down of a running domain. */
struct _xmlDoc *lv_status_open(const char *xml, size_t len, struct error *err);

/* Parses XML (LEN bytes, from a daemon that is not trusted): no network, no document type, no
 * entities, bounded in size.  ERR_SYNTAX when it is no domain.  The result has one reference. */
int lv_definition_parse(const char *xml, size_t len, struct lv_definition **ret, struct error *err);

/* The target of the disk whose alias or target is NAME; NULL when there is none. */
const char *lv_definition_disk(const struct lv_definition *definition, const char *name);
/* What a pool's XML says of it. */
struct lv_pool_definition {
    char *type;      /* "dir", "logical", ... */
    char *directory; /* absolute path below which its volumes are files, NULL when they are not */
};

/* The same guards; the caller clears. */
int lv_pool_definition_parse(const char *xml, size_t len, struct lv_pool_definition *ret,
                             struct error *err);
void lv_pool_definition_clear(struct lv_pool_definition *pool);

struct lv_definition *lv_definition_ref(struct lv_definition *definition); /* NULL gives NULL */
void lv_definition_unref(struct lv_definition *definition);

#endif
