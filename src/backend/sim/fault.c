/* Faults of single guests that the spec asks for, each once. */
#include "backend/sim/sim.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

static const char *const words[SIM_FAULT_COUNT] = {
    [SIM_CRASH] = "crash",       [SIM_OOM] = "oom",         [SIM_TASKS] = "tasks",
    [SIM_OFF] = "off",           [SIM_NOSPACE] = "nospace", [SIM_GONE] = "gone",
    [SIM_WATCHDOG] = "watchdog", [SIM_BALLOON] = "balloon",
};

enum sim_fault sim_fault_named(const char *word, size_t len)
{
    int fault = 0;

    while (fault < SIM_FAULT_COUNT &&
           (strlen(words[fault]) != len || memcmp(words[fault], word, len) != 0))
        fault++;
    return (enum sim_fault)fault;
}

static void stop(struct sim_guest *guest, enum guest_state state, const char *reason)
{
    guest->state = state;
    guest->reason = reason;
    guest->change_at = 0;
    guest->told = false; /* its life is over */
}

static void strike(struct sim *sim, struct sim_guest *guest, enum sim_fault fault,
                   struct sink *sink)
{
    static const struct news watchdog = {"its watchdog fired: the guest is reset", "watchdog",
                                         EVENT_BAD, 1};
    static const struct news balloon = {"its balloon was moved, it has 512M", "balloon", EVENT_CALM,
                                        50};

    switch (fault) {
    case SIM_CRASH:
        stop(guest, STATE_CRASHED, "guest panicked");
        break;
    case SIM_OOM:
        guest->oom_kills++;
        break;
    case SIM_TASKS:
        guest->pids_hits++;
        break;
    case SIM_OFF:
        guest->autostart = 1;
        stop(guest, STATE_OFF, "shut down");
        break;
    case SIM_NOSPACE:
        sim_storage_fill(sim, guest); /* which stops who writes there */
        break;
    case SIM_GONE:
        guest->gone = true;
        break;
    case SIM_WATCHDOG:
        sink_event(sink, guest->handle, &watchdog, clock_wall_ns());
        break;
    case SIM_BALLOON:
        sink_event(sink, guest->handle, &balloon, clock_wall_ns());
        break;
    case SIM_FAULT_COUNT:
        break;
    }
    guest->changed = true;
}

void sim_faults_strike(struct sim *sim, struct sink *sink)
{
    for (size_t i = 0; i < sim->spec.fault_count; i++) {
        struct sim_planned *planned = &sim->spec.faults[i];

        if (planned->at_ns < 0 || sim->elapsed < planned->at_ns)
            continue;
        planned->at_ns = -1;
        for (uint32_t j = 0; j < sim->spec.guests; j++)
            if (!strcmp(sim->guest[j].name, planned->name))
                strike(sim, &sim->guest[j], planned->fault, sink);
    }
}
