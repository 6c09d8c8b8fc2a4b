#include "model/problem.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/units.h"
#include "model/problem_internal.h"

/* A kill that long ago is worth a look, but no more. */
#define FRESH_NS (15 * 60 * NS_PER_S)

/* So long after the last hit a limit still stands in the way; of tasks there is no other sign. */
#define AT_LIMIT_NS (60 * NS_PER_S)

#define BIT(kind) (UINT32_C(1) << PROBLEM_##kind)

static uint32_t of_pause(const struct world *world, const struct guest *guest)
{
    if (!reason_is_fault(guest->reason))
        return 0; /* somebody wanted it */
    if (guest->facts.io_error_no_space || strcasestr(guest->reason, "space"))
        return problem_space_is_back(world, guest) ? BIT(SPACE_BACK) : BIT(NO_SPACE);
    return strcasestr(guest->reason, "I/O error") ? BIT(IO_ERROR) : BIT(PAUSED);
}

static uint32_t of_rest(const struct guest *guest)
{
    if (reason_is_fault(guest->reason))
        return BIT(CRASHED);
    bool wanted = guest->facts.autostart == 1 && guest->facts.persistent != 0;
    return wanted && !guest->seen.off_wanted ? BIT(OFF) : 0;
}

static bool grew(const struct hits *hits, int64_t now_ns, int64_t within_ns)
{
    return hits->at_ns && now_ns - hits->at_ns < within_ns;
}

static uint32_t of_limits(const struct guest *guest, int64_t now_ns)
{
    return (guest->seen.oom.count ? BIT(OOM) : 0) |
           (grew(&guest->seen.tasks, now_ns, FRESH_NS) ? BIT(TASK_LIMIT) : 0) |
           (grew(&guest->seen.mem, now_ns, AT_LIMIT_NS) && guest_is_near_limit(guest)
                ? BIT(MEM_LIMIT)
                : 0);
}

/* All that GUEST suffers from, a bit per enum problem_kind. */
static uint32_t kinds_of(const struct world *world, const struct guest *guest, int64_t now_ns)
{
    uint32_t kinds = 0;

    switch (guest->state) {
    case STATE_PAUSED:
        kinds = of_pause(world, guest);
        break;
    case STATE_OFF:
        kinds = of_rest(guest);
        break;
    case STATE_CRASHED:
        kinds = BIT(CRASHED);
        break;
    case STATE_BROKEN:
        kinds = BIT(BROKEN);
        break;
    case STATE_DENIED:
        kinds = BIT(DENIED);
        break;
    default:
        break;
    }
    if (guest->blame)
        kinds |= BIT(HUNG);
    if (state_is_live(guest->state))
        kinds |= of_limits(guest, now_ns);
    if (guest->seen.noted[0])
        kinds |= BIT(EVENT);
    return kinds;
}

static enum problem_severity severity_of(const struct guest *guest, enum problem_kind kind,
                                         int64_t now_ns)
{
    switch (kind) {
    case PROBLEM_OOM:
        return grew(&guest->seen.oom, now_ns, FRESH_NS) ? PROBLEM_ACT : PROBLEM_LOOK;
    case PROBLEM_TASK_LIMIT:
    case PROBLEM_MEM_LIMIT:
    case PROBLEM_OFF:
    case PROBLEM_BROKEN:
    case PROBLEM_DENIED:
    case PROBLEM_EVENT:
        return PROBLEM_LOOK;
    default:
        return PROBLEM_ACT;
    }
}

static int rank_of(const struct guest *guest, enum problem_kind kind, int64_t now_ns)
{
    return (int)severity_of(guest, kind, now_ns) * PROBLEM_GUEST_KINDS + (int)kind;
}

/* The worst of KINDS; false when there is none. */
static bool worst(const struct guest *guest, uint32_t kinds, int64_t now_ns, enum problem_kind *ret)
{
    int best = PROBLEM_RANK_NONE;

    for (int kind = 0; kinds && kind < PROBLEM_GUEST_KINDS; kind++) {
        if (!(kinds >> kind & 1) || rank_of(guest, (enum problem_kind)kind, now_ns) >= best)
            continue;
        best = rank_of(guest, (enum problem_kind)kind, now_ns);
        *ret = (enum problem_kind)kind;
    }
    return best != PROBLEM_RANK_NONE;
}

/* ---- words ---- */

