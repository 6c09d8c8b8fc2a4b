/* A backend whose behaviour its source spells out, for the tests of the roles. */
#ifndef TEST_WORKER_FAKE_H
#define TEST_WORKER_FAKE_H

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "backend/backend.h"
#include "backend/relay.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/io.h"

struct fake {
    struct backend backend;
    char *arg;
    uint32_t told;
    int timer;
    bool woken;
};

/* A child that hangs in its own backend, beyond the reach of its loop. */
static void *hang_thread(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static int fake_open(struct backend **ret, const char *arg, struct error *err)
{
    extern const struct backend_ops fake_ops;
    struct fake *fake;
    pthread_t thread;

    if (strcmp(arg, "denied") == 0)
        return error_set(err, ERR_DENIED, "join the group", "not for you");
    fake = xcalloc(1, sizeof(*fake));
    fake->backend.ops = &fake_ops;
    fake->arg = xstrdup(arg);
    fake->timer = -1;
    if (strcmp(arg, "thread") == 0)
        pthread_create(&thread, NULL, hang_thread, NULL);
    if (strcmp(arg, "ready") == 0) {
        struct itimerspec in = {.it_value = {.tv_nsec = 700 * NS_PER_MS}};
        fake->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        timerfd_settime(fake->timer, 0, &in, NULL);
    }
    *ret = &fake->backend;
    return 0;
}

static void fake_close(struct backend *backend)
{
    struct fake *fake = (struct fake *)backend;

    free(fake->arg);
    free(fake);
}

static void fake_tick(struct backend *backend, const struct want *want, struct sink *sink,
                      int64_t at_ns)
{
    struct fake *fake = (struct fake *)backend;
    uint32_t guests = strcmp(fake->arg, "flood") == 0 ? 5000 : 2;
    struct sample sample = {.at_ns = at_ns};

    if (strcmp(fake->arg, "hang") == 0)
        hang_thread(NULL);
    if (strcmp(fake->arg, "die") == 0)
        abort();
    sink_source(sink, SOURCE_UP, NULL, NULL);
    for (uint32_t i = 1; i <= guests; i++) {
        char key[16];
        snprintf(key, sizeof(key), "%u", i);
        struct facts facts = {.handle = i, .key = key, .life = (char *)"", .name = key};
        /* What was asked for comes back as figures. */
        sample_set(&sample, FIELD_CPU, (uint64_t)want->period_ns);
        sample_set(&sample, FIELD_PIDS, want->selected);
        if (i == 2)
            sample_set(&sample, FIELD_BOOT, fake->woken);
        if (fake->told < i)
            sink_row(sink, i, STATE_RUNNING, NULL, NULL, &sample); /* before its facts: reordered */
        if (fake->told < i)
            sink_facts(sink, &facts);
        else
            sink_row(sink, i, STATE_RUNNING, NULL, NULL, &sample);
        fake->told = fake->told < i ? i : fake->told;
    }
    sink_answered(sink);
    sink_answered(sink);
}

static void fake_parts(struct backend *backend, const struct want *want, struct sink *sink)
{
    struct parts parts = {0};

    (void)backend;
    for (int kind = 0; kind < PART_KINDS; kind++)
        if (want->parts & PART_BIT(kind))
            parts_add(&parts, (enum part_kind)kind, 0, "fake")->at_ns = clock_mono_ns();
    sink_parts(sink, want->selected, &parts);
    parts_clear(&parts);
}

static size_t fake_poll_fds(struct backend *backend, struct pollfd *fds)
{
    struct fake *fake = (struct fake *)backend;

    if (fake->timer < 0)
        return 0;
    fds[0] = (struct pollfd){.fd = fake->timer, .events = POLLIN};
    return 1;
}

static bool fake_ready(struct backend *backend, const struct want *want, struct sink *sink,
                       const struct pollfd *fds, size_t count)
{
    struct fake *fake = (struct fake *)backend;
    uint64_t times;

    (void)want;
    if (count != 1 || !(fds[0].revents & POLLIN) || read(fake->timer, &times, sizeof(times)) < 0)
        return false;
    sink_event(sink, 1, &(struct news){.text = "woken"}, clock_wall_ns());
    fake->woken = true;
    return true;
}

/* What a started guest would inherit, in words. */
static void describe_self(char *text, size_t size)
{
    char status[8192];
    static const char *const lines[] = {"SigBlk:", "SigIgn:", "NoNewPrivs:"};
    struct rlimit limit;
    size_t used = 0;

    io_read_file(AT_FDCWD, "/proc/self/status", status, sizeof(status));
    for (size_t i = 0; i < 3; i++) {
        char *line = strstr(status, lines[i]);
        unsigned long long value = 99;
        if (line)
            sscanf(line + strlen(lines[i]), "%llx", &value);
        used += (size_t)snprintf(text + used, size - used, "%s%llx ", lines[i], value);
    }
    getrlimit(RLIMIT_NOFILE, &limit);
    snprintf(text + used, size - used, "files:%llu leader:%d", (unsigned long long)limit.rlim_cur,
             getsid(0) == getpid());
}

static int fake_act(struct backend *backend, const struct frame_do *request,
                    struct progress *progress, struct error *err)
{
    char text[256];

    (void)backend;
    switch (request->action) {
    case ACTION_START: /* takes a second, whoever looks; KEY is the file that proves it */
        for (int i = 0; i < 20; i++) {
            progress->say(progress, "working", i * 5);
            fprintf(stderr, "noise of a library\n");
            usleep(50000);
        }
        close(open(request->key, O_CREAT | O_WRONLY, 0600));
        return 0;
    case ACTION_PAUSE:
        describe_self(text, sizeof(text));
        progress->say(progress, text, 500);
        return 0;
    case ACTION_SHUTDOWN:
        return error_set(err, ERR_TIMEOUT, "force it off", "it did not stop in %d s",
                         request->timeout_s);
    default:
        return error_set(err, ERR_CHANGED, NULL, "it is another guest now");
    }
}

static int fake_ask(struct backend *backend, const struct frame_ask *request,
                    struct frame_answer *answer, struct error *err)
{
    (void)backend;
    if (strcmp(request->question, "addresses") != 0)
        return error_set(err, ERR_UNSUPPORTED, NULL, "what?");
    if (strcmp(request->key, "hang") == 0)
        hang_thread(NULL);
    answer->values[0] = xstrdup("10.0.0.7");
    if (request->agent)
        answer->values[1] = xstrdup("10.0.0.8");
    return 0;
}

static size_t fake_relay_poll(struct relay *relay, bool read, bool write, struct pollfd *fds,
                              int *timeout_ms)
{
    (void)relay, (void)read, (void)write, (void)fds, (void)timeout_ms;
    return 0;
}

static ssize_t fake_relay_read(struct relay *relay, char *buf, size_t size, struct error *err)
{
    (void)relay, (void)buf, (void)size, (void)err;
    return 0;
}

static void fake_relay_close(struct relay *relay)
{
    free(relay);
    fputs("given back\n", stderr);
}

static int fake_console(struct backend *backend, const struct frame_open *request,
                        struct relay **ret, struct error *err)
{
    static const struct relay_ops ops = {
        .poll_fds = fake_relay_poll, .read = fake_relay_read, .close = fake_relay_close};

    (void)backend;
    if (strcmp(request->key, "busy") == 0 && !request->force)
        return error_set(err, ERR_BUSY, "take it over", "in use");
    if (strcmp(request->key, "hang") == 0)
        hang_thread(NULL);
    *ret = xcalloc(1, sizeof(**ret));
    relay_init(*ret, &ops);
    return 0;
}

const struct backend_ops fake_ops = {
    .name = "fake",
    .open = fake_open,
    .close = fake_close,
    .tick = fake_tick,
    .parts = fake_parts,
    .poll_fds = fake_poll_fds,
    .ready = fake_ready,
    .act = fake_act,
    .ask = fake_ask,
    .console = fake_console,
};

#endif
