/* The parts of a guest on the wire, both ways. */
#include "base/alloc.h"
#include "frame/decode.h"
#include "frame/pack.h"

#define FIELDS_MAX 128 /* later versions may know more fields than we do, within reason */

static void pack_part(msgpack_packer *pk, const struct part *part)
{
    uint64_t valid = part->valid & ((UINT64_C(1) << PART_FIELD_COUNT) - 1);

    msgpack_pack_array(pk, PART_ELEMENTS);
    msgpack_pack_int(pk, (int)part->kind);
    msgpack_pack_uint32(pk, part->number);
    pack_text_max(pk, part->name, FRAME_MAX_PART_TEXT);
    msgpack_pack_array(pk, PART_WORDS);
    for (int i = 0; i < PART_WORDS; i++)
        pack_text_max(pk, part->words[i], FRAME_MAX_PART_TEXT);
    msgpack_pack_int64(pk, part->at_ns);
    msgpack_pack_array(pk, 2 * (size_t)__builtin_popcountll(valid));
    for (int field = 0; field < PART_FIELD_COUNT; field++) {
        if (!(valid >> field & 1))
            continue;
        msgpack_pack_int(pk, field);
        msgpack_pack_uint64(pk, part->value[field]);
    }
}

void pack_parts(msgpack_packer *pk, const struct frame_parts *frame)
{
    const struct parts *parts = &frame->parts;
    size_t count = parts->count < PARTS_MAX ? parts->count : PARTS_MAX;

    msgpack_pack_array(pk, 6);
    msgpack_pack_uint8(pk, FRAME_PARTS);
    msgpack_pack_uint32(pk, frame->handle);
    msgpack_pack_uint32(pk, parts->left_out + (uint32_t)(parts->count - count));
    msgpack_pack_array(pk, PART_FIELD_COUNT);
    for (int field = 0; field < PART_FIELD_COUNT; field++)
        pack_text(pk, part_field_name((enum part_field)field));
    msgpack_pack_array(pk, count);
    for (size_t i = 0; i < count; i++)
        pack_part(pk, &parts->part[i]);
    msgpack_pack_uint32(pk, parts->none);
}

static void decode_words(struct reader *reader, struct part *part)
{
    size_t count = reader_array(reader, 0, SIZE_MAX);
    size_t kept = count < PART_WORDS ? count : PART_WORDS;

    for (size_t i = 0; i < kept && !reader->bad; i++)
        part->words[i] = reader_text(reader);
    reader_skip(reader, count - kept);
}

static void decode_figures(struct reader *reader, const unsigned char *fields, size_t field_count,
                           struct part *part)
{
    size_t count = reader_array(reader, 0, 2 * FIELDS_MAX);

    if (count % 2 != 0 || field_count == 0)
        reader->bad |= count > 0;
    for (size_t i = 0; i < count && !reader->bad; i += 2) {
        size_t index = (size_t)reader_uint(reader, field_count - 1);
        uint64_t value = reader_uint(reader, UINT64_MAX);
        if (!reader->bad && fields[index] < PART_FIELD_COUNT)
            part_set(part, (enum part_field)fields[index], value);
    }
}

static void decode_part(struct reader *reader, const unsigned char *fields, size_t field_count,
                        struct part *part)
{
    size_t elements = reader_array(reader, PART_ELEMENTS, SIZE_MAX);

    part->kind = (enum part_kind)reader_uint(reader, PART_KINDS - 1);
    part->number = (uint32_t)reader_uint(reader, UINT32_MAX);
    part->name = reader_text(reader);
    decode_words(reader, part);
    part->at_ns = reader_int(reader, 0, INT64_MAX);
    decode_figures(reader, fields, field_count, part);
    if (!reader->bad)
        reader_skip(reader, elements - PART_ELEMENTS);
}

void decode_parts(struct reader *reader, size_t count, struct frame *frame)
{
    struct parts *parts = &frame->u.parts.parts;
    unsigned char fields[FIELDS_MAX];
    size_t field_count, part_count;

    frame->u.parts.handle = (uint32_t)reader_uint(reader, UINT32_MAX);
    if (frame->u.parts.handle == 0)
        reader->bad = true;
    parts->left_out = (uint32_t)reader_uint(reader, UINT32_MAX);
    field_count = reader_array(reader, 0, FIELDS_MAX);
    for (size_t i = 0; i < field_count; i++) {
        char name[64] = "";
        reader_string_into(reader, name, sizeof(name));
        fields[i] = (unsigned char)part_field_from_name(name);
    }
    part_count = reader_array(reader, 0, PARTS_MAX);
    if (reader->bad)
        return;
    /* Every part takes some bytes: a short frame cannot make us allocate much. */
    if (part_count > (size_t)(reader->end - reader->at) / (PART_ELEMENTS + 1)) {
        reader->bad = true;
        return;
    }
    parts->part = xcalloc(part_count + 1, sizeof(*parts->part));
    parts->count = part_count;
    for (size_t i = 0; i < part_count && !reader->bad; i++)
        decode_part(reader, fields, field_count, &parts->part[i]);
    if (!reader->bad && count > 4)
        parts->none = (uint32_t)reader_uint(reader, UINT32_MAX);
    if (!reader->bad && count > 5)
        reader_skip(reader, count - 5);
}
