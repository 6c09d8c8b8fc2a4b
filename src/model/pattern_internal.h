/* The insides of a pattern, for the files pattern*.c only.  After Glushkov: each character of the
 * pattern is a place, a set of places is a state, and which place may follow which is worked out
 * once. */
#ifndef VCTOP_MODEL_PATTERN_INTERNAL_H
#define VCTOP_MODEL_PATTERN_INTERNAL_H

#include <stdint.h>

#include "base/cleanup.h"
#include "model/pattern.h"

#define RANGES_MAX 160

/* What stands before and behind every text. */
#define BEGIN UINT32_C(0x110000)
#define END UINT32_C(0x110001)

struct set {
    uint64_t word[PATTERN_PLACES / 64];
};

struct range {
    uint32_t from, to;
};

struct place {
    enum {
        PLACE_ONE,
        PLACE_ANY,
        PLACE_CLASS
    } kind;
    uint32_t code; /* folded */
    int first, count;
    bool inverted;
};

struct pattern {
    struct place place[PATTERN_PLACES];
    struct set follow[PATTERN_PLACES];
    struct range range[RANGES_MAX];
    struct set first, last;
    int places, ranges;
    bool empty; /* it matches nothing at all, and so everything */
};

static inline void set_put(struct set *set, int place)
{
    set->word[place / 64] |= UINT64_C(1) << place % 64;
}

static inline void set_unite(struct set *set, const struct set *with)
{
    for (size_t i = 0; i < ARRAY_SIZE(set->word); i++)
        set->word[i] |= with->word[i];
}

/* The first member from PLACE on, -1 for none. */
static inline int set_next(const struct set *set, int place)
{
    for (; place < PATTERN_PLACES; place = (place / 64 + 1) * 64) {
        uint64_t rest = set->word[place / 64] >> place % 64;
        if (rest)
            return place + __builtin_ctzll(rest);
    }
    return -1;
}

#endif
