#include "model/manager.h"

#include <string.h>

#include "base/cleanup.h"

const char *manager_tool(const char *manager, enum guest_kind kind)
{
    static const struct {
        const char *begins, *machine, *container;
    } tools[] = {
        {"Proxmox", "qm", "pct"},
        {"Incus", "incus", "incus"},
        {"LXD", "lxc", "lxc"},
        {"libvirt", "virsh", "virsh"},
        {"KubeVirt", "virtctl", "virtctl"},
        {"Kubernetes", "kubectl", "kubectl"},
        {"Docker", "docker", "docker"},
        {"Podman", "podman", "podman"},
        {"systemd unit", "systemctl", "systemctl"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
        if (strncmp(manager, tools[i].begins, strlen(tools[i].begins)) == 0)
            return kind == KIND_CONTAINER ? tools[i].container : tools[i].machine;
    return "its own tool";
}
