#include "backend/lxc/guest.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

#define BOOT_UNKNOWN UINT64_MAX
#define ALL_ACTIONS (ACTION_BIT(ACTION_COUNT) - 1)
/* Proxmox keeps in a file of its own what starts with the host. */
#define AUTOSTART_ACTIONS (ACTION_BIT(ACTION_AUTOSTART_ON) | ACTION_BIT(ACTION_AUTOSTART_OFF))

/* A monitor without an init that is older than this at first sight is more likely at its end. */
#define START_LIKELY_MS 30000

struct lxc_guest *lxc_guest_new(const char *name, uint32_t handle)
{
    struct lxc_guest *guest = xcalloc(1, sizeof(*guest));
    guest->name = xstrdup(name);
    guest->handle = handle;
    guest->config.state = LXC_CONFIG_NONE;
    guest->boot_ms = BOOT_UNKNOWN;
    guest->facts_stale = true;
    guest->said_state = STATE_COUNT;
    return guest;
}

void lxc_guest_free(struct lxc_guest *guest)
{
    if (!guest)
        return;
    lxc_figures_clear(&guest->figures);
    proc_watch_free(guest->monitor);
    free(guest->name);
    free(guest);
}

static void end_life(struct lxc_guest *guest)
{
    lxc_figures_clear(&guest->figures);
    guest->init = (struct proc_identity){0};
    guest->init_ran = false;
    guest->boot_ms = BOOT_UNKNOWN;
}

static void drop_monitor(struct lxc_guest *guest)
{
    proc_watch_free(guest->monitor);
    guest->monitor = NULL;
    guest->monitor_id = (struct proc_identity){0};
    guest->monitor_state = 0;
    guest->monitor_ns = 0;
    guest->init_was = guest->ran = guest->late = false;
}

void lxc_guest_attach(struct lxc_guest *guest, const struct lxc_monitor *monitor, bool old)
{
    if (guest->monitor)
        return;
    struct proc_watch *watch;
    if (proc_watch_new(&watch, "", &monitor->id) < 0)
        return;
    drop_monitor(guest);
    if (!lxc_process_lives(&guest->init))
        end_life(guest);
    guest->monitor = watch;
    guest->monitor_id = monitor->id;
    guest->monitor_uid = monitor->uid;
    guest->late = old && proc_age_ms(&monitor->id, proc_boottime_ns()) > START_LIKELY_MS;
}

static void find_init(struct lxc_guest *guest)
{
    if (!lxc_monitor_init(guest->monitor_id.pid, &guest->init))
        return;
    guest->init_was = true;
    guest->init_ran = lxc_init_runs(guest->init.pid);
    guest->ran = guest->ran || guest->init_ran;
}

static void await_exec(struct lxc_guest *guest)
{
    if (!lxc_init_runs(guest->init.pid))
        return;
    guest->init_ran = guest->ran = true;
    guest->boot_ms = proc_age_ms(&guest->monitor_id, proc_boottime_ns());
    guest->ready_ns = clock_mono_ns();
}

bool lxc_guest_monitor_moved(struct lxc_guest *guest)
{
    guest->monitor_ns = guest->monitor ? proc_watch_cpu_ns(guest->monitor) : 0;
    return guest->monitor_ns == 0 || guest->monitor_ns != guest->followed_ns;
}

bool lxc_guest_rests(const struct lxc_guest *guest, uint64_t cpu_ns)
{
    return guest->figures.cgroup && cpu_ns != CGROUP_CPU_UNKNOWN &&
           cgroup_reader_cpu_ns(guest->figures.cgroup) == cpu_ns;
}

void lxc_guest_follow(struct lxc_guest *guest, bool deep, const char **what_happened)
{
    guest->followed_ns = guest->monitor_ns;
    if (guest->monitor) {
        struct sample none = {0};
        if (proc_watch_read(guest->monitor, 0, &none, &guest->monitor_state) == ERR_GONE) {
            if (!guest->ran && !guest->late)
                *what_happened = "its start was aborted";
            drop_monitor(guest);
            deep = true;
        }
    }
    bool stopped = guest->monitor_state == 'T' || guest->monitor_state == 't';
    if (guest->init.pid && (deep || stopped || !guest->init_ran || !guest->monitor)) {
        guest->seen_cpu_ns = guest->figures.cgroup ? cgroup_reader_cpu_ns(guest->figures.cgroup)
                                                   : CGROUP_CPU_UNKNOWN;
        if (!lxc_process_lives(&guest->init))
            end_life(guest);
    }
    if (guest->monitor && !guest->init.pid)
        find_init(guest);
    else if (guest->init.pid && !guest->init_ran)
        await_exec(guest);
}

