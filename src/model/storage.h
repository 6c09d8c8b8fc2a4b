/* The storage that guests stand on: file systems, libvirt pools, thin pools; which guest stands on
 * which, what is left there, and when it will be full. */
#ifndef VCTOP_MODEL_STORAGE_H
#define VCTOP_MODEL_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/trend.h"

struct guest;
struct world;

#define STORAGE_PLACES_MAX 512
#define STORAGE_PATHS_MAX 4096
#define STORAGE_PATHS_BYTES (512u << 10) /* all paths that are asked about, together */

enum place_kind {
    PLACE_FS,   /* a mounted file system */
    PLACE_POOL, /* a libvirt storage pool */
    PLACE_THIN  /* a device-mapper thin pool */
};

/* ---- what a worker says: all that its source knows of storage, at once ---- */

/* Strings are owned and raw; NULL for unknown. */
struct storage_place {
    enum place_kind kind;
    char *name;   /* mount point, name of the pool; names it within its source and kind */
    char *detail; /* "ext4 /dev/vda1", "dir /var/lib/libvirt/images" */
    char *path;   /* of a pool of this host: the absolute path of its directory, else NULL */
    int below;    /* index of the place of this report that it stands on, -1 none or unknown */
    bool has_bytes, has_inodes;
    bool read_only;
    bool read_only_fault;                /* it is read-only because of an error */
    uint64_t total, avail;               /* bytes */
    uint64_t inodes_total, inodes_avail; /* of a thin pool: blocks of its metadata */
    int64_t at_ns;                       /* CLOCK_MONOTONIC of the figures; 0: none yet */
    int64_t silent_since_ns;             /* it does not answer since then; 0: it answers */
};

struct storage_path {
    char *path;
    int place; /* index of the place of this report that it lies on, -1 unknown */
    bool has_allocated;
    uint64_t allocated; /* bytes that it takes there */
    int64_t at_ns;      /* of the figure */
};

struct storage_report {
    struct storage_place *place; /* owned, as all below */
    size_t places;
    struct storage_path *path;
    size_t paths;
};

void storage_report_clear(struct storage_report *report);

/* ---- what the world keeps of it ---- */

enum place_trouble {
    PLACE_FINE,
    PLACE_NEARLY_FULL,
    PLACE_FULL, /* nothing that a guest could write any more */
    PLACE_INODES_NEARLY_FULL,
    PLACE_INODES_FULL, /* of a thin pool: no metadata left, which is as bad as no data */
    PLACE_READ_ONLY,   /* it became so, or is so because of an error: not by intent */
    PLACE_SILENT       /* it does not answer: a dead network mount, a hanging device */
};

struct place {
    enum place_kind kind;
    char *id;     /* raw: "fs:<mount point>", "pool:<source>/<name>", "thin:<name>" */
    char *name;   /* sanitised: the mount point, the name of the pool */
    char *detail; /* sanitised, may be NULL: "ext4 /dev/vda1" */
    bool has_bytes, has_inodes, read_only;
    /* Bytes.  AVAIL is what a writer without privileges has left (f_bavail): QEMU runs as an
     * ordinary user.  Root, and so a privileged container, may have the reserve beyond it. */
    uint64_t total, avail;
    uint64_t inodes_total, inodes_avail; /* of a thin pool: blocks of its metadata */
    int64_t at_ns;                       /* CLOCK_MONOTONIC of the figures; 0: never known */
    int64_t silent_since_ns;             /* 0: it answers */
    int64_t trouble_since_ns;            /* when its present trouble was first seen; 0: fine */
    bool read_only_fault;                /* not by intent, see PLACE_READ_ONLY */
    bool was_writable;
    struct trend left; /* AVAIL over the last minutes */
};

/* The one place for thresholds. */
enum place_trouble place_trouble(const struct place *place);
/* "fine", "nearly full", "full", "nearly out of inodes", "out of inodes" (or "metadata"),
 * "read-only", "not answering". */
const char *place_trouble_words(const struct place *place);
/* "file system", "pool", "thin pool". */
const char *place_kind_words(enum place_kind kind);

/* By a straight line over the last minutes: 0 when it is full, NAN when it is unknown, does not
 * fill, or not for longer than the minutes that were watched tell (72 times as long). */
double place_seconds_to_full(const struct place *place, int64_t now_ns);

/* ---- feeding and asking the world; pointers stay valid until the next feeding call ---- */

/* All that SOURCE knows of storage, in place of what it said before. */
void world_storage(struct world *world, const char *source, const struct storage_report *report,
                   int64_t now_ns);

size_t world_place_count(const struct world *world);
const struct place *world_place_at(const struct world *world, size_t index);

/* The place that PLACE itself stands on (a pool's file system, a file system's thin pool), NULL
 * none or unknown.  What troubles the one mostly troubles the other: tell of it once. */
const struct place *world_place_below(const struct world *world, const struct place *place);

/* Where disk DISK of GUEST lies; its innermost place (thin pool or libvirt pool before file
 * system); NULL unknown. */
const struct place *world_place_of_disk(const struct world *world, const struct guest *guest,
                                        size_t disk);

/* The guests with a disk on PLACE or on what stands on it: fills RET with at most MAX of them,
 * returns how many there are. */
size_t place_guests(const struct world *world, const struct place *place, const struct guest **ret,
                    size_t max);

struct growth {
    double bytes;
    int64_t since_ns;  /* CLOCK_MONOTONIC */
    bool written_only; /* what it wrote, for what its images take is unknown */
};

/* What GUEST grew on PLACE over the last quarter of an hour, or, when PLACE is full, over the one
 * before it was.  False: unknown. */
bool place_growth(const struct world *world, const struct place *place, const struct guest *guest,
                  int64_t now_ns, struct growth *ret);

/* The guest on PLACE that grew most, NULL when none is known to have grown. */
const struct guest *place_top_grower(const struct world *world, const struct place *place,
                                     int64_t now_ns, struct growth *ret);

/* TO gets all that FROM knows of storage, of the sources that it has too. */
void world_storage_copy(struct world *to, const struct world *from);

/* The paths that the worker of this host is to look at: disks of guests and directories of pools,
 * sorted, each once, within STORAGE_PATHS_*.  The array and its strings are the caller's. */
size_t world_storage_paths(const struct world *world, char ***ret);

#endif
