/* The simulated host: a backend like the others, for tests, for a first look, and for a host that
 * has neither libvirt nor LXC.  Figures are pure in (seed, guest, time since the first tick). */
#include "backend/sim/sim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "backend/sim/control.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define LATE_S 30
#define CHANNEL_FD 3 /* where a child's frames go: what scripted garbage goes to */

static struct sim *sim_of(struct backend *backend)
{
    return (struct sim *)backend;
}

static bool has_name(const struct sim *sim, const char *name)
{
    for (uint32_t i = 0; i < sim->spec.guests; i++)
        if (!strcmp(sim->guest[i].name, name))
            return true;
    return false;
}

static int check_names(const struct sim *sim, struct error *err)
{
    const char *names[5 + SIM_FAULTS_MAX] = {sim->spec.hang, sim->spec.stubborn, sim->spec.busy,
                                             sim->spec.silent, sim->spec.emulated};

    for (size_t i = 0; i < sim->spec.fault_count; i++)
        names[5 + i] = sim->spec.faults[i].name;
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (names[i] && !has_name(sim, names[i]))
            return error_set(err, ERR_USAGE, "guests have names such as db01, web1 and mail",
                             "simulation: no guest is called '%.80s'", names[i]);
    const char *const places[] = {sim->spec.fill.name, sim->spec.free.name, sim->spec.readonly.name,
                                  sim->spec.deadmount.name};
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        if (places[i] && !sim_storage_has(places[i]))
            return error_set(err, ERR_USAGE,
                             "places are / /var /srv/images /srv/backup /mnt/nfs vg0/thin images "
                             "and backup",
                             "simulation: no place is called '%.80s'", places[i]);
    return 0;
}

static void sim_close(struct backend *backend)
{
    struct sim *sim = sim_of(backend);

    if (sim->control >= 0)
        close(sim->control);
    sim_population_free(sim->guest, sim->spec.guests);
    sim_spec_clear(&sim->spec);
    free(sim);
}

static int sim_open(struct backend **ret, const char *arg, struct error *err)
{
    struct sim_spec spec;
    int rc = sim_spec_parse(&spec, arg, err);

    if (rc != 0)
        return rc;
    struct sim *sim = xcalloc(1, sizeof(*sim));
    sim->backend.ops = &backend_sim_ops;
    sim->spec = spec;
    sim->control = -1;
    sim->guest = sim_population_new(&sim->spec);
    rc = check_names(sim, err);
    if (rc != 0) {
        sim_close(&sim->backend);
        return rc;
    }
    *ret = &sim->backend;
    return 0;
}

static uint32_t abilities(const struct sim_guest *guest)
{
    uint32_t all = (UINT32_C(1) << ACTION_COUNT) - 1;

    if (guest->state == STATE_DENIED || guest->state == STATE_BROKEN)
        return 0;
    return guest->kind == KIND_MACHINE ? all : all & ~ACTION_BIT(ACTION_RESET);
}

/* Some are somebody's whose name is no better. */
static void be_vile(struct facts *facts)
{
    char *text = (char *)sim_hostile_text(facts->handle);

    facts->type = facts->addresses[0] = facts->io_error_disk = text;
    if (facts->disks[0].source)
        facts->disks[0].target = facts->disks[0].source = text;
    if (facts->handle % 4 == 1) {
        facts->manager = text;
        facts->can = 0;
    }
}

static void tell_facts(const struct sim *sim, struct sim_guest *guest, struct sink *sink)
{
    static const char owned[] = "k8s-node"; /* by somebody who would not like us to touch it */
    char life[16], four[32], six[48], path[64];
    bool live = state_is_live(guest->state);
    uint32_t n = guest->handle;
    struct facts facts = {
        .handle = guest->handle,
        .key = guest->key,
        .life = life,
        .name = guest->name,
        .title = guest->title,
        .type = guest->kind == KIND_CONTAINER ? "lxc"
                : guest->emulated             ? "qemu"
                                              : "kvm",
        .manager = strncmp(guest->name, owned, sizeof(owned) - 1) == 0 ? "OpenStack" : NULL,
        .kind = guest->kind,
        .can = abilities(guest),
        .autostart = guest->autostart,
        .persistent = 1,
        .vcpus = guest->vcpus,
        .memory = guest->memory,
        .io_error_disk = (char *)guest->io_error_disk,
        .io_error_no_space = guest->io_error_no_space,
    };

    if (guest->state != STATE_DENIED && guest->state != STATE_BROKEN)
        sim_storage_disk(guest, path, sizeof(path), &facts.disks[0]);
    sim_guest_life(guest, life);
    if (live) {
        snprintf(four, sizeof(four), "10.%u.%u.%u", guest->kind == KIND_MACHINE ? 0 : 1,
                 n / 200 + 3, n % 200 + 20);
        snprintf(six, sizeof(six), "fd00::%x:%x", guest->kind == KIND_MACHINE ? 0 : 1, n);
        facts.addresses[0] = four;
        if (n % 3 == 0)
            facts.addresses[1] = six;
    }
    if (sim->spec.vile)
        be_vile(&facts);
    sink_facts(sink, &facts);
    if (sim->spec.vile)
        sink_event(sink, guest->handle,
                   &(struct news){.text = sim_hostile_text(guest->handle), .times = 1},
                   clock_wall_ns());
    sim_isolation_say(sim, guest, sink);
    guest->told = true;
}

