/* What the encoders share.  Inside frame/ only. */
#ifndef VCTOP_FRAME_PACK_H
#define VCTOP_FRAME_PACK_H

#include <msgpack.h>
#include <stdint.h>

/* One row of FRAME_ROWS: handle, state, reason, blame, age, then a value a column (nil: unknown).
 * AGE is how long before the frame's instant the sample was taken, nearly always 0 and so one byte;
 * nil when there is no sample, and then there are no values. */
#define ROW_HEAD 5

/* Flags of a place on the wire. */
enum place_has {
    PLACE_HAS_BYTES = 1 << 0,
    PLACE_HAS_INODES = 1 << 1,
    PLACE_IS_READ_ONLY = 1 << 2,
    PLACE_IS_READ_ONLY_FAULT = 1 << 3
};

/* Flags of a host sample on the wire. */
enum host_has {
    HOST_HAS_CPU = 1 << 0,
    HOST_HAS_MEMORY = 1 << 1,
    HOST_HAS_LOAD = 1 << 2,
    HOST_HAS_PSI = 1 << 3,
    HOST_HAS_DEVICES = 1 << 4
};

#define HOST_CPU_NUMBERS 5    /* of struct host_cpu */
#define HOST_DEVICE_NUMBERS 6 /* of struct host_device, behind its name */

struct host_sample;

/* A packer onto BUF that cannot fail: out of memory ends the process, it tears no frame. */
void pack_init(msgpack_packer *pk, msgpack_sbuffer *buf);

/* Raw bytes (foreign names need not be UTF-8), nil for NULL. */
void pack_text(msgpack_packer *pk, const char *text);
/* The same, cut at MAX bytes instead of FRAME_MAX_STRING. */
void pack_text_max(msgpack_packer *pk, const char *text, size_t max);

/* Reserves the length of a frame at the end of BUF; pack_close fills it in. */
size_t pack_open(msgpack_sbuffer *buf);
void pack_close(msgpack_sbuffer *buf, size_t start);

#define STORAGE_PLACE_ELEMENTS 12
#define STORAGE_PATH_ELEMENTS 4

/* A part: kind, number, name, words, instant, then its figures as field (an index into the names
 * that the frame begins with) and value in turn. */
#define PART_ELEMENTS 6

struct cost;
struct facts_disk;
struct frame_parts;
struct storage_report;
struct isolation_facts;

void pack_disks(msgpack_packer *pk, const struct facts_disk *disks); /* FACTS_DISKS_MAX of them */
void pack_storage(msgpack_packer *pk, const struct storage_report *report);
void pack_isolation(msgpack_packer *pk, uint32_t handle, const struct isolation_facts *facts);
void pack_parts(msgpack_packer *pk, const struct frame_parts *parts);
void pack_cost(msgpack_packer *pk, const struct cost *cost);
void pack_host(msgpack_packer *pk, const struct host_sample *host);

#endif
