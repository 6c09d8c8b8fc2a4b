/* What a process gives up once it needs it no more: what was taken from a hostile byte then cannot
 * be used for much.  All of it holds for good, for this process and what it starts. */
#ifndef VCTOP_BASE_CONFINE_H
#define VCTOP_BASE_CONFINE_H

#include <stdint.h>

#define CONFINE_CAP(capability) (UINT64_C(1) << (capability))

/* Keeps of the capabilities in effect only those of KEEP (CONFINE_CAP bits of linux/capability.h),
 * and gains no others by executing anything: no_new_privs is set.  0 or -errno. */
int confine_capabilities(uint64_t keep);

/* The screen or batch mode, which read what guests say, when all that needs more was started or
 * opened: no capability, and by seccomp (EPERM) no process, no program, no socket, no file opened
 * for writing, no signal to another process, nobody else's memory.  What cannot be given up is
 * kept, and the log says so; builds with sanitizers, which fork, keep the calls. */
void confine_front(void);

#endif
