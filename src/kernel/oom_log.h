/* Whom the kernel has killed for want of memory, by its log: a process that is gone cannot be asked
 * what it died of.  Never blocks. */
#ifndef VCTOP_KERNEL_OOM_LOG_H
#define VCTOP_KERNEL_OOM_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define OOM_LOG_KEPT 32

struct oom_log {
    int fd;                     /* -1: we may not read it */
    pid_t killed[OOM_LOG_KEPT]; /* a ring, 0 for none */
    size_t next;
};

/* From now on; what was killed before is not known. */
void oom_log_open(struct oom_log *log);
void oom_log_close(struct oom_log *log);

/* Takes in what came since; some microseconds, bounded.  Once a tick. */
void oom_log_read(struct oom_log *log);

bool oom_log_has(const struct oom_log *log, pid_t pid);

/* The process that RECORD of /dev/kmsg says was killed; 0: it says something else. */
pid_t oom_log_victim(const char *record);

#endif
