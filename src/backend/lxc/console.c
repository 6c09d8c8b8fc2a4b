/* A container's ttys, its /dev/console, its logs: console and log roles. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <lxc/lxccontainer.h>

#include "backend/lxc/act.h"
#include "backend/lxc/attach.h"
#include "backend/lxc/call.h"
#include "backend/lxc/lxc.h"
#include "backend/relay.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"

#define CONSOLE_DEVICE "console" /* /dev/console, number 0 for liblxc */
#define QUIET_MS 250
#define LOG_DIR "/var/log/lxc" /* where lxc-start writes for root */

struct tty {
    struct relay_tty tty;
    int allocation; /* while it is open, the tty is ours */
    struct proc_identity init;
    bool hung_up; /* nothing has it open inside just now */
};

/* ---- a tty */

static size_t poll_tty(struct relay *relay, bool read, bool write, struct pollfd *fds,
                       int *timeout_ms)
{
    const struct tty *self = (const struct tty *)relay;

    if (!self->hung_up)
        return relay_tty_poll_fds(relay, read, write, fds, timeout_ms);
    /* poll() would report it again and again. */
    *timeout_ms = QUIET_MS;
    return 0;
}

static ssize_t read_tty(struct relay *relay, char *buf, size_t size, struct error *err)
{
    struct tty *self = (struct tty *)relay;
    ssize_t got = relay_tty_read(relay, buf, size, NULL);

    self->hung_up = got < 0;
    if (got >= 0)
        return got;
    if (lxc_process_lives(&self->init))
        return 0;
    return error_set(err, ERR_GONE, "start it, then open its console again",
                     "the container stopped");
}

static ssize_t write_tty(struct relay *relay, const char *buf, size_t len, struct error *err)
{
    const struct tty *self = (const struct tty *)relay;

    return self->hung_up ? 0 : relay_tty_write(relay, buf, len, err);
}

static void close_tty(struct relay *relay)
{
    struct tty *self = (struct tty *)relay;

    /* Its next user gets the same open file. */
    io_set_nonblock(self->tty.fd, false);
    close(self->tty.fd);
    close(self->allocation);
    free(self);
}

static const struct relay_ops tty_ops = {.poll_fds = poll_tty,
                                         .read = read_tty,
                                         .write = write_tty,
                                         .resize = relay_tty_resize,
                                         .close = close_tty};

/* liblxc's number of a device: -1 the first free, 0 the console; -2: there is none of that name. */
static int number_of(const char *device)
{
    char *end;
    long number;

    if (!device)
        return -1;
    if (strcmp(device, CONSOLE_DEVICE) == 0)
        return 0;
    if (strncmp(device, "tty", 3) != 0 || device[3] < '1' || device[3] > '9')
        return -2;
    number = strtol(device + 3, &end, 10);
    return *end || number > 1000 ? -2 : (int)number;
}

static int count_ttys(struct lxc_container *container)
{
    char text[16] = "";
    int len = container->get_config_item(container, "lxc.tty.max", text, sizeof(text));

    return len > 0 && len < (int)sizeof(text) ? (int)strtol(text, NULL, 10) : 0;
}

static int no_tty(int number, int ttys, struct error *err)
{
    if (number == 0)
        return error_set(err, ERR_GONE, "attach to it instead",
                         "its /dev/console is in use or cannot be had");
    if (ttys == 0)
        return error_set(err, ERR_GONE, "attach to it, or set lxc.tty.max in its configuration",
                         "it has no ttys");
    if (number > ttys)
        return error_set(err, ERR_GONE, "choose another", "it has no tty%d, only %d", number, ttys);
    if (number > 0)
        return error_set(err, ERR_GONE, "choose another, or attach to it", "its tty%d is in use",
                         number);
    if (ttys == 1)
        return error_set(err, ERR_GONE, "attach to it, or raise lxc.tty.max in its configuration",
                         "its only tty is in use");
    return error_set(err, ERR_GONE, "attach to it, or raise lxc.tty.max in its configuration",
                     "all its %d ttys are in use", ttys);
}

static int get_fd(struct lxc_container *container, struct tty *self, const char *device,
                  struct error *err)
{
    int ttys = count_ttys(container), number = number_of(device), ptx = -1;
    char name[16];

