#include "kernel/oom_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_MAX 8192 /* the kernel refuses to give less room */
#define RECORDS_AT_ONCE 256
#define KERNEL_PRIORITIES 8 /* greater ones were written by programs */

void oom_log_open(struct oom_log *log)
{
    *log = (struct oom_log){.fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (log->fd >= 0 && lseek(log->fd, 0, SEEK_END) < 0)
        oom_log_close(log);
}

void oom_log_close(struct oom_log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
}

pid_t oom_log_victim(const char *record)
{
    static const char words[] = "ut of memory: Killed process ";
    char *end;
    unsigned long priority = strtoul(record, &end, 10);
    const char *text = *end == ',' ? strchr(end, ';') : NULL;
    const char *found = text ? strstr(text, words) : NULL;

    if (!found || priority >= KERNEL_PRIORITIES)
        return 0;
    long pid = strtol(found + sizeof(words) - 1, NULL, 10);
    return pid > 0 && pid <= INT32_MAX ? (pid_t)pid : 0;
}

void oom_log_read(struct oom_log *log)
{
    char record[RECORD_MAX + 1];

    for (int i = 0; i < RECORDS_AT_ONCE && log->fd >= 0; i++) {
        ssize_t len = read(log->fd, record, RECORD_MAX);
        if (len < 0 && (errno == EPIPE || errno == EINTR)) /* some were overwritten: go on */
            continue;
        if (len <= 0)
            return;
        record[len] = '\0';
        pid_t pid = oom_log_victim(record);
        if (pid)
            log->killed[log->next++ % OOM_LOG_KEPT] = pid;
    }
}

bool oom_log_has(const struct oom_log *log, pid_t pid)
{
    for (size_t i = 0; pid > 0 && i < OOM_LOG_KEPT; i++)
        if (log->killed[i] == pid)
            return true;
    return false;
}
