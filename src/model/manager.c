#include "model/manager.h"

#include <string.h>

#include "base/cleanup.h"

#define DECIDED_THERE "what starts with the host is decided there"
#define NO_MATTER "nothing comes of it there"

/* "It" is the guest, "there" its owner.  STOP: it goes off (shut down, forced off).  START: it goes
 * on.  REST: it is held, goes on, or reboots. */
static const struct manager {
    const char *begins; /* of the manager's name */
    struct {
        const char *machine, *container;
    } tool;
    struct {
        const char *stop, *start, *rest, *autostart;
    } will;
} managers[] = {
    {.begins = "OpenStack",
     .will = {"it counts as stopped there until started there",
              "it will be stopped if it counts as stopped there", NO_MATTER, DECIDED_THERE}},
    {.begins = "oVirt",
     .will = {"it will be started again if highly available there",
              "it should be started there, where its host is chosen", NO_MATTER, DECIDED_THERE}},
    {.begins = "KubeVirt",
     .tool = {"virtctl", "virtctl"},
     .will = {"it will be started again if its run strategy says so", "it should be started there",
              NO_MATTER, DECIDED_THERE}},
    {.begins = "CloudStack",
     .will = {"it will be started again if highly available there",
              "it will be stopped if it counts as stopped there", NO_MATTER, DECIDED_THERE}},
    {.begins = "OpenNebula",
     .will = {"it counts as powered off there until resumed there", "it counts as running there",
              NO_MATTER, DECIDED_THERE}},
    {.begins = "Proxmox",
     .tool = {"qm", "pct"},
     .will = {"it will be started again if highly available there",
              "it should be started there, which sets it up", NO_MATTER, DECIDED_THERE}},
    {.begins = "LXD",
     .tool = {"lxc", "lxc"},
     .will = {"it counts as stopped there", "it should be started there, which sets it up",
              NO_MATTER, DECIDED_THERE}},
    {.begins = "Incus",
     .tool = {"incus", "incus"},
     .will = {"it counts as stopped there", "it should be started there, which sets it up",
              NO_MATTER, DECIDED_THERE}},
    {.begins = "Vagrant",
     .will = {"vagrant up starts it again", "it will lack what vagrant up adds", NO_MATTER,
              NO_MATTER}},
    {.begins = "minikube",
     .will = {"minikube start starts it again", "it will lack what minikube start adds",
              "its cluster is without it for a while", NO_MATTER}},
    {.begins = "Multipass",
     .will = {"it counts as stopped there", "it counts as running there", NO_MATTER, NO_MATTER}},
    {.begins = "GNOME Boxes",
     .will = {"it will be started again when it is opened there", NO_MATTER,
              "it will be resumed when it is opened there", NO_MATTER}},
    {.begins = "Waydroid",
     .will = {"its session ends", "its session should be started instead", NO_MATTER,
              DECIDED_THERE}},
    {.begins = "Cockpit",
     .will = {"nothing is done there by itself", "nothing is done there by itself",
              "nothing is done there by itself", "the same switch is there"}},
    {.begins = "libvirt", .tool = {"virsh", "virsh"}},
    {.begins = "Kubernetes", .tool = {"kubectl", "kubectl"}},
    {.begins = "Docker", .tool = {"docker", "docker"}},
    {.begins = "Podman", .tool = {"podman", "podman"}},
    {.begins = "systemd unit", .tool = {"systemctl", "systemctl"}},
};

static const struct manager *find(const char *name)
{
    static const struct manager unknown;

    for (size_t i = 0; i < ARRAY_SIZE(managers); i++)
        if (strncmp(name, managers[i].begins, strlen(managers[i].begins)) == 0)
            return &managers[i];
    return &unknown;
}

const char *manager_tool(const char *name, enum guest_kind kind)
{
    const struct manager *manager = find(name);
    const char *tool = kind == KIND_CONTAINER ? manager->tool.container : manager->tool.machine;

    return tool ? tool : "its own tool";
}

static const char *words_for(const struct manager *manager, enum action action)
{
    switch (action) {
    case ACTION_SHUTDOWN:
    case ACTION_FORCE_OFF:
        return manager->will.stop;
    case ACTION_START:
        return manager->will.start;
    case ACTION_AUTOSTART_ON:
    case ACTION_AUTOSTART_OFF:
        return manager->will.autostart;
    default:
        return manager->will.rest;
    }
}

const char *manager_will(const char *name, enum action action)
{
    const char *words = words_for(find(name), action);

    return words ? words : "it may undo this";
}
