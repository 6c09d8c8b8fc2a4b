#include "backend/relay.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/io.h"

void relay_tty_init(struct relay_tty *tty, const struct relay_ops *ops, int fd)
{
    relay_init(&tty->relay, ops);
    tty->fd = fd;
    io_set_nonblock(fd, true);
}

static int fd_of(const struct relay *relay)
{
    return ((const struct relay_tty *)relay)->fd;
}

size_t relay_tty_poll_fds(struct relay *relay, bool read, bool write, struct pollfd *fds,
                          int *timeout_ms)
{
    (void)timeout_ms;
    fds[0] = (struct pollfd){.fd = fd_of(relay),
                             .events = (short)((read ? POLLIN : 0) | (write ? POLLOUT : 0))};
    /* With nothing to wait for, a hang-up would still wake the caller again and again. */
    return read || write ? 1 : 0;
}

ssize_t relay_tty_read(struct relay *relay, char *buf, size_t size, struct error *err)
{
    ssize_t got;

    do {
        got = read(fd_of(relay), buf, size);
    } while (got < 0 && errno == EINTR);
    if (got > 0)
        return got;
    if (got < 0 && errno == EAGAIN)
        return 0;
    return error_set(err, ERR_GONE, NULL, "the terminal was closed"); /* EIO: the other side */
}

ssize_t relay_tty_write(struct relay *relay, const char *buf, size_t len, struct error *err)
{
    ssize_t done;

    do {
        done = write(fd_of(relay), buf, len);
    } while (done < 0 && errno == EINTR);
    if (done < 0 && errno != EAGAIN)
        return error_set(err, ERR_GONE, NULL, "the terminal was closed");
    return done < 0 ? 0 : done;
}

void relay_tty_resize(struct relay *relay, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

    ioctl(fd_of(relay), TIOCSWINSZ, &size); /* sends SIGWINCH when it is another */
}
