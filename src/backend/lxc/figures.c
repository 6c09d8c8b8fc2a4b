#include "backend/lxc/guest.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "kernel/address.h"

/* Addresses change rarely: every so often for what is on the screen, seldom for the rest. */
#define SLOW_VISIBLE_NS (10 * NS_PER_S)
#define SLOW_HIDDEN_NS (60 * NS_PER_S)
#define SLOW_SETTLING_NS (1 * NS_PER_S) /* a young container: DHCP takes its time */
#define SETTLING_MS 30000
#define SPREAD 5 /* the costly files of what is not on the screen: every fifth tick, in turns */

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

static void resolve_cgroup(struct lxc_figures *figures, struct lxc_ground *ground, pid_t init)
{
    struct cgroup_paths paths = {0};
    if (cgroup_resolve_container(&ground->layout, init, &paths) == 0 && cgroup_paths_any(&paths))
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
    if (netns && netns == ground->own_netns) {
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

/* What changes seldom and costs: groups that did not resolve, links, addresses, the monitor. */
static void look_slowly(struct lxc_guest *guest, struct lxc_ground *ground, int64_t now_ns)
{
    struct lxc_figures *figures = &guest->figures;
    if (now_ns < figures->slow_at_ns)
        return;
    bool settling = proc_age_ms(&guest->init, proc_boottime_ns()) < SETTLING_MS;
    figures->slow_at_ns = now_ns + (settling         ? SLOW_SETTLING_NS
                                    : guest->visible ? SLOW_VISIBLE_NS
                                                     : SLOW_HIDDEN_NS);
    if (!figures->cgroup)
        resolve_cgroup(figures, ground, guest->init.pid);
    if (figures->network_kind != LXC_NET_LINKS || !settling)
        resolve_network(figures, ground, guest->init.pid);
    struct proc_status status;
    if (guest->monitor && proc_read_status("", guest->monitor_id.pid, &status) == 0 &&
        status.has_memory)
        figures->monitor_rss = status.rss_bytes;
    if (proc_namespace("", guest->init.pid, "net") != ground->own_netns)
        look_for_addresses(guest);
}

int lxc_figures_read(struct lxc_guest *guest, struct lxc_ground *ground, bool whole, int64_t now_ns,
                     struct sample *sample)
{
    struct lxc_figures *figures = &guest->figures;
    look_slowly(guest, ground, now_ns);
    int rc = 0;
    if (figures->cgroup) {
        bool costly = whole || !figures->measured || (guest->handle + ground->turn) % SPREAD == 0;
        unsigned what =
            costly ? CGROUP_READ_ALL
                   : CGROUP_READ_CPU | CGROUP_READ_MEMORY | CGROUP_READ_IO | CGROUP_READ_PIDS;
        figures->measured = true;
        rc = cgroup_reader_read(figures->cgroup, what, sample);
        cgroup_reader_state(figures->cgroup, &figures->state);
    }
    if (sample_has(sample, FIELD_MEM_OVERHEAD) && figures->monitor_rss)
        sample_set(sample, FIELD_MEM_OVERHEAD,
                   sample->value[FIELD_MEM_OVERHEAD] + figures->monitor_rss);
    read_network(figures, ground, guest->init.pid, sample);
    sample_set(sample, FIELD_UPTIME, proc_age_ms(&guest->init, proc_boottime_ns()));
    if (guest->boot_ms != UINT64_MAX)
        sample_set(sample, FIELD_BOOT, guest->boot_ms);
    return rc;
}
