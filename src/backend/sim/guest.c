/* What happens to one simulated guest: time, and what it is told to do. */
#include "backend/sim/sim.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define START_NS (1500 * NS_PER_MS)
#define STOP_NS (1500 * NS_PER_MS)
#define WAIT_SHARE 0.04 /* of the CPU time that is used */
#define HURT_CPUS 3
#define HURT_WAIT 0.4
#define TAU 6.283185307179586

static void change(struct sim_guest *guest, enum guest_state now, enum guest_state then,
                   int64_t at_ns)
{
    guest->state = now;
    guest->reason = NULL;
    guest->told = guest->told && !guest->io_error_disk;
    guest->io_error_disk = NULL;
    guest->io_error_no_space = false;
    guest->change_to = then;
    guest->change_at = at_ns;
    guest->changed = true;
}

static void new_life(struct sim_guest *guest, double now)
{
    guest->lives++;
    guest->started = now;
    memset(guest->total, 0, sizeof(guest->total));
    guest->waited = 0;
    guest->oom_kills = guest->pids_hits = 0;
    guest->told = false;
}

static int refuse(const struct sim_guest *guest, enum action action, struct error *err)
{
    return error_set(err, ERR_BUSY, NULL, "cannot %s it: the guest is %s%s%s", action_name(action),
                     state_name(guest->state), guest->reason ? ", " : "",
                     guest->reason ? guest->reason : "");
}

int sim_guest_act(struct sim_guest *guest, enum action action, double now, int64_t now_ns,
                  struct error *err)
{
    bool running = guest->state == STATE_RUNNING;
    bool frozen = guest->kind == KIND_CONTAINER;

    if (guest->state == STATE_DENIED)
        return error_set(err, ERR_DENIED, NULL, "the guest belongs to another user");
    switch (action) {
    case ACTION_START:
        if (guest->state != STATE_OFF)
            return refuse(guest, action, err);
        change(guest, STATE_STARTING, STATE_RUNNING, now_ns + START_NS);
        new_life(guest, now);
        return 0;
    case ACTION_SHUTDOWN:
        if (!running)
            return refuse(guest, action, err);
        if (!guest->stubborn)
            change(guest, STATE_STOPPING, STATE_OFF, now_ns + STOP_NS);
        return 0;
    case ACTION_REBOOT:
    case ACTION_RESET:
        if (!running && !(action == ACTION_RESET && guest->state == STATE_CRASHED))
            return refuse(guest, action, err);
        change(guest, STATE_STARTING, STATE_RUNNING, now_ns + START_NS);
        new_life(guest, now);
        return 0;
    case ACTION_PAUSE:
        if (!running)
            return refuse(guest, action, err);
        guest->state = STATE_PAUSED;
        guest->reason = frozen ? "frozen" : "by the operator";
        guest->changed = true;
        return 0;
    case ACTION_RESUME:
        if (guest->state != STATE_PAUSED)
            return refuse(guest, action, err);
        change(guest, STATE_RUNNING, STATE_RUNNING, 0);
        return 0;
    case ACTION_FORCE_OFF:
        if (!state_is_live(guest->state) && guest->state != STATE_CRASHED)
            return refuse(guest, action, err);
        change(guest, STATE_OFF, STATE_OFF, 0);
        guest->told = false;
        return 0;
    case ACTION_AUTOSTART_ON:
    case ACTION_AUTOSTART_OFF:
        guest->autostart = action == ACTION_AUTOSTART_ON;
        guest->told = false;
        return 0;
    case ACTION_COUNT:
        break;
    }
    return error_set(err, ERR_UNSUPPORTED, NULL, "the simulation cannot do this");
}

void sim_guest_life(const struct sim_guest *guest, char buf[16])
{
    buf[0] = '\0';
    /* What panicked still has its process. */
    if ((state_is_live(guest->state) && guest->lives) || guest->state == STATE_CRASHED)
        snprintf(buf, 16, "%u", guest->lives);
}

bool sim_guest_settle(struct sim_guest *guest, double now, int64_t now_ns)
{
    if (guest->change_at == 0 || now_ns < guest->change_at)
        return false;
    guest->state = guest->change_to;
    guest->change_at = 0;
    guest->changed = true;
    guest->told = false;
    if (guest->state == STATE_RUNNING) {
        guest->boot_ms = START_NS / NS_PER_MS;
        guest->started = fmin(guest->started, now);
    }
    return true;
}

/* One takes more than its share, another stands in the queue. */
static void suffer(struct sim_guest *guest, const struct sim *sim, double scale)
{
    double seconds = (sim->now - sim->then) * scale;

    if (sim->elapsed < sim->spec.hurt.at_ns)
        return;
    if (guest->hurts) {
        guest->total[FLOW_CPU] += HURT_CPUS * seconds;
        guest->waited -= WAIT_SHARE * HURT_CPUS * seconds; /* it does not queue for these */
    }
    if (guest->hurt)
        guest->waited += HURT_WAIT * seconds;
}

