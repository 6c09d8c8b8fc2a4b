#include "engine/internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"

#define FRAMES_A_TURN 64
#define LINES_A_WINDOW 20 /* lines of one child that become events ... */
#define LINES_WINDOW_NS (10 * NS_PER_S)
#define EXIT_GRACE_NS NS_PER_S /* from the end of the channel to the news of its exit */

struct child *child_start(struct engine *engine, enum spawn_role role, const char *source,
                          void *owner, int64_t now_ns)
{
    struct child *child = xcalloc(1, sizeof(*child));

    child->token = ++engine->last_token;
    child->role = role;
    child->owner = owner;
    child->err_fd = -1;
    child->heard_ns = now_ns;
    channel_init(&child->channel, -1);
    child->next = engine->children;
    engine->children = child;
    spawn_client_ask(&engine->spawner, SPAWN_START, role, child->token, source);
    return child;
}

void child_started(struct engine *engine, struct child *child, const int fds[2], int64_t now_ns)
{
    io_set_nonblock(fds[0], true);
    io_set_nonblock(fds[1], true);
    channel_clear(&child->channel);
    channel_init(&child->channel, fds[0]);
    child->err_fd = fds[1];
    child->started = true;
    child->heard_ns = now_ns;
    switch (child->role) {
    case ROLE_WORKER:
        worker_tell(engine, child->owner);
        break;
    case ROLE_JOB:
        jobs_started(engine, child);
        break;
    case ROLE_PROBE:
        if (child->owner == &engine->configuration)
            configuration_started(engine, child);
        else
            probes_started(engine, child);
        break;
    case ROLE_CONSOLE:
    case ROLE_LOG:
        consoles_started(engine, child);
        break;
    }
}

/* "died of signal 11", "ended with status 1", ... */
static void fate_of(const struct child *child, char *buf, size_t size)
{
    if (child->refused)
        snprintf(buf, size, "could not be started: %s", strerror(child->refused));
    else if (!child->exited)
        snprintf(buf, size, "%s", "closed its channel");
    else if (WIFSIGNALED(child->wstatus))
        snprintf(buf, size, "died of signal %d", WTERMSIG(child->wstatus));
    else
        snprintf(buf, size, "ended with status %d", WEXITSTATUS(child->wstatus));
}

static int greet(struct child *child, const struct frame_hello *hello)
{
    static const char *const roles[] = {[ROLE_WORKER] = "worker",
                                        [ROLE_JOB] = "job",
                                        [ROLE_PROBE] = "probe",
                                        [ROLE_CONSOLE] = "console",
                                        [ROLE_LOG] = "log"};

    if (child->greeted || hello->protocol != FRAME_PROTOCOL || !hello->role ||
        strcmp(hello->role, roles[child->role]) != 0)
        return ERR_SYNTAX;
    child->greeted = true;
    return 0;
}

static int take_frame(struct engine *engine, struct child *child, struct frame *frame,
                      int64_t now_ns)
{
    child->heard_ns = now_ns;
    if (frame->type == FRAME_HELLO) {
        if (greet(child, &frame->u.hello))
            return ERR_SYNTAX;
    } else if (!child->greeted) {
        return ERR_SYNTAX;
    }
    if (frame->type == FRAME_LOG) {
        if (frame->u.log)
            engine_log(engine, child, frame->u.log);
        return 0;
    }
    switch (child->role) {
    case ROLE_WORKER:
        return worker_frame(engine, child, frame, now_ns);
    case ROLE_JOB:
        return jobs_frame(engine, child, frame, now_ns);
    case ROLE_PROBE:
        if (child->owner == &engine->configuration)
            return configuration_frame(engine, frame, now_ns);
        return probes_frame(engine, child, frame, now_ns);
    case ROLE_CONSOLE:
    case ROLE_LOG:
        return consoles_frame(engine, child, frame, now_ns);
    }
    return ERR_SYNTAX;
}

/* What is buffered, up to *BUDGET frames. */
static int take_frames(struct engine *engine, struct child *child, int *budget, int64_t now_ns)
{
    while (*budget > 0) {
        struct frame frame;
        int ret = channel_next(&child->channel, &frame, NULL);

        if (ret <= 0)
            return ret;
        (*budget)--;
        ret = take_frame(engine, child, &frame, now_ns);
        frame_clear(&frame);
        if (ret || child->dead)
            return ret;
    }
    child->backlog = true;
    return 0;
}

/* One line of its standard error; a flood is counted, not shown. */
static void take_line(struct engine *engine, struct child *child, int64_t now_ns)
{
    child->line[child->line_len] = '\0';
    child->line_len = 0;
    if (now_ns - child->lines_since_ns >= LINES_WINDOW_NS) {
        if (child->lines_dropped > 0) {
            char text[64];
            snprintf(text, sizeof(text), "%d lines left out", child->lines_dropped);
            engine_log(engine, child, text);
        }
        child->lines_since_ns = now_ns;
        child->lines = child->lines_dropped = 0;
    }
    if (child->line[0] == '\0')
        return;
    if (++child->lines > LINES_A_WINDOW)
        child->lines_dropped++;
    else
        engine_log(engine, child, child->line);
}

