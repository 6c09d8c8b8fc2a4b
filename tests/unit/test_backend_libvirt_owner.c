/* Domains as their owners leave them, cut down to what tells. */
// sources: src/backend/libvirt/definition.c src/backend/libvirt/owner.c
// sources: src/backend/libvirt/isolation.c
// libraries: LIBXML LIBVIRT
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/libvirt/definition.h"

#define DISK(path) \
    "<devices><disk type='file' device='disk'><source file='" path "'/>" \
    "<target dev='vda'/></disk></devices>"
#define SYSTEM(maker, product) \
    "<sysinfo type='smbios'><system><entry name='manufacturer'>" maker "</entry>" \
    "<entry name='product'>" product "</entry></system></sysinfo>"

static const struct {
    const char *owner; /* NULL: none */
    const char *xml;   /* inside <domain> */
} samples[] = {
    {"OpenStack",
     "<name>instance-00000042</name><metadata>"
     "<nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'>"
     "<nova:package version='25.1.0'/><nova:name>web</nova:name></nova:instance></metadata>"},
    {"OpenStack",
     "<name>instance-00000042</name>" SYSTEM("OpenStack Foundation", "OpenStack Nova")},
    {"OpenStack", "<name>x</name>" DISK("/var/lib/nova/instances/30ad89ac/disk")},
    {"oVirt", "<name>web</name><metadata xmlns:ovirt-tune='http://ovirt.org/vm/tune/1.0' "
              "xmlns:ovirt-vm='http://ovirt.org/vm/1.0'><ovirt-tune:qos/><ovirt-vm:vm>"
              "<ovirt-vm:clusterVersion>4.7</ovirt-vm:clusterVersion></ovirt-vm:vm></metadata>"},
    {"KubeVirt",
     "<name>default_vm</name><metadata><kubevirt xmlns='http://kubevirt.io'><uid>e5f4</uid>"
     "<graceperiod><deletionGracePeriodSeconds>30</deletionGracePeriodSeconds></graceperiod>"
     "</kubevirt></metadata>"},
    {"CloudStack", "<name>i-2-15-VM</name><description>CentOS 7</description>" SYSTEM(
                       "Apache Software Foundation", "CloudStack KVM Hypervisor")},
    {"CloudStack", "<name>r-4-VM</name>" SYSTEM("Apache Software Foundation", "other")},
    {"OpenNebula",
     "<name>one-17</name><metadata><one:vm xmlns:one='http://opennebula.org/xmlns/libvirt/1.0'>"
     "<one:system_datastore><![CDATA[/var/lib/one//datastores/0/17]]></one:system_datastore>"
     "</one:vm></metadata>"},
    {"OpenNebula", "<name>one-17</name>" DISK("/var/lib/one//datastores/0/17/disk.0")},
    {"Vagrant",
     "<name>proj_default</name><description>Source: /home/me/proj/Vagrantfile</description>"},
    {"minikube", "<name>minikube</name>" DISK("/home/me/.minikube/machines/minikube/a.rawdisk")},
    {"Multipass", "<name>ace</name>" DISK(
                      "/var/snap/multipass/common/data/multipassd/vault/instances/ace/x.img")},
    {"GNOME Boxes", "<name>fedora</name><metadata>"
                    "<boxes:gnome-boxes xmlns:boxes='https://wiki.gnome.org/Apps/Boxes'>"
                    "<os-state>installed</os-state></boxes:gnome-boxes></metadata>"},
    {"Cockpit", "<name>a</name><metadata><cockpit_machines:data "
                "xmlns:cockpit_machines='https://github.com/cockpit-project/cockpit-machines'>"
                "<cockpit_machines:has_install_phase>false</cockpit_machines:has_install_phase>"
                "</cockpit_machines:data></metadata>"},
    /* virt-manager and virt-install: nobody's but the operator's. */
    {NULL, "<name>debian12</name><metadata>"
           "<libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
           "<libosinfo:os id='http://debian.org/debian/12'/></libosinfo:libosinfo></metadata>" DISK(
               "/var/lib/libvirt/images/debian12.qcow2")},
    /* Names alone, namespaces that are declared and not used, and words in the wrong place. */
    {NULL, "<name>instance-00000042</name>"},
    {NULL, "<name>i-2-15-VM</name>"},
    {NULL, "<name>one-17</name>"},
    {NULL, "<name>proj_default</name>"},
    {NULL, "<name>minikube</name>"},
    {NULL, "<name>a</name><metadata xmlns:cockpit_machines='https://github.com/cockpit-project/"
           "cockpit-machines'/>"},
    {NULL, "<name>a</name><description>see http://kubevirt.io and Source: Vagrantfile"
           "</description><title>http://openstack.org/xmlns/libvirt/nova/1.1</title>"},
    {NULL, "<metadata><x xmlns='http://openstack.org/'/><y/>text</metadata><sysinfo/>"
           "<sysinfo><system/></sysinfo><devices><disk/><disk><source/></disk></devices>"},
};

START_TEST(owners_are_known_by_what_they_leave)
{
    char xml[4096];
    struct lv_definition *definition = NULL;

    snprintf(xml, sizeof(xml), "<domain type='kvm'>%s</domain>", samples[_i].xml);
    ck_assert_int_eq(lv_definition_parse(xml, strlen(xml), &definition, NULL), 0);
    if (samples[_i].owner)
        ck_assert_str_eq(definition->manager ? definition->manager : "nobody", samples[_i].owner);
    else
        ck_assert_msg(!definition->manager, "%s: %s", samples[_i].xml, definition->manager);
    lv_definition_unref(definition);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("libvirt owners");
    TCase *tcase = tcase_create("owners");

    tcase_add_loop_test(tcase, owners_are_known_by_what_they_leave, 0,
                        (int)(sizeof(samples) / sizeof(samples[0])));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
