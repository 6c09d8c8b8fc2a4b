#include "backend/lxc/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/lxc/owner.h"
#include "base/alloc.h"
#include "base/cleanup.h"

#define SETTING_MAX 512 /* of a setting that is looked at for its owner */

/* Every key that liblxc 4 to 6 knows.  One that ends in a dot or star stands for all below it. */
static const char *const known_keys[] = {
    "lxc.apparmor.*",
    "lxc.arch",
    "lxc.autodev",
    "lxc.autodev.*",
    "lxc.cap.*",
    "lxc.cgroup",
    "lxc.cgroup.*",
    "lxc.cgroup2",
    "lxc.cgroup2.*",
    "lxc.console.*",
    "lxc.environment",
    "lxc.environment.*",
    "lxc.ephemeral",
    "lxc.execute.cmd",
    "lxc.group",
    "lxc.hook",
    "lxc.hook.autodev",
    "lxc.hook.clone",
    "lxc.hook.destroy",
    "lxc.hook.mount",
    "lxc.hook.post-stop",
    "lxc.hook.pre-mount",
    "lxc.hook.pre-start",
    "lxc.hook.start",
    "lxc.hook.start-host",
    "lxc.hook.stop",
    "lxc.hook.version",
    "lxc.idmap",
    "lxc.include",
    "lxc.init.*",
    "lxc.keyring.session",
    "lxc.log.*",
    "lxc.monitor.*",
    "lxc.mount.*",
    "lxc.namespace.*",
    "lxc.net",
    "lxc.net.*",
    "lxc.no_new_privs",
    "lxc.prlimit",
    "lxc.prlimit.*",
    "lxc.proc",
    "lxc.proc.*",
    "lxc.pty.*",
    "lxc.rootfs.*",
    "lxc.sched.*",
    "lxc.seccomp.*",
    "lxc.selinux.*",
    "lxc.signal.*",
    "lxc.start.*",
    "lxc.sysctl",
    "lxc.sysctl.*",
    "lxc.time.*",
    "lxc.tty.*",
    "lxc.uts.name",
};

/* KEY begins with "lxc." as they all do: what comes next tells most of them apart. */
static bool key_is_known(const char *key)
{
    for (size_t i = 0; i < ARRAY_SIZE(known_keys); i++) {
        const char *known = known_keys[i];
        if (known[4] != key[4])
            continue;
        size_t len = strlen(known);
        if (known[len - 1] == '*' ? strncmp(key, known, len - 1) == 0 && key[len - 1]
                                  : strcmp(key, known) == 0)
            return true;
    }
    return false;
}

/* One line, trimmed: KEY and VALUE point into LINE. */
struct setting {
    char *key, *value;
};

/* Of the blanks that liblxc takes away: any other is a part of the key or the value. */
static char *trim(char *text)
{
    static const char blank[] = " \t\n";

    text += strspn(text, blank);
    size_t len = strlen(text);
    while (len > 0 && strchr(blank, text[len - 1]))
        text[--len] = '\0';
    return text;
}

/* Splits LINE in place; false when it holds no setting (blank, a comment, without '='). */
static bool split(char *line, struct setting *ret)
{
    char *key = trim(line);
    char *equals = strchr(key, '=');
    if (*key == '#' || !equals)
        return false;
    *equals = '\0';
    char *value = trim(equals + 1);
    size_t len = strlen(value);
    if (len >= 2 && (value[0] == '"' || value[0] == '\'') && value[len - 1] == value[0]) {
        value[len - 1] = '\0';
        value++;
    }
    *ret = (struct setting){.key = trim(key), .value = value};
    return true;
}

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    return false;
}

/* "lxc.net.INDEX.type = ..." must name a known kind of network, or liblxc refuses the file. */
static bool network_is_sane(const struct setting *set)
{
    static const char *const types[] = {"empty", "macvlan", "ipvlan", "none",
                                        "phys",  "veth",    "vlan"};
    if (strncmp(set->key, "lxc.net.", 8) != 0 || !*set->value)
        return true;
    const char *rest = set->key + 8;
    size_t digits = strspn(rest, "0123456789");
    if (digits == 0)
        return false;
    return strcmp(rest + digits, ".type") != 0 || is_one_of(set->value, types, ARRAY_SIZE(types));
}

