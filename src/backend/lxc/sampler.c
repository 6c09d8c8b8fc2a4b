/* Ticks of the sampling worker: finds containers and their processes, says rows. */
#include "backend/lxc/lxc.h"

#include <net/if.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "backend/lxc/hurry.h"
#include "backend/lxc/known.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "kernel/isolation.h"
#include "kernel/oom_log.h"
#include "kernel/part_link.h"
#include "kernel/proc_scan.h"

#define SCAN_EVERY_NS (30 * NS_PER_S)
#define DEEP_NS (10 * NS_PER_S)   /* between looks at an init that gives no cause for one */
#define FOLLOW_NS (4 * NS_PER_S)  /* and at the busy monitor of what is not on the screen */
#define ANYHOW_NS (60 * NS_PER_S) /* and at what seems to do nothing */

struct lxc_sampler {
    const struct lxc_path *path;
    int inotify; /* -1: this host gives us none */
    struct lxc_hurry hurry;
    struct lxc_roster roster;
    struct lxc_hints *hints;
    struct lxc_ground ground;
    bool obscured;  /* /proc hides other users' processes */
    bool first;     /* the first look: what has no init may as well be ending */
    int64_t now_ns; /* of the call under way */
    enum source_state said_source;

    struct oom_log oom_log;
    struct isolation_ground *isolation;
    struct isolation_beat beat;
    struct proc_scan *scan;
    struct lxc_known known; /* as the tick began */
};

static struct lxc_sampler *sampler_new(const struct lxc_path *path)
{
    struct lxc_sampler *sampler = xcalloc(1, sizeof(*sampler));
    sampler->path = path;
    sampler->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    lxc_hurry_open(&sampler->hurry);
    lxc_roster_init(&sampler->roster, path, sampler->inotify);
    cgroup_layout_load(&sampler->ground.layout, "", NULL);
    if (links_open(&sampler->ground.links, NULL) < 0)
        sampler->ground.links = NULL;
    sampler->ground.own_netns = proc_namespace("", 0, "net");
    sampler->ground.map_stale = true;
    sampler->hints = lxc_hints_new(&sampler->ground.layout, sampler->inotify);
    sampler->obscured = geteuid() != 0 && access("/proc/1/stat", R_OK) < 0;
    oom_log_open(&sampler->oom_log);
    sampler->isolation = isolation_ground_new("");
    sampler->scan = proc_scan_new("", SCAN_EVERY_NS, true);
    sampler->first = true;
    sampler->said_source = SOURCE_CONNECTING;
    return sampler;
}

void lxc_sampler_free(struct lxc_sampler *sampler)
{
    if (!sampler)
        return;
    lxc_hints_free(sampler->hints);
    lxc_roster_clear(&sampler->roster);
    links_close(sampler->ground.links);
    part_processes_free(sampler->ground.processes);
    cgroup_layout_clear(&sampler->ground.layout);
    cgroup_paths_clear(&sampler->ground.own);
    if (sampler->inotify >= 0)
        close(sampler->inotify);
    lxc_hurry_close(&sampler->hurry);
    oom_log_close(&sampler->oom_log);
    proc_scan_free(sampler->scan);
    isolation_ground_free(sampler->isolation);
    free(sampler);
}

/* PID may be the monitor of one of ours: true when it is. */
static bool try_pid(pid_t pid, void *user)
{
    struct lxc_sampler *sampler = user;
    struct lxc_monitor monitor;
    if (!lxc_monitor_probe(pid, sampler->path, &monitor))
        return false;
    struct lxc_guest *guest = lxc_roster_find(&sampler->roster, monitor.name);
    if (guest) {
        lxc_guest_attach(guest, &monitor, sampler->first);
        sampler->ground.map_stale = true;
    }
    lxc_monitor_clear(&monitor);
    return guest != NULL;
}

static bool try_unknown(pid_t pid, void *user)
{
    struct lxc_sampler *sampler = user;
    return lxc_known_has(&sampler->known, &sampler->roster, pid) || try_pid(pid, sampler);
}

/* The same for a process of a new monitor's group, which deserves no second look either when it is
 * the monitor of a container elsewhere. */
static bool try_hint(pid_t pid, void *user)
{
    struct lxc_sampler *sampler = user;
    return try_pid(pid, user) || lxc_monitor_is_foreign(pid, sampler->path);
}

