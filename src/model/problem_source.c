/* What is wrong with a source, in words. */
#include "model/problem.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"

/* For so long a return is worth a word. */
#define BACK_NS (2 * 60 * NS_PER_S)

/* What people call it: "libvirtd", the session's with its URI; else its id. */
static void put_name(char *dst, size_t size, const struct source *source)
{
    static const char libvirt[] = "libvirt:", system[] = "qemu:///system";
    const char *rest = source->name + sizeof(libvirt) - 1;

    if (strncmp(source->name, libvirt, sizeof(libvirt) - 1) != 0)
        snprintf(dst, size, "%.60s", source->name);
    else if (strcmp(rest, system) == 0)
        snprintf(dst, size, "libvirtd");
    else
        snprintf(dst, size, "libvirtd %.60s", rest);
}

static void age_text(char dst[UNITS_MAX], int64_t since_ns, int64_t now_ns)
{
    dst[0] = '\0';
    if (since_ns > 0 && now_ns >= since_ns)
        units_duration(dst, (double)(now_ns - since_ns) / NS_PER_S);
}

/* It is not there now, and somebody goes on trying. */
static void put_lost(struct problem *ret, const char *name, int64_t now_ns)
{
    const struct source *source = ret->source;
    const char *state = source_state_name(source->state);
    char age[UNITS_MAX];

    age_text(age, source->since_ns, now_ns);
    ret->severity = PROBLEM_ACT;
    ret->since_ns = source->since_ns;
    snprintf(ret->word, sizeof(ret->word), "%.14s %s%s%s: retrying", name, state, *age ? " " : "",
             age);
    snprintf(ret->cause, sizeof(ret->cause), "%s %s%s%s: retrying%s%.120s", name, state,
             *age ? " " : "", age, source->error ? "; " : "", source->error ? source->error : "");
}

static void put_error(struct problem *ret, const char *name, enum problem_severity severity,
                      const char *text)
{
    ret->severity = severity;
    ret->since_ns = ret->source->since_ns;
    snprintf(ret->word, sizeof(ret->word), "%.20s %s", name, source_state_name(ret->source->state));
    snprintf(ret->cause, sizeof(ret->cause), "%s: %.150s", name, text);
}

/* It is up, but was not a short while ago. */
static bool put_recent(struct problem *ret, const char *name, int64_t now_ns)
{
    const struct source *source = ret->source;
    int64_t ago_ns;
    bool restarted = source_was_restarted(source, now_ns, &ago_ns);
    char age[UNITS_MAX];

    if (!restarted && !(source->back_ns && now_ns - source->back_ns < BACK_NS))
        return false;
    ret->kind = PROBLEM_RESTARTED;
    ret->severity = PROBLEM_LOOK;
    ret->since_ns = restarted ? source->restarted_ns : source->back_ns;
    age_text(age, ret->since_ns, now_ns);
    snprintf(ret->word, sizeof(ret->word), "%.20s %s %s ago", name,
             restarted ? "restarted" : "came back", age);
    snprintf(ret->cause, sizeof(ret->cause), "%s %s %s ago", name,
             restarted ? "restarted" : "came back", age);
    return true;
}

bool problem_of_source(const struct source *source, int64_t now_ns, struct problem *ret)
{
    char name[80];

    *ret = (struct problem){.kind = PROBLEM_SOURCE, .source = source};
    put_name(name, sizeof(name), source);
    switch (source->state) {
    case SOURCE_LATE:
    case SOURCE_LOST:
        put_lost(ret, name, now_ns);
        return true;
    case SOURCE_DENIED:
    case SOURCE_FAILED:
        put_error(ret, name, PROBLEM_ACT,
                  source->error ? source->error : source_state_name(source->state));
        return true;
    case SOURCE_ABSENT:
        if (!source->explicit_)
            return false; /* only worth a word when somebody asked for it */
        put_error(ret, name, PROBLEM_LOOK, source->error ? source->error : "not there");
        return true;
    case SOURCE_UP:
        if (put_recent(ret, name, now_ns))
            return true;
        if (source->note)
            put_error(ret, name, PROBLEM_LOOK, source->note);
        return source->note != NULL;
    default:
        return false;
    }
}
