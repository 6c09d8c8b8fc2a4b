/* A set of the host's CPUs, as the kernel writes it: "0-3,8". */
#ifndef VCTOP_MODEL_CPUS_H
#define VCTOP_MODEL_CPUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPUS_MAX 8192 /* what a kernel can be built for; CPUs beyond are left out */

/* Zeroed: none. */
struct cpus {
    uint64_t bits[CPUS_MAX / 64];
};

/* Adds those of TEXT up to its end or a blank; false, and some may have been added, when it is no
 * list. */
bool cpus_add(struct cpus *cpus, const char *text);

/* Leaves in CPUS what OTHER has too; returns how many. */
size_t cpus_intersect(struct cpus *cpus, const struct cpus *other);

/* The list into DST: terminated, cut with "..." where SIZE (8 at least) is too small. */
void cpus_text(const struct cpus *cpus, char *dst, size_t size);

#endif
