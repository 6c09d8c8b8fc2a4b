#include "backend/libvirt/balloons.h"

#include <string.h>

#include "base/clock.h"

#define SELECTED_NS (5 * NS_PER_S)
#define VISIBLE_NS (30 * NS_PER_S)
#define TIMES_NS (10 * NS_PER_S)   /* where disks of all are looked at ... */
#define EACH_NS (50 * NS_PER_MS)   /* ... if so many are not too often for their daemon */
#define USELESS_NS (60 * NS_PER_S) /* it has no figures: no reason to ask often */
#define AGAIN_NS NS_PER_S          /* somebody else was asking it */
#define KEEP_NS (120 * NS_PER_S)   /* older ones say nothing about now */

/* Another client's command was under way: without waiting for it nothing is known but names. */
static bool was_skipped(const struct lv_answer *answer)
{
    for (size_t i = 0; i < answer->disks.count; i++)
        if (part_has(&answer->disks.part[i], PART_FIELD_READ))
            return false;
    return answer->disks.count > 0;
}

/* The balloon and, if they were asked for, the disks of GUEST. */
static void take_statistics(struct lv_guest *guest, struct lv_daemon *daemon,
                            struct lv_answer *answer, bool answered, int64_t now_ns)
{
    struct lv_balloon *fresh = &answer->balloon;

    if (answered && was_skipped(answer)) {
        guest->parts_due_ns = now_ns + AGAIN_NS;
        return;
    }
    if (answered && lv_guest_is_active(guest)) {
        /* A report that is told again keeps its time, which is known to the second only. */
        fresh->reported_ns = fresh->reported_s == guest->balloon.reported_s
                                 ? guest->balloon.reported_ns
                                 : fresh->at_ns - (int64_t)fresh->measured_ms * NS_PER_MS;
        guest->balloon = *fresh;
        if (answer->question == LV_PARTS) {
            if (lv_statistics_new_image(guest->domain.definition, &guest->disks, &answer->disks))
                lv_daemon_redefined(daemon, guest->uuid);
            guest->times = (struct lv_times){0};
            if (guest->disks.count && fresh->at_ns - guest->disks.part[0].at_ns <= KEEP_NS)
                lv_statistics_times(&guest->disks, &answer->disks, &guest->times);
            parts_clear(&guest->disks);
            guest->disks = answer->disks;
            answer->disks = (struct parts){0};
        }
    }
    if (!answered || !fresh->has_used)
        guest->balloon_due_ns = now_ns + USELESS_NS;
}

static void pick_up(struct lv_balloons *balloons, struct lv_guests *guests,
                    struct lv_daemon *daemon, int64_t now_ns)
{
    char uuid[VIR_UUID_STRING_BUFLEN];
    struct lv_answer answer = {0};
    struct lv_status status;

    lv_daemon_status(daemon, &status);
    enum lv_asked asked =
        lv_monitor_poll(balloons->monitor, now_ns, status.answered_ns, uuid, &answer);
    if (asked == LV_BUSY && lv_monitor_is_slow(balloons->monitor, now_ns))
        lv_daemon_poke(daemon); /* is it this guest or the daemon? */
    struct lv_guest *guest =
        asked == LV_IDLE || asked == LV_BUSY ? NULL : lv_guests_find(guests, uuid);
    if (guest && asked == LV_STUCK)
        guest->hung_ns = now_ns;
    if (guest && answer.question != LV_IO_ERROR)
        take_statistics(guest, daemon, &answer, asked == LV_ANSWERED, now_ns);
    else if (guest && asked == LV_ANSWERED && lv_guest_has_io_error(guest))
        guest->io_error = answer.io_error;
    parts_clear(&answer.disks);
}

static bool monitor_is_well(const struct lv_guest *guest)
{
    return lv_guest_is_active(guest) && !guest->ended && guest->health == QEMU_RUNS &&
           !guest->hung_ns && !guest->blame[0];
}

/* One that an I/O error holds, nobody knows which. */
static struct lv_guest *next_held(struct lv_guests *guests, int64_t now_ns)
{
    struct lv_guest *guest, *next;

    HASH_ITER(by_uuid, guests->by_uuid, guest, next)
    {
        if (lv_guest_has_io_error(guest) && !guest->domain.io_error.known &&
            !guest->io_error.known && now_ns >= guest->io_error_due_ns && monitor_is_well(guest))
            return guest;
    }
    return NULL;
}

static bool may_ask(const struct lv_guest *guest)
{
    const struct lv_definition *definition = guest->domain.definition;

    return monitor_is_well(guest) && definition && definition->balloon &&
           definition->kind == KIND_MACHINE && guest->domain.state == VIR_DOMAIN_RUNNING;
}

static bool may_ask_disks(const struct lv_guest *guest)
{
    const struct lv_definition *definition = guest->domain.definition;

    return definition && definition->kind == KIND_MACHINE && monitor_is_well(guest);
}

