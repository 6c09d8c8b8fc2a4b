#include "frame/frame.h"

#include "frame/pack.h"

static void put_bool(msgpack_packer *pk, bool value)
{
    (value ? msgpack_pack_true : msgpack_pack_false)(pk);
}

static void put_facts(msgpack_packer *pk, const struct facts *facts)
{
    size_t addresses = 0;

    while (addresses < FACTS_ADDRESSES_MAX && facts->addresses[addresses])
        addresses++;
    msgpack_pack_array(pk, 19);
    msgpack_pack_uint8(pk, FRAME_FACTS);
    msgpack_pack_uint32(pk, facts->handle);
    pack_text(pk, facts->key ? facts->key : "");
    pack_text(pk, facts->life ? facts->life : "");
    pack_text(pk, facts->name);
    pack_text(pk, facts->title);
    pack_text(pk, facts->type);
    pack_text(pk, facts->manager);
    pack_text(pk, facts->domain);
    msgpack_pack_int(pk, (int)facts->kind);
    msgpack_pack_uint32(pk, facts->can);
    msgpack_pack_int(pk, facts->autostart);
    msgpack_pack_int(pk, facts->persistent);
    msgpack_pack_uint32(pk, facts->vcpus);
    msgpack_pack_uint64(pk, facts->memory);
    msgpack_pack_array(pk, addresses);
    for (size_t i = 0; i < addresses; i++)
        pack_text(pk, facts->addresses[i]);
    pack_text(pk, facts->io_error_disk);
    put_bool(pk, facts->io_error_no_space);
    pack_disks(pk, facts->disks);
}

static void put_want(msgpack_packer *pk, const struct frame_want *want)
{
    size_t count = want->visible_count < FRAME_MAX_ROWS ? want->visible_count : FRAME_MAX_ROWS;

    msgpack_pack_array(pk, 6);
    msgpack_pack_uint8(pk, FRAME_WANT);
    msgpack_pack_int64(pk, want->period_ns);
    msgpack_pack_array(pk, count);
    for (size_t i = 0; i < count; i++)
        msgpack_pack_uint32(pk, want->visible[i]);
    msgpack_pack_uint32(pk, want->selected);
    msgpack_pack_int(pk, want->stuck);
    count = want->path_count < STORAGE_PATHS_MAX ? want->path_count : STORAGE_PATHS_MAX;
    msgpack_pack_array(pk, count);
    for (size_t i = 0; i < count; i++)
        pack_text(pk, want->paths[i]);
}

static void put_answer(msgpack_packer *pk, const struct frame_answer *answer)
{
    size_t count = 0;

    while (count < FACTS_ADDRESSES_MAX && answer->values[count])
        count++;
    msgpack_pack_array(pk, 3);
    msgpack_pack_uint8(pk, FRAME_ANSWER);
    pack_text(pk, answer->error);
    msgpack_pack_array(pk, count);
    for (size_t i = 0; i < count; i++)
        pack_text(pk, answer->values[i]);
}

static void put_do(msgpack_packer *pk, const struct frame_do *request)
{
    msgpack_pack_array(pk, 6);
    msgpack_pack_uint8(pk, FRAME_DO);
    pack_text(pk, action_word(request->action));
    pack_text(pk, request->key);
    pack_text(pk, request->life);
    pack_text(pk, request->name);
    msgpack_pack_int(pk, request->timeout_s);
}

static void put_ask(msgpack_packer *pk, const struct frame_ask *ask)
{
    msgpack_pack_array(pk, 5);
    msgpack_pack_uint8(pk, FRAME_ASK);
    pack_text(pk, ask->question);
    pack_text(pk, ask->key);
    pack_text(pk, ask->life);
    msgpack_pack_int(pk, ask->timeout_s);
}

static void put_progress(msgpack_packer *pk, const struct frame_progress *progress)
{
    msgpack_pack_array(pk, 7);
    msgpack_pack_uint8(pk, FRAME_PROGRESS);
    pack_text(pk, progress->text);
    pack_text(pk, progress->remedy);
    msgpack_pack_int(pk, progress->percent);
    put_bool(pk, progress->done);
    put_bool(pk, progress->failed);
    put_bool(pk, progress->timed_out);
}

/* The frames that are a few scalars and strings. */
static void put_simple(msgpack_packer *pk, const struct frame *frame)
{
    switch (frame->type) {
    case FRAME_HELLO:
        msgpack_pack_array(pk, 4);
        msgpack_pack_uint8(pk, FRAME_HELLO);
        msgpack_pack_int(pk, frame->u.hello.protocol);
        pack_text(pk, frame->u.hello.role);
        pack_text(pk, frame->u.hello.source);
        break;
    case FRAME_SOURCE:
        msgpack_pack_array(pk, 6);
        msgpack_pack_uint8(pk, FRAME_SOURCE);
        msgpack_pack_int(pk, (int)frame->u.source.state);
        pack_text(pk, frame->u.source.error);
        pack_text(pk, frame->u.source.remedy);
        pack_text(pk, frame->u.source.note);
        msgpack_pack_int64(pk, frame->u.source.restarted_ns);
        break;
    case FRAME_EVENT:
        msgpack_pack_array(pk, 4);
        msgpack_pack_uint8(pk, FRAME_EVENT);
        msgpack_pack_uint32(pk, frame->u.event.handle);
        msgpack_pack_int64(pk, frame->u.event.wall_ns);
        pack_text(pk, frame->u.event.text ? frame->u.event.text : "");
        break;
    case FRAME_PROGRESS:
        put_progress(pk, &frame->u.progress);
        break;
    case FRAME_DO:
        put_do(pk, &frame->u.action);
        break;
    case FRAME_ASK:
        put_ask(pk, &frame->u.ask);
        break;
    case FRAME_LOG:
        msgpack_pack_array(pk, 2);
        msgpack_pack_uint8(pk, FRAME_LOG);
        pack_text(pk, frame->u.log ? frame->u.log : "");
        break;
    case FRAME_GONE:
        msgpack_pack_array(pk, 2);
        msgpack_pack_uint8(pk, FRAME_GONE);
        msgpack_pack_uint32(pk, frame->u.gone);
        break;
    case FRAME_STUCK:
        msgpack_pack_array(pk, 2);
        msgpack_pack_uint8(pk, FRAME_STUCK);
        msgpack_pack_int(pk, frame->u.stuck);
        break;
    default: /* FRAME_BEAT, FRAME_ANSWERED */
        msgpack_pack_array(pk, 1);
        msgpack_pack_uint8(pk, (uint8_t)frame->type);
        break;
    }
}

void frame_put(msgpack_sbuffer *buf, const struct frame *frame)
{
    msgpack_packer pk;
    size_t start = pack_open(buf);

    pack_init(&pk, buf);
    switch (frame->type) {
    case FRAME_FACTS:
        put_facts(&pk, &frame->u.facts);
        break;
    case FRAME_HOST:
        pack_host(&pk, frame->u.host);
        break;
    case FRAME_STORAGE:
        pack_storage(&pk, &frame->u.storage);
        break;
    case FRAME_WANT:
        put_want(&pk, &frame->u.want);
        break;
    case FRAME_ANSWER:
        put_answer(&pk, &frame->u.answer);
        break;
    default:
        put_simple(&pk, frame);
        break;
    }
    pack_close(buf, start);
}
