#include "base/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

/* What is there by that name is the file that we made, and not what somebody put in its place. */
static void remove_ours(const char *path, const struct stat *ours)
{
    struct stat there;

    if (lstat(path, &there) == 0 && there.st_dev == ours->st_dev && there.st_ino == ours->st_ino)
        unlink(path);
}

int save_make_file(const char *path, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);

    if (fd < 0 && errno == EEXIST)
        return error_set(err, ERR_USAGE, "choose another name", "%.200s exists already", path);
    if (fd < 0)
        return error_errno(err, errno, "cannot make %.200s", path);
    return fd;
}

int save_new_file(const char *path, const char *text, size_t len, struct error *err)
{
    int fd = save_make_file(path, err);
    struct stat made;

    if (fd < 0)
        return fd;
    int problem = fstat(fd, &made) == 0 ? -io_write_all(fd, text, len) : errno;
    /* Network file systems say only now that there is no room. */
    if (close(fd) != 0 && !problem && errno != EINTR)
        problem = errno;
    if (!problem)
        return 0;
    remove_ours(path, &made);
    return error_errno(err, problem, "cannot write %.200s", path);
}

void save_full_path(char *dst, size_t size, const char *path)
{
    char here[1000]; /* a longer one is not worth the words */

    if (path[0] == '/' || !getcwd(here, sizeof(here)))
        snprintf(dst, size, "%s", path);
    else
        snprintf(dst, size, "%s%s%s", here, here[1] ? "/" : "", path);
}
