/* What a worker says of its own cost, both ways; what it does not know is nil. */
#include "frame/decode.h"
#include "frame/pack.h"

static void pack_known(msgpack_packer *pk, bool known, uint64_t value)
{
    if (known)
        msgpack_pack_uint64(pk, value);
    else
        msgpack_pack_nil(pk);
}

void pack_cost(msgpack_packer *pk, const struct cost *cost)
{
    msgpack_pack_array(pk, 11);
    msgpack_pack_uint8(pk, FRAME_COST);
    msgpack_pack_int64(pk, cost->at_ns);
    msgpack_pack_int64(pk, cost->self.cpu_ns);
    pack_known(pk, cost->self.has_calls, cost->self.reads);
    pack_known(pk, cost->self.has_calls, cost->self.writes);
    pack_known(pk, cost->self.has_memory, cost->self.memory);
    msgpack_pack_uint64(pk, cost->calls);
    pack_text(pk, cost->slowest.what);
    pack_text(pk, cost->slowest.about);
    msgpack_pack_int64(pk, cost->slowest.took_ns);
    (cost->slowest.running ? msgpack_pack_true : msgpack_pack_false)(pk);
}

static bool decode_known(struct reader *reader, uint64_t *ret)
{
    if (reader_nil(reader))
        return false;
    *ret = reader_uint(reader, UINT64_MAX);
    return true;
}

void decode_cost(struct reader *reader, struct cost *cost)
{
    cost->at_ns = reader_int(reader, 1, INT64_MAX / 2);
    cost->self.cpu_ns = reader_int(reader, 0, INT64_MAX / 2);
    bool reads = decode_known(reader, &cost->self.reads);
    bool writes = decode_known(reader, &cost->self.writes);
    cost->self.has_calls = reads && writes;
    cost->self.has_memory = decode_known(reader, &cost->self.memory);
    cost->calls = reader_uint(reader, UINT64_MAX);
    reader_string_into(reader, cost->slowest.what, sizeof(cost->slowest.what));
    reader_string_into(reader, cost->slowest.about, sizeof(cost->slowest.about));
    cost->slowest.took_ns = reader_int(reader, 0, INT64_MAX / 2);
    cost->slowest.running = reader_bool(reader);
}
