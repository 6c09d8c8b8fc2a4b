/* The table of the libvirt backend, and its sampling tick. */
#include "backend/libvirt/libvirt.h"

#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/libvirt/act.h"
#include "backend/libvirt/balloons.h"
#include "backend/libvirt/console.h"
#include "backend/libvirt/daemon.h"
#include "backend/libvirt/guests.h"
#include "backend/libvirt/local.h"
#include "backend/libvirt/loop.h"
#include "backend/libvirt/parts.h"
#include "backend/libvirt/remarks.h"
#include "backend/libvirt/restart.h"
#include "backend/libvirt/row.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/confine.h"
#include "base/log.h"
#include "kernel/isolation.h"
#include "kernel/oom_log.h"

#define SILENT_NS (4 * NS_PER_S)      /* a daemon that takes longer for one call hangs */
#define NEIGHBOURS_NS (10 * NS_PER_S) /* leases and ARP entries change slowly */

struct instance {
    struct backend backend;
    struct lv_uri uri;
    struct lv_daemon *daemon;           /* NULL before the first tick */
    struct error failed;                /* why there can be none */
    struct isolation_ground *isolation; /* the same */
    struct isolation_beat beat;
    struct lv_local *local; /* NULL: the machines are not here */
    struct lv_guests guests;
    struct lv_balloons balloons;
    struct lv_restart restart;
    struct oom_log oom_log; /* of this host */
    struct lv_pools *pools; /* NULL before the first tick */
    struct neighbours *neighbours;
    int64_t neighbours_due_ns;
    struct lv_remarks remarks;
    size_t watch_next;   /* whose turn it is to have its monitor looked at */
    bool usable;         /* the daemon answers at present */
    bool complete, told; /* the list is complete; that was said */
};

static int lv_open(struct backend **ret, const char *arg, struct error *err)
{
    int rc = lv_loop_start(err);
    if (rc < 0)
        return rc;
    struct instance *self = xcalloc(1, sizeof(*self));
    self->backend.ops = &backend_libvirt_ops;
    lv_uri_init(&self->uri, arg);
    self->oom_log.fd = -1;
    self->guests.uri = &self->uri;
    *ret = &self->backend;
    return 0;
}

static void lv_close(struct backend *backend)
{
    struct instance *self = (struct instance *)backend;

    lv_daemon_stop(self->daemon);
    lv_monitor_free(self->balloons.monitor);
    lv_pools_free(self->pools);
    lv_guests_clear(&self->guests);
    lv_local_free(self->local);
    isolation_ground_free(self->isolation);
    neighbours_free(self->neighbours);
    oom_log_close(&self->oom_log);
    lv_uri_clear(&self->uri);
    free(self);
}

static void start(struct instance *self)
{
    if (self->daemon || self->failed.code)
        return;
    lv_daemon_start(&self->daemon, &self->uri, &self->failed);
    self->guests.pools = self->pools = lv_pools_new(&self->uri);
    if (self->uri.local_qemu) {
        self->local = lv_local_new(&self->uri);
        self->isolation = isolation_ground_new("");
        oom_log_open(&self->oom_log);
    }
}

/* What the daemon is asked to look at beside its list: the monitors of guests that hang, of the
 * selected one, and of those on the screen in turn. */
static void wish(struct instance *self, const struct want *want)
{
    char watch[LV_WATCH_MAX][VIR_UUID_STRING_BUFLEN];
    size_t count = 0;
    struct lv_guest *guest, *next;

    HASH_ITER(by_uuid, self->guests.by_uuid, guest, next)
    {
        if (guest->hung_ns && count < LV_STUCK_MAX)
            memcpy(watch[count++], guest->uuid, sizeof(watch[0]));
    }
    guest = want->selected ? lv_guests_find_handle(&self->guests, want->selected) : NULL;
    if (guest)
        memcpy(watch[count++], guest->uuid, sizeof(watch[0]));
    for (size_t i = 0; i < want->visible_count && count < LV_WATCH_MAX; i++) {
        size_t at = (self->watch_next + i) % want->visible_count;
        guest = lv_guests_find_handle(&self->guests, want->visible[at]);
        if (guest && lv_guest_is_active(guest))
            memcpy(watch[count++], guest->uuid, sizeof(watch[0]));
    }
    if (want->visible_count > LV_WATCH_MAX)
        self->watch_next = (self->watch_next + LV_WATCH_MAX / 2) % want->visible_count;
    lv_daemon_wish(self->daemon, watch, count);
}

