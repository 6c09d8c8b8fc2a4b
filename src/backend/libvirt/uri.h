/* What a connection URI means to us: what libvirt is given, and where the kernel can be asked. */
#ifndef VCTOP_BACKEND_LIBVIRT_URI_H
#define VCTOP_BACKEND_LIBVIRT_URI_H

#include <stdbool.h>

struct lv_uri {
    char *given;     /* as the operator wrote it: in messages */
    char *open;      /* for virConnectOpen: never one that asks on the terminal */
    bool local_qemu; /* QEMU runs on this host: figures come from the kernel */
    bool here;       /* what it runs lies on this host: its paths are ours */
    bool session;    /* the user's own daemon */
    bool test;       /* libvirt's in-memory test driver: no daemon at all */
    bool containers; /* its guests are containers until their XML says otherwise */
    char *pid_dir;   /* where the daemon keeps its own pid file; NULL unless local_qemu */
    char *run_dir;   /* where libvirt keeps NAME.pid of its QEMUs; NULL unless local_qemu */
};

/* Never fails: what libvirt cannot parse it will say itself.  TEXT "" is qemu:///system. */
void lv_uri_init(struct lv_uri *uri, const char *text);
void lv_uri_clear(struct lv_uri *uri);

#endif
