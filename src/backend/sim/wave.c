#include "backend/sim/wave.h"

#include <math.h>

#define TAU 6.283185307179586

/* The finaliser of a well-known 64-bit mixer (splitmix): every input bit reaches every output. */
static uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

uint64_t sim_hash(uint64_t seed, uint64_t index, uint64_t salt)
{
    return mix(mix(mix(seed) ^ index) ^ salt);
}

double sim_unit(uint64_t seed, uint64_t index, uint64_t salt)
{
    return (double)(sim_hash(seed, index, salt) >> 11) / 9007199254740992.0;
}

void sim_wave_draw(struct sim_wave *wave, double mean, double burst, uint64_t seed, uint64_t index,
                   uint64_t salt)
{
    uint64_t own = sim_hash(seed, index, salt);

    *wave = (struct sim_wave){
        .mean = mean,
        .swing = mean * 0.5 * sim_unit(own, 0, 1),
        .period = 60 + 840 * sim_unit(own, 0, 2),
        .phase = TAU * sim_unit(own, 0, 3),
        .jitter = mean * 0.3 * sim_unit(own, 0, 4),
        .burst = burst,
        .burst_every = 45 + 255 * sim_unit(own, 0, 5),
        .burst_for = 5 + 25 * sim_unit(own, 0, 6),
        .salt = own,
    };
    wave->burst_offset = wave->burst_every * sim_unit(own, 0, 7);
}

/* Noise moves the counter, not the rate: that has an integral for free, and as each second's
 * displacement is bounded by the jitter, so is its effect on the rate. */
static double displacement(const struct sim_wave *wave, double t)
{
    double second = floor(t);
    double from = sim_unit(wave->salt, (uint64_t)(int64_t)second, 8);
    double to = sim_unit(wave->salt, (uint64_t)(int64_t)second + 1, 8);

    return wave->jitter * (from + (to - from) * (t - second));
}

static double burst_seconds(const struct sim_wave *wave, double t)
{
    double cycles = floor((t + wave->burst_offset) / wave->burst_every);
    double inside = t + wave->burst_offset - cycles * wave->burst_every;

    return cycles * wave->burst_for + fmin(inside, wave->burst_for);
}

double sim_wave_total(const struct sim_wave *wave, double t)
{
    double total = wave->mean * t;

    total -= wave->swing * wave->period / TAU * cos(TAU * t / wave->period + wave->phase);
    total += displacement(wave, t);
    if (wave->burst > 0)
        total += wave->burst * burst_seconds(wave, t);
    return total;
}

double sim_wave_peak(const struct sim_wave *wave)
{
    return wave->mean + wave->swing + wave->jitter + wave->burst;
}

void sim_wave_scale(struct sim_wave *wave, double factor)
{
    wave->mean *= factor;
    wave->swing *= factor;
    wave->jitter *= factor;
    wave->burst *= factor;
}