/* Who does not answer, in short and why. */
static void put_blame(struct problem *ret, const struct world *world)
{
    static const struct {
        const char *begins, *brief, *cause;
    } known[] = {
        {"QEMU stopped", "QEMU stop", "QEMU stopped by a signal or a debugger"},
        {"QEMU in D state", "QEMU D", NULL},
        {"LXC monitor stopped", "LXC stop",
         "LXC monitor stopped by a signal: no action can reach it"},
        {"LXC monitor held", "LXC held", NULL},
        {"monitor silent", "silent", NULL},
    };
    const char *blame = ret->guest->blame;

    snprintf(ret->word, sizeof(ret->word), "%.39s", blame);
    snprintf(ret->brief, sizeof(ret->brief), "stuck");
    snprintf(ret->cause, sizeof(ret->cause), "%.200s", blame);
    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (strncmp(blame, known[i].begins, strlen(known[i].begins)) != 0)
            continue;
        snprintf(ret->brief, sizeof(ret->brief), "%s", known[i].brief);
        if (known[i].cause)
            snprintf(ret->cause, sizeof(ret->cause), "%s", known[i].cause);
    }
    if (strcmp(ret->brief, "QEMU D") == 0)
        problem_put_waiting(ret, world);
}

static void put_limit(struct problem *ret)
{
    const struct guest *guest = ret->guest;
    const struct guest_seen *seen = &guest->seen;
    unsigned long long kills = seen->oom.count, tasks = seen->tasks.count;
    char limit[UNITS_MAX] = "";

    if (metrics_has(&guest->metrics, METRIC_MEM_LIMIT))
        units_bytes(limit, guest->metrics.value[METRIC_MEM_LIMIT]);
    if (ret->kind == PROBLEM_TASK_LIMIT)
        snprintf(ret->cause, sizeof(ret->cause), "its limit of tasks kept %llu from starting",
                 tasks);
    else if (ret->kind == PROBLEM_MEM_LIMIT)
        snprintf(ret->cause, sizeof(ret->cause), "at its memory limit of %s", limit);
    else
        /* The limit first: the end may be cut. */
        snprintf(ret->cause, sizeof(ret->cause), "%llu OOM kill%s%s%s%s", kills,
                 kills == 1 ? "" : "s",
                 !*limit           ? ""
                 : seen->oom.at_ns ? ", limit "
                                   : " at ",
                 limit, seen->oom.at_ns ? "" : " before vctop looked");
}

static void put_words(struct problem *ret, const struct world *world)
{
    /* "" is made below; the reason of the state is added to a cause that ends in a colon. */
    static const struct {
        const char *word, *cause;
    } words[PROBLEM_GUEST_KINDS] = {
        [PROBLEM_NO_SPACE] = {"NO SPACE", ""},
        [PROBLEM_SPACE_BACK] = {"SPACE BACK", ""},
        [PROBLEM_IO_ERROR] = {"I/O ERROR", ""},
        [PROBLEM_PAUSED] = {"PAUSED", "paused:"},
        [PROBLEM_HUNG] = {"", ""},
        [PROBLEM_CRASHED] = {"CRASHED", "crashed:"},
        [PROBLEM_OOM] = {"OOM", ""},
        [PROBLEM_TASK_LIMIT] = {"TASK LIMIT", ""},
        [PROBLEM_MEM_LIMIT] = {"MEM LIMIT", ""},
        [PROBLEM_OFF] = {"off!", "off, but autostart is on:"},
        [PROBLEM_BROKEN] = {"broken", "its configuration cannot be read:"},
        [PROBLEM_DENIED] = {"denied", "no permission to look into it:"},
        [PROBLEM_EVENT] = {"EVENT", ""},
    };
    const char *reason = ret->guest->reason, *cause = words[ret->kind].cause;
    int length = (int)strlen(cause) - (reason ? 0 : 1);

    snprintf(ret->word, sizeof(ret->word), "%s", words[ret->kind].word);
    snprintf(ret->brief, sizeof(ret->brief), "%s", words[ret->kind].word);
    switch (ret->kind) {
    case PROBLEM_NO_SPACE:
    case PROBLEM_SPACE_BACK:
    case PROBLEM_IO_ERROR:
        problem_put_io_error(ret, world);
        break;
    case PROBLEM_HUNG:
        put_blame(ret, world);
        break;
    case PROBLEM_OOM:
    case PROBLEM_TASK_LIMIT:
    case PROBLEM_MEM_LIMIT:
        put_limit(ret);
        break;
    case PROBLEM_EVENT:
        snprintf(ret->cause, sizeof(ret->cause), "%s", ret->guest->seen.noted);
        break;
    case PROBLEM_CRASHED:
    case PROBLEM_BROKEN:
    case PROBLEM_DENIED:
        /* The reason alone, when it says the same. */
        if (reason && (ret->kind != PROBLEM_CRASHED || strncmp(reason, "crashed", 7) == 0))
            length = -1;
        /* fall through */
    default:
        if (length < 0)
            length = 0;
        snprintf(ret->cause, sizeof(ret->cause), "%.*s%s%.180s", length, cause,
                 reason && length ? " " : "", reason ? reason : "");
        break;
    }
}

static int64_t since_of(const struct guest *guest, enum problem_kind kind)
{
    return kind == PROBLEM_HUNG         ? guest->blame_since_ns
           : kind == PROBLEM_OOM        ? guest->seen.oom.at_ns
           : kind == PROBLEM_TASK_LIMIT ? guest->seen.tasks.at_ns
           : kind == PROBLEM_EVENT      ? guest->seen.noted_ns
           : kind == PROBLEM_MEM_LIMIT  ? 0
                                        : guest->state_since_ns;
}

