/* The insides of struct world, for the files world*.c only. */
#ifndef VCTOP_MODEL_WORLD_INTERNAL_H
#define VCTOP_MODEL_WORLD_INTERNAL_H

#include "base/alloc.h"
#include "model/compare.h"
#include "model/part.h"
#include "model/world.h"

#define uthash_malloc(size) xmalloc(size)
#define uthash_free(ptr, size) free(ptr)
#include <uthash.h>

/* Columns that a text from outside may take before it is cut. */
#define NAME_CELLS 256
#define WORD_CELLS 64
#define SENTENCE_CELLS 512

/* A worker has the clock that we have: a sample from the future is a broken one, and would make all
 * that follow look old. */
#define WORLD_FUTURE_NS (5 * NS_PER_S)

struct source_entry {
    struct source source; /* first */
    uint32_t number;
    bool restarted;              /* handles are new; the list is not complete again yet */
    enum source_state announced; /* the state that the last event told of */
};

struct guest_entry {
    struct guest guest; /* first: a struct guest of the world is one of these */
    struct source_entry *source;
    char *id_key;    /* key of by_id */
    uint64_t handle; /* source's number << 32 | handle: key of by_handle */
    bool has_handle; /* it is in by_handle */
    bool has_state;  /* a row said its state at least once */
    bool late;       /* it came when its source's list was complete already */
    bool hidden;     /* another source shows it, or may: see world_owned.c */
    bool unowned;    /* none does: its next row shows it */
    /* Of each disk, NULL unknown: its path, and the nearest place that it stands on. */
    struct path_entry *disks[FACTS_DISKS_MAX];
    struct place_entry *places[FACTS_DISKS_MAX];
    enum guest_state known; /* the last state that was not unknown */
    int64_t known_since_ns;
    UT_hash_handle by_id, by_handle;
};

struct place_entry {
    struct place place; /* first: a struct place of the world is one of these */
    struct source_entry *source;
    char *name; /* raw */
    char *path; /* of a pool's directory, or NULL */
    struct place_entry *below;
    bool seen; /* in the report that is being taken */
};

struct path_entry {
    char *path; /* key */
    struct source_entry *source;
    struct place_entry *place; /* NULL unknown */
    struct trend allocated;    /* empty: unknown */
    bool seen;
    UT_hash_handle hh;
};

/* The parts of one guest. */
struct parts_entry {
    const struct guest_entry *guest; /* NULL: nobody's */
    char *life;                      /* the one that they are of */
    struct parts parts;
    struct part *before; /* for each of them its measurement before; at_ns 0: there is none.  Only
                            figures: its strings are NULL */
};

struct world {
    int64_t period_ns;
    struct source_entry **sources;
    size_t source_count;
    struct guest_entry *
        *guests; /* those that are shown in order of arrival, then the hidden ones */
    size_t guest_count, guest_capacity, shown_count;
    struct guest_entry *by_id, *by_handle; /* heads of the tables */
    struct host host;
    struct place_entry **places; /* in order of arrival */
    size_t place_count;
    struct path_entry *paths; /* head of the table */
    struct parts_entry parts;
    struct event_log *events;
    struct starts starts;
    bool ids_stale; /* who shares user ids with whom is to be found anew */
};

struct source_entry *world_source_entry(const struct world *world, const char *id);
struct guest_entry *world_entry(const struct world *world, const char *source, uint32_t handle);

/* What the table by_id knows ID by, of *SIZE bytes; ID is set.  The caller frees. */
char *world_id_key(const struct guest_id *id, size_t *size);

/* Hidden or not; NULL: not in the world. */
struct guest_entry *world_entry_of(const struct world *world, const struct guest_id *id);

/* Sanitised copy of TEXT, NULL for NULL. */
char *world_clean(const char *text, size_t max_cells);

/* Replaces *SLOT by the sanitised TEXT. */
void world_set_text(char **slot, const char *text, size_t max_cells);

/* An event about ENTRY's guest. */
void world_guest_event(struct world *world, const struct guest_entry *entry, enum event_grade grade,
                       const char *text, int64_t wall_ns);

/* The same, and a badge on its row when it wants a look. */
void world_guest_news(struct world *world, struct guest_entry *entry, const struct news *news,
                      int64_t now_ns, int64_t wall_ns);

/* Events of what the kernel counted between ENTRY's last two samples. */
void world_tell_hits(struct world *world, struct guest_entry *entry, int64_t now_ns,
                     int64_t wall_ns);

/* Forgets ENTRY's handle; it stays in the world. */
void world_unbind(struct world *world, struct guest_entry *entry);

/* Takes ENTRY out of the tables and frees it; the caller takes it out of WORLD->guests. */
void world_drop(struct world *world, struct guest_entry *entry);

/* Takes ENTRY in among those that are shown. */
void world_show(struct world *world, struct guest_entry *entry);

/* Decides whether guests of the source "proc" are to be shown or hidden: all of them, or only those
 * that may be the libvirt domain UUID. */
void world_review(struct world *world, const char *uuid);

bool world_is_local_libvirt(const struct source *source);

/* Nothing is known of what isolates the guest. */
void world_isolation_forget(struct world *world, struct guest *guest);

/* Finds ENTRY->disks and ENTRY->places: its facts are new, or the paths and places are. */
void world_find_disks(const struct world *world, struct guest_entry *entry);

void world_storage_clear(struct world *world);
void world_parts_clear(struct world *world);

/* Two samples are so far from each other that a rate over them says nothing. */
int64_t world_max_gap(const struct world *world);

#endif
