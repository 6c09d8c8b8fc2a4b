#include "backend/lxc/roster.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "backend/lxc/owner.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define REREAD_NS (20 * NS_PER_S)
#define REREAD_BLIND_NS (3 * NS_PER_S) /* without inotify */
#define SETTLE_NS (60 * NS_PER_S)
#define CONFIG_TURNS 10

void lxc_roster_init(struct lxc_roster *roster, const struct lxc_path *path, int inotify)
{
    *roster = (struct lxc_roster){
        .path = path, .dir = -1, .inotify = inotify, .watch = -1, .stale = true, .next_handle = 1};
}

static void close_dir(struct lxc_roster *roster)
{
    if (roster->watch >= 0)
        inotify_rm_watch(roster->inotify, roster->watch);
    if (roster->dir >= 0)
        close(roster->dir);
    roster->dir = roster->watch = -1;
    roster->stale = true;
}

static void forget(struct lxc_roster *roster, struct lxc_guest *guest, struct sink *sink)
{
    if (sink)
        sink_gone(sink, guest->handle);
    HASH_DEL(roster->guests, guest);
    lxc_guest_free(guest);
}

static void forget_all(struct lxc_roster *roster, struct sink *sink)
{
    struct lxc_guest *guest, *next;
    HASH_ITER(hh, roster->guests, guest, next)
    {
        forget(roster, guest, sink);
    }
}

void lxc_roster_clear(struct lxc_roster *roster)
{
    close_dir(roster);
    forget_all(roster, NULL);
}

bool lxc_roster_event(struct lxc_roster *roster, int wd, uint32_t mask)
{
    if (mask & IN_Q_OVERFLOW)
        roster->stale = true;
    if (wd < 0 || wd != roster->watch)
        return false;
    roster->stale = true;
    if (mask & IN_IGNORED)
        roster->watch = -1; /* the kernel has taken it away: the folder is gone */
    if (mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED))
        close_dir(roster);
    return true;
}

struct lxc_guest *lxc_roster_find(const struct lxc_roster *roster, const char *name)
{
    struct lxc_guest *guest;
    HASH_FIND_STR(roster->guests, name, guest);
    return guest;
}

static int open_dir(struct lxc_roster *roster, struct error *err)
{
    const char *path = roster->path->given;
    int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0 && (errno == ENOENT || errno == ENOTDIR))
        return error_set(err, ERR_GONE, "create a container first, or name its folder with -P",
                         "there is no %s", path);
    if (dir < 0 && (errno == EACCES || errno == EPERM))
        return error_set(err, ERR_DENIED, "run as root, or name your own lxcpath with -P",
                         "no permission to read %s", path);
    if (dir < 0)
        return error_errno(err, errno, "cannot open %s", path);
    roster->dir = dir;
    if (roster->inotify >= 0)
        roster->watch = inotify_add_watch(roster->inotify, path,
                                          IN_CREATE | IN_DELETE | IN_MOVE | IN_ATTRIB |
                                              IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR);
    return 0;
}

static void load_config(struct lxc_roster *roster, struct lxc_guest *guest)
{
    if (!lxc_config_load(&guest->config, roster->dir, guest->name))
        return;
    guest->facts_stale = true;
    guest->manager = lxc_owner(roster->path->given, guest->name, guest->config.owner_signs);
}

/* One folder of the lxcpath: makes a guest of it when it holds a configuration, or may. */
static void meet(struct lxc_roster *roster, const char *name)
{
    struct lxc_guest *guest = lxc_roster_find(roster, name);
    if (!guest) {
        guest = lxc_guest_new(name, 0);
        load_config(roster, guest);
        if (guest->config.state == LXC_CONFIG_NONE) {
            roster->incomplete = true;
            lxc_guest_free(guest);
            return;
        }
        guest->handle = roster->next_handle++;
        HASH_ADD_KEYPTR(hh, roster->guests, guest->name, strlen(guest->name), guest);
    } else {
        load_config(roster, guest);
    }
    guest->seen = true;
}

static int read_dir(struct lxc_roster *roster, struct error *err)
{
    CLEANUP_CLOSE int fd = openat(roster->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CLEANUP_CLOSEDIR DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        return error_errno(err, errno, "cannot read %s", roster->path->given);
    move_fd(&fd); /* the stream's now */
    roster->incomplete = false;
    struct lxc_guest *guest, *next;
    HASH_ITER(hh, roster->guests, guest, next)
    {
        guest->seen = false;
    }
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        bool folder =
            entry->d_type == DT_DIR || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
        if (folder && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            meet(roster, entry->d_name);
    }
    HASH_ITER(hh, roster->guests, guest, next)
    {
        if (!guest->seen)
            load_config(roster, guest);
    }
    return 0;
}

int lxc_roster_tick(struct lxc_roster *roster, struct sink *sink, int64_t now_ns, struct error *err)
{
    struct stat st;
    if (roster->dir >= 0 && fstat(roster->dir, &st) == 0 && st.st_nlink == 0)
        close_dir(roster); /* removed, and perhaps made again */
    if (roster->stale)
        roster->settle_until_ns = now_ns + SETTLE_NS;
    bool due = roster->stale || now_ns >= roster->reread_at_ns ||
               (roster->incomplete && now_ns < roster->settle_until_ns);
    int rc = 0;
    if (roster->dir < 0)
        rc = open_dir(roster, err);
    if (rc == 0 && due)
        rc = read_dir(roster, err);
    if (rc < 0) {
        close_dir(roster);
        forget_all(roster, sink);
        return rc;
    }
    if (due) {
        roster->stale = false;
        roster->reread_at_ns = now_ns + (roster->watch >= 0 ? REREAD_NS : REREAD_BLIND_NS);
    }
    roster->turn++;
    struct lxc_guest *guest, *next;
    HASH_ITER(hh, roster->guests, guest, next)
    {
        if (!due && (guest->visible || (guest->handle + roster->turn) % CONFIG_TURNS == 0))
            load_config(roster, guest);
        if (guest->config.state == LXC_CONFIG_NONE && !guest->monitor && !guest->init.pid)
            forget(roster, guest, sink);
    }
    return 0;
}
