/* How one thread waits for another: within a limit, or in poll(). */
#ifndef VCTOP_BACKEND_LIBVIRT_WAIT_H
#define VCTOP_BACKEND_LIBVIRT_WAIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A condition of which the limits are CLOCK_MONOTONIC's. */
void lv_cond_init(pthread_cond_t *cond);
/* False once UNTIL_NS has passed. */
bool lv_cond_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ns);

/* A descriptor that is readable from a ring until it is hushed; -1 with errno.  The caller closes.
 */
int lv_bell_open(void);
void lv_bell_ring(int bell);
void lv_bell_hush(int bell);

#endif
