#include "ui/emulator/plain.h"

#include <string.h>

#define ESCAPE '\033'

enum {
    TEXT,
    ESCAPED,  /* after ESC */
    SEQUENCE, /* after ESC [ */
    STRING,   /* a title, a device's control string: up to BEL or ESC \ */
    STRING_ESCAPED
};

static void begin(struct plain *plain)
{
    plain->state = ESCAPED;
    plain->sequence[0] = ESCAPE;
    plain->len = 1;
}

static size_t text(unsigned char c, bool for_terminal, char *dst)
{
    size_t used = 0;

    if (c == '\n' && for_terminal)
        dst[used++] = '\r';
    if (c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f))
        dst[used++] = (char)c;
    return used;
}

static size_t in_sequence(struct plain *plain, unsigned char c, bool for_terminal, char *dst)
{
    if (plain->len < sizeof(plain->sequence))
        plain->sequence[plain->len++] = (char)c;
    if (c < ' ') {
        plain->state = TEXT; /* it was none */
        return text(c, for_terminal, dst);
    }
    if (c < '@')
        return 0;
    plain->state = TEXT;
    if (c != 'm' || !for_terminal || plain->sequence[plain->len - 1] != 'm')
        return 0;
    memcpy(dst, plain->sequence, plain->len);
    return plain->len;
}

static size_t take(struct plain *plain, unsigned char c, bool for_terminal, char *dst)
{
    bool in_string = plain->state == STRING || plain->state == STRING_ESCAPED;

    if (c == ESCAPE && !in_string) {
        begin(plain);
        return 0;
    }
    switch (plain->state) {
    case ESCAPED:
        plain->state = c == '[' ? SEQUENCE : c && strchr("]PX^_", c) ? STRING : TEXT;
        if (c >= ' ' && c < '0')
            plain->state = ESCAPED; /* of three bytes */
        if (c == '[')
            plain->sequence[plain->len++] = '[';
        return 0;
    case SEQUENCE:
        return in_sequence(plain, c, for_terminal, dst);
    case STRING:
    case STRING_ESCAPED:
        /* A line end is the end of one that has none. */
        if (c == '\a' || c == '\n' || (plain->state == STRING_ESCAPED && c == '\\')) {
            plain->state = TEXT;
            return c == '\n' ? text(c, for_terminal, dst) : 0;
        }
        plain->state = c == ESCAPE ? STRING_ESCAPED : STRING;
        return 0;
    default:
        return text(c, for_terminal, dst);
    }
}

size_t plain_take(struct plain *plain, const char *bytes, size_t len, bool for_terminal, char *dst)
{
    size_t used = 0;

    for (size_t i = 0; i < len; i++)
        used += take(plain, (unsigned char)bytes[i], for_terminal, dst + used);
    return used;
}
