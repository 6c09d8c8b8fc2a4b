#include "backend/sim/sim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

/* What all guests together may take at their worst: the host has some use of its own, and its
 * figures must never say less than the guests' sum. */
#define CPU_BUDGET (SIM_CPUS - 0.6)
#define MEMORY_BUDGET (42.0 * (double)(UINT64_C(1) << 30))
#define MIB (UINT64_C(1) << 20)

enum salt {
    SALT_VCPUS,
    SALT_MEMORY,
    SALT_USED,
    SALT_OFF,
    SALT_AUTOSTART,
    SALT_UPTIME,
    SALT_BOOT,
    SALT_BURST,
    SALT_FLOW, /* + enum sim_flow * 2 */
};

/* One of each special state, on the first guest whose name starts so. */
static const struct {
    const char *name;
    enum guest_state state;
    const char *reason;
} specials[] = {
    {"backup", STATE_PAUSED, "no space left on vda"},
    {"test-vm1", STATE_CRASHED, "guest panicked"},
    {"legacy", STATE_PAUSED, "frozen"},
    {"guest-c1", STATE_DENIED, "belongs to another user"},
    {"ldap", STATE_BROKEN, "bad configuration: line 7: unknown key lxc.mount.foo"},
};

static void draw_state(struct sim_guest *guest, const struct sim_spec *spec, uint32_t index)
{
    guest->state = STATE_RUNNING;
    if (spec->calm)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(specials); i++) {
        if (strcmp(specials[i].name, guest->name) != 0)
            continue;
        guest->state = specials[i].state;
        guest->reason = specials[i].reason;
        if (guest->state == STATE_PAUSED && guest->kind == KIND_MACHINE) {
            guest->io_error_disk = "vda";
            guest->io_error_no_space = true;
        }
        return;
    }
    /* The first few guests of a kind run: a small host is not half dead. */
    if (!strcmp(guest->name, "old1") ||
        (index % 10000 >= 8 && sim_unit(spec->seed, index, SALT_OFF) < 0.06)) {
        guest->state = STATE_OFF;
        guest->reason = NULL;
    }
}

static void draw_size(struct sim_guest *guest, const struct sim_spec *spec, uint32_t index)
{
    static const uint32_t vcpus[] = {1, 2, 2, 2, 4, 4, 8};
    static const uint64_t machine_mib[] = {1024, 2048, 2048, 4096, 4096, 8192};
    static const uint64_t container_mib[] = {128, 256, 512, 512, 1024, 2048, 0};
    double used = sim_unit(spec->seed, index, SALT_USED);
    uint64_t draw = sim_hash(spec->seed, index, SALT_MEMORY);

    if (guest->kind == KIND_MACHINE) {
        guest->vcpus = vcpus[sim_hash(spec->seed, index, SALT_VCPUS) % ARRAY_SIZE(vcpus)];
        guest->memory = machine_mib[draw % ARRAY_SIZE(machine_mib)] * MIB;
        guest->mem_used = (double)guest->memory * (0.2 + 0.6 * used);
    } else {
        guest->memory = container_mib[draw % ARRAY_SIZE(container_mib)] * MIB;
        double room = guest->memory ? (double)guest->memory : (double)(512 * MIB);
        guest->mem_used = room * (0.05 + 0.75 * used * used * used);
    }
}

static void draw_waves(struct sim_guest *guest, const struct sim_spec *spec, uint32_t index)
{
    /* Means in CPUs and bytes a second: most guests idle, a few are busy.  The power makes the
     * tail: the higher, the fewer busy ones. */
    static const struct {
        double idle, busy, power, burst;
    } shape[2][FLOW_COUNT] = {
        [KIND_MACHINE] = {{0.01, 0.45, 6, 0.9},
                          {2e3, 20e6, 9, 30e6},
                          {6e3, 30e6, 8, 60e6},
                          {300, 8e6, 8, 4e6},
                          {300, 12e6, 8, 8e6}},
        [KIND_CONTAINER] = {{0.0008, 0.9, 24, 0.8},
                            {50, 4e6, 14, 10e6},
                            {100, 8e6, 12, 20e6},
                            {100, 3e6, 12, 2e6},
                            {80, 5e6, 12, 3e6}},
    };
    bool bursts = sim_unit(spec->seed, index, SALT_BURST) < 0.15;

    for (int f = 0; f < FLOW_COUNT; f++) {
        uint64_t salt = SALT_FLOW + (uint64_t)f * 2;
        double mean = shape[guest->kind][f].idle +
                      shape[guest->kind][f].busy *
                          pow(sim_unit(spec->seed, index, salt), shape[guest->kind][f].power);
        double burst = bursts ? shape[guest->kind][f].burst : 0;
        if (f == FLOW_CPU && guest->kind == KIND_MACHINE)
            mean *= guest->vcpus;
        sim_wave_draw(&guest->wave[f], mean, burst, spec->seed, index, salt + 1);
    }
}

