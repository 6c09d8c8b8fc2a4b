/* What a guest can be and be doing. */
#ifndef VCTOP_MODEL_STATE_H
#define VCTOP_MODEL_STATE_H

#include <stdbool.h>

enum guest_kind {
    KIND_MACHINE,  /* a KVM/QEMU (or other) virtual machine */
    KIND_CONTAINER /* a system container */
};

/* Error is never mapped to off: what cannot be known is UNKNOWN, DENIED or BROKEN. */
enum guest_state {
    STATE_UNKNOWN,
    STATE_RUNNING,
    STATE_PAUSED, /* a frozen container too, with the reason "frozen" */
    STATE_STARTING,
    STATE_STOPPING, /* "aborting" is a reason of it */
    STATE_OFF,
    STATE_CRASHED,
    STATE_DENIED, /* it is there, but we may not look */
    STATE_BROKEN, /* its configuration cannot be read */
    STATE_COUNT
};

/* The JSON word: "running", "paused", ... */
const char *state_name(enum guest_state state);

/* The inverse; STATE_COUNT when there is no such word. */
enum guest_state state_from_name(const char *name);

/* REASON (NULL is fine) tells of something that nobody asked for.  The words are the backends'
 * own. */
bool reason_is_fault(const char *reason);

/* A process of the guest exists: running, paused, starting or stopping. */
bool state_is_live(enum guest_state state);

/* "machine" or "container", and the short "vm" and "ct". */
const char *kind_name(enum guest_kind kind);
const char *kind_short(enum guest_kind kind);

#endif
