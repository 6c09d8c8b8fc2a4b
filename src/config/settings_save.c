#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "config/edit.h"
#include "config/settings_internal.h"

#define LOCK_TRIES 40
#define LOCK_PAUSE_MS 50

/* Where the file lies: its folder held open, so that what was checked is what is written to. */
struct target {
    const char *path, *name;
    int dirfd;
    struct stat seen; /* of the file as it was read; st_nlink 0: there was none */
};

static int make_folders(char *folder)
{
    if (mkdir(folder, 0700) == 0 || errno == EEXIST)
        return 0;
    char *slash = errno == ENOENT ? strrchr(folder, '/') : NULL;
    if (!slash || slash == folder)
        return -errno;
    /* One level up, as of ~/.config/vctop: whole trees are nobody's configuration. */
    *slash = '\0';
    int rc = mkdir(folder, 0700) == 0 || errno == EEXIST ? 0 : -errno;
    *slash = '/';
    return rc ? rc : mkdir(folder, 0700) == 0 || errno == EEXIST ? 0 : -errno;
}

/* The nearest folder of FOLDER that exists belongs to root and only root writes there: in the home
 * of somebody else nothing of root's is left behind. */
static int check_owner(const char *folder, struct error *err)
{
    CLEANUP_FREE char *at = xasprintf("%s/", folder);
    struct error why = {0};

    for (char *slash = strrchr(at, '/'); slash; slash = strrchr(at, '/')) {
        slash[1] = '\0';
        if (access(at, F_OK) == 0)
            break;
        *slash = '\0';
    }
    if (settings_check_folder(*at ? at : "./", &why) == 0)
        return 0;
    return error_set(err, ERR_DENIED, "use sudo -H, or name a file of root's with --config",
                     "not saved: %s", why.message);
}

static int open_folder(struct target *target, bool as_root, struct error *err)
{
    const char *slash = strrchr(target->path, '/');
    CLEANUP_FREE char *folder =
        !slash ? xstrdup(".")
               : xstrndup(target->path, slash > target->path ? (size_t)(slash - target->path) : 1);

    target->name = slash ? slash + 1 : target->path;
    if (!*target->name)
        return error_set(err, ERR_USAGE, "name a file with --config", "not saved: %s is a folder",
                         target->path);
    if (as_root && check_owner(folder, err))
        return ERR_DENIED;
    int rc = make_folders(folder);
    if (rc)
        return error_errno(err, -rc, "not saved: cannot make %s", folder);
    target->dirfd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (target->dirfd >= 0)
        return 0;
    struct stat st;
    if (lstat(folder, &st) == 0 && S_ISLNK(st.st_mode))
        return error_set(err, ERR_DENIED, "name the real file with --config",
                         "not saved: %s is a symbolic link", folder);
    return error_errno(err, errno, "not saved: %s", folder);
}

/* Two that save at once take turns; where a file system cannot lock, the check before the rename
 * has to do. */
static int lock(const struct target *target, struct error *err)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};

    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(target->dirfd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
            return 0;
        nanosleep(&pause, NULL);
    }
    return error_set(err, ERR_BUSY, "save again",
                     "not saved: another program holds the folder of %s", target->path);
}

static int check_file(const struct target *target, struct error *err)
{
    const struct stat *st = &target->seen;

    if (S_ISLNK(st->st_mode))
        return error_set(err, ERR_DENIED,
                         "change the file it leads to, or name that one with --config",
                         "not saved: %s is a symbolic link", target->path);
    if (!S_ISREG(st->st_mode))
        return error_set(err, ERR_IO, "name a regular file", "not saved: %s is not a regular file",
                         target->path);
    if (st->st_uid != geteuid())
        return error_set(err, ERR_DENIED, "name a file of your own with --config",
                         "not saved: %s belongs to another user", target->path);
    if (!(st->st_mode & S_IWUSR))
        return error_set(err, ERR_DENIED, "chmod u+w", "not saved: %s is read-only", target->path);
    return 0;
}

