#include "backend/libvirt/monitor.h"

#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/calls.h"
#include "backend/libvirt/wait.h"
#include "backend/libvirt/words.h"
#include "base/alloc.h"
#include "base/clock.h"

#define SLOW_NS (2 * NS_PER_S)
#define KEEPALIVE_S 2
#define KEEPALIVE_COUNT 2

/* One connection; calls that hang keep it after it was replaced. */
struct line {
    virConnectPtr conn;
    int refs;   /* atomic: the monitor, each call, libvirt's callback */
    int dead;   /* atomic */
    int reason; /* atomic: virConnectCloseReason */
    /* Atomic: what its driver does not have. */
    bool no_disk_errors, no_statistics;
};

enum phase {
    IDLE,
    ASKED,
    OPENING,
    IN_MONITOR,
    DONE
};

struct lv_monitor {
    struct lv_uri uri;
    pthread_mutex_t lock;
    pthread_cond_t wake, ended;
    int refs; /* under the lock: the maker and each runner */
    bool stop, has_runner;
    unsigned generation; /* runners of an older one are given up */
    unsigned forgotten;  /* calls of older ones than this hung in a daemon that is no more */
    enum phase phase;
    char uuid[VIR_UUID_STRING_BUFLEN];
    int64_t since_ns;
    struct line *line;
    int fd; /* eventfd: an answer is there */
    enum lv_question question;
    struct lv_answer answer;
    bool answered;
    int stuck;
};

static void line_unref(void *user)
{
    struct line *line = user;
    if (line && __atomic_sub_fetch(&line->refs, 1, __ATOMIC_ACQ_REL) == 0)
        free(line);
}

/* The connection goes when nobody calls on it any more. */
static void line_drop(struct line *line)
{
    if (!line)
        return;
    virConnectPtr conn = line->conn;
    line_unref(line);
    virConnectClose(conn);
}

static void on_close(virConnectPtr conn, int reason, void *user)
{
    struct line *line = user;
    (void)conn;
    __atomic_store_n(&line->reason, reason, __ATOMIC_RELEASE);
    __atomic_store_n(&line->dead, 1, __ATOMIC_RELEASE);
}

static struct line *line_open(const struct lv_uri *uri)
{
    int call = calls_begin("virConnectOpenReadOnly", NULL);
    virConnectPtr conn = virConnectOpenReadOnly(uri->open);

    calls_end(call);

    if (!conn)
        return NULL;
    virConnectSetKeepAlive(conn, KEEPALIVE_S, KEEPALIVE_COUNT);
    struct line *line = xcalloc(1, sizeof(*line));
    line->conn = conn;
    line->refs = 2;
    if (virConnectRegisterCloseCallback(conn, on_close, line, line_unref) < 0)
        line->refs = 1; /* ours alone */
    return line;
}

struct lv_monitor *lv_monitor_new(const struct lv_uri *uri)
{
    struct lv_monitor *monitor = xcalloc(1, sizeof(*monitor));

    lv_uri_init(&monitor->uri, uri->given);
    monitor->fd = lv_bell_open();
    monitor->refs = 1;
    pthread_mutex_init(&monitor->lock, NULL);
    lv_cond_init(&monitor->wake);
    lv_cond_init(&monitor->ended);
    return monitor;
}

/* Called with the lock held, and gives it back. */
static void unref_and_unlock(struct lv_monitor *monitor)
{
    bool last = --monitor->refs == 0;

    pthread_cond_signal(&monitor->ended);
    pthread_mutex_unlock(&monitor->lock);
    if (!last)
        return;
    line_drop(monitor->line);
    parts_clear(&monitor->answer.disks);
    pthread_cond_destroy(&monitor->wake);
    pthread_cond_destroy(&monitor->ended);
    pthread_mutex_destroy(&monitor->lock);
    lv_uri_clear(&monitor->uri);
    if (monitor->fd >= 0)
        close(monitor->fd);
    free(monitor);
}

