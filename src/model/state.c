#include "model/state.h"

#include <string.h>

#include "base/cleanup.h"

static const char *const names[STATE_COUNT] = {
    [STATE_UNKNOWN] = "unknown",   [STATE_RUNNING] = "running",   [STATE_PAUSED] = "paused",
    [STATE_STARTING] = "starting", [STATE_STOPPING] = "stopping", [STATE_OFF] = "off",
    [STATE_CRASHED] = "crashed",   [STATE_DENIED] = "denied",     [STATE_BROKEN] = "broken",
};

const char *state_name(enum guest_state state)
{
    return (unsigned)state < STATE_COUNT ? names[state] : names[STATE_UNKNOWN];
}

enum guest_state state_from_name(const char *name)
{
    for (int i = 0; i < STATE_COUNT; i++) {
        if (strcmp(names[i], name) == 0)
            return (enum guest_state)i;
    }
    return STATE_COUNT;
}

bool reason_is_fault(const char *reason)
{
    static const char *const faults[] = {"error", "space",  "watchdog", "crash",
                                         "panic", "killed", "fail",     "OOM"};

    for (size_t i = 0; reason && i < ARRAY_SIZE(faults); i++)
        if (strcasestr(reason, faults[i]))
            return true;
    return false;
}

bool state_is_live(enum guest_state state)
{
    return state == STATE_RUNNING || state == STATE_PAUSED || state == STATE_STARTING ||
           state == STATE_STOPPING;
}

const char *kind_name(enum guest_kind kind)
{
    return kind == KIND_CONTAINER ? "container" : "machine";
}

const char *kind_short(enum guest_kind kind)
{
    return kind == KIND_CONTAINER ? "ct" : "vm";
}
