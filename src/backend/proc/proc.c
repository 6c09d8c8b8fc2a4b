#include "backend/proc/proc.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "backend/proc/guest.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/confine.h"
#include "kernel/proc_scan.h"

#define GUESTS_MAX 2000 /* any user can start as many processes as he may */
/* How old a process is when it is shown: what QEMU is run for is decided in its first moments, and
 * libvirt is to say first what it started. */
#define YOUNG_MS 1000
#define YOUNG_LIBVIRT_MS 5000
#define SCAN_NS (120 * NS_PER_S) /* for what turned into a QEMU long after its process was made */
#define FEW 64                   /* that many are measured in a few milliseconds */
#define LOOK_NS (10 * NS_PER_S)  /* between looks whether each is still there and what it was */

struct proc_backend {
    struct backend base;
    const char *root;
    struct proc_scan *scan;
    struct qemu_ground *ground;
    struct isolation_ground *isolation;
    struct isolation_beat beat;
    uint32_t selected;
    struct proc_guest **guests;
    size_t count, capacity;
    uint32_t last_handle;
    int64_t look_at_ns;
};

struct backend *proc_backend_new(const char *root)
{
    struct proc_backend *self = xcalloc(1, sizeof(*self));

    self->base.ops = &backend_proc_ops;
    self->root = root;
    self->scan = proc_scan_new(root, SCAN_NS, false);
    return &self->base;
}

static int proc_open(struct backend **ret, const char *arg, struct error *err)
{
    if (*arg)
        return error_set(err, ERR_USAGE, NULL, "The source \"proc\" takes no argument");
    *ret = proc_backend_new("");
    return 0;
}

static void proc_close(struct backend *backend)
{
    struct proc_backend *self = (struct proc_backend *)backend;

    for (size_t i = 0; i < self->count; i++)
        proc_guest_free(self->guests[i]);
    free(self->guests);
    qemu_ground_free(self->ground);
    isolation_ground_free(self->isolation);
    proc_scan_free(self->scan);
    free(self);
}

static struct proc_guest *find_pid(const struct proc_backend *self, pid_t pid)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->guests[i]->id.pid == pid && !self->guests[i]->ended)
            return self->guests[i];
    return NULL;
}

static bool consider(pid_t pid, void *user)
{
    struct proc_backend *self = user;

    if (self->count == GUESTS_MAX || find_pid(self, pid))
        return true;
    struct proc_guest *guest = proc_guest_meet(self->root, pid);
    if (!guest)
        return true;
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? 2 * self->capacity : 16;
        self->guests = xrealloc(self->guests, self->capacity, sizeof(*self->guests));
    }
    self->guests[self->count++] = guest;
    return true;
}

/* With -daemonize, QEMU starts itself once more and ends: only one of the two is a machine. */
static bool is_doubled(const struct proc_backend *self, const struct proc_guest *guest)
{
    const struct proc_guest *parent = find_pid(self, guest->parent);

    if (parent && parent->handle)
        return true; /* it is shown already, and soon gone */
    for (size_t i = 0; i < self->count; i++)
        if (self->guests[i]->parent == guest->id.pid)
            return true;
    return false;
}

static bool is_ripe(const struct proc_backend *self, const struct proc_guest *guest)
{
    uint64_t age = proc_age_ms(&guest->id, proc_boottime_ns());

    return age >= (proc_guest_is_libvirts(guest) ? YOUNG_LIBVIRT_MS : YOUNG_MS) &&
           !is_doubled(self, guest);
}

static bool is_taken(const struct proc_backend *self, const char *key)
{
    for (size_t i = 0; i < self->count; i++)
        if (!self->guests[i]->ended && self->guests[i]->key &&
            strcmp(self->guests[i]->key, key) == 0)
            return true;
    return false;
}

static void introduce(struct proc_backend *self, struct proc_guest *guest, struct sink *sink)
{
    CLEANUP_FREE char *key = proc_guest_wish(guest, self->root);

    /* Two of the same name: a command line that was copied. */
    if (is_taken(self, key)) {
        free(key);
        key = proc_guest_own_key(guest);
    }
    proc_guest_introduce(guest, self->root, ++self->last_handle, key, sink);
}

