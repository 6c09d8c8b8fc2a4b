#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"

ssize_t io_read_file(int dirfd, const char *path, char *buf, size_t size)
{
    CLEANUP_CLOSE int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    return io_pread_all(fd, buf, size);
}

ssize_t io_pread_all(int fd, char *buf, size_t size)
{
    if (size == 0)
        return -EINVAL;

    size_t len = 0;
    while (len < size - 1) {
        ssize_t got = pread(fd, buf + len, size - 1 - len, (off_t)len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            buf[0] = '\0';
            return -errno;
        }
        if (got == 0)
            break;
        len += (size_t)got;
    }
    buf[len] = '\0';
    return (ssize_t)len;
}

static int check_regular(const struct stat *st, size_t max)
{
    if (S_ISDIR(st->st_mode))
        return -EISDIR;
    if (!S_ISREG(st->st_mode))
        return -EINVAL;
    if (st->st_size < 0 || (uintmax_t)st->st_size > max)
        return -EFBIG;
    return 0;
}

ssize_t io_read_regular(int dirfd, const char *path, size_t max, char **ret)
{
    /* Asked before the open as well as after it: to open a device can act on it. */
    struct stat st;
    if (fstatat(dirfd, path, &st, 0) != 0)
        return -errno;
    int code = check_regular(&st, max);
    if (code < 0)
        return code;

    CLEANUP_CLOSE int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) != 0)
        return -errno;
    code = check_regular(&st, max);
    if (code < 0)
        return code;

    /* The size is a hint: the file may grow meanwhile, or be one of those that say 0. */
    size_t room = (size_t)st.st_size + 2;
    CLEANUP_FREE char *data = xmalloc(room);
    size_t len = 0;
    for (;;) {
        if (len + 1 == room)
            data = xrealloc(data, room *= 2, 1);
        ssize_t got = read(fd, data + len, room - 1 - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        len += (size_t)got;
        if (len > max)
            return -EFBIG;
    }
    data[len] = '\0';
    *ret = move_ptr(&data);
    return (ssize_t)len;
}

int io_write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, data, len);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done < 0 ? -errno : -EIO;
        data += done;
        len -= (size_t)done;
    }
    return 0;
}

int io_set_nonblock(int fd, bool on)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return -errno;
    int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    if (wanted != flags && fcntl(fd, F_SETFL, wanted) != 0)
        return -errno;
    return 0;
}

bool io_cannot_wait(void)
{
    return errno != EINTR && errno != EAGAIN && errno != ENOMEM;
}

int io_socketpair(int ret[2])
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0)
        return -errno;
    ret[0] = pair[0];
    ret[1] = pair[1];
    return 0;
}
