/* The simulated host's storage: a few places, who stands on which, and what the spec does to one of
 * them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/sim/sim.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define GIB (UINT64_C(1) << 30)
#define FILL_S 20.0 /* how long it takes to fill a place */
#define SAY_NS (5 * NS_PER_S)

enum {
    ROOT,
    VAR,
    IMAGES,
    BACKUP,
    NFS,
    THIN,
    IMAGES_POOL,
    BACKUP_POOL,
    PLACE_COUNT
};

static const struct {
    enum place_kind kind;
    const char *name, *detail, *path;
    uint64_t total, avail; /* GiB */
    int on;                /* the place whose figures it has */
} places[PLACE_COUNT] = {
    [ROOT] = {PLACE_FS, "/", "ext4 /dev/nvme0n1p2", NULL, 100, 62, ROOT},
    [VAR] = {PLACE_FS, "/var", "ext4 /dev/nvme0n1p3", NULL, 400, 161, VAR},
    [IMAGES] = {PLACE_FS, "/srv/images", "xfs /dev/nvme1n1", NULL, 2000, 1130, IMAGES},
    [BACKUP] = {PLACE_FS, "/srv/backup", "xfs /dev/sda1", NULL, 200, 0, BACKUP},
    [NFS] = {PLACE_FS, "/mnt/nfs", "nfs4 nas:/vm", NULL, 9000, 4100, NFS},
    [THIN] = {PLACE_THIN, "vg0/thin", NULL, NULL, 800, 390, THIN},
    [IMAGES_POOL] = {PLACE_POOL, "images", "dir /srv/images", "/srv/images", 2000, 1130, IMAGES},
    [BACKUP_POOL] = {PLACE_POOL, "backup", "dir /srv/backup", "/srv/backup", 200, 0, BACKUP},
};

static int place_named(const char *name)
{
    for (int i = 0; i < PLACE_COUNT; i++) {
        if (strcmp(places[i].name, name) == 0)
            return places[i].on;
    }
    return -1;
}

bool sim_storage_has(const char *name)
{
    return place_named(name) >= 0;
}

static bool happened(const struct sim *sim, const struct sim_event *event, int place)
{
    return event->name && sim->elapsed >= event->at_ns && place_named(event->name) == place;
}

/* Seconds since EVENT befell PLACE, negative when it has not. */
static double since(const struct sim *sim, const struct sim_event *event, int place)
{
    return happened(sim, event, place) ? (double)(sim->elapsed - event->at_ns) / 1e9 : -1;
}

static uint64_t available(const struct sim *sim, int place)
{
    double filled = since(sim, &sim->spec.fill, place), freed = since(sim, &sim->spec.free, place);
    uint64_t spare = places[place].total * GIB / 10;
    double avail = (double)(places[place].avail * GIB);

    /* What is freed is at least something, and the later of the two is what holds. */
    if (freed >= 0 && (filled < 0 || freed < filled))
        return places[place].avail ? places[place].avail * GIB : spare;
    if (sim->full_places >> place & 1)
        return 0;
    if (sim->spec.calm && avail == 0)
        avail = (double)spare;
    if (filled >= 0)
        avail *= fmax(0, 1 - filled / FILL_S);
    return (uint64_t)avail;
}

static int place_of(const struct sim_guest *guest)
{
    if (guest->kind == KIND_CONTAINER)
        return VAR;
    if (strcmp(guest->name, "backup") == 0)
        return BACKUP;
    return guest->handle % 8 == 7 ? NFS : guest->handle % 4 == 3 ? THIN : IMAGES;
}

void sim_storage_fill(struct sim *sim, const struct sim_guest *guest)
{
    sim->full_places |= UINT32_C(1) << place_of(guest);
}

void sim_storage_disk(const struct sim_guest *guest, char *path, size_t size,
                      struct facts_disk *ret)
{
    int place = place_of(guest);

    /* By key: names may be hostile. */
    if (place == VAR)
        snprintf(path, size, "/var/lib/lxc/%s/rootfs", guest->key);
    else if (place == THIN)
        snprintf(path, size, "/dev/vg0/%s", guest->key);
    else
        snprintf(path, size, "%s/%s.qcow2", places[place].name, guest->key);
    *ret = (struct facts_disk){.target = place == VAR ? (char *)"rootfs" : (char *)"vda",
                               .source = path};
}

