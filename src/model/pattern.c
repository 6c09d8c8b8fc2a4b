/* Asks whether a pattern matches. */
#include "model/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "model/filter.h"
#include "model/pattern_internal.h"

#define SUBJECT_MAX 256

static bool meet(const struct set *a, const struct set *b)
{
    for (size_t i = 0; i < ARRAY_SIZE(a->word); i++)
        if (a->word[i] & b->word[i])
            return true;
    return false;
}

static bool in_ranges(const struct pattern *pattern, const struct place *place, uint32_t code)
{
    for (int i = 0; i < place->count; i++) {
        const struct range *range = &pattern->range[place->first + i];
        if (code >= range->from && code <= range->to)
            return true;
    }
    return false;
}

static bool fits(const struct pattern *pattern, const struct place *place, uint32_t code,
                 uint32_t folded)
{
    switch (place->kind) {
    case PLACE_ONE:
        return place->code == folded;
    case PLACE_ANY:
        return code < BEGIN;
    case PLACE_CLASS:
        break;
    }
    uint32_t capital = folded >= 'a' && folded <= 'z' ? folded - 32 : code;
    return code < BEGIN && (in_ranges(pattern, place, code) || in_ranges(pattern, place, folded) ||
                            in_ranges(pattern, place, capital)) != place->inverted;
}

/* STATE after one more character; a match may begin at each. */
static void step(const struct pattern *pattern, struct set *state, uint32_t code)
{
    uint32_t folded = code < BEGIN ? text_fold(code) : code;
    struct set reached = pattern->first, next = {{0}};

    for (int i = set_next(state, 0); i >= 0; i = set_next(state, i + 1))
        set_unite(&reached, &pattern->follow[i]);
    for (int i = set_next(&reached, 0); i >= 0; i = set_next(&reached, i + 1))
        if (fits(pattern, &pattern->place[i], code, folded))
            set_put(&next, i);
    *state = next;
}

bool pattern_matches(const struct pattern *pattern, const char *text)
{
    struct set state = {{0}};
    size_t left = strlen(text);
    bool matches = pattern->empty;

    step(pattern, &state, BEGIN);
    matches = matches || meet(&state, &pattern->last);
    for (int i = 0; i < SUBJECT_MAX && left > 0 && !matches; i++) {
        uint32_t code = 0;
        size_t used = text_decode(text, left, &code);

        text += used;
        left -= used;
        step(pattern, &state, code);
        matches = meet(&state, &pattern->last);
    }
    if (!matches) {
        step(pattern, &state, END);
        matches = meet(&state, &pattern->last);
    }
    return matches;
}

void pattern_free(struct pattern *pattern)
{
    free(pattern);
}
