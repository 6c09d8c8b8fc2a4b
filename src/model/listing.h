/* An ordered, filtered list of guests: what a table shows. */
#ifndef VCTOP_MODEL_LISTING_H
#define VCTOP_MODEL_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/query.h"
#include "model/world.h"

/* What can be sorted by: a metric, or one of these. */
enum sort_key {
    SORT_NAME = METRIC_COUNT,
    SORT_KIND,
    SORT_STATE,
    SORT_ADDRESS,
    SORT_DISK, /* read + write */
    SORT_NET,  /* in + out */
    SORT_KEY_COUNT
};

/* "name", "kind", "state", "addr", "disk", "net", or a metric's filter name or JSON key;
 * SORT_KEY_COUNT when there is no such column. */
int sort_key_from_name(const char *name);
const char *sort_key_name(int key);

struct listing_order {
    int key;             /* enum metric or enum sort_key */
    bool inverted;       /* against the natural order: figures descend, texts ascend */
    bool problems_first; /* the worst on top (model/problem.h), those alike in that order */
    bool calm;           /* below one percent all are equal: what idles holds its place */
};

enum listing_kinds {
    LIST_BOTH,
    LIST_MACHINES,
    LIST_CONTAINERS
};

struct listing {
    struct guest **rows; /* valid until the next feeding call of the world */
    size_t count;
    size_t total;    /* of that kind before the filter */
    size_t problems; /* rows with one; counted where they are to come first */
    size_t capacity;
};

/* Fills LISTING: guests of KINDS for which FILTER (NULL: none) is true, stable: equals by name,
 * then id.  Unknown figures come last in either direction. */
void listing_build(struct listing *listing, const struct world *world, enum listing_kinds kinds,
                   const struct query *filter, struct listing_order order, int64_t now_ns);
void listing_clear(struct listing *listing);

/* The row of that guest, or -1. */
long listing_find(const struct listing *listing, const struct guest_id *id);

#endif
