#include "worker/roles.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "backend/calls.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/watched.h"
#include "worker/sink.h"

#define FIRST_WANT_NS (200 * NS_PER_MS) /* how long the first tick waits to be told the period */
#define PERIOD_NS (2 * NS_PER_S)        /* until it is */
#define BEAT_NS NS_PER_S
#define LEAKS_NS (3 * NS_PER_S) /* between two looks for leaks, where there are any */
#define COST_NS (2 * NS_PER_S)  /* between two words on the own cost, while it is wanted */
#define DESCRIPTORS 65536
#define DESCRIPTORS_SPARE 4 /* what a look into /proc or a cgroup takes at once, and one more */
#define EMPTY_GAP_NS (10 * NS_PER_MS) /* between two ticks of which the first found nothing */

struct sampling {
    struct role *role;
    struct backend
        *backend; /* NULL: it could not be opened, and there is nothing to do but say so */
    struct sink sink;
    struct frame want; /* FRAME_WANT */
    bool wanted;       /* the screen has sent it */
    int64_t next_tick, next_beat;
    int64_t last_tick;  /* 0: none yet */
    bool last_said;     /* it found something */
    int64_t last_parts; /* when parts were last read; 0: not since they are wanted */
    int64_t next_leaks; /* when to look for leaks */
    int64_t last_cost;  /* when the own cost was last said; 0: not since it is wanted */
    bool out_of_turn;   /* NEXT_TICK is one that the backend asked for */
    bool starved;       /* no descriptors were left, and the source was said to be lost */
};

/* Rates over a few milliseconds are noise, for CPU time is counted in hundredths of a second: two
 * ticks with figures keep this distance. */
static int64_t gap_ns(const struct sampling *sampling)
{
    int64_t quarter = sampling->want.u.want.period_ns / 4;

    /* While a backend still connects, what it finds is to be seen at once. */
    if (!sampling->last_said && !sampling->sink.answered)
        return EMPTY_GAP_NS;
    return quarter < NS_PER_S / 4 ? quarter : NS_PER_S / 4;
}

/* Containers by the thousand hold a handful of cgroup files each.  Only in workers: what a job
 * starts would inherit it. */
static void raise_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= DESCRIPTORS)
        return;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static bool descriptors_left(void)
{
    int fds[DESCRIPTORS_SPARE], count = 0;

    while (count < DESCRIPTORS_SPARE) {
        fds[count] = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
        if (fds[count] < 0)
            break;
        count++;
    }
    for (int i = 0; i < count; i++)
        close(fds[i]);
    return count == DESCRIPTORS_SPARE;
}

/* What cannot be opened looks to a backend as if it were not there, and a guest that runs as if it
 * were off.  Without descriptors nothing is sampled; when there are some again, a new worker starts
 * from the beginning.  False: that moment has come. */
static bool check_descriptors(struct sampling *sampling)
{
    struct error err = {0};

    if (descriptors_left())
        return !sampling->starved;
    if (!sampling->starved) {
        error_set(&err, ERR_IO, "raise the limit of open files", "no file descriptors are left");
        sink_source(&sampling->sink, SOURCE_LOST, &err, NULL);
        sink_answered(&sampling->sink);
    }
    sampling->starved = true;
    return true;
}

static enum source_state state_of_error(int code)
{
    switch (code) {
    case ERR_DENIED:
        return SOURCE_DENIED;
    case ERR_UNSUPPORTED:
    case ERR_GONE:
        return SOURCE_ABSENT;
    default:
        return SOURCE_FAILED;
    }
}

/* A worker whose backend does not open stays and beats: the screen shows why, and nobody starts it
 * again and again. */
static void open_backend(struct sampling *sampling)
{
    struct error err = {0};
    int rc = role_open_to_sample(sampling->role, &sampling->backend, &err);

    if (rc == 0 && !sampling->backend->ops->tick) {
        rc = error_set(&err, ERR_USAGE, NULL, "the %s backend cannot sample",
                       sampling->backend->ops->name);
        backend_close(sampling->backend);
        sampling->backend = NULL;
    }
    if (rc == 0)
        return;
    role_confine(0);
    sink_source(&sampling->sink, state_of_error(rc), &err, NULL);
    sink_answered(&sampling->sink);
}

