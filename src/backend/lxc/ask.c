/* Questions about one container: probe role. */
#include "backend/lxc/lxc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <lxc/lxccontainer.h>

#include "backend/lxc/config.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "kernel/address.h"

/* What liblxc sees from inside: for a network namespace that /proc does not show us.  Forks, and
 * hangs when the monitor does; the probe is killed at its limit. */
static size_t ask_liblxc(const char *path, const char *name, char **ret, size_t max)
{
    struct lxc_log quiet = {.name = name, .lxcpath = path, .file = "none", .quiet = true};
    lxc_log_init(&quiet);
    struct lxc_container *container = lxc_container_new(name, path);
    char **ips = container ? container->get_ips(container, NULL, NULL, 0) : NULL;
    size_t count = 0;
    for (char **ip = ips; ip && *ip; ip++) {
        if (count < max)
            ret[count++] = xstrdup(*ip);
        free(*ip);
    }
    free(ips);
    if (container)
        lxc_container_put(container);
    return count;
}

/* As it stands in its file: what it includes stands there by name.  No FIFO, no device, nothing
 * endless; a disk that hangs costs the probe its life. */
static int read_configuration(const char *path, const char *name, struct frame_answer *answer,
                              struct error *err)
{
    CLEANUP_FREE char *file = xasprintf("%s/%s/config", path, name);
    char *text = NULL;
    ssize_t len = io_read_regular(AT_FDCWD, file, LXC_CONFIG_MAX, &text);

    if (len == -ENOENT)
        return error_set(err, ERR_GONE, NULL, "it has no configuration");
    if (len < 0)
        return error_errno(err, (int)-len, "its configuration");
    /* A file with NUL bytes is none, and is shown as far as it is text. */
    answer->text = text;
    return 0;
}

int lxc_ask(struct backend *base, const struct frame_ask *request, struct frame_answer *answer,
            struct error *err)
{
    struct lxc_backend *backend = (struct lxc_backend *)base;
    bool configuration = strcmp(request->question, "configuration") == 0;
    if (!configuration && strcmp(request->question, "addresses") != 0)
        return error_set(err, ERR_UNSUPPORTED, NULL, "LXC cannot answer this");
    if (!lxc_name_is_sane(request->key))
        return error_set(err, ERR_USAGE, NULL, "that is no container's name");
    if (configuration)
        return read_configuration(backend->path.given, request->key, answer, err);
    struct lxc_monitor monitor;
    if (!lxc_monitor_find(&backend->path, request->key, &monitor))
        return error_set(err, ERR_GONE, NULL, "it is not running");
    struct proc_identity init;
    char life[48] = "";
    if (lxc_monitor_init(monitor.id.pid, &init))
        proc_life(&init, life, sizeof(life));
    int rc = 0;
    if (!*life || (request->life && *request->life && strcmp(life, request->life) != 0))
        rc = error_set(err, ERR_CHANGED, "look at it again", "it was restarted meanwhile");
    else if (address_of_namespace("", init.pid, answer->values, FACTS_ADDRESSES_MAX) <= 0)
        ask_liblxc(monitor.path, monitor.name, answer->values, FACTS_ADDRESSES_MAX);
    lxc_monitor_clear(&monitor);
    return rc;
}
