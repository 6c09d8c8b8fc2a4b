#include "backend/libvirt/console.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backend/libvirt/chardev.h"
#include "backend/libvirt/identity.h"
#include "backend/libvirt/stream.h"
#include "backend/libvirt/words.h"
#include "backend/relay.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define KEEPALIVE_S 2
#define KEEPALIVE_COUNT 2
#define GONE_TRIES 10 /* of a tenth of a second: a guest that ends closes its line first */

struct serial {
    struct relay relay;
    virConnectPtr conn;
    virDomainPtr dom;
    struct lv_stream *stream; /* closes the connection too */
};

/* ---- the relay ---- */

static size_t poll_stream(struct relay *relay, bool read, bool write, struct pollfd *fds,
                          int *timeout_ms)
{
    const struct serial *self = (const struct serial *)relay;

    (void)timeout_ms;
    fds[0] = (struct pollfd){.fd = lv_stream_fd(self->stream), .events = POLLIN};
    return read || write ? 1 : 0;
}

int lv_is_active(virDomainPtr dom)
{
    int active = virDomainIsActive(dom);

    return active < 0 && lv_is_gone(virGetLastError()) ? 0 : active;
}

static int say_end(const struct serial *self, enum lv_stream_end end, struct error *err)
{
    struct timespec pause = {.tv_nsec = 100 * NS_PER_MS};
    int active = 1;

    if (end == LV_STREAM_LOST)
        return error_set(err, ERR_LOST, "the guest goes on: open its console again later",
                         "libvirtd is lost");
    for (int i = 0; i < GONE_TRIES && (active = lv_is_active(self->dom)) > 0; i++)
        nanosleep(&pause, NULL);
    if (active == 0)
        return error_set(err, ERR_GONE, "start it, then open its console again",
                         "the guest went off");
    if (active < 0)
        return error_set(err, ERR_LOST, "the guest may go on: open its console again later",
                         "libvirtd is lost");
    if (end == LV_STREAM_ERROR)
        return error_set(err, ERR_BUSY, "open it again to take it back",
                         "another client took the console over");
    return error_set(err, ERR_GONE, "open it again", "the guest's side closed the console");
}

static ssize_t read_stream(struct relay *relay, char *buf, size_t size, struct error *err)
{
    struct serial *self = (struct serial *)relay;
    enum lv_stream_end end;
    size_t got = lv_stream_read(self->stream, buf, size, &end);

    return end == LV_STREAM_OPEN ? (ssize_t)got : say_end(self, end, err);
}

static ssize_t write_stream(struct relay *relay, const char *buf, size_t len, struct error *err)
{
    struct serial *self = (struct serial *)relay;

    (void)err;
    return (ssize_t)lv_stream_write(self->stream, buf, len);
}

static void close_console(struct relay *relay)
{
    struct serial *self = (struct serial *)relay;

    if (self->dom)
        virDomainFree(self->dom);
    if (self->stream)
        lv_stream_close(self->stream);
    else
        virConnectClose(self->conn);
    free(self);
}

/* A serial line has no window size. */
static const struct relay_ops console_ops = {
    .poll_fds = poll_stream, .read = read_stream, .write = write_stream, .close = close_console};

/* ---- opening ---- */

/* The code alone does not tell: libvirt's own words for a console in use. */
static bool is_in_use(const virError *from)
{
    return from && (from->code == VIR_ERR_RESOURCE_BUSY ||
                    (from->code == VIR_ERR_OPERATION_FAILED && from->message &&
                     strstr(from->message, "console session exists")));
}

static int open_stream(virDomainPtr dom, const char *device, virStreamPtr stream, bool force,
                       struct error *err)
{
    unsigned flags = force ? VIR_DOMAIN_CONSOLE_FORCE : 0;
    int rc = virDomainOpenConsole(dom, device, stream, flags | VIR_DOMAIN_CONSOLE_SAFE);

    if (rc < 0 && lv_is_unsupported(virGetLastError()))
        rc = virDomainOpenConsole(dom, device, stream, flags);
    if (rc == 0)
        return 0;
    if (is_in_use(virGetLastError()))
        return error_set(err, ERR_BUSY, "take it over, or leave it there first",
                         "its console is in use by another client");
    rc = lv_error(err, virGetLastError(), "cannot open its console");
    return rc == ERR_BUSY ? ERR_TIMEOUT : rc; /* not one that FORCE would mend */
}

static int choose_device(virDomainPtr dom, const char *wanted, struct relay *relay,
                         struct error *err)
{
    char *xml = virDomainGetXMLDesc(dom, 0);
    int rc = xml ? lv_chardevs(xml, strlen(xml), relay, err)
                 : lv_error(err, virGetLastError(), "cannot see its devices");

    free(xml);
    for (size_t i = 0; rc == 0 && i < CONSOLE_DEVICES_MAX && relay->devices[i]; i++) {
        if (!relay->device && (!wanted || strcmp(wanted, relay->devices[i]) == 0))
            relay->device = xstrdup(relay->devices[i]);
    }
    if (rc == 0 && !relay->device)
        rc = error_set(err, ERR_GONE, "choose another", "it has no console %.60s", wanted);
    return rc;
}

