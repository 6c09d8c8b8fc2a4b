/* After Glushkov: each character of the pattern is a place, a set of places is a state, and which
 * place may follow which is worked out once. */
#include "model/pattern.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "model/filter.h"

#define SUBJECT_MAX 256
#define RANGES_MAX 160
#define STEPS_MAX 4000 /* of reading it: empty things can be repeated for ever */
#define DEPTH_MAX 40

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

/* A part of the pattern: with which places it begins and ends, and whether it can be empty. */
struct part {
    struct set first, last;
    bool empty;
};

struct reader {
    const char *text;
    size_t at;
    int depth, steps;
    struct pattern *pattern;
    const char *why; /* NULL: all is well */
};

static bool fail(struct reader *reader, size_t at, const char *why)
{
    if (!reader->why) {
        reader->why = why;
        reader->at = at;
    }
    return false;
}

/* ---- sets ---- */

static void put(struct set *set, int place)
{
    set->word[place / 64] |= UINT64_C(1) << place % 64;
}

static void unite(struct set *set, const struct set *with)
{
    for (size_t i = 0; i < ARRAY_SIZE(set->word); i++)
        set->word[i] |= with->word[i];
}

static bool meet(const struct set *a, const struct set *b)
{
    for (size_t i = 0; i < ARRAY_SIZE(a->word); i++)
        if (a->word[i] & b->word[i])
            return true;
    return false;
}

/* The first member from PLACE on, -1 for none. */
static int next_in(const struct set *set, int place)
{
    for (; place < PATTERN_PLACES; place = (place / 64 + 1) * 64) {
        uint64_t rest = set->word[place / 64] >> place % 64;
        if (rest)
            return place + __builtin_ctzll(rest);
    }
    return -1;
}

/* ---- building ---- */

/* What ends one part may be followed by what begins another. */
static void link_parts(struct pattern *pattern, const struct set *last, const struct set *first)
{
    for (int i = next_in(last, 0); i >= 0; i = next_in(last, i + 1))
        unite(&pattern->follow[i], first);
}

static void append(struct pattern *pattern, struct part *part, const struct part *next)
{
    link_parts(pattern, &part->last, &next->first);
    if (part->empty)
        unite(&part->first, &next->first);
    if (next->empty)
        unite(&part->last, &next->last);
    else
        part->last = next->last;
    part->empty = part->empty && next->empty;
}

static bool add_place(struct reader *reader, struct place place, struct part *ret)
{
    struct pattern *pattern = reader->pattern;

    *ret = (struct part){.empty = false};
    if (pattern->places == PATTERN_PLACES)
        return fail(reader, reader->at, "the pattern is too long, its counts multiplied out");
    put(&ret->first, pattern->places);
    put(&ret->last, pattern->places);
    pattern->place[pattern->places++] = place;
    return true;
}

static char here(const struct reader *reader)
{
    return reader->text[reader->at];
}

static uint32_t take_character(struct reader *reader)
{
    uint32_t code = 0;

    reader->at += text_decode(reader->text + reader->at, strlen(reader->text + reader->at), &code);
    return code;
}

/* ---- bracket expressions ---- */

static bool add_range(struct reader *reader, uint32_t from, uint32_t to)
{
    struct pattern *pattern = reader->pattern;

    if (pattern->ranges == RANGES_MAX)
        return fail(reader, reader->at, "too many ranges");
    pattern->range[pattern->ranges++] = (struct range){from, to};
    return true;
}

