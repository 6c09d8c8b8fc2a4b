#include "kernel/prober.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"

#define STACK_BYTES (256 * 1024)

/* A thread on its way through the questions of a round.  It shares this and the questions, which
 * are the main thread's again once ABANDONED is set: then all that it may still do is to say that
 * it came back. */
struct walker {
    struct walker *next; /* of prober->stuck */
    pthread_mutex_t lock;
    struct prober_calls calls;
    int event_fd; /* a descriptor of its own: the prober may be gone when it comes back */
    struct probe *probe;
    size_t count, at;
    int64_t step_ns; /* when the present question was asked */
    bool abandoned, finished, orphaned;
    enum probe_what stuck_what;
    char *stuck_path;
};

struct prober {
    struct prober_calls calls;
    int poll_fd, event_fd, timer_fd;
    struct probe *probe; /* of the round that runs, NULL: none does */
    size_t count;
    struct walker *walker; /* NULL: there is none to go on with the round */
    struct walker *stuck;
    size_t stuck_count;
};

static int real_stat(const char *path, struct stat *ret)
{
    return fstatat(AT_FDCWD, path, ret, AT_NO_AUTOMOUNT);
}

static const struct prober_calls real_calls = {
    .statvfs = statvfs,
    .stat = real_stat,
    .thin = thin_read,
    .deadline_ns = PROBE_DEADLINE_NS,
};

/* ---- the threads ---- */

static void ask(const struct prober_calls *calls, struct probe *probe)
{
    switch (probe->what) {
    case PROBE_STATVFS:
        probe->error = calls->statvfs(probe->path, &probe->u.statvfs) < 0 ? errno : 0;
        break;
    case PROBE_STAT:
        probe->error = calls->stat(probe->path, &probe->u.stat) < 0 ? errno : 0;
        break;
    case PROBE_THIN:
        probe->error = -calls->thin(probe->path, &probe->u.thin);
        break;
    }
}

/* The next question, as a copy of the thread's own; false when there is none. */
static bool take(struct walker *walker, struct probe *ret)
{
    bool more;
    pthread_mutex_lock(&walker->lock);
    while (!walker->abandoned && walker->at < walker->count &&
           walker->probe[walker->at].state != PROBE_WAITING)
        walker->at++;
    more = !walker->abandoned && walker->at < walker->count;
    if (more) {
        walker->step_ns = clock_mono_ns();
        *ret = walker->probe[walker->at];
        ret->path = xstrdup(ret->path);
    }
    pthread_mutex_unlock(&walker->lock);
    return more;
}

static void put(struct walker *walker, struct probe *answer)
{
    pthread_mutex_lock(&walker->lock);
    if (!walker->abandoned) {
        struct probe *probe = &walker->probe[walker->at];
        probe->u = answer->u;
        probe->error = answer->error;
        probe->started_ns = walker->step_ns;
        probe->state = PROBE_DONE;
    } else if (answer->what == PROBE_THIN && !answer->error) {
        thin_clear(&answer->u.thin);
    }
    pthread_mutex_unlock(&walker->lock);
    free(answer->path);
}

static void walker_free(struct walker *walker)
{
    pthread_mutex_destroy(&walker->lock);
    cleanup_close(&walker->event_fd);
    free(walker->stuck_path);
    free(walker);
}

static void *walk(void *data)
{
    struct walker *walker = data;
    const uint64_t one = 1;
    struct probe probe;
    bool orphaned;

    while (take(walker, &probe)) {
        ask(&walker->calls, &probe);
        put(walker, &probe);
    }
    pthread_mutex_lock(&walker->lock);
    walker->finished = true;
    orphaned = walker->orphaned;
    if (!orphaned && write(walker->event_fd, &one, sizeof(one)) < 0)
        walker->finished = true; /* the timer looks, too */
    pthread_mutex_unlock(&walker->lock);
    if (orphaned)
        walker_free(walker);
    return NULL;
}

/* ---- the main thread ---- */

struct prober *prober_new(const struct prober_calls *calls)
{
    struct prober *prober = xcalloc(1, sizeof(*prober));
    prober->calls = calls ? *calls : real_calls;
    prober->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    prober->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    prober->poll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    if (prober->event_fd < 0 || prober->timer_fd < 0 || prober->poll_fd < 0 ||
        epoll_ctl(prober->poll_fd, EPOLL_CTL_ADD, prober->event_fd, &event) < 0 ||
        epoll_ctl(prober->poll_fd, EPOLL_CTL_ADD, prober->timer_fd, &event) < 0) {
        prober_free(prober);
        return NULL;
    }
    return prober;
}

void probes_free(struct probe *probe, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (probe[i].what == PROBE_THIN && probe[i].state == PROBE_DONE && !probe[i].error)
            thin_clear(&probe[i].u.thin);
        free(probe[i].path);
    }
    free(probe);
}

/* Nobody will look at WALKER any more. */
static void leave(struct walker *walker)
{
    pthread_mutex_lock(&walker->lock);
    bool finished = walker->finished;
    walker->abandoned = walker->orphaned = true;
    pthread_mutex_unlock(&walker->lock);
    if (finished)
        walker_free(walker);
}

void prober_free(struct prober *prober)
{
    if (!prober)
        return;
    if (prober->walker)
        leave(prober->walker);
    while (prober->stuck) {
        struct walker *next = prober->stuck->next;
        leave(prober->stuck);
        prober->stuck = next;
    }
    if (prober->probe)
        probes_free(prober->probe, prober->count);
    cleanup_close(&prober->poll_fd);
    cleanup_close(&prober->event_fd);
    cleanup_close(&prober->timer_fd);
    free(prober);
}

