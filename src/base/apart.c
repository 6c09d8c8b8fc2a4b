#include "base/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clerk.h"
#include "base/fds.h"

struct apart {
    int fd;
    bool ended, answered;
    size_t size;
    _Alignas(max_align_t) char answer[];
};

static struct {
    int fd; /* of the clerk; -1: there is none */
    pid_t pid;
    const struct apart_work *const *works;
    size_t count;
} clerk = {.fd = -1};

int apart_open(const struct apart_work *const *works, size_t count, struct error *err)
{
    pid_t pid;
    int fd = clerk_start(works, count, &pid);

    if (fd < 0)
        return error_errno(err, -fd, "cannot start the clerk");
    apart_close();
    clerk.fd = fd;
    clerk.pid = pid;
    clerk.works = works;
    clerk.count = count;
    return 0;
}

void apart_close(void)
{
    if (clerk.fd < 0)
        return;
    close(clerk.fd);
    clerk.fd = -1;
    /* It waits for nobody. */
    while (waitpid(clerk.pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static int ask(const struct apart_work *work, const void *task, size_t size, const int fds[2],
               size_t fd_count)
{
    struct clerk_request request = {.magic = CLERK_MAGIC};
    struct iovec iov[2] = {{&request, offsetof(struct clerk_request, task)}, {(void *)task, size}};

    while (request.work < clerk.count && clerk.works[request.work] != work)
        request.work++;
    if (clerk.fd < 0 || request.work == clerk.count)
        return -ENOTCONN;
    if (size > APART_TASK_MAX)
        return -EMSGSIZE;
    return fds_send(clerk.fd, iov, 2, fds, fd_count);
}

struct apart *apart_start(const struct apart_work *work, const void *task, size_t size, int input,
                          struct error *err)
{
    CLEANUP_CLOSE int ours = -1, theirs = -1;
    int fds[2];

    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0) {
        error_errno(err, errno, "cannot begin");
        return NULL;
    }
    ours = fds[0];
    theirs = fds[1];
    int rc = ask(work, task, size, (int[2]){theirs, input}, input < 0 ? 1 : 2);
    if (rc < 0) {
        error_errno(err, -rc, "cannot begin");
        return NULL;
    }
    struct apart *apart = xcalloc(1, sizeof(*apart) + work->answer_size);
    apart->size = work->answer_size;
    apart->fd = move_fd(&ours);
    return apart;
}

int apart_fd(const struct apart *apart)
{
    return apart->fd;
}

bool apart_ended(struct apart *apart, const void **ret_answer)
{
    if (!apart->ended) {
        ssize_t len = read(apart->fd, apart->answer, apart->size);

        if (len < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        apart->answered = len == (ssize_t)apart->size;
        apart->ended = true;
    }
    *ret_answer = apart->answered ? apart->answer : NULL;
    return true;
}

void apart_free(struct apart *apart)
{
    if (!apart)
        return;
    close(apart->fd);
    free(apart);
}

const char *apart_string(const char **task, size_t *size)
{
    const char *string = *task, *end = memchr(string, '\0', *size);

    if (!end)
        return NULL;
    *size -= (size_t)(end + 1 - string);
    *task = end + 1;
    return string;
}
