/* Rates that look alive, and their exact integrals: a counter can be computed for any instant. */
#ifndef VCTOP_BACKEND_SIM_WAVE_H
#define VCTOP_BACKEND_SIM_WAVE_H

#include <stdint.h>

/* A rate in units a second: mean + swing * sin + noise, and now and then a burst. */
struct sim_wave {
    double mean;
    double swing;         /* at most half the mean, so that the rate stays positive */
    double period, phase; /* seconds, radians */
    double jitter;        /* noise, at most a third of the mean */
    double burst;         /* added while a burst lasts */
    double burst_every, burst_for, burst_offset; /* seconds; burst_every 0: none */
    uint64_t salt;                               /* of the noise */
};

/* 64 well-mixed bits, and the same as a number in [0, 1): pure in their arguments. */
uint64_t sim_hash(uint64_t seed, uint64_t index, uint64_t salt);
double sim_unit(uint64_t seed, uint64_t index, uint64_t salt);

/* A wave of that mean and burst with everything else drawn from (SEED, INDEX, SALT). */
void sim_wave_draw(struct sim_wave *wave, double mean, double burst, uint64_t seed, uint64_t index,
                   uint64_t salt);

/* Units since 0 at T seconds; only the difference of two means something.  Never decreases. */
double sim_wave_total(const struct sim_wave *wave, double t);

/* The highest rate that it ever has. */
double sim_wave_peak(const struct sim_wave *wave);

void sim_wave_scale(struct sim_wave *wave, double factor);

#endif
