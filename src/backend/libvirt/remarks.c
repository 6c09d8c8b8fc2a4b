#include "backend/libvirt/remarks.h"

#include <stdio.h>

#include "base/clock.h"

#define EARLY_NS (10 * NS_PER_S)

/* Its agent came up at AT_NS: it has booted, unless that was done before we looked. */
static void take_boot(struct lv_guest *guest, int64_t at_ns)
{
    if (!guest->qemu || !guest->young || guest->ready_ns)
        return;
    int64_t age_ms = (int64_t)proc_age_ms(qemu_identity(guest->qemu), proc_boottime_ns());
    int64_t since_ms = (clock_mono_ns() - at_ns) / NS_PER_MS;
    if (age_ms <= since_ms)
        return;
    guest->ready_ns = at_ns;
    guest->boot_ms = age_ms - since_ms;
}

/* False when the guest has not been told of yet. */
static bool say_one(struct lv_guests *guests, const struct lv_remark *remark, struct sink *sink)
{
    struct lv_guest *guest = lv_guests_find(guests, remark->uuid);

    if (!guest || !guest->was_told)
        return false;
    if (remark->agent)
        take_boot(guest, remark->at_ns);
    guest->panicked |= remark->panicked;
    if (remark->pinned)
        isolation_beat_hurry(&guest->isolation);
    sink_event(
        sink, guest->handle,
        &(struct news){remark->words.text, remark->words.topic, remark->words.grade, remark->times},
        clock_wall_ns() - (clock_mono_ns() - remark->at_ns));
    return true;
}

/* What happened while a machine was only being started waits for it for a moment. */
static void say_early(struct lv_remarks *remarks, struct lv_guests *guests, struct sink *sink)
{
    size_t count = remarks->early_count;

    remarks->early_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct lv_remark *remark = &remarks->early[i];
        if (!say_one(guests, remark, sink) && clock_mono_ns() - remark->at_ns < EARLY_NS)
            remarks->early[remarks->early_count++] = *remark;
    }
}

void lv_remarks_say(struct lv_remarks *remarks, struct lv_daemon *daemon, struct lv_guests *guests,
                    struct sink *sink)
{
    struct lv_remark fresh[LV_REMARKS];
    char text[96];
    size_t lost, count = lv_daemon_remarks(daemon, fresh, &lost);

    say_early(remarks, guests, sink);
    for (size_t i = 0; i < count; i++)
        if (!say_one(guests, &fresh[i], sink) && remarks->early_count < LV_EARLY_MAX)
            remarks->early[remarks->early_count++] = fresh[i];
    if (!lost)
        return;
    snprintf(text, sizeof(text), "%zu events of its machines left out: too many at once", lost);
    sink_event(sink, 0, &(struct news){.text = text, .topic = "lost", .grade = EVENT_WARN},
               clock_wall_ns());
}
