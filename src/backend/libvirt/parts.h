/* The parts of the selected domain: the kernel's side of its QEMU, and what its monitor said of its
 * disks and memory (balloons.h asks).  Main thread only. */
#ifndef VCTOP_BACKEND_LIBVIRT_PARTS_H
#define VCTOP_BACKEND_LIBVIRT_PARTS_H

#include "backend/libvirt/guests.h"

/* Adds the parts of GUEST of those KINDS (PART_BITs).  NEIGHBOURS may be NULL. */
void lv_guest_parts(struct lv_guest *guest, const struct lv_guests *guests,
                    const struct neighbours *neighbours, unsigned kinds, struct parts *ret);

#endif
