/* What every fault of a terminal is judged by: it ends in order, does not spin, and has not acted
 * on a guest. */
#ifndef VCTOP_TESTS_FAULT_MANNERS_H
#define VCTOP_TESTS_FAULT_MANNERS_H

#include <stdbool.h>
#include <stddef.h>

#include "screen/driver.h"

/* What the whole family may use of one CPU when nothing happens: 5 are promised at a tick of 2 s;
 * this is for one every 0.2 s on a machine that is busy with other tests. */
#define IDLE_PERCENT 25

/* What it has used since START_MS, when family_ticks() were TICKS, in percent of one CPU. */
double manners_percent_since(const struct screen *screen, long long start_ms, long ticks);

/* What the processes of SCREEN use of one CPU while it is pumped for MS milliseconds, in percent.
 */
double manners_cpu_percent(struct screen *screen, int ms);

/* Resident memory of a process in KiB. */
long manners_resident_kib(pid_t pid);

/* A process that has grown by GREW KiB may by less than LIMIT; below a sanitizer, which keeps what
 * was freed, it is only said. */
void manners_grew(const char *what, long grew, long limit);

/* Keys still do something, and the whole family spends next to nothing. */
void manners_alive(struct screen *screen);

/* It ends with STATUS, gives the terminal back, leaves nobody.  Frees SCREEN. */
void manners_end(struct screen *screen, int status);

/* A vctop of 80x24 on 20 resting simulated guests, with a trace of what backends are told. */
struct screen *manners_start_traced(void);

/* Starts it on the simulated host SIM below the shell's limit 'v' (KiB of addresses) or 'n'
 * (descriptors) of VALUE: it ends in order with a sentence, or by q with a picture.  Whether there
 * was one. */
bool manners_start_limited(char limit, int value, const char *sim);

/* A sanitizer handles crashes here, and waits for whoever reads what it has to say. */
bool manners_sanitized(void);

/* To a vctop that is started from here on: what a test does on purpose is no finding. */
void manners_tell_sanitizer(const char *option);

/* How many actions that trace tells of. */
size_t manners_acts(void);

#endif
