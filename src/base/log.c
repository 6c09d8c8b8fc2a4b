#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define LINE_MAX_BYTES 1024

static int log_fd = -1;
static const char *log_who = "";
static _Atomic int log_errno;

void log_to(int fd, const char *who)
{
    log_fd = fd;
    log_who = who ? who : "";
}

void log_line(const char *fmt, ...)
{
    if (log_fd < 0)
        return;
    int saved = errno;

    char raw[LINE_MAX_BYTES];
    int len = snprintf(raw, sizeof(raw), "%s%s", log_who, log_who[0] ? ": " : "");
    if (len < 0 || (size_t)len >= sizeof(raw))
        len = 0;
    va_list args;
    va_start(args, fmt);
    vsnprintf(raw + len, sizeof(raw) - (size_t)len, fmt, args);
    va_end(args);
    size_t end = strlen(raw);
    while (end > 0 && raw[end - 1] == '\n')
        end--;

    char line[LINE_MAX_BYTES];
    text_sanitise_into(line, sizeof(line) - 1, raw, end);
    size_t size = strlen(line);
    line[size++] = '\n';
    /* One write, so that lines of several threads do not mix; a full pipe loses the line. */
    ssize_t written = write(log_fd, line, size);
    if (written < 0)
        log_errno = errno;
    errno = saved;
}

int log_trouble(void)
{
    return log_errno;
}
