/* How long the virtual CPUs of one QEMU were runnable and kept waiting. */
#ifndef VCTOP_BACKEND_LIBVIRT_VCPUS_H
#define VCTOP_BACKEND_LIBVIRT_VCPUS_H

#include <sys/types.h>

#include "model/field.h"

struct lv_vcpus;

struct lv_vcpus *lv_vcpus_new(pid_t pid);
void lv_vcpus_free(struct lv_vcpus *vcpus);

/* Sets FIELD_CPU_WAIT from /proc/PID/task/TID/schedstat of the threads called "CPU n/KVM" or
 * "/TCG"; nothing when there are none.  Looks for new threads every now and then. */
void lv_vcpus_read(struct lv_vcpus *vcpus, struct sample *sample);

#endif
