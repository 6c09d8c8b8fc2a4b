#include "model/metric.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "model/host.h"

/* More CPUs than a host has are a counter that came from somewhere else. */
#define PERCENT_MAX (100.0 * HOST_CPUS_MAX)

#define PSI_FULL 10000 /* 100.00 % */

static const struct metric_info infos[METRIC_COUNT] = {
#define METRIC_ROW(id, json_, filter_, title_, format_, help_) \
    [METRIC_##id] = { \
        .json = json_, .filter = filter_, .title = title_, .help = help_, .format = format_},
    METRIC_LIST(METRIC_ROW)
#undef METRIC_ROW
};

_Static_assert(METRIC_COUNT <= 64, "struct metrics has one bit for each metric");

const struct metric_info *metric_info(enum metric metric)
{
    return &infos[metric];
}

enum metric metric_from_name(const char *name)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (strcmp(infos[i].filter, name) == 0 || strcmp(infos[i].json, name) == 0)
            return (enum metric)i;
    }
    return METRIC_COUNT;
}

/* What a metric is made of: a gauge times SCALE, or the growth of a counter per second times
 * SCALE. */
struct recipe {
    enum metric metric;
    enum field field;
    enum {
        AS_IS,
        PER_SECOND,
        CPU_TIME,
        PRESSURE
    } how;
    double scale;
};

/* clang-format off */
static const struct recipe recipes[] = {
    {METRIC_CPU, FIELD_CPU, CPU_TIME, 100e-9},
    {METRIC_CPU_USER, FIELD_CPU_USER, CPU_TIME, 100e-9},
    {METRIC_CPU_SYSTEM, FIELD_CPU_SYSTEM, CPU_TIME, 100e-9},
    {METRIC_CPU_WAIT, FIELD_CPU_WAIT, CPU_TIME, 100e-9},
    {METRIC_THROTTLED, FIELD_CPU_THROTTLED, CPU_TIME, 100e-9},
    {METRIC_CPU_VIRT, FIELD_CPU_VIRT, CPU_TIME, 100e-9},
    {METRIC_MEM_USED, FIELD_MEM_USED, AS_IS, 1},
    {METRIC_MEM_CACHE, FIELD_MEM_CACHE, AS_IS, 1},
    {METRIC_MEM_LIMIT, FIELD_MEM_LIMIT, AS_IS, 1},
    {METRIC_MEM_HOST, FIELD_MEM_HOST, AS_IS, 1},
    {METRIC_MEM_OVERHEAD, FIELD_MEM_OVERHEAD, AS_IS, 1},
    {METRIC_MEM_SWAP, FIELD_MEM_SWAP, AS_IS, 1},
    {METRIC_MEM_AGE, FIELD_MEM_AGE, AS_IS, 1e-3},
    {METRIC_MAJOR_FAULTS, FIELD_MAJOR_FAULTS, PER_SECOND, 1},
    {METRIC_DISK_READ, FIELD_DISK_READ, PER_SECOND, 1},
    {METRIC_DISK_WRITE, FIELD_DISK_WRITE, PER_SECOND, 1},
    {METRIC_DISK_READ_OPS, FIELD_DISK_READ_OPS, PER_SECOND, 1},
    {METRIC_DISK_WRITE_OPS, FIELD_DISK_WRITE_OPS, PER_SECOND, 1},
    {METRIC_DISK_READ_TIME, FIELD_DISK_READ_TIME, AS_IS, 1e-3},
    {METRIC_DISK_WRITE_TIME, FIELD_DISK_WRITE_TIME, AS_IS, 1e-3},
    {METRIC_NET_RX, FIELD_NET_RX, PER_SECOND, 1},
    {METRIC_NET_TX, FIELD_NET_TX, PER_SECOND, 1},
    {METRIC_NET_RX_PACKETS, FIELD_NET_RX_PACKETS, PER_SECOND, 1},
    {METRIC_NET_TX_PACKETS, FIELD_NET_TX_PACKETS, PER_SECOND, 1},
    {METRIC_NET_ERRORS, FIELD_NET_ERRORS, PER_SECOND, 1},
    {METRIC_NET_DROPS, FIELD_NET_DROPS, PER_SECOND, 1},
    {METRIC_PIDS, FIELD_PIDS, AS_IS, 1},
    {METRIC_OOM_KILLS, FIELD_OOM_KILLS, AS_IS, 1},
    {METRIC_MEM_LIMIT_HITS, FIELD_MEM_LIMIT_HITS, AS_IS, 1},
    {METRIC_PIDS_LIMIT_HITS, FIELD_PIDS_LIMIT_HITS, AS_IS, 1},
    {METRIC_PSI_CPU, FIELD_PSI_CPU, PRESSURE, 0.01},
    {METRIC_PSI_MEM, FIELD_PSI_MEM, PRESSURE, 0.01},
    {METRIC_PSI_IO, FIELD_PSI_IO, PRESSURE, 0.01},
    {METRIC_UPTIME, FIELD_UPTIME, AS_IS, 1e-3},
    {METRIC_BOOT, FIELD_BOOT, AS_IS, 1},
};
/* clang-format on */

