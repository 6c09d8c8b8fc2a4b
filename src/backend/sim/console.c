/* Relays the simulated guests' consoles. */
#include "backend/sim/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/sim/control.h"
#include "backend/sim/sim.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"

#define OUTPUT_MAX ((size_t)64 << 10) /* a flood makes no more ahead */
#define GLANCE_NS (250 * NS_PER_MS)
#define LOG_LINES 40

static size_t sim_poll(struct relay *relay, bool read, bool write, struct pollfd *fds,
                       int *timeout_ms)
{
    const struct sim_console *self = (const struct sim_console *)relay;
    int64_t wait = (self->next_ns - clock_mono_ns() + NS_PER_MS - 1) / NS_PER_MS;

    (void)fds;
    if (write || (read && (self->out_len || self->ended || self->mode == MODE_FLOOD)) || wait < 0)
        wait = 0;
    *timeout_ms = read || write ? (int)wait : *timeout_ms;
    return 0;
}

/* Is the guest still there? */
static void glance(struct sim_console *self)
{
    struct error err;

    if (clock_mono_ns() < self->next_ns)
        return;
    self->next_ns = clock_mono_ns() + GLANCE_NS;
    if (self->control < 0)
        self->control = sim_control_connect(NULL);
    else if (sim_control_heard(self->control, &err) < 0)
        sim_shell_end(self, -1, "the guest went off", "start it, then open it again");
    if (self->control >= 0)
        sim_control_send(self->control, "attached", &self->guest);
}

static void grow_log(struct sim_console *self)
{
    if (!self->endless || clock_mono_ns() < self->next_ns)
        return;
    self->next_ns = clock_mono_ns() + NS_PER_S;
    sim_shell_say(self, "simulated log, line %llu\n", (unsigned long long)++self->count);
}

static ssize_t sim_read(struct relay *relay, char *buf, size_t size, struct error *err)
{
    struct sim_console *self = (struct sim_console *)relay;
    size_t len;

    if (self->mode == MODE_LOG)
        grow_log(self);
    else if (!self->ended)
        glance(self);
    while (self->mode == MODE_FLOOD && self->out_len < OUTPUT_MAX)
        sim_shell_say(self, "y %llu\r\n", (unsigned long long)++self->count);
    if (self->out_len == 0 && self->ended && err)
        *err = self->end;
    if (self->out_len == 0)
        return self->ended ? ERR_GONE : 0;
    len = self->out_len < size ? self->out_len : size;
    memcpy(buf, self->out, len);
    self->out_len -= len;
    memmove(self->out, self->out + len, self->out_len);
    return (ssize_t)len;
}

static ssize_t sim_write(struct relay *relay, const char *buf, size_t len, struct error *err)
{
    struct sim_console *self = (struct sim_console *)relay;
    size_t done = 0;

    (void)err;
    /* A guest whose output nobody takes does not go on reading. */
    while (done < len && !self->ended && (self->out_len < OUTPUT_MAX || self->mode == MODE_FLOOD))
        sim_shell_type(self, (unsigned char)buf[done++]);
    return self->ended ? (ssize_t)len : (ssize_t)done;
}

static void sim_resize(struct relay *relay, int rows, int columns)
{
    struct sim_console *self = (struct sim_console *)relay;
    bool same = rows == self->rows && columns == self->columns;

    self->rows = rows;
    self->columns = columns;
    if (self->mode == MODE_SCREEN && !same)
        sim_shell_draw_screen(self);
}

static void sim_close(struct relay *relay)
{
    struct sim_console *self = (struct sim_console *)relay;

    cleanup_close(&self->control);
    free(self->guest.key);
    free(self->guest.life);
    free(self->prompt);
    free(self->out);
    free(self);
}

static const struct relay_ops serial_ops = {
    .poll_fds = sim_poll, .read = sim_read, .write = sim_write, .close = sim_close};
static const struct relay_ops tty_ops = {.poll_fds = sim_poll,
                                         .read = sim_read,
                                         .write = sim_write,
                                         .resize = sim_resize,
                                         .close = sim_close};
static const struct relay_ops log_ops = {
    .poll_fds = sim_poll, .read = sim_read, .close = sim_close};

/* ---- opening ---- */

static struct sim_console *console_new(const struct relay_ops *ops,
                                       const struct frame_open *request)
{
    struct sim_console *self = xcalloc(1, sizeof(*self));

    relay_init(&self->relay, ops);
    self->guest.key = xstrdup(request->key);
    self->guest.life = xstrdup(request->life);
    self->control = -1;
    self->rows = request->rows;
    self->columns = request->columns;
    return self;
}