int lv_console_domain(virConnectPtr conn, const struct lv_uri *uri,
                      const struct frame_open *request, virDomainPtr *ret, struct error *err)
{
    const char *life = request->life ? request->life : "";
    virDomainPtr dom = lv_find_domain(conn, request->key, request->name ? request->name : "", err);
    int rc = dom ? lv_check_life(dom, uri, request->key, life, err) : ERR_GONE;

    if (rc == 0 && lv_is_active(dom) == 0)
        rc = error_set(err, ERR_GONE, "start it first", "it is off");
    if (rc < 0 && dom)
        virDomainFree(dom);
    else
        *ret = dom;
    return rc;
}

static int open_on(struct serial *self, const struct frame_open *request, struct error *err)
{
    int rc = choose_device(self->dom, request->device, &self->relay, err);
    virStreamPtr stream;

    if (rc < 0)
        return rc;
    stream = virStreamNew(self->conn, VIR_STREAM_NONBLOCK);
    if (!stream)
        return lv_error(err, virGetLastError(), "cannot open its console");
    rc = open_stream(self->dom, self->relay.device, stream, request->force, err);
    if (rc == 0) {
        self->stream = lv_stream_new(self->conn, stream);
        if (self->stream)
            return 0;
        rc = lv_error(err, virGetLastError(), "cannot watch its console");
        virStreamAbort(stream);
    }
    virStreamFree(stream);
    return rc;
}

int lv_console_connect(const struct lv_uri *uri, virConnectPtr *ret, struct error *err)
{
    virConnectPtr conn = virConnectOpen(uri->open);

    if (!conn) {
        lv_trouble(virGetLastError(), uri, false, err);
        return err->code ? err->code : ERR_LOST;
    }
    virConnectSetKeepAlive(conn, KEEPALIVE_S, KEEPALIVE_COUNT);
    *ret = conn;
    return 0;
}

static int open_serial(const struct lv_uri *uri, const struct frame_open *request,
                       struct relay **ret, struct error *err)
{
    virConnectPtr conn = NULL;
    struct serial *self;
    int rc = lv_console_connect(uri, &conn, err);

    if (rc < 0)
        return rc;
    self = xcalloc(1, sizeof(*self));
    self->conn = conn;
    relay_init(&self->relay, &console_ops);
    rc = lv_console_domain(conn, uri, request, &self->dom, err);
    if (rc == 0)
        rc = open_on(self, request, err);
    if (rc == 0)
        *ret = &self->relay;
    else
        relay_close(&self->relay);
    return rc;
}

/* ---- the log ---- */

static char *log_path(const struct lv_uri *uri, const char *name)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

    if (!name || !*name || strchr(name, '/') || strlen(name) > 255)
        return NULL;
    /* root has no session of its own: its daemon is the system's. */
    if (!uri->session || geteuid() == 0)
        return xasprintf("/var/log/libvirt/qemu/%s.log", name);
    if (cache && *cache)
        return xasprintf("%s/libvirt/qemu/log/%s.log", cache, name);
    return xasprintf("%s/.cache/libvirt/qemu/log/%s.log", home ? home : "", name);
}

/* As libvirt spells it, the caller frees; NULL: it cannot be had. */
static char *ask_name(const struct lv_uri *uri, const char *key)
{
    virConnectPtr conn = virConnectOpenReadOnly(uri->open);
    virDomainPtr dom = conn ? virDomainLookupByUUIDString(conn, key) : NULL;
    char *name = dom ? xstrdup(virDomainGetName(dom)) : NULL;

    if (dom)
        virDomainFree(dom);
    if (conn)
        virConnectClose(conn);
    return name;
}

static int open_log(const struct lv_uri *uri, const struct frame_open *request, struct relay **ret,
                    struct error *err)
{
    CLEANUP_FREE char *name = NULL;
    CLEANUP_FREE char *path = NULL;
    char *paths[2] = {NULL, NULL};

    if (!uri->local_qemu)
        return error_set(err, ERR_UNSUPPORTED, NULL,
                         "only QEMU on this host has a log that can be read here");
    /* The screen's name of it is the real one unless that cannot be shown: mostly no daemon, which
     * may hang, needs to be asked. */
    path = log_path(uri, request->name);
    if (!path || access(path, F_OK) != 0) {
        name = ask_name(uri, request->key);
        free(path);
        path = log_path(uri, name ? name : request->name);
    }
    paths[0] = path;
    return relay_file_open(ret, paths, NULL, "log of its QEMU: it never ran here", err);
}

int lv_console(const struct lv_uri *uri, const struct frame_open *request, struct relay **ret,
               struct error *err)
{
    switch (request->kind) {
    case CONSOLE_SERIAL:
        return open_serial(uri, request, ret, err);
    case CONSOLE_SCREEN:
        return lv_screen(uri, request, ret, err);
    case CONSOLE_LOG:
        return open_log(uri, request, ret, err);
    default:
        return error_set(err, ERR_UNSUPPORTED, "open its console", "libvirt cannot do this");
    }
}
