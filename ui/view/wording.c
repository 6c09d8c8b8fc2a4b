#include "ui/view/wording.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"

static void age_text(char dst[UNITS_MAX], int64_t since_ns, int64_t now_ns)
{
    if (since_ns > 0 && now_ns >= since_ns)
        units_duration(dst, (double)(now_ns - since_ns) / NS_PER_S);
    else
        dst[0] = '\0';
}

/* A pause that nobody asked for.  The words are the backends' own. */
static bool is_fault(const char *reason)
{
    static const char *const faults[] = {"error", "space", "watchdog", "crash", "panic", "fail"};

    for (size_t i = 0; reason && i < ARRAY_SIZE(faults); i++)
        if (strcasestr(reason, faults[i]))
            return true;
    return false;
}

bool wording_is_problem(const struct guest *guest)
{
    return guest->state == STATE_CRASHED || guest->blame ||
           (guest->state == STATE_PAUSED && is_fault(guest->reason));
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

static void put_paused(struct wording *ret, const struct guest *guest, const char *age, int cells)
{
    const char *reason = guest->reason;
    char words[64];

    if (!is_fault(reason)) {
        bool short_word = reason && strchr(reason, ' ') == NULL;
        put_aged(ret, STYLE_WARN, short_word ? reason : "paused", "paused", age, cells);
        return;
    }
    snprintf(words, sizeof(words), "PAUSED %.50s", reason);
    put_aged(ret, STYLE_BAD, words, "PAUSED", age, cells);
}

static void put_state(struct wording *ret, const struct guest *guest, int64_t now_ns, int cells)
{
    char age[UNITS_MAX];

    age_text(age, guest->state_since_ns, now_ns);
    switch (guest->state) {
    case STATE_RUNNING:
        put(ret, STYLE_NORMAL, "run");
        break;
    case STATE_PAUSED:
        put_paused(ret, guest, age, cells);
        break;
    case STATE_CRASHED:
        put_aged(ret, STYLE_BAD, "CRASHED", "CRASHED", age, cells);
        break;
    case STATE_OFF:
        put(ret, STYLE_DIM, "off");
        break;
    case STATE_DENIED:
        put(ret, STYLE_DIM, "no permission");
        ret->spill = true;
        break;
    case STATE_BROKEN:
        snprintf(ret->text, sizeof(ret->text), "broken%s%.60s", guest->reason ? ": " : "",
                 guest->reason ? guest->reason : "");
        ret->style = STYLE_WARN;
        ret->spill = true;
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

/* Somebody is to blame, and yet the figures go on: a stopped LXC monitor, say. */
static bool figures_go_on(const struct world *world, const struct guest *guest, int64_t now_ns)
{
    return guest->cur.at_ns && now_ns - guest->cur.at_ns <= 2 * world_period(world) + NS_PER_S;
}

void wording_short(struct wording *ret, const struct world *world, const struct guest *guest,
                   int64_t now_ns, int cells)
{
    char why[96], age[UNITS_MAX];
    int64_t since = 0;

    *ret = (struct wording){.problem = wording_is_problem(guest)};
    put_state(ret, guest, now_ns, cells);
    if (!world_stale(world, guest, now_ns, why, sizeof(why), &since))
        return;
    ret->stale = !figures_go_on(world, guest, now_ns);
    /* A fault of the guest itself says more than that nobody has looked since. */
    if (guest->state == STATE_CRASHED || guest->state == STATE_DENIED ||
        guest->state == STATE_BROKEN)
        return;
    age_text(age, since, now_ns);
    put_aged(ret, guest->blame ? STYLE_BAD : STYLE_WARN, why, guest->blame ? "stuck" : "stale", age,
             cells);
}

void wording_long(char *dst, size_t size, const struct world *world, const struct guest *guest,
                  int64_t now_ns)
{
    const char *name = guest->facts.name ? guest->facts.name : "";
    char why[96], age[UNITS_MAX];
    int64_t since = 0;

    dst[0] = '\0';
    if (world_stale(world, guest, now_ns, why, sizeof(why), &since)) {
        age_text(age, since, now_ns);
        snprintf(dst, size, "%s: %s%s%s%s", name, why, age[0] ? " for " : "", age,
                 figures_go_on(world, guest, now_ns) ? "" : "; the figures are from then");
        return;
    }
    if (guest->state == STATE_RUNNING || (guest->state == STATE_OFF && !guest->reason))
        return;
    age_text(age, guest->state_since_ns, now_ns);
    const char *word = guest->state == STATE_DENIED   ? "no permission to look into it"
                       : guest->state == STATE_BROKEN ? "its configuration cannot be read"
                                                      : state_name(guest->state);
    snprintf(dst, size, "%s: %s%s%s%s%s", name, word, age[0] ? " for " : "", age,
             guest->reason ? ": " : "", guest->reason ? guest->reason : "");
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
