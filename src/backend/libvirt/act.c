#include "backend/libvirt/act.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/libvirt/identity.h"
#include "backend/libvirt/wait.h"
#include "backend/libvirt/words.h"
#include "base/alloc.h"
#include "base/clock.h"

#define CONNECT_NS (10 * NS_PER_S)
#define POLL_NS (250 * NS_PER_MS)
#define SHUTDOWN_S 60 /* when the request has no limit */
#define KEEPALIVE_S 2
#define KEEPALIVE_COUNT 2

/* One action under way.  Its thread may hang in libvirt; the job's main thread then leaves it. */
struct job {
    struct lv_uri uri;
    enum action action;
    char *key, *life, *name;
    int timeout_s;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    int refs; /* under the lock */
    bool connected, done;
    bool waits;       /* the action is done, its effect is not */
    int64_t since_ns; /* of the present step */
    int rc;
    struct error err;
};

static void job_unref(struct job *job)
{
    pthread_mutex_lock(&job->lock);
    bool last = --job->refs == 0;
    pthread_mutex_unlock(&job->lock);
    if (!last)
        return;
    pthread_cond_destroy(&job->changed);
    pthread_mutex_destroy(&job->lock);
    lv_uri_clear(&job->uri);
    free(job->key);
    free(job->life);
    free(job->name);
    free(job);
}

static struct job *job_new(const struct lv_uri *uri, const struct frame_do *request)
{
    struct job *job = xcalloc(1, sizeof(*job));

    lv_uri_init(&job->uri, uri->given);
    job->action = request->action;
    job->key = xstrdup(request->key ? request->key : "");
    job->life = xstrdup(request->life ? request->life : "");
    job->name = xstrdup(request->name ? request->name : "");
    job->timeout_s = request->timeout_s > 0 ? request->timeout_s : SHUTDOWN_S;
    job->refs = 2;
    job->since_ns = clock_mono_ns();
    pthread_mutex_init(&job->lock, NULL);
    lv_cond_init(&job->changed);
    return job;
}

/* Autostart belongs to the definition, and a start begins a life. */
static bool is_about_a_life(enum action action)
{
    return action != ACTION_START && action != ACTION_AUTOSTART_ON &&
           action != ACTION_AUTOSTART_OFF;
}

static int resume(virDomainPtr dom)
{
    int state, reason;

    if (virDomainGetState(dom, &state, &reason, 0) == 0 && state == VIR_DOMAIN_PMSUSPENDED)
        return virDomainPMWakeup(dom, 0);
    return virDomainResume(dom);
}

static int call(virDomainPtr dom, enum action action)
{
    switch (action) {
    case ACTION_START:
        return virDomainCreate(dom);
    case ACTION_SHUTDOWN:
        return virDomainShutdown(dom);
    case ACTION_REBOOT:
        return virDomainReboot(dom, 0);
    case ACTION_PAUSE:
        return virDomainSuspend(dom);
    case ACTION_RESUME:
        return resume(dom);
    case ACTION_RESET:
        return virDomainReset(dom, 0);
    case ACTION_FORCE_OFF:
        return virDomainDestroy(dom);
    case ACTION_AUTOSTART_ON:
    case ACTION_AUTOSTART_OFF:
        return virDomainSetAutostart(dom, action == ACTION_AUTOSTART_ON);
    case ACTION_COUNT:
        break;
    }
    return -1;
}

static void step(struct job *job, bool waits)
{
    pthread_mutex_lock(&job->lock);
    job->connected = true;
    job->waits = waits;
    job->since_ns = clock_mono_ns();
    pthread_mutex_unlock(&job->lock);
}

/* A guest that was asked to shut down may take its time, or refuse. */
static int wait_for_off(virDomainPtr dom, struct job *job, struct error *err)
{
    struct timespec pause = {.tv_nsec = POLL_NS};
    int state, reason;

    step(job, true);
    int64_t until = clock_mono_ns() + job->timeout_s * NS_PER_S;
    do {
        if (virDomainGetState(dom, &state, &reason, 0) < 0) {
            /* A transient domain leaves altogether. */
            if (lv_is_gone(virGetLastError()))
                return 0;
            return lv_error(err, virGetLastError(), "cannot see whether it shuts down");
        }
        if (state == VIR_DOMAIN_SHUTOFF || state == VIR_DOMAIN_CRASHED)
            return 0;
        nanosleep(&pause, NULL);
    } while (clock_mono_ns() < until);
    return error_set(err, ERR_TIMEOUT, "force it off", "still running after %d s", job->timeout_s);
}

