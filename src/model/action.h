/* What an operator can do to a guest, and when. */
#ifndef VCTOP_MODEL_ACTION_H
#define VCTOP_MODEL_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/state.h"

enum action {
    ACTION_START,
    ACTION_SHUTDOWN,
    ACTION_REBOOT,
    ACTION_PAUSE,  /* freeze */
    ACTION_RESUME, /* thaw */
    ACTION_RESET,
    ACTION_FORCE_OFF,
    ACTION_AUTOSTART_ON,
    ACTION_AUTOSTART_OFF,
    ACTION_COUNT
};

#define ACTION_BIT(action) (UINT32_C(1) << (action))

/* "start", "shut down", ...: as in menus and jobs. */
const char *action_name(enum action action);

/* The word on the wire and on a job's command line: "start", "shutdown", "force-off", ... */
const char *action_word(enum action action);
enum action action_from_word(const char *word); /* ACTION_COUNT when there is none */

/* The key in the action menu. */
char action_key(enum action action);

/* One sentence: what the guest loses; for the confirmation. */
const char *action_consequence(enum action action, enum guest_kind kind);

struct guest;

/* What else ACTION costs this very guest (a transient machine loses its definition when it goes
 * off), one sentence, or NULL. */
const char *action_also_lost(enum action action, const struct guest *guest);

/* Force off and reset want the guest's name typed. */
bool action_wants_name(enum action action);

/* Whether ACTION makes sense for GUEST as it is now.  When not, the reason ("already running",
 * "frozen: resume it or force it off", "read-only", "this source cannot", "denied: run vctop as
 * root") is in REASON. */
bool action_allowed(const struct guest *guest, enum action action, bool readonly, char *reason,
                    size_t size);

#endif
