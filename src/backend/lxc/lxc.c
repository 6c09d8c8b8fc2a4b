#include "backend/lxc/lxc.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include <lxc/lxccontainer.h>

#include "base/alloc.h"
#include "base/confine.h"

bool lxc_name_is_sane(const char *name)
{
    return name && *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static int lxc_open(struct backend **ret, const char *arg, struct error *err)
{
    const char *path = *arg ? arg : lxc_get_global_config_item("lxc.lxcpath");
    if (!path || *path != '/')
        return error_set(err, ERR_USAGE, "name the folder from the root on",
                         "'%s' is not an absolute lxcpath", path ? path : "");
    struct lxc_backend *backend = xcalloc(1, sizeof(*backend));
    backend->base.ops = &backend_lxc_ops;
    lxc_path_init(&backend->path, path);
    *ret = &backend->base;
    return 0;
}

static void lxc_close(struct backend *base)
{
    struct lxc_backend *backend = (struct lxc_backend *)base;
    if (!backend)
        return;
    lxc_sampler_free(backend->sampler);
    lxc_path_clear(&backend->path);
    free(backend);
}

const struct backend_ops backend_lxc_ops = {
    .name = "lxc",
    /* other users' processes and configurations; the kernel's log of OOM kills */
    .capabilities =
        CONFINE_CAP(CAP_SYS_PTRACE) | CONFINE_CAP(CAP_DAC_READ_SEARCH) | CONFINE_CAP(CAP_SYSLOG),
    .open = lxc_open,
    .close = lxc_close,
    .tick = lxc_tick,
    .parts = lxc_parts,
    .poll_fds = lxc_poll_fds,
    .ready = lxc_ready,
    .act = lxc_act,
    .ask = lxc_ask,
    .console = lxc_console,
};
