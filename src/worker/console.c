#include "worker/roles.h"

#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "backend/relay.h"
#include "base/confine.h"
#include "worker/journal.h"

#define CHUNK ((size_t)16 << 10)

/* Which process it is, and logs of other users. */
#define LOOKING (CONFINE_CAP(CAP_SYS_PTRACE) | CONFINE_CAP(CAP_DAC_READ_SEARCH))

struct console_role {
    struct channel *channel;
    struct relay *relay;
    size_t credit; /* bytes that the screen still takes */
    char typed[CONSOLE_WINDOW];
    size_t typed_len;
    size_t passed; /* typed bytes handed on since the last credit that was given */
    bool over;     /* the screen wants no more of it, or is gone */
};

/* Told to end: by a spawner that ends.  What hangs in a library meanwhile is not waited for. */
static volatile sig_atomic_t told_to_end;

static void on_term(int number)
{
    (void)number;
    told_to_end = 1;
    alarm(2);
}

static void say(struct channel *channel, enum console_state state, const struct relay *relay,
                const struct error *err)
{
    struct frame frame = {.type = FRAME_CONSOLE, .u.console = {.state = state, .exit_status = -1}};
    struct frame_console *console = &frame.u.console;

    if (relay) {
        console->exit_status = relay->exit_status;
        console->resizable = relay->ops->resize != NULL;
        console->device = relay->device;
        memcpy(console->devices, relay->devices, sizeof(console->devices));
    }
    if (err) {
        console->why = (char *)err->message;
        console->remedy = err->remedy[0] ? (char *)err->remedy : NULL;
    }
    channel_send(channel, &frame, NULL);
}

static void obey(void *user, const struct frame *frame)
{
    struct console_role *self = user;

    switch (frame->type) {
    case FRAME_BYTES:
        /* It knows how much it may send: more is nonsense. */
        if (frame->u.bytes.len > sizeof(self->typed) - self->typed_len) {
            self->over = true;
            break;
        }
        memcpy(self->typed + self->typed_len, frame->u.bytes.data, frame->u.bytes.len);
        self->typed_len += frame->u.bytes.len;
        break;
    case FRAME_CREDIT:
        self->credit += frame->u.credit;
        if (self->credit > CONSOLE_WINDOW)
            self->credit = CONSOLE_WINDOW;
        break;
    case FRAME_SIZE:
        if (self->relay->ops->resize)
            self->relay->ops->resize(self->relay, frame->u.size.rows, frame->u.size.columns);
        break;
    case FRAME_CLOSE:
        self->over = true;
        break;
    default:
        break;
    }
}

/* Negative: the guest's side has ended, and ERR says why. */
static int pass_up(struct console_role *self, struct error *err)
{
    char buf[CHUNK];
    size_t max = self->credit < sizeof(buf) ? self->credit : sizeof(buf);
    struct frame frame = {.type = FRAME_BYTES, .u.bytes = {.data = buf}};
    ssize_t got = max ? self->relay->ops->read(self->relay, buf, max, err) : 0;

    if (got <= 0)
        return (int)got;
    frame.u.bytes.len = (size_t)got;
    self->credit -= (size_t)got;
    if (channel_send(self->channel, &frame, NULL) < 0)
        self->over = true;
    return 0;
}

static void pass_down(struct console_role *self)
{
    ssize_t done = (ssize_t)self->typed_len;

    if (self->typed_len == 0)
        return;
    if (self->relay->ops->write)
        done = self->relay->ops->write(self->relay, self->typed, self->typed_len, NULL);
    /* Reading says why; what the guest still said comes before that. */
    if (done < 0)
        done = (ssize_t)self->typed_len;
    if (done == 0)
        return;
    self->typed_len -= (size_t)done;
    memmove(self->typed, self->typed + done, self->typed_len);
    self->passed += (size_t)done;
    if (self->typed_len == 0 || self->passed >= CONSOLE_WINDOW / 4) {
        struct frame frame = {.type = FRAME_CREDIT, .u.credit = (uint32_t)self->passed};
        channel_send(self->channel, &frame, NULL);
        self->passed = 0;
    }
}

