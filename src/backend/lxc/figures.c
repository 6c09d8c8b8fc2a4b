#include "backend/lxc/guest.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/error.h"
#include "kernel/address.h"
#include "kernel/cgroup_member.h"

/* What changes seldom: often for what is on the screen, seldom for the rest. */
#define SLOW_VISIBLE_NS (10 * NS_PER_S)
#define SLOW_HIDDEN_NS (60 * NS_PER_S)
#define SETTLING_NS (2 * NS_PER_S) /* a young container without an address: DHCP takes its time */
#define SETTLING_MS 30000

#define WHOLE_NS (10 * NS_PER_S) /* the costly files of what is not on the screen */
#define STATE_NS (4 * NS_PER_S)  /* the freezer's */
/* Everything of what rests, too: what is on the screen each WHOLE_NS. */
#define ANEW_HIDDEN_NS (60 * NS_PER_S)

#define READ_ALWAYS (CGROUP_READ_CPU | CGROUP_READ_MEMORY | CGROUP_READ_IO | CGROUP_READ_PIDS)

static void clear_addresses(char **addresses)
{
    for (size_t i = 0; i < FACTS_ADDRESSES_MAX; i++) {
        free(addresses[i]);
        addresses[i] = NULL;
    }
}

void lxc_figures_clear(struct lxc_figures *figures)
{
    cgroup_reader_free(figures->cgroup);
    devsum_free(figures->network);
    clear_addresses(figures->addresses);
    *figures = (struct lxc_figures){0};
}

/* Asked once a tick at most: containers come by the hundred. */
static const struct cgroup_paths *own_groups(struct lxc_ground *ground)
{
    if (ground->own_turn != ground->turn) {
        cgroup_paths_clear(&ground->own);
        cgroup_resolve_own(&ground->layout, &ground->own);
        ground->own_turn = ground->turn;
    }
    return &ground->own;
}

static void resolve_cgroup(struct lxc_figures *figures, struct lxc_ground *ground, pid_t init)
{
    struct cgroup_paths paths = {0};
    if (figures->cgroup)
        return;
    if (cgroup_resolve_container(&ground->layout, init, own_groups(ground), &paths) == 0 &&
        cgroup_paths_any(&paths))
        figures->cgroup = cgroup_reader_new(&ground->layout, &paths);
    cgroup_paths_clear(&paths);
}

static void resolve_network(struct lxc_figures *figures, struct lxc_ground *ground, pid_t init)
{
    uint64_t netns = proc_namespace("", init, "net");
    if (!figures->network)
        figures->network = devsum_new();
    figures->network_kind = LXC_NET_OWN;
    figures->link_count = 0;
    figures->has_network = netns != ground->own_netns;
    if (!figures->has_network) {
        figures->network_kind = LXC_NET_NONE;
        return;
    }
    if (!ground->links)
        return;
    if (ground->map_stale && links_map(ground->links, NULL) == 0)
        ground->map_stale = false;
    int nsid = links_nsid(ground->links, init);
    if (nsid < 0)
        return;
    size_t count = links_into(ground->links, nsid, figures->links, LXC_LINKS_MAX);
    figures->link_count = count < LXC_LINKS_MAX ? count : LXC_LINKS_MAX;
    if (figures->link_count > 0)
        figures->network_kind = LXC_NET_LINKS;
}

static void read_network(struct lxc_figures *figures, struct lxc_ground *ground, pid_t init,
                         struct sample *sample)
{
    if (figures->network_kind == LXC_NET_LINKS) {
        links_sum_guest(ground->links, figures->links, figures->link_count, figures->network,
                        sample);
    } else if (figures->network_kind == LXC_NET_OWN) {
        net_dev_sum("", init, figures->network, sample);
        /* Nothing but lo: not worth a look every tick; the slow look comes back to it. */
        if (!sample_has(sample, FIELD_NET_RX))
            figures->network_kind = LXC_NET_NONE;
    }
}

static void look_for_addresses(struct lxc_guest *guest)
{
    char *fresh[FACTS_ADDRESSES_MAX] = {0};
    address_of_namespace("", guest->init.pid, fresh, FACTS_ADDRESSES_MAX);
    bool same = true;
    for (size_t i = 0; i < FACTS_ADDRESSES_MAX; i++) {
        const char *a = fresh[i], *b = guest->figures.addresses[i];
        same = same && (a && b ? strcmp(a, b) == 0 : a == b);
    }
    if (same) {
        clear_addresses(fresh);
        return;
    }
    clear_addresses(guest->figures.addresses);
    memcpy(guest->figures.addresses, fresh, sizeof(fresh));
    guest->facts_stale = true;
}

/* Not all in one tick: a thousand containers were started by the same boot. */
static int64_t spread_ns(const struct lxc_guest *guest, int64_t interval_ns)
{
    return interval_ns / 16 * (8 + guest->handle % 16);
}

/* What a row cannot do without. */
static void resolve(struct lxc_guest *guest, struct lxc_ground *ground, int64_t now_ns)
{
    resolve_cgroup(&guest->figures, ground, guest->init.pid);
    resolve_network(&guest->figures, ground, guest->init.pid);
    guest->figures.resolved = true;
    guest->figures.slow_at_ns = now_ns + 1; /* the rest with the next tick */
}