static void look_for_restart(struct instance *self, int64_t now_ns)
{
    struct lv_guest *guest, *next;
    uint64_t oldest = 0;

    if (!self->local || !self->usable || !self->complete || now_ns < self->restart.due_ns)
        return;
    HASH_ITER(by_uuid, self->guests.by_uuid, guest, next)
    {
        uint64_t start = guest->qemu ? qemu_identity(guest->qemu)->start_ticks : 0;
        if (start && (!oldest || start < oldest))
            oldest = start;
    }
    int64_t before_ns = self->restart.started_ns;
    lv_restart_step(&self->restart, &self->uri, oldest, now_ns);
    if (before_ns && self->restart.started_ns != before_ns)
        lv_balloons_forget(&self->balloons);
}

static void say_source(struct instance *self, struct sink *sink, int64_t now_ns)
{
    struct lv_status status;
    char note[80];

    if (!self->daemon) {
        sink_source(sink, SOURCE_FAILED, &self->failed, NULL);
        return;
    }
    lv_daemon_status(self->daemon, &status);
    if (status.busy_since_ns && now_ns - status.busy_since_ns > SILENT_NS) {
        status.state = SOURCE_LOST;
        error_set(&status.why, ERR_LOST, NULL, "libvirtd does not answer");
    }
    self->usable = status.state == SOURCE_UP;
    look_for_restart(self, now_ns);
    sink_daemon(sink, self->restart.restarted_ns);
    int stuck = lv_balloons_stuck(&self->balloons);
    snprintf(note, sizeof(note), "monitor off: %d stuck calls; restart libvirtd to free them",
             stuck);
    sink_source(sink, status.state, status.why.code ? &status.why : NULL,
                stuck >= LV_STUCK_MAX ? note : NULL);
    sink_stuck(sink, lv_balloons_own(&self->balloons));
}

/* What the kernel says goes before what libvirt says; but shares by virtiofs only libvirt knows. */
static void look_at_isolation(struct instance *self, struct lv_guest *guest, bool selected,
                              struct sink *sink)
{
    const struct lv_definition *definition = guest->domain.definition;
    struct isolation_facts facts = {0};

    if (!lv_guest_is_active(guest) || !definition || !guest->was_told ||
        (self->local && !guest->qemu))
        return;
    if (guest->qemu)
        isolation_beat_watch(&self->beat, &guest->isolation, qemu_identity(guest->qemu)->pid);
    if (!isolation_beat_is_due(&self->beat, &guest->isolation,
                               selected ? SIGHT_SELECTED : SIGHT_VISIBLE))
        return;
    if (guest->qemu) {
        isolation_read_machine(self->isolation, qemu_identity(guest->qemu)->pid, &facts);
        qemu_network(guest->qemu, &facts);
    }
    const struct isolation_value *shares = &definition->isolation.at[ISOLATION_FACT_WRITABLE];
    for (size_t i = 0; facts.at[ISOLATION_FACT_WRITABLE].known && i < shares->count; i++)
        isolation_add(&facts, ISOLATION_FACT_WRITABLE, shares->text[i]);
    isolation_facts_fill(&facts, &definition->isolation);
    isolation_beat_say(&guest->isolation, guest->handle, &facts, sink);
    isolation_facts_clear(&facts);
}

static void refresh_neighbours(struct instance *self, int64_t now_ns, bool anew)
{
    /* Leases and ARP entries of this host say nothing of guests elsewhere. */
    if (!self->local || (!anew && now_ns < self->neighbours_due_ns))
        return;
    neighbours_free(self->neighbours);
    self->neighbours = neighbours_load("", clock_wall_ns() / NS_PER_S);
    self->neighbours_due_ns = now_ns + NEIGHBOURS_NS;
}

/* True when a whole tick should follow. */
static bool take_snapshot(struct instance *self, struct sink *sink)
{
    struct lv_snapshot *snapshot = lv_daemon_take(self->daemon);

    if (!snapshot)
        return false;
    bool changed = lv_guests_merge(&self->guests, snapshot, sink);
    if (snapshot->complete && !self->complete)
        self->complete = changed = true;
    lv_snapshot_free(snapshot);
    return changed;
}

static void step_balloons(struct instance *self, const struct want *want, int64_t now_ns)
{
    if (!self->uri.test)
        lv_balloons_step(&self->balloons, &self->guests, self->daemon, want, self->usable, now_ns);
}

