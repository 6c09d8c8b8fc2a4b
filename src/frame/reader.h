/* Reads MessagePack straight from hostile bytes.  Inside frame/ only.
 *
 * Not msgpack_unpack(): that allocates what a length field claims before it looks for the elements,
 * 24 bytes for each claimed byte.  Here nothing is allocated but strings that are really there, a
 * container of N elements needs N bytes to come, and nesting costs no stack. */
#ifndef VCTOP_FRAME_READER_H
#define VCTOP_FRAME_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* After the first violation BAD is set and stays; every later call returns 0, false or NULL, so
 * that a decoder may read on and check once. */
struct reader {
    const unsigned char *at, *end;
    bool bad;
};

void reader_init(struct reader *reader, const char *data, size_t len);

/* An array of at least MIN and at most MAX elements; returns how many. */
size_t reader_array(struct reader *reader, size_t min, size_t max);
uint64_t reader_uint(struct reader *reader, uint64_t max);
int64_t reader_int(struct reader *reader, int64_t min, int64_t max);
bool reader_bool(struct reader *reader);
double reader_double(struct reader *reader); /* finite or NAN */
/* Consumes a nil when that is what comes next. */
bool reader_nil(struct reader *reader);
/* A string of at most FRAME_MAX_STRING bytes without NUL, the caller's to free; NULL for nil. */
char *reader_text(struct reader *reader);
/* The same of at most MAX bytes. */
char *reader_text_max(struct reader *reader, size_t max);
/* The same as reader_text, but nil is a violation. */
char *reader_string(struct reader *reader);
/* The same into a fixed buffer; one that does not fit is a violation. */
void reader_string_into(struct reader *reader, char *dst, size_t size);
/* At least 1 and at most MAX bytes of any kind, the caller's to free; *LEN is their number. */
char *reader_bytes(struct reader *reader, size_t max, size_t *len);
/* Passes over COUNT elements of any kind. */
void reader_skip(struct reader *reader, size_t count);

#endif
