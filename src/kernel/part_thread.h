/* Threads as parts of a guest. */
#ifndef VCTOP_KERNEL_PART_THREAD_H
#define VCTOP_KERNEL_PART_THREAD_H

#include <sys/types.h>

#include "model/part.h"

/* Adds the threads of the QEMU whose process is PID, of those kinds among PART_VCPU, PART_EMULATOR
 * and PART_IOTHREAD (PART_BITs), in this order: virtual CPUs by number, the others by CPU time.
 * They are told apart by the names that QEMU gives them under -name debug-threads=on, which libvirt
 * and Proxmox ask for; without it all are the emulator's.  CPU, WAIT: schedstat; LAST_CPU, state:
 * stat; allowed CPUs: status.  Three small files a thread (30 us). */
void part_threads_qemu(const char *root, pid_t pid, unsigned kinds, struct parts *parts);

/* The CPUs that those of its threads that run virtual CPUs may run on, together: "0-3".  NULL: none
 * of them is known.  The caller frees.  Two small files a virtual CPU, one for each other thread.
 */
char *part_threads_allowed(const char *root, pid_t pid);

/* Adds the process PID with its only (or first) thread, as KIND called NAME: RSS too.  NULL when it
 * is not there. */
struct part *part_thread_process(const char *root, pid_t pid, enum part_kind kind, const char *name,
                                 struct parts *parts);

#endif
