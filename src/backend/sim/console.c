/* The simulated guests' consoles: a small shell that answers by itself, so that everything above it
 * can be seen and tested without a guest. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/relay.h"
#include "backend/sim/control.h"
#include "backend/sim/sim.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"

#define LINE_MAX_BYTES 200
#define OUTPUT_MAX ((size_t)64 << 10) /* a flood makes no more ahead */
#define GLANCE_NS (250 * NS_PER_MS)
#define LOG_LINES 40

enum mode {
    MODE_SHELL,
    MODE_FLOOD,  /* until ^C */
    MODE_SCREEN, /* a program on the alternate screen, until q */
    MODE_SILENT,
    MODE_LOG
};

struct sim_console {
    struct relay relay;
    enum mode mode;
    struct frame_do guest; /* key and life, owned */
    char *prompt;
    int control; /* the simulation's socket; -1: it is not there */
    int rows, columns;
    char line[LINE_MAX_BYTES + 1];
    size_t line_len;
    char *out;
    size_t out_len;
    uint64_t count;  /* lines of a flood or log so far */
    int64_t next_ns; /* when to look at the guest, or to say the next line of a log */
    bool endless;    /* the log grows */
    bool ended;
    struct error end;
};

static void emit(struct sim_console *self, const char *bytes, size_t len)
{
    self->out = xrealloc(self->out, self->out_len + len, 1);
    memcpy(self->out + self->out_len, bytes, len);
    self->out_len += len;
}

__attribute__((format(printf, 2, 3))) static void say(struct sim_console *self, const char *fmt,
                                                      ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    int len = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    emit(self, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
}

static void end(struct sim_console *self, int exit_status, const char *why, const char *remedy)
{
    self->relay.exit_status = exit_status;
    self->ended = true;
    error_set(&self->end, ERR_GONE, remedy, "%s", why);
}

/* ---- what one can type ---- */

static void cmd_help(struct sim_console *self, const char *arg)
{
    (void)arg;
    say(self, "colors crash exit flood help hostile poweroff screen size wide\r\n");
}

static void cmd_flood(struct sim_console *self, const char *arg)
{
    (void)arg;
    self->mode = MODE_FLOOD;
}

static void cmd_colors(struct sim_console *self, const char *arg)
{
    (void)arg;
    for (int i = 0; i < 16; i++)
        say(self, "\033[%dm%3d ", i < 8 ? 30 + i : 82 + i, i);
    say(self, "\033[m\r\n");
    for (int i = 16; i < 52; i++)
        say(self, "\033[48;5;%dm  ", i);
    say(self, "\033[m\r\n");
    for (int i = 0; i < 64; i++)
        say(self, "\033[48;2;%d;%d;128m ", i * 4, 255 - i * 4);
    say(self, "\033[m\r\n\033[1mbold\033[m \033[3mitalic\033[m \033[4munder\033[m \033[7mreverse"
              "\033[m \033(0lqqk\033(B\r\n");
}

static void cmd_wide(struct sim_console *self, const char *arg)
{
    (void)arg;
    say(self, "日本語 한국어 ｆｕｌｌ 😀 é e\u0301 ─│┌┐└┘\r\n");
}

static void cmd_size(struct sim_console *self, const char *arg)
{
    (void)arg;
    if (self->relay.ops->resize)
        say(self, "%d rows %d columns\r\n", self->rows, self->columns);
    else
        say(self, "a serial line has no size\r\n");
}

static void cmd_exit(struct sim_console *self, const char *arg)
{
    end(self, (int)(strtol(arg, NULL, 10) & 255), "the shell ended", "open it again");
}

static void cmd_crash(struct sim_console *self, const char *arg)
{
    (void)self;
    (void)arg;
    _exit(9); /* the process of this console, not the guest */
}

static void cmd_poweroff(struct sim_console *self, const char *arg)
{
    (void)arg;
    if (self->control >= 0)
        sim_control_send(self->control, "force-off", &self->guest);
    self->next_ns = 0;
}

/* What no terminal that shows this may ever pass on. */
static void cmd_hostile(struct sim_console *self, const char *arg)
{
    static const char bytes[] =
        "\033]0;pwned\a\033]2;pwned\033\\\033]52;c;cHduZWQ=\a\033P$q\"p\033\\\033[c\033[>c\033[6n"
        "\033[21t\005\033]10;?\a\033[?1000h\033[?1003h\033[?1006h\033[?2004h\033[5i\033[4i"
        "\302\2332Jsafe\033[?1000l\033[?1003l\033[?1006l\033[?2004l\r\n";

    (void)arg;
    emit(self, bytes, sizeof(bytes) - 1);
}

static void draw_screen(struct sim_console *self)
{
    say(self, "\033[H\033[2J\033[7m top line of %dx%d\033[K\033[m", self->columns, self->rows);
    say(self, "\033[%d;1H\033[44m bottom line, q quits\033[K\033[m\033[2;1H", self->rows);
}

static void cmd_screen(struct sim_console *self, const char *arg)
{
    (void)arg;
    self->mode = MODE_SCREEN;
    say(self, "\033[?1049h");
    draw_screen(self);
}

static const struct {
    const char *name;
    void (*run)(struct sim_console *self, const char *arg);
} commands[] = {{"colors", cmd_colors},     {"crash", cmd_crash},   {"exit", cmd_exit},
                {"flood", cmd_flood},       {"help", cmd_help},     {"hostile", cmd_hostile},
                {"poweroff", cmd_poweroff}, {"screen", cmd_screen}, {"size", cmd_size},
                {"wide", cmd_wide}};

static void run_line(struct sim_console *self)
{
    char *arg = self->line;
    const char *word;

    self->line[self->line_len] = '\0';
    self->line_len = 0;
    word = strsep(&arg, " ");
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        if (strcmp(commands[i].name, word) == 0) {
            commands[i].run(self, arg ? arg : "");
            return;
        }
    }
    if (strcmp(word, "echo") == 0)
        say(self, "%s\r\n", arg ? arg : "");
    else if (*word)
        say(self, "%s: not found, try help\r\n", word);
}

