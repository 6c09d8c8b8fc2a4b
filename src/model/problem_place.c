/* What is wrong with the storage that guests stand on, in words, and what that does to guests. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "model/problem.h"
#include "model/problem_internal.h"
#include "model/storage.h"

#define WORD_NAME_CELLS 23 /* "/var/lib/libvirt/images" */
#define DEPTH_MAX 4        /* a pool on a file system on a thin pool, and one to spare */

/* Nothing can be written there now. */
static bool stops_writers(const struct place *place)
{
    enum place_trouble trouble = place_trouble(place);

    return trouble != PLACE_FINE && trouble != PLACE_NEARLY_FULL &&
           trouble != PLACE_INODES_NEARLY_FULL;
}

/* What stops writers of PLACE: the place itself or one below it; NULL: nothing does. */
static const struct place *stopped_by(const struct world *world, const struct place *place)
{
    for (int i = 0; place && i < DEPTH_MAX; i++, place = world_place_below(world, place))
        if (stops_writers(place))
            return place;
    return NULL;
}

/* "pool images", "/var". */
static void name_of(char *dst, size_t size, const struct place *place)
{
    bool fs = place->kind == PLACE_FS;

    snprintf(dst, size, "%s%s%.60s", fs ? "" : place_kind_words(place->kind), fs ? "" : " ",
             place->name ? place->name : "?");
}

/* "0 of 200G", else in words what is wrong. */
static void left_of(char *dst, size_t size, const struct place *place)
{
    enum place_trouble trouble = place_trouble(place);
    char avail[UNITS_MAX], total[UNITS_MAX];

    if (!place->has_bytes || (trouble != PLACE_FULL && stops_writers(place))) {
        snprintf(dst, size, "%s", place_trouble_words(place));
        return;
    }
    units_bytes(avail, (double)place->avail);
    units_bytes(total, (double)place->total);
    snprintf(dst, size, "%s of %s", avail, total);
}

/* Where the disk lies that an I/O error paused GUEST on; NULL unknown. */
static const struct place *disk_place(const struct world *world, const struct guest *guest)
{
    const char *disk = guest->facts.io_error_disk;
    const struct place *found = NULL;

    for (size_t i = 0; i < FACTS_DISKS_MAX && guest->facts.disks[i].target; i++) {
        const struct place *place = world_place_of_disk(world, guest, i);

        if (disk && strcmp(guest->facts.disks[i].target, disk) == 0)
            return place;
        if (place && !found && stopped_by(world, place))
            found = place;
    }
    return disk ? NULL : found; /* which disk it was is guessed only when it explains the fault */
}

bool problem_space_is_back(const struct world *world, const struct guest *guest)
{
    const struct place *place = disk_place(world, guest);

    return place && place->has_bytes && place->at_ns > guest->state_since_ns &&
           !stopped_by(world, place);
}

void problem_put_io_error(struct problem *ret, const struct world *world)
{
    const struct guest *guest = ret->guest;
    const struct place *place = disk_place(world, guest);
    const struct place *cause = place ? stopped_by(world, place) : NULL;
    const char *disk = guest->facts.io_error_disk;
    char left[80] = "", on[80] = "", where[180] = "";

    ret->place = place = cause ? cause : place;
    /* The bare name: it has to fit into a row of 80 columns. */
    const char *name = place && place->name ? place->name : "?";
    if (place) {
        left_of(left, sizeof(left), place);
        snprintf(where, sizeof(where), " (%.60s: %s)", name, left);
    }
    if (disk)
        snprintf(on, sizeof(on), " on %.60s", disk);
    if (ret->kind == PROBLEM_SPACE_BACK && place) {
        units_bytes(left, (double)place->avail);
        /* What to do first: the end may be cut. */
        snprintf(ret->cause, sizeof(ret->cause), "space is back: resume? (%.60s: %s)", name, left);
    } else if (ret->kind == PROBLEM_IO_ERROR) {
        snprintf(ret->cause, sizeof(ret->cause), "I/O error%s%s",
                 disk ? on : " on one of its disks", where);
    } else if (!disk && !place && strcasestr(guest->reason, "space")) {
        snprintf(ret->cause, sizeof(ret->cause), "%.200s", guest->reason);
    } else {
        snprintf(ret->cause, sizeof(ret->cause), "no space left%s%s", disk ? on : " on its disk",
                 where);
    }
}

