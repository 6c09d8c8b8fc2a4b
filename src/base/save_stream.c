#include "base/save_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/apart.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "base/save.h"

#define WAITING_MAX (1 << 20) /* bytes, if the kernel lets us */

struct save_stream {
    struct apart *apart;
    int fd; /* -1: closed, nothing more is taken */
};

/* ---- in the process ---- */

/* What comes until its end; 0 or -errno. */
static int copy(int from, int to)
{
    char text[65536];

    for (;;) {
        ssize_t len = read(from, text, sizeof(text));
        if (len < 0 && errno == EINTR)
            continue;
        if (len <= 0)
            return len < 0 ? -errno : 0;
        int rc = io_write_all(to, text, (size_t)len);
        if (rc < 0)
            return rc;
    }
}

static void write_stream(const char *task, size_t size, void *answer)
{
    CLEANUP_FREE char *path = xstrndup(task, size);
    struct error *err = answer;
    int fd = save_make_file(path, err);

    if (fd < 0)
        return;
    int problem = -copy(APART_INPUT, fd);
    /* Network file systems say only now that there is no room. */
    if (close(fd) != 0 && !problem && errno != EINTR)
        problem = errno;
    if (problem)
        error_errno(err, problem, "cannot write %.200s", path);
}

const struct apart_work save_stream_work = {sizeof(struct error), write_stream};

/* ---- in the screen ---- */

struct save_stream *save_stream_start(const char *path, struct error *err)
{
    CLEANUP_CLOSE int ours = -1, theirs = -1;
    int fds[2];

    /* Not a pipe: writing to one whose reader has gone is a signal. */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
        error_errno(err, errno, "cannot begin to write %.200s", path);
        return NULL;
    }
    ours = fds[0];
    theirs = fds[1];
    setsockopt(ours, SOL_SOCKET, SO_SNDBUF, &(int){WAITING_MAX}, sizeof(int));
    struct apart *apart = apart_start(&save_stream_work, path, strlen(path), theirs, err);
    if (!apart)
        return NULL;
    struct save_stream *stream = xcalloc(1, sizeof(*stream));
    stream->apart = apart;
    stream->fd = move_fd(&ours);
    return stream;
}

static void close_stream(struct save_stream *stream)
{
    cleanup_close(&stream->fd);
    stream->fd = -1;
}

bool save_stream_add(struct save_stream *stream, const char *text, size_t len)
{
    if (stream->fd < 0)
        return false;
    if (send(stream->fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len)
        return true;
    close_stream(stream);
    return false;
}

bool save_stream_ended(struct save_stream *stream, struct error *err)
{
    const void *answer;

    if (!apart_ended(stream->apart, &answer))
        return false;
    close_stream(stream);
    if (answer)
        *err = *(const struct error *)answer;
    else
        error_set(err, ERR_GONE, "look at the file", "what wrote it was killed");
    return true;
}

void save_stream_free(struct save_stream *stream)
{
    if (!stream)
        return;
    close_stream(stream);
    apart_free(stream->apart);
    free(stream);
}