static void follow(struct lxc_sampler *sampler, struct lxc_guest *guest, bool deep,
                   struct sink *sink)
{
    const char *event = NULL;
    pid_t before = guest->init.pid;
    lxc_guest_follow(guest, deep, &event);
    if (guest->init.pid) {
        guest->starved = false;
    } else if (before) {
        oom_log_read(&sampler->oom_log);
        guest->starved = oom_log_has(&sampler->oom_log, before);
    }
    if (event)
        sink_event(sink, guest->handle,
                   &(struct news){.text = event, .grade = event_grade_of(EVENT_STATE, event)},
                   clock_wall_ns());
    if (!lxc_guest_in_transit(guest)) {
        guest->transit_ns = 0;
        return;
    }
    if (!guest->transit_ns)
        guest->transit_ns = sampler->now_ns;
    lxc_hurry_note(&sampler->hurry, sampler->now_ns - guest->transit_ns);
}

/* Says where GUEST stands; SAMPLE at_ns 0: without figures. */
static void say(struct lxc_sampler *sampler, struct lxc_guest *guest, struct sink *sink,
                const struct sample *sample)
{
    const char *reason, *blame;
    enum guest_state state = lxc_guest_state(guest, sampler->obscured, &reason, &blame);
    lxc_guest_say_facts(guest, state, sink);
    sink_row(sink, guest->handle, state, reason, blame, sample);
}

static void add_network(const struct lxc_figures *figures, struct isolation_facts *facts)
{
    char dev[IF_NAMESIZE];

    for (size_t i = 0; figures->network_kind == LXC_NET_LINKS && i < figures->link_count; i++)
        if (if_indextoname((unsigned)figures->links[i], dev))
            link_add_network("", dev, facts);
}

/* Rows come first: at the first look nobody waits for this. */
static void look_at_isolation(struct lxc_sampler *sampler, struct lxc_guest *guest, bool selected,
                              struct sink *sink)
{
    enum isolation_sight sight = selected         ? SIGHT_SELECTED
                                 : guest->visible ? SIGHT_VISIBLE
                                                  : SIGHT_HIDDEN;
    struct isolation_facts facts = {0};

    if (sampler->first || !guest->init_ran || !guest->life[0] || lxc_guest_is_foreign(guest))
        return;
    isolation_beat_watch(&sampler->beat, &guest->isolation, guest->init.pid);
    if (!isolation_beat_is_due(&sampler->beat, &guest->isolation, sight))
        return;
    isolation_read_container(sampler->isolation, guest->init.pid, &facts);
    add_network(&guest->figures, &facts);
    isolation_beat_say(&guest->isolation, guest->handle, &facts, sink);
    isolation_facts_clear(&facts);
}

static void sample_guest(struct lxc_sampler *sampler, struct lxc_guest *guest, bool selected,
                         int64_t at_ns, struct sink *sink)
{
    bool visible = guest->visible || selected;
    bool moved = lxc_guest_monitor_moved(guest);
    bool anyhow = lxc_is_turn(&sampler->ground, guest, ANYHOW_NS);
    /* The selected one at every tick: an action is for the life that the operator has seen. */
    bool deep = selected || anyhow || !guest->figures.cgroup ||
                (lxc_is_turn(&sampler->ground, guest, DEEP_NS) &&
                 !lxc_guest_rests(guest, guest->seen_cpu_ns));
    bool due = deep || (moved && (visible || lxc_is_turn(&sampler->ground, guest, FOLLOW_NS)));
    if (!sampler->first && (due || lxc_guest_in_transit(guest)))
        follow(sampler, guest, deep, sink);
    struct sample sample = {0};
    if (guest->init_ran && !lxc_guest_is_foreign(guest)) {
        int rc = lxc_figures_read(guest, &sampler->ground, visible, sampler->now_ns, &sample);
        bool empty = sample_has(&sample, FIELD_PIDS) && sample.value[FIELD_PIDS] == 0;
        if (rc == ERR_GONE || empty)
            follow(sampler, guest, true, sink);
        if (guest->init_ran)
            sample.at_ns = at_ns;
        else
            sample = (struct sample){0};
    }
    say(sampler, guest, sink, &sample);
    look_at_isolation(sampler, guest, selected, sink);
}

