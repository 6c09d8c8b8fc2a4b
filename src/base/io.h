/* Small-file and descriptor manners. */
#ifndef VCTOP_BASE_IO_H
#define VCTOP_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Reads all of PATH (relative to DIRFD, AT_FDCWD allowed) into BUF, at most SIZE - 1 bytes, always
 * terminated.  Returns the length or -errno.  For /proc, /sys and cgroup files: does not block. */
ssize_t io_read_file(int dirfd, const char *path, char *buf, size_t size);

/* The same from an open descriptor at offset 0. */
ssize_t io_pread_all(int fd, char *buf, size_t size);

/* Reads a regular file of at most MAX bytes; refuses FIFOs, devices, directories and what is larger
 * (-EFBIG).  *RET is terminated and the caller's to free.  Returns the length or -errno. */
ssize_t io_read_regular(int dirfd, const char *path, size_t max, char **ret);

/* Writes all of it; 0 or -errno.  Blocks as long as FD does. */
int io_write_all(int fd, const char *data, size_t len);

/* 0 or -errno. */
int io_set_nonblock(int fd, bool on);

/* Whether the poll() that just failed would fail again and again, by its errno: a loop around it
 * has to end. */
bool io_cannot_wait(void);

/* A connected pair of close-on-exec, nonblocking stream sockets; 0 or -errno. */
int io_socketpair(int ret[2]);

#endif
