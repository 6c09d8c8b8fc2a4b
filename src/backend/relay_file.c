#include "backend/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define TAIL ((off_t)256 << 10)
#define LOOK_MS 500

struct file {
    struct relay relay;
    char *path;
    int fd;
    off_t at;
    int64_t look_ns; /* when to look again; 0: at once */
};

static int open_regular(const char *path, struct stat *st)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return -errno;
    if (fstat(fd, st) != 0)
        return -errno;
    if (!S_ISREG(st->st_mode))
        return -EINVAL;
    return move_fd(&fd);
}

/* Another file has taken the name. */
static void follow_name(struct file *file)
{
    struct stat now, held;
    int fd;

    if (fstat(file->fd, &held) != 0 || lstat(file->path, &now) != 0 ||
        (now.st_ino == held.st_ino && now.st_dev == held.st_dev))
        return;
    fd = open_regular(file->path, &now);
    if (fd < 0)
        return;
    close(file->fd);
    file->fd = fd;
    file->at = 0;
}

static size_t poll_file(struct relay *relay, bool read, bool write, struct pollfd *fds,
                        int *timeout_ms)
{
    const struct file *file = (const struct file *)relay;
    int64_t wait = (file->look_ns - clock_mono_ns() + NS_PER_MS - 1) / NS_PER_MS;

    (void)write;
    (void)fds;
    if (wait < 0)
        wait = 0;
    if (read && (*timeout_ms < 0 || wait < *timeout_ms))
        *timeout_ms = (int)wait;
    return 0;
}

static ssize_t read_file(struct relay *relay, char *buf, size_t size, struct error *err)
{
    struct file *file = (struct file *)relay;
    struct stat st;
    ssize_t got;

    if (clock_mono_ns() < file->look_ns)
        return 0;
    if (fstat(file->fd, &st) == 0 && st.st_size < file->at)
        file->at = 0; /* cut short: what is in it now is new */
    got = pread(file->fd, buf, size, file->at);
    if (got < 0 && errno != EINTR && errno != EAGAIN)
        return error_errno(err, errno, "the log cannot be read");
    if (got > 0) {
        file->at += got;
        file->look_ns = 0;
        return got;
    }
    file->look_ns = clock_mono_ns() + LOOK_MS * NS_PER_MS;
    follow_name(file);
    return 0;
}

static void close_file(struct relay *relay)
{
    struct file *file = (struct file *)relay;

    cleanup_close(&file->fd);
    free(file->path);
    free(file);
}

static const struct relay_ops file_ops = {
    .poll_fds = poll_file, .read = read_file, .close = close_file};

/* Where the last TAIL bytes begin, at the start of a line. */
static off_t tail_of(int fd, off_t size)
{
    char buf[4096];
    ssize_t got;
    const char *newline;

    if (size <= TAIL)
        return 0;
    got = pread(fd, buf, sizeof(buf), size - TAIL);
    newline = got > 0 ? memchr(buf, '\n', (size_t)got) : NULL;
    return size - TAIL + (newline ? newline + 1 - buf : 0);
}

static int refuse(const char *path, int errnum, struct error *err)
{
    if (errnum == EINVAL || errnum == ELOOP)
        return error_set(err, ERR_DENIED, "see what it is", "%.150s is no plain file", path);
    if (errnum == EACCES)
        return error_set(err, ERR_DENIED, "run as root", "no permission to read %.150s", path);
    return error_errno(err, errnum, "%.150s cannot be opened", path);
}

int relay_file_open(struct relay **ret, char *const *paths, const char *wanted, const char *what,
                    struct error *err)
{
    struct file *file = xcalloc(1, sizeof(*file));
    struct stat st = {0};
    int rc;

    relay_init(&file->relay, &file_ops);
    file->fd = -1;
    for (; *paths; paths++) {
        if (lstat(*paths, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
            continue;
        relay_add_device(&file->relay, *paths);
        if (!file->path || (wanted && strcmp(wanted, *paths) == 0))
            xreplace(&file->path, *paths);
    }
    if (file->path) {
        file->fd = open_regular(file->path, &st);
        rc = file->fd < 0 ? refuse(file->path, -file->fd, err) : 0;
    } else {
        rc = error_set(err, ERR_GONE, NULL, "there is no %s", what);
    }
    if (rc < 0) {
        relay_close(&file->relay);
        return rc;
    }
    file->relay.device = xstrdup(file->path);
    file->at = tail_of(file->fd, st.st_size);
    *ret = &file->relay;
    return 0;
}
