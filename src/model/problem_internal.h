/* Between problem.c, which says what guests suffer from, and problem_place.c, which knows storage.
 */
#ifndef VCTOP_MODEL_PROBLEM_INTERNAL_H
#define VCTOP_MODEL_PROBLEM_INTERNAL_H

#include "model/problem.h"

/* GUEST was paused for want of space, and there is some again. */
bool problem_space_is_back(const struct world *world, const struct guest *guest);

/* The causes of PROBLEM_NO_SPACE, _SPACE_BACK and _IO_ERROR, and of a QEMU that waits for a disk.
 */
void problem_put_io_error(struct problem *ret, const struct world *world);
void problem_put_waiting(struct problem *ret, const struct world *world);

#endif
