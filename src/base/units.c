#include "base/units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

static void put_unknown(char dst[UNITS_MAX])
{
    snprintf(dst, UNITS_MAX, "-");
}

static int is_figure(double value)
{
    return isfinite(value) && value >= 0;
}

/* VALUE, of less than a million, with so many DECIMALS, 0 or 1, and SUFFIX, 0 for none.  A frame
 * has a hundred of these, and printf takes ten times as long over each. */
static void put_fixed(char dst[UNITS_MAX], double value, int decimals, char suffix)
{
    char digits[UNITS_MAX], *first = digits + sizeof digits;
    long rest = lrint(decimals ? value * 10 : value);

    *--first = '\0';
    if (suffix)
        *--first = suffix;
    if (decimals) {
        *--first = (char)('0' + rest % 10);
        *--first = '.';
        rest /= 10;
    }
    do
        *--first = (char)('0' + rest % 10);
    while (rest /= 10);
    memcpy(dst, first, (size_t)(digits + sizeof digits - first));
}

void units_bytes(char dst[UNITS_MAX], double bytes)
{
    static const char suffixes[] = {'K', 'M', 'G', 'T', 'P'};

    if (!is_figure(bytes)) {
        put_unknown(dst);
        return;
    }
    if (bytes < 1023.5) {
        put_fixed(dst, bytes, 0, 0);
        return;
    }
    size_t i = 0;
    double value = bytes / 1024;
    while (value >= 1023.5 && i + 1 < ARRAY_SIZE(suffixes)) {
        value /= 1024;
        i++;
    }
    if (value >= 99999.5) /* more than any counter can hold */
        put_unknown(dst);
    else
        put_fixed(dst, value, value < 99.95, suffixes[i]);
}

void units_count(char dst[UNITS_MAX], double value)
{
    static const char suffixes[] = {'k', 'M', 'G', 'T', 'P', 'E'};

    if (!is_figure(value)) {
        put_unknown(dst);
        return;
    }
    if (value < 9.95) {
        /* "9" for nine tasks, "9.3" for a rate: a decimal only when it says something. */
        double tenths = nearbyint(value * 10);
        put_fixed(dst, tenths / 10, fmod(tenths, 10) != 0, 0);
        return;
    }
    if (value < 999.5) {
        put_fixed(dst, value, 0, 0);
        return;
    }
    size_t i = 0;
    value /= 1000;
    while (value >= 999.5 && i + 1 < ARRAY_SIZE(suffixes)) {
        value /= 1000;
        i++;
    }
    if (value >= 999.5)
        put_unknown(dst);
    else
        put_fixed(dst, value, value < 9.95, suffixes[i]);
}

void units_percent(char dst[UNITS_MAX], double percent)
{
    if (!is_figure(percent) || percent >= 999999.5)
        put_unknown(dst);
    else
        put_fixed(dst, percent, percent < 99.95, 0);
}

void units_duration(char dst[UNITS_MAX], double seconds)
{
    const double day = 86400, year = 365.25 * day;

    /* Rounded down, as ages are: 59.9 s is not yet a minute. */
    if (!is_figure(seconds) || seconds >= 9999 * year)
        put_unknown(dst);
    else if (seconds < 60)
        snprintf(dst, UNITS_MAX, "%.0fs", floor(seconds));
    else if (seconds < 3600)
        snprintf(dst, UNITS_MAX, "%.0fm", floor(seconds / 60));
    else if (seconds < day)
        snprintf(dst, UNITS_MAX, "%dh%02d", (int)(seconds / 3600), (int)(seconds / 60) % 60);
    else if (seconds < 9999 * day)
        snprintf(dst, UNITS_MAX, "%.0fd", floor(seconds / day));
    else
        snprintf(dst, UNITS_MAX, "%.0fy", floor(seconds / year));
}
