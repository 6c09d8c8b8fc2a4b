#include "model/culprit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "model/culprit_share.h"

/* Below these nobody is hurt, and nobody hurts. */
#define WAIT_PERCENT 5.0
#define PRESSURE_PERCENT 5.0
#define DROPS_A_SECOND 1.0
#define SLOW_DISK_MS 30.0        /* a disk that turns takes 10 */
#define RISE_CPU 10.0            /* percent of a CPU */
#define RISE_BYTES (1024 * 1024) /* a second */
#define WINDOW_S 60.0
#define BEFORE_S 240.0
#define WINDOW_LEAST_S 3.0

/* What a guest takes of a resource. */
static const enum metric uses[CULPRIT_RESOURCES][2] = {
    [CULPRIT_CPU] = {METRIC_CPU, METRIC_COUNT},
    [CULPRIT_DISK] = {METRIC_DISK_READ, METRIC_DISK_WRITE},
    [CULPRIT_NET] = {METRIC_NET_RX, METRIC_NET_TX},
};

static const char *const resource_words[CULPRIT_RESOURCES] = {
    [CULPRIT_CPU] = "the same CPUs",
    [CULPRIT_DISK] = "the same storage",
    [CULPRIT_NET] = "the same links",
};

/* The two spans that are held against each other. */
struct spans {
    int64_t before_ns, from_ns, now_ns;
};

static struct spans choose_spans(const struct guest *guest, int64_t now_ns)
{
    int64_t oldest = history_oldest(guest->history);
    double seen = oldest ? (double)(now_ns - oldest) / NS_PER_S : 0;
    double window = fmin(WINDOW_S, fmax(WINDOW_LEAST_S, seen / 3));
    double before = fmin(BEFORE_S, fmax(0, seen - window));

    return (struct spans){.before_ns = now_ns - (int64_t)((window + before) * NS_PER_S),
                          .from_ns = now_ns - (int64_t)(window * NS_PER_S),
                          .now_ns = now_ns};
}

/* ---- use, before and now ---- */

/* NAN: not known for a third of that time. */
static double average(const struct history *history, enum metric metric, int64_t from_ns,
                      int64_t to_ns)
{
    struct history_slice slice = {.average = NAN};

    if (to_ns > from_ns)
        history_slices(history, metric, from_ns, to_ns, &slice, 1);
    return slice.known_s * 3 * NS_PER_S >= (double)(to_ns - from_ns) ? (double)slice.average : NAN;
}

static double use_of(const struct guest *guest, enum culprit_resource resource, int64_t from_ns,
                     int64_t to_ns)
{
    double sum = NAN;

    for (int i = 0; i < 2 && uses[resource][i] != METRIC_COUNT; i++) {
        double one = average(guest->history, uses[resource][i], from_ns, to_ns);
        sum = isnan(sum) ? one : isnan(one) ? sum : sum + one;
    }
    return sum;
}

/* What GUEST used then and now; false when now is unknown. */
static bool measure(const struct guest *guest, enum culprit_resource resource,
                    const struct spans *spans, struct culprit *ret)
{
    ret->guest = guest;
    ret->before = use_of(guest, resource, spans->before_ns, spans->from_ns);
    ret->now = use_of(guest, resource, spans->from_ns, spans->now_ns);
    return !isnan(ret->now);
}

/* One that was just started took nothing before; of one that we did not see before nothing can be
 * said. */
static double rise_of(const struct culprit *culprit, const struct spans *spans)
{
    double uptime;

    if (!isnan(culprit->before))
        return culprit->now - culprit->before;
    if (guest_metric(culprit->guest, METRIC_UPTIME, spans->now_ns, &uptime) &&
        uptime * NS_PER_S < (double)(spans->now_ns - spans->before_ns))
        return culprit->now;
    return 0;
}

/* ---- what the guest suffers ---- */

/* A figure that says how much it waits, averaged over the window: from the history where it is
 * kept, for a moment says little. */
static double figure_now(const struct guest *guest, enum metric metric, const struct spans *spans)
{
    double value;

    if (history_slot(metric) >= 0)
        return average(guest->history, metric, spans->from_ns, spans->now_ns);
    return guest_metric(guest, metric, spans->now_ns, &value) ? value : NAN;
}

struct sign {
    enum metric metric;
    double limit;
    const char *before, *after; /* its figure */
};

/* The first that is over its limit, else the first that is known. */
static void look_for(const struct sign *signs, size_t count, const struct guest *guest,
                     const struct spans *spans, struct culprit_list *ret)
{
    for (size_t i = 0; i < count && !ret->suffers; i++) {
        double value = figure_now(guest, signs[i].metric, spans);
        char text[UNITS_MAX];

        if (isnan(value))
            continue;
        ret->suffers = value >= signs[i].limit;
        if (ret->symptom[0] && !ret->suffers)
            continue;
        metric_format_value(text, signs[i].metric, value);
        snprintf(ret->symptom, sizeof(ret->symptom), "%s%s%s", signs[i].before, text,
                 signs[i].after);
    }
}

