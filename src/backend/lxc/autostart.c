#include "backend/lxc/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"

/* Whether the line LINE[0..LEN) sets lxc.start.auto. */
static bool sets_autostart(const char *line, size_t len)
{
    static const char key[] = "lxc.start.auto";
    size_t at = 0;
    while (at < len && strchr(" \t", line[at]))
        at++;
    if (len - at < sizeof(key) - 1 || memcmp(line + at, key, sizeof(key) - 1) != 0)
        return false;
    at += sizeof(key) - 1;
    while (at < len && strchr(" \t", line[at]))
        at++;
    return at < len && line[at] == '=';
}

char *lxc_config_edit_autostart(const char *text, size_t len, bool on, size_t *ret_len)
{
    size_t from = len, to = len; /* the bytes that the new line replaces */
    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t length = end ? (size_t)(end - text) - at : len - at;
        if (sets_autostart(text + at, length)) {
            from = at;
            to = at + length;
        }
        at += length + 1;
    }
    bool added = from == len;
    const char *before = added && len > 0 && text[len - 1] != '\n' ? "\n" : "";
    const char *after = added ? "\n" : "";
    char line[40];
    int line_len = snprintf(line, sizeof(line), "%slxc.start.auto = %d%s", before, on, after);
    size_t size = from + (size_t)line_len + (len - to);
    char *ret = xmalloc(size + 1);
    memcpy(ret, text, from);
    memcpy(ret + from, line, (size_t)line_len);
    memcpy(ret + from + line_len, text + to, len - to);
    ret[size] = '\0';
    *ret_len = size;
    return ret;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Puts TEXT in place of "config" below DIR if that is still the file OLD tells of. */
static int replace(int dir, const struct stat *old, const char *text, size_t len, struct error *err)
{
    unsigned salt = 0;
    if (getrandom(&salt, sizeof(salt), 0) != (ssize_t)sizeof(salt))
        salt = (unsigned)getpid();
    char temp[40];
    snprintf(temp, sizeof(temp), ".config.vctop.%08x", salt);
    CLEANUP_CLOSE int fd =
        openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(err, errno, "cannot write beside the configuration");
    struct stat now = {0};
    int rc = io_write_all(fd, text, len);
    if (rc == 0 && (fchown(fd, old->st_uid, old->st_gid) < 0 ||
                    fchmod(fd, old->st_mode & 07777) < 0 || fsync(fd) < 0))
        rc = -errno;
    if (rc == 0 && fstatat(dir, "config", &now, AT_SYMLINK_NOFOLLOW) < 0)
        rc = -errno;
    if (rc < 0) {
        unlinkat(dir, temp, 0);
        return error_errno(err, -rc, "cannot write the configuration");
    }
    if (!same_file(old, &now)) {
        unlinkat(dir, temp, 0);
        return error_set(err, ERR_CHANGED, "try again", "its configuration was changed meanwhile");
    }
    if (renameat(dir, temp, dir, "config") < 0) {
        rc = errno;
        unlinkat(dir, temp, 0);
        return error_errno(err, rc, "cannot replace the configuration");
    }
    fsync(dir);
    return 0;
}

int lxc_config_set_autostart(int dirfd, const char *name, bool on, struct error *err)
{
    CLEANUP_CLOSE int dir = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return errno == ENOENT ? error_set(err, ERR_GONE, NULL, "the container is not defined")
                               : error_errno(err, errno, "cannot open the container's folder");
    struct stat st;
    if (fstatat(dir, "config", &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? error_set(err, ERR_GONE, NULL, "the container is not defined")
                               : error_errno(err, errno, "cannot look at the configuration");
    if (S_ISLNK(st.st_mode))
        return error_set(err, ERR_UNSUPPORTED, "set lxc.start.auto in the file it points to",
                         "its configuration is a symbolic link");
    CLEANUP_FREE char *text = NULL;
    ssize_t len = io_read_regular(dir, "config", LXC_CONFIG_MAX, &text);
    if (len < 0)
        return error_errno(err, (int)-len, "cannot read the configuration");
    size_t edited_len;
    CLEANUP_FREE char *edited = lxc_config_edit_autostart(text, (size_t)len, on, &edited_len);
    if (edited_len == (size_t)len && memcmp(edited, text, edited_len) == 0)
        return 0;
    return replace(dir, &st, edited, edited_len, err);
}
