/* A file system whose server can be stopped: deadmount DIRECTORY mounts an empty one there by FUSE
 * and answers for it until it is told to end (SIGTERM, SIGINT), then takes it down.  Under SIGSTOP
 * nobody answers, as with a dead network server: what asks hangs.  No library: the kernel's
 * protocol is small.  Exit status 77: no FUSE here. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define MESSAGE_MAX (256 * 1024) /* the kernel wants room for its largest message */

static volatile sig_atomic_t ended;

static void end(int signal)
{
    (void)signal;
    ended = 1;
}

static void reply(int fd, uint64_t unique, int error, const void *body, size_t len)
{
    struct {
        struct fuse_out_header head;
        char body[256];
    } out = {.head = {.unique = unique, .error = -error}};

    if (!error)
        memcpy(out.body, body, len);
    out.head.len = (uint32_t)(sizeof(out.head) + (error ? 0 : len));
    if (write(fd, &out, out.head.len) < 0 && errno != ENOENT)
        perror("deadmount: write");
}

static void answer(int fd, const struct fuse_in_header *in)
{
    struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION,
                                 .minor = 31,
                                 .max_readahead = 4096,
                                 .max_write = 4096,
                                 .max_background = 12,
                                 .congestion_threshold = 9};
    struct fuse_attr_out attr = {.attr = {.ino = 1, .mode = S_IFDIR | 0755, .nlink = 2}};
    struct fuse_statfs_out statfs = {.st = {.blocks = 25600,
                                            .bfree = 12800,
                                            .bavail = 12800,
                                            .files = 1000,
                                            .ffree = 500,
                                            .bsize = 4096,
                                            .frsize = 4096,
                                            .namelen = 255}};

    switch (in->opcode) {
    case FUSE_INIT:
        reply(fd, in->unique, 0, &init, sizeof(init));
        break;
    case FUSE_GETATTR:
        reply(fd, in->unique, 0, &attr, sizeof(attr));
        break;
    case FUSE_STATFS:
        reply(fd, in->unique, 0, &statfs, sizeof(statfs));
        break;
    case FUSE_LOOKUP:
        reply(fd, in->unique, ENOENT, NULL, 0);
        break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT: /* these are not answered */
        break;
    default:
        reply(fd, in->unique, ENOSYS, NULL, 0);
        break;
    }
}

int main(int argc, char **argv)
{
    static char message[MESSAGE_MAX] __attribute__((aligned(8)));
    struct sigaction action = {.sa_handler = end}; /* no SA_RESTART: read() is to end */
    char options[128];
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

    if (argc != 2) {
        fprintf(stderr, "usage: deadmount DIRECTORY\n");
        return 2;
    }
    snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=0,group_id=0", fd);
    if (fd < 0 || mount("deadmount", argv[1], "fuse.dead", MS_NOSUID | MS_NODEV, options) != 0) {
        perror("deadmount: no FUSE");
        return 77;
    }
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    puts("mounted");
    fflush(stdout);
    while (!ended) {
        ssize_t len = read(fd, message, sizeof(message));
        if (len >= (ssize_t)sizeof(struct fuse_in_header))
            answer(fd, (const struct fuse_in_header *)message);
        else if (len < 0 && errno == ENODEV)
            return 0; /* somebody else took it down */
    }
    close(fd); /* what hangs gets an error */
    return umount2(argv[1], MNT_DETACH) == 0 ? 0 : 1;
}
