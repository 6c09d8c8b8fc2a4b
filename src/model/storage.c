#include "model/storage.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

/* Of a large place a twentieth is more than anybody has to worry about. */
#define NEARLY_PART 20
#define NEARLY_BYTES (20 * GIB)
#define NEARLY_INODES 20000

/* An image grows by a cluster, a file by a block: what is less than this is not to be had.  Of a
 * small place it is less: of an ext4 of 64 MiB half a MiB stays that nobody gets. */
#define USELESS_BYTES MIB
#define USELESS_PART 100

#define LINE_NS (5 * 60 * NS_PER_S) /* what the straight line is laid over */
#define LINE_MIN_NS (10 * NS_PER_S)
/* A line is drawn so many times farther than it was watched: six hours after five minutes.  One
 * build is not to be a place that will be full tonight. */
#define REACH 72

void storage_report_clear(struct storage_report *report)
{
    for (size_t i = 0; i < report->places; i++) {
        free(report->place[i].name);
        free(report->place[i].detail);
        free(report->place[i].path);
    }
    free(report->place);
    for (size_t i = 0; i < report->paths; i++)
        free(report->path[i].path);
    free(report->path);
    *report = (struct storage_report){0};
}

static bool bytes_used_up(const struct place *place)
{
    uint64_t useless = place->total / USELESS_PART;
    return place->has_bytes && place->avail <= (useless < USELESS_BYTES ? useless : USELESS_BYTES);
}

enum place_trouble place_trouble(const struct place *place)
{
    bool inodes = place->has_inodes && place->inodes_total > 0;

    if (place->silent_since_ns)
        return PLACE_SILENT;
    if (place->read_only)
        /* By intent: an image or a snapshot, full by nature. */
        return place->read_only_fault || place->was_writable ? PLACE_READ_ONLY : PLACE_FINE;
    if (place->total > 0 && bytes_used_up(place))
        return PLACE_FULL;
    if (inodes && place->inodes_avail == 0)
        return PLACE_INODES_FULL;
    if (place->has_bytes && place->avail < place->total / NEARLY_PART &&
        place->avail < NEARLY_BYTES)
        return PLACE_NEARLY_FULL;
    if (inodes && place->inodes_avail < place->inodes_total / NEARLY_PART &&
        place->inodes_avail < NEARLY_INODES)
        return PLACE_INODES_NEARLY_FULL;
    return PLACE_FINE;
}

const char *place_trouble_words(const struct place *place)
{
    bool thin = place->kind == PLACE_THIN;

    switch (place_trouble(place)) {
    case PLACE_FINE:
        return "fine";
    case PLACE_NEARLY_FULL:
        return "nearly full";
    case PLACE_FULL:
        return "full";
    case PLACE_INODES_NEARLY_FULL:
        return thin ? "nearly out of metadata" : "nearly out of inodes";
    case PLACE_INODES_FULL:
        return thin ? "out of metadata" : "out of inodes";
    case PLACE_READ_ONLY:
        return "read-only";
    case PLACE_SILENT:
        return "not answering";
    }
    return "unknown";
}

const char *place_kind_words(enum place_kind kind)
{
    return kind == PLACE_POOL ? "pool" : kind == PLACE_THIN ? "thin pool" : "file system";
}

double place_seconds_to_full(const struct place *place, int64_t now_ns)
{
    double from;
    int64_t from_ns;

    if (!place->has_bytes || place->silent_since_ns || place->read_only || place->total == 0)
        return NAN;
    if (bytes_used_up(place))
        return 0;
    if (!trend_value(&place->left, place->at_ns - LINE_NS, &from, &from_ns) ||
        place->at_ns - from_ns < LINE_MIN_NS)
        return NAN;
    double lost = from - (double)place->avail;
    if (lost <= 0)
        return NAN;
    double watched_s = (double)(place->at_ns - from_ns) / NS_PER_S, per_s = lost / watched_s;
    double age_s = now_ns > place->at_ns ? (double)(now_ns - place->at_ns) / NS_PER_S : 0;
    double left_s = (double)place->avail / per_s - age_s;
    return left_s > REACH * watched_s ? NAN : left_s < 0 ? 0 : left_s;
}