static void leave_mode(struct sim_console *self, const char *bytes)
{
    self->mode = MODE_SHELL;
    self->line_len = 0;
    /* A terminal throws away what was not yet sent when it is interrupted. */
    self->out_len = 0;
    say(self, "%s%s", bytes, self->prompt);
}

static void type(struct sim_console *self, unsigned char c)
{
    if (self->mode == MODE_FLOOD) {
        if (c == 3)
            leave_mode(self, "^C\r\n");
    } else if (self->mode == MODE_SCREEN) {
        if (c == 'q' || c == 3)
            leave_mode(self, "\033[?1049l");
    } else if (self->mode != MODE_SHELL) {
        return;
    } else if (c == 3) {
        leave_mode(self, "^C\r\n");
    } else if (c == 4 && self->line_len == 0) {
        cmd_exit(self, "0");
    } else if (c == '\r' || c == '\n') {
        say(self, "\r\n");
        run_line(self);
        if (self->mode == MODE_SHELL && !self->ended)
            say(self, "%s", self->prompt);
    } else if ((c == 8 || c == 127) && self->line_len > 0) {
        self->line_len--;
        say(self, "\b \b");
    } else if (c >= ' ' && c != 127 && self->line_len < LINE_MAX_BYTES) {
        self->line[self->line_len++] = (char)c;
        emit(self, (const char *)&c, 1);
    }
}

/* ---- the relay ---- */

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
        end(self, -1, "the guest went off", "start it, then open it again");
    if (self->control >= 0)
        sim_control_send(self->control, "attached", &self->guest);
}

static void grow_log(struct sim_console *self)
{
    if (!self->endless || clock_mono_ns() < self->next_ns)
        return;
    self->next_ns = clock_mono_ns() + NS_PER_S;
    say(self, "simulated log, line %llu\n", (unsigned long long)++self->count);
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
        say(self, "y %llu\r\n", (unsigned long long)++self->count);
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
        type(self, (unsigned char)buf[done++]);
    return self->ended ? (ssize_t)len : (ssize_t)done;
}

static void sim_resize(struct relay *relay, int rows, int columns)
{
    struct sim_console *self = (struct sim_console *)relay;
    bool same = rows == self->rows && columns == self->columns;

    self->rows = rows;
    self->columns = columns;
    if (self->mode == MODE_SCREEN && !same)
        draw_screen(self);
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
        say(self, "simulated log, line %llu\n", (unsigned long long)++self->count);
    for (size_t i = 0; sim->spec.vile && i < sim_hostile_count(); i++)
        say(self, "%s\n", sim_hostile_text(i));
    if (sim->spec.vile)
        cmd_hostile(self, NULL);
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
        say(self, "Simulated %s of %s, try help\r\n%s",
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
    run_line(self);
    if (self->mode == MODE_SHELL && !self->ended)
        end(self, 0, "the command ended", NULL);
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