/* Seconds since the first tick that figures may depend on: they stand still once held. */
static void advance(struct sim *sim, const struct want *want, int64_t at_ns)
{
    if (sim->first_at == 0) {
        sim->first_at = at_ns;
        sim_host_start(sim);
    } else {
        sim->elapsed = sim->spec.fixed ? sim->elapsed + want->period_ns : at_ns - sim->first_at;
        sim->ticks++;
        if (!sim->spec.hold || sim->ticks <= sim->spec.hold) {
            sim->then = sim->now;
            sim->now = (double)sim->elapsed / 1e9;
        }
    }
}

static void flow(struct sim *sim, int64_t at_ns)
{
    double gap = (double)(at_ns - sim->last_at) / 1e9;
    double interval = sim->now - sim->then;
    double before = 0, after = 0;

    if (sim->last_at == 0 || interval <= 0)
        return;
    /* The figures of one interval, stretched over the time that really passed: a fixed clock gives
     * the same rates on a slow machine too. */
    for (uint32_t i = 0; i < sim->spec.guests; i++) {
        struct sim_guest *guest = &sim->guest[i];
        before += guest->total[FLOW_CPU];
        sim_guest_flow(guest, &sim->host, sim, gap / interval);
        after += guest->total[FLOW_CPU];
    }
    sim_host_flow(sim, gap, after - before);
}

static bool hanging(const struct sim *sim, const struct sim_guest *guest)
{
    return guest->hangs && sim->spec.hang_ns >= 0 && sim->elapsed >= sim->spec.hang_ns;
}

static void tell_row(const struct sim *sim, const struct sim_guest *guest, struct sink *sink,
                     int64_t at_ns)
{
    struct sample sample = {0};
    const char *text = sim_hostile_text(guest->handle);

    if (sim->spec.vile && guest->handle % 4 == 0) {
        sink_row(sink, guest->handle, guest->state, text, text, &sample);
        return;
    }
    if (sim_storage_hangs(sim, guest)) {
        sink_row(sink, guest->handle, guest->state, guest->reason, "QEMU in D state", &sample);
        return;
    }
    if (hanging(sim, guest)) {
        /* Nothing new is known, and somebody is to blame for it. */
        sink_row(sink, guest->handle, guest->state, guest->reason,
                 guest->kind == KIND_CONTAINER ? "LXC monitor stopped" : "QEMU stopped", &sample);
        return;
    }
    if (state_is_live(guest->state))
        sim_guest_sample(guest, sim, at_ns, &sample);
    sink_row(sink, guest->handle, guest->state, guest->reason, NULL, &sample);
}

static bool due(const struct sim *sim, int64_t fault_ns)
{
    return fault_ns >= 0 && sim->elapsed >= fault_ns;
}

/* Faults that the spec asks for.  False: the source is lost just now. */
static bool suffer(struct sim *sim, struct sink *sink)
{
    const struct sim_spec *spec = &sim->spec;

    if (due(sim, spec->die_ns))
        _exit(9);
    if (due(sim, spec->garbage_ns) && !sim->garbage_done) {
        char garbage[256];
        memset(garbage, 0xff, sizeof(garbage));
        sim->garbage_done = true;
        if (write(CHANNEL_FD, garbage, sizeof(garbage)) < 0)
            sim->garbage_done = false;
    }
    if (due(sim, spec->late_ns) && !sim->late_done) {
        const struct timespec nap = {.tv_sec = LATE_S};
        sim->late_done = true;
        nanosleep(&nap, NULL);
    }
    if (due(sim, spec->lost_ns) && sim->elapsed < spec->lost_ns + spec->lost_for_ns) {
        struct error why;
        error_set(&why, ERR_LOST, "it comes back by itself", "%s",
                  spec->vile ? sim_hostile_text(0) : "the simulated daemon is gone");
        sink_source(sink, SOURCE_LOST, &why, NULL);
        sim->up = false;
        return false;
    }
    return true;
}

