/* What stands between a guest's process and the host, as the kernel has it: see model/isolation.h.
 * ROOT as in kernel/proc.h.  Nothing blocks. */
#ifndef VCTOP_KERNEL_ISOLATION_H
#define VCTOP_KERNEL_ISOLATION_H

#include <stdint.h>
#include <sys/types.h>

#include "model/isolation.h"

/* What is the same for all guests of a host: its namespaces, mounts, modules.  One thread. */
struct isolation_ground;

/* The caller frees.  ROOT must outlive it. */
struct isolation_ground *isolation_ground_new(const char *root);
void isolation_ground_free(struct isolation_ground *ground);

/* Mounts that are older than a minute are read anew when they are needed next. */
void isolation_ground_tick(struct isolation_ground *ground, int64_t now_ns);

/* A number that is another one when PID may run on other CPUs; 0: not known.  One system call. */
uint64_t isolation_cpus_mark(pid_t pid);

/* Adds to RET all that can be read of the container whose init is INIT, or the machine whose QEMU
 * is PID: a fifth of a millisecond.  What cannot be read stays unknown. */
void isolation_read_container(struct isolation_ground *ground, pid_t init,
                              struct isolation_facts *ret);
void isolation_read_machine(struct isolation_ground *ground, pid_t pid,
                            struct isolation_facts *ret);

/* The pure part for a machine: what LEN bytes of a command line say (kernel/proc.h).  WHOLE: it was
 * not cut, so that what is not there is not. */
void isolation_of_args(const char *cmdline, size_t len, bool whole, struct isolation_facts *ret);

#endif
