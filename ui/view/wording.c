#include "ui/view/wording.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/problem.h"

static void age_text(char dst[UNITS_MAX], int64_t since_ns, int64_t now_ns)
{
    if (since_ns > 0 && now_ns >= since_ns)
        units_duration(dst, (double)(now_ns - since_ns) / NS_PER_S);
    else
        dst[0] = '\0';
}

static void put(struct wording *ret, enum style style, const char *text)
{
    snprintf(ret->text, sizeof(ret->text), "%s", text);
    ret->style = style;
}

/* WORDS and AGE when both fit, else FALLBACK and AGE, else FALLBACK. */
static void put_aged(struct wording *ret, enum style style, const char *words, const char *fallback,
                     const char *age, int cells)
{
    int room = cells - (age[0] ? 1 + (int)strlen(age) : 0);

    if ((int)text_width(words) <= room)
        snprintf(ret->text, sizeof(ret->text), "%s%s%s", words, age[0] ? " " : "", age);
    else if ((int)strlen(fallback) <= room)
        snprintf(ret->text, sizeof(ret->text), "%s%s%s", fallback, age[0] ? " " : "", age);
    else
        snprintf(ret->text, sizeof(ret->text), "%s", fallback);
    ret->style = style;
}

static void put_state(struct wording *ret, const struct guest *guest, int64_t now_ns, int cells)
{
    const char *reason = guest->reason;
    char age[UNITS_MAX];

    age_text(age, guest->state_since_ns, now_ns);
    switch (guest->state) {
    case STATE_RUNNING:
        put(ret, STYLE_NORMAL, "run");
        break;
    case STATE_PAUSED:
        put_aged(ret, STYLE_WARN, reason && !strchr(reason, ' ') ? reason : "paused", "paused", age,
                 cells);
        break;
    case STATE_OFF:
        put(ret, STYLE_DIM, "off");
        break;
    case STATE_STARTING:
    case STATE_STOPPING:
        put_aged(ret, STYLE_WARN, state_name(guest->state), state_name(guest->state), age, cells);
        break;
    default:
        put(ret, STYLE_DIM, state_name(guest->state));
        break;
    }
}

static enum style problem_style(const struct problem *problem)
{
    return problem->acknowledged               ? STYLE_DIM
           : problem->severity == PROBLEM_LOOK ? STYLE_WARN
                                               : STYLE_BAD;
}

static void put_problem(struct wording *ret, const struct problem *problem, int64_t now_ns,
                        int cells)
{
    char age[UNITS_MAX];

    age_text(age, problem->since_ns, now_ns);
    put_aged(ret, problem_style(problem), problem->word, problem->brief, age, cells);
    snprintf(ret->cause, sizeof(ret->cause), "%s", problem->cause);
    ret->problem = !problem->acknowledged;
}

/* Somebody is to blame, and yet the figures go on: a stopped LXC monitor, say. */
static bool figures_go_on(const struct world *world, const struct guest *guest, int64_t now_ns)
{
    return guest->cur.at_ns && now_ns - guest->cur.at_ns <= 2 * world_period(world) + NS_PER_S;
}

void wording_short(struct wording *ret, const struct world *world, const struct guest *guest,
                   int64_t now_ns, int cells)
{
    struct problem problem;
    char why[96], age[UNITS_MAX];
    int64_t since = 0;

    *ret = (struct wording){0};
    bool stale = world_stale(world, guest, now_ns, why, sizeof(why), &since);
    ret->stale = stale && !figures_go_on(world, guest, now_ns);
    /* A fault of the guest itself says more than that nobody has looked since. */
    bool troubled = problem_of(world, guest, now_ns, &problem);
    if (troubled && problem.kind != PROBLEM_EVENT) {
        put_problem(ret, &problem, now_ns, cells);
        ret->idle = ret->stale || guest->state != STATE_RUNNING;
        return;
    }
    put_state(ret, guest, now_ns, cells);
    if (troubled) {
        ret->problem = ret->over = true;
        snprintf(ret->cause, sizeof(ret->cause), "%s", problem.cause);
    }
    if (!stale)
        return;
    age_text(age, since, now_ns);
    put_aged(ret, STYLE_WARN, why, "stale", age, cells);
}

enum style wording_long(char *dst, size_t size, const struct world *world,
                        const struct guest *guest, int64_t now_ns)
{
    const char *name = guest->facts.name ? guest->facts.name : "";
    char why[96], age[UNITS_MAX];
    struct problem problem;
    int64_t since = 0;

    dst[0] = '\0';
    bool stale = world_stale(world, guest, now_ns, why, sizeof(why), &since);
    const char *old = stale && !figures_go_on(world, guest, now_ns) ? "; the figures are old" : "";
    if (problem_of(world, guest, now_ns, &problem)) {
        char grower[120] = "";
        bool grew = problem_grower(world, &problem, now_ns, grower, sizeof(grower));
        age_text(age, problem.kind == PROBLEM_EVENT ? problem.since_ns : 0, now_ns);
        snprintf(dst, size, "%s: %s%s%s%s%s%s%s", name, problem.cause, age[0] ? ", " : "", age,
                 age[0] ? " ago" : "", grew ? "; " : "", grower, old);
        return problem_style(&problem);
    }
    if (stale) {
        age_text(age, since, now_ns);
        snprintf(dst, size, "%s: %s%s%s%s", name, why, age[0] ? " for " : "", age, old);
        return STYLE_WARN;
    }
    if (guest->state == STATE_RUNNING || (guest->state == STATE_OFF && !guest->reason))
        return STYLE_NORMAL;
    age_text(age, guest->state_since_ns, now_ns);
    snprintf(dst, size, "%s: %s%s%s%s%s", name, state_name(guest->state), age[0] ? " for " : "",
             age, guest->reason ? ": " : "", guest->reason ? guest->reason : "");
    return STYLE_WARN;
}

static void bytes_text(char dst[UNITS_MAX], double value)
{
    if (isnan(value))
        snprintf(dst, UNITS_MAX, "-");
    else
        units_bytes(dst, value);
}

/* "7.4G" and "8.0G" are "7.4" and "8.0G". */
static void pair(char used_text[UNITS_MAX], char limit_text[UNITS_MAX], double used, double limit)
{
    bytes_text(used_text, used);
    bytes_text(limit_text, limit);

    size_t used_len = strlen(used_text), limit_len = strlen(limit_text);
    char unit = used_text[used_len - 1];
    if (used_len > 1 && unit == limit_text[limit_len - 1] && strchr("KMGTP", unit))
        used_text[used_len - 1] = '\0';
}

void wording_of_limit(char dst[32], double used, double limit)
{
    char used_text[UNITS_MAX], limit_text[UNITS_MAX];

    pair(used_text, limit_text, used, limit);
    if (isnan(limit))
        snprintf(dst, 32, "%5s      ", used_text);
    else
        snprintf(dst, 32, "%5s/%-5s", used_text, limit_text);
}

void wording_ratio(char dst[32], double used, double limit)
{
    char used_text[UNITS_MAX], limit_text[UNITS_MAX];

    pair(used_text, limit_text, used, limit);
    if (isnan(limit))
        snprintf(dst, 32, "%s", used_text);
    else
        snprintf(dst, 32, "%s/%s", used_text, limit_text);
}
