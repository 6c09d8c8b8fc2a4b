#include "backend/libvirt/daemon.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backend/libvirt/events.h"
#include "backend/libvirt/inbox.h"
#include "backend/libvirt/round.h"
#include "backend/libvirt/wait.h"
#include "backend/libvirt/words.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define ROUND_NS (3 * NS_PER_S)         /* states without events: the net below the events */
#define LISTS_NS (6 * NS_PER_S)         /* autostart has no event */
#define GAP_NS (100 * NS_PER_MS)        /* between rounds for events: they come in swarms */
#define DENIED_RETRY_NS (30 * NS_PER_S) /* permissions change when an operator acts */
#define KEEPALIVE_S 2
#define KEEPALIVE_COUNT 2
#define FAILURES_MAX 3

static const int64_t backoff_ns[] = {1 * NS_PER_S, 2 * NS_PER_S, 5 * NS_PER_S, 10 * NS_PER_S};

struct lv_daemon {
    struct lv_listener listener; /* first: libvirt gives it back to us */
    struct lv_uri uri;           /* own copy: the thread may outlive its maker */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    int fd;
    int refs; /* atomic: the maker, the thread, each subscription */
    struct lv_pulse pulse;

    /* All below under the lock. */
    bool stop, poked, event, closed;
    int close_reason;
    struct lv_inbox inbox;
    char watch[LV_WATCH_MAX][VIR_UUID_STRING_BUFLEN];
    size_t watch_count;
    struct lv_snapshot *published;
    enum source_state state;
    struct error why;
    unsigned connections;
};

