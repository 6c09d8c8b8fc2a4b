/* The conversation with one libvirt daemon, in a thread that may hang for as long as the daemon
 * does.  It opens read-only connections, never touches a monitor, and publishes what it learns. */
#ifndef VCTOP_BACKEND_LIBVIRT_DAEMON_H
#define VCTOP_BACKEND_LIBVIRT_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/libvirt/inbox.h"
#include "backend/libvirt/snapshot.h"
#include "backend/libvirt/uri.h"
#include "base/error.h"
#include "model/world.h"

struct lv_daemon;

#define LV_WATCH_MAX 64

struct lv_status {
    enum source_state state;
    struct error why;
    int64_t busy_since_ns; /* a call is under way since then; 0: none */
    int64_t answered_ns;   /* when the daemon last answered a call; 0: never */
    unsigned connections;  /* how many were made so far */
};

/* Starts the thread; URI must outlive the daemon.  ERR_IO when there can be no thread. */
int lv_daemon_start(struct lv_daemon **ret, const struct lv_uri *uri, struct error *err);

/* Waits a moment for the thread to end; a thread that hangs is left behind with what it uses. */
void lv_daemon_stop(struct lv_daemon *daemon);

/* Readable when something new was published; lv_daemon_take() drains it. */
int lv_daemon_fd(const struct lv_daemon *daemon);

/* Main thread, never blocks.  WATCH: UUIDs whose monitor's state is wanted, at most LV_WATCH_MAX.
 */
void lv_daemon_wish(struct lv_daemon *daemon, char (*watch)[VIR_UUID_STRING_BUFLEN],
                    size_t watch_count);

/* Asks for a round now (figures of a daemon elsewhere, or a suspicion). */
void lv_daemon_poke(struct lv_daemon *daemon);

/* The XML of UUID reads differently now, though no event told of it. */
void lv_daemon_redefined(struct lv_daemon *daemon, const char *uuid);

void lv_daemon_status(struct lv_daemon *daemon, struct lv_status *ret);

/* The newest snapshot, the caller's to free; NULL when there is nothing new since. */
struct lv_snapshot *lv_daemon_take(struct lv_daemon *daemon);

/* As lv_inbox_remarks(). */
size_t lv_daemon_remarks(struct lv_daemon *daemon, struct lv_remark *ret, size_t *ret_lost);

#endif
