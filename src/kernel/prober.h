/* Asks the kernel about paths that may never answer: a dead network mount hangs statvfs() and
 * stat() for good.  A thread walks the questions of a round; one that takes longer than
 * PROBE_DEADLINE_NS keeps that thread, and another goes on with the rest. */
#ifndef VCTOP_KERNEL_PROBER_H
#define VCTOP_KERNEL_PROBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "kernel/thin.h"

#define PROBE_DEADLINE_NS (2 * NS_PER_S)
#define PROBES_STUCK_MAX 4 /* one more, of what is not remote, and nothing is asked any more */

enum probe_what {
    PROBE_STATVFS,
    PROBE_STAT, /* mounts nothing, follows links */
    PROBE_THIN  /* thin_read() */
};

enum probe_state {
    PROBE_WAITING,
    PROBE_DONE,
    PROBE_STUCK,  /* it passed its deadline */
    PROBE_SKIPPED /* not asked: the file system that it is on is stuck, or too much is */
};

struct probe {
    enum probe_what what;
    char *path; /* owned */
    int on;     /* number of the file system: when its PROBE_STATVFS is stuck, what else is on it is
                   skipped; -1: none */
    bool remote; /* somebody else answers: not asked when as many are stuck as may be */
    size_t tag;  /* the caller's own */
    enum probe_state state;
    int error; /* errno; 0: the answer is there */
    int64_t started_ns;
    union {
        struct statvfs statvfs;
        struct stat stat;
        struct thin_list thin; /* the caller's to clear */
    } u;
};

/* What is asked; tests bring their own. */
struct prober_calls {
    int (*statvfs)(const char *path, struct statvfs *ret); /* 0, or -1 and errno */
    int (*stat)(const char *path, struct stat *ret);
    int (*thin)(const char *path, struct thin_list *ret); /* 0 or -errno */
    int64_t deadline_ns;
};

struct prober;

/* CALLS NULL: the real ones.  NULL when there is no descriptor to be had. */
struct prober *prober_new(const struct prober_calls *calls);
/* Threads that are stuck are left behind; what they hold goes when they return. */
void prober_free(struct prober *prober);

/* Begins a round; takes PROBE (an array of COUNT, from malloc) over.  False, and nothing is taken,
 * while one runs, when too much is stuck, or when no thread can be started. */
bool prober_start(struct prober *prober, struct probe *probe, size_t count);

bool prober_busy(const struct prober *prober); /* a round runs */

/* Readable when a round is over or a deadline may have passed: call prober_turn() then. */
int prober_fd(const struct prober *prober);

/* Does not block.  The round when it is over (the caller's to free with probes_free()), else NULL.
 */
struct probe *prober_turn(struct prober *prober, size_t *ret_count);

void probes_free(struct probe *probe, size_t count);

/* Since when the question WHAT about PATH is stuck, now; 0: it is not. */
int64_t prober_stuck(struct prober *prober, enum probe_what what, const char *path);
size_t prober_stuck_count(struct prober *prober);

#endif