static void unref(struct lv_daemon *daemon)
{
    if (__atomic_sub_fetch(&daemon->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    lv_snapshot_free(daemon->published);
    close(daemon->fd);
    pthread_cond_destroy(&daemon->wake);
    pthread_mutex_destroy(&daemon->lock);
    lv_uri_clear(&daemon->uri);
    free(daemon);
}

static void on_hold(struct lv_listener *listener)
{
    __atomic_add_fetch(&((struct lv_daemon *)listener)->refs, 1, __ATOMIC_RELAXED);
}

static void on_release(struct lv_listener *listener)
{
    unref((struct lv_daemon *)listener);
}

static void on_happening(struct lv_listener *listener, const struct lv_happening *happening)
{
    struct lv_daemon *daemon = (struct lv_daemon *)listener;

    pthread_mutex_lock(&daemon->lock);
    lv_inbox_put(&daemon->inbox, happening);
    if (happening->moved || happening->redefined) {
        daemon->event = true;
        pthread_cond_signal(&daemon->wake);
    }
    pthread_mutex_unlock(&daemon->lock);
}

static void on_closed(struct lv_listener *listener, int reason)
{
    struct lv_daemon *daemon = (struct lv_daemon *)listener;

    pthread_mutex_lock(&daemon->lock);
    daemon->closed = true;
    daemon->close_reason = reason;
    pthread_cond_signal(&daemon->wake);
    pthread_mutex_unlock(&daemon->lock);
}

static void set_state(struct lv_daemon *daemon, enum source_state state, const struct error *why)
{
    pthread_mutex_lock(&daemon->lock);
    daemon->state = state;
    daemon->why = why ? *why : (struct error){0};
    pthread_mutex_unlock(&daemon->lock);
    lv_bell_ring(daemon->fd);
}

static void publish(struct lv_daemon *daemon, struct lv_snapshot *snapshot)
{
    pthread_mutex_lock(&daemon->lock);
    struct lv_snapshot *old = daemon->published;
    daemon->published = snapshot;
    daemon->state = SOURCE_UP;
    daemon->why = (struct error){0};
    pthread_mutex_unlock(&daemon->lock);
    lv_snapshot_free(old);
    lv_bell_ring(daemon->fd);
}

/* False when it is time to end. */
static bool pause_for(struct lv_daemon *daemon, int64_t ns)
{
    int64_t until = clock_mono_ns() + ns;

    pthread_mutex_lock(&daemon->lock);
    while (!daemon->stop && clock_mono_ns() < until)
        lv_cond_wait(&daemon->wake, &daemon->lock, until);
    bool go_on = !daemon->stop;
    pthread_mutex_unlock(&daemon->lock);
    return go_on;
}

/* What the main thread and the events want of the next round. */
struct task {
    struct lv_wish wish;
    char watch[LV_WATCH_MAX][VIR_UUID_STRING_BUFLEN];
    struct lv_changes changes;
};

static void take_task(struct lv_daemon *daemon, struct task *task)
{
    memset(&task->wish, 0, sizeof(task->wish));
    memcpy(task->watch, daemon->watch, sizeof(task->watch));
    task->changes = daemon->inbox.changes;
    task->wish.watch = task->watch;
    task->wish.watch_count = daemon->watch_count;
    task->wish.figures = daemon->poked && !daemon->uri.local_qemu;
    task->wish.lists = daemon->event;
    daemon->inbox.changes.count = 0;
    daemon->poked = daemon->event = daemon->inbox.changes.all = false;
}

/* Waits for the next reason to ask the daemon; false when the connection or the thread is to end.
 */
static bool next_task(struct lv_daemon *daemon, int64_t last_ns, struct task *task)
{
    pthread_mutex_lock(&daemon->lock);
    while (!daemon->stop && !daemon->closed) {
        bool soon = daemon->event || (daemon->poked && daemon->uri.local_qemu);
        int64_t due = last_ns + (soon ? GAP_NS : ROUND_NS);
        if (clock_mono_ns() >= due || (daemon->poked && !daemon->uri.local_qemu))
            break;
        lv_cond_wait(&daemon->wake, &daemon->lock, due);
    }
    bool go_on = !daemon->stop && !daemon->closed;
    if (go_on)
        take_task(daemon, task);
    pthread_mutex_unlock(&daemon->lock);
    return go_on;
}

static int ask(struct lv_daemon *daemon, virConnectPtr conn, struct lv_round *round,
               struct task *task, virErrorPtr *ret_why)
{
    struct lv_snapshot *snapshot;

    lv_changes_apply(&task->changes, round);
    if (lv_round_run(round, conn, &task->wish, &daemon->pulse, &snapshot, ret_why) < 0)
        return -1;
    publish(daemon, snapshot);
    return 0;
}

/* Rounds until the connection is lost or the thread is to end. */
static void converse(struct lv_daemon *daemon, virConnectPtr conn, struct lv_round *round,
                     struct task *task)
{
    int64_t last = 0, lists = 0;
    int failures = 0;
    bool first = true;

    while (failures < FAILURES_MAX && next_task(daemon, last, task)) {
        last = clock_mono_ns();
        task->wish.only_new = first;
        if (!first && (task->wish.lists || last - lists >= LISTS_NS)) {
            task->wish.lists = true;
            lists = last;
        }
        virErrorPtr from = NULL;
        if (ask(daemon, conn, round, task, &from) == 0) {
            failures = 0;
            if (first)
                last = 0;
            first = false;
            continue;
        }
        /* A guest that dies under a bulk call fails the whole call: no reason to leave. */
        failures = lv_is_lost(from) ? FAILURES_MAX : failures + 1;
        if (failures == FAILURES_MAX) {
            struct error why;
            enum source_state state = lv_trouble(from, &daemon->uri, true, &why);
            set_state(daemon, state, &why);
        }
        virFreeError(from);
    }
}

static virConnectPtr connect_to(struct lv_daemon *daemon, struct lv_subscriptions *subscriptions)
{
    pthread_mutex_lock(&daemon->lock);
    daemon->closed = false;
    pthread_mutex_unlock(&daemon->lock);

    lv_pulse_begin(&daemon->pulse, "virConnectOpenReadOnly", NULL);
    virConnectPtr conn = virConnectOpenReadOnly(daemon->uri.open);
    if (conn) {
        /* Drivers without a daemon have no keepalive, some have no events. */
        virConnectSetKeepAlive(conn, KEEPALIVE_S, KEEPALIVE_COUNT);
        lv_events_subscribe(conn, &daemon->listener, subscriptions);
    }
    lv_pulse_end(&daemon->pulse, conn != NULL);
    return conn;
}

static void disconnect(struct lv_daemon *daemon, virConnectPtr conn,
                       const struct lv_subscriptions *subscriptions)
{
    lv_pulse_begin(&daemon->pulse, "virConnectClose", NULL);
    lv_events_unsubscribe(conn, subscriptions);
    virConnectClose(conn);
    lv_pulse_end(&daemon->pulse, false);
}

/* Says why the connection ended; the callback knows better than the call that failed. */
static void say_lost(struct lv_daemon *daemon)
{
    struct error why;

    pthread_mutex_lock(&daemon->lock);
    bool closed = daemon->closed, stop = daemon->stop;
    int reason = daemon->close_reason;
    pthread_mutex_unlock(&daemon->lock);
    if (!closed || stop)
        return;
    error_set(&why, ERR_LOST, NULL, "%s",
              reason == VIR_CONNECT_CLOSE_REASON_KEEPALIVE ? "libvirtd does not answer"
                                                           : "libvirtd is lost");
    set_state(daemon, SOURCE_LOST, &why);
}

static void *run(void *user)
{
    struct lv_daemon *daemon = user;
    struct lv_subscriptions subscriptions;
    struct lv_round *round = lv_round_new();
    struct task *task = xcalloc(1, sizeof(*task));
    size_t tries = 0;
    bool was_up = false, go_on = true;

    while (go_on) {
        virConnectPtr conn = connect_to(daemon, &subscriptions);
        int64_t wait_ns = backoff_ns[tries];
        if (conn) {
            pthread_mutex_lock(&daemon->lock);
            daemon->connections++;
            pthread_mutex_unlock(&daemon->lock);
            was_up = true;
            wait_ns = backoff_ns[tries = 0];
            lv_round_redefined(round, NULL);
            converse(daemon, conn, round, task);
            disconnect(daemon, conn, &subscriptions);
            say_lost(daemon);
        } else {
            struct error why;
            enum source_state state = lv_trouble(virGetLastError(), &daemon->uri, was_up, &why);
            set_state(daemon, state, &why);
            wait_ns = state == SOURCE_DENIED ? DENIED_RETRY_NS : wait_ns;
            if (state == SOURCE_FAILED)
                break;
        }
        go_on = pause_for(daemon, wait_ns);
        tries = tries + 1 < ARRAY_SIZE(backoff_ns) ? tries + 1 : tries;
    }
    lv_round_free(round);
    free(task);
    unref(daemon);
    return NULL;
}

int lv_daemon_start(struct lv_daemon **ret, const struct lv_uri *uri, struct error *err)
{
    int fd = lv_bell_open();

    if (fd < 0)
        return error_errno(err, errno, "eventfd");
    struct lv_daemon *daemon = xcalloc(1, sizeof(*daemon));
    daemon->listener = (struct lv_listener){on_happening, on_closed, on_hold, on_release};
    lv_uri_init(&daemon->uri, uri->given);
    daemon->fd = fd;
    daemon->refs = 2;
    daemon->state = SOURCE_CONNECTING;
    daemon->poked = true;
    pthread_mutex_init(&daemon->lock, NULL);
    lv_cond_init(&daemon->wake);
    int rc = pthread_create(&daemon->thread, NULL, run, daemon);
    if (rc != 0) {
        daemon->refs = 1;
        unref(daemon);
        return error_errno(err, rc, "a thread for libvirt cannot be started");
    }
    *ret = daemon;
    return 0;
}

void lv_daemon_stop(struct lv_daemon *daemon)
{
    struct timespec until;

    if (!daemon)
        return;
    pthread_mutex_lock(&daemon->lock);
    daemon->stop = true;
    pthread_cond_signal(&daemon->wake);
    pthread_mutex_unlock(&daemon->lock);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    if (pthread_timedjoin_np(daemon->thread, NULL, &until) != 0)
        pthread_detach(daemon->thread);
    unref(daemon);
}

int lv_daemon_fd(const struct lv_daemon *daemon)
{
    return daemon->fd;
}

void lv_daemon_wish(struct lv_daemon *daemon, char (*watch)[VIR_UUID_STRING_BUFLEN],
                    size_t watch_count)
{
    pthread_mutex_lock(&daemon->lock);
    daemon->watch_count = watch_count < LV_WATCH_MAX ? watch_count : LV_WATCH_MAX;
    memcpy(daemon->watch, watch, daemon->watch_count * sizeof(daemon->watch[0]));
    pthread_mutex_unlock(&daemon->lock);
}

void lv_daemon_poke(struct lv_daemon *daemon)
{
    pthread_mutex_lock(&daemon->lock);
    daemon->poked = true;
    pthread_cond_signal(&daemon->wake);
    pthread_mutex_unlock(&daemon->lock);
}

void lv_daemon_redefined(struct lv_daemon *daemon, const char *uuid)
{
    on_happening(&daemon->listener, &(struct lv_happening){.uuid = uuid, .redefined = true});
}

void lv_daemon_status(struct lv_daemon *daemon, struct lv_status *ret)
{
    pthread_mutex_lock(&daemon->lock);
    ret->state = daemon->state;
    ret->why = daemon->why;
    ret->connections = daemon->connections;
    pthread_mutex_unlock(&daemon->lock);
    ret->busy_since_ns = atomic_load(&daemon->pulse.busy_since_ns);
    ret->answered_ns = atomic_load(&daemon->pulse.answered_ns);
}

struct lv_snapshot *lv_daemon_take(struct lv_daemon *daemon)
{
    lv_bell_hush(daemon->fd);
    pthread_mutex_lock(&daemon->lock);
    struct lv_snapshot *snapshot = daemon->published;
    daemon->published = NULL;
    pthread_mutex_unlock(&daemon->lock);
    return snapshot;
}

size_t lv_daemon_remarks(struct lv_daemon *daemon, struct lv_remark *ret, size_t *ret_lost)
{
    pthread_mutex_lock(&daemon->lock);
    size_t count = lv_inbox_remarks(&daemon->inbox, ret, ret_lost);
    pthread_mutex_unlock(&daemon->lock);
    return count;
}