static void wait_for_work(struct console_role *self)
{
    struct pollfd fds[1 + RELAY_POLL_MAX] = {{.fd = self->channel->fd, .events = POLLIN}};
    int timeout_ms = -1;
    size_t count = self->relay->ops->poll_fds(self->relay, self->credit > 0, self->typed_len > 0,
                                              fds + 1, &timeout_ms);

    if (channel_pending(self->channel))
        fds[0].events |= POLLOUT;
    role_waited(poll(fds, 1 + count, timeout_ms));
}

/* Relays until one side ends; the screen is told when it was the guest's. */
static void relay_bytes(struct console_role *self)
{
    struct error err = {0};

    while (!self->over && !told_to_end) {
        wait_for_work(self);
        self->over |= !role_listen(self->channel, obey, self);
        if (self->over)
            return;
        pass_down(self);
        if (pass_up(self, &err) < 0) {
            say(self->channel, CONSOLE_ENDED, self->relay, &err);
            return;
        }
    }
}

static void note(struct role *role, const struct frame_open *request, int rc,
                 const struct error *err)
{
    static const char *const words[CONSOLE_KIND_COUNT] = {[CONSOLE_SERIAL] = "its console",
                                                          [CONSOLE_ATTACH] = "a shell",
                                                          [CONSOLE_SCREEN] = "its screen"};
    const char *what = request->argv[0] ? request->argv[0] : words[request->kind];

    journal_about(JOURNAL_SOCKET, role->source, request->key, request->name);
    if (rc < 0)
        journal("%s was not opened: %s", what, err->message);
    else
        journal("%s is opened%s", what, request->force ? ", by force" : "");
}

static int open_relay(struct role *role, const struct frame_open *request, bool logs_only,
                      struct backend **backend, struct relay **ret, struct error *err)
{
    int rc;

    if (logs_only && request->kind != CONSOLE_LOG)
        return error_set(err, ERR_DENIED, "start vctop without --readonly", "read-only");
    /* What an attached program gets, we must have; it comes with a session of its own. */
    if (request->kind != CONSOLE_ATTACH)
        role_confine(LOOKING);
    rc = role_open(role, backend, err);
    if (rc == 0)
        rc = backend_console(*backend, request, ret, err);
    if (!logs_only && request->kind != CONSOLE_LOG)
        note(role, request, rc, err);
    return rc;
}

static int run(struct role *role, bool logs_only)
{
    static struct console_role self = {.credit = CONSOLE_WINDOW};
    struct backend *backend = NULL;
    struct error err = {0};
    struct frame request;
    int rc;

    self.channel = &role->channel;
    if (role_await(role, FRAME_OPEN, &request, &err) < 0)
        return 1;
    rc = open_relay(role, &request.u.open, logs_only, &backend, &self.relay, &err);
    frame_clear(&request);
    if (!self.relay) {
        say(self.channel, rc == ERR_BUSY ? CONSOLE_BUSY : CONSOLE_ENDED, NULL, &err);
    } else if (self.relay->ops->shoot) {
        screen_relay(role, self.relay);
        relay_close(self.relay);
    } else {
        struct sigaction action = {.sa_handler = on_term};
        /* From here on there is something to give back. */
        sigaction(SIGTERM, &action, NULL);
        say(self.channel, CONSOLE_OPEN, self.relay, NULL);
        relay_bytes(&self);
        relay_close(self.relay);
    }
    role_flush(role);
    backend_close(backend);
    return rc < 0 ? 1 : 0;
}

int console_run(struct role *role)
{
    return run(role, false);
}

int log_run(struct role *role)
{
    return run(role, true);
}
