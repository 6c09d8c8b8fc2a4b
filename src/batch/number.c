#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "batch/output.h"

#define DECIMALS_UP_TO 1e12 /* above, thousandths mean nothing and would not fit an integer */

void batch_number(char dst[NUMBER_MAX], double value)
{
    double whole, thousandths;
    size_t len;

    if (!(fabs(value) < DECIMALS_UP_TO)) {
        snprintf(dst, NUMBER_MAX, "%.0f", value);
        return;
    }
    thousandths = round(fabs(value) * 1000);
    whole = floor(thousandths / 1000);
    snprintf(dst, NUMBER_MAX, "%s%.0f.%03d", value < 0 && thousandths > 0 ? "-" : "", whole,
             (int)(thousandths - whole * 1000));
    for (len = strlen(dst); dst[len - 1] == '0'; len--)
        dst[len - 1] = '\0';
    if (dst[len - 1] == '.')
        dst[len - 1] = '\0';
}

void batch_time(char dst[TIME_MAX], int64_t wall_ns)
{
    time_t seconds = (time_t)(wall_ns / NS_PER_S);
    struct tm tm;
    size_t len;

    gmtime_r(&seconds, &tm);
    len = strftime(dst, TIME_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(dst + len, TIME_MAX - len, ".%03dZ", (int)(wall_ns % NS_PER_S / NS_PER_MS));
}

bool batch_is_whole(enum metric metric)
{
    enum metric_format format = metric_info(metric)->format;

    return format == FORMAT_BYTES || format == FORMAT_MILLISECONDS || metric == METRIC_PIDS ||
           metric == METRIC_OOM_KILLS || metric == METRIC_MEM_LIMIT_HITS ||
           metric == METRIC_PIDS_LIMIT_HITS;
}

bool batch_guests_cpu(const struct world *world, double *ret)
{
    struct world_totals totals;

    world_totals(world, &totals);
    if (totals.cpu_known == 0 && totals.machines_running + totals.containers_running > 0)
        return false;
    *ret = totals.cpu_percent;
    return true;
}
