/* The guests of one source as its sampler knows them: what the daemon said last, joined with what
 * the kernel says now.  Main thread only. */
#ifndef VCTOP_BACKEND_LIBVIRT_GUESTS_H
#define VCTOP_BACKEND_LIBVIRT_GUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#include "backend/backend.h"
#include "backend/isolation_beat.h"
#include "backend/libvirt/local.h"
#include "backend/libvirt/monitor.h"
#include "backend/libvirt/pools.h"
#include "backend/libvirt/snapshot.h"
#include "backend/libvirt/statistics.h"
#include "backend/libvirt/uri.h"
#include "kernel/address.h"
#include "model/devsum.h"

#define LV_BLAME_MAX 64

struct lv_guest {
    char uuid[VIR_UUID_STRING_BUFLEN];
    uint32_t handle;
    struct lv_domain domain; /* its strings and definition are held here */
    bool here;               /* in the newest snapshot */
    struct facts told;       /* as last said to the sink */
    bool was_told;

    /* The kernel's side, for machines of this host. */
    struct qemu *qemu; /* NULL: off, elsewhere or not found */
    enum qemu_health health;
    pid_t last_pid; /* of its QEMU, also when that is gone; 0: not seen */
    bool ended;     /* the QEMU of this life went, whatever the daemon says */
    bool panicked;  /* its system did, in this life or the last */
    bool young;     /* its QEMU was seen so early that its agent cannot have been up before */
    int64_t ready_ns,
        boot_ms; /* when its agent first came up, and how long that took; 0: unknown */

    struct devsum *net; /* of a daemon elsewhere */
    int net_id;         /* the life that NET sums */
    struct sample sample;
    struct isolation_turn isolation;
    char blame[LV_BLAME_MAX]; /* "": nothing to blame */

    struct lv_balloon balloon;   /* at_ns 0: none of this life */
    int64_t balloon_due_ns;      /* when it may be asked again */
    struct parts disks;          /* what its monitor said of them last */
    int64_t parts_due_ns;        /* when it may be asked again */
    struct lv_times times;       /* how long they took lately */
    struct lv_io_error io_error; /* what its monitor says holds it; of this pause */
    int64_t io_error_due_ns;     /* when it may be asked again */
    int64_t hung_ns;             /* since when a monitor call of ours hangs; 0: none */

    UT_hash_handle by_uuid, by_handle;
};

struct lv_guests {
    const struct lv_uri *uri;
    const struct lv_pools *pools; /* NULL: none are asked for */
    struct lv_guest *by_uuid, *by_handle;
    uint32_t last_handle;
};

void lv_guests_clear(struct lv_guests *guests);
struct lv_guest *lv_guests_find(struct lv_guests *guests, const char *uuid);
struct lv_guest *lv_guests_find_handle(struct lv_guests *guests, uint32_t handle);

/* Takes over what SNAPSHOT says (its strings move; the caller frees the rest) and says who left.
 * True when a guest came, went, changed its state or began another life. */
bool lv_guests_merge(struct lv_guests *guests, struct lv_snapshot *snapshot, struct sink *sink);

/* Says the facts of GUEST if they are not what was told last.  NEIGHBOURS may be NULL: the
 * addresses stay. */
void lv_guest_tell(struct lv_guest *guest, const struct lv_guests *guests,
                   const struct neighbours *neighbours, struct sink *sink);

/* A process or namespace of it exists, as far as the daemon knows. */
bool lv_guest_is_active(const struct lv_guest *guest);

/* Another life begins: what was measured in the last one is forgotten. */
void lv_guest_reborn(struct lv_guest *guest);

/* An I/O error paused it. */
bool lv_guest_has_io_error(const struct lv_guest *guest);

/* What is known of that error, by whomever; its disk by target where the definition has it.  False:
 * nothing is. */
bool lv_guest_io_error(const struct lv_guest *guest, struct lv_io_error *ret);

/* Its process is being set up: not in its control groups yet. */
bool lv_guest_is_starting(const struct lv_guest *guest);

#endif