static void look_slowly(struct lxc_guest *guest, struct lxc_ground *ground, int64_t now_ns)
{
    struct lxc_figures *figures = &guest->figures;
    struct proc_status status;
    if (guest->monitor && proc_read_status("", guest->monitor_id.pid, &status) == 0 &&
        status.has_memory)
        figures->monitor_rss = status.rss_bytes;
    resolve_cgroup(figures, ground, guest->init.pid);
    if (figures->looked_slowly)
        resolve_network(figures, ground, guest->init.pid);
    figures->looked_slowly = true;
    bool settling = false;
    if (figures->has_network) {
        look_for_addresses(guest);
        settling =
            !figures->addresses[0] && proc_age_ms(&guest->init, proc_boottime_ns()) < SETTLING_MS;
    }
    figures->slow_ns = now_ns;
    figures->slow_cpu_ns =
        figures->cgroup ? cgroup_reader_cpu_ns(figures->cgroup) : CGROUP_CPU_UNKNOWN;
    figures->slow_at_ns = now_ns + spread_ns(guest, settling         ? SETTLING_NS
                                                    : guest->visible ? SLOW_VISIBLE_NS
                                                                     : SLOW_HIDDEN_NS);
}

/* What has not run has given itself no address: it is looked at as seldom as what nobody sees. */
static bool is_slow_due(struct lxc_guest *guest, int64_t now_ns)
{
    struct lxc_figures *figures = &guest->figures;
    if (now_ns < figures->slow_at_ns)
        return false;
    if (now_ns - figures->slow_ns >= SLOW_HIDDEN_NS ||
        !lxc_guest_rests(guest, figures->slow_cpu_ns))
        return true;
    figures->slow_at_ns = now_ns + spread_ns(guest, SLOW_VISIBLE_NS);
    return false;
}

const char *lxc_figures_group(const struct lxc_figures *figures)
{
    static const enum cgroup_controller order[] = {CGROUP_PIDS, CGROUP_UNIFIED, CGROUP_MEMORY,
                                                   CGROUP_CPUACCT, CGROUP_FREEZER};

    for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
        const char *dir = cgroup_reader_dir(figures->cgroup, order[i]);
        if (dir)
            return dir;
    }
    return NULL;
}

/* Who has not run has neither read nor written.  Not with the first figures, which are awaited. */
static void read_io(struct lxc_figures *figures, bool first, struct sample *sample)
{
    uint64_t cpu_ns = cgroup_reader_cpu_ns(figures->cgroup);
    const char *dir = lxc_figures_group(figures);

    if (first || !dir || sample_has(sample, FIELD_DISK_READ))
        return;
    if (cpu_ns != figures->io_cpu_ns || cpu_ns == CGROUP_CPU_UNKNOWN) {
        figures->io = (struct sample){0};
        cgroup_members_io("", dir, &figures->io);
        figures->io_cpu_ns = cpu_ns;
    }
    sample->valid |= figures->io.valid;
    sample->value[FIELD_DISK_READ] = figures->io.value[FIELD_DISK_READ];
    sample->value[FIELD_DISK_WRITE] = figures->io.value[FIELD_DISK_WRITE];
}

static int read_cgroup(struct lxc_guest *guest, struct lxc_ground *ground, bool whole,
                       struct sample *sample)
{
    struct lxc_figures *figures = &guest->figures;
    bool due = whole || lxc_is_turn(ground, guest, WHOLE_NS);
    bool anew = lxc_is_turn(ground, guest, whole ? WHOLE_NS : ANEW_HIDDEN_NS);
    bool first = !figures->measured;
    /* At first the memory and the base of every rate, but not the rest: rows are awaited. */
    unsigned what = first ? READ_ALWAYS | CGROUP_READ_MEMORY_STAT | CGROUP_READ_CPU_DETAIL
                    : due ? CGROUP_READ_ALL
                          : READ_ALWAYS;
    figures->measured = true;
    int rc = cgroup_reader_read(figures->cgroup, anew ? what : what | CGROUP_SAME_AT_REST, sample);
    read_io(figures, first, sample);
    bool settled = cgroup_reader_state_holds(figures->cgroup) && figures->state.freezing != 1;
    bool state_due = whole || lxc_is_turn(ground, guest, STATE_NS);
    if (first || anew || (state_due && !settled))
        cgroup_reader_state(figures->cgroup, &figures->state);
    return rc;
}

void lxc_figures_look_at_freezer(struct lxc_guest *guest, struct lxc_ground *ground)
{
    struct lxc_figures *figures = &guest->figures;
    resolve_cgroup(figures, ground, guest->init.pid);
    if (figures->cgroup)
        cgroup_reader_state(figures->cgroup, &figures->state);
}

int lxc_figures_read(struct lxc_guest *guest, struct lxc_ground *ground, bool whole, int64_t now_ns,
                     struct sample *sample)
{
    struct lxc_figures *figures = &guest->figures;
    if (!figures->resolved)
        resolve(guest, ground, now_ns);
    else if (is_slow_due(guest, now_ns))
        look_slowly(guest, ground, now_ns);
    int rc = figures->cgroup ? read_cgroup(guest, ground, whole, sample) : 0;
    if (figures->monitor_rss == 0)
        sample->valid &= ~(UINT64_C(1) << FIELD_MEM_OVERHEAD); /* half of it is no figure */
    sample->value[FIELD_MEM_OVERHEAD] += figures->monitor_rss;
    read_network(figures, ground, guest->init.pid, sample);
    sample_set(sample, FIELD_UPTIME, proc_age_ms(&guest->init, proc_boottime_ns()));
    if (guest->boot_ms != UINT64_MAX) {
        sample_set(sample, FIELD_BOOT, guest->boot_ms);
        sample_set(sample, FIELD_READY,
                   now_ns > guest->ready_ns ? (uint64_t)((now_ns - guest->ready_ns) / NS_PER_MS)
                                            : 0);
    }
    if (guest->monitor_ns)
        sample_set(sample, FIELD_CPU_VIRT, guest->monitor_ns);
    return rc;
}