/* What it has used by now: it ran at its mean for as long as it is up. */
static void draw_past(struct sim_guest *guest, const struct sim_spec *spec, uint32_t index)
{
    double u = sim_unit(spec->seed, index, SALT_UPTIME);

    guest->started = -(60 + 41 * 86400.0 * u * u * u);
    guest->boot_ms = guest->kind == KIND_MACHINE ? 2500 : 120;
    guest->boot_ms += (uint32_t)(guest->boot_ms * sim_unit(spec->seed, index, SALT_BOOT));
    guest->lives = state_is_live(guest->state) ? 1 : 0;
    for (int f = 0; f < FLOW_COUNT && guest->lives; f++)
        guest->total[f] = guest->wave[f].mean * -guest->started;
}

/* Scales everybody down alike until the host can carry them. */
static void fit_into_host(struct sim_guest *guest, uint32_t count)
{
    double cpu = 0, memory = 0;

    for (uint32_t i = 0; i < count; i++) {
        cpu += sim_wave_peak(&guest[i].wave[FLOW_CPU]);
        memory += guest[i].mem_used;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (cpu > CPU_BUDGET)
            sim_wave_scale(&guest[i].wave[FLOW_CPU], CPU_BUDGET / cpu);
        if (memory > MEMORY_BUDGET)
            guest[i].mem_used *= MEMORY_BUDGET / memory;
    }
}

/* Every other one: beside short names one sees who takes the room. */
static void lengthen_names(struct sim_guest *guest, uint32_t count)
{
    for (uint32_t i = 0; i < count; i += 2) {
        char *name = xasprintf("%s.production", guest[i].name);

        free(guest[i].name);
        guest[i].name = name;
    }
}

static void make_hostile(struct sim_guest *guest, uint32_t count)
{
    size_t names = sim_hostile_count();

    /* Spread over the population, so that both kinds and any page of the table have some. */
    for (size_t i = 0; i < names && i < count; i++) {
        struct sim_guest *victim = &guest[count < names ? i : i * count / names];
        free(victim->name);
        free(victim->title);
        victim->name = sim_hostile_name(i);
        victim->title = sim_hostile_name(i);
    }
}

struct sim_guest *sim_population_new(const struct sim_spec *spec)
{
    struct sim_guest *guests = xcalloc(spec->guests ? spec->guests : 1, sizeof(*guests));

    for (uint32_t i = 0; i < spec->guests; i++) {
        struct sim_guest *guest = &guests[i];
        uint32_t nth = i < spec->machines ? i : i - spec->machines;
        guest->handle = i + 1;
        guest->kind = i < spec->machines ? KIND_MACHINE : KIND_CONTAINER;
        snprintf(guest->key, sizeof(guest->key), "%s-%05u", kind_short(guest->kind), nth + 1);
        guest->name = sim_name(guest->kind, nth);
        /* Draws differ by kind and number, not by position: more machines do not change the
         * containers. */
        uint32_t index = nth + (guest->kind == KIND_MACHINE ? 0 : SIM_GUESTS_MAX);
        draw_state(guest, spec, index);
        draw_size(guest, spec, index);
        draw_waves(guest, spec, index);
        guest->autostart = sim_unit(spec->seed, index, SALT_AUTOSTART) < 0.6;
        /* Who is off is meant to be, but for one. */
        if (guest->state == STATE_OFF && strcmp(guest->name, "old1") != 0)
            guest->autostart = 0;
        guest->stubborn = spec->stubborn && !strcmp(spec->stubborn, guest->name);
        guest->busy = spec->busy && !strcmp(spec->busy, guest->name);
        guest->silent = spec->silent && !strcmp(spec->silent, guest->name);
        guest->emulated = spec->emulated && !strcmp(spec->emulated, guest->name);
        guest->hurts = spec->hurt.name && !strcmp(spec->hurt.name, guest->name);
        guest->hurt = spec->hurt_whom && !strcmp(spec->hurt_whom, guest->name);
        guest->hangs = spec->hang && !strcmp(spec->hang, guest->name);
    }
    fit_into_host(guests, spec->guests);
    for (uint32_t i = 0; i < spec->guests; i++) {
        uint32_t index = i < spec->machines ? i : i - spec->machines + SIM_GUESTS_MAX;
        draw_past(&guests[i], spec, index);
    }
    if (spec->tails)
        lengthen_names(guests, spec->guests);
    if (spec->hostile)
        make_hostile(guests, spec->guests);
    return guests;
}

void sim_population_free(struct sim_guest *guest, uint32_t count)
{
    for (uint32_t i = 0; guest && i < count; i++) {
        free(guest[i].name);
        free(guest[i].title);
    }
    free(guest);
}
