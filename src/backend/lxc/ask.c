/* Questions about one container: probe role. */
#include "backend/lxc/lxc.h"

#include <string.h>

#include <lxc/lxccontainer.h>

#include "base/alloc.h"
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

int lxc_ask(struct backend *base, const struct frame_ask *request, struct frame_answer *answer,
            struct error *err)
{
    struct lxc_backend *backend = (struct lxc_backend *)base;
    if (strcmp(request->question, "addresses") != 0)
        return error_set(err, ERR_UNSUPPORTED, NULL, "LXC cannot answer this");
    if (!lxc_name_is_sane(request->key))
        return error_set(err, ERR_USAGE, NULL, "that is no container's name");
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
