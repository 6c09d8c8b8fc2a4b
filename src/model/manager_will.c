#include "model/manager_will.h"

#include <string.h>

#include "base/cleanup.h"

#define DECIDED_THERE "what starts with the host is decided there"
#define NO_MATTER "nothing comes of it there"

/* "It" is the guest, "there" its owner.  STOP: it goes off (shut down, forced off).  START: it goes
 * on.  REST: it is held, goes on, or reboots. */
static const struct {
    const char *begins; /* of the manager's name */
    const char *stop, *start, *rest, *autostart;
} managers[] = {
    {"OpenStack", "it counts as stopped there until it is started there",
     "it will be stopped if it counts as stopped there", NO_MATTER, DECIDED_THERE},
    {"oVirt", "it will be started again if highly available there",
     "it should be started there, where its host is chosen", NO_MATTER, DECIDED_THERE},
    {"KubeVirt", "it will be started again if its run strategy says so",
     "it should be started there", NO_MATTER, DECIDED_THERE},
    {"CloudStack", "it will be started again if highly available there",
     "it will be stopped if it counts as stopped there", NO_MATTER, DECIDED_THERE},
    {"OpenNebula", "it counts as powered off there until resumed there",
     "it counts as running there", NO_MATTER, DECIDED_THERE},
    {"Proxmox", "it will be started again if highly available there",
     "it should be started there, which sets it up", NO_MATTER, DECIDED_THERE},
    {"LXD", "it counts as stopped there", "it should be started there, which sets it up", NO_MATTER,
     DECIDED_THERE},
    {"Incus", "it counts as stopped there", "it should be started there, which sets it up",
     NO_MATTER, DECIDED_THERE},
    {"Vagrant", "vagrant up starts it again", "it will lack what vagrant up adds", NO_MATTER,
     NO_MATTER},
    {"minikube", "minikube start starts it again", "it will lack what minikube start adds",
     "its cluster is without it for a while", NO_MATTER},
    {"Multipass", "it counts as stopped there", "it counts as running there", NO_MATTER, NO_MATTER},
    {"GNOME Boxes", "it will be started again when it is opened there", NO_MATTER,
     "it will be resumed when it is opened there", NO_MATTER},
    {"Waydroid", "its session ends", "its session should be started instead", NO_MATTER,
     DECIDED_THERE},
    {"Cockpit", "nothing is done there by itself", "nothing is done there by itself",
     "nothing is done there by itself", "the same switch is there"},
};

static size_t row_of(const char *manager)
{
    size_t i = 0;

    while (i < ARRAY_SIZE(managers) &&
           strncmp(manager, managers[i].begins, strlen(managers[i].begins)) != 0)
        i++;
    return i;
}

const char *manager_will(const char *manager, enum action action)
{
    size_t row = row_of(manager);

    if (row == ARRAY_SIZE(managers))
        return "it may undo this";
    switch (action) {
    case ACTION_SHUTDOWN:
    case ACTION_FORCE_OFF:
        return managers[row].stop;
    case ACTION_START:
        return managers[row].start;
    case ACTION_AUTOSTART_ON:
    case ACTION_AUTOSTART_OFF:
        return managers[row].autostart;
    default:
        return managers[row].rest;
    }
}