void lv_monitor_free(struct lv_monitor *monitor)
{
    int64_t until = clock_mono_ns() + NS_PER_S;

    if (!monitor)
        return;
    pthread_mutex_lock(&monitor->lock);
    monitor->stop = true;
    pthread_cond_broadcast(&monitor->wake);
    while (monitor->refs > 1)
        if (!lv_cond_wait(&monitor->ended, &monitor->lock, until))
            break;
    unref_and_unlock(monitor);
}

/* A live connection with a reference for the caller, or NULL.  The lock is not held. */
static struct line *get_line(struct lv_monitor *monitor)
{
    pthread_mutex_lock(&monitor->lock);
    struct line *line = monitor->line, *old = NULL;
    if (line && __atomic_load_n(&line->dead, __ATOMIC_ACQUIRE)) {
        old = line;
        monitor->line = line = NULL;
    }
    pthread_mutex_unlock(&monitor->lock);
    line_drop(old);
    if (!line) {
        line = line_open(&monitor->uri);
        if (!line)
            return NULL;
        pthread_mutex_lock(&monitor->lock);
        monitor->line = line;
        pthread_mutex_unlock(&monitor->lock);
    }
    __atomic_add_fetch(&line->refs, 1, __ATOMIC_RELAXED);
    virConnectRef(line->conn);
    return line;
}

/* A call that was given up has come back after all.  If keepalive cut the connection the daemon
 * still has it. */
static void settle(struct lv_monitor *monitor, const struct line *line, unsigned generation)
{
    if (generation < monitor->forgotten)
        return;
    if (__atomic_load_n(&line->dead, __ATOMIC_ACQUIRE) &&
        __atomic_load_n(&line->reason, __ATOMIC_ACQUIRE) == VIR_CONNECT_CLOSE_REASON_KEEPALIVE)
        return;
    monitor->stuck--;
}

static virDomainPtr look_up(virConnectPtr conn, const char *uuid)
{
    int call = calls_begin("virDomainLookupByUUIDString", NULL);
    virDomainPtr dom = virDomainLookupByUUIDString(conn, uuid);

    calls_end(call);
    return dom;
}

/* Whether QUESTION is answered there, as far as is known. */
static bool *lack_of(struct line *line, enum lv_question question)
{
    return question == LV_IO_ERROR ? &line->no_disk_errors : &line->no_statistics;
}

/* Enters the monitor: blocks, for ever perhaps. */
static bool put(struct line *line, virDomainPtr dom, struct lv_answer *ret)
{
    bool good = lv_question_ask(dom, ret);

    if (!good && lv_is_unsupported(virGetLastError()))
        __atomic_store_n(lack_of(line, ret->question), true, __ATOMIC_RELAXED);
    return good;
}

/* One request; false when this runner was given up meanwhile. */
static bool serve(struct lv_monitor *monitor, unsigned generation, enum lv_question question,
                  const char *uuid)
{
    struct lv_answer answer = {.question = question};
    bool good = false;

    struct line *line = get_line(monitor);
    bool lacks = line && __atomic_load_n(lack_of(line, question), __ATOMIC_RELAXED);
    virDomainPtr dom = line && !lacks ? look_up(line->conn, uuid) : NULL;
    if (dom) {
        pthread_mutex_lock(&monitor->lock);
        monitor->phase = IN_MONITOR;
        monitor->since_ns = clock_mono_ns();
        pthread_mutex_unlock(&monitor->lock);
        good = put(line, dom, &answer);
        virDomainFree(dom);
    }
    pthread_mutex_lock(&monitor->lock);
    bool wanted = monitor->generation == generation;
    if (wanted) {
        monitor->phase = DONE;
        monitor->answered = good;
        parts_clear(&monitor->answer.disks); /* nobody wanted the last ones */
        monitor->answer = answer;
        lv_bell_ring(monitor->fd);
    } else {
        parts_clear(&answer.disks);
        settle(monitor, line, generation);
    }
    pthread_mutex_unlock(&monitor->lock);
    line_drop(line);
    return wanted;
}

