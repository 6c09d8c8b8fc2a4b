#include "model/action.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/guest.h"
#include "model/manager.h"

static const struct {
    const char *name, *word;
    char key;
    const char *machine, *container; /* consequences */
} actions[ACTION_COUNT] = {
    [ACTION_START] = {"start", "start", 's', "It boots.", "It boots."},
    [ACTION_SHUTDOWN] = {"shut down", "shutdown", 'd',
                         "Its system is asked to shut down; it may refuse or take its time.",
                         "Its init is told to shut down; it may take its time."},
    [ACTION_REBOOT] = {"reboot", "reboot", 'r',
                       "Its system is asked to reboot: its services stop for a while.",
                       "Its init is told to reboot: its services stop for a while."},
    [ACTION_PAUSE] = {"pause", "pause", 'p',
                      "It stands still until it is resumed; clients time out.",
                      "All its processes stand still until it is resumed; clients time out."},
    [ACTION_RESUME] = {"resume", "resume", 'p', "It goes on where it stood.",
                       "Its processes go on where they stood."},
    [ACTION_RESET] = {"hard reset", "reset", 'h', "Like the reset button: unwritten data is lost.",
                      "Every process in it is killed at once: unwritten data is lost."},
    [ACTION_FORCE_OFF] = {"force off", "force-off", 'f',
                          "Like pulling the plug: unwritten data is lost.",
                          "Every process in it is killed at once: unwritten data is lost."},
    [ACTION_AUTOSTART_ON] = {"autostart on", "autostart-on", 't', "It starts with the host.",
                             "It starts with the host."},
    [ACTION_AUTOSTART_OFF] = {"autostart off", "autostart-off", 't',
                              "It no longer starts with the host.",
                              "It no longer starts with the host."},
};

const char *action_name(enum action action)
{
    return (unsigned)action < ACTION_COUNT ? actions[action].name : "";
}

const char *action_word(enum action action)
{
    return (unsigned)action < ACTION_COUNT ? actions[action].word : "";
}

enum action action_from_word(const char *word)
{
    for (int i = 0; i < ACTION_COUNT; i++) {
        if (strcmp(actions[i].word, word) == 0)
            return (enum action)i;
    }
    return ACTION_COUNT;
}

char action_key(enum action action)
{
    return (unsigned)action < ACTION_COUNT ? actions[action].key : '\0';
}

const char *action_consequence(enum action action, enum guest_kind kind)
{
    if ((unsigned)action >= ACTION_COUNT)
        return "";
    return kind == KIND_CONTAINER ? actions[action].container : actions[action].machine;
}

const char *action_also_lost(enum action action, const struct guest *guest)
{
    if ((action == ACTION_FORCE_OFF || action == ACTION_SHUTDOWN) && guest->facts.persistent == 0)
        return "It is transient: once off, its definition is gone too.";
    return NULL;
}

bool action_wants_name(enum action action)
{
    return action == ACTION_FORCE_OFF || action == ACTION_RESET;
}

#define POWER_ACTIONS \
    (ACTION_BIT(ACTION_START) | ACTION_BIT(ACTION_SHUTDOWN) | ACTION_BIT(ACTION_REBOOT) | \
     ACTION_BIT(ACTION_PAUSE) | ACTION_BIT(ACTION_RESUME) | ACTION_BIT(ACTION_RESET) | \
     ACTION_BIT(ACTION_FORCE_OFF))

/* What a state allows of the above, and why not the rest. */
struct rule {
    uint32_t allowed;
    const char *otherwise;
};

static struct rule rule_of(const struct guest *guest)
{
    const uint32_t force = ACTION_BIT(ACTION_FORCE_OFF);