bool lxc_guest_in_transit(const struct lxc_guest *guest)
{
    if (!guest->monitor)
        return guest->init.pid != 0;
    bool stopped = guest->monitor_state == 'T' || guest->monitor_state == 't';
    return (!guest->init.pid || !guest->init_ran) && !stopped;
}

bool lxc_guest_is_foreign(const struct lxc_guest *guest)
{
    static uid_t self = (uid_t)-1; /* does not change in a worker: asked once */
    if (self == (uid_t)-1)
        self = geteuid();
    if (self == 0)
        return false;
    if (guest->config.state == LXC_CONFIG_DENIED)
        return true;
    return (guest->monitor ? guest->monitor_uid : guest->config.owner) != self;
}

static enum guest_state live_state(const struct lxc_guest *guest, const char **reason)
{
    if (!guest->init.pid) {
        if (guest->init_was && !guest->ran)
            *reason = "aborting";
        return guest->init_was || guest->late ? STATE_STOPPING : STATE_STARTING;
    }
    if (!guest->init_ran)
        return STATE_STARTING;
    if (!guest->monitor)
        *reason = "its LXC monitor is gone";
    else if (guest->config.state == LXC_CONFIG_NONE)
        *reason = "its configuration is gone";
    else if (guest->config.state == LXC_CONFIG_BROKEN)
        *reason = guest->config.reason;
    if (guest->figures.state.frozen == 1)
        *reason = "frozen";
    else if (guest->figures.state.freezing == 1)
        *reason = "freezing";
    else
        return STATE_RUNNING;
    return STATE_PAUSED;
}

enum guest_state lxc_guest_state(const struct lxc_guest *guest, bool obscured, const char **reason,
                                 const char **blame)
{
    *reason = *blame = NULL;
    if (lxc_guest_is_foreign(guest)) {
        *reason = "no permission";
        return STATE_DENIED;
    }
    if (guest->monitor_state == 'T')
        *blame = "LXC monitor stopped";
    else if (guest->monitor_state == 't')
        *blame = "LXC monitor held by a debugger";
    if (guest->monitor || guest->init.pid)
        return live_state(guest, reason);
    if (guest->config.state == LXC_CONFIG_BROKEN || guest->config.state == LXC_CONFIG_DENIED)
        *reason = guest->config.reason;
    if (guest->config.state == LXC_CONFIG_DENIED)
        return STATE_DENIED;
    if (guest->config.state == LXC_CONFIG_BROKEN)
        return STATE_BROKEN;
    if (obscured) {
        *reason = "other users' processes are hidden (hidepid)";
        return STATE_UNKNOWN;
    }
    if (guest->starved) {
        *reason = "its init was killed for want of memory";
        return STATE_CRASHED;
    }
    return STATE_OFF;
}

void lxc_guest_say_facts(struct lxc_guest *guest, enum guest_state state, struct sink *sink)
{
    static const struct proc_identity nobody;
    const struct proc_identity *init = state == STATE_DENIED ? &nobody : &guest->init;
    bool same = init->pid == guest->said_init.pid &&
                (!init->pid || init->start_ticks == guest->said_init.start_ticks);
    bool barred = state == STATE_DENIED || state == STATE_BROKEN;
    bool was_barred = guest->said_state == STATE_DENIED || guest->said_state == STATE_BROKEN;
    if (!guest->facts_stale && barred == was_barred && same) {
        guest->said_state = state;
        return;
    }
    if (!same)
        guest->isolation = (struct isolation_turn){0};
    guest->said_init = *init;
    guest->life[0] = '\0';
    if (init->pid)
        proc_life(init, guest->life, sizeof(guest->life));
    guest->facts_stale = false;
    guest->said_state = state;
    bool known = guest->config.state == LXC_CONFIG_OK;
    bool proxmox = known && strcmp(guest->config.vmid, guest->name) == 0;
    CLEANUP_FREE char *numbered =
        proxmox ? xasprintf("%s %s", guest->name, guest->config.host_name) : NULL;
    struct facts facts = {
        .handle = guest->handle,
        .key = guest->name,
        .life = guest->life,
        .name = proxmox ? numbered : guest->name,
        .type = (char *)"lxc",
        .manager = proxmox ? (char *)"Proxmox" : (char *)guest->manager,
        .kind = KIND_CONTAINER,
        .can = barred ? 0 : ALL_ACTIONS & ~(proxmox ? AUTOSTART_ACTIONS : 0),
        .autostart = known && !proxmox ? guest->config.autostart : -1,
        .persistent = known ? 1 : -1,
    };
    if (known && guest->config.rootfs[0])
        facts.disks[0] =
            (struct facts_disk){.target = (char *)"rootfs", .source = guest->config.rootfs};
    memcpy(facts.addresses, guest->figures.addresses, sizeof(facts.addresses));
    sink_facts(sink, &facts);
}
