/* What an operator does to a container: job role. */
#include "backend/lxc/act.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "backend/lxc/call.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define START_LIMIT_S 120
#define FREEZE_LIMIT_S 10
#define STOP_LIMIT_S 60
#define SIGNAL_LIMIT_S 10 /* to hand a signal over, not to obey it */
#define DEFAULT_TIMEOUT_S 60
#define POLL_MS 100

static void tell(const struct act *act, const char *text)
{
    act->progress->say(act->progress, text, -1);
}

static int call(const struct act *act, bool (*run)(struct lxc_container *), const char *doing,
                int limit_s, struct error *err)
{
    struct lxc_call request = {
        .path = act->path,
        .name = act->request->key,
        .run = run,
        .doing = doing,
        .limit_s = limit_s,
        .monitor = act->monitor.id.pid,
        .outlives_us = act->request->action == ACTION_START || act->request->action == ACTION_RESET,
        .progress = act->progress,
    };
    return lxc_call(&request, err);
}

static void pause_ms(int ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * NS_PER_MS};
    nanosleep(&time, NULL);
}

static bool init_lives(const struct act *act)
{
    return lxc_process_lives(&act->init);
}

static bool monitor_lives(const struct act *act)
{
    return lxc_process_lives(&act->monitor.id);
}

/* Waits until ALIVE no longer holds; tells the seconds.  False when the time is up. */
static bool await_end(const struct act *act, bool (*alive)(const struct act *), const char *doing,
                      int limit_s)
{
    int64_t start = clock_mono_ns();
    int64_t told_s = 0;
    while (alive(act)) {
        int64_t elapsed_s = (clock_mono_ns() - start) / NS_PER_S;
        if (elapsed_s >= limit_s)
            return false;
        if (elapsed_s > told_s) {
            char text[80];
            snprintf(text, sizeof(text), "%s, %d of %d s", doing, (int)elapsed_s, limit_s);
            act->progress->say(act->progress, text, (int)(100 * elapsed_s / limit_s));
            told_s = elapsed_s;
        }
        pause_ms(POLL_MS);
    }
    return true;
}

static bool run_start(struct lxc_container *container)
{
    container->want_daemonize(container, true);
    return container->start(container, 0, NULL);
}

static bool run_stop(struct lxc_container *container)
{
    return container->stop(container);
}

/* With a limit of 0 these two only hand the signal over. */
static bool run_shutdown(struct lxc_container *container)
{
    return container->shutdown(container, 0);
}

static bool run_reboot(struct lxc_container *container)
{
    return container->reboot2(container, 0);
}

static bool run_freeze(struct lxc_container *container)
{
    return container->freeze(container);
}

static bool run_unfreeze(struct lxc_container *container)
{
    return container->unfreeze(container);
}

static int start(struct act *act, struct error *err)
{
    tell(act, "starting");
    int rc = call(act, run_start, "starting", START_LIMIT_S, err);
    if (rc == ERR_TIMEOUT) /* that code stands for a guest that wants forcing off */
        return error_set(err, ERR_BUSY, NULL, "still starting after %d s", START_LIMIT_S);
    if (rc < 0 && strchr(act->request->key, '\n'))
        return error_set(err, ERR_UNSUPPORTED, "rename it",
                         "the kernel makes no control group with a line break in its name");
    if (rc < 0)
        return rc;
    lxc_act_look(act);
    if (!act->init.pid)
        return error_set(err, ERR_IO, "look at its log", "it started and ended at once");
    tell(act, "started");
    return 0;
}

static int shut_down(struct act *act, struct error *err)
{
    int limit_s = act->request->timeout_s > 0 ? act->request->timeout_s : DEFAULT_TIMEOUT_S;
    tell(act, "shutting down");
    int rc = call(act, run_shutdown, "asking it to shut down", SIGNAL_LIMIT_S, err);
    if (rc < 0)
        return rc;
    if (!await_end(act, init_lives, "shutting down", limit_s))
        return error_set(err, ERR_TIMEOUT, "force it off", "it has not shut down within %d s",
                         limit_s);
    await_end(act, monitor_lives, "cleaning up", SIGNAL_LIMIT_S);
    tell(act, "off");
    return 0;
}

static int reboot(struct act *act, struct error *err)
{
    int limit_s = act->request->timeout_s > 0 ? act->request->timeout_s : DEFAULT_TIMEOUT_S;
    tell(act, "rebooting");
    int rc = call(act, run_reboot, "asking it to reboot", SIGNAL_LIMIT_S, err);
    if (rc < 0)
        return rc;
    if (!await_end(act, init_lives, "shutting down", limit_s))
        return error_set(err, ERR_TIMEOUT, "reset it", "it has not rebooted within %d s", limit_s);
    int64_t until = clock_mono_ns() + limit_s * NS_PER_S;
    while (monitor_lives(act) && clock_mono_ns() < until) {
        struct proc_identity init;
        if (lxc_monitor_init(act->monitor.id.pid, &init)) {
            tell(act, "rebooted");
            return 0;
        }
        pause_ms(POLL_MS);
    }
    return error_set(err, ERR_IO, "start it", "it went off instead of coming up again");
}

/* Kills init itself, through a descriptor that cannot come to mean another process. */
static int kill_init(struct act *act, struct error *err)
{
    CLEANUP_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, act->init.pid, 0);
    if (pidfd < 0)
        return error_errno(err, errno, "cannot hold its init");
    if (!init_lives(act))
        return 0;
    if (syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) < 0)
        return error_errno(err, errno, "cannot kill its init");
    /* Version 1's freezer holds even this signal back.  At the thaw it comes before all else. */
    if (lxc_act_is_frozen(act))
        lxc_act_thaw(act);
    if (!await_end(act, init_lives, "waiting for its init to die", STOP_LIMIT_S))
        return error_set(err, ERR_TIMEOUT, "look for a process in D state in it",
                         "its init does not die");
    return 0;
}

