#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/qemu_args.h"
#include "test_kernel_tree.h"

#define UUID "6695eb01-f6a4-8304-79aa-97f2502e193f"

/* TEXT with '|' for the NULs between arguments, one at its end. */
static struct qemu_args parse(const char *text)
{
    struct qemu_args args;
    size_t len = strlen(text);
    char *copy = malloc(len + 1);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, len + 1);
    for (size_t i = 0; i < len; i++)
        if (copy[i] == '|')
            copy[i] = '\0';
    qemu_args_parse(&args, copy, len + 1);
    free(copy);
    return args;
}

START_TEST(names)
{
    static const struct {
        const char *option, *name;
    } cases[] = {
        {"web", "web"},
        {"web,debug-threads=on", "web"},
        {"guest=web,process=kvm,debug-threads=on", "web"},
        {"process=kvm,guest=web", "web"},
        {"a,,b,debug-threads=on", "a,b"},
        {"guest=a,,,,b", "a,,b"},
        {"debug-threads=on", ""},
        {"guest=", ""},
        {"", ""},
        {",", ""},
        {",,", ","},
        {"guest=x=y", "x=y"},
        {"\x1b[2J", "\x1b[2J"}, /* cleaned at the model's door */
    };
    char text[256];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(text, sizeof(text), "qemu-system-x86_64|-name|%s|-m|1G", cases[i].option);
        struct qemu_args args = parse(text);
        ck_assert_str_eq(args.name, cases[i].name);
        ck_assert_uint_eq(args.memory, UINT64_C(1) << 30);
    }
    ck_assert_str_eq(parse("q|-m|1G").name, "");
    ck_assert_str_eq(parse("q|--name|two").name, "two");
    ck_assert_str_eq(parse("q|-append|-name x|-nodefaults").name, "");
    ck_assert_str_eq(parse("q|-name").name, "");
}
END_TEST

START_TEST(memory_backends)
{
    struct qemu_args args =
        parse("q|-object|memory-backend-ram,id=a,size=1G|-object|rng-random,id=r,size=7|-object|"
              "{\"qom-type\":\"memory-backend-memfd\",\"id\":\"pc.ram\",\"size\":536870912}|");
    ck_assert_uint_eq(args.backends, 2);
    ck_assert_uint_eq(args.backend[0], UINT64_C(1) << 30);
    ck_assert_uint_eq(args.backend[1], UINT64_C(512) << 20);
    ck_assert_uint_eq(parse("q|-object|memory-backend-ram,size=4096").backend[0], 4096);
    ck_assert_uint_eq(parse("q|-object|memory-backend-ram,size=x").backends, 0);
    ck_assert_uint_eq(parse("q|-object|{\"a\":\"memory-backend-ram\",\"size\":}").backends, 0);
}
END_TEST

START_TEST(memory_and_cpus)
{
    ck_assert_uint_eq(parse("q|-m|2048").memory, UINT64_C(2048) << 20);
    ck_assert_uint_eq(parse("q|-m|1.5G").memory, UINT64_C(1536) << 20);
    ck_assert_uint_eq(parse("q|-m|size=4194304k").memory, UINT64_C(4) << 30);
    ck_assert_uint_eq(parse("q|-m|size=8G,slots=16,maxmem=64G").memory, UINT64_C(8) << 30);
    ck_assert_uint_eq(parse("q|-m|512,slots=2").memory, UINT64_C(512) << 20);
    ck_assert_uint_eq(parse("q|-m|-1").memory, 0);
    ck_assert_uint_eq(parse("q|-m|2X").memory, 0);
    ck_assert_uint_eq(parse("q|-m|99999999999999999999P").memory, 0);
    ck_assert_uint_eq(parse("q|-m|9999999999P").memory, 0);
    ck_assert_uint_eq(parse("q").memory, 0);

    ck_assert_uint_eq(parse("q").vcpus, 1);
    ck_assert_uint_eq(parse("q|-smp|4").vcpus, 4);
    ck_assert_uint_eq(parse("q|-smp|2,maxcpus=8").vcpus, 2);
    ck_assert_uint_eq(parse("q|-smp|cpus=3,sockets=3").vcpus, 3);
    ck_assert_uint_eq(parse("q|-smp|sockets=2,cores=3,threads=2").vcpus, 12);
    ck_assert_uint_eq(parse("q|-smp|maxcpus=6").vcpus, 6);
    ck_assert_uint_eq(parse("q|-smp|99999999999").vcpus, 0);
    /* A file may say more. */
    ck_assert_uint_eq(parse("q|-readconfig|/run/x.conf").vcpus, 0);
}
END_TEST