/* The selected guest if it is due; else, where the times of all are wanted, who waits longest. */
static struct lv_guest *next_looked_at(struct lv_guests *guests, const struct want *want,
                                       int64_t now_ns)
{
    struct lv_guest *guest = want->selected ? lv_guests_find_handle(guests, want->selected) : NULL;
    struct lv_guest *next, *best = NULL;
    int64_t rest_ns = (int64_t)HASH_CNT(by_uuid, guests->by_uuid) * EACH_NS;

    if (guest && may_ask_disks(guest) && now_ns >= guest->parts_due_ns)
        return guest;
    if (!(want->parts & PARTS_DISK_TIMES))
        return NULL;
    if (rest_ns < TIMES_NS)
        rest_ns = TIMES_NS;
    HASH_ITER(by_uuid, guests->by_uuid, guest, next)
    {
        int64_t due = guest->parts_due_ns ? guest->parts_due_ns - SELECTED_NS + rest_ns : 0;

        if (now_ns >= due && (!best || guest->parts_due_ns < best->parts_due_ns) &&
            may_ask_disks(guest))
            best = guest;
    }
    return best;
}

/* The one on the screen that waits longest. */
static struct lv_guest *next_guest(struct lv_guests *guests, const struct want *want,
                                   int64_t now_ns)
{
    struct lv_guest *best = NULL;

    for (size_t i = 0; i < want->visible_count; i++) {
        struct lv_guest *guest = lv_guests_find_handle(guests, want->visible[i]);
        if (guest && may_ask(guest) && now_ns >= guest->balloon_due_ns &&
            (!best || guest->balloon_due_ns < best->balloon_due_ns))
            best = guest;
    }
    return best;
}

/* A monitor that answers again may be asked again. */
static void forgive(struct lv_guests *guests)
{
    struct lv_guest *guest, *next;

    HASH_ITER(by_uuid, guests->by_uuid, guest, next)
    {
        if (guest->hung_ns && guest->domain.control_at_ns > guest->hung_ns &&
            !guest->domain.occupied)
            guest->hung_ns = 0;
    }
}

void lv_balloons_step(struct lv_balloons *balloons, struct lv_guests *guests,
                      struct lv_daemon *daemon, const struct want *want, bool usable,
                      int64_t now_ns)
{
    balloons->of_others = want->stuck;
    if (!balloons->monitor)
        balloons->monitor = lv_monitor_new(guests->uri);
    pick_up(balloons, guests, daemon, now_ns);
    forgive(guests);
    if (!usable || lv_balloons_stuck(balloons) >= LV_STUCK_MAX)
        return;
    struct lv_guest *guest = next_held(guests, now_ns);
    if (guest) {
        if (lv_monitor_ask(balloons->monitor, LV_IO_ERROR, guest->uuid))
            guest->io_error_due_ns = now_ns + VISIBLE_NS;
        return;
    }
    guest = next_looked_at(guests, want, now_ns);
    if (guest) {
        if (lv_monitor_ask(balloons->monitor, LV_PARTS, guest->uuid)) {
            guest->parts_due_ns = now_ns + SELECTED_NS;
            guest->balloon_due_ns = now_ns + VISIBLE_NS; /* it is told as well */
        }
        return;
    }
    guest = next_guest(guests, want, now_ns);
    if (guest && lv_monitor_ask(balloons->monitor, LV_BALLOON, guest->uuid))
        guest->balloon_due_ns = now_ns + VISIBLE_NS;
}

int lv_balloons_own(const struct lv_balloons *balloons)
{
    return balloons->monitor ? lv_monitor_stuck(balloons->monitor) : 0;
}

void lv_balloons_forget(struct lv_balloons *balloons)
{
    if (balloons->monitor)
        lv_monitor_forget(balloons->monitor);
}

int lv_balloons_stuck(const struct lv_balloons *balloons)
{
    return balloons->of_others + lv_balloons_own(balloons);
}

void lv_balloons_figures(struct lv_guest *guest, int64_t at_ns)
{
    struct sample *sample = &guest->sample;
    const struct lv_balloon *balloon = &guest->balloon;
    const struct lv_definition *definition = guest->domain.definition;
    int64_t age_ns = at_ns > balloon->at_ns ? at_ns - balloon->at_ns : 0;

    if (definition && definition->current_memory)
        sample_set(sample, FIELD_MEM_LIMIT, definition->current_memory);
    const struct lv_times *times = &guest->times;
    if (times->at_ns && at_ns - times->at_ns <= KEEP_NS) {
        if (times->read_us >= 0)
            sample_set(sample, FIELD_DISK_READ_TIME, (uint64_t)times->read_us);
        if (times->write_us >= 0)
            sample_set(sample, FIELD_DISK_WRITE_TIME, (uint64_t)times->write_us);
    }
    if (!balloon->at_ns || !balloon->has_used || age_ns > KEEP_NS)
        return;
    sample_set(sample, FIELD_MEM_USED, balloon->used);
    sample_set(sample, FIELD_MEM_AGE, balloon->measured_ms + (uint64_t)(age_ns / NS_PER_MS));
    if (balloon->has_cache)
        sample_set(sample, FIELD_MEM_CACHE, balloon->cache);
}
