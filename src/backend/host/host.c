/* The host itself: one sample of its own a tick, its storage every few seconds; no guests. */
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "backend/backend.h"
#include "backend/host/storage.h"
#include "base/alloc.h"
#include "base/confine.h"
#include "kernel/host.h"

struct host_backend {
    struct backend base;
    struct host_reader *reader;
    struct host_sample sample; /* 50 KB: not for the stack */
    struct storage *storage;   /* NULL: no descriptors for it */
};

static int host_open(struct backend **ret, const char *arg, struct error *err)
{
    if (*arg)
        return error_set(err, ERR_USAGE, NULL, "The source \"host\" takes no argument");
    struct host_backend *host = xcalloc(1, sizeof(*host));
    host->base.ops = &backend_host_ops;
    host->reader = host_reader_new("");
    host->storage = storage_new("", NULL);
    *ret = &host->base;
    return 0;
}

static void host_close(struct backend *backend)
{
    struct host_backend *host = (struct host_backend *)backend;
    host_reader_free(host->reader);
    storage_free(host->storage);
    free(host);
}

static void host_tick(struct backend *backend, const struct want *want, struct sink *sink,
                      int64_t at_ns)
{
    struct host_backend *host = (struct host_backend *)backend;
    struct host_sample *sample = &host->sample;
    host_reader_read(host->reader, at_ns, sample);
    if (!sample->has_cpu && !sample->has_memory) {
        struct error why;
        error_set(&why, ERR_IO, "Is /proc mounted and readable?",
                  "/proc tells nothing of the host");
        sink_source(sink, SOURCE_LOST, &why, NULL);
    } else {
        sink_source(sink, SOURCE_UP, NULL, NULL);
        sink_host(sink, sample);
    }
    sink_answered(sink);
    if (host->storage)
        storage_tick(host->storage, want, at_ns);
}

static size_t host_poll_fds(struct backend *backend, struct pollfd *fds)
{
    struct host_backend *host = (struct host_backend *)backend;
    if (!host->storage)
        return 0;
    fds[0] = (struct pollfd){.fd = storage_fd(host->storage), .events = POLLIN};
    return 1;
}

static bool host_ready(struct backend *backend, const struct want *want, struct sink *sink,
                       const struct pollfd *fds, size_t count)
{
    (void)want;
    if (count > 0 && fds[0].revents)
        storage_ready(((struct host_backend *)backend)->storage, sink);
    return false;
}

const struct backend_ops backend_host_ops = {
    .name = "host",
    /* where disks lie; device mapper tells of its thin pools only with the second */
    .capabilities = CONFINE_CAP(CAP_DAC_READ_SEARCH) | CONFINE_CAP(CAP_SYS_ADMIN),
    .open = host_open,
    .close = host_close,
    .tick = host_tick,
    .poll_fds = host_poll_fds,
    .ready = host_ready,
};
