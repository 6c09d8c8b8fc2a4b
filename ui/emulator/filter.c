#include "ui/emulator/filter.h"

#include <string.h>

#define ESCAPE '\033'
#define CANCEL '\030'
#define SUBSTITUTE '\032'
/* A string without an end does not swallow all that comes. */
#define STRING_MAX 8192
/* Of a sequence: libvterm has room for sixteen, and no terminal has so many rows. */
#define ARGUMENTS_MAX 15
#define MARKS_MAX 3 /* other than arguments */
#define ESCAPED_MAX ((size_t)4)
#define DIGITS_MAX 4

enum {
    TEXT,
    ESCAPED,  /* after ESC */
    SEQUENCE, /* after ESC [ */
    STRING,   /* up to BEL or ESC \ */
    STRING_ESCAPED
};

static size_t put(char *dst, const char *bytes, size_t len)
{
    memcpy(dst, bytes, len);
    return len;
}

/* A character of text, or a control on its own. */
static size_t take_text(unsigned char c, enum filter_for what, char *dst)
{
    bool kept = what == FILTER_TERMINAL || c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f);
    size_t used = 0;

    if (c == '\n' && what == FILTER_LOG)
        dst[used++] = '\r';
    if (kept)
        dst[used++] = (char)c;
    return used;
}

static size_t begin(struct filter *filter)
{
    filter->repeats = filter->character;
    filter->character = false;
    filter->state = ESCAPED;
    filter->sequence[0] = ESCAPE;
    filter->len = 1;
    return 0;
}

static size_t take_escaped(struct filter *filter, unsigned char c, enum filter_for what, char *dst)
{
    if (filter->len == 1 && c && strchr("]PX^_", c)) {
        filter->state = STRING;
        filter->skipped = 0;
        return 0;
    }
    if (c >= ' ' && c < '0' && filter->len < ESCAPED_MAX) {
        filter->sequence[filter->len++] = (char)c; /* there is more to it */
        return 0;
    }
    filter->sequence[filter->len++] = (char)c;
    /* What has grown too long begins nothing. */
    filter->state = c == '[' && filter->len == 2 ? SEQUENCE : TEXT;
    if (c < ' ')
        return take_text(c, what, dst);
    if (filter->state == SEQUENCE || what != FILTER_TERMINAL || filter->len > ESCAPED_MAX)
        return 0;
    return put(dst, filter->sequence, filter->len);
}

/* A whole sequence as libvterm has room for it. */
static size_t bounded(const char *sequence, size_t len, char *dst)
{
    size_t used = 0, arguments = 1, digits = 0, marks = 0;

    for (size_t i = 0; i < len; i++) {
        char c = sequence[i];
        bool argument = i >= 2 && c >= '0' && c <= ';';

        digits = c >= '0' && c <= '9' ? digits + 1 : 0;
        arguments += argument && (c == ';' || c == ':');
        if (argument && (arguments > ARGUMENTS_MAX || digits > DIGITS_MAX))
            continue;
        marks += i >= 2 && !argument;
        dst[used++] = c;
    }
    return marks <= MARKS_MAX ? used : 0;
}

/* It is kept until it is known what it is. */
static size_t take_sequence(struct filter *filter, unsigned char c, enum filter_for what, char *dst)
{
    if (c < ' ') {
        /* A terminal does in passing what a control says. */
        if (what != FILTER_TERMINAL || c == CANCEL || c == SUBSTITUTE)
            filter->state = TEXT;
        return take_text(c, what, dst);
    }
    if (filter->len < sizeof(filter->sequence))
        filter->sequence[filter->len] = (char)c;
    filter->len++;
    if (c < '@')
        return 0;
    filter->state = TEXT;
    if (filter->len > sizeof(filter->sequence) || what == FILTER_TEXT ||
        (what == FILTER_LOG && c != 'm'))
        return 0;
    if (c == 'b' && !filter->repeats)
        return 0;
    return bounded(filter->sequence, filter->len, dst);
}

static size_t take_string(struct filter *filter, unsigned char c, enum filter_for what, char *dst)
{
    bool ends = c == '\a' || c == CANCEL || c == SUBSTITUTE ||
                (filter->state == STRING_ESCAPED && c == '\\');

    if (ends || ++filter->skipped > STRING_MAX) {
        filter->state = TEXT;
        return 0;
    }
    if (filter->state == STRING_ESCAPED && c != ESCAPE) {
        /* Another sequence has begun without waiting for the end of this. */
        begin(filter);
        return take_escaped(filter, c, what, dst);
    }
    if (c == '\n' && what != FILTER_TERMINAL) {
        filter->state = TEXT; /* in a log the next line is none of it */
        return take_text(c, what, dst);
    }
    filter->state = c == ESCAPE ? STRING_ESCAPED : STRING;
    return 0;
}

/* U+0080 to U+009F are C2 and a byte: no terminal is to take them for controls. */
static size_t take_c1(struct filter *filter, unsigned char c, char *dst)
{
    bool control = c >= 0x80 && c <= 0x9f;

    filter->c2 = false;
    return control ? put(dst, "\357\277\275", 3) : put(dst, "\302", 1);
}

static size_t take(struct filter *filter, unsigned char c, enum filter_for what, char *dst)
{
    size_t used = 0;

    if (filter->c2) {
        used = take_c1(filter, c, dst);
        if (used == 3)
            return used;
    }
    if (filter->state == STRING || filter->state == STRING_ESCAPED)
        return used + take_string(filter, c, what, dst + used);
    if (c == ESCAPE)
        return used + begin(filter);
    /* No part of a sequence: what has begun is none, and libvterm is not to see it and wait. */
    if (c >= 0x80)
        filter->state = TEXT;
    else if (c == 0x7f && filter->state != TEXT)
        return used;
    if (filter->state == ESCAPED)
        return used + take_escaped(filter, c, what, dst + used);
    if (filter->state == SEQUENCE)
        return used + take_sequence(filter, c, what, dst + used);
    filter->c2 = c == 0xc2;
    filter->character = c >= ' ' && c < 0x7f;
    return used + (filter->c2 ? 0 : take_text(c, what, dst + used));
}

size_t filter_take(struct filter *filter, const char *bytes, size_t len, enum filter_for what,
                   char *dst)
{
    size_t used = 0;

    for (size_t i = 0; i < len; i++)
        used += take(filter, (unsigned char)bytes[i], what, dst + used);
    return used;
}