/* At most one buffer a turn: a flood waits in the pipe. */
static void read_lines(struct engine *engine, struct child *child, int64_t now_ns)
{
    char buf[4096];
    ssize_t len;

    if (child->err_fd < 0)
        return;
    do {
        len = read(child->err_fd, buf, sizeof(buf));
    } while (len < 0 && errno == EINTR);
    if (len < 0 && errno == EAGAIN)
        return;
    for (ssize_t i = 0; i < len; i++) {
        if (buf[i] == '\n') {
            take_line(engine, child, now_ns);
            child->line_cut = false;
        } else if (child->line_len < sizeof(child->line) - 1) {
            child->line[child->line_len++] = buf[i];
        } else if (!child->line_cut) {
            child->line_cut = true; /* the rest of an overlong line is no second line */
        }
    }
    if (len <= 0) {
        if (child->line_len > 0)
            take_line(engine, child, now_ns);
        close(move_fd(&child->err_fd));
    }
}

static void process_fate(const struct child *child, const char *whose, bool garbage,
                         const char *fate, char *why, size_t size)
{
    if (child->refused == EROFS)
        snprintf(why, size, "%s", "refused: read-only");
    else if (garbage)
        snprintf(why, size, "%s process sent garbage", whose);
    else if (child->refused)
        snprintf(why, size, "%s process %s", whose, fate);
    else
        snprintf(why, size, "%s process died (it %s)", whose, fate);
}

static void end(struct engine *engine, struct child *child, bool garbage, int64_t now_ns)
{
    char fate[128], why[192];

    /* A dead child's last words say why; a living grandchild may hold the pipe: no waiting. */
    for (int i = 0; i < 4 && child->err_fd >= 0; i++)
        read_lines(engine, child, now_ns);
    if (child->line_len > 0)
        take_line(engine, child, now_ns);
    fate_of(child, fate, sizeof(fate));
    switch (child->role) {
    case ROLE_WORKER:
        snprintf(why, sizeof(why), "own worker %s", garbage ? "sent garbage" : fate);
        worker_failed(engine, child->owner, why, now_ns);
        break;
    case ROLE_JOB:
        process_fate(child, "the job's", garbage, fate, why, sizeof(why));
        jobs_failed(engine, child->owner, why, now_ns);
        break;
    case ROLE_PROBE:
        if (child->owner != &engine->configuration) {
            probes_ended(engine);
            break;
        }
        process_fate(child, "the probe's", garbage, fate, why, sizeof(why));
        configuration_ended(engine, why, now_ns);
        break;
    case ROLE_CONSOLE:
    case ROLE_LOG:
        process_fate(child, "the console's", garbage, fate, why, sizeof(why));
        consoles_failed(engine, child->owner, why, now_ns);
        break;
    }
}

static bool is_readable(int fd)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};

    return poll(&poller, 1, 0) > 0;
}

static bool is_over(const struct child *child, int64_t now_ns)
{
    if (child->refused)
        return true;
    if (child->backlog)
        return false;
    if (child->exited)
        return child->channel.fd < 0 || !is_readable(child->channel.fd);
    return child->eof_ns != 0 && now_ns - child->eof_ns >= EXIT_GRACE_NS;
}

void child_pump(struct engine *engine, struct child *child, bool frames, bool lines, int64_t now_ns)
{
    int budget = FRAMES_A_TURN;
    int ret = 0;

    if (lines)
        read_lines(engine, child, now_ns);
    if (child->channel.fd >= 0 && (frames || child->backlog || child->exited)) {
        int filled = 0;

        child->backlog = false;
        ret = take_frames(engine, child, &budget, now_ns);
        if (ret == 0 && !child->dead && !child->backlog) {
            filled = channel_fill(&child->channel, NULL);
            ret = take_frames(engine, child, &budget, now_ns);
        }
        if (child->dead)
            return;
        if (ret == 0 && filled < 0 && !child->backlog) {
            channel_clear(&child->channel);
            channel_init(&child->channel, -1);
            child->eof_ns = now_ns;
        } else if (ret == 0 && child->exited && child->channel.fd >= 0 &&
                   is_readable(child->channel.fd)) {
            child->backlog = true;
        }
    }
    if (ret < 0 || is_over(child, now_ns))
        end(engine, child, ret < 0, now_ns);
}

int64_t child_due(const struct child *child)
{
    if (child->backlog || child->exited || child->refused)
        return 0;
    return child->eof_ns ? child->eof_ns + EXIT_GRACE_NS : INT64_MAX;
}

void child_drop(struct engine *engine, struct child *child)
{
    if (!child->exited && !child->refused)
        spawn_client_ask(&engine->spawner, SPAWN_KILL, child->role, child->token, "");
    child->dead = true;
    child->owner = NULL;
    channel_clear(&child->channel);
    channel_init(&child->channel, -1);
    cleanup_close(&child->err_fd);
    child->err_fd = -1;
}

void child_free(struct child *child)
{
    channel_clear(&child->channel);
    cleanup_close(&child->err_fd);
    free(child);
}