    if (number < -1)
        return error_set(err, ERR_GONE, "choose another", "it has no console %.60s", device);
    self->allocation = container->console_getfd(container, &number, &ptx);
    if (self->allocation < 0)
        return no_tty(number_of(device), ttys, err);
    relay_tty_init(&self->tty, &tty_ops, ptx);
    for (int i = 1; i <= ttys && i < CONSOLE_DEVICES_MAX; i++) {
        snprintf(name, sizeof(name), "tty%d", i);
        relay_add_device(&self->tty.relay, name);
    }
    relay_add_device(&self->tty.relay, CONSOLE_DEVICE);
    snprintf(name, sizeof(name), "tty%d", number);
    self->tty.relay.device = xstrdup(number == 0 ? CONSOLE_DEVICE : name);
    return 0;
}

/* In this process, which can be killed: see backend.h. */
static int open_tty(const struct act *act, const struct frame_open *request, struct relay **ret,
                    struct error *err)
{
    CLEANUP_CLOSE int log = memfd_create("lxc-log", MFD_CLOEXEC);
    struct lxc_container *container = NULL;
    struct tty *self;

    if (log < 0)
        return error_errno(err, errno, "cannot make room for LXC's log");
    lxc_log_into(log, act->path, act->request->key);
    int rc = lxc_open_container(&container, act->path, act->request->key, err);
    if (rc == ERR_SYNTAX)
        lxc_add_reason(log, err);
    if (rc < 0)
        return rc;
    self = xcalloc(1, sizeof(*self));
    self->init = act->init;
    rc = get_fd(container, self, request->device, err);
    lxc_container_put(container);
    if (rc < 0) {
        free(self);
        return rc;
    }
    relay_tty_resize(&self->tty.relay, request->rows, request->columns);
    *ret = &self->tty.relay;
    return 0;
}

/* ---- the logs */

/* A file that its configuration names, the caller frees; NULL: none. */
static char *configured(struct lxc_container *container, const char *key)
{
    char text[4096] = "";
    int len = container ? container->get_config_item(container, key, text, sizeof(text)) : 0;

    return len > 0 && len < (int)sizeof(text) && text[0] == '/' ? xstrdup(text) : NULL;
}

static int open_log(const struct lxc_backend *backend, const struct frame_open *request,
                    struct relay **ret, struct error *err)
{
    const char *path = backend->path.given, *name = request->key;
    CLEANUP_CLOSE int log = memfd_create("lxc-log", MFD_CLOEXEC);
    char *paths[5] = {NULL};
    size_t count = 0;

    lxc_log_into(log, path, name);
    /* One whose configuration is broken has logs all the same. */
    struct lxc_container *container = lxc_container_new(name, path);
    paths[count] = configured(container, "lxc.log.file");
    count += paths[count] != NULL;
    paths[count++] = xasprintf("%s/%s/%s.log", path, name, name);
    paths[count++] = xasprintf(LOG_DIR "/%s.log", name);
    paths[count] = configured(container, "lxc.console.logfile");
    if (container)
        lxc_container_put(container);
    int rc = relay_file_open(ret, paths, request->device,
                             "log of it: lxc-start -o, lxc.log.file and lxc.console.logfile make "
                             "one",
                             err);
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
        free(paths[i]);
    return rc;
}

/* ---- which */

static int open_in(struct act *act, const struct frame_open *request, struct relay **ret,
                   struct error *err)
{
    int rc = lxc_act_check(act, err);

    if (rc == 0 && request->kind == CONSOLE_ATTACH && lxc_act_is_frozen(act))
        return error_set(err, ERR_GONE, "resume it first", "it is frozen");
    /* Its monitor is stopped: nothing that a FORCE would take over. */
    if (rc == ERR_BUSY)
        return ERR_TIMEOUT;
    if (rc < 0)
        return rc;
    return request->kind == CONSOLE_ATTACH ? lxc_attach_open(act, request, ret, err)
                                           : open_tty(act, request, ret, err);
}

int lxc_console(struct backend *base, const struct frame_open *request, struct relay **ret,
                struct error *err)
{
    /* Checked as for a pause: it must be running, ours, and its monitor must answer. */
    struct frame_do like = {
        .action = ACTION_PAUSE, .key = request->key, .life = request->life, .name = request->name};
    struct act act = {.backend = (struct lxc_backend *)base, .request = &like};

    if (!lxc_name_is_sane(request->key))
        return error_set(err, ERR_USAGE, NULL, "that is no container's name");
    if (request->kind == CONSOLE_LOG)
        return open_log(act.backend, request, ret, err);
    if (request->kind == CONSOLE_SCREEN)
        return error_set(err, ERR_UNSUPPORTED, NULL, "a container has no screen");
    int rc = open_in(&act, request, ret, err);
    lxc_monitor_clear(&act.monitor);
    return rc;
}
