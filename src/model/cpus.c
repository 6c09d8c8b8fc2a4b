#include "model/cpus.h"

#include <stdio.h>
#include <string.h>

static bool has(const struct cpus *cpus, size_t cpu)
{
    return cpu < CPUS_MAX && cpus->bits[cpu / 64] >> cpu % 64 & 1;
}

/* The number at *TEXT, at most CPUS_MAX. */
static bool number(const char **text, size_t *ret)
{
    const char *p = *text;
    size_t value = 0;

    for (; *p >= '0' && *p <= '9'; p++)
        value = value < CPUS_MAX ? value * 10 + (size_t)(*p - '0') : value;
    *ret = value < CPUS_MAX ? value : CPUS_MAX;
    bool any = p > *text;
    *text = p;
    return any;
}

bool cpus_add(struct cpus *cpus, const char *text)
{
    size_t first, last;

    do {
        if (!number(&text, &first))
            return false;
        last = first;
        if (*text == '-' && (text++, !number(&text, &last) || last < first))
            return false;
        for (size_t cpu = first; cpu <= last && cpu < CPUS_MAX; cpu++)
            cpus->bits[cpu / 64] |= UINT64_C(1) << cpu % 64;
    } while (*text++ == ',');
    return strchr("\n\t ", text[-1]) != NULL; /* the terminator too */
}

size_t cpus_intersect(struct cpus *cpus, const struct cpus *other)
{
    size_t count = 0;

    for (size_t i = 0; i < CPUS_MAX / 64; i++) {
        cpus->bits[i] &= other->bits[i];
        count += (size_t)__builtin_popcountll(cpus->bits[i]);
    }
    return count;
}

void cpus_text(const struct cpus *cpus, char *dst, size_t size)
{
    char range[24];
    size_t len = 0;

    dst[0] = '\0';
    for (size_t cpu = 0, last; cpu < CPUS_MAX; cpu = last + 1) {
        last = cpu;
        if (!has(cpus, cpu))
            continue;
        while (has(cpus, last + 1))
            last++;
        int more = last > cpu ? snprintf(range, sizeof(range), "%zu-%zu", cpu, last)
                              : snprintf(range, sizeof(range), "%zu", cpu);
        if (len + (size_t)more + sizeof(",...") >= size) {
            snprintf(dst + len, size - len, "...");
            return;
        }
        len += (size_t)snprintf(dst + len, size - len, "%s%s", len ? "," : "", range);
    }
}
