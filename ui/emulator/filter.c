#include "ui/emulator/filter.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define ESCAPE '\033'
#define CANCEL '\030'
#define SUBSTITUTE '\032'
/* A string without an end does not swallow all that comes. */
#define STRING_MAX 8192
/* Of a sequence: libvterm has room for sixteen, and no terminal has so many rows. */
#define ARGUMENTS_MAX 15
#define MARKS_MAX 3 /* other than arguments */
#define MARKS_ON_ONE_MAX 2
#define ESCAPED_MAX ((size_t)4)
#define DIGITS_MAX 4
#define REPEAT_MAX 1000 /* no line is longer */

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

static void remember(struct filter *filter, const char *character, size_t len)
{
    memcpy(filter->last, character, len);
    filter->last_len = len;
}

/* A character of text, or a control on its own. */
static size_t take_text(struct filter *filter, unsigned char c, enum filter_for what, char *dst)
{
    bool kept = what == FILTER_TERMINAL || c == '\n' || c == '\t' || (c >= ' ' && c != 0x7f);
    size_t used = 0;

    if (c == '\n' && what == FILTER_LOG)
        dst[used++] = '\r';
    if (kept)
        dst[used++] = (char)c;
    if (c >= ' ' && c < 0x7f)
        remember(filter, (const char *)&c, 1);
    return used;
}

static size_t begin(struct filter *filter)
{
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
        return take_text(filter, c, what, dst);
    if (filter->state == SEQUENCE || what != FILTER_TERMINAL || filter->len > ESCAPED_MAX)
        return 0;
    /* libvterm would begin a sequence or a string with it all the same. */
    if (filter->len > 2 && strchr("[]PX^_", c))
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

/* "ESC [ n b": the last character N times more. */
static size_t repeat(struct filter *filter, char *dst)
{
    size_t times = 0, used = 0;

    for (size_t i = 2; i + 1 < filter->len; i++) {
        if (filter->sequence[i] < '0' || filter->sequence[i] > '9')
            return 0;
        times = 10 * times + (size_t)(filter->sequence[i] - '0');
        times = times < REPEAT_MAX ? times : REPEAT_MAX;
    }
    times = times ? times : 1;
    times = times < filter->repeats ? times : filter->repeats;
    filter->repeats -= times;
    filter->marks = 0;
    while (times--)
        used += put(dst + used, filter->last, filter->last_len);
    return used;
}

/* It is kept until it is known what it is. */
static size_t take_sequence(struct filter *filter, unsigned char c, enum filter_for what, char *dst)
{
    if (c < ' ') {
        /* A terminal does in passing what a control says. */
        if (what != FILTER_TERMINAL || c == CANCEL || c == SUBSTITUTE)
            filter->state = TEXT;
        return take_text(filter, c, what, dst);
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
    if (c == 'b')
        return repeat(filter, dst);
    return bounded(filter->sequence, filter->len, dst);
}

/* Whether C belongs to the string: its bytes are dropped. */
static bool is_in_string(struct filter *filter, unsigned char c, enum filter_for what)
{
    bool ends = c == '\a' || c == CANCEL || c == SUBSTITUTE ||
                (filter->state == STRING_ESCAPED && c == '\\');

    if (ends || ++filter->skipped > STRING_MAX) {
        filter->state = TEXT;
        return true;
    }
    if (filter->state == STRING_ESCAPED && c != ESCAPE) {
        /* Another sequence has begun without waiting for the end of this. */
        begin(filter);
        return false;
    }
    if (c == '\n' && what != FILTER_TERMINAL) {
        filter->state = TEXT; /* in a log the next line is none of it */
        return false;
    }
    filter->state = c == ESCAPE ? STRING_ESCAPED : STRING;
    return true;
}

/* ---- characters ---- */

static size_t replace(char *dst)
{
    return put(dst, "\357\277\275", 3);
}

/* What guests count no column for, so that nothing may stand in its place. */
static bool has_no_width(uint32_t cp)
{
    return (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x202a && cp <= 0x202e) ||
           (cp >= 0x2060 && cp <= 0x206f) || (cp >= 0xfe00 && cp <= 0xfe0f) || cp == 0xfeff ||
           (cp >= 0xe0000 && cp <= 0xe0fff);
}

/* libvterm takes them for marks, and some of these for two columns more of the character below,
 * which may then be wider than its screen. */
static bool is_odd_mark(uint32_t cp)
{
    return cp == 0x6de || cp == 0x1734 || (cp >= 0x302a && cp <= 0x302f) || cp == 0x3099 ||
           cp == 0x309a;
}

static size_t put_character(struct filter *filter, char *dst)
{
    size_t len = filter->utf8_len;
    uint32_t cp;

    filter->utf8_len = 0;
    if (text_decode(filter->utf8, len, &cp) != len)
        return replace(dst);
    int width = text_cp_width(cp);
    if (width == 0 && (filter->marks >= MARKS_ON_ONE_MAX || is_odd_mark(cp)))
        return 0;
    filter->marks = width == 0 ? filter->marks + 1 : 0;
    if (width > 0 && is_odd_mark(cp))
        return replace(dst) + (width == 2 ? replace(dst + 3) : 0);
    if (width < 0)
        return has_no_width(cp) ? 0 : replace(dst);
    if (width > 0)
        remember(filter, filter->utf8, len);
    return put(dst, filter->utf8, len);
}

/* A byte that is no ASCII. */
static size_t take_high(struct filter *filter, unsigned char c, char *dst)
{
    size_t used = 0;

    if (filter->utf8_len && c >= 0xc0) {
        filter->utf8_len = 0;
        used = replace(dst); /* it was torn */
    }
    if (!filter->utf8_len && (c < 0xc2 || c > 0xf4))
        return used + replace(dst + used);
    if (!filter->utf8_len)
        filter->utf8_whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    filter->utf8[filter->utf8_len++] = (char)c;
    return used + (filter->utf8_len == filter->utf8_whole ? put_character(filter, dst + used) : 0);
}

static size_t take_low(struct filter *filter, unsigned char c, enum filter_for what, char *dst)
{
    if (c == ESCAPE)
        return begin(filter);
    if (c == 0x7f && filter->state != TEXT)
        return 0;
    if (filter->state == ESCAPED)
        return take_escaped(filter, c, what, dst);
    if (filter->state == SEQUENCE)
        return take_sequence(filter, c, what, dst);
    if (c >= ' ' && c < 0x7f)
        filter->marks = 0;
    return take_text(filter, c, what, dst);
}

static size_t take(struct filter *filter, unsigned char c, enum filter_for what, char *dst)
{
    size_t used = 0;

    if ((filter->state == STRING || filter->state == STRING_ESCAPED) &&
        is_in_string(filter, c, what))
        return 0;
    if (c >= 0x80) {
        /* No part of a sequence: what has begun is none, and libvterm is not to wait for more. */
        filter->state = TEXT;
        return take_high(filter, c, dst);
    }
    if (filter->utf8_len) {
        filter->utf8_len = 0;
        used = replace(dst);
    }
    return used + take_low(filter, c, what, dst + used);
}

size_t filter_take(struct filter *filter, const char *bytes, size_t len, enum filter_for what,
                   char *dst)
{
    size_t used = 0;

    filter->repeats = FILTER_REPEATS_MAX;
    for (size_t i = 0; i < len; i++)
        used += take(filter, (unsigned char)bytes[i], what, dst + used);
    return used;
}
