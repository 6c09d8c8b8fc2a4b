#include "backend/backend.h"

#include <stdio.h>
#include <string.h>

#include "backend/module.h"
#include "base/cleanup.h"

/* Backends whose library not every host has. */
static const struct module {
    const char *name, *symbol, *remedy;
} modules[] = {
    {"libvirt", "backend_libvirt_ops",
     "install libvirt0, or build vctop where libvirt-dev and libxml2-dev are installed"},
    {"lxc", "backend_lxc_ops", "install liblxc1, or build vctop where liblxc-dev is installed"},
};

static int unsupported(const struct backend *backend, const char *what, struct error *err)
{
    return error_set(err, ERR_UNSUPPORTED, NULL, "the %s backend cannot %s", backend->ops->name,
                     what);
}

int backend_open(const struct backend_ops *ops, struct backend **ret, const char *arg,
                 struct error *err)
{
    struct backend *backend = NULL;
    int rc = ops->open(&backend, arg, err);

    if (rc < 0)
        return rc;
    *ret = backend;
    return 0;
}

void backend_close(struct backend *backend)
{
    if (backend)
        backend->ops->close(backend);
}

void backend_tick(struct backend *backend, const struct want *want, struct sink *sink,
                  int64_t at_ns)
{
    if (backend->ops->tick)
        backend->ops->tick(backend, want, sink, at_ns);
}

void backend_parts(struct backend *backend, const struct want *want, struct sink *sink)
{
    if (backend->ops->parts && want->parts && want->selected)
        backend->ops->parts(backend, want, sink);
}

size_t backend_poll_fds(struct backend *backend, struct pollfd *fds)
{
    return backend->ops->poll_fds ? backend->ops->poll_fds(backend, fds) : 0;
}

bool backend_ready(struct backend *backend, const struct want *want, struct sink *sink,
                   const struct pollfd *fds, size_t count)
{
    return backend->ops->ready && backend->ops->ready(backend, want, sink, fds, count);
}

int backend_act(struct backend *backend, const struct frame_do *request, struct progress *progress,
                struct error *err)
{
    if (!backend->ops->act)
        return unsupported(backend, "change guests", err);
    return backend->ops->act(backend, request, progress, err);
}

int backend_ask(struct backend *backend, const struct frame_ask *request,
                struct frame_answer *answer, struct error *err)
{
    if (!backend->ops->ask)
        return unsupported(backend, "answer questions about guests", err);
    return backend->ops->ask(backend, request, answer, err);
}

int backend_console(struct backend *backend, const struct frame_open *request, struct relay **ret,
                    struct error *err)
{
    if (!backend->ops->console)
        return unsupported(backend, "open consoles", err);
    return backend->ops->console(backend, request, ret, err);
}

static int module_load(const struct module *module, const struct backend_ops **ret,
                       struct error *err)
{
    const void *ops;
    char name[64];
    int rc;

    snprintf(name, sizeof(name), "backend-%s", module->name);
    rc = module_symbol(name, module->symbol, module->name, module->remedy, &ops, err);
    if (rc == 0)
        *ret = ops;
    return rc;
}

int backend_find(const char *source, const struct backend_ops **ret, const char **arg,
                 struct error *err)
{
    static const struct backend_ops *const builtin[] = {&backend_host_ops, &backend_proc_ops,
                                                        &backend_sim_ops};
    const char *colon = strchr(source, ':');
    size_t len = colon ? (size_t)(colon - source) : strlen(source);
    int rc;

    for (size_t i = 0; i < ARRAY_SIZE(builtin); i++) {
        if (strlen(builtin[i]->name) != len || strncmp(builtin[i]->name, source, len) != 0)
            continue;
        *ret = builtin[i];
        *arg = colon ? colon + 1 : "";
        return 0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(modules); i++) {
        if (!colon || strlen(modules[i].name) != len || strncmp(modules[i].name, source, len) != 0)
            continue;
        rc = module_load(&modules[i], ret, err);
        if (rc == 0)
            *arg = colon + 1;
        return rc;
    }
    return error_set(err, ERR_USAGE, "a source is libvirt:URI, lxc:PATH, host, proc or sim",
                     "there is no source \"%s\"", source);
}