/* liblxc would wait for a stopped monitor for ever, so init is killed without it.  Continued, the
 * monitor cleans up. */
static int force_off_stopped(struct act *act, struct error *err)
{
    tell(act, "its LXC monitor is stopped: killing init directly, then continuing the monitor");
    CLEANUP_CLOSE int pidfd = (int)syscall(SYS_pidfd_open, act->monitor.id.pid, 0);
    bool held = pidfd >= 0 && monitor_lives(act);
    int rc = act->init.pid ? kill_init(act, err) : 0;
    if (rc < 0)
        return rc;
    if (held)
        syscall(SYS_pidfd_send_signal, pidfd, SIGCONT, NULL, 0);
    await_end(act, monitor_lives, "cleaning up", SIGNAL_LIMIT_S);
    tell(act, "off; its LXC monitor was stopped and has been continued");
    return 0;
}

static int force_off(struct act *act, struct error *err)
{
    if (act->monitor.name && lxc_act_monitor_is_stopped(act))
        return force_off_stopped(act, err);
    tell(act, "forcing it off");
    struct error why = {0};
    int rc = act->monitor.name ? call(act, run_stop, "forcing it off", STOP_LIMIT_S, &why) : 0;
    if (rc == ERR_DENIED) {
        if (err)
            *err = why;
        return rc;
    }
    /* No monitor, or one that does not do its work: init can be killed without. */
    if (act->init.pid && init_lives(act)) {
        if (rc == ERR_BUSY)
            return force_off_stopped(act, err);
        int killed = kill_init(act, err);
        if (killed < 0)
            return killed;
    } else if (rc < 0 && monitor_lives(act)) {
        if (err)
            *err = why;
        return rc;
    }
    await_end(act, monitor_lives, "cleaning up", SIGNAL_LIMIT_S);
    tell(act, "off");
    return 0;
}

static int reset(struct act *act, struct error *err)
{
    int rc = force_off(act, err);
    if (rc < 0)
        return rc;
    if (monitor_lives(act))
        return error_set(err, ERR_TIMEOUT, "start it when it is off",
                         "it was forced off, but its LXC monitor has not ended yet");
    lxc_act_look(act);
    return start(act, err);
}

/* ERR_TIMEOUT stands for a guest that wants forcing off: these two do not. */
static int busy_instead(int rc, struct error *err)
{
    if (rc == ERR_TIMEOUT && err)
        err->code = ERR_BUSY;
    return rc == ERR_TIMEOUT ? ERR_BUSY : rc;
}

static int freeze(struct act *act, struct error *err)
{
    tell(act, "pausing");
    int rc = call(act, run_freeze, "freezing", FREEZE_LIMIT_S, err);
    if (rc == ERR_TIMEOUT && lxc_act_is_frozen(act))
        return error_set(err, ERR_BUSY, "resume it, or look for a process in D state in it",
                         "still freezing after %d s", FREEZE_LIMIT_S);
    if (rc == 0)
        tell(act, "paused");
    return busy_instead(rc, err);
}

static int thaw(struct act *act, struct error *err)
{
    tell(act, "resuming");
    int rc = call(act, run_unfreeze, "thawing", FREEZE_LIMIT_S, err);
    /* One that never came to a stop liblxc takes for thawed, and leaves it as it is. */
    if (rc == 0 && lxc_act_is_frozen(act))
        lxc_act_thaw(act);
    if (rc == 0 && lxc_act_is_frozen(act))
        return error_set(err, ERR_IO, "force it off", "it is still frozen");
    if (rc == 0)
        tell(act, "running");
    return busy_instead(rc, err);
}

static int set_autostart(struct act *act, bool on, struct error *err)
{
    CLEANUP_CLOSE int dir = open(act->backend->path.given, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return error_errno(err, errno, "cannot open %s", act->backend->path.given);
    int rc = lxc_config_set_autostart(dir, act->request->key, on, err);
    if (rc == 0)
        tell(act, on ? "starts with the host from now on" : "no longer starts with the host");
    return rc;
}

static int dispatch(struct act *act, struct error *err)
{
    switch (act->request->action) {
    case ACTION_START:
        return start(act, err);
    case ACTION_SHUTDOWN:
        return shut_down(act, err);
    case ACTION_REBOOT:
        return reboot(act, err);
    case ACTION_PAUSE:
        return freeze(act, err);
    case ACTION_RESUME:
        return thaw(act, err);
    case ACTION_RESET:
        return reset(act, err);
    case ACTION_FORCE_OFF:
        return force_off(act, err);
    default:
        return error_set(err, ERR_UNSUPPORTED, NULL, "LXC cannot do this");
    }
}

int lxc_act(struct backend *base, const struct frame_do *request, struct progress *progress,
            struct error *err)
{
    struct act act = {
        .backend = (struct lxc_backend *)base, .request = request, .progress = progress};
    if (!lxc_name_is_sane(request->key))
        return error_set(err, ERR_USAGE, NULL, "that is no container's name");
    if (request->action == ACTION_AUTOSTART_ON || request->action == ACTION_AUTOSTART_OFF)
        return set_autostart(&act, request->action == ACTION_AUTOSTART_ON, err);
    int rc = lxc_act_check(&act, err);
    if (rc == 0)
        rc = dispatch(&act, err);
    lxc_monitor_clear(&act.monitor);
    return rc;
}
