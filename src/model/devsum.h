/* Sums counters over the devices of a guest so that plugging, unplugging or resetting one of them
 * is neither a spike nor a step back. */
#ifndef VCTOP_MODEL_DEVSUM_H
#define VCTOP_MODEL_DEVSUM_H

#include <stdint.h>

#define DEVSUM_COUNTERS 8

struct devsum; /* one per guest and kind of device; lives as long as one life of the guest */

struct devsum *devsum_new(void);
void devsum_free(struct devsum *sum);

/* One tick: begin, add every device that is there now, then read totals.  KEY identifies the device
 * (an ifindex, a hash of a target name).  A device seen for the first time on the first tick adds
 * its counters whole; one that appears later adds only what it grows from then on; one whose
 * counter went back is a new baseline. */
void devsum_begin(struct devsum *sum);
void devsum_add(struct devsum *sum, uint64_t key, const uint64_t counters[DEVSUM_COUNTERS]);
const uint64_t *
devsum_end(struct devsum *sum); /* DEVSUM_COUNTERS totals, valid until the next begin */

#endif