/* LINE 0: not about a line.  DETAIL, foreign bytes, stands behind WHY and is cut. */
static void refuse(struct lxc_config *config, int line, const char *why, const char *detail)
{
    char where[32] = "";
    if (line > 0)
        snprintf(where, sizeof(where), "line %d ", line);
    config->state = LXC_CONFIG_BROKEN;
    snprintf(config->reason, sizeof(config->reason), "bad configuration: %s%s%.48s", where, why,
             detail);
}

/* Proxmox makes the file anew at each start, with the monitor in a group that nobody else uses:
 * its own configuration is on a file system of a daemon's, which may hang. */
static void take_monitor_dir(struct lxc_config *config, const char *dir)
{
    static const char prefix[] = "lxc.monitor/";
    const char *id = dir + sizeof(prefix) - 1;

    if (strncmp(dir, prefix, sizeof(prefix) - 1) == 0 && *id && !id[strspn(id, "0123456789")])
        snprintf(config->vmid, sizeof(config->vmid), "%.15s", id);
}

/* "overlay:/lower:/upper": writes go to the last one. */
static const char *writable_layer(const char *value)
{
    const char *last = strrchr(value, ':');
    return last && last[1] == '/' ? last + 1 : value;
}

/* Where lxc.rootfs.path leads: a directory, an image or a device, behind the name of its kind or
 * without one.  A data set of ZFS or an image of Ceph has no path that we could look at. */
static void take_rootfs(struct lxc_config *config, const char *value)
{
    static const char *const kinds[] = {"dir:", "btrfs:", "lvm:", "loop:", "nbd:", "zfs:", "rbd:"};
    config->rootfs[0] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        size_t len = strlen(kinds[i]);
        if (strncmp(value, kinds[i], len) == 0) {
            value += len;
            break;
        }
    }
    if (strncmp(value, "overlay:", 8) == 0 || strncmp(value, "overlayfs:", 10) == 0 ||
        strncmp(value, "aufs:", 5) == 0)
        value = writable_layer(value);
    if (value[0] == '/' && strlen(value) < sizeof(config->rootfs))
        memcpy(config->rootfs, value, strlen(value) + 1);
}

/* Looks at one line; false when the file is refused for it. */
static bool check_line(struct lxc_config *config, char *line, int number)
{
    char *text = trim(line);
    struct setting set;
    if (*text == '#')
        config->owner_signs |= lxc_owner_signs(LXC_TRACE_COMMENT, text);
    if (!*text || *text == '#')
        return true;
    if (!split(text, &set)) {
        /* liblxc takes no notice of such a line, and starts the container. */
        if (strncmp(text, "lxc.", 4) != 0)
            return true;
        refuse(config, number, "is not 'key = value'", "");
        return false;
    }
    /* liblxc leaves foreign keys alone. */
    if (strncmp(set.key, "lxc.", 4) != 0)
        return true;
    if (!key_is_known(set.key)) {
        refuse(config, number, "has the unknown key ", set.key);
        return false;
    }
    char setting[SETTING_MAX];
    snprintf(setting, sizeof(setting), "%s = %s", set.key, set.value);
    config->owner_signs |= lxc_owner_signs(LXC_TRACE_SETTING, setting);
    if (strcmp(set.key, "lxc.start.auto") == 0) {
        if (*set.value && strcmp(set.value, "0") != 0 && strcmp(set.value, "1") != 0) {
            refuse(config, number, "wants 0 or 1 for lxc.start.auto", "");
            return false;
        }
        config->autostart = strcmp(set.value, "1") == 0;
    }
    if (strcmp(set.key, "lxc.uts.name") == 0)
        snprintf(config->host_name, sizeof(config->host_name), "%s", set.value);
    if (strcmp(set.key, "lxc.cgroup.dir.monitor") == 0)
        take_monitor_dir(config, set.value);
    if (strcmp(set.key, "lxc.rootfs.path") == 0)
        take_rootfs(config, set.value);
    if (!network_is_sane(&set)) {
        refuse(config, number, "has no network that LXC knows", "");
        return false;
    }
    return true;
}

