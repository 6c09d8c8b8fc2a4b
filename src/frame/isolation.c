/* What isolates a guest, on the wire, both ways: fact by fact in the order of the table, each nil,
 * a number or a list that begins with how many texts there were before it was cut. */
#include "model/isolation.h"
#include "base/cleanup.h"
#include "frame/decode.h"
#include "frame/pack.h"

static bool is_number(enum isolation_fact fact)
{
    enum isolation_form form = isolation_fact_form(fact);
    return form != ISOLATION_TEXT && form != ISOLATION_LIST;
}

static void pack_value(msgpack_packer *pk, enum isolation_fact fact,
                       const struct isolation_value *value)
{
    if (!value->known) {
        msgpack_pack_nil(pk);
        return;
    }
    if (is_number(fact)) {
        msgpack_pack_uint64(pk, value->number);
        return;
    }
    msgpack_pack_array(pk, 1 + value->count);
    msgpack_pack_uint64(pk, value->number);
    for (size_t i = 0; i < value->count; i++)
        pack_text(pk, value->text[i]);
}

void pack_isolation(msgpack_packer *pk, uint32_t handle, const struct isolation_facts *facts)
{
    msgpack_pack_array(pk, 3);
    msgpack_pack_uint8(pk, FRAME_ISOLATION);
    msgpack_pack_uint32(pk, handle);
    msgpack_pack_array(pk, ISOLATION_FACT_COUNT);
    for (int i = 0; i < ISOLATION_FACT_COUNT; i++)
        pack_value(pk, (enum isolation_fact)i, &facts->at[i]);
}

static void decode_texts(struct reader *reader, enum isolation_fact fact,
                         struct isolation_facts *facts)
{
    size_t most = isolation_fact_form(fact) == ISOLATION_TEXT ? 1 : ISOLATION_LIST_MAX;
    size_t count = reader_array(reader, 1, 1 + most);
    uint64_t all = reader_uint(reader, UINT32_MAX);

    isolation_begin_list(facts, fact);
    for (size_t i = 1; i < count && !reader->bad; i++) {
        CLEANUP_FREE char *text = reader_string(reader);
        if (text)
            isolation_add(facts, fact, text);
    }
    if (all > facts->at[fact].number)
        facts->at[fact].number = all;
}

void decode_isolation(struct reader *reader, struct frame_isolation *isolation)
{
    isolation->handle = (uint32_t)reader_uint(reader, UINT32_MAX);
    if (isolation->handle == 0)
        reader->bad = true;
    size_t count = reader_array(reader, 0, SIZE_MAX);
    size_t known = count < ISOLATION_FACT_COUNT ? count : ISOLATION_FACT_COUNT;

    for (size_t i = 0; i < known && !reader->bad; i++) {
        enum isolation_fact fact = (enum isolation_fact)i;
        if (reader_nil(reader))
            continue;
        if (is_number(fact))
            isolation_set_number(&isolation->facts, fact, reader_uint(reader, UINT64_MAX));
        else
            decode_texts(reader, fact, &isolation->facts);
    }
    reader_skip(reader, count - known);
}
