#include "backend/lxc/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Whatever the container has put there: only a multiplexer of a devpts will do. */
static bool is_multiplexer(int fd)
{
    struct stat st;
    struct statfs fs;

    return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(5, 2) &&
           fstatfs(fd, &fs) == 0 && fs.f_type == DEVPTS_SUPER_MAGIC;
}

/* The container's own multiplexer; -1 when there is none for us. */
static int open_inside(const struct proc_identity *init)
{
    struct open_how how = {.flags = O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK,
                           .resolve =
                               RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS};
    struct open_how look = how;
    char path[40];

    snprintf(path, sizeof(path), "/proc/%d/root", (int)init->pid);
    CLEANUP_CLOSE int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0 || !lxc_process_lives(init))
        return -1;
    /* Looked at before it is opened: to open a device can act on it. */
    look.flags = O_PATH | O_CLOEXEC;
    CLEANUP_CLOSE int seen = (int)syscall(SYS_openat2, root, "dev/pts/ptmx", &look, sizeof(look));
    if (seen < 0 || !is_multiplexer(seen))
        return -1;
    CLEANUP_CLOSE int fd = (int)syscall(SYS_openat2, root, "dev/pts/ptmx", &how, sizeof(how));
    return fd >= 0 && is_multiplexer(fd) ? move_fd(&fd) : -1;
}

/* The other side of FD; it belongs to the container's root. */
static int open_peer(int fd, const struct proc_identity *init)
{
    int unlocked = 0;
    char path[40];
    struct stat st;

    if (ioctl(fd, TIOCSPTLCK, &unlocked) != 0)
        return -1;
    int peer = ioctl(fd, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    snprintf(path, sizeof(path), "/proc/%d", (int)init->pid);
    if (peer >= 0 && (stat(path, &st) != 0 || fchown(peer, st.st_uid, (gid_t)-1) != 0))
        return peer; /* it can be used without being owned */
    return peer;
}

int lxc_pty_open(const struct proc_identity *init, int *ours, int *theirs, struct error *err)
{
    CLEANUP_CLOSE int fd = open_inside(init);
    int peer = fd >= 0 ? open_peer(fd, init) : -1;

    if (peer < 0) {
        cleanup_close(&fd);
        fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        peer = fd >= 0 ? open_peer(fd, init) : -1;
    }
    if (peer < 0)
        return error_errno(err, errno, "cannot make a terminal for it");
    *ours = move_fd(&fd);
    *theirs = peer;
    return 0;
}