/* The place of one of GUEST's disks that does not answer, NULL for none. */
static const struct place *silent_place(const struct world *world, const struct guest *guest)
{
    for (size_t i = 0; i < FACTS_DISKS_MAX && guest->facts.disks[i].target; i++) {
        const struct place *place = world_place_of_disk(world, guest, i);

        for (int j = 0; place && j < DEPTH_MAX; j++, place = world_place_below(world, place))
            if (place_trouble(place) == PLACE_SILENT)
                return place;
    }
    return NULL;
}

void problem_put_waiting(struct problem *ret, const struct world *world)
{
    const struct place *place = silent_place(world, ret->guest);
    char name[80];

    if (place) {
        name_of(name, sizeof(name), place);
        snprintf(ret->cause, sizeof(ret->cause), "QEMU in D state: %s does not answer", name);
    } else {
        snprintf(ret->cause, sizeof(ret->cause),
                 "QEMU in D state: it waits for a disk or a network file system");
    }
}

/* What troubles what it stands on troubles it as well: that is told once, of the lowest. */
static bool is_told_below(const struct world *world, const struct place *place)
{
    const struct place *below = world_place_below(world, place);

    for (int i = 0; below && i < DEPTH_MAX; i++, below = world_place_below(world, below))
        if (place_trouble(below) != PLACE_FINE && (stops_writers(below) || !stops_writers(place)))
            return true;
    return false;
}

/* For a line of few words: a long path by its beginning and its end. */
static void word_name(char *dst, size_t size, const struct place *place)
{
    const char *name = place->name ? place->name : "?";

    if (text_width(name) > WORD_NAME_CELLS)
        text_fit_middle(dst, size, name, WORD_NAME_CELLS, false);
    else
        snprintf(dst, size, "%s", name);
}

bool problem_of_place(const struct world *world, const struct place *place, int64_t now_ns,
                      struct problem *ret)
{
    static const char *const signs[] = {
        [PLACE_NEARLY_FULL] = "LOW",
        [PLACE_FULL] = "FULL",
        [PLACE_INODES_NEARLY_FULL] = "LOW INODES",
        [PLACE_INODES_FULL] = "NO INODES",
        [PLACE_READ_ONLY] = "READ-ONLY",
        [PLACE_SILENT] = "SILENT",
    };
    enum place_trouble trouble = place_trouble(place);
    char name[80], left[80], brief[WORD_NAME_CELLS * 16 + 1], more[UNITS_MAX] = "";

    if (trouble == PLACE_FINE || is_told_below(world, place))
        return false;
    *ret = (struct problem){.kind = PROBLEM_PLACE,
                            .severity = stops_writers(place) ? PROBLEM_ACT : PROBLEM_LOOK,
                            .place = place,
                            .since_ns = place->trouble_since_ns};
    name_of(name, sizeof(name), place);
    left_of(left, sizeof(left), place);
    if (trouble == PLACE_FULL || trouble == PLACE_NEARLY_FULL)
        units_bytes(more, (double)place->avail);
    word_name(brief, sizeof(brief), place);
    snprintf(ret->word, sizeof(ret->word), "%s %.70s%s%s", signs[trouble], brief, *more ? " " : "",
             more);
    snprintf(ret->cause, sizeof(ret->cause), "%s is %s%s%s%s", name, place_trouble_words(place),
             *more ? " (" : "", *more ? left : "", *more ? ")" : "");
    double seconds = place_seconds_to_full(place, now_ns);
    if (trouble == PLACE_NEARLY_FULL && seconds >= 1) {
        size_t used = strlen(ret->cause);

        units_duration(more, seconds);
        snprintf(ret->cause + used, sizeof(ret->cause) - used, ", full in %s", more);
    }
    return true;
}

bool problem_grower(const struct world *world, const struct problem *problem, int64_t now_ns,
                    char *dst, size_t size)
{
    char bytes[UNITS_MAX], age[UNITS_MAX];
    struct growth growth;

    if (!problem->place || problem->kind == PROBLEM_SPACE_BACK)
        return false;
    const struct guest *guest = place_top_grower(world, problem->place, now_ns, &growth);
    if (!guest)
        return false;
    units_bytes(bytes, growth.bytes);
    units_duration(age,
                   now_ns > growth.since_ns ? (double)(now_ns - growth.since_ns) / NS_PER_S : 0);
    snprintf(dst, size, "%.40s %s %s in %s", guest->facts.name ? guest->facts.name : "?",
             growth.written_only ? "wrote" : "grew", bytes, age);
    return true;
}