/* Machines have serial0 and serial1, containers tty1, tty2 and console; NULL: the first. */
static int choose_device(struct sim_console *self, enum guest_kind kind, const char *wanted,
                         struct error *err)
{
    static const char *const machine[] = {"serial0", "serial1", NULL};
    static const char *const container[] = {"tty1", "tty2", "console", NULL};
    const char *const *devices = kind == KIND_MACHINE ? machine : container;

    for (size_t i = 0; devices[i]; i++) {
        relay_add_device(&self->relay, devices[i]);
        if (!self->relay.device && (!wanted || strcmp(wanted, devices[i]) == 0))
            self->relay.device = xstrdup(devices[i]);
    }
    if (self->relay.device)
        return 0;
    return error_set(err, ERR_GONE, "choose another", "it has no %.60s", wanted);
}

static void open_log(struct sim_console *self, const struct sim *sim)
{
    self->mode = MODE_LOG;
    self->endless = !sim->spec.fixed;
    self->relay.device = xstrdup("/var/log/simulated.log");
    while (self->count < LOG_LINES)
        sim_shell_say(self, "simulated log, line %llu\n", (unsigned long long)++self->count);
    for (size_t i = 0; sim->spec.vile && i < sim_hostile_count(); i++)
        sim_shell_say(self, "%s\n", sim_hostile_text(i));
    if (sim->spec.vile)
        sim_shell_say_hostile(self);
}

static int open_shell(struct sim_console *self, const struct sim_guest *guest,
                      const struct frame_open *request, struct error *err)
{
    int rc = 0;

    if (request->kind == CONSOLE_SERIAL)
        rc = choose_device(self, guest->kind, request->device, err);
    if (rc == 0)
        self->control = sim_control_connect(err);
    if (rc == 0 && self->control < 0)
        rc = self->control;
    if (rc == 0)
        rc = sim_control_ask(self->control, "attached", &self->guest, NULL, err);
    if (rc < 0)
        return rc;
    CLEANUP_FREE char *name = text_sanitise(guest->name, strlen(guest->name), 40);
    self->prompt = xasprintf("%s%s ", name, request->kind == CONSOLE_ATTACH ? "#" : "$");
    if (guest->silent && request->kind == CONSOLE_SERIAL)
        self->mode = MODE_SILENT;
    else if (!request->argv[0])
        sim_shell_say(self, "Simulated %s of %s, try help\r\n%s",
                      request->kind == CONSOLE_ATTACH ? "shell" : "console", name, self->prompt);
    return 0;
}

/* A command runs as if typed, and its end is the console's. */
static void run_command(struct sim_console *self, char *const *argv)
{
    self->line_len = (size_t)snprintf(self->line, sizeof(self->line), "%s%s%s", argv[0],
                                      argv[1] ? " " : "", argv[1] ? argv[1] : "");
    if (self->line_len > LINE_MAX_BYTES)
        self->line_len = LINE_MAX_BYTES;
    sim_shell_run(self);
    if (self->mode == MODE_SHELL && !self->ended)
        sim_shell_end(self, 0, "the command ended", NULL);
}

static const struct sim_guest *find_guest(const struct sim *sim, const char *key)
{
    for (uint32_t i = 0; i < sim->spec.guests; i++)
        if (strcmp(sim->guest[i].key, key) == 0)
            return &sim->guest[i];
    return NULL;
}

int sim_console(struct backend *backend, const struct frame_open *request, struct relay **ret,
                struct error *err)
{
    const struct sim *sim = (const struct sim *)backend;
    const struct sim_guest *guest = find_guest(sim, request->key);
    bool machine = guest && guest->kind == KIND_MACHINE;
    struct sim_console *self;
    int rc = 0;

    if (!guest)
        return error_set(err, ERR_GONE, NULL, "no such simulated guest");
    if (machine && request->kind == CONSOLE_SCREEN) {
        *ret = sim_screen(guest);
        return 0;
    }
    if (request->kind == CONSOLE_SCREEN || (machine && request->kind == CONSOLE_ATTACH))
        return error_set(err, ERR_UNSUPPORTED, NULL, "the simulation cannot do this");
    if (guest->busy && request->kind == CONSOLE_SERIAL && !request->force)
        return error_set(err, ERR_BUSY, "take it over, or close it there",
                         "its console is in use by another client");
    self = console_new(request->kind == CONSOLE_LOG ? &log_ops
                       : machine                    ? &serial_ops
                                                    : &tty_ops,
                       request);
    if (request->kind == CONSOLE_LOG)
        open_log(self, sim);
    else
        rc = open_shell(self, guest, request, err);
    if (rc < 0) {
        relay_close(&self->relay);
        return rc;
    }
    if (request->kind == CONSOLE_ATTACH && request->argv[0])
        run_command(self, request->argv);
    *ret = &self->relay;
    return 0;
}
