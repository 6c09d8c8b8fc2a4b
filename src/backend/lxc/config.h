/* A container's configuration file, as far as watching and autostart need it: read without liblxc,
 * which takes a lock without a time limit for it. */
#ifndef VCTOP_BACKEND_LXC_CONFIG_H
#define VCTOP_BACKEND_LXC_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/error.h"

#define LXC_CONFIG_MAX (1u << 20) /* a larger one is no configuration */

enum lxc_config_state {
    LXC_CONFIG_OK,
    LXC_CONFIG_NONE,   /* no such container */
    LXC_CONFIG_DENIED, /* not for us to read */
    LXC_CONFIG_BROKEN  /* liblxc would refuse it, or it is no configuration at all */
};

/* What tells one version of the file from the next. */
struct lxc_config_stamp {
    dev_t dev;
    ino_t ino;
    off_t size;
    struct timespec mtime, ctime;
};

struct lxc_config {
    enum lxc_config_state state;
    char reason[160]; /* in words, when broken or denied */
    bool autostart;
    char host_name[65];   /* lxc.uts.name, cut; "" when it has none */
    char vmid[16];        /* Proxmox wrote the file, for the container of that number; "": not */
    uint32_t owner_signs; /* see owner.h */
    char rootfs[256]; /* absolute path of its root file system, or of what it is on; "" unknown */
    uid_t owner;
    struct lxc_config_stamp stamp;
};

/* Reads NAME/config below DIRFD, a FIFO or a device without blocking and nothing larger than
 * LXC_CONFIG_MAX.  Always fills RET; a file whose stamp equals RET's is not read again.  Returns
 * true when RET may have changed. */
bool lxc_config_load(struct lxc_config *ret, int dirfd, const char *name);

/* Checks TEXT[0..LEN), which must be followed by a NUL, and fills state, reason, autostart,
 * host_name, vmid, owner_signs and rootfs. */
void lxc_config_parse(struct lxc_config *ret, const char *text, size_t len);

/* TEXT with `lxc.start.auto` set: the last such line is replaced in its place, else one is added at
 * the end; every other byte stays.  Never NULL; the caller frees. */
char *lxc_config_edit_autostart(const char *text, size_t len, bool on, size_t *ret_len);

/* Does that to NAME/config below DIRFD: written beside, synced, renamed over it, with the mode and
 * owner of the old one.  A symbolic link is ERR_UNSUPPORTED, a file that changed meanwhile
 * ERR_CHANGED.  Blocks on the disk: job role only. */
int lxc_config_set_autostart(int dirfd, const char *name, bool on, struct error *err);

#endif