static void *run(void *user)
{
    struct lv_monitor *monitor = user;
    char uuid[VIR_UUID_STRING_BUFLEN];

    pthread_mutex_lock(&monitor->lock);
    unsigned generation = monitor->generation;
    while (!monitor->stop && monitor->generation == generation) {
        if (monitor->phase != ASKED) {
            pthread_cond_wait(&monitor->wake, &monitor->lock);
            continue;
        }
        monitor->phase = OPENING;
        monitor->since_ns = clock_mono_ns();
        memcpy(uuid, monitor->uuid, sizeof(uuid));
        enum lv_question question = monitor->question;
        pthread_mutex_unlock(&monitor->lock);
        bool wanted = serve(monitor, generation, question, uuid);
        pthread_mutex_lock(&monitor->lock);
        if (!wanted)
            break;
    }
    unref_and_unlock(monitor);
    return NULL;
}

/* With the lock held. */
static bool have_runner(struct lv_monitor *monitor)
{
    pthread_t thread;

    if (monitor->has_runner)
        return true;
    monitor->refs++;
    if (pthread_create(&thread, NULL, run, monitor) != 0) {
        monitor->refs--;
        return false;
    }
    pthread_detach(thread);
    monitor->has_runner = true;
    return true;
}

bool lv_monitor_ask(struct lv_monitor *monitor, enum lv_question question, const char *uuid)
{
    pthread_mutex_lock(&monitor->lock);
    bool accepted = monitor->phase == IDLE && have_runner(monitor);
    if (accepted) {
        strncpy(monitor->uuid, uuid, sizeof(monitor->uuid) - 1);
        monitor->question = question;
        monitor->phase = ASKED;
        pthread_cond_signal(&monitor->wake);
    }
    pthread_mutex_unlock(&monitor->lock);
    return accepted;
}

enum lv_asked lv_monitor_poll(struct lv_monitor *monitor, int64_t now_ns, int64_t answered_ns,
                              char uuid[VIR_UUID_STRING_BUFLEN], struct lv_answer *ret)
{
    enum lv_asked asked = LV_BUSY;

    lv_bell_hush(monitor->fd);
    pthread_mutex_lock(&monitor->lock);
    memcpy(uuid, monitor->uuid, sizeof(monitor->uuid));
    ret->question = monitor->question;
    if (monitor->phase == IDLE) {
        asked = LV_IDLE;
    } else if (monitor->phase == DONE) {
        asked = monitor->answered ? LV_ANSWERED : LV_REFUSED;
        *ret = monitor->answer;
        monitor->answer.disks = (struct parts){0};
        monitor->phase = IDLE;
    } else if (monitor->phase == IN_MONITOR && now_ns - monitor->since_ns > SLOW_NS &&
               answered_ns > monitor->since_ns + SLOW_NS) {
        asked = LV_STUCK;
        monitor->generation++;
        monitor->has_runner = false;
        monitor->stuck++;
        monitor->phase = IDLE;
    }
    pthread_mutex_unlock(&monitor->lock);
    return asked;
}

bool lv_monitor_is_slow(struct lv_monitor *monitor, int64_t now_ns)
{
    pthread_mutex_lock(&monitor->lock);
    bool slow = monitor->phase == IN_MONITOR && now_ns - monitor->since_ns > SLOW_NS;
    pthread_mutex_unlock(&monitor->lock);
    return slow;
}

void lv_monitor_forget(struct lv_monitor *monitor)
{
    pthread_mutex_lock(&monitor->lock);
    monitor->forgotten = monitor->generation;
    monitor->stuck = 0;
    pthread_mutex_unlock(&monitor->lock);
}

int lv_monitor_stuck(struct lv_monitor *monitor)
{
    pthread_mutex_lock(&monitor->lock);
    int stuck = monitor->stuck;
    pthread_mutex_unlock(&monitor->lock);
    return stuck;
}

int lv_monitor_fd(const struct lv_monitor *monitor)
{
    return monitor->fd;
}
