#include "base/text.h"

#include <string.h>

#include "base/alloc.h"

/* Marks that stay on one character: accents and a vowel sign need no more, and towers of them climb
 * over the neighbouring rows. */
#define MARKS_MAX 2

#define ELLIPSIS "\xe2\x80\xa6"
#define ELLIPSIS_BYTES 3

size_t text_decode(const char *src, size_t len, uint32_t *ret)
{
    const unsigned char *s = (const unsigned char *)src;
    if (len == 0)
        return 0;
    if (s[0] < 0x80) {
        *ret = s[0];
        return 1;
    }

    size_t need = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    *ret = TEXT_REPLACEMENT;
    if (s[0] < 0xc2 || s[0] > 0xf4 || need > len)
        return 1;
    uint32_t cp = s[0] & (0x7fu >> need);
    for (size_t i = 1; i < need; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 1;
        cp = cp << 6 | (s[i] & 0x3fu);
    }
    static const uint32_t least[] = {0x80, 0x800, 0x10000};
    if (cp < least[need - 2] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return 1;
    *ret = cp;
    return need;
}

size_t text_encode(uint32_t cp, char *dst)
{
    if (cp < 0x80) {
        dst[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        dst[0] = (char)(0xc0 | cp >> 6);
        dst[1] = (char)(0x80 | (cp & 0x3f));
        return 2;
    }
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        cp = TEXT_REPLACEMENT;
    if (cp < 0x10000) {
        dst[0] = (char)(0xe0 | cp >> 12);
        dst[1] = (char)(0x80 | (cp >> 6 & 0x3f));
        dst[2] = (char)(0x80 | (cp & 0x3f));
        return 3;
    }
    dst[0] = (char)(0xf0 | cp >> 18);
    dst[1] = (char)(0x80 | (cp >> 12 & 0x3f));
    dst[2] = (char)(0x80 | (cp >> 6 & 0x3f));
    dst[3] = (char)(0x80 | (cp & 0x3f));
    return 4;
}

/* Reads hostile bytes as characters that are safe to show. */
struct reader {
    const char *src;
    size_t len;
    int marks; /* on the character before; -1: there is none that could bear one */
};

/* The next character and its columns; false at the end. */
static bool next_safe(struct reader *reader, uint32_t *cp, int *width)
{
    while (reader->len > 0) {
        size_t used = text_decode(reader->src, reader->len, cp);
        reader->src += used;
        reader->len -= used;
        *width = text_cp_width(*cp);
        if (*width == 0 && reader->marks >= MARKS_MAX)
            continue;
        if (*width == 0 && reader->marks >= 0) {
            reader->marks++;
            return true;
        }
        if (*width <= 0) {
            *cp = TEXT_REPLACEMENT;
            *width = 1;
        }
        reader->marks = 0;
        return true;
    }
    return false;
}

char *text_sanitise(const char *src, size_t len, size_t max_cells)
{
    struct reader reader = {.src = src, .len = src ? len : 0, .marks = -1};
    size_t room = reader.len < 256 ? reader.len + 8 : 256;
    char *dst = xmalloc(room);
    size_t used = 0, cells = 0;
    size_t cut = 0; /* where an ellipsis would still fit */
    uint32_t cp;
    int width;

    while (next_safe(&reader, &cp, &width)) {
        if (cells + (size_t)width > max_cells) {
            used = cut;
            if (max_cells > 0) {
                memcpy(dst + used, ELLIPSIS, ELLIPSIS_BYTES);
                used += ELLIPSIS_BYTES;
            }
            break;
        }
        if (used + 8 > room)
            dst = xrealloc(dst, room *= 2, 1);
        used += text_encode(cp, dst + used);
        cells += (size_t)width;
        if (cells < max_cells)
            cut = used;
    }
    dst[used] = '\0';
    return dst;
}

void text_sanitise_into(char *dst, size_t size, const char *src, size_t len)
{
    struct reader reader = {.src = src, .len = src ? len : 0, .marks = -1};
    size_t used = 0;
    uint32_t cp;
    int width;

    if (size == 0)
        return;
    while (next_safe(&reader, &cp, &width)) {
        char bytes[4];
        size_t count = text_encode(cp, bytes);
        if (used + count >= size)
            break;
        memcpy(dst + used, bytes, count);
        used += count;
    }
    dst[used] = '\0';
}

size_t text_width(const char *text)
{
    size_t left = strlen(text), cells = 0;
    while (left > 0) {
        uint32_t cp;
        size_t used = text_decode(text, left, &cp);
        int width = text_cp_width(cp);
        cells += width < 0 ? 1 : (size_t)width;
        text += used;
        left -= used;
    }
    return cells;
}

void text_fit(char *dst, size_t size, const char *text, size_t cells, bool ascii)
{
    if (size == 0)
        return;

    size_t left = strlen(text), used = 0, taken = 0;
    size_t cut = 0, cut_cells = 0; /* where an ellipsis still fits */
    while (left > 0) {
        uint32_t cp;
        size_t bytes = text_decode(text, left, &cp);
        int width = text_cp_width(cp);
        size_t columns = width < 0 ? 1 : (size_t)width;
        if (taken + columns > cells) {
            const char *sign = ascii ? "~" : ELLIPSIS;
            size_t sign_bytes = strlen(sign);
            used = cut;
            taken = cut_cells;
            if (cells > 0 && used + sign_bytes < size) {
                memcpy(dst + used, sign, sign_bytes);
                used += sign_bytes;
                taken++;
            }
            break;
        }
        if (used + bytes >= size)
            break;
        memcpy(dst + used, text, bytes);
        used += bytes;
        taken += columns;
        text += bytes;
        left -= bytes;
        if (taken < cells) {
            cut = used;
            cut_cells = taken;
        }
    }
    while (taken++ < cells && used + 1 < size)
        dst[used++] = ' ';
    dst[used] = '\0';
}

/* The last characters of TEXT that fit into CELLS columns, WIDTH being those of the whole. */
static const char *tail_of(const char *text, size_t width, size_t cells)
{
    const char *end = text + strlen(text);
    uint32_t cp;

    while (text < end && width > cells) {
        text += text_decode(text, (size_t)(end - text), &cp);
        width -= text_cp_width(cp) > 0 ? (size_t)text_cp_width(cp) : 0;
    }
    /* A combining mark stays with the character that is cut off. */
    while (text < end) {
        size_t bytes = text_decode(text, (size_t)(end - text), &cp);
        if (text_cp_width(cp) != 0)
            break;
        text += bytes;
    }
    return text;
}

void text_fit_middle(char *dst, size_t size, const char *text, size_t cells, bool ascii)
{
    size_t width = text_width(text), used;
    const char *tail = width > cells && cells > 0 ? tail_of(text, width, (cells - 1) / 2) : "";

    text_fit(dst, size, text, cells - text_width(tail), ascii);
    used = strlen(dst);
    if (used + strlen(tail) < size)
        memcpy(dst + used, tail, strlen(tail) + 1);
}

void text_to_ascii(char *text)
{
    size_t left = strlen(text);
    char *to = text;
    while (left > 0) {
        uint32_t cp;
        size_t used = text_decode(text, left, &cp);
        int width = cp < 0x80 ? 1 : text_cp_width(cp);
        if (cp < 0x80)
            *to++ = (char)cp;
        else if (width != 0) /* a wide one has three bytes or more: there is room for its columns */
            for (int i = width < 0 ? 1 : width; i > 0; i--)
                *to++ = '?';
        text += used;
        left -= used;
    }
    *to = '\0';
}
