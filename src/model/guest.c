#include "model/guest.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"

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

bool guest_is_stale(const struct guest *guest, int64_t now_ns, int64_t period_ns)
{
    if (guest->blame)
        return true;
    if (guest->state == STATE_OFF || guest->cur.at_ns == 0)
        return false;
    return now_ns - guest->cur.at_ns > 2 * period_ns + NS_PER_S;
}
