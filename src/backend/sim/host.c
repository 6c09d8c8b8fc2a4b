/* The simulated host's own figures: what the guests use, and a little of its own. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "backend/sim/sim.h"

#define UPTIME_S (41 * 86400.0 + 3 * 3600)
#define OWN_CPUS 0.05
#define OWN_MEMORY 3.1e9
#define CACHE 6e9
#define TAU 6.283185307179586

void sim_host_start(struct sim *sim)
{
    struct sim_host *host = &sim->host;

    *host = (struct sim_host){.elapsed = UPTIME_S};
    host->busy = UPTIME_S * 2;
    for (int i = 0; i < SIM_CPUS; i++)
        host->cpu_busy[i] = host->busy / SIM_CPUS;
    for (uint32_t i = 0; i < sim->spec.guests; i++)
        for (int f = FLOW_READ; f < FLOW_COUNT; f++)
            host->total[f] += sim->guest[i].total[f];
}

void sim_host_flow(struct sim *sim, double gap, double guests_busy)
{
    struct sim_host *host = &sim->host;
    double busy = fmin(guests_busy + OWN_CPUS * gap, SIM_CPUS * gap * 0.995);
    double each = busy / SIM_CPUS;
    double room = fmin(each, gap - each);

    host->elapsed += gap;
    host->busy += busy;
    /* CPUs in pairs, one as much above the mean as the other is below: the sum is exact. */
    for (int i = 0; i < SIM_CPUS; i += 2) {
        double lean = room * 0.8 * sin(TAU * sim->now / (40 + 17 * i) + i);
        host->cpu_busy[i] += each + lean;
        host->cpu_busy[i + 1] += each - lean;
    }
}

static struct host_cpu times(double busy, double elapsed)
{
    double idle = elapsed - busy;

    return (struct host_cpu){
        .user_ns = (uint64_t)(busy * 0.82e9),
        .system_ns = (uint64_t)(busy * 0.18e9),
        .iowait_ns = (uint64_t)(idle * 0.01e9),
        .idle_ns = (uint64_t)(idle * 0.99e9),
    };
}

static void sample_memory(const struct sim *sim, struct host_sample *ret)
{
    double used = OWN_MEMORY;

    for (uint32_t i = 0; i < sim->spec.guests; i++) {
        enum guest_state state = sim->guest[i].state;
        if (state == STATE_RUNNING || state == STATE_PAUSED || state == STATE_STOPPING)
            used += sim_guest_mem_host(&sim->guest[i], sim->now);
    }
    ret->mem_total = SIM_MEMORY;
    ret->mem_available = SIM_MEMORY - (uint64_t)used;
    ret->mem_cache = (uint64_t)fmin(CACHE, (double)ret->mem_available);
    ret->mem_free = ret->mem_available - ret->mem_cache;
    ret->swap_total = UINT64_C(8) << 30;
    ret->has_memory = true;
}

void sim_host_sample(const struct sim *sim, int64_t at_ns, struct host_sample *ret)
{
    const struct sim_host *host = &sim->host;

    memset(ret, 0, sizeof(*ret));
    ret->at_ns = at_ns;
    snprintf(ret->name, sizeof(ret->name), "sim");
    ret->uptime_s = (uint64_t)(UPTIME_S + sim->now);
    ret->cpus = SIM_CPUS;
    ret->total = times(host->busy, host->elapsed * SIM_CPUS);
    for (int i = 0; i < SIM_CPUS; i++)
        ret->cpu[i] = times(host->cpu_busy[i], host->elapsed);
    ret->has_cpu = true;
    sample_memory(sim, ret);
    ret->load[0] = 2.1 + 0.8 * sin(TAU * sim->now / 300);
    ret->load[1] = 2.3 + 0.4 * sin(TAU * sim->now / 900);
    ret->load[2] = 2.2;
    ret->has_load = true;
    ret->psi_cpu = 3.1;
    ret->psi_io = 0.4;
    ret->has_psi = true;
    ret->disks = ret->links = 1;
    snprintf(ret->disk[0].name, sizeof(ret->disk[0].name), "nvme0n1");
    ret->disk[0].in_bytes = (uint64_t)host->total[FLOW_READ];
    ret->disk[0].out_bytes = (uint64_t)host->total[FLOW_WRITE];
    ret->disk[0].in_ops = ret->disk[0].in_bytes / 16384;
    ret->disk[0].out_ops = ret->disk[0].out_bytes / 32768;
    snprintf(ret->link[0].name, sizeof(ret->link[0].name), "eno1");
    ret->link[0].in_bytes = (uint64_t)host->total[FLOW_RX];
    ret->link[0].out_bytes = (uint64_t)host->total[FLOW_TX];
    ret->link[0].in_ops = ret->link[0].in_bytes / 800;
    ret->link[0].out_ops = ret->link[0].out_bytes / 900;
    ret->has_devices = true;
}
