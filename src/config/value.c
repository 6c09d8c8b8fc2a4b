#include "config/value.h"

#include <string.h>

#include "base/clock.h"

#define DELAY_MIN 0.2
#define DELAY_MAX 3600.0
#define DELAY_DIGITS_MAX 18

int value_check_delay(double seconds, int64_t *ret_ns, struct error *err)
{
    if (!(seconds >= DELAY_MIN && seconds <= DELAY_MAX))
        return error_set(err, ERR_USAGE, NULL, "the delay must be from 0.2 to 3600 seconds");
    /* To whole milliseconds: ticks are multiples of it, and 0.1 has no exact double. */
    *ret_ns = (int64_t)(seconds * 1000 + 0.5) * NS_PER_MS;
    return 0;
}

int value_parse_delay(const char *text, int64_t *ret_ns, struct error *err)
{
    double value = 0, scale = 0;
    int digits = 0;

    for (const char *at = text; *at; at++) {
        if (*at == '.' && scale == 0) {
            scale = 1;
            continue;
        }
        if (*at < '0' || *at > '9' || ++digits > DELAY_DIGITS_MAX)
            goto bad;
        value = value * 10 + (*at - '0');
        scale *= 10;
    }
    if (digits == 0)
        goto bad;
    return value_check_delay(scale > 0 ? value / scale : value, ret_ns, err);

bad:
    return error_set(err, ERR_USAGE, "for example: -d 0.5",
                     "'%.60s' is no number of seconds for the delay", text);
}

int value_check_detach_key(const char *text, struct error *err)
{
    static const char known[] = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_abcdefghijklmnopqrstuvwxyz";

    if (strlen(text) != 2 || text[0] != '^' || !strchr(known, text[1]))
        return error_set(err, ERR_USAGE, "for example: ^] or ^a",
                         "'%.60s' is no detach key: it is a caret and one character", text);
    if (strchr("[IiJjMm", text[1]))
        return error_set(err, ERR_USAGE, "for example: ^] or ^a",
                         "%s cannot be the detach key: every guest needs it", text);
    return 0;
}
