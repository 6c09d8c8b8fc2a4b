#include "backend/libvirt/owner.h"

#include "base/cleanup.h"
#include "model/manager_sign.h"

/* virt-manager and libosinfo leave metadata too, and are no owners: they do nothing by themselves.
 * Names alone prove nothing, for anybody may choose such a one. */
static const struct manager_sign signs[] = {
    {"OpenStack", LV_TRACE_NAMESPACE, "http://openstack.org/xmlns/libvirt/nova/*", 2},
    {"OpenStack", LV_TRACE_SYSTEM, "OpenStack *", 1},
    {"OpenStack", LV_TRACE_NAME, "instance-[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]*", 1},
    {"OpenStack", LV_TRACE_DISK, "/var/lib/nova/instances/*", 2},
    {"oVirt", LV_TRACE_NAMESPACE, "http://ovirt.org/vm/*", 2},
    {"oVirt", LV_TRACE_DISK, "/rhev/data-center/*", 2},
    {"KubeVirt", LV_TRACE_NAMESPACE, "http://kubevirt.io", 2},
    {"KubeVirt", LV_TRACE_SYSTEM, "KubeVirt", 1},
    {"KubeVirt", LV_TRACE_DISK, "/var/run/kubevirt*", 2},
    {"CloudStack", LV_TRACE_SYSTEM, "CloudStack KVM Hypervisor", 2},
    {"CloudStack", LV_TRACE_SYSTEM, "Apache Software Foundation", 1},
    {"CloudStack", LV_TRACE_NAME, "i-[0-9]*-[0-9]*-*", 1},
    {"CloudStack", LV_TRACE_NAME, "[rsv]-[0-9]*-*", 1}, /* its routers, stores and consoles */
    {"OpenNebula", LV_TRACE_NAMESPACE, "http://opennebula.org/xmlns/libvirt/*", 2},
    {"OpenNebula", LV_TRACE_NAME, "one-[0-9]*", 1},
    {"OpenNebula", LV_TRACE_DISK, "/var/lib/one/*datastores/*", 1},
    {"Vagrant", LV_TRACE_DESCRIPTION, "Source: /*/Vagrantfile", 2},
    {"Vagrant", LV_TRACE_NAME, "*_default", 1},
    {"Vagrant", LV_TRACE_DISK, "*_vagrant_box_image_*", 1},
    {"minikube", LV_TRACE_DISK, "*/.minikube/machines/*", 2},
    {"Multipass", LV_TRACE_DISK, "/var/snap/multipass/common/data/multipassd/*", 2},
    {"GNOME Boxes", LV_TRACE_NAMESPACE, "https://wiki.gnome.org/Apps/Boxes", 2},
    {"GNOME Boxes", LV_TRACE_NAMESPACE, "http://live.gnome.org/Boxes/", 2},
    {"Cockpit", LV_TRACE_NAMESPACE, "https://github.com/cockpit-project/cockpit*", 2},
};

_Static_assert(ARRAY_SIZE(signs) <= MANAGER_SIGNS, "a bit for each sign");

uint32_t lv_owner_signs(enum lv_owner_trace where, const char *text)
{
    return manager_signs_in(signs, ARRAY_SIZE(signs), (int)where, text);
}

const char *lv_owner(uint32_t seen)
{
    return manager_of_signs(signs, ARRAY_SIZE(signs), seen);
}
