#include "kernel/held.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* One call serves files up to a page less one record: the kernel hands those out whole.  Anything
 * near that size may have more to come. */
#define SURELY_WHOLE 2048

static ssize_t read_whole(int fd, char *buf, size_t size)
{
    size_t len = 0;
    while (len < size - 1) {
        ssize_t got = pread(fd, buf + len, size - 1 - len, (off_t)len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        len += (size_t)got;
        if (got == 0 || len < SURELY_WHOLE)
            break;
    }
    buf[len] = '\0';
    return (ssize_t)len;
}

static int open_file(struct held *file, const char *path, struct held_budget *budget)
{
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (file->fd < 0) {
        int errnum = errno;
        file->missing = errnum == ENOENT;
        return -errnum;
    }
    if (budget)
        budget->held++;
    return 0;
}

void held_close(struct held *file, struct held_budget *budget)
{
    if (file->fd < 0)
        return;
    close(file->fd);
    file->fd = -1;
    if (budget && budget->held > 0)
        budget->held--;
}

ssize_t held_read(struct held *file, const char *path, struct held_budget *budget, char *buf,
                  size_t size)
{
    if (file->missing)
        return -ENOENT;
    int code = file->fd < 0 ? open_file(file, path, budget) : 0;
    if (code < 0)
        return code;
    ssize_t got = read_whole(file->fd, buf, size);
    if (got < 0 || (budget && budget->held > budget->max))
        held_close(file, budget);
    return got;
}

ssize_t held_read_once(const char *path, char *buf, size_t size)
{
    struct held once = HELD_INIT;
    ssize_t got = held_read(&once, path, NULL, buf, size);
    held_close(&once, NULL);
    return got;
}