static struct want current_want(const struct sampling *sampling)
{
    const struct frame_want *want = &sampling->want.u.want;

    return (struct want){.period_ns = want->period_ns,
                         .visible = want->visible,
                         .visible_count = want->visible_count,
                         .selected = want->selected,
                         .parts = want->parts,
                         .stuck = want->stuck,
                         .paths = want->paths,
                         .path_count = want->path_count};
}

/* A guest came or went, or other paths are to be looked at: tick at once, unless the last figures
 * are too fresh or the next tick is as good as here. */
static void tick_soon(struct sampling *sampling, int64_t now)
{
    int64_t gap = gap_ns(sampling);
    int64_t soon = sampling->last_tick + gap > now ? sampling->last_tick + gap : now;

    if (!sampling->last_tick || soon + gap >= sampling->next_tick)
        return;
    sampling->next_tick = soon;
    sampling->out_of_turn = true;
}

static bool same_paths(const struct frame_want *a, const struct frame_want *b)
{
    if (a->path_count != b->path_count)
        return false;
    for (size_t i = 0; i < a->path_count; i++) {
        if (strcmp(a->paths[i], b->paths[i]) != 0)
            return false;
    }
    return true;
}

static bool wants_parts(const struct sampling *sampling)
{
    return sampling->want.u.want.parts & PARTS_ALL && sampling->want.u.want.selected;
}

static void read_parts(struct sampling *sampling, const struct want *want, int64_t now)
{
    int64_t from = clock_mono_ns();

    backend_parts(sampling->backend, want, &sampling->sink);
    calls_note("the parts of a guest", clock_mono_ns() - from);
    sampling->last_parts = now;
}

/* They are wanted anew: at once, without a tick, for a tick is for everybody. */
static void parts_at_once(struct sampling *sampling, int64_t now)
{
    struct want want = current_want(sampling);

    sink_begin(&sampling->sink, now);
    read_parts(sampling, &want, now);
    sink_end(&sampling->sink);
}

static void take_want(struct sampling *sampling, const struct frame *want)
{
    bool parts_changed = want->u.want.selected != sampling->want.u.want.selected ||
                         want->u.want.parts != sampling->want.u.want.parts;
    bool period_changed = want->u.want.period_ns != sampling->want.u.want.period_ns;
    bool paths_changed = !same_paths(&want->u.want, &sampling->want.u.want);

    frame_clear(&sampling->want);
    sampling->want = *want;
    if (!sampling->wanted && !sampling->last_tick)
        sampling->next_tick = clock_mono_ns();
    else if (period_changed)
        sampling->next_tick = clock_next_tick(clock_mono_ns(), want->u.want.period_ns);
    if (period_changed)
        sampling->out_of_turn = false;
    if (paths_changed)
        tick_soon(sampling, clock_mono_ns());
    if (parts_changed)
        sampling->last_parts = 0;
    if (!want->u.want.cost)
        sampling->last_cost = 0;
    sampling->wanted = true;
}

/* False when the screen is gone or talks nonsense. */
static bool hear(struct sampling *sampling)
{
    struct channel *channel = &sampling->role->channel;
    struct error err = {0};
    struct frame frame;
    int rc;

    if (channel_fill(channel, &err) < 0)
        return false;
    while ((rc = channel_next(channel, &frame, &err)) > 0) {
        if (frame.type == FRAME_WANT)
            take_want(sampling, &frame);
        else
            frame_clear(&frame);
    }
    if (rc < 0)
        log_line("the screen sends garbage: %s", err.message);
    return rc == 0;
}

static void tick(struct sampling *sampling, int64_t now)
{
    struct want want = current_want(sampling);
    /* The multiple of the period that this tick is for, so that the rows of all workers add up; the
     * first one, and one out of turn, stand for themselves. */
    bool in_turn = sampling->last_tick && !sampling->out_of_turn;
    int64_t at_ns = in_turn ? now - now % want.period_ns : now;

    sink_begin(&sampling->sink, at_ns);
    backend_tick(sampling->backend, &want, &sampling->sink, at_ns);
    calls_note("a tick", clock_mono_ns() - now);
    if (wants_parts(sampling) && now - sampling->last_parts >= gap_ns(sampling))
        read_parts(sampling, &want, now);
    sink_end(&sampling->sink);
    sampling->last_tick = now;
    sampling->last_said = sampling->sink.said > 0;
    sampling->out_of_turn = false;
    sampling->next_tick = clock_next_tick(now, want.period_ns);
    if (sampling->next_tick - now < gap_ns(sampling))
        sampling->next_tick += want.period_ns;
}