/* One guest's part of a tick; false: it has ended. */
static bool follow(struct proc_backend *self, struct proc_guest *guest, bool look, int64_t at_ns,
                   int64_t now_ns, struct sink *sink)
{
    bool fresh = guest->handle == 0;

    if ((fresh || look) && !proc_guest_lives(guest, self->root))
        return false;
    if (fresh && !is_ripe(self, guest))
        return true;
    if (fresh)
        introduce(self, guest, sink);
    /* What a libvirt source shows is measured there; at first nobody knows, and a baseline is worth
     * having. */
    bool first_of_few = fresh && self->count <= FEW;
    if (proc_guest_is_libvirts(guest) && !guest->wanted && !first_of_few) {
        if (fresh)
            proc_guest_say(guest, sink);
        proc_guest_rest(guest);
        return true;
    }
    if (!proc_guest_measure(guest, self->root, self->ground, at_ns, now_ns, sink))
        return false;
    proc_guest_isolation(guest, self->isolation, &self->beat, guest->handle == self->selected,
                         sink);
    return true;
}

static void mark_wanted(struct proc_backend *self, const struct want *want)
{
    CLEANUP_FREE bool *on = xcalloc(self->last_handle + 1, sizeof(*on));

    for (size_t i = 0; i < want->visible_count; i++)
        if (want->visible[i] <= self->last_handle)
            on[want->visible[i]] = true;
    if (want->selected <= self->last_handle)
        on[want->selected] = true;
    for (size_t i = 0; i < self->count; i++)
        self->guests[i]->wanted = self->guests[i]->handle && on[self->guests[i]->handle];
}

static void sweep(struct proc_backend *self)
{
    size_t kept = 0;

    for (size_t i = 0; i < self->count; i++) {
        struct proc_guest *guest = self->guests[i];
        if (guest->ended)
            proc_guest_free(guest);
        else
            self->guests[kept++] = guest;
    }
    self->count = kept;
}

static void proc_tick(struct backend *backend, const struct want *want, struct sink *sink,
                      int64_t at_ns)
{
    struct proc_backend *self = (struct proc_backend *)backend;
    int64_t now = clock_mono_ns();
    bool look = now >= self->look_at_ns;

    if (look)
        self->look_at_ns = now + LOOK_NS;
    proc_scan_step(self->scan, now, consider, self);
    if (self->count > 0 && !self->ground) {
        self->ground = qemu_ground_new(self->root);
        self->isolation = isolation_ground_new(self->root);
    }
    if (self->ground) {
        qemu_ground_tick(self->ground);
        isolation_ground_tick(self->isolation, now);
    }
    isolation_beat_begin(&self->beat, want, now);
    self->selected = want->selected;
    mark_wanted(self, want);
    sink_source(sink, SOURCE_UP, NULL, NULL);
    for (size_t i = 0; i < self->count; i++) {
        struct proc_guest *guest = self->guests[i];
        guest->ended = !follow(self, guest, look, at_ns, now, sink);
        if (guest->ended && guest->handle)
            sink_gone(sink, guest->handle);
    }
    sweep(self);
    sink_answered(sink);
}

static void proc_parts(struct backend *backend, const struct want *want, struct sink *sink)
{
    struct proc_backend *self = (struct proc_backend *)backend;

    for (size_t i = 0; i < self->count; i++)
        if (self->guests[i]->handle == want->selected)
            proc_guest_parts(self->guests[i], self->ground, want->parts, sink);
}

const struct backend_ops backend_proc_ops = {
    .name = "proc",
    /* what other users' QEMUs read and hold open; the kernel's log of OOM kills */
    .capabilities =
        CONFINE_CAP(CAP_SYS_PTRACE) | CONFINE_CAP(CAP_DAC_READ_SEARCH) | CONFINE_CAP(CAP_SYSLOG),
    .open = proc_open,
    .close = proc_close,
    .tick = proc_tick,
    .parts = proc_parts,
};
