#include "model/cost.h"

#include <math.h>

#include "base/clock.h"

static double grown(uint64_t before, uint64_t after, double share)
{
    return after < before ? NAN : (double)(after - before) * share;
}

void cost_share(struct cost_share *ret, const struct cost *before, const struct cost *after,
                int64_t period_ns)
{
    int64_t span = after->at_ns - before->at_ns;
    double share = before->at_ns > 0 && span > 0 ? (double)period_ns / (double)span : NAN;
    bool calls = before->self.has_calls && after->self.has_calls;

    ret->cpu_ms = grown((uint64_t)before->self.cpu_ns, (uint64_t)after->self.cpu_ns, share) /
                  (double)NS_PER_MS;
    ret->memory = after->self.has_memory ? (double)after->self.memory : NAN;
    ret->reads = calls ? grown(before->self.reads, after->self.reads, share) : NAN;
    ret->writes = calls ? grown(before->self.writes, after->self.writes, share) : NAN;
    ret->calls = grown(before->calls, after->calls, share);
    ret->bytes = grown(before->bytes, after->bytes, share);
}

void cost_share_add(struct cost_share *sum, const struct cost_share *other)
{
    sum->cpu_ms += other->cpu_ms;
    sum->memory += other->memory;
    sum->reads += other->reads;
    sum->writes += other->writes;
    sum->calls += other->calls;
    sum->bytes += other->bytes;
}
