/* Storage on the wire, both ways. */
#include "base/alloc.h"
#include "frame/decode.h"
#include "frame/pack.h"

void pack_disks(msgpack_packer *pk, const struct facts_disk *disks)
{
    size_t count = 0;

    while (count < FACTS_DISKS_MAX && disks[count].target)
        count++;
    msgpack_pack_array(pk, count);
    for (size_t i = 0; i < count; i++) {
        msgpack_pack_array(pk, 3);
        pack_text(pk, disks[i].target);
        pack_text(pk, disks[i].source);
        pack_text(pk, disks[i].pool);
    }
}

void decode_disks(struct reader *reader, struct facts_disk *disks)
{
    size_t count = reader_array(reader, 0, SIZE_MAX);
    size_t kept = count < FACTS_DISKS_MAX ? count : FACTS_DISKS_MAX;

    for (size_t i = 0; i < kept && !reader->bad; i++) {
        size_t elements = reader_array(reader, 3, SIZE_MAX);
        disks[i].target = reader_string(reader);
        disks[i].source = reader_text(reader);
        disks[i].pool = reader_text(reader);
        if (!reader->bad)
            reader_skip(reader, elements - 3);
    }
    reader_skip(reader, count - kept);
}

static void pack_place(msgpack_packer *pk, const struct storage_place *place)
{
    unsigned has = (place->has_bytes ? PLACE_HAS_BYTES : 0u) |
                   (place->has_inodes ? PLACE_HAS_INODES : 0u) |
                   (place->read_only ? PLACE_IS_READ_ONLY : 0u) |
                   (place->read_only_fault ? PLACE_IS_READ_ONLY_FAULT : 0u);

    msgpack_pack_array(pk, STORAGE_PLACE_ELEMENTS);
    msgpack_pack_int(pk, (int)place->kind);
    pack_text(pk, place->name ? place->name : "");
    pack_text(pk, place->detail);
    pack_text(pk, place->path);
    msgpack_pack_int(pk, place->below);
    msgpack_pack_unsigned_int(pk, has);
    msgpack_pack_uint64(pk, place->total);
    msgpack_pack_uint64(pk, place->avail);
    msgpack_pack_uint64(pk, place->inodes_total);
    msgpack_pack_uint64(pk, place->inodes_avail);
    msgpack_pack_int64(pk, place->at_ns);
    msgpack_pack_int64(pk, place->silent_since_ns);
}

static size_t at_most(size_t count, size_t max)
{
    return count < max ? count : max;
}

void pack_storage(msgpack_packer *pk, const struct storage_report *report)
{
    size_t places = at_most(report->places, STORAGE_PLACES_MAX);
    size_t paths = at_most(report->paths, STORAGE_PATHS_MAX);

    msgpack_pack_array(pk, 3);
    msgpack_pack_uint8(pk, FRAME_STORAGE);
    msgpack_pack_array(pk, places);
    for (size_t i = 0; i < places; i++)
        pack_place(pk, &report->place[i]);
    msgpack_pack_array(pk, paths);
    for (size_t i = 0; i < paths; i++) {
        const struct storage_path *path = &report->path[i];
        msgpack_pack_array(pk, STORAGE_PATH_ELEMENTS);
        pack_text(pk, path->path ? path->path : "");
        msgpack_pack_int(pk, path->place);
        if (path->has_allocated)
            msgpack_pack_uint64(pk, path->allocated);
        else
            msgpack_pack_nil(pk);
        msgpack_pack_int64(pk, path->at_ns);
    }
}

static void decode_place(struct reader *reader, struct storage_place *place)
{
    size_t elements = reader_array(reader, STORAGE_PLACE_ELEMENTS, SIZE_MAX);
    uint64_t has;

    place->kind = (enum place_kind)reader_uint(reader, PLACE_THIN);
    place->name = reader_string(reader);
    place->detail = reader_text(reader);
    place->path = reader_text(reader);
    place->below = (int)reader_int(reader, -1, STORAGE_PLACES_MAX - 1);
    has = reader_uint(reader, UINT32_MAX);
    place->has_bytes = has & PLACE_HAS_BYTES;
    place->has_inodes = has & PLACE_HAS_INODES;
    place->read_only = has & PLACE_IS_READ_ONLY;
    place->read_only_fault = has & PLACE_IS_READ_ONLY_FAULT;
    place->total = reader_uint(reader, UINT64_MAX);
    place->avail = reader_uint(reader, UINT64_MAX);
    place->inodes_total = reader_uint(reader, UINT64_MAX);
    place->inodes_avail = reader_uint(reader, UINT64_MAX);
    place->at_ns = reader_int(reader, 0, INT64_MAX);
    place->silent_since_ns = reader_int(reader, 0, INT64_MAX);
    if (!reader->bad)
        reader_skip(reader, elements - STORAGE_PLACE_ELEMENTS);
}

static void decode_path(struct reader *reader, struct storage_path *path)
{
    size_t elements = reader_array(reader, STORAGE_PATH_ELEMENTS, SIZE_MAX);

    path->path = reader_string(reader);
    path->place = (int)reader_int(reader, -1, STORAGE_PLACES_MAX - 1);
    path->has_allocated = !reader_nil(reader);
    if (path->has_allocated)
        path->allocated = reader_uint(reader, UINT64_MAX);
    path->at_ns = reader_int(reader, 0, INT64_MAX);
    if (!reader->bad)
        reader_skip(reader, elements - STORAGE_PATH_ELEMENTS);
}

/* Every element takes at least a byte, so that a short frame cannot make us allocate much. */
void decode_storage(struct reader *reader, size_t count, struct frame *frame)
{
    struct storage_report *report = &frame->u.storage;
    size_t places = reader_array(reader, 0, STORAGE_PLACES_MAX);

    report->place = xcalloc(places + 1, sizeof(*report->place));
    report->places = places;
    for (size_t i = 0; i < places && !reader->bad; i++)
        decode_place(reader, &report->place[i]);
    size_t paths = reader_array(reader, 0, STORAGE_PATHS_MAX);
    report->path = xcalloc(paths + 1, sizeof(*report->path));
    report->paths = paths;
    for (size_t i = 0; i < paths && !reader->bad; i++)
        decode_path(reader, &report->path[i]);
    if (!reader->bad)
        reader_skip(reader, count - 2);
}