void sim_guest_flow(struct sim_guest *guest, struct sim_host *host, const struct sim *sim,
                    double scale)
{
    if (guest->state != STATE_RUNNING)
        return;
    for (int f = 0; f < FLOW_COUNT; f++) {
        double grown =
            sim_wave_total(&guest->wave[f], sim->now) - sim_wave_total(&guest->wave[f], sim->then);
        /* Held figures rest to the last digit: a counter that gained 7.4 a tick would gain now 7,
         * now
         * 8.  CPU seconds become nanoseconds, where that does not show. */
        if (sim->spec.hold && f != FLOW_CPU)
            grown = round(round(grown) * scale);
        else
            grown *= scale;
        grown = fmax(0, grown);
        guest->total[f] += grown;
        host->total[f] += grown;
    }
    suffer(guest, sim, scale);
}

/* Breathes by a tenth, a little slower than the CPU does. */
static double mem_used(const struct sim_guest *guest, double now)
{
    const struct sim_wave *wave = &guest->wave[FLOW_CPU];

    return guest->mem_used * (0.95 + 0.1 * sin(TAU * now / (wave->period * 1.5) + wave->phase));
}

/* A machine also holds QEMU itself; a small share of a small one, so that thousands fit. */
static double overhead(const struct sim_guest *guest)
{
    return fmin(guest->kind == KIND_MACHINE ? 60e6 : 3.1e6, guest->mem_used * 0.2);
}

double sim_guest_mem_host(const struct sim_guest *guest, double now)
{
    return mem_used(guest, now) * 1.08 + overhead(guest);
}

static void sample_memory(const struct sim_guest *guest, double now, struct sample *ret)
{
    double used = mem_used(guest, now);

    sample_set(ret, FIELD_MEM_USED, (uint64_t)used);
    sample_set(ret, FIELD_MEM_CACHE, (uint64_t)(used * 0.15));
    if (guest->memory)
        sample_set(ret, FIELD_MEM_LIMIT, guest->memory);
    sample_set(ret, FIELD_MEM_HOST, (uint64_t)sim_guest_mem_host(guest, now));
    sample_set(ret, FIELD_MEM_OVERHEAD, (uint64_t)overhead(guest));
    sample_set(ret, FIELD_MEM_SWAP, 0);
    sample_set(ret, FIELD_MAJOR_FAULTS, 0);
}

void sim_guest_sample(const struct sim_guest *guest, const struct sim *sim, int64_t at_ns,
                      struct sample *ret)
{
    const double *total = guest->total;
    double cpu = total[FLOW_CPU] * 1e9;
    bool machine = guest->kind == KIND_MACHINE;

    *ret = (struct sample){.at_ns = at_ns};
    sample_set(ret, FIELD_CPU, (uint64_t)cpu);
    sample_set(ret, FIELD_CPU_USER, (uint64_t)(cpu * 0.8));
    sample_set(ret, FIELD_CPU_SYSTEM, (uint64_t)(cpu * 0.2));
    sample_set(ret, FIELD_CPU_WAIT, (uint64_t)(cpu * WAIT_SHARE + guest->waited * 1e9));
    sample_set(ret, FIELD_CPU_VIRT, (uint64_t)(cpu * (machine ? 0.03 : 0.0002)));
    sample_memory(guest, sim->now, ret);
    sample_set(ret, FIELD_DISK_READ, (uint64_t)total[FLOW_READ]);
    sample_set(ret, FIELD_DISK_WRITE, (uint64_t)total[FLOW_WRITE]);
    sample_set(ret, FIELD_DISK_READ_OPS, (uint64_t)(total[FLOW_READ] / 16384));
    sample_set(ret, FIELD_DISK_WRITE_OPS, (uint64_t)(total[FLOW_WRITE] / 32768));
    sample_set(ret, FIELD_NET_RX, (uint64_t)total[FLOW_RX]);
    sample_set(ret, FIELD_NET_TX, (uint64_t)total[FLOW_TX]);
    sample_set(ret, FIELD_NET_RX_PACKETS, (uint64_t)(total[FLOW_RX] / 800));
    sample_set(ret, FIELD_NET_TX_PACKETS, (uint64_t)(total[FLOW_TX] / 900));
    sample_set(ret, FIELD_NET_ERRORS, 0);
    sample_set(ret, FIELD_NET_DROPS, 0);
    if (machine) {
        sample_set(ret, FIELD_DISK_READ_TIME, sim_guest_read_ns(guest) / 1000);
        sample_set(ret, FIELD_DISK_WRITE_TIME, sim_guest_read_ns(guest) * 2 / 1000);
    } else {
        sample_set(ret, FIELD_PIDS, 5 + guest->boot_ms % 40);
        sample_set(ret, FIELD_OOM_KILLS, guest->oom_kills);
        sample_set(ret, FIELD_MEM_LIMIT_HITS, 0);
        sample_set(ret, FIELD_PIDS_LIMIT_HITS, guest->pids_hits);
        sample_set(ret, FIELD_PSI_CPU, 0);
        sample_set(ret, FIELD_PSI_MEM, 0);
        sample_set(ret, FIELD_PSI_IO, 0);
    }
    uint64_t uptime_ms = (uint64_t)(fmax(0, sim->now - guest->started) * 1000);
    sample_set(ret, FIELD_UPTIME, uptime_ms);
    if (guest->state != STATE_STARTING && uptime_ms >= guest->boot_ms) {
        sample_set(ret, FIELD_BOOT, guest->boot_ms);
        sample_set(ret, FIELD_READY, uptime_ms - guest->boot_ms);
    }
}
