/* Before an action: which processes are the container's, and may this be done to them? */
#include "backend/lxc/act.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/lxc/call.h"
#include "base/alloc.h"
#include "base/cleanup.h"

bool lxc_act_monitor_is_stopped(const struct act *act)
{
    char state = lxc_process_state(act->monitor.id.pid);
    return state == 'T' || state == 't';
}

void lxc_act_look(struct act *act)
{
    lxc_monitor_clear(&act->monitor);
    act->init = (struct proc_identity){0};
    act->life[0] = '\0';
    act->path = act->backend->path.given;
    if (lxc_monitor_find(&act->backend->path, act->request->key, &act->monitor)) {
        act->path = act->monitor.path;
        lxc_monitor_init(act->monitor.id.pid, &act->init);
    }
    if (act->init.pid)
        proc_life(&act->init, act->life, sizeof(act->life));
}

/* An init whose monitor was killed is known by its life alone. */
static bool adopt_orphan(struct act *act)
{
    struct proc_identity id = {0};
    struct proc_status status;
    char *end;
    id.pid = (pid_t)strtol(act->request->life, &end, 10);
    if (*end != ':')
        return false;
    id.start_ticks = strtoull(end + 1, NULL, 10);
    char life[sizeof(act->life)];
    proc_life(&id, life, sizeof(life));
    if (strcmp(life, act->request->life) != 0 || !lxc_process_lives(&id) ||
        proc_read_status("", id.pid, &status) < 0 || status.inner_pid != 1 || id.pid == 1)
        return false;
    act->init = id;
    snprintf(act->life, sizeof(act->life), "%s", life);
    return true;
}

static int check_access(const struct act *act, struct error *err)
{
    CLEANUP_CLOSE int dir = open(act->backend->path.given, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return error_errno(err, errno, "cannot open %s", act->backend->path.given);
    struct lxc_config config = {0};
    lxc_config_load(&config, dir, act->request->key);
    if (config.state == LXC_CONFIG_NONE)
        return error_set(err, ERR_GONE, NULL, "the container is not defined any more");
    uid_t owner = act->monitor.name ? act->monitor.uid : config.owner;
    if (config.state == LXC_CONFIG_DENIED || (geteuid() != 0 && owner != geteuid()))
        return error_set(err, ERR_DENIED, "run as root or as its owner",
                         "no permission to control this container");
    if (config.state == LXC_CONFIG_BROKEN && !act->init.pid)
        return error_set(err, ERR_SYNTAX, "mend its configuration", "%s", config.reason);
    return 0;
}

/* Is it the guest, and the life of it, that was meant? */
static int check_identity(struct act *act, struct error *err)
{
    const char *expected = act->request->life ? act->request->life : "";
    if (*expected && strcmp(expected, act->life) != 0) {
        if (act->init.pid || !adopt_orphan(act))
            return error_set(err, ERR_CHANGED, "look at it again",
                             act->init.pid ? "it was restarted meanwhile"
                                           : "it has stopped meanwhile");
    }
    if (act->request->action == ACTION_START && (act->init.pid || act->monitor.name))
        return error_set(err, ERR_CHANGED, NULL, "it is running already");
    if (act->request->action != ACTION_START && !act->init.pid && !act->monitor.name)
        return error_set(err, ERR_CHANGED, NULL, "it is not running");
    return 0;
}

static bool groups_of(const struct act *act, const struct cgroup_layout *layout,
                      struct cgroup_paths *ret)
{
    struct cgroup_paths own = {0};
    cgroup_resolve_own(layout, &own);
    bool found = act->init.pid && cgroup_resolve_container(layout, act->init.pid, &own, ret) == 0;
    cgroup_paths_clear(&own);
    return found;
}

bool lxc_act_is_frozen(const struct act *act)
{
    struct cgroup_layout layout;
    struct cgroup_paths paths = {0};
    struct cgroup_state state = {0};
    if (cgroup_layout_load(&layout, "", NULL) < 0)
        return false;
    if (groups_of(act, &layout, &paths)) {
        struct cgroup_reader *reader = cgroup_reader_new(&layout, &paths);
        cgroup_reader_state(reader, &state);
        cgroup_reader_free(reader);
    }
    cgroup_paths_clear(&paths);
    cgroup_layout_clear(&layout);
    return state.frozen == 1 || state.freezing == 1;
}

static void write_to(const char *dir, const char *name, const char *text)
{
    CLEANUP_FREE char *path = dir ? xasprintf("%s/%s", dir, name) : NULL;
    CLEANUP_CLOSE int fd = path ? open(path, O_WRONLY | O_CLOEXEC) : -1;
    if (fd >= 0 && write(fd, text, strlen(text)) < 0)
        return; /* there are two places, and what still stands shows */
}

void lxc_act_thaw(const struct act *act)
{
    struct cgroup_layout layout;
    struct cgroup_paths paths = {0};
    if (cgroup_layout_load(&layout, "", NULL) < 0)
        return;
    if (groups_of(act, &layout, &paths)) {
        CLEANUP_FREE char *v1 = cgroup_dir(&layout, &paths, CGROUP_FREEZER);
        CLEANUP_FREE char *v2 = cgroup_dir(&layout, &paths, CGROUP_UNIFIED);
        write_to(v1, "freezer.state", "THAWED");
        write_to(v2, "cgroup.freeze", "0");
    }
    cgroup_paths_clear(&paths);
    cgroup_layout_clear(&layout);
}

/* What a stopped monitor or a frozen container does not allow. */
static int check_state(const struct act *act, struct error *err)
{
    enum action action = act->request->action;
    if (action == ACTION_START || action == ACTION_FORCE_OFF || action == ACTION_RESET)
        return 0;
    if (!act->monitor.name)
        return error_set(err, ERR_GONE, "force it off", "its LXC monitor is gone");
    if (lxc_act_monitor_is_stopped(act))
        return error_set(err, ERR_BUSY, "continue it with kill -CONT, or force the container off",
                         "its LXC monitor, process %d, is stopped (SIGSTOP)",
                         (int)act->monitor.id.pid);
    /* A queued signal would kill it at the thaw. */
    if ((action == ACTION_SHUTDOWN || action == ACTION_REBOOT) && lxc_act_is_frozen(act))
        return error_set(err, ERR_BUSY, "resume it first, or force it off", "it is frozen");
    return 0;
}

int lxc_act_check(struct act *act, struct error *err)
{
    lxc_act_look(act);
    int rc = check_access(act, err);
    if (rc == 0)
        rc = check_identity(act, err);
    if (rc == 0)
        rc = check_state(act, err);
    return rc;
}
