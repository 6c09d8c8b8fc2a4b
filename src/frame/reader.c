#include "frame/reader.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "frame/frame.h"

enum token_kind {
    TOKEN_BAD,
    TOKEN_NIL,
    TOKEN_BOOL,
    TOKEN_UINT,
    TOKEN_NEGATIVE,
    TOKEN_DOUBLE,
    TOKEN_BYTES,
    TOKEN_ARRAY,
    TOKEN_MAP,
    TOKEN_EXT
};

/* One scalar, or the head of a container (LEN: its elements; pairs of a map). */
struct token {
    enum token_kind kind;
    uint64_t number;
    int64_t negative;
    double real;
    const unsigned char *bytes;
    size_t len;
};

void reader_init(struct reader *reader, const char *data, size_t len)
{
    reader->at = (const unsigned char *)data;
    reader->end = reader->at + len;
    reader->bad = false;
}

static size_t left(const struct reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

static uint64_t big_endian(struct reader *reader, size_t bytes)
{
    uint64_t value = 0;

    if (left(reader) < bytes) {
        reader->bad = true;
        return 0;
    }
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | *reader->at++;
    return value;
}

static struct token token_uint(uint64_t number)
{
    return (struct token){.kind = TOKEN_UINT, .number = number};
}

static struct token token_int(int64_t number)
{
    if (number >= 0)
        return token_uint((uint64_t)number);
    return (struct token){.kind = TOKEN_NEGATIVE, .negative = number};
}

static struct token token_bytes(struct reader *reader, enum token_kind kind, uint64_t len)
{
    struct token token = {.kind = kind, .bytes = reader->at};

    if (len > left(reader)) {
        reader->bad = true;
        return (struct token){.kind = TOKEN_BAD};
    }
    token.len = (size_t)len;
    reader->at += token.len;
    return token;
}

static struct token token_container(struct reader *reader, enum token_kind kind, uint64_t len)
{
    uint64_t elements = kind == TOKEN_MAP ? 2 * len : len;

    if (elements > left(reader)) {
        reader->bad = true;
        return (struct token){.kind = TOKEN_BAD};
    }
    return (struct token){.kind = kind, .len = (size_t)len};
}

static struct token token_real(struct reader *reader, size_t bytes)
{
    uint64_t raw = big_endian(reader, bytes);
    struct token token = {.kind = TOKEN_DOUBLE};

    if (bytes == sizeof(float)) {
        uint32_t raw32 = (uint32_t)raw;
        float narrow;
        memcpy(&narrow, &raw32, sizeof(narrow));
        token.real = (double)narrow;
    } else {
        memcpy(&token.real, &raw, sizeof(token.real));
    }
    return token;
}

static struct token token_tagged(struct reader *reader, unsigned char tag)
{
    switch (tag) {
    case 0xc0:
        return (struct token){.kind = TOKEN_NIL};
    case 0xc2:
    case 0xc3:
        return (struct token){.kind = TOKEN_BOOL, .number = tag & 1};
    case 0xc4: /* bin 8, 16, 32 */
    case 0xc5:
    case 0xc6:
        return token_bytes(reader, TOKEN_BYTES, big_endian(reader, (size_t)1 << (tag - 0xc4)));
    case 0xc7: /* ext 8, 16, 32: a type byte before the data */
    case 0xc8:
    case 0xc9:
        return token_bytes(reader, TOKEN_EXT, big_endian(reader, (size_t)1 << (tag - 0xc7)) + 1);
    case 0xca:
    case 0xcb:
        return token_real(reader, tag == 0xca ? 4 : 8);
    case 0xcc: /* uint 8 to 64 */
    case 0xcd:
    case 0xce:
    case 0xcf:
        return token_uint(big_endian(reader, (size_t)1 << (tag - 0xcc)));
    case 0xd0: /* int 8 to 64 */
        return token_int((int8_t)big_endian(reader, 1));
    case 0xd1:
        return token_int((int16_t)big_endian(reader, 2));
    case 0xd2:
        return token_int((int32_t)big_endian(reader, 4));
    case 0xd3:
        return token_int((int64_t)big_endian(reader, 8));
    case 0xd4: /* ext of 1, 2, 4, 8, 16 bytes */
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
        return token_bytes(reader, TOKEN_EXT, ((uint64_t)1 << (tag - 0xd4)) + 1);
    case 0xd9: /* str 8, 16, 32 */
    case 0xda:
    case 0xdb:
        return token_bytes(reader, TOKEN_BYTES, big_endian(reader, (size_t)1 << (tag - 0xd9)));
    case 0xdc:
    case 0xdd:
        return token_container(reader, TOKEN_ARRAY, big_endian(reader, tag == 0xdc ? 2 : 4));
    case 0xde:
    case 0xdf:
        return token_container(reader, TOKEN_MAP, big_endian(reader, tag == 0xde ? 2 : 4));
    default: /* 0xc1 is never used */
        return (struct token){.kind = TOKEN_BAD};
    }
}

static struct token next(struct reader *reader)
{
    struct token token = {.kind = TOKEN_BAD};
    unsigned char tag;

    if (reader->bad || reader->at == reader->end) {
        reader->bad = true;
        return token;
    }
    tag = *reader->at++;
    if (tag < 0x80)
        return token_uint(tag);
    if (tag < 0x90)
        token = token_container(reader, TOKEN_MAP, tag & 0x0f);
    else if (tag < 0xa0)
        token = token_container(reader, TOKEN_ARRAY, tag & 0x0f);
    else if (tag < 0xc0)
        token = token_bytes(reader, TOKEN_BYTES, tag & 0x1f);
    else if (tag >= 0xe0)
        return token_int((int8_t)tag);
    else
        token = token_tagged(reader, tag);
    if (reader->bad)
        token.kind = TOKEN_BAD;
    else if (token.kind == TOKEN_BAD)
        reader->bad = true;
    return token;
}

size_t reader_array(struct reader *reader, size_t min, size_t max)
{
    struct token token = next(reader);

    if (token.kind == TOKEN_ARRAY && token.len >= min && token.len <= max)
        return token.len;
    reader->bad = true;
    return 0;
}

uint64_t reader_uint(struct reader *reader, uint64_t max)
{
    struct token token = next(reader);

    if (token.kind == TOKEN_UINT && token.number <= max)
        return token.number;
    reader->bad = true;
    return 0;
}

int64_t reader_int(struct reader *reader, int64_t min, int64_t max)
{
    struct token token = next(reader);
    int64_t value = token.negative;

    if (token.kind == TOKEN_UINT && token.number <= INT64_MAX)
        value = (int64_t)token.number;
    else if (token.kind != TOKEN_NEGATIVE)
        reader->bad = true;
    if (value < min || value > max)
        reader->bad = true;
    return reader->bad ? 0 : value;
}

bool reader_bool(struct reader *reader)
{
    struct token token = next(reader);

    if (token.kind == TOKEN_BOOL)
        return token.number;
    reader->bad = true;
    return false;
}

double reader_double(struct reader *reader)
{
    struct token token = next(reader);

    if (token.kind == TOKEN_DOUBLE && !isinf(token.real))
        return token.real;
    if (token.kind == TOKEN_UINT)
        return (double)token.number;
    reader->bad = true;
    return 0;
}

bool reader_nil(struct reader *reader)
{
    if (reader->bad || reader->at == reader->end || *reader->at != 0xc0)
        return false;
    reader->at++;
    return true;
}

/* The bytes of a string of ours: bounded, and without a NUL that would hide what follows it. */
static struct token text_token(struct reader *reader, size_t max)
{
    struct token token = next(reader);

    if (token.kind != TOKEN_BYTES || token.len > max || memchr(token.bytes, '\0', token.len)) {
        reader->bad = true;
        token.kind = TOKEN_BAD;
    }
    return token;
}

static char *string_max(struct reader *reader, size_t max)
{
    struct token token = text_token(reader, max);

    return token.kind == TOKEN_BAD ? NULL : xstrndup((const char *)token.bytes, token.len);
}

char *reader_string(struct reader *reader)
{
    return string_max(reader, FRAME_MAX_STRING);
}

char *reader_text_max(struct reader *reader, size_t max)
{
    return reader_nil(reader) ? NULL : string_max(reader, max);
}

char *reader_text(struct reader *reader)
{
    return reader_text_max(reader, FRAME_MAX_STRING);
}

void reader_string_into(struct reader *reader, char *dst, size_t size)
{
    struct token token = text_token(reader, size - 1);

    if (token.kind == TOKEN_BAD)
        return;
    memcpy(dst, token.bytes, token.len);
    dst[token.len] = '\0';
}

char *reader_bytes(struct reader *reader, size_t max, size_t *len)
{
    struct token token = next(reader);

    if (token.kind != TOKEN_BYTES || token.len == 0 || token.len > max) {
        reader->bad = true;
        return NULL;
    }
    char *copy = xmalloc(token.len);
    memcpy(copy, token.bytes, token.len);
    *len = token.len;
    return copy;
}

void reader_skip(struct reader *reader, size_t count)
{
    /* A counter, not recursion: each element takes at least one byte, so this ends with the data.
     */
    while (count && !reader->bad) {
        struct token token = next(reader);
        count--;
        if (token.kind == TOKEN_ARRAY)
            count += token.len;
        else if (token.kind == TOKEN_MAP)
            count += 2 * token.len;
        if (count > left(reader))
            reader->bad = true;
    }
}