void sim_storage_suffer(const struct sim *sim, struct sim_guest *guest)
{
    int place = place_of(guest);
    bool full = available(sim, place) == 0;

    /* Containers see an error and go on. */
    if (guest->kind != KIND_MACHINE || guest->state != STATE_RUNNING ||
        (!full && !happened(sim, &sim->spec.readonly, place)))
        return;
    guest->state = STATE_PAUSED;
    guest->reason = full ? "no space left on vda" : "I/O error on vda";
    guest->io_error_disk = "vda";
    guest->io_error_no_space = full;
    guest->told = false;
    guest->changed = true;
}

bool sim_storage_hangs(const struct sim *sim, const struct sim_guest *guest)
{
    return guest->kind == KIND_MACHINE && happened(sim, &sim->spec.deadmount, place_of(guest));
}

static struct storage_place say_place(const struct sim *sim, int i, int64_t at_ns)
{
    int on = places[i].on;
    bool dead = happened(sim, &sim->spec.deadmount, on);
    bool read_only = happened(sim, &sim->spec.readonly, on);
    struct storage_place place = {.kind = places[i].kind,
                                  .name = (char *)places[i].name,
                                  .detail = (char *)places[i].detail,
                                  .path = (char *)places[i].path,
                                  .below = on == i ? -1 : on,
                                  .has_bytes = true,
                                  .has_inodes = true,
                                  .read_only = read_only,
                                  .read_only_fault = read_only,
                                  .total = places[i].total * GIB,
                                  .avail = available(sim, on),
                                  .inodes_total = places[i].total << 16,
                                  .inodes_avail = places[i].total * 60000,
                                  .at_ns = at_ns};

    if (sim->spec.vile)
        place.name = place.detail = (char *)sim_hostile_text((size_t)i);
    if (dead) {
        place.silent_since_ns = at_ns - (sim->elapsed - sim->spec.deadmount.at_ns);
        place.at_ns = place.silent_since_ns;
    }
    return place;
}

/* What a guest's image takes: the first one on a place that is filled takes all that is lost. */
static struct storage_path say_path(const struct sim *sim, const struct sim_guest *guest,
                                    char *path, bool *taken, int64_t at_ns)
{
    int place = place_of(guest);
    struct storage_path ret = {.path = path, .place = place, .at_ns = at_ns};

    if (guest->kind != KIND_MACHINE)
        return ret;
    ret.has_allocated = true;
    ret.allocated = guest->memory * 5;
    if (!taken[place] && guest->state != STATE_OFF) {
        taken[place] = true;
        ret.allocated += places[place].avail * GIB - available(sim, place);
    }
    return ret;
}

void sim_storage_say(struct sim *sim, struct sink *sink, int64_t at_ns)
{
    const struct sim_spec *spec = &sim->spec;
    bool scripted =
        spec->fill.name || spec->free.name || spec->readonly.name || spec->deadmount.name;
    bool taken[PLACE_COUNT] = {false};
    struct storage_place place[PLACE_COUNT];
    struct storage_report report = {.place = place, .places = PLACE_COUNT};

    if (!scripted && sim->storage_at && at_ns - sim->storage_at < SAY_NS)
        return;
    sim->storage_at = at_ns;
    size_t max = spec->guests < STORAGE_PATHS_MAX - 2 ? spec->guests : STORAGE_PATHS_MAX - 2;
    CLEANUP_FREE char(*paths)[64] = xcalloc(max + 1, sizeof(*paths));
    CLEANUP_FREE struct storage_path *path = xcalloc(max + 2, sizeof(*path));
    report.path = path;
    for (int i = 0; i < PLACE_COUNT; i++) {
        place[i] = say_place(sim, i, at_ns);
        if (places[i].path)
            path[report.paths++] =
                (struct storage_path){.path = (char *)places[i].path, .place = places[i].on};
    }
    for (size_t i = 0; i < max; i++) {
        struct facts_disk disk;
        sim_storage_disk(&sim->guest[i], paths[i], sizeof(paths[i]), &disk);
        path[report.paths++] = say_path(sim, &sim->guest[i], paths[i], taken, at_ns);
    }
    sink_storage(sink, &report);
}