static void put(struct metrics *metrics, enum metric metric, double value)
{
    metrics->value[metric] = value;
    metrics->valid |= UINT64_C(1) << metric;
}

/* A counter that shrank was reset; one that grew by more than half of what it can hold shrank below
 * zero somewhere on its way here. */
static bool growth(const struct sample *prev, const struct sample *cur, enum field field,
                   uint64_t *ret)
{
    if (!sample_has(prev, field) || !sample_has(cur, field))
        return false;
    if (cur->value[field] < prev->value[field])
        return false;
    *ret = cur->value[field] - prev->value[field];
    return *ret <= INT64_MAX;
}

void metrics_compute(struct metrics *ret, const struct sample *prev, const struct sample *cur,
                     int64_t max_gap_ns)
{
    *ret = (struct metrics){0};
    if (cur->at_ns == 0)
        return;
    int64_t gap = prev->at_ns == 0 ? 0 : cur->at_ns - prev->at_ns;
    bool rates = gap >= METRIC_MIN_GAP_NS && gap <= max_gap_ns;
    double seconds = (double)gap / (double)NS_PER_S;

    for (size_t i = 0; i < ARRAY_SIZE(recipes); i++) {
        const struct recipe *recipe = &recipes[i];
        if (recipe->how == AS_IS || recipe->how == PRESSURE) {
            if (!sample_has(cur, recipe->field))
                continue;
            if (recipe->how == PRESSURE && cur->value[recipe->field] > PSI_FULL)
                continue;
            put(ret, recipe->metric, (double)cur->value[recipe->field] * recipe->scale);
            continue;
        }
        uint64_t grown;
        if (!rates || !growth(prev, cur, recipe->field, &grown))
            continue;
        double rate = (double)grown * recipe->scale / seconds;
        if (recipe->how == CPU_TIME && rate > PERCENT_MAX)
            continue;
        put(ret, recipe->metric, rate);
    }
    if (metrics_has(ret, METRIC_MEM_USED) && metrics_has(ret, METRIC_MEM_LIMIT) &&
        ret->value[METRIC_MEM_LIMIT] > 0)
        put(ret, METRIC_MEM_PERCENT,
            100 * ret->value[METRIC_MEM_USED] / ret->value[METRIC_MEM_LIMIT]);
}

void metric_format_value(char dst[UNITS_MAX], enum metric metric, double value)
{
    switch (infos[metric].format) {
    case FORMAT_PERCENT:
        units_percent(dst, value);
        break;
    case FORMAT_BYTES:
    case FORMAT_BYTE_RATE:
        units_bytes(dst, value);
        break;
    case FORMAT_COUNT:
        units_count(dst, value);
        break;
    case FORMAT_SECONDS:
        units_duration(dst, value);
        break;
    case FORMAT_MILLISECONDS:
        /* A boot takes 80 ms or 40 s, a disk's answer 0.2 ms: none of them is nothing. */
        if (value >= 0 && value < 9.95)
            snprintf(dst, UNITS_MAX, "%.1fms", value);
        else if (value >= 0 && value < 999.5)
            snprintf(dst, UNITS_MAX, "%.0fms", value);
        else if (value >= 0 && value < 59950)
            snprintf(dst, UNITS_MAX, "%.1fs", value / 1000);
        else
            units_duration(dst, value / 1000);
        break;
    }
}