void lxc_config_parse(struct lxc_config *ret, const char *text, size_t len)
{
    ret->state = LXC_CONFIG_OK;
    ret->reason[0] = ret->host_name[0] = ret->vmid[0] = '\0';
    ret->autostart = false;
    ret->owner_signs = 0;
    ret->rootfs[0] = '\0';
    int number = 1;
    for (size_t at = 0; at < len; number++) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t length = end ? (size_t)(end - text) - at : len - at;
        if (memchr(text + at, '\0', length)) {
            refuse(ret, number, "holds binary data", "");
            return;
        }
        CLEANUP_FREE char *line = xstrndup(text + at, length);
        if (!check_line(ret, line, number))
            return;
        at += length + 1;
    }
}

static void stamp_of(struct lxc_config_stamp *ret, const struct stat *st)
{
    memset(ret, 0, sizeof(*ret)); /* compared as bytes */
    ret->dev = st->st_dev;
    ret->ino = st->st_ino;
    ret->size = st->st_size;
    ret->mtime = st->st_mtim;
    ret->ctime = st->st_ctim;
}

static void set_state(struct lxc_config *ret, enum lxc_config_state state, const char *reason)
{
    ret->state = state;
    ret->autostart = false;
    ret->rootfs[0] = '\0';
    snprintf(ret->reason, sizeof(ret->reason), "%s", reason);
}

/* What the failure ERRNUM of an access makes of the configuration. */
static void set_failure(struct lxc_config *ret, int errnum)
{
    memset(&ret->stamp, 0, sizeof(ret->stamp));
    switch (errnum) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
        set_state(ret, LXC_CONFIG_NONE, "");
        break;
    case EACCES:
    case EPERM:
        set_state(ret, LXC_CONFIG_DENIED, "no permission");
        break;
    default:
        refuse(ret, 0, "", strerror(errnum));
        ret->autostart = false;
        break;
    }
}

static void read_open(struct lxc_config *ret, int fd, size_t size)
{
    CLEANUP_FREE char *text = xmalloc(size + 1);
    size_t len = 0;
    while (len < size) {
        ssize_t got = pread(fd, text + len, size - len, (off_t)len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            set_failure(ret, errno);
            return;
        }
        if (got == 0)
            break;
        len += (size_t)got;
    }
    text[len] = '\0';
    lxc_config_parse(ret, text, len);
}

bool lxc_config_load(struct lxc_config *ret, int dirfd, const char *name)
{
    CLEANUP_FREE char *path = xasprintf("%s/config", name);
    enum lxc_config_state before = ret->state;
    struct stat st;
    if (fstatat(dirfd, path, &st, 0) < 0) {
        set_failure(ret, errno);
        return true;
    }
    struct lxc_config_stamp stamp;
    stamp_of(&stamp, &st);
    if (before != LXC_CONFIG_NONE && memcmp(&stamp, &ret->stamp, sizeof(stamp)) == 0)
        return false;
    ret->stamp = stamp;
    ret->owner = st.st_uid;
    if (!S_ISREG(st.st_mode)) {
        set_state(ret, LXC_CONFIG_BROKEN, "bad configuration: not a regular file");
        return true;
    }
    if (st.st_size > (off_t)LXC_CONFIG_MAX) {
        set_state(ret, LXC_CONFIG_BROKEN, "bad configuration: larger than 1 MB");
        return true;
    }
    /* Nonblocking, for it may have become a FIFO since. */
    CLEANUP_CLOSE int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) < 0)
        set_failure(ret, errno);
    else if (!S_ISREG(st.st_mode))
        set_state(ret, LXC_CONFIG_BROKEN, "bad configuration: not a regular file");
    else
        read_open(ret, fd, LXC_CONFIG_MAX);
    return true;
}