/* ---- asking ---- */

bool problem_of(const struct world *world, const struct guest *guest, int64_t now_ns,
                struct problem *ret)
{
    uint32_t kinds = kinds_of(world, guest, now_ns), known = kinds & guest->seen.acknowledged;
    enum problem_kind kind = PROBLEM_GUEST_KINDS;

    if (!worst(guest, kinds & ~known, now_ns, &kind) && !worst(guest, known, now_ns, &kind))
        return false;
    *ret = (struct problem){.kind = kind,
                            .severity = severity_of(guest, kind, now_ns),
                            .guest = guest,
                            .since_ns = since_of(guest, kind),
                            .acknowledged = (known >> kind & 1) != 0};
    put_words(ret, world);
    return true;
}

bool problem_now(const struct world *world, const struct guest *guest, int64_t now_ns,
                 struct problem *ret)
{
    return problem_of(world, guest, now_ns, ret) && ret->kind != PROBLEM_EVENT;
}

int problem_rank(const struct world *world, const struct guest *guest, int64_t now_ns)
{
    enum problem_kind kind = PROBLEM_GUEST_KINDS;

    if (!worst(guest, kinds_of(world, guest, now_ns) & ~guest->seen.acknowledged, now_ns, &kind))
        return PROBLEM_RANK_NONE;
    return rank_of(guest, kind, now_ns);
}

bool problem_acknowledge(const struct world *world, struct guest *guest, int64_t now_ns)
{
    uint32_t kinds = kinds_of(world, guest, now_ns);
    bool news = (kinds & ~guest->seen.acknowledged) != 0;

    guest->seen.acknowledged |= kinds & ~BIT(EVENT);
    guest->seen.noted[0] = '\0';
    return news;
}

/* What was counted before we looked has no moment. */
static void take_hits(struct hits *hits, const struct sample *sample, enum field field,
                      int64_t now_ns)
{
    if (!sample_has(sample, field))
        return;
    if (sample->value[field] > hits->count && hits->known)
        hits->at_ns = now_ns;
    hits->count = sample->value[field];
    hits->known = true;
}

void problem_new_life(struct guest *guest)
{
    const struct hits none = {.known = true};

    guest->seen.oom = guest->seen.mem = guest->seen.tasks = none;
    guest->seen.acknowledged = 0;
    guest->seen.start_known = false;
    if (guest->facts.life && guest->facts.life[0])
        guest->seen.off_wanted = false;
}

void problem_settle(const struct world *world, struct guest *guest, int64_t now_ns)
{
    uint64_t kills = guest->seen.oom.count;

    take_hits(&guest->seen.oom, &guest->cur, FIELD_OOM_KILLS, now_ns);
    take_hits(&guest->seen.mem, &guest->cur, FIELD_MEM_LIMIT_HITS, now_ns);
    take_hits(&guest->seen.tasks, &guest->cur, FIELD_PIDS_LIMIT_HITS, now_ns);
    if (guest->seen.oom.count != kills)
        guest->seen.acknowledged &= ~BIT(OOM);
    /* Not to know for a while ends nothing. */
    if (guest->seen.acknowledged && guest->state != STATE_UNKNOWN)
        guest->seen.acknowledged &= kinds_of(world, guest, now_ns);
}

const char *problem_group(enum problem_kind kind)
{
    static const char *const groups[PROBLEM_GUEST_KINDS] = {
        [PROBLEM_NO_SPACE] = "paused",   [PROBLEM_SPACE_BACK] = "paused",
        [PROBLEM_IO_ERROR] = "paused",   [PROBLEM_PAUSED] = "paused",
        [PROBLEM_HUNG] = "hung",         [PROBLEM_CRASHED] = "crashed",
        [PROBLEM_OOM] = "OOM",           [PROBLEM_TASK_LIMIT] = "limited",
        [PROBLEM_MEM_LIMIT] = "limited", [PROBLEM_OFF] = "off",
        [PROBLEM_BROKEN] = "broken",     [PROBLEM_DENIED] = "denied",
        [PROBLEM_EVENT] = "with events",
    };

    return kind < PROBLEM_GUEST_KINDS ? groups[kind] : "";
}

void problem_count(const struct world *world, int64_t now_ns, struct problem_counts *ret)
{
    *ret = (struct problem_counts){0};
    for (size_t i = 0; i < world_guest_count(world); i++) {
        const struct guest *guest = world_guest_at(world, i);
        int rank = problem_rank(world, guest, now_ns);

        if (rank == PROBLEM_RANK_NONE)
            continue;
        bool act = rank < PROBLEM_GUEST_KINDS;
        ret->of[rank % PROBLEM_GUEST_KINDS]++;
        ret->acts[rank % PROBLEM_GUEST_KINDS] |= act;
        ret->act |= act;
        ret->only = ret->guests++ ? NULL : guest;
    }
}