/* The kernel's signals are the main thread's business. */
static int start_thread(struct walker *walker)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;

    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&thread, &attributes, walk, walker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return rc;
}

/* Sends a thread through the questions from AT on. */
static bool send_walker(struct prober *prober, size_t at)
{
    struct walker *walker = xcalloc(1, sizeof(*walker));
    pthread_mutex_init(&walker->lock, NULL);
    walker->calls = prober->calls;
    walker->event_fd = fcntl(prober->event_fd, F_DUPFD_CLOEXEC, 3);
    walker->probe = prober->probe;
    walker->count = prober->count;
    walker->at = at;
    walker->step_ns = clock_mono_ns();
    if (walker->event_fd < 0 || start_thread(walker) != 0) {
        walker_free(walker);
        return false;
    }
    prober->walker = walker;
    return true;
}

static void set_timer(struct prober *prober, int64_t at_ns)
{
    struct itimerspec spec = {.it_value = {at_ns / NS_PER_S, at_ns % NS_PER_S}};
    timerfd_settime(prober->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

bool prober_start(struct prober *prober, struct probe *probe, size_t count)
{
    if (prober->probe || prober->stuck_count > PROBES_STUCK_MAX)
        return false;
    prober->probe = probe;
    prober->count = count;
    if (!send_walker(prober, 0)) {
        prober->probe = NULL;
        return false;
    }
    set_timer(prober, clock_mono_ns() + prober->calls.deadline_ns);
    return true;
}

bool prober_busy(const struct prober *prober)
{
    return prober->probe != NULL;
}

int prober_fd(const struct prober *prober)
{
    return prober->poll_fd;
}

/* Threads that came back after all. */
static void reap(struct prober *prober)
{
    for (struct walker **slot = &prober->stuck; *slot;) {
        struct walker *walker = *slot;
        pthread_mutex_lock(&walker->lock);
        bool finished = walker->finished;
        pthread_mutex_unlock(&walker->lock);
        if (!finished) {
            slot = &walker->next;
            continue;
        }
        *slot = walker->next;
        prober->stuck_count--;
        walker_free(walker);
    }
}

/* The question at AT passed its deadline: its thread keeps it, what is on the same file system is
 * not asked, and another thread goes on. */
static void give_up(struct prober *prober, size_t at)
{
    struct probe *stuck = &prober->probe[at];
    struct walker *walker = prober->walker;

    stuck->state = PROBE_STUCK;
    stuck->started_ns = walker->step_ns;
    walker->stuck_what = stuck->what;
    walker->stuck_path = xstrdup(stuck->path);
    walker->next = prober->stuck;
    prober->stuck = walker;
    prober->stuck_count++;
    prober->walker = NULL;
    bool many = prober->stuck_count >= PROBES_STUCK_MAX;
    for (size_t i = at + 1; i < prober->count; i++) {
        struct probe *probe = &prober->probe[i];
        if ((many && probe->remote) || (stuck->what == PROBE_STATVFS && probe->on == stuck->on))
            probe->state = PROBE_SKIPPED;
    }
    if (prober->stuck_count <= PROBES_STUCK_MAX && send_walker(prober, at + 1))
        return;
    for (size_t i = at + 1; i < prober->count; i++)
        prober->probe[i].state = PROBE_SKIPPED;
}

/* Whether the round is over; judges the question that is under way. */
static bool over(struct prober *prober, int64_t now_ns)
{
    struct walker *walker = prober->walker;
    if (!walker)
        return true;
    pthread_mutex_lock(&walker->lock);
    bool finished = walker->finished;
    bool late = now_ns - walker->step_ns >= prober->calls.deadline_ns;
    size_t at = walker->at;
    int64_t due = walker->step_ns + prober->calls.deadline_ns;
    late = late && !finished && at < walker->count && walker->probe[at].state == PROBE_WAITING;
    walker->abandoned = late;
    pthread_mutex_unlock(&walker->lock);
    if (finished) {
        walker_free(walker);
        prober->walker = NULL;
        return true;
    }
    if (!late) {
        set_timer(prober, due > now_ns ? due : now_ns + NS_PER_MS);
        return false;
    }
    give_up(prober, at);
    set_timer(prober, now_ns + prober->calls.deadline_ns);
    return !prober->walker;
}

struct probe *prober_turn(struct prober *prober, size_t *ret_count)
{
    uint64_t count;
    while (read(prober->event_fd, &count, sizeof(count)) > 0 ||
           read(prober->timer_fd, &count, sizeof(count)) > 0)
        ;
    reap(prober);
    if (!prober->probe || !over(prober, clock_mono_ns()))
        return NULL;
    struct probe *probe = prober->probe;
    *ret_count = prober->count;
    prober->probe = NULL;
    set_timer(prober, 0); /* off */
    return probe;
}

int64_t prober_stuck(struct prober *prober, enum probe_what what, const char *path)
{
    for (const struct walker *walker = prober->stuck; walker; walker = walker->next) {
        if (walker->stuck_what == what && strcmp(walker->stuck_path, path) == 0)
            return walker->step_ns;
    }
    return 0;
}

size_t prober_stuck_count(struct prober *prober)
{
    return prober->stuck_count;
}