static int act_on(virDomainPtr dom, struct job *job, struct error *err)
{
    char doing[48];

    if ((unsigned)job->action >= ACTION_COUNT)
        return error_set(err, ERR_UNSUPPORTED, NULL, "libvirt has no such action");
    int rc =
        is_about_a_life(job->action) ? lv_check_life(dom, &job->uri, job->key, job->life, err) : 0;
    if (rc < 0)
        return rc;
    if (call(dom, job->action) < 0) {
        const virError *from = virGetLastError();
        /* It may have gone off by itself between the question and the act. */
        if (job->action == ACTION_FORCE_OFF &&
            (lv_is_gone(from) ||
             (from && from->code == VIR_ERR_OPERATION_INVALID && virDomainIsActive(dom) == 0)))
            return 0;
        snprintf(doing, sizeof(doing), "cannot %s",
                 job->action == ACTION_AUTOSTART_ON    ? "set autostart"
                 : job->action == ACTION_AUTOSTART_OFF ? "unset autostart"
                                                       : action_name(job->action));
        return lv_error(err, from, doing);
    }
    return job->action == ACTION_SHUTDOWN ? wait_for_off(dom, job, err) : 0;
}

static void finish(struct job *job, int rc, const struct error *err)
{
    pthread_mutex_lock(&job->lock);
    job->rc = rc;
    job->err = *err;
    job->done = true;
    pthread_cond_signal(&job->changed);
    pthread_mutex_unlock(&job->lock);
}

static void *run(void *user)
{
    struct job *job = user;
    struct error err = {0};
    int rc = ERR_LOST;

    virConnectPtr conn = virConnectOpen(job->uri.open);
    if (conn) {
        virConnectSetKeepAlive(conn, KEEPALIVE_S, KEEPALIVE_COUNT);
        step(job, false);
        virDomainPtr dom = lv_find_domain(conn, job->key, job->name, &err);
        rc = dom ? act_on(dom, job, &err) : err.code;
        if (dom)
            virDomainFree(dom);
        finish(job, rc, &err);
        virConnectClose(conn);
    } else {
        /* Not even the connection: so it will be with the next guest. */
        if (lv_trouble(virGetLastError(), &job->uri, false, &err) == SOURCE_DENIED)
            err.code = ERR_BARRED;
        finish(job, err.code ? err.code : rc, &err);
    }
    job_unref(job);
    return NULL;
}

static void say(const struct job *job, struct progress *progress, int64_t now_ns)
{
    char text[96];
    int64_t seconds = (now_ns - job->since_ns) / NS_PER_S;
    int percent = -1;

    if (!job->connected) {
        snprintf(text, sizeof(text), "connecting to libvirtd");
    } else if (job->waits) {
        snprintf(text, sizeof(text), "waiting for the guest to shut down, %lld s of %d",
                 (long long)seconds, job->timeout_s);
        percent = (int)(seconds * 100 / job->timeout_s);
    } else if (seconds == 0) {
        snprintf(text, sizeof(text), "%s", action_name(job->action));
    } else {
        snprintf(text, sizeof(text), "%s, %lld s", action_name(job->action), (long long)seconds);
    }
    progress->say(progress, text, percent);
}

/* Waits for the thread, saying how it goes once a second. */
static int await(struct job *job, struct progress *progress, struct error *err)
{
    int64_t started = clock_mono_ns(), next = started;
    int rc;

    pthread_mutex_lock(&job->lock);
    while (!job->done) {
        int64_t now = clock_mono_ns();
        if (!job->connected && now - started > CONNECT_NS)
            break;
        if (now >= next) {
            say(job, progress, now);
            next += NS_PER_S;
        }
        lv_cond_wait(&job->changed, &job->lock, next);
    }
    if (job->done) {
        rc = job->rc;
        if (rc < 0 && err)
            *err = job->err;
    } else {
        rc = error_set(err, ERR_LOST, "restart libvirtd", "libvirtd does not answer");
    }
    pthread_mutex_unlock(&job->lock);
    return rc;
}

int lv_act(const struct lv_uri *uri, const struct frame_do *request, struct progress *progress,
           struct error *err)
{
    pthread_t thread;
    struct job *job = job_new(uri, request);

    int rc = pthread_create(&thread, NULL, run, job);
    if (rc != 0) {
        job->refs = 1;
        job_unref(job);
        return error_errno(err, rc, "a thread for libvirt cannot be started");
    }
    pthread_detach(thread);
    rc = await(job, progress, err);
    job_unref(job);
    return rc;
}