static void ready(struct sampling *sampling, const struct pollfd *fds, size_t count, int64_t now)
{
    struct want want = current_want(sampling);
    bool any = false, soon;

    for (size_t i = 0; i < count; i++)
        any |= fds[i].revents != 0;
    if (!any)
        return;
    sink_begin(&sampling->sink, now);
    soon = backend_ready(sampling->backend, &want, &sampling->sink, fds, count);
    calls_note("news between ticks", clock_mono_ns() - now);
    sink_end(&sampling->sink);
    if (soon)
        tick_soon(sampling, now);
}

static void beat(struct sampling *sampling)
{
    int64_t now = clock_mono_ns();

    if (now < sampling->next_beat)
        return;
    sink_beat(&sampling->sink);
    if (now >= sampling->next_leaks) {
        watched_look_for_leaks();
        sampling->next_leaks = now + LEAKS_NS;
    }
    alloc_give_back(now);
    /* With those of other workers and, mostly, with a tick: one wake-up for all. */
    sampling->next_beat = clock_next_tick(now, BEAT_NS);
    if (!sampling->want.u.want.cost || now - sampling->last_cost < COST_NS - BEAT_NS / 2)
        return;
    sink_cost(&sampling->sink, now);
    sampling->last_cost = now;
}

/* One turn: sleeps until there is something to do and does it.  False: it is over. */
static bool turn(struct sampling *sampling)
{
    struct channel *channel = &sampling->role->channel;
    struct pollfd fds[1 + BACKEND_POLL_MAX] = {{.fd = channel->fd, .events = POLLIN}};
    bool samples = sampling->backend && !sampling->starved;
    size_t count = samples ? backend_poll_fds(sampling->backend, fds + 1) : 0;
    int64_t deadline = sampling->next_beat, wait;
    struct timespec timeout;

    if (samples && sampling->next_tick < deadline)
        deadline = sampling->next_tick;
    wait = deadline - clock_mono_ns();
    if (wait < 0)
        wait = 0;
    timeout = (struct timespec){.tv_sec = wait / NS_PER_S, .tv_nsec = wait % NS_PER_S};
    if (channel_pending(channel))
        fds[0].events |= POLLOUT;
    if (role_waited(ppoll(fds, 1 + count, &timeout, NULL)) < 0)
        return true; /* a signal: revents mean nothing */

    if (fds[0].revents & (POLLIN | POLLHUP | POLLERR) && !hear(sampling))
        return false;
    if (channel_pending(channel) && channel_flush(channel, NULL) < 0)
        return false;
    if (sampling->backend && !check_descriptors(sampling))
        return false;
    if (sampling->backend && !sampling->starved) {
        ready(sampling, fds + 1, count, clock_mono_ns());
        int64_t now = clock_mono_ns();
        if (now >= sampling->next_tick)
            tick(sampling, now);
        else if (wants_parts(sampling) && !sampling->last_parts && sampling->last_tick)
            parts_at_once(sampling, now);
    }
    beat(sampling);
    return !sampling->sink.failed;
}

int sampling_run(struct role *role)
{
    struct sampling sampling = {
        .role = role,
        .want = {.type = FRAME_WANT, .u.want = {.period_ns = PERIOD_NS}},
    };

    raise_descriptors();
    sink_init(&sampling.sink, &role->channel);
    sampling.next_beat = clock_mono_ns() + BEAT_NS;
    sampling.next_tick = clock_mono_ns() + FIRST_WANT_NS;
    open_backend(&sampling);
    while (turn(&sampling))
        ;
    /* The backend is not closed: its threads may hang, and the process is over. */
    sink_clear(&sampling.sink);
    frame_clear(&sampling.want);
    return 0;
}