START_TEST(identities)
{
    ck_assert_str_eq(parse("q|-uuid|" UUID).uuid, UUID);
    ck_assert_str_eq(parse("q|-uuid|6695EB01-F6A4-8304-79AA-97F2502E193F").uuid, UUID);
    ck_assert_str_eq(parse("q|-uuid|6695eb01f6a4830479aa97f2502e193f").uuid, "");
    ck_assert_str_eq(parse("q|-uuid|6695eb01-f6a4-8304-79aa-97f2502e193g").uuid, "");
    ck_assert_str_eq(parse("q|-smbios|type=1,serial=1,uuid=" UUID).uuid, UUID);
    ck_assert_str_eq(parse("q|-smbios|type=2,uuid=" UUID).uuid, "");
    ck_assert_str_eq(
        parse("q|-smbios|type=1,uuid=00000000-0000-0000-0000-000000000001|-uuid|" UUID).uuid, UUID);
    ck_assert_str_eq(
        parse("q|-uuid|" UUID "|-smbios|type=1,uuid=00000000-0000-0000-0000-000000000001").uuid,
        UUID);
    ck_assert_uint_eq(parse("kvm|-id|105|-name|web").vmid, 105);
    ck_assert_uint_eq(parse("kvm|-id|105x").vmid, 0);
    ck_assert_uint_eq(parse("kvm|-id|99999999999999").vmid, 0);
}
END_TEST

START_TEST(accelerators)
{
    ck_assert_int_eq(parse("q").kvm, -1);
    ck_assert_int_eq(parse("q|-enable-kvm").kvm, 1);
    ck_assert_int_eq(parse("q|-accel|kvm").kvm, 1);
    ck_assert_int_eq(parse("q|-accel|tcg,thread=multi").kvm, 0);
    ck_assert_int_eq(parse("q|-machine|q35,accel=kvm:tcg,usb=off").kvm, 1);
    ck_assert_int_eq(parse("q|-M|accel=tcg").kvm, 0);
    ck_assert(parse("q|-machine|none,accel=kvm:tcg").no_machine);
    ck_assert(parse("q|-M|type=none").no_machine);
    ck_assert(!parse("q|-M|q35").no_machine);
}
END_TEST

