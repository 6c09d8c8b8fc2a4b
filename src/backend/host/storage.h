/* The host's file systems and thin pools, and where the paths of guests' disks lie.  Inside
 * backend/host/ and its tests only. */
#ifndef VCTOP_BACKEND_HOST_STORAGE_H
#define VCTOP_BACKEND_HOST_STORAGE_H

#include "backend/backend.h"
#include "kernel/prober.h"

struct storage;

/* Below ROOT ("" in earnest; it must outlive this) lie proc/self/mountinfo and dev/mapper/control.
 * CALLS as of prober_new().  NULL when there is no descriptor to be had. */
struct storage *storage_new(const char *root, const struct prober_calls *calls);
void storage_free(struct storage *storage);

/* Begins a round when it is time for one.  Does not block. */
void storage_tick(struct storage *storage, const struct want *want, int64_t now_ns);

/* Readable when storage_ready() has something to do: it says what is known once a round is over. */
int storage_fd(const struct storage *storage);
void storage_ready(struct storage *storage, struct sink *sink);

#endif
