/* Definitions of Xen's machines, as libxl's driver writes them. */
// clang-format off
// sources: src/backend/libvirt/definition.c src/backend/libvirt/isolation.c src/backend/libvirt/owner.c
// libraries: LIBXML
// clang-format on
#include "backend/libvirt/definition.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct lv_definition *parse(const char *xml)
{
    struct lv_definition *definition = NULL;
    struct error err = {0};

    ck_assert_msg(lv_definition_parse(xml, strlen(xml), &definition, &err) == 0, "%s", err.message);
    return definition;
}

static const struct isolation_value *fact(const struct lv_definition *definition,
                                          enum isolation_fact fact)
{
    return &definition->isolation.at[fact];
}

/* A kernel that knows Xen, started without firmware or a QEMU. */
START_TEST(one_with_a_kernel_of_xen_is_read)
{
    struct lv_definition *definition = parse(
        "<domain type='xen' id='5'><name>pv</name><memory unit='KiB'>1048576</memory>"
        "<currentMemory unit='KiB'>524288</currentMemory><vcpu placement='static'>2</vcpu>"
        "<bootloader>pygrub</bootloader><os><type arch='x86_64' machine='xenpv'>linux</type></os>"
        "<clock offset='utc' adjustment='reset'/><devices><disk type='block' device='disk'>"
        "<driver name='phy'/><source dev='/dev/vg0/pv'/><target dev='xvda' bus='xen'/></disk>"
        "<interface type='bridge'><mac address='00:16:3e:00:00:01'/><source bridge='xenbr0'/>"
        "<script path='vif-bridge'/><target dev='vif5.0'/></interface>"
        "<console type='pty' tty='/dev/pts/7'><source path='/dev/pts/7'/>"
        "<target type='xen' port='0'/></console><input type='mouse' bus='xen'/>"
        "<memballoon model='xen'/></devices></domain>");

    ck_assert_str_eq(definition->type, "xen");
    ck_assert_int_eq(definition->kind, KIND_MACHINE);
    ck_assert_uint_eq(definition->memory, UINT64_C(1) << 30);
    ck_assert_uint_eq(definition->current_memory, UINT64_C(1) << 29);
    ck_assert_uint_eq(definition->vcpus, 2);
    ck_assert_uint_eq(definition->nic_count, 1);
    ck_assert_str_eq(definition->nics[0].dev, "vif5.0");
    ck_assert_uint_eq(definition->disk_count, 1);
    ck_assert_str_eq(definition->disks[0].target, "xvda");
    ck_assert_str_eq(definition->disks[0].source, "/dev/vg0/pv");
    ck_assert_ptr_null(definition->disks[0].format);
    ck_assert_str_eq(isolation_text(&definition->isolation, ISOLATION_FACT_MACHINE), "xenpv");
    /* What QEMU would say of it is unknown, not weak, nor a BIOS that it does not have. */
    ck_assert(!fact(definition, ISOLATION_FACT_ACCEL)->known);
    ck_assert(!fact(definition, ISOLATION_FACT_FIRMWARE)->known);
    ck_assert(!fact(definition, ISOLATION_FACT_SECURE_BOOT)->known);
    lv_definition_unref(definition);
}
END_TEST

START_TEST(one_with_firmware_is_read)
{
    struct lv_definition *definition = parse(
        "<domain type='xen' id='6'><name>hvm</name><memory unit='KiB'>2097152</memory>"
        "<vcpu>1</vcpu><os><type arch='x86_64' machine='xenfv'>hvm</type>"
        "<loader type='rom'>/usr/lib/xen/boot/hvmloader</loader><boot dev='hd'/></os><devices>"
        "<emulator>/usr/lib/xen/bin/qemu-system-i386</emulator><disk type='file' device='disk'>"
        "<driver name='qemu' type='qcow2'/><source file='/xen/w.qcow2'/>"
        "<target dev='hda' bus='ide'/></disk><disk type='file' device='disk'>"
        "<driver name='qemu' type='raw'/><source file='/xen/d.img'/>"
        "<target dev='xvdb' bus='xen'/></disk><interface type='bridge'>"
        "<mac address='00:16:3e:00:00:02'/><source bridge='xenbr0'/><target dev='vif6.0'/>"
        "<model type='netfront'/></interface></devices></domain>");

    ck_assert_int_eq(definition->kind, KIND_MACHINE);
    ck_assert_uint_eq(definition->current_memory, UINT64_C(2) << 30);
    ck_assert(!definition->balloon);
    ck_assert_uint_eq(definition->disk_count, 2);
    ck_assert_str_eq(definition->disks[0].format, "qcow2");
    ck_assert_str_eq(definition->disks[1].target, "xvdb");
    ck_assert_str_eq(definition->nics[0].mac, "00:16:3e:00:00:02");
    ck_assert(!fact(definition, ISOLATION_FACT_ACCEL)->known);
    ck_assert_str_eq(isolation_text(&definition->isolation, ISOLATION_FACT_FIRMWARE), "bios");
    lv_definition_unref(definition);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("libvirt xen");
    TCase *tcase = tcase_create("libvirt xen");

    tcase_add_test(tcase, one_with_a_kernel_of_xen_is_read);
    tcase_add_test(tcase, one_with_firmware_is_read);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