static int read_present(struct target *target, bool as_root, char **ret, struct error *err)
{
    struct error why;

    if (fstatat(target->dirfd, target->name, &target->seen, AT_SYMLINK_NOFOLLOW) != 0) {
        target->seen = (struct stat){0};
        *ret = xstrdup("");
        return errno == ENOENT ? 0 : error_errno(err, errno, "not saved: %s", target->path);
    }
    int rc = check_file(target, err);
    if (rc)
        return rc;
    rc = settings_read_file(target->dirfd, target->name, target->path, O_NOFOLLOW, as_root, ret,
                            &why);
    return rc ? error_set(err, rc, why.remedy, "not saved: %s", why.message) : 0;
}

/* Nobody has put another file there since it was read. */
static bool is_unchanged(const struct target *target)
{
    struct stat now;

    if (fstatat(target->dirfd, target->name, &now, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT && target->seen.st_nlink == 0;
    return target->seen.st_nlink && now.st_ino == target->seen.st_ino &&
           now.st_size == target->seen.st_size &&
           now.st_mtim.tv_sec == target->seen.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == target->seen.st_mtim.tv_nsec;
}

/* What others could do with the file, they still can. */
static int keep_mode(int fd, const struct stat *seen)
{
    struct stat now;
    bool group = fstat(fd, &now) == 0 && now.st_gid == seen->st_gid;

    if (!seen->st_nlink)
        return 0;
    return fchmod(fd, seen->st_mode & (group ? 0777 : 0707)) == 0 ? 0 : -errno;
}

static int put_in_place(const struct target *target, const char *text, struct error *err)
{
    uint64_t chance = 0;
    if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) < 0)
        chance = (uint64_t)getpid();
    CLEANUP_FREE char *name = xasprintf(".%s.%llx", target->name, (unsigned long long)chance);
    CLEANUP_CLOSE int fd =
        openat(target->dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(err, errno, "not saved: %s", target->path);
    int rc = io_write_all(fd, text, strlen(text));
    if (rc == 0)
        rc = keep_mode(fd, &target->seen);
    if (rc == 0 && fsync(fd) < 0)
        rc = -errno;
    if (rc)
        error_errno(err, -rc, "not saved: %s", target->path);
    else if (!is_unchanged(target))
        rc = error_set(err, ERR_BUSY, "save again", "not saved: %s was changed just now",
                       target->path);
    else if (renameat(target->dirfd, name, target->dirfd, target->name) != 0)
        rc = error_errno(err, errno, "not saved: %s", target->path);
    if (rc) {
        unlinkat(target->dirfd, name, 0);
        return err->code;
    }
    fsync(target->dirfd);
    return 0;
}

/* TEXT with the changes, read back to see that it is a file that works. */
static int change_text(const struct target *target, char **text,
                       const struct setting_change *changes, size_t count,
                       const struct settings_words *words, struct error *err)
{
    struct settings settings;
    struct error why = {0}, note = {0};

    settings_init(&settings);
    /* One that is wrong is the operator's to mend, not ours to write over. */
    int rc = settings_parse(&settings, target->path, *text, words, &note, &why);
    settings_clear(&settings);
    if (rc)
        return error_set(err, rc, why.remedy, "not saved: %s", why.message);
    for (size_t i = 0; i < count; i++) {
        char *changed = edit_setting(*text, changes[i].name, changes[i].value, &why);
        if (!changed)
            return error_set(err, ERR_SYNTAX, why.remedy, "not saved: %s: %s", target->path,
                             why.message);
        free(*text);
        *text = changed;
    }
    rc = settings_parse(&settings, target->path, *text, words, &note, &why);
    settings_clear(&settings);
    return rc ? error_set(err, rc, why.remedy, "not saved, it would be wrong: %s", why.message) : 0;
}

int settings_save(const char *path, const struct setting_change *changes, size_t count,
                  const struct settings_words *words, bool as_root, struct error *err)
{
    struct target target = {.path = path, .dirfd = -1};
    CLEANUP_FREE char *text = NULL, *before = NULL;
    struct error own = {0};
    int rc = open_folder(&target, as_root, &own);

    if (rc == 0)
        rc = lock(&target, &own);
    if (rc == 0)
        rc = read_present(&target, as_root, &text, &own);
    if (rc == 0) {
        before = xstrdup(text);
        rc = change_text(&target, &text, changes, count, words, &own);
    }
    if (rc == 0 && strcmp(before, text) != 0)
        rc = put_in_place(&target, text, &own);
    if (target.dirfd >= 0)
        close(target.dirfd);
    if (rc && err)
        *err = own;
    return rc;
}
