#include "backend/sim/sim.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define DEFAULT_GUESTS 60
#define SECONDS_MAX 1e6
#define REMEDY \
    "words: guests=N machines=N seed=N clock=fixed hold=N long hostile vile stubborn=NAME " \
    "busy=NAME " \
    "silent=NAME emulated=NAME hang=NAME@S fill=PLACE@S free=PLACE@S readonly=PLACE@S " \
    "deadmount=PLACE@S " \
    "calm crash=NAME@S oom=NAME@S tasks=NAME@S off=NAME@S nospace=NAME@S " \
    "gone=NAME@S watchdog=NAME@S balloon=NAME@S " \
    "hurt=NAME+NAME@S restarted=S die@S garbage@S late@S lost@S+S"

static int bad(struct error *err, const char *word, const char *why)
{
    return error_set(err, ERR_USAGE, REMEDY, "simulation: '%.80s': %s", word, why);
}

static bool parse_count(const char *text, uint64_t max, uint64_t *ret)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || *end || value > max)
        return false;
    *ret = value;
    return true;
}

/* Seconds with a fraction, up to the character STOP or the end; *REST is what is behind it. */
static bool parse_seconds(const char *text, char stop, int64_t *ret, const char **rest)
{
    char *end;

    /* strtod would take "inf", "nan" and hexadecimal too. */
    if (strspn(text, "0123456789.") == 0)
        return false;
    double value = strtod(text, &end);
    if (end == text || !isfinite(value) || value < 0 || value > SECONDS_MAX)
        return false;
    if (*end && !(stop && *end == stop))
        return false;
    if (rest)
        *rest = *end ? end + 1 : NULL;
    *ret = (int64_t)llround(value * (double)NS_PER_S);
    return true;
}

static int parse_at(const char *word, const char *at, int64_t *ret, struct error *err)
{
    if (!parse_seconds(at, '\0', ret, NULL))
        return bad(err, word, "what follows @ is not a number of seconds");
    return 0;
}

static int parse_lost(struct sim_spec *spec, const char *word, const char *at, struct error *err)
{
    const char *rest = NULL;

    if (!parse_seconds(at, '+', &spec->lost_ns, &rest) || !rest ||
        !parse_seconds(rest, '\0', &spec->lost_for_ns, NULL))
        return bad(err, word, "say when and for how long, as lost@10+5");
    return 0;
}

/* NAME@S */
static int parse_whom(const char *word, const char *value, char **ret_name, int64_t *ret_ns,
                      struct error *err)
{
    const char *at = strrchr(value, '@');

    if (!at || at == value)
        return bad(err, word, "say who or what and when, as hang=db01@10");
    free(*ret_name);
    *ret_name = xstrndup(value, (size_t)(at - value));
    return parse_at(word, at + 1, ret_ns, err);
}

static int parse_fault(struct sim_spec *spec, const char *word, const char *value,
                       enum sim_fault fault, struct error *err)
{
    if (spec->fault_count == SIM_FAULTS_MAX)
        return bad(err, word, "too many faults");
    struct sim_planned *planned = &spec->faults[spec->fault_count++];
    planned->fault = fault;
    return parse_whom(word, value, &planned->name, &planned->at_ns, err);
}

/* "NAME@S" */
static int parse_event(struct sim_event *event, const char *word, const char *value,
                       struct error *err)
{
    return parse_whom(word, value, &event->name, &event->at_ns, err);
}

/* "NAME+NAME@S" */
static int parse_hurt(struct sim_spec *spec, const char *word, const char *value, struct error *err)
{
    int rc = parse_event(&spec->hurt, word, value, err);
    char *plus = spec->hurt.name ? strchr(spec->hurt.name, '+') : NULL;

    if (rc == 0 && !plus)
        return bad(err, word, "say who, whom and when, as hurt=build-01+web1@10");
    if (rc == 0) {
        xreplace(&spec->hurt_whom, plus + 1);
        *plus = '\0';
    }
    return rc;
}

static int parse_number(const char *word, const char *value, uint64_t max, uint64_t *ret,
                        struct error *err)
{
    if (!parse_count(value, max, ret))
        return bad(err, word, "not a whole number in range");
    return 0;
}

