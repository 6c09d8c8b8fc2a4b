#include "model/manager_sign.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

/* fnmatch(3) makes wide characters of both texts first: it is asked only about what begins as the
 * pattern does. */
static bool matches(const char *pattern, const char *text)
{
    return strncmp(pattern, text, strcspn(pattern, "*?[\\")) == 0 && fnmatch(pattern, text, 0) == 0;
}

uint32_t manager_signs_in(const struct manager_sign *signs, size_t count, int where,
                          const char *text)
{
    uint32_t seen = 0;

    for (size_t i = 0; i < count && i < MANAGER_SIGNS; i++)
        if (signs[i].where == where && matches(signs[i].pattern, text))
            seen |= UINT32_C(1) << i;
    return seen;
}

static int weight_of(const struct manager_sign *signs, size_t count, uint32_t seen,
                     const char *manager)
{
    int weight = 0;

    for (size_t i = 0; i < count && i < MANAGER_SIGNS; i++)
        if ((seen >> i & 1) && strcmp(signs[i].manager, manager) == 0)
            weight += signs[i].weight;
    return weight;
}

const char *manager_of_signs(const struct manager_sign *signs, size_t count, uint32_t seen)
{
    const char *best = NULL;
    int most = MANAGER_SURE - 1;

    for (size_t i = 0; i < count && seen; i++) {
        int weight = weight_of(signs, count, seen, signs[i].manager);
        if (weight > most) {
            most = weight;
            best = signs[i].manager;
        }
    }
    return best;
}
