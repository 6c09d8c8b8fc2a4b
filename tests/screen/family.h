/* The processes that a vctop under test consists of, found by the tag in their environment: also
 * when the one that started them is gone. */
#ifndef VCTOP_TESTS_SCREEN_FAMILY_H
#define VCTOP_TESTS_SCREEN_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "screen/driver.h"

/* A living process of SCREEN's family whose command line holds ROLE ("--role=worker"); for
 * "spawner" that one.  0 when there is none. */
pid_t family_find(const struct screen *screen, const char *role);

/* Living processes, the screen's own included; zombies do not count. */
size_t family_count(const struct screen *screen);

/* To all of them, as when the whole machine sleeps and wakes. */
void family_signal(const struct screen *screen, int number);

/* User and system time of all of them so far, in clock ticks. */
long family_ticks(const struct screen *screen);

/* Children of PARENT that nobody waits for within two seconds: one that has just ended is no fault.
 */
size_t family_zombies(pid_t parent);

/* One more than the highest descriptor that PID has open: as a limit it leaves none. */
unsigned long family_files_end(pid_t pid);

/* True as soon as at most COUNT are left; false after TIMEOUT_MS. */
bool family_shrinks_to(struct screen *screen, size_t count, int timeout_ms);

/* A process of ROLE other than OLD, pumping the screen while it waits; 0 after TIMEOUT_MS. */
pid_t family_successor(struct screen *screen, const char *role, pid_t old, int timeout_ms);

#endif