static void find_symptom(enum culprit_resource resource, const struct guest *guest,
                         const struct spans *spans, struct culprit_list *ret)
{
    static const struct sign cpu[] = {
        {METRIC_CPU_WAIT, WAIT_PERCENT, "ready, but waits for a CPU ", " % of the time"},
        {METRIC_PSI_CPU, PRESSURE_PERCENT, "some task waits for a CPU ", " % of the time"},
    };
    static const struct sign disk[] = {
        {METRIC_PSI_IO, PRESSURE_PERCENT, "some task waits for a disk ", " % of the time"},
        {METRIC_DISK_WRITE_TIME, SLOW_DISK_MS, "a write takes its disks ", ""},
        {METRIC_DISK_READ_TIME, SLOW_DISK_MS, "a read takes its disks ", ""},
    };
    static const struct sign net[] = {
        {METRIC_NET_DROPS, DROPS_A_SECOND, "", " of its packets dropped a second"},
    };

    if (resource == CULPRIT_CPU)
        look_for(cpu, ARRAY_SIZE(cpu), guest, spans, ret);
    else if (resource == CULPRIT_DISK)
        look_for(disk, ARRAY_SIZE(disk), guest, spans, ret);
    else
        look_for(net, ARRAY_SIZE(net), guest, spans, ret);
}

/* ---- all of it ---- */

static void insert(struct culprit_list *list, const struct culprit *culprit)
{
    size_t at = list->count;

    while (at > 0 && list->at[at - 1].weight < culprit->weight)
        at--;
    if (at == CULPRITS_MAX)
        return;
    if (list->count < CULPRITS_MAX)
        list->count++;
    memmove(&list->at[at + 1], &list->at[at], (list->count - at - 1) * sizeof(*list->at));
    list->at[at] = *culprit;
}

static bool has_place(const struct world *world, const struct guest *guest)
{
    for (size_t i = 0; i < FACTS_DISKS_MAX && guest->facts.disks[i].target; i++)
        if (world_place_of_disk(world, guest, i))
            return true;
    return false;
}

/* Nobody's use rose, or much: then who uses it most may be told, but not blamed. */
static void excuse(const struct world *world, const struct guest *guest, const struct culprit *most,
                   enum culprit_resource resource, struct culprit_list *ret)
{
    char text[UNITS_MAX];

    if (resource == CULPRIT_DISK && !has_place(world, guest)) {
        snprintf(ret->why, sizeof(ret->why), "where its disks lie is not known");
        return;
    }
    if (!most->guest) {
        snprintf(ret->why, sizeof(ret->why), "nothing is known of how others use %s",
                 resource_words[resource]);
        return;
    }
    metric_format_value(text, uses[resource][0], most->now);
    snprintf(ret->why, sizeof(ret->why), "nobody's use of %s rose; %.48s uses most: %s%s",
             resource_words[resource], most->guest->facts.name ? most->guest->facts.name : "?",
             text, resource == CULPRIT_CPU ? " %" : "/s");
}

/* They may have used as much since before we looked. */
static void tell_steady(const struct culprit_list *steady, enum culprit_resource resource,
                        struct culprit_list *ret)
{
    memcpy(ret->at, steady->at, sizeof(ret->at));
    ret->count = steady->count;
    snprintf(ret->why, sizeof(ret->why), "nobody's use of %s rose; most is used by",
             resource_words[resource]);
}

static void find_culprits(const struct world *world, const struct guest *guest,
                          enum culprit_resource resource, const struct spans *spans,
                          struct culprit_list *ret)
{
    double least = resource == CULPRIT_CPU ? RISE_CPU : RISE_BYTES;
    struct culprit most = {.now = 0};
    struct culprit_list steady = {.count = 0};
    struct share_ground ground;

    share_ground_init(&ground, world, guest, resource);

    for (size_t i = 0; i < world_guest_count(world); i++) {
        const struct guest *other = world_guest_at(world, i);
        struct culprit culprit = {.guest = other};

        if (other == guest || !state_is_live(other->state) ||
            !measure(other, resource, spans, &culprit))
            continue;
        /* The cheap question first: few use enough to be asked where they stand. */
        if (culprit.now < least && culprit.now <= most.now)
            continue;
        if (!share_find(&ground, other, &culprit))
            continue;
        if (!most.guest || culprit.now > most.now)
            most = culprit;
        culprit.weight = culprit.now;
        if (culprit.now >= least)
            insert(&steady, &culprit);
        culprit.weight = rise_of(&culprit, spans);
        if (culprit.weight >= least)
            insert(ret, &culprit);
    }
    if (!ret->count && !steady.count)
        excuse(world, guest, &most, resource, ret);
    else if (!ret->count)
        tell_steady(&steady, resource, ret);
}

static double host_share(const struct world *world, int64_t now_ns)
{
    double left = world_host_get(world)->figures.cpu, one;

    for (size_t i = 0; i < world_guest_count(world); i++)
        if (guest_metric(world_guest_at(world, i), METRIC_CPU, now_ns, &one))
            left -= one;
    return left < 0 ? 0 : left; /* NAN stays */
}

void culprit_find(const struct world *world, const struct guest *guest, int64_t now_ns,
                  struct culprit_report *ret)
{
    struct spans spans = choose_spans(guest, now_ns);

    memset(ret, 0, sizeof(*ret));
    ret->window_s = (double)(now_ns - spans.from_ns) / NS_PER_S;
    ret->before_s = (double)(spans.from_ns - spans.before_ns) / NS_PER_S;
    ret->host_cpu = host_share(world, now_ns);
    for (int i = 0; i < CULPRIT_RESOURCES && guest->state == STATE_RUNNING; i++) {
        enum culprit_resource resource = (enum culprit_resource)i;
        struct culprit_list *list = &ret->list[i];

        find_symptom(resource, guest, &spans, list);
        if (!list->suffers)
            continue;
        find_culprits(world, guest, resource, &spans, list);
    }
}