    switch (guest->state) {
    case STATE_OFF:
        return (struct rule){ACTION_BIT(ACTION_START), "it is off"};
    case STATE_RUNNING:
        return (struct rule){POWER_ACTIONS & ~ACTION_BIT(ACTION_START) & ~ACTION_BIT(ACTION_RESUME),
                             "already running"};
    case STATE_PAUSED:
        /* A shutdown queued for a frozen container kills it at the thaw. */
        if (guest->facts.kind == KIND_CONTAINER)
            return (struct rule){ACTION_BIT(ACTION_RESUME) | force,
                                 "frozen: resume it or force it off"};
        return (struct rule){ACTION_BIT(ACTION_RESUME) | ACTION_BIT(ACTION_RESET) | force,
                             "paused: resume it first"};
    case STATE_STARTING:
        return (struct rule){force, "still starting: wait or force it off"};
    case STATE_STOPPING:
        return (struct rule){force, "already stopping: wait or force it off"};
    case STATE_CRASHED:
        /* Nothing runs it any more. */
        if (guest->facts.life && !guest->facts.life[0])
            return (struct rule){ACTION_BIT(ACTION_START), "it has crashed: start it"};
        return (struct rule){ACTION_BIT(ACTION_RESET) | force, "crashed: reset it or force it off"};
    case STATE_DENIED:
        return (struct rule){0, "no permission to look at it"};
    case STATE_BROKEN:
        return (struct rule){0, "its configuration cannot be read"};
    case STATE_UNKNOWN:
    case STATE_COUNT:
        break;
    }
    return (struct rule){0, "its state is not known"};
}

/* QEMU neither reads its monitor nor runs the guest: what asks either of them would hang. */
static bool does_not_answer(const struct guest *guest)
{
    static const char stopped[] = "QEMU stopped";

    return guest->blame && (strncmp(guest->blame, stopped, sizeof(stopped) - 1) == 0 ||
                            strstr(guest->blame, "D state") != NULL);
}

static const char *autostart_refusal(const struct guest *guest, enum action action)
{
    int wanted = action == ACTION_AUTOSTART_ON;
    if (guest->facts.persistent == 0)
        return "transient: it cannot start with the host";
    if (guest->facts.autostart < 0)
        return "not known whether it starts with the host";
    if (guest->facts.autostart == wanted)
        return wanted ? "autostart is on already" : "autostart is off already";
    return NULL;
}

static const char *refusal(const struct guest *guest, enum action action)
{
    struct rule rule = rule_of(guest);
    if (rule.allowed == 0)
        return rule.otherwise;
    if (!(guest->facts.can & ACTION_BIT(action)))
        return action == ACTION_RESET && guest->facts.kind == KIND_CONTAINER
                   ? "a container has no reset button"
                   : "this source cannot";
    if (does_not_answer(guest) && action != ACTION_FORCE_OFF && state_is_live(guest->state))
        return "QEMU does not answer: only force off helps";
    if (!(POWER_ACTIONS & ACTION_BIT(action)))
        return autostart_refusal(guest, action);
    if (rule.allowed & ACTION_BIT(action))
        return NULL;
    if (action == ACTION_RESUME && guest->state == STATE_RUNNING)
        return "not paused";
    if (action == ACTION_PAUSE && guest->state == STATE_PAUSED)
        return guest->facts.kind == KIND_CONTAINER ? "already frozen" : "already paused";
    return rule.otherwise;
}

bool action_allowed(const struct guest *guest, enum action action, bool readonly, char *reason,
                    size_t size)
{
    if (size > 0)
        reason[0] = '\0';
    if ((unsigned)action >= ACTION_COUNT) {
        snprintf(reason, size, "no such action");
        return false;
    }
    if (readonly) {
        snprintf(reason, size, "read-only (--readonly)");
        return false;
    }
    if (guest->facts.can == 0 && guest->facts.manager) {
        snprintf(reason, size, "managed by %s: use %s", guest->facts.manager,
                 manager_tool(guest->facts.manager, guest->facts.kind));
        return false;
    }
    if (guest->facts.can == 0 && guest->id.source && strcmp(guest->id.source, "proc") == 0) {
        snprintf(reason, size, "not under libvirt: use its own monitor");
        return false;
    }
    if (guest->denied) {
        snprintf(reason, size, "denied: %s", guest->denied);
        return false;
    }
    const char *why = refusal(guest, action);
    if (why)
        snprintf(reason, size, "%s", why);
    return !why;
}