/* Names and states, which take a fraction of the time that the first figures take: first of those
 * whose monitor the hints have found, while the scan of /proc takes its time. */
static void introduce(struct lxc_sampler *sampler, bool with_monitor, struct sink *sink)
{
    static const struct sample none;
    struct lxc_guest *guest, *next;
    HASH_ITER(hh, sampler->roster.guests, guest, next)
    {
        if (guest->said_state != STATE_COUNT || (with_monitor && !guest->monitor))
            continue;
        follow(sampler, guest, true, sink);
        if (guest->init_ran && !lxc_guest_is_foreign(guest))
            lxc_figures_look_at_freezer(guest, &sampler->ground);
        say(sampler, guest, sink, &none);
    }
    sink_flush(sink);
}

static void find_monitors(struct lxc_sampler *sampler, struct sink *sink)
{
    lxc_hints_follow(sampler->hints, sampler->now_ns, try_hint, sampler);
    if (sampler->first)
        introduce(sampler, true, sink);
    /* A monitor runs its hooks before it has a group, and may be in one of another name. */
    if (proc_scan_step(sampler->scan, sampler->now_ns, try_unknown, sampler))
        sampler->ground.map_stale = true; /* links may have been plugged */
    lxc_known_forget(&sampler->known);
    if (!sampler->first)
        return;
    introduce(sampler, false, sink);
    sink_answered(sink);
}

static void say_source(struct lxc_sampler *sampler, struct sink *sink, int rc,
                       const struct error *err)
{
    enum source_state state = rc == 0            ? SOURCE_UP
                              : rc == ERR_DENIED ? SOURCE_DENIED
                              : rc == ERR_GONE   ? SOURCE_ABSENT
                                                 : SOURCE_LOST;
    if (state != sampler->said_source)
        sink_source(sink, state, rc == 0 ? NULL : err, NULL);
    sampler->said_source = state;
}

static void mark_visible(struct lxc_sampler *sampler, const struct want *want)
{
    /* A front end without a screen wants all of it. */
    bool all = want->visible_count == 0 && want->selected == 0;
    bool *on = xcalloc(sampler->roster.next_handle + 1, sizeof(*on));
    for (size_t i = 0; i < want->visible_count; i++)
        if (want->visible[i] < sampler->roster.next_handle)
            on[want->visible[i]] = true;
    if (want->selected < sampler->roster.next_handle)
        on[want->selected] = true;
    struct lxc_guest *guest, *next;
    HASH_ITER(hh, sampler->roster.guests, guest, next)
    {
        guest->visible = all || on[guest->handle];
    }
    free(on);
}

void lxc_tick(struct backend *base, const struct want *want, struct sink *sink, int64_t at_ns)
{
    struct lxc_backend *backend = (struct lxc_backend *)base;
    if (!backend->sampler)
        backend->sampler = sampler_new(&backend->path);
    struct lxc_sampler *sampler = backend->sampler;
    sampler->now_ns = clock_mono_ns();
    sampler->ground.turn++;
    sampler->ground.period_ns = want->period_ns;
    mark_visible(sampler, want);
    if (!(want->parts & PART_BIT(PART_PROCESS))) {
        part_processes_free(sampler->ground.processes);
        sampler->ground.processes = NULL;
    }
    struct error err = {0};
    int rc = lxc_roster_tick(&sampler->roster, sink, sampler->now_ns, &err);
    say_source(sampler, sink, rc, &err);
    if (rc < 0) {
        sink_answered(sink); /* there is nothing to wait for */
        return;
    }
    oom_log_read(&sampler->oom_log);
    lxc_hurry_begin(&sampler->hurry);
    find_monitors(sampler, sink);
    if (sampler->ground.links)
        links_refresh(sampler->ground.links, NULL);
    isolation_ground_tick(sampler->isolation, sampler->now_ns);
    isolation_beat_begin(&sampler->beat, want, sampler->now_ns);
    struct lxc_guest *guest, *next;
    HASH_ITER(hh, sampler->roster.guests, guest, next)
    {
        sample_guest(sampler, guest, guest->handle == want->selected, at_ns, sink);
    }
    sampler->first = false;
    lxc_hurry_set(&sampler->hurry, lxc_hints_pending(sampler->hints));
}

