#include "base/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"

/* What is there by that name is the file that we made, and not what somebody put in its place. */
static void remove_ours(const char *path, const struct stat *ours)
{
    struct stat there;

    if (lstat(path, &there) == 0 && there.st_dev == ours->st_dev && there.st_ino == ours->st_ino)
        unlink(path);
}

/* ---- where files may be made ---- */

#define PLACES_MAX 5

/* Set once, before there is anyone to fear; resolved when a file is made, for that may block. */
static struct {
    size_t count; /* 0: anywhere */
    char *at[PLACES_MAX];
} places;

static bool is_place(const char *path)
{
    for (size_t i = 0; i < places.count; i++)
        if (strcmp(places.at[i], path) == 0)
            return true;
    return false;
}

void save_bound(const char *home, const char *temporary)
{
    char *here = getcwd(NULL, 0);
    const char *const at[PLACES_MAX] = {here, home, temporary, "/tmp", "/var/tmp"};

    for (size_t i = 0; i < PLACES_MAX; i++)
        if (at[i] && at[i][0] == '/' && at[i][1] && !is_place(at[i]))
            places.at[places.count++] = xstrdup(at[i]);
    free(here);
}

/* Whether FULL, without links, lies below PLACE and nothing of it there is hidden. */
static bool is_below(const char *full, const char *place)
{
    CLEANUP_FREE char *real = realpath(place, NULL);
    size_t len = real ? strlen(real) : 0;

    return len > 1 && strncmp(full, real, len) == 0 && full[len] == '/' &&
           !strstr(full + len, "/.");
}

/* Whether NAME may be made in FOLDER, which has no links. */
static bool is_permitted(const char *folder, const char *name)
{
    CLEANUP_FREE char *full = xasprintf("%s/%s", folder, name);

    for (size_t i = 0; i < places.count; i++)
        if (is_below(full, places.at[i]))
            return true;
    return false;
}

static int refuse(const char *path, struct error *err)
{
    char list[300] = "";

    for (size_t i = 0; i < places.count; i++)
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%.80s", i ? ", " : "",
                 places.at[i]);
    return error_set(err, ERR_USAGE, NULL, "%.200s is not made: choose a name below one of %s",
                     path, list);
}

/* The folder that PATH lies in, without a link, for free(); NULL with errno. */
static char *folder_of(const char *path, const char **ret_name)
{
    const char *slash = strrchr(path, '/');
    CLEANUP_FREE char *folder = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");

    *ret_name = slash ? slash + 1 : path;
    if (slash && !slash[1])
        return errno = EISDIR, NULL;
    return realpath(folder, NULL);
}

/* ---- the files ---- */

int save_make_file(const char *path, struct error *err)
{
    const char *name = path;
    CLEANUP_FREE char *folder = places.count ? folder_of(path, &name) : NULL;
    CLEANUP_CLOSE int in = folder ? open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

    if (places.count && in < 0)
        return error_errno(err, errno, "cannot make %.200s", path);
    if (places.count && !is_permitted(folder, name))
        return refuse(path, err);
    int fd = openat(places.count ? in : AT_FDCWD, name,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);

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