START_TEST(marks)
{
    static const struct {
        const char *text;
        enum qemu_mark mark;
    } cases[] = {
        {"q|-name|web", QEMU_MARK_NONE},
        /* As libvirt 9 writes it. */
        {"q|-name|guest=web,debug-threads=on|-S|-object|{\"qom-type\":\"secret\",\"id\":"
         "\"masterKey0\",\"format\":\"raw\",\"file\":\"/var/lib/libvirt/qemu/domain-1-web/"
         "master-key.aes\"}|-uuid|" UUID "|-chardev|socket,id=charmonitor,fd=24,server=on,wait=off"
         "|-mon|chardev=charmonitor,id=monitor,mode=control",
         QEMU_MARK_LIBVIRT},
        {"q|-name|guest=web|-object|secret,id=masterKey0,format=raw,file=/home/bob/.config/libvirt/"
         "qemu/lib/domain-1-web/master-key.aes|-mon|chardev=charmonitor,id=monitor,mode=control",
         QEMU_MARK_LIBVIRT_SESSION},
        {"kvm|-id|100|-name|web,debug-threads=on|-chardev|socket,id=qmp,path=/var/run/qemu-server/"
         "100.qmp,server=on,wait=off|-mon|chardev=qmp,mode=control|-pidfile|/var/run/qemu-server/"
         "100.pid|-daemonize",
         QEMU_MARK_PROXMOX},
        {"q|-S|-name|v1|-uuid|" UUID "|-daemonize|-readconfig|/var/snap/lxd/common/lxd/logs/v1/"
         "qemu.conf|-pidfile|/var/snap/lxd/common/lxd/logs/v1/qemu.pid",
         QEMU_MARK_LXD},
        {"q|-S|-name|v1|-readconfig|/run/incus/v1/qemu.conf", QEMU_MARK_INCUS},
        {"q|-kernel|/var/lib/incus/boot", QEMU_MARK_NONE},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        ck_assert_msg(parse(cases[i].text).mark == cases[i].mark, "%s", cases[i].text);
}
END_TEST

static void use(const char *text)
{
    char copy[2048];
    struct qemu_args args;
    size_t len = strlen(text);

    ck_assert_uint_lt(len, sizeof(copy));
    memcpy(copy, text, len);
    for (size_t i = 0; i < len; i++)
        if (copy[i] == '|')
            copy[i] = '\0';
    qemu_args_parse(&args, copy, len); /* cut at any byte: no NUL at its end */
}

START_TEST(odd_command_lines_are_survived)
{
    struct qemu_args args;

    tree_spoil("q|-name|guest=a,,b,c=d|-m|size=1.5G|-smp|2,cores=3|-uuid|" UUID
               "|-smbios|type=1,uuid=" UUID "|-id|7|-accel|kvm|-M|none|-mon|chardev=charmonitor",
               use);
    qemu_args_parse(&args, "", 0);
    ck_assert_uint_eq(args.vcpus, 0);
    ck_assert_str_eq(args.name, "");
    qemu_args_parse(&args, "\0\0\0-name\0\0\0", 11);
    ck_assert_str_eq(args.name, "");

    /* Two megabytes of one name, of commas, of NULs. */
    size_t size = 2u << 20;
    char *big = malloc(size);
    ck_assert_ptr_nonnull(big);
    memcpy(big, "q\0-name\0", 8);
    memset(big + 8, 'x', size - 9);
    big[size - 1] = '\0';
    qemu_args_parse(&args, big, size);
    ck_assert_uint_eq(strlen(args.name), QEMU_NAME_MAX - 1);
    qemu_args_parse(&args, big, size - 1); /* cut: half a name is none */
    ck_assert_str_eq(args.name, "");
    ck_assert_uint_eq(args.vcpus, 0);
    memset(big + 8, ',', size - 9);
    qemu_args_parse(&args, big, size);
    memset(big + 8, 0, size - 8);
    qemu_args_parse(&args, big, size);
    free(big);
}
END_TEST

START_TEST(programs)
{
    ck_assert(qemu_is_program("/usr/bin/qemu-system-x86_64"));
    ck_assert(qemu_is_program("/usr/bin/qemu-system-aarch64 (deleted)"));
    ck_assert(qemu_is_program("/usr/libexec/qemu-kvm"));
    ck_assert(qemu_is_program("/usr/bin/kvm"));
    ck_assert(qemu_is_program("qemu-system-x86")); /* a comm */
    ck_assert(!qemu_is_program("/usr/bin/qemu-x86_64"));
    ck_assert(!qemu_is_program("/usr/bin/qemu-system-"));
    ck_assert(!qemu_is_program("/usr/bin/qemu-img"));
    ck_assert(!qemu_is_program("/usr/bin/kvm-ok"));
    ck_assert(!qemu_is_program("/opt/qemu-system-x86_64/bin/sh"));
    ck_assert(!qemu_is_program("kvm-nx-lpage-re")); /* a kernel thread */
    ck_assert(!qemu_is_program(" (deleted)"));
    ck_assert(!qemu_is_program(""));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel qemu args");
    TCase *tcase = tcase_create("qemu args");

    tcase_add_test(tcase, names);
    tcase_add_test(tcase, memory_and_cpus);
    tcase_add_test(tcase, memory_backends);
    tcase_add_test(tcase, identities);
    tcase_add_test(tcase, accelerators);
    tcase_add_test(tcase, marks);
    tcase_add_test(tcase, odd_command_lines_are_survived);
    tcase_add_test(tcase, programs);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
