#include "base/text.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

static bool is_plain(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("._~:/+@=,-", c));
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

char *text_percent_encode(const char *src, size_t len)
{
    static const char digits[] = "0123456789ABCDEF";

    char *dst = xrealloc(NULL, len + 1, 3);
    char *to = dst;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)src[i];
        if (is_plain(c)) {
            *to++ = (char)c;
            continue;
        }
        *to++ = '%';
        *to++ = digits[c >> 4];
        *to++ = digits[c & 15];
    }
    *to = '\0';
    return dst;
}

/* Strict, so that two different texts never mean the same bytes but for the case of a digit. */
char *text_percent_decode(const char *src, size_t *ret_len)
{
    CLEANUP_FREE char *dst = xmalloc(strlen(src) + 1);
    size_t len = 0;
    while (*src) {
        if (*src != '%') {
            if (!is_plain((unsigned char)*src))
                return NULL;
            dst[len++] = *src++;
            continue;
        }
        int high = hex_value(src[1]);
        int low = high < 0 ? -1 : hex_value(src[2]);
        if (low < 0)
            return NULL;
        dst[len++] = (char)(high << 4 | low);
        src += 3;
    }
    dst[len] = '\0';
    if (ret_len)
        *ret_len = len;
    return move_ptr(&dst);
}
