#include "model/guest.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

#define NEAR_LIMIT_PERCENT 95

void facts_clear(struct facts *facts)
{
    free(facts->key);
    free(facts->life);
    free(facts->name);
    free(facts->title);
    free(facts->type);
    free(facts->manager);
    free(facts->domain);
    for (int i = 0; i < FACTS_ADDRESSES_MAX; i++)
        free(facts->addresses[i]);
    free(facts->io_error_disk);
    for (int i = 0; i < FACTS_DISKS_MAX; i++) {
        free(facts->disks[i].target);
        free(facts->disks[i].source);
        free(facts->disks[i].pool);
    }
    *facts = (struct facts){0};
}

void facts_copy(struct facts *dst, const struct facts *src)
{
    *dst = *src;
    dst->key = xstrdup(src->key);
    dst->life = xstrdup(src->life);
    dst->name = xstrdup(src->name);
    dst->title = xstrdup(src->title);
    dst->type = xstrdup(src->type);
    dst->manager = xstrdup(src->manager);
    dst->domain = xstrdup(src->domain);
    for (int i = 0; i < FACTS_ADDRESSES_MAX; i++)
        dst->addresses[i] = xstrdup(src->addresses[i]);
    dst->io_error_disk = xstrdup(src->io_error_disk);
    for (int i = 0; i < FACTS_DISKS_MAX; i++) {
        dst->disks[i].target = xstrdup(src->disks[i].target);
        dst->disks[i].source = xstrdup(src->disks[i].source);
        dst->disks[i].pool = xstrdup(src->disks[i].pool);
    }
}

static bool text_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool facts_disks_same(const struct facts *a, const struct facts *b)
{
    for (int i = 0; i < FACTS_DISKS_MAX; i++) {
        if (!text_same(a->disks[i].target, b->disks[i].target) ||
            !text_same(a->disks[i].source, b->disks[i].source) ||
            !text_same(a->disks[i].pool, b->disks[i].pool))
            return false;
    }
    return true;
}

bool guest_is_near_limit(const struct guest *guest)
{
    return metrics_has(&guest->metrics, METRIC_MEM_PERCENT) &&
           guest->metrics.value[METRIC_MEM_PERCENT] >= NEAR_LIMIT_PERCENT;
}

void guest_asked(struct guest *guest, enum action action, int64_t now_ns)
{
    if (action == ACTION_SHUTDOWN || action == ACTION_FORCE_OFF)
        guest->seen.off_wanted = true;
    else if (action == ACTION_START || action == ACTION_REBOOT || action == ACTION_RESET)
        guest->seen.off_wanted = false;
    guest->seen.noted[0] = '\0';
    guest->seen.start_asked_ns = action == ACTION_START ? now_ns : 0;
}

bool guest_metric(const struct guest *guest, enum metric metric, int64_t now_ns, double *ret)
{
    if (metric == METRIC_AGE) {
        if (guest->state == STATE_OFF || guest->cur.at_ns == 0)
            return false;
        *ret = now_ns > guest->cur.at_ns ? (double)(now_ns - guest->cur.at_ns) / NS_PER_S : 0;
        return true;
    }
    if (!metrics_has(&guest->metrics, metric))
        return false;
    *ret = guest->metrics.value[metric];
    return true;
}

bool guest_metric_sum(const struct guest *guest, enum metric a, enum metric b, int64_t now_ns,
                      double *ret)
{
    double one = 0, other = 0;
    bool known = guest_metric(guest, a, now_ns, &one);

    known = guest_metric(guest, b, now_ns, &other) || known;
    *ret = one + other;
    return known;
}

const char *guest_isolation(const struct guest *guest)
{
    if (!guest->isolation)
        return state_is_live(guest->state) ? isolation_verdict_word(ISOLATION_UNKNOWN) : NULL;
    return isolation_verdict_word(guest->isolation->verdict);
}

bool figures_are_old(int64_t at_ns, int64_t now_ns, int64_t period_ns)
{
    return now_ns - at_ns > 2 * period_ns + NS_PER_S;
}

bool guest_is_stale(const struct guest *guest, int64_t now_ns, int64_t period_ns)
{
    if (guest->blame)
        return true;
    if (guest->state == STATE_OFF || guest->cur.at_ns == 0)
        return false;
    return figures_are_old(guest->cur.at_ns, now_ns, period_ns);
}
