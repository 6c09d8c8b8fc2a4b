#include "frame/frame.h"

#include "frame/pack.h"

void frame_rows_begin(struct frame_rows_writer *writer, int64_t at_ns, uint64_t columns)
{
    msgpack_sbuffer_init(&writer->body);
    writer->columns = columns & ((UINT64_C(1) << FIELD_COUNT) - 1);
    writer->at_ns = at_ns;
    writer->count = 0;
}

void frame_rows_add(struct frame_rows_writer *writer, uint32_t handle, enum guest_state state,
                    const char *reason, const char *blame, const struct sample *sample)
{
    bool sampled = sample && sample->at_ns > 0;
    size_t columns = (size_t)__builtin_popcountll(writer->columns);
    msgpack_packer pk;

    pack_init(&pk, &writer->body);
    msgpack_pack_array(&pk, ROW_HEAD + (sampled ? columns : 0));
    msgpack_pack_uint32(&pk, handle);
    msgpack_pack_int(&pk, (int)state);
    pack_text(&pk, reason);
    pack_text(&pk, blame);
    writer->count++;
    if (!sampled) {
        msgpack_pack_nil(&pk);
        return;
    }
    msgpack_pack_int64(&pk, writer->at_ns - sample->at_ns);
    for (int field = 0; field < FIELD_COUNT; field++) {
        if (!(writer->columns >> field & 1))
            continue;
        if (sample_has(sample, (enum field)field))
            msgpack_pack_uint64(&pk, sample->value[field]);
        else
            msgpack_pack_nil(&pk);
    }
}

void frame_rows_end(struct frame_rows_writer *writer, msgpack_sbuffer *buf)
{
    size_t start = pack_open(buf);
    msgpack_packer pk;

    pack_init(&pk, buf);
    msgpack_pack_array(&pk, 4);
    msgpack_pack_uint8(&pk, FRAME_ROWS);
    msgpack_pack_int64(&pk, writer->at_ns);
    msgpack_pack_array(&pk, (size_t)__builtin_popcountll(writer->columns));
    for (int field = 0; field < FIELD_COUNT; field++)
        if (writer->columns >> field & 1)
            pack_text(&pk, field_name((enum field)field));
    msgpack_pack_array(&pk, writer->count);
    /* What a packer writes is bytes: the rows are ready-made ones. */
    if (writer->body.size)
        pk.callback(pk.data, writer->body.data, writer->body.size);
    pack_close(buf, start);
    msgpack_sbuffer_destroy(&writer->body);
    msgpack_sbuffer_init(&writer->body);
    writer->count = 0;
}