void lxc_parts(struct backend *base, const struct want *want, struct sink *sink)
{
    struct lxc_sampler *sampler = ((struct lxc_backend *)base)->sampler;
    struct lxc_guest *guest, *next;
    struct parts parts = {0};

    if (!sampler)
        return;
    HASH_ITER(hh, sampler->roster.guests, guest, next)
    {
        if (guest->handle != want->selected || !guest->init_ran || lxc_guest_is_foreign(guest))
            continue;
        lxc_guest_parts(guest, &sampler->ground, want->parts, &parts);
        sink_parts(sink, guest->handle, &parts);
    }
    parts_clear(&parts);
}

size_t lxc_poll_fds(struct backend *base, struct pollfd *fds)
{
    struct lxc_sampler *sampler = ((struct lxc_backend *)base)->sampler;
    size_t count = 0;
    if (sampler && sampler->inotify >= 0)
        fds[count++] = (struct pollfd){.fd = sampler->inotify, .events = POLLIN};
    if (sampler && sampler->hurry.timer >= 0)
        fds[count++] = (struct pollfd){.fd = sampler->hurry.timer, .events = POLLIN};
    return count;
}

/* Between ticks: says only what has changed. */
static void follow_closely(struct lxc_sampler *sampler, struct lxc_guest *guest, struct sink *sink)
{
    static const struct sample none;
    const char *reason, *blame;
    follow(sampler, guest, true, sink);
    if (lxc_guest_state(guest, sampler->obscured, &reason, &blame) != guest->said_state)
        say(sampler, guest, sink, &none);
}

/* A group of that name went: its container's processes deserve a look now. */
static void look_at_ended(struct lxc_sampler *sampler, const char *name, struct sink *sink)
{
    CLEANUP_FREE char *plain = xstrdup(name);
    struct lxc_guest *guest = lxc_roster_find(&sampler->roster, plain);
    char *dash = strrchr(plain, '-');
    if (!guest && dash && dash > plain && dash[1 + strspn(dash + 1, "0123456789")] == '\0') {
        *dash = '\0';
        guest = lxc_roster_find(&sampler->roster, plain);
    }
    if (!guest)
        return;
    follow_closely(sampler, guest, sink);
}

/* Returns true when a folder came or went. */
static bool read_events(struct lxc_sampler *sampler, struct sink *sink)
{
    bool roster_changed = false;
    char buf[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t len;
    while ((len = read(sampler->inotify, buf, sizeof(buf))) > 0) {
        for (char *at = buf; at < buf + len;) {
            const struct inotify_event *event = (const struct inotify_event *)(void *)at;
            at += sizeof(*event) + event->len;
            const char *ended = NULL;
            if (event->mask & IN_Q_OVERFLOW)
                proc_scan_anew(sampler->scan);
            if (lxc_roster_event(&sampler->roster, event->wd, event->mask))
                roster_changed = true;
            else if (event->len > 0 &&
                     lxc_hints_event(sampler->hints, event->wd, event->mask, event->name,
                                     sampler->now_ns, &ended) &&
                     ended)
                look_at_ended(sampler, ended, sink);
        }
    }
    return roster_changed;
}

bool lxc_ready(struct backend *base, const struct want *want, struct sink *sink,
               const struct pollfd *fds, size_t count)
{
    (void)want;
    (void)fds;
    (void)count;
    struct lxc_sampler *sampler = ((struct lxc_backend *)base)->sampler;
    if (!sampler)
        return false;
    sampler->now_ns = clock_mono_ns();
    if (!lxc_hurry_hush(&sampler->hurry))
        return false;
    lxc_hurry_begin(&sampler->hurry);
    bool changed = sampler->inotify >= 0 && read_events(sampler, sink);
    lxc_hints_follow(sampler->hints, sampler->now_ns, try_hint, sampler);
    struct lxc_guest *guest, *next;
    HASH_ITER(hh, sampler->roster.guests, guest, next)
    {
        if (lxc_guest_in_transit(guest))
            follow_closely(sampler, guest, sink);
    }
    lxc_hurry_set(&sampler->hurry, lxc_hints_pending(sampler->hints));
    return changed;
}