static void sim_tick(struct backend *backend, const struct want *want, struct sink *sink,
                     int64_t at_ns)
{
    struct sim *sim = sim_of(backend);
    int64_t now = clock_mono_ns();

    if (at_ns <= sim->last_at)
        return;
    if (sim->control < 0)
        sim->control = sim_control_listen();
    advance(sim, want, at_ns);
    flow(sim, at_ns);
    sim->last_at = at_ns;
    if (!suffer(sim, sink))
        return;
    sim_faults_strike(sim, sink);
    if (!sim->up) {
        /* What was lost comes back as another daemon. */
        if (due(sim, sim->spec.lost_ns))
            sink_daemon(sink, now);
        else if (sim->spec.restarted_ns >= 0)
            sink_daemon(sink, sim->first_at - sim->spec.restarted_ns);
        sink_source(sink, SOURCE_UP, NULL, sim->spec.vile ? sim_hostile_text(1) : NULL);
    }
    sim->up = true;
    for (uint32_t i = 0; i < sim->spec.guests; i++) {
        struct sim_guest *guest = &sim->guest[i];
        if (guest->gone) {
            if (guest->told)
                sink_gone(sink, guest->handle);
            guest->told = false;
            continue;
        }
        sim_guest_settle(guest, sim->now, now);
        sim_storage_suffer(sim, guest);
        if (!guest->told)
            tell_facts(sim, guest, sink);
        tell_row(sim, guest, sink, at_ns);
        guest->changed = false;
    }
    sim_storage_say(sim, sink, at_ns);
    sink_answered(sink);

    struct host_sample *host = xmalloc(sizeof(*host));
    sim_host_sample(sim, at_ns, host);
    sink_host(sink, host);
    free(host);
}

static void sim_parts(struct backend *backend, const struct want *want, struct sink *sink)
{
    const struct sim *sim = sim_of(backend);
    struct parts parts = {0};

    if (!sim->up || want->selected > sim->spec.guests)
        return;
    const struct sim_guest *guest = &sim->guest[want->selected - 1];
    if (!state_is_live(guest->state) || hanging(sim, guest) || sim_storage_hangs(sim, guest))
        return;
    sim_guest_parts(guest, sim, want->parts, &parts);
    sink_parts(sink, guest->handle, &parts);
    parts_clear(&parts);
}

static size_t sim_poll_fds(struct backend *backend, struct pollfd *fds)
{
    struct sim *sim = sim_of(backend);

    if (sim->control < 0)
        return 0;
    fds[0] = (struct pollfd){.fd = sim->control, .events = POLLIN};
    return 1;
}

/* A question from a job.  The changed guests' rows go out at once, without a tick: that would move
 * a fixed clock. */
static bool sim_ready(struct backend *backend, const struct want *want, struct sink *sink,
                      const struct pollfd *fds, size_t count)
{
    struct sim *sim = sim_of(backend);

    (void)want, (void)fds, (void)count;
    if (!sim_control_answer(sim) || !sim->up)
        return false;
    for (uint32_t i = 0; i < sim->spec.guests; i++) {
        struct sim_guest *guest = &sim->guest[i];
        if (!guest->told)
            tell_facts(sim, guest, sink);
        if (guest->changed)
            tell_row(sim, guest, sink, sim->last_at);
        guest->changed = false;
    }
    return false;
}

static int sim_act(struct backend *backend, const struct frame_do *request,
                   struct progress *progress, struct error *err)
{
    (void)backend;
    return sim_control_act(request, progress, err);
}

const struct backend_ops backend_sim_ops = {
    .name = "sim",
    .open = sim_open,
    .close = sim_close,
    .tick = sim_tick,
    .parts = sim_parts,
    .poll_fds = sim_poll_fds,
    .ready = sim_ready,
    .act = sim_act,
    .ask = sim_ask,
    .console = sim_console,
};
