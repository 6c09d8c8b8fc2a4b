/* Descriptors: messages that carry them, over a SOCK_SEQPACKET pair, and closing many. */
#ifndef VCTOP_BASE_FDS_H
#define VCTOP_BASE_FDS_H

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

#define FDS_MAX 2

/* One message with COUNT descriptors, which stay the caller's.  0 or -errno. */
int fds_send(int fd, struct iovec *iov, size_t iov_count, const int *fds, size_t count);

/* One message into IOV, its descriptors (close-on-exec, now the caller's) into FDS[0..MAX); those
 * that did not come are -1, what is more is closed.  Its length, 0 at the end, or -errno; a message
 * that was cut is -EMSGSIZE. */
ssize_t fds_receive(int fd, struct iovec *iov, int *fds, size_t max);

/* Closes all from FIRST (1 or more) to LAST.  May be called between fork and exec beside threads.
 */
void fds_close(unsigned first, unsigned last);

#endif
