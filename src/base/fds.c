#include "base/fds.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FEW 1024 /* the usual limit */

union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
};

int fds_send(int fd, struct iovec *iov, size_t iov_count, const int *fds, size_t count)
{
    union control control = {0};
    struct msghdr message = {.msg_iov = iov,
                             .msg_iovlen = iov_count,
                             .msg_control = control.bytes,
                             .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);

    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(head), fds, count * sizeof(int));
    while (sendmsg(fd, &message, MSG_NOSIGNAL) < 0)
        if (errno != EINTR)
            return -errno;
    return 0;
}

static void take(const struct cmsghdr *head, int *fds, size_t max)
{
    size_t came = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    int all[FDS_MAX];

    memcpy(all, CMSG_DATA(head), came * sizeof(int));
    for (size_t i = 0; i < came; i++) {
        if (i < max && fds[i] < 0)
            fds[i] = all[i];
        else
            close(all[i]);
    }
}

ssize_t fds_receive(int fd, struct iovec *iov, int *fds, size_t max)
{
    union control control = {0};
    struct msghdr message = {.msg_iov = iov,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    ssize_t len = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);

    for (size_t i = 0; i < max; i++)
        fds[i] = -1;
    if (len < 0)
        return -errno;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head))
        if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
            take(head, fds, max);
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        for (size_t i = 0; i < max; i++) {
            if (fds[i] >= 0)
                close(fds[i]);
            fds[i] = -1;
        }
        return -EMSGSIZE;
    }
    return len;
}

void fds_close(unsigned first, unsigned last)
{
    _Alignas(struct dirent64) char entries[4096];

    if (close_range(first, last, 0) == 0)
        return;
    /* Linux before 5.9 does not know that call, and filters that are as old refuse it.  opendir()
     * allocates, which must not be done here; and in a container the list is not ours to trust. */
    for (unsigned fd = first; fd <= last && fd < FEW; fd++)
        close((int)fd);
    int dir = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (ssize_t len; dir >= 0 && (len = getdents64(dir, entries, sizeof(entries))) > 0;)
        for (ssize_t at = 0; at < len;) {
            const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
            unsigned long fd = strtoul(entry->d_name, NULL, 10);
            if (fd >= first && fd <= last && fd != (unsigned long)dir)
                close((int)fd);
            at += entry->d_reclen;
        }
    if (dir >= 0)
        close(dir);
}
