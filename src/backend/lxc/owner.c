#include "backend/lxc/owner.h"

#include "base/cleanup.h"
#include "model/manager_sign.h"

/* Whoever makes containers may have "lxc.apparmor.profile = generated": that is no sign. */
static const struct manager_sign signs[] = {
    {"Proxmox", LXC_TRACE_SETTING, "lxc.net.*.script.up = */lxcnetaddbr", 2},
    {"Proxmox", LXC_TRACE_SETTING, "lxc.hook.* = */lxc-pve-*", 2},
    {"Proxmox", LXC_TRACE_SETTING, "lxc.include = */*-pve.conf", 2},
    {"Proxmox", LXC_TRACE_SETTING, "lxc.net.*.veth.pair = veth[0-9]*i[0-9]*", 1},
    {"Proxmox", LXC_TRACE_NAME, "[1-9][0-9][0-9]*", 1},
    {"LXD", LXC_TRACE_PATH, "/var/lib/lxd/*", 2},
    {"LXD", LXC_TRACE_PATH, "/var/snap/lxd/*", 2},
    {"Incus", LXC_TRACE_PATH, "/var/lib/incus/*", 2},
    {"Vagrant", LXC_TRACE_COMMENT, "# VAGRANT-BEGIN", 2},
    {"Waydroid", LXC_TRACE_PATH, "/var/lib/waydroid/*", 2},
};

_Static_assert(ARRAY_SIZE(signs) <= MANAGER_SIGNS, "a bit for each sign");

uint32_t lxc_owner_signs(enum lxc_owner_trace where, const char *text)
{
    return manager_signs_in(signs, ARRAY_SIZE(signs), (int)where, text);
}

const char *lxc_owner(const char *path, const char *name, uint32_t seen)
{
    seen |= lxc_owner_signs(LXC_TRACE_PATH, path) | lxc_owner_signs(LXC_TRACE_NAME, name);
    return manager_of_signs(signs, ARRAY_SIZE(signs), seen);
}