/* Here is the "[:" of a named class; letters beyond ASCII are letters. */
static bool read_named(struct reader *reader)
{
    static const struct {
        const char *name;
        struct range range[4];
    } classes[] = {
        {"alpha", {{'A', 'Z'}, {'a', 'z'}, {0xc0, 0x10ffff}}},
        {"upper", {{'A', 'Z'}, {'a', 'z'}, {0xc0, 0x10ffff}}},
        {"lower", {{'A', 'Z'}, {'a', 'z'}, {0xc0, 0x10ffff}}},
        {"digit", {{'0', '9'}}},
        {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}, {0xc0, 0x10ffff}}},
        {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
        {"space", {{' ', ' '}, {'\t', '\r'}}},
        {"blank", {{' ', ' '}, {'\t', '\t'}}},
        {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
    };
    const char *name = reader->text + reader->at + 2;

    for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
        size_t len = strlen(classes[i].name);

        if (strncmp(name, classes[i].name, len) != 0 || strncmp(name + len, ":]", 2) != 0)
            continue;
        for (size_t j = 0; j < ARRAY_SIZE(classes[i].range) && classes[i].range[j].to; j++)
            if (!add_range(reader, classes[i].range[j].from, classes[i].range[j].to))
                return false;
        reader->at += len + 4;
        return true;
    }
    return fail(reader, reader->at, "no such class: [:alpha:] [:digit:] [:alnum:] ... are known");
}

static bool read_range(struct reader *reader)
{
    size_t at = reader->at;
    uint32_t from = take_character(reader), to = from;

    if (here(reader) == '-' && reader->text[reader->at + 1] &&
        reader->text[reader->at + 1] != ']') {
        reader->at++;
        to = take_character(reader);
    }
    return to < from ? fail(reader, at, "this range runs backwards") : add_range(reader, from, to);
}

static bool read_class(struct reader *reader, struct part *ret)
{
    struct place place = {.kind = PLACE_CLASS, .first = reader->pattern->ranges};
    size_t open = reader->at++;

    place.inverted = here(reader) == '^';
    reader->at += place.inverted;
    for (size_t start = reader->at; here(reader) != ']' || reader->at == start;) {
        if (!here(reader))
            return fail(reader, open, "this bracket is not closed");
        bool named = here(reader) == '[' && reader->text[reader->at + 1] == ':';
        if (!(named ? read_named(reader) : read_range(reader)))
            return false;
    }
    reader->at++;
    place.count = reader->pattern->ranges - place.first;
    return add_place(reader, place, ret);
}

/* ---- the rest of the grammar ---- */

static bool read_alternatives(struct reader *reader, struct part *ret);

static bool read_group(struct reader *reader, struct part *ret)
{
    size_t open = reader->at++;

    if (++reader->depth > DEPTH_MAX)
        return fail(reader, open, "nested too deeply");
    if (!read_alternatives(reader, ret))
        return false;
    if (here(reader) != ')')
        return fail(reader, open, "this group is not closed");
    reader->at++;
    reader->depth--;
    return true;
}

static bool read_escape(struct reader *reader, struct part *ret)
{
    size_t at = reader->at++;
    char next = here(reader);

    if (!next)
        return fail(reader, at, "nothing stands behind this backslash");
    if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", next))
        return fail(reader, at, "letters and digits have no meaning behind a backslash");
    uint32_t code = text_fold(take_character(reader));
    return add_place(reader, (struct place){.kind = PLACE_ONE, .code = code}, ret);
}

static bool read_atom(struct reader *reader, struct part *ret)
{
    struct place place = {.kind = PLACE_ONE};

    if (++reader->steps > STEPS_MAX)
        return fail(reader, reader->at, "too many repetitions");
    switch (here(reader)) {
    case '(':
        return read_group(reader, ret);
    case '[':
        return read_class(reader, ret);
    case '\\':
        return read_escape(reader, ret);
    case '*':
    case '+':
    case '?':
    case '{':
        return fail(reader, reader->at, "there is nothing to repeat");
    case '.':
        place.kind = PLACE_ANY;
        break;
    case '^':
        place.code = BEGIN;
        break;
    case '$':
        place.code = END;
        break;
    default:
        place.code = text_fold(take_character(reader));
        return add_place(reader, place, ret);
    }
    reader->at++;
    return add_place(reader, place, ret);
}

