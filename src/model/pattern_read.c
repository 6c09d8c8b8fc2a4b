/* Reads the text of a pattern. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "model/filter.h"
#include "model/pattern_internal.h"

#define STEPS_MAX 4000 /* of reading it: empty things can be repeated for ever */
#define DEPTH_MAX 40

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

/* ---- building ---- */

/* What ends one part may be followed by what begins another. */
static void link_parts(struct pattern *pattern, const struct set *last, const struct set *first)
{
    for (int i = set_next(last, 0); i >= 0; i = set_next(last, i + 1))
        set_unite(&pattern->follow[i], first);
}

static void append(struct pattern *pattern, struct part *part, const struct part *next)
{
    link_parts(pattern, &part->last, &next->first);
    if (part->empty)
        set_unite(&part->first, &next->first);
    if (next->empty)
        set_unite(&part->last, &next->last);
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
    set_put(&ret->first, pattern->places);
    set_put(&ret->last, pattern->places);
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
        set_unite(&ret->first, &row.first);
        set_unite(&ret->last, &row.last);
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
