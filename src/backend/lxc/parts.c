/* The parts of the selected container: all from the kernel, nothing is asked of its monitor. */
#include "backend/lxc/guest.h"

#include <net/if.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "kernel/cgroup_part.h"
#include "kernel/part_link.h"
#include "kernel/part_process.h"
#include "kernel/part_thread.h"

static void add_links(const struct lxc_guest *guest, struct lxc_ground *ground, struct parts *ret)
{
    const struct lxc_figures *figures = &guest->figures;
    size_t first = ret->count;
    bool all = figures->resolved && !figures->has_network;

    if (figures->has_network && figures->network_kind != LXC_NET_LINKS) {
        all = part_links_own("", guest->init.pid, ret);
    } else if (figures->network_kind == LXC_NET_LINKS && links_refresh(ground->links, NULL) == 0) {
        for (size_t i = 0; i < figures->link_count; i++) {
            const struct link_info *info = links_info(ground->links, figures->links[i]);
            char name[IF_NAMESIZE], dev[IF_NAMESIZE];
            if (!if_indextoname((unsigned)figures->links[i], dev))
                continue;
            bool named =
                info && info->peer > 0 && part_link_name("", guest->init.pid, info->peer, name);
            part_link_add(ground->links, "", named ? name : dev, dev, false, ret);
        }
    }
    if (all && ret->count == first)
        ret->none |= PART_BIT(PART_LINK);
    /* Addresses are known of the whole namespace. */
    if (ret->count == first + 1)
        xreplace(&ret->part[first].words[3], figures->addresses[0]);
}

static void add_processes(const struct lxc_guest *guest, struct lxc_ground *ground,
                          struct parts *ret)
{
    const char *dir = lxc_figures_group(&guest->figures);

    if (!dir)
        return;
    if (!ground->processes || ground->processes_of.pid != guest->init.pid ||
        ground->processes_of.start_ticks != guest->init.start_ticks) {
        part_processes_free(ground->processes);
        ground->processes = part_processes_new("");
        ground->processes_of = guest->init;
    }
    part_processes_read(ground->processes, dir, guest->init.pid, PARTS_MAX - 1 - ret->count, ret);
}

void lxc_guest_parts(const struct lxc_guest *guest, struct lxc_ground *ground, unsigned kinds,
                     struct parts *ret)
{
    struct cgroup_reader *group = guest->figures.cgroup;

    if (group && kinds & PART_BIT(PART_DISK))
        cgroup_part_disks(&ground->layout, group, ret);
    if (kinds & PART_BIT(PART_LINK))
        add_links(guest, ground, ret);
    if (guest->monitor && kinds & PART_BIT(PART_EMULATOR))
        part_thread_process("", guest->monitor_id.pid, PART_EMULATOR, "lxc monitor", ret);
    if (group && kinds & PART_BIT(PART_PROCESS))
        add_processes(guest, ground, ret);
    if (group && kinds & PART_BIT(PART_MEMORY))
        cgroup_part_memory(&ground->layout, group, ret);
}
