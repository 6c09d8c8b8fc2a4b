#include <string.h>

#include "base/alloc.h"
#include "picture/internal.h"

#define CHANNELS 3
#define DEPTH 255 /* QEMU writes no other */

struct header {
    const unsigned char *at, *end;
};

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* White space, and lines that begin with #; false when there is none. */
static bool skip_blank(struct header *header)
{
    const unsigned char *start = header->at;

    while (header->at < header->end) {
        if (*header->at == '#') {
            while (header->at < header->end && *header->at != '\n')
                header->at++;
        } else if (is_space(*header->at)) {
            header->at++;
        } else {
            break;
        }
    }
    return header->at > start;
}

/* 1 to MAX; 0 when there is no such number. */
static int number(struct header *header, int max)
{
    int ret = 0;

    if (!skip_blank(header))
        return 0;
    while (header->at < header->end && *header->at >= '0' && *header->at <= '9') {
        ret = 10 * ret + (*header->at++ - '0');
        if (ret > max)
            return 0;
    }
    return ret;
}

int ppm_decode(struct image *ret, const unsigned char *data, size_t len, struct error *err)
{
    struct header header = {.at = data, .end = data + len};
    int width, height;
    size_t size;

    if (len < 2 || memcmp(data, "P6", 2) != 0)
        return error_set(err, ERR_SYNTAX, NULL, "its picture is neither PPM nor PNG");
    header.at += 2;
    width = number(&header, SCREEN_PIXELS_MAX);
    height = number(&header, SCREEN_PIXELS_MAX);
    if (!width || !height || number(&header, DEPTH) != DEPTH)
        return error_set(err, ERR_SYNTAX, NULL, "its picture is no PPM of 8 bits and %d pixels",
                         SCREEN_PIXELS_MAX);
    /* One blank, then the pixels: whatever comes next belongs to them. */
    if (header.at == header.end || !is_space(*header.at++))
        return error_set(err, ERR_SYNTAX, NULL, "its picture is a broken PPM");
    size = (size_t)width * (size_t)height * CHANNELS;
    if ((size_t)(header.end - header.at) < size)
        return error_set(err, ERR_SYNTAX, NULL, "its picture is cut short");
    ret->width = width;
    ret->height = height;
    ret->rgb = xmalloc(size);
    memcpy(ret->rgb, header.at, size);
    return 0;
}
