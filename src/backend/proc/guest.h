/* One QEMU as the backend "proc" knows it. */
#ifndef VCTOP_BACKEND_PROC_GUEST_H
#define VCTOP_BACKEND_PROC_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/backend.h"
#include "backend/isolation_beat.h"
#include "kernel/isolation.h"
#include "kernel/proc.h"
#include "kernel/qemu.h"
#include "kernel/qemu_args.h"

struct proc_guest {
    struct proc_identity id;
    pid_t parent;
    uid_t uid;
    struct qemu_args args;
    bool name_only;    /* its program is not ours to see: it is taken for a QEMU by its name */
    uint32_t handle;   /* 0: not shown yet */
    char *key;         /* NULL: the same */
    struct qemu *qemu; /* NULL: not measured at present */
    struct sample sample;
    int64_t wired_ns; /* CLOCK_MONOTONIC when its links were looked for */
    struct isolation_turn isolation;
    bool wanted; /* it is known to be seen */
    bool ended;  /* to be freed at the end of the tick */
};

/* PID is a QEMU that runs a machine: a new guest, else NULL.  The caller frees. */
struct proc_guest *proc_guest_meet(const char *root, pid_t pid);
void proc_guest_free(struct proc_guest *guest);

/* libvirt started it, so that a libvirt source may have it. */
bool proc_guest_is_libvirts(const struct proc_guest *guest);

/* It is there, and still the program that it was. */
bool proc_guest_lives(const struct proc_guest *guest, const char *root);

/* It gets HANDLE and a key (KEY is copied) and is told of. */
void proc_guest_introduce(struct proc_guest *guest, const char *root, uint32_t handle,
                          const char *key, struct sink *sink);

/* The key it would like to have: by what names it for good.  The caller frees. */
char *proc_guest_wish(const struct proc_guest *guest, const char *root);

/* The one that nobody else has. */
char *proc_guest_own_key(const struct proc_guest *guest);

/* Its row without figures. */
void proc_guest_say(const struct proc_guest *guest, struct sink *sink);

/* Its figures and row of this tick.  False: it has ended. */
bool proc_guest_measure(struct proc_guest *guest, const char *root, struct qemu_ground *ground,
                        int64_t at_ns, int64_t now_ns, struct sink *sink);

/* What isolates it, when that is due. */
void proc_guest_isolation(struct proc_guest *guest, struct isolation_ground *ground,
                          struct isolation_beat *beat, bool selected, struct sink *sink);

/* Says its parts of those KINDS; nothing while it is not measured. */
void proc_guest_parts(struct proc_guest *guest, struct qemu_ground *ground, unsigned kinds,
                      struct sink *sink);

/* No more figures for now: nothing is held open for it. */
void proc_guest_rest(struct proc_guest *guest);

#endif