static bool read_number(struct reader *reader, int *ret)
{
    size_t digits = strspn(reader->text + reader->at, "0123456789");

    if (!digits || digits > 3)
        return fail(reader, reader->at, digits ? "too many repetitions" : "a count is missing");
    *ret = atoi(reader->text + reader->at);
    reader->at += digits;
    return true;
}

/* "{2}", "{2,}", "{2,5}"; *RET_MOST is -1 for no end. */
static bool read_counts(struct reader *reader, int *ret_least, int *ret_most)
{
    size_t open = reader->at++;

    if (!read_number(reader, ret_least))
        return false;
    *ret_most = *ret_least;
    if (here(reader) == ',') {
        reader->at++;
        *ret_most = -1;
        if (here(reader) != '}' && !read_number(reader, ret_most))
            return false;
    }
    if (here(reader) != '}' || (*ret_most >= 0 && *ret_most < *ret_least))
        return fail(reader, open, "counts are {2}, {2,} or {2,5}");
    reader->at++;
    return true;
}

/* PART, read at START, is repeated by reading it again. */
static bool repeat(struct reader *reader, size_t start, struct part *part)
{
    int least, most;

    if (!read_counts(reader, &least, &most))
        return false;
    size_t end = reader->at;
    int copies = most > least ? most : least;
    struct part all = {.empty = true}, copy = *part;
    for (int i = 0; i < copies || i == 0; i++) {
        if (i > 0) {
            reader->at = start;
            if (!read_atom(reader, &copy))
                return false;
        }
        if (most < 0 && i + 1 >= copies)
            link_parts(reader->pattern, &copy.last, &copy.first);
        copy.empty = copy.empty || i >= least;
        append(reader->pattern, &all, &copy);
    }
    reader->at = end;
    *part = most == 0 ? (struct part){.empty = true} : all;
    return true;
}

static bool read_repeated(struct reader *reader, struct part *ret)
{
    size_t start = reader->at;

    if (!read_atom(reader, ret))
        return false;
    if (here(reader) == '{' && !repeat(reader, start, ret))
        return false;
    while (here(reader) && strchr("*+?", here(reader))) {
        if (here(reader) != '?')
            link_parts(reader->pattern, &ret->last, &ret->first);
        if (here(reader) != '+')
            ret->empty = true;
        reader->at++;
    }
    return here(reader) != '{' || fail(reader, reader->at, "put what is repeated twice in ( )");
}

static bool read_alternatives(struct reader *reader, struct part *ret)
{
    *ret = (struct part){.empty = false};
    for (;;) {
        struct part row = {.empty = true}, next = {.empty = false};

        while (here(reader) && here(reader) != '|' && here(reader) != ')') {
            if (!read_repeated(reader, &next))
                return false;
            append(reader->pattern, &row, &next);
        }
        unite(&ret->first, &row.first);
        unite(&ret->last, &row.last);
        ret->empty = ret->empty || row.empty;
        if (here(reader) != '|')
            return true;
        reader->at++;
    }
}

struct pattern *pattern_new(const char *text, size_t *ret_at, const char **ret_why)
{
    struct pattern *pattern = xcalloc(1, sizeof(*pattern));
    struct reader reader = {.text = text, .pattern = pattern};
    struct part all = {.empty = false};

    if (read_alternatives(&reader, &all) && here(&reader))
        fail(&reader, reader.at, "this group was not opened");
    if (reader.why) {
        *ret_at = reader.at;
        *ret_why = reader.why;
        free(pattern);
        return NULL;
    }
    pattern->first = all.first;
    pattern->last = all.last;
    pattern->empty = all.empty;
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    free(pattern);
}

/* ---- matching ---- */

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

    for (int i = next_in(state, 0); i >= 0; i = next_in(state, i + 1))
        unite(&reached, &pattern->follow[i]);
    for (int i = next_in(&reached, 0); i >= 0; i = next_in(&reached, i + 1))
        if (fits(pattern, &pattern->place[i], code, folded))
            put(&next, i);
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
