#include "model/host.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/text.h"

#define TAIL 600 /* more columns than a terminal is wide */

/* Nearer is jitter; further apart (the longest refresh is an hour) is a host that slept. */
#define MIN_GAP_NS (50 * NS_PER_MS)
#define MAX_GAP_NS (2 * 3600 * NS_PER_S)

struct host_history {
    int count, next;
    float cpu[TAIL];
};

static void set_unknown(struct host_figures *figures)
{
    figures->cpu = figures->user = figures->system = NAN;
    figures->iowait = figures->steal = NAN;
    figures->disk_read_bps = figures->disk_write_bps = NAN;
    figures->net_rx_bps = figures->net_tx_bps = NAN;
    figures->cpus = 0;
    for (int i = 0; i < HOST_CPUS_MAX; i++)
        figures->per_cpu[i] = NAN;
}

void host_init(struct host *host)
{
    memset(host, 0, sizeof(*host));
    set_unknown(&host->figures);
    host->history = xcalloc(1, sizeof(*host->history));
}

void host_clear(struct host *host)
{
    free(host->history);
    host->history = NULL;
}

/* Growth in percent of SECONDS; idle and iowait are known to step back on some kernels, which says
 * nothing about the other counters. */
static double percent(uint64_t prev, uint64_t cur, double seconds)
{
    return cur < prev ? NAN : (double)(cur - prev) / 1e7 / seconds;
}

/* Ticks of the kernel and of our clock do not fall together: 100.4 % of a CPU is 100 %. */
static double at_most(double value, double limit)
{
    return value > limit ? limit : value;
}

static double busy(const struct host_cpu *prev, const struct host_cpu *cur, double seconds)
{
    return percent(prev->user_ns, cur->user_ns, seconds) +
           percent(prev->system_ns, cur->system_ns, seconds);
}

static void compute_cpus(struct host *host, double seconds)
{
    const struct host_sample *prev = &host->prev, *cur = &host->cur;
    struct host_figures *figures = &host->figures;
    double whole = 100.0 * (cur->cpus > 0 ? cur->cpus : 1);

    figures->user = at_most(percent(prev->total.user_ns, cur->total.user_ns, seconds), whole);
    figures->system = at_most(percent(prev->total.system_ns, cur->total.system_ns, seconds), whole);
    figures->iowait = at_most(percent(prev->total.iowait_ns, cur->total.iowait_ns, seconds), whole);
    figures->steal = at_most(percent(prev->total.steal_ns, cur->total.steal_ns, seconds), whole);
    figures->cpu = at_most(busy(&prev->total, &cur->total, seconds), whole);
    if (prev->cpus != cur->cpus) /* one came or went: which is which is not said */
        return;
    for (int i = 0; i < cur->cpus; i++)
        figures->per_cpu[i] = (float)at_most(busy(&prev->cpu[i], &cur->cpu[i], seconds), 100);
}

/* Sums what each device that was there both times moved, so that one plugged in or reset meanwhile
 * is no spike. */
static void compute_devices(const struct host_device *prev, int prev_count,
                            const struct host_device *cur, int count, double seconds,
                            double *in_bps, double *out_bps)
{
    double in = 0, out = 0;
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < prev_count; j++) {
            if (strcmp(cur[i].name, prev[j].name) != 0)
                continue;
            if (cur[i].in_bytes >= prev[j].in_bytes)
                in += (double)(cur[i].in_bytes - prev[j].in_bytes);
            if (cur[i].out_bytes >= prev[j].out_bytes)
                out += (double)(cur[i].out_bytes - prev[j].out_bytes);
            break;
        }
    }
    *in_bps = in / seconds;
    *out_bps = out / seconds;
}

static void compute(struct host *host)
{
    const struct host_sample *prev = &host->prev, *cur = &host->cur;
    struct host_figures *figures = &host->figures;
    int64_t gap = cur->at_ns - prev->at_ns;

    set_unknown(figures);
    figures->cpus = cur->cpus;
    if (prev->at_ns == 0 || gap < MIN_GAP_NS || gap > MAX_GAP_NS)
        return;
    double seconds = (double)gap / (double)NS_PER_S;
    if (prev->has_cpu && cur->has_cpu)
        compute_cpus(host, seconds);
    if (!prev->has_devices || !cur->has_devices)
        return;
    compute_devices(prev->disk, prev->disks, cur->disk, cur->disks, seconds,
                    &figures->disk_read_bps, &figures->disk_write_bps);
    compute_devices(prev->link, prev->links, cur->link, cur->links, seconds, &figures->net_rx_bps,
                    &figures->net_tx_bps);
}

static void clean_name(char *name, size_t size)
{
    char raw[HOST_NAME_MAX_BYTES];
    size_t len = strnlen(name, size);
    memcpy(raw, name, len);
    text_sanitise_into(name, size, raw, len);
}

static int within(int count, int limit)
{
    return count < 0 ? 0 : count > limit ? limit : count;
}

static void clean(struct host_sample *sample)
{
    sample->cpus = within(sample->cpus, HOST_CPUS_MAX);
    sample->disks = within(sample->disks, HOST_DEVICES_MAX);
    sample->links = within(sample->links, HOST_DEVICES_MAX);
    clean_name(sample->name, sizeof(sample->name));
    for (int i = 0; i < sample->disks; i++)
        clean_name(sample->disk[i].name, sizeof(sample->disk[i].name));
    for (int i = 0; i < sample->links; i++)
        clean_name(sample->link[i].name, sizeof(sample->link[i].name));
}

void host_update(struct host *host, const struct host_sample *sample)
{
    if (sample->at_ns <= host->cur.at_ns)
        return;
    host->prev = host->cur;
    host->cur = *sample;
    clean(&host->cur);
    compute(host);
    if (host->prev.at_ns == 0)
        return;
    struct host_history *history = host->history;
    history->cpu[history->next] = (float)host->figures.cpu;
    history->next = (history->next + 1) % TAIL;
    if (history->count < TAIL)
        history->count++;
}

int host_cpu_tail(const struct host *host, float *ret, int count)
{
    const struct host_history *history = host->history;
    if (count > history->count)
        count = history->count;
    for (int i = 0; i < count; i++)
        ret[i] = history->cpu[(history->next + TAIL - count + i) % TAIL];
    return count < 0 ? 0 : count;
}
