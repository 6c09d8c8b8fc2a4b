/* Pressure stall information: /proc/pressure/X and cgroup X.pressure have the same text. */
#ifndef VCTOP_KERNEL_PSI_H
#define VCTOP_KERNEL_PSI_H

#include <stdbool.h>
#include <stdint.h>

/* "some avg10" of TEXT in 1/100 %; false when it is not there or makes no sense. */
bool psi_parse(const char *text, uint32_t *ret);

#endif
