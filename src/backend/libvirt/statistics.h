/* What bulk statistics say of the parts of a domain. */
#ifndef VCTOP_BACKEND_LIBVIRT_STATISTICS_H
#define VCTOP_BACKEND_LIBVIRT_STATISTICS_H

#include <libvirt/libvirt.h>

#include "backend/libvirt/definition.h"
#include "model/part.h"

/* Adds what the block group says, as parts of PART_DISK, at AT_NS.  What the monitor did not say
 * stays unset. */
void lv_statistics_blocks(const virTypedParameter *params, int count, int64_t at_ns,
                          struct parts *ret);

/* The balloon group as figures of PART_MEMORY; RET is overwritten, its at_ns is 0. */
void lv_statistics_balloon(const virTypedParameter *params, int count, struct part *ret);

/* How long operations took between two measurements of a guest's disks, on average over all of
 * them; -1 where there were none. */
struct lv_times {
    int64_t at_ns; /* CLOCK_MONOTONIC of the later one; 0: none */
    int64_t read_us, write_us;
};

void lv_statistics_times(const struct parts *before, const struct parts *now, struct lv_times *ret);

/* NOW names an image that neither DEFINITION nor BEFORE has: a snapshot puts one there without an
 * event. */
bool lv_statistics_new_image(const struct lv_definition *definition, const struct parts *before,
                             const struct parts *now);

#endif
