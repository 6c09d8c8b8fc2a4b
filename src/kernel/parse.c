#include "kernel/parse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool parse_u64(const char **text, uint64_t *ret)
{
    const char *p = *text;
    while (is_blank(*p))
        p++;
    if (*p < '0' || *p > '9')
        return false;
    uint64_t value = 0;
    for (; *p >= '0' && *p <= '9'; p++) {
        if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
            __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
            return false;
    }
    *text = p;
    *ret = value;
    return true;
}

bool parse_decimal(const char **text, int decimals, uint64_t *ret)
{
    const char *p = *text;
    uint64_t value;
    if (!parse_u64(&p, &value))
        return false;
    bool fraction = *p == '.';
    if (fraction)
        p++;
    for (int i = 0; i < decimals; i++) {
        uint64_t digit = 0;
        if (fraction && *p >= '0' && *p <= '9')
            digit = (uint64_t)(*p++ - '0');
        if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    while (fraction && *p >= '0' && *p <= '9')
        p++;
    *text = p;
    *ret = value;
    return true;
}

const char *parse_next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end && end[1] ? end + 1 : NULL;
}

const char *parse_find(const char *text, const char *key)
{
    size_t len = strlen(key);
    for (const char *line = text; line; line = parse_next_line(line)) {
        if (strncmp(line, key, len) == 0 && is_blank(line[len]))
            return line + len;
    }
    return NULL;
}

bool parse_keyed(const char *text, const char *key, uint64_t *ret)
{
    const char *value = parse_find(text, key);
    return value && parse_u64(&value, ret);
}

size_t parse_word(const char **text, const char **ret)
{
    const char *p = *text;
    while (is_blank(*p))
        p++;
    const char *start = p;
    while (*p && *p != '\n' && !is_blank(*p))
        p++;
    *text = p;
    *ret = start;
    return (size_t)(p - start);
}

const char *parse_skip_words(const char *text, int count)
{
    const char *word;
    while (count-- > 0) {
        if (parse_word(&text, &word) == 0)
            return NULL;
    }
    return text;
}

uint64_t parse_add(uint64_t a, uint64_t b)
{
    uint64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

uint64_t parse_scale(uint64_t value, uint64_t factor)
{
    uint64_t product;
    return __builtin_mul_overflow(value, factor, &product) ? UINT64_MAX : product;
}

uint64_t parse_ticks_ns(uint64_t ticks)
{
    static long hz; /* the same on every thread: a race writes the same value */
    if (hz <= 0) {
        long asked = sysconf(_SC_CLK_TCK);
        hz = asked > 0 ? asked : 100;
    }
    return parse_scale(ticks, (uint64_t)(NS_PER_S / hz));
}

int kernel_code(int errnum)
{
    switch (errnum) {
    case ENOENT:
    case ESRCH:
    case ENODEV:
    case ENOTDIR:
        return ERR_GONE;
    case EACCES:
    case EPERM:
        return ERR_DENIED;
    default:
        return ERR_IO;
    }
}

bool kernel_path(char buf[KERNEL_PATH_MAX], const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(buf, KERNEL_PATH_MAX, fmt, args);
    va_end(args);
    return len >= 0 && len < KERNEL_PATH_MAX;
}
