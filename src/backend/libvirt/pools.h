/* The daemon's storage pools, asked for in a thread of their own: a pool on a dead network mount
 * hangs the call, and the list of guests must not wait for it. */
#ifndef VCTOP_BACKEND_LIBVIRT_POOLS_H
#define VCTOP_BACKEND_LIBVIRT_POOLS_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/backend.h"
#include "backend/libvirt/uri.h"

struct lv_pools;

/* Starts nothing yet.  Main thread for all of these; none blocks. */
struct lv_pools *lv_pools_new(const struct lv_uri *uri);
/* A thread that hangs is left behind with what it uses. */
void lv_pools_free(struct lv_pools *pools);

/* Asks every half minute while the daemon is USABLE, and says what came of it. */
void lv_pools_step(struct lv_pools *pools, bool usable, int64_t now_ns, struct sink *sink);

/* The directory of the pool of that name, NULL when it has none or is not known.  POOLS may be
 * NULL.  Valid until the next step. */
const char *lv_pools_directory(const struct lv_pools *pools, const char *name);

#endif
