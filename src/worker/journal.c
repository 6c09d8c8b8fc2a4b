#include "worker/journal.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syslog.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/text.h"

#define LINE_CELLS 900 /* what every syslog takes in one piece */

static struct {
    int fd; /* -1: there is no log */
    char *guest, *who;
} about = {.fd = -1};

static int open_log(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return -1;
    return move_fd(&fd);
}

/* Whoever logged in, which no sudo or su changes; the user that we run as without such a record. */
static char *who(void)
{
    char text[32];
    unsigned long login = geteuid();

    if (io_read_file(AT_FDCWD, "/proc/self/loginuid", text, sizeof(text)) > 0 &&
        strtoul(text, NULL, 10) < (uint32_t)-1)
        login = strtoul(text, NULL, 10);
    const char *sudo = getenv("SUDO_USER");
    return login == geteuid() && sudo
               ? xasprintf("%s by sudo (uid %lu)", sudo, login)
               : xasprintf("uid %lu as uid %lu", login, (unsigned long)geteuid());
}

void journal_about(const char *path, const char *source, const char *key, const char *name)
{
    if (about.fd < 0)
        about.fd = open_log(path);
    if (about.fd < 0)
        return;
    free(about.guest);
    free(about.who);
    about.guest = name && strcmp(name, key) != 0 ? xasprintf("%s (%s) of %s", name, key, source)
                                                 : xasprintf("%s of %s", key, source);
    about.who = who();
}

void journal(const char *fmt, ...)
{
    CLEANUP_FREE char *what = NULL;
    struct tm now;
    char when[32];
    time_t clock = time(NULL);
    va_list args;

    if (about.fd < 0)
        return;
    va_start(args, fmt);
    int rc = vasprintf(&what, fmt, args);
    va_end(args);
    if (rc < 0 || !localtime_r(&clock, &now))
        return;
    CLEANUP_FREE char *raw = xasprintf("%s: %s: %s", about.guest, what, about.who);
    CLEANUP_FREE char *line = text_sanitise(raw, strlen(raw), LINE_CELLS);
    strftime(when, sizeof(when), "%b %e %T", &now);
    CLEANUP_FREE char *packet =
        xasprintf("<%d>%s vctop[%ld]: %s", LOG_AUTHPRIV | LOG_NOTICE, when, (long)getpid(), line);
    send(about.fd, packet, strlen(packet), MSG_DONTWAIT | MSG_NOSIGNAL);
}