static int parse_assignment(struct sim_spec *spec, const char *word, const char *value,
                            struct error *err)
{
    size_t len = (size_t)(value - word - 1);
    uint64_t number = 0;
    int rc;

#define IS(name) (len == sizeof(name) - 1 && !memcmp(word, name, len))
    if (IS("guests") || IS("machines")) {
        rc = parse_number(word, value, SIM_GUESTS_MAX, &number, err);
        if (rc == 0)
            *(word[0] == 'g' ? &spec->guests : &spec->machines) = (uint32_t)number;
        return rc;
    }
    if (IS("seed"))
        return parse_number(word, value, UINT64_MAX, &spec->seed, err);
    if (IS("hold")) {
        rc = parse_number(word, value, 1000000, &number, err);
        spec->hold = (uint32_t)number;
        return rc;
    }
    if (IS("hang"))
        return parse_whom(word, value, &spec->hang, &spec->hang_ns, err);
    if (IS("hurt"))
        return parse_hurt(spec, word, value, err);
    if (IS("fill"))
        return parse_event(&spec->fill, word, value, err);
    if (IS("free"))
        return parse_event(&spec->free, word, value, err);
    if (IS("readonly"))
        return parse_event(&spec->readonly, word, value, err);
    if (IS("deadmount"))
        return parse_event(&spec->deadmount, word, value, err);
    if (IS("restarted"))
        return parse_seconds(value, '\0', &spec->restarted_ns, NULL)
                   ? 0
                   : bad(err, word, "not a number of seconds");
    if (sim_fault_named(word, len) != SIM_FAULT_COUNT)
        return parse_fault(spec, word, value, sim_fault_named(word, len), err);
    if (IS("stubborn") || IS("busy") || IS("silent") || IS("emulated")) {
        if (!*value)
            return bad(err, word, "say who, as stubborn=db01");
        xreplace(word[0] == 'b'   ? &spec->busy
                 : word[0] == 'e' ? &spec->emulated
                 : word[1] == 't' ? &spec->stubborn
                                  : &spec->silent,
                 value);
        return 0;
    }
    if (IS("clock")) {
        if (strcmp(value, "fixed") != 0)
            return bad(err, word, "the only other clock is clock=fixed");
        spec->fixed = true;
        return 0;
    }
#undef IS
    return bad(err, word, "no such word");
}

static int parse_word(struct sim_spec *spec, const char *word, struct error *err)
{
    const char *equals = strchr(word, '=');

    if (equals)
        return parse_assignment(spec, word, equals + 1, err);
    if (!strcmp(word, "calm")) {
        spec->calm = true;
        return 0;
    }
    if (!strcmp(word, "long")) {
        spec->tails = true;
        return 0;
    }
    if (!strcmp(word, "hostile") || !strcmp(word, "vile")) {
        spec->hostile = true;
        spec->vile = spec->vile || !strcmp(word, "vile");
        return 0;
    }
    if (!strncmp(word, "die@", 4))
        return parse_at(word, word + 4, &spec->die_ns, err);
    if (!strncmp(word, "garbage@", 8))
        return parse_at(word, word + 8, &spec->garbage_ns, err);
    if (!strncmp(word, "late@", 5))
        return parse_at(word, word + 5, &spec->late_ns, err);
    if (!strncmp(word, "lost@", 5))
        return parse_lost(spec, word, word + 5, err);
    return bad(err, word, "no such word");
}

int sim_spec_parse(struct sim_spec *ret, const char *text, struct error *err)
{
    struct sim_spec spec = {
        .guests = UINT32_MAX,
        .machines = UINT32_MAX,
        .seed = 1,
        .hang_ns = -1,
        .restarted_ns = -1,
        .die_ns = -1,
        .garbage_ns = -1,
        .late_ns = -1,
        .lost_ns = -1,
        .lost_for_ns = -1,
    };
    CLEANUP_FREE char *copy = xstrdup(text ? text : "");
    char *rest = copy, *word;
    int rc = 0;

    while (rc == 0 && (word = strsep(&rest, ",")))
        if (*word)
            rc = parse_word(&spec, word, err);
    if (rc == 0) {
        if (spec.guests == UINT32_MAX)
            spec.guests = spec.machines == UINT32_MAX || spec.machines < DEFAULT_GUESTS
                              ? DEFAULT_GUESTS
                              : spec.machines;
        if (spec.machines == UINT32_MAX)
            spec.machines = (spec.guests + 4) / 5;
        if (spec.machines > spec.guests)
            rc =
                error_set(err, ERR_USAGE, REMEDY,
                          "simulation: machines=%u is more than guests=%u, which counts both kinds",
                          spec.machines, spec.guests);
    }
    if (rc != 0) {
        sim_spec_clear(&spec);
        return rc;
    }
    *ret = spec;
    return 0;
}

void sim_spec_clear(struct sim_spec *spec)
{
    free(spec->hang);
    free(spec->stubborn);
    free(spec->busy);
    free(spec->silent);
    free(spec->emulated);
    free(spec->hurt.name);
    free(spec->hurt_whom);
    free(spec->fill.name);
    free(spec->free.name);
    free(spec->readonly.name);
    free(spec->deadmount.name);
    for (size_t i = 0; i < spec->fault_count; i++)
        free(spec->faults[i].name);
    *spec = (struct sim_spec){0};
}
