/* A child's bytes on their way into the world: frames, and what of them the model keeps. */
#include "fuzz/must.h"

#include <string.h>

#include "base/text.h"
#include "frame/frame.h"
#include "model/world.h"

static void must_be_tame(const char *text)
{
    if (!text)
        return;
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        must(*at >= ' ' && *at != 0x7f, "what the world says has no control characters");
}

static void feed(struct world *world, struct frame *frame)
{
    switch (frame->type) {
    case FRAME_FACTS:
        world_facts(world, "sim", &frame->u.facts, 1, 1);
        break;
    case FRAME_ROWS:
        for (size_t i = 0; i < frame->u.rows.count; i++) {
            struct frame_row *row = &frame->u.rows.row[i];
            world_row(world, "sim", row->handle, row->state, row->reason, row->blame, &row->sample,
                      2, 2);
        }
        break;
    case FRAME_SOURCE:
        world_source_state(world, "sim", frame->u.source.state, frame->u.source.error,
                           frame->u.source.remedy, frame->u.source.note, 3, 3);
        break;
    case FRAME_EVENT:
        world_news(world, "sim", frame->u.event.handle,
                   &(struct news){frame->u.event.text, frame->u.event.topic, frame->u.event.grade,
                                  frame->u.event.times},
                   6, frame->u.event.wall_ns);
        break;
    case FRAME_HOST:
        world_host(world, frame->u.host);
        break;
    case FRAME_STORAGE:
        world_storage(world, "sim", &frame->u.storage, 4);
        break;
    case FRAME_GONE:
        world_gone(world, "sim", frame->u.gone, 5, 5);
        break;
    default:
        break;
    }
}

static void look(const struct world *world)
{
    for (size_t i = 0; i < world_guest_count(world); i++) {
        const struct guest *guest = world_guest_at(world, i);
        must_be_tame(guest->facts.name);
        must_be_tame(guest->facts.title);
        must_be_tame(guest->facts.manager);
        must_be_tame(guest->reason);
        must_be_tame(guest->blame);
        for (int k = 0; k < FACTS_ADDRESSES_MAX; k++)
            must_be_tame(guest->facts.addresses[k]);
    }
    must_be_tame(world_source(world, "sim")->error);
    must_be_tame(world_source(world, "sim")->note);
    const struct event *event = event_log_get(world_events(world), 0);
    must_be_tame(event ? event->text : NULL);
}

/* Frames one after the other, each behind its length as two bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world *world = world_new(INT64_C(1000000000));

    world_add_source(world, "sim", true);
    while (size >= 2) {
        size_t len = (size_t)data[0] | (size_t)data[1] << 8;
        struct frame frame;
        struct error err;

        data += 2;
        size -= 2;
        if (len > size)
            len = size;
        if (frame_parse(&frame, (const char *)data, len, &err) == 0) {
            feed(world, &frame);
            frame_clear(&frame);
        }
        data += len;
        size -= len;
    }
    look(world);
    world_free(world);
    return 0;
}