static void lv_tick(struct backend *backend, const struct want *want, struct sink *sink,
                    int64_t at_ns)
{
    struct instance *self = (struct instance *)backend;
    struct lv_guest *guest, *next;
    int64_t now = clock_mono_ns();

    if (lv_loop_is_stuck(now)) {
        log_line("libvirt's event loop stands still: leaving, to be started again");
        _exit(EXIT_FAILURE);
    }
    start(self);
    oom_log_read(&self->oom_log);
    if (self->daemon) {
        wish(self, want);
        bool changed = take_snapshot(self, sink);
        refresh_neighbours(self, now, changed);
        if (self->local)
            lv_local_tick(self->local, now);
        else
            lv_daemon_poke(self->daemon);
        step_balloons(self, want, now);
        lv_pools_step(self->pools, self->usable, now, sink);
    }
    if (self->isolation)
        isolation_ground_tick(self->isolation, now);
    isolation_beat_begin(&self->beat, want, now);
    say_source(self, sink, now);
    HASH_ITER(by_uuid, self->guests.by_uuid, guest, next)
    {
        lv_row_find(guest, self->local);
        if (!self->local)
            lv_row_read_remote(guest);
        else if (lv_row_read_local(guest, at_ns))
            lv_daemon_poke(self->daemon);
        lv_row_blame(guest, now);
        lv_guest_tell(guest, &self->guests, self->neighbours, sink);
        lv_row_say(guest, &self->oom_log, self->usable, sink);
        look_at_isolation(self, guest, guest->handle == want->selected, sink);
    }
    if (self->daemon)
        lv_remarks_say(&self->remarks, self->daemon, &self->guests, sink);
    if (self->complete && !self->told) {
        self->told = true;
        sink_answered(sink);
    }
}

static void lv_parts(struct backend *backend, const struct want *want, struct sink *sink)
{
    struct instance *self = (struct instance *)backend;
    struct lv_guest *guest = lv_guests_find_handle(&self->guests, want->selected);
    struct parts parts = {0};

    /* What stands still has its last figures, which grow old. */
    if (!guest || !guest->was_told || !lv_guest_is_active(guest) ||
        (guest->qemu && guest->health == QEMU_STOPPED))
        return;
    if (self->daemon)
        step_balloons(self, want, clock_mono_ns());
    if (self->local)
        lv_local_links_anew(self->local);
    lv_guest_parts(guest, &self->guests, self->neighbours, want->parts, &parts);
    sink_parts(sink, guest->handle, &parts);
    parts_clear(&parts);
}

static size_t lv_poll_fds(struct backend *backend, struct pollfd *fds)
{
    struct instance *self = (struct instance *)backend;
    size_t count = 0;

    if (self->daemon)
        fds[count++] = (struct pollfd){.fd = lv_daemon_fd(self->daemon), .events = POLLIN};
    if (self->balloons.monitor)
        fds[count++] =
            (struct pollfd){.fd = lv_monitor_fd(self->balloons.monitor), .events = POLLIN};
    return count;
}

static bool lv_ready(struct backend *backend, const struct want *want, struct sink *sink,
                     const struct pollfd *fds, size_t count)
{
    struct instance *self = (struct instance *)backend;
    struct lv_guest *guest, *next;
    int64_t now = clock_mono_ns();

    (void)fds;
    (void)count;
    bool changed = take_snapshot(self, sink);
    step_balloons(self, want, now);
    say_source(self, sink, now);
    HASH_ITER(by_uuid, self->guests.by_uuid, guest, next)
    {
        lv_row_find(guest, self->local);
        lv_guest_tell(guest, &self->guests, self->neighbours, sink);
        if (!self->local && lv_row_read_remote(guest))
            lv_row_say(guest, &self->oom_log, self->usable, sink);
    }
    lv_remarks_say(&self->remarks, self->daemon, &self->guests, sink);
    return changed;
}

static int lv_backend_act(struct backend *backend, const struct frame_do *request,
                          struct progress *progress, struct error *err)
{
    return lv_act(&((struct instance *)backend)->uri, request, progress, err);
}

static int lv_backend_ask(struct backend *backend, const struct frame_ask *request,
                          struct frame_answer *answer, struct error *err)
{
    return lv_ask(&((struct instance *)backend)->uri, request, answer, err);
}

static int lv_backend_console(struct backend *backend, const struct frame_open *request,
                              struct relay **ret, struct error *err)
{
    return lv_console(&((struct instance *)backend)->uri, request, ret, err);
}

const struct backend_ops backend_libvirt_ops = {
    .name = "libvirt",
    /* QEMUs of libvirt's user; their pid files; the kernel's log of OOM kills.  SETPCAP, which here
     * can only take away: libvirt, when root, starts no ssh for a remote URI without it. */
    .capabilities = CONFINE_CAP(CAP_SYS_PTRACE) | CONFINE_CAP(CAP_DAC_READ_SEARCH) |
                    CONFINE_CAP(CAP_SYSLOG) | CONFINE_CAP(CAP_SETPCAP),
    .open = lv_open,
    .close = lv_close,
    .tick = lv_tick,
    .parts = lv_parts,
    .poll_fds = lv_poll_fds,
    .ready = lv_ready,
    .act = lv_backend_act,
    .ask = lv_backend_ask,
    .console = lv_backend_console,
};
