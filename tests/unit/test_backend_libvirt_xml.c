/* Domain XML, odd and hostile, and the balloon's figures. */
// sources: src/backend/libvirt/definition.c src/backend/libvirt/question.c
// sources: src/backend/libvirt/statistics.c src/backend/libvirt/owner.c
// sources: src/backend/libvirt/uri.c src/backend/libvirt/words.c src/backend/libvirt/chardev.c
// sources: src/backend/libvirt/isolation.c src/backend/libvirt/agent.c
// libraries: LIBXML LIBVIRT
#include "backend/libvirt/definition.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/libvirt/agent.h"
#include "backend/libvirt/chardev.h"
#include "backend/libvirt/question.h"
#include "backend/libvirt/statistics.h"
#include "backend/relay.h"
#include "base/alloc.h"

static struct lv_definition *parse(const char *xml)
{
    struct lv_definition *definition = NULL;
    struct error err = {0};

    ck_assert_msg(lv_definition_parse(xml, strlen(xml), &definition, &err) == 0, "%s", err.message);
    return definition;
}

START_TEST(a_machine_is_read)
{
    struct lv_definition *definition = parse(
        "<domain type='kvm' id='3'><name>n</name><title>A &lt;web&gt; server</title>"
        "<memory unit='KiB'>2097152</memory><currentMemory unit='MiB'>1024</currentMemory>"
        "<vcpu placement='static' current='2'>4</vcpu><os><type arch='x86_64'>hvm</type></os>"
        "<devices><interface type='network'><mac address='52:54:00:00:00:01'/>"
        "<target dev='vnet3'/></interface>"
        "<interface type='direct'><mac address='52:54:00:00:00:02'/><target dev='macvtap0'/>"
        "</interface><interface type='user'/><memballoon model='virtio'/></devices></domain>");

    ck_assert_str_eq(definition->type, "kvm");
    ck_assert_str_eq(definition->title, "A <web> server");
    ck_assert_int_eq(definition->kind, KIND_MACHINE);
    ck_assert_uint_eq(definition->memory, UINT64_C(2) << 30);
    ck_assert_uint_eq(definition->current_memory, UINT64_C(1) << 30);
    ck_assert_uint_eq(definition->vcpus, 2);
    ck_assert(definition->balloon);
    ck_assert_uint_eq(definition->nic_count, 3);
    ck_assert_str_eq(definition->nics[0].dev, "vnet3");
    ck_assert_str_eq(definition->nics[0].mac, "52:54:00:00:00:01");
    ck_assert(!definition->nics[0].direct);
    ck_assert(definition->nics[1].direct);
    ck_assert_ptr_null(definition->nics[2].dev);
    ck_assert_ptr_eq(lv_definition_ref(definition), definition);
    lv_definition_unref(definition);
    ck_assert_str_eq(definition->type, "kvm");
    lv_definition_unref(definition);
}
END_TEST

static const char *said(const struct lv_definition *definition, enum isolation_fact fact)
{
    return isolation_text(&definition->isolation, fact);
}

START_TEST(what_isolates_a_machine_is_read)
{
    struct lv_definition *definition =
        parse("<domain type='kvm'><os firmware='efi'><type machine='pc-q35-7.2'>hvm</type>"
              "<loader type='pflash' secure='yes'/></os><launchSecurity type='sev'/>"
              "<seclabel type='dynamic' model='dac'><label>+64055:+64055</label></seclabel>"
              "<seclabel type='dynamic' model='apparmor'><label>libvirt-x</label></seclabel>"
              "<devices><tpm model='tpm-crb'><backend type='emulator'/></tpm>"
              "<filesystem><driver type='virtiofs'/><source dir='/srv/a'/></filesystem>"
              "<filesystem><driver type='virtiofs'/><source dir='/srv/b'/><readonly/></filesystem>"
              "<filesystem><source dir='/srv/c'/></filesystem>"
              "<disk device='cdrom'><target dev='sda' bus='sata'/></disk>"
              "<disk><target dev='hda' bus='ide'/></disk>"
              "<interface type='bridge'><model type='e1000'/></interface></devices></domain>");

    ck_assert_str_eq(said(definition, ISOLATION_FACT_ACCEL), "kvm");
    ck_assert_str_eq(said(definition, ISOLATION_FACT_MACHINE), "pc-q35-7.2");
    ck_assert_str_eq(said(definition, ISOLATION_FACT_FIRMWARE), "uefi");
    ck_assert_uint_eq(definition->isolation.at[ISOLATION_FACT_SECURE_BOOT].number, 1);
    ck_assert_str_eq(said(definition, ISOLATION_FACT_SEV), "sev");
    ck_assert_str_eq(said(definition, ISOLATION_FACT_SECLABEL), "apparmor: libvirt-x");
    ck_assert_str_eq(said(definition, ISOLATION_FACT_TPM), "emulator");
    ck_assert_uint_eq(definition->isolation.at[ISOLATION_FACT_WRITABLE].count, 1);
    ck_assert_str_eq(said(definition, ISOLATION_FACT_WRITABLE), "/srv/a");
    const struct isolation_value *models = &definition->isolation.at[ISOLATION_FACT_MODELS];
    ck_assert_uint_eq(models->count, 2);
    ck_assert_str_eq(models->text[0], "ide");
    ck_assert_str_eq(models->text[1], "e1000");
    lv_definition_unref(definition);

    definition = parse("<domain type='qemu'><os><type>hvm</type></os><devices/></domain>");
    ck_assert_str_eq(said(definition, ISOLATION_FACT_ACCEL), "tcg");
    ck_assert_ptr_null(said(definition, ISOLATION_FACT_MACHINE));
    ck_assert_str_eq(said(definition, ISOLATION_FACT_FIRMWARE), "bios");
    ck_assert_uint_eq(definition->isolation.at[ISOLATION_FACT_SECURE_BOOT].number, 0);
    ck_assert_str_eq(said(definition, ISOLATION_FACT_TPM), "none");
    ck_assert(!definition->isolation.at[ISOLATION_FACT_SECLABEL].known);
    ck_assert(!definition->isolation.at[ISOLATION_FACT_MESSAGES].known);
    ck_assert(!definition->isolation.at[ISOLATION_FACT_WRITABLE].known);
    lv_definition_unref(definition);
}
END_TEST

START_TEST(disks_are_found_by_alias_and_by_target)
{
    struct lv_definition *definition =
        parse("<domain type='kvm'><devices>"
              "<disk type='file' device='disk'><target dev='vda' bus='virtio'/>"
              "<alias name='virtio-disk0'/></disk>"
              "<disk type='file' device='cdrom'><target dev='sda'/></disk><disk/>"
              "<disk><target/><alias name='ua-1'/></disk></devices></domain>");

    ck_assert_uint_eq(definition->disk_count, 2);
    ck_assert_str_eq(lv_definition_disk(definition, "virtio-disk0"), "vda");
    ck_assert_str_eq(lv_definition_disk(definition, "vda"), "vda");
    ck_assert_str_eq(lv_definition_disk(definition, "sda"), "sda");
    ck_assert_ptr_null(lv_definition_disk(definition, "ua-1"));
    ck_assert_ptr_null(lv_definition_disk(definition, ""));
    ck_assert_ptr_null(lv_definition_disk(NULL, "vda"));
    lv_definition_unref(definition);
}
END_TEST

START_TEST(disks_are_read)
{
    struct lv_definition *definition = parse(
        "<domain type='kvm'><devices>"
        "<disk type='file' device='disk'><source file='/images/a&amp;b.qcow2' index='1'/>"
        "<backingStore type='file'><source file='/base.qcow2'/></backingStore>"
        "<target dev='vda' bus='virtio'/></disk>"
        "<disk type='block'><source dev='/dev/vg/lv'/><target dev='vdb'/></disk>"
        "<disk type='volume'><source pool='default' volume='v.img'/><target dev='vdc'/></disk>"
        "<disk type='network'><source protocol='rbd' name='p/i'/><target dev='vdd'/></disk>"
        "<disk type='file' device='cdrom'><target dev='sda'/></disk>"
        "<disk type='file'><source file='relative'/><target dev='vde'/></disk>"
        "<disk type='file'><source file='/no-target'/></disk>"
        "<filesystem type='mount'><source dir='/share'/><target dir='tag'/></filesystem>"
        "</devices></domain>");

    ck_assert_uint_eq(definition->disk_count, 6);
    ck_assert_str_eq(definition->disks[0].target, "vda");
    ck_assert_str_eq(definition->disks[0].source, "/images/a&b.qcow2");
    ck_assert_ptr_null(definition->disks[0].pool);
    ck_assert_str_eq(definition->disks[1].source, "/dev/vg/lv");
    ck_assert_str_eq(definition->disks[2].pool, "default");
    ck_assert_str_eq(definition->disks[2].volume, "v.img");
    ck_assert_ptr_null(definition->disks[2].source);
    ck_assert_ptr_null(definition->disks[3].source);
    ck_assert_ptr_null(definition->disks[4].source);
    ck_assert_ptr_null(definition->disks[5].source);
    lv_definition_unref(definition);
    definition = parse("<domain type='lxc'><devices><filesystem type='mount'>"
                       "<source dir='/ct/root'/><target dir='/'/></filesystem></devices></domain>");
    ck_assert_uint_eq(definition->disk_count, 1);
    ck_assert_str_eq(definition->disks[0].target, "rootfs");
    ck_assert_str_eq(definition->disks[0].source, "/ct/root");
    lv_definition_unref(definition);
}
END_TEST

START_TEST(the_disk_without_space_is_named_first)
{
    virDomainDiskError errors[] = {
        {(char *)"vda", VIR_DOMAIN_DISK_ERROR_UNSPEC},
        {(char *)"vdb", VIR_DOMAIN_DISK_ERROR_NO_SPACE},
        {(char *)"vdc", VIR_DOMAIN_DISK_ERROR_NO_SPACE},
    };
    struct lv_io_error error;

    lv_io_error_read(errors, 3, &error);
    ck_assert(error.known && error.no_space);
    ck_assert_str_eq(error.disk, "vdb");
    lv_io_error_read(errors, 1, &error);
    ck_assert(error.known && !error.no_space);
    ck_assert_str_eq(error.disk, "vda");
    lv_io_error_read(errors, 0, &error);
    ck_assert(!error.known);
    lv_io_error_read(errors, -1, &error); /* the call failed */
    ck_assert(!error.known);
}
END_TEST

static struct lv_pool_definition pool(const char *xml)
{
    struct lv_pool_definition pool = {0};
    ck_assert_int_eq(lv_pool_definition_parse(xml, strlen(xml), &pool, NULL), 0);
    return pool;
}

START_TEST(pools_have_directories_or_not)
{
    struct lv_pool_definition dir = pool("<pool type='dir'><name>p</name><target>"
                                         "<path>/images</path></target></pool>");
    ck_assert_str_eq(dir.type, "dir");
    ck_assert_str_eq(dir.directory, "/images");
    lv_pool_definition_clear(&dir);
    dir = pool("<pool type='logical'><target><path>/dev/vg</path></target></pool>");
    ck_assert_str_eq(dir.type, "logical");
    ck_assert_ptr_null(dir.directory);
    lv_pool_definition_clear(&dir);
    dir = pool("<pool type='netfs'><target><path>relative</path></target></pool>");
    ck_assert_ptr_null(dir.directory);
    lv_pool_definition_clear(&dir);
    dir = pool("<pool/>");
    ck_assert_ptr_null(dir.type);
    lv_pool_definition_clear(&dir);
    ck_assert_int_eq(lv_pool_definition_parse("<domain/>", 9, &dir, NULL), ERR_SYNTAX);
    ck_assert_int_eq(lv_pool_definition_parse("<!DOCTYPE p><pool/>", 19, &dir, NULL), ERR_SYNTAX);
}
END_TEST

START_TEST(a_container_is_told_by_its_init)
{
    struct lv_definition *definition =
        parse("<domain type='lxc'><memory>1024</memory><os><type>exe</type></os>"
              "<devices><memballoon model='none'/></devices></domain>");

    ck_assert_int_eq(definition->kind, KIND_CONTAINER);
    ck_assert_uint_eq(definition->memory, 1 << 20);
    ck_assert_uint_eq(definition->current_memory, 1 << 20);
    ck_assert(!definition->balloon);
    lv_definition_unref(definition);
}
END_TEST

START_TEST(nonsense_is_unknown_and_not_a_number)
{
    struct lv_definition *definition =
        parse("<domain><memory unit='parsec'>5</memory><vcpu>-3</vcpu><title/>"
              "<currentMemory unit='EiB'>99999999999</currentMemory><devices><interface/></devices>"
              "</domain>");

    ck_assert_uint_eq(definition->memory, 0);
    ck_assert_uint_eq(definition->current_memory, 0);
    ck_assert_uint_eq(definition->vcpus, 0);
    ck_assert_ptr_null(definition->title);
    ck_assert_ptr_null(definition->type);
    lv_definition_unref(definition);
    definition = parse("<domain><memory unit='KB'>2</memory><vcpu>99999999999999999999</vcpu>"
                       "</domain>");
    ck_assert_uint_eq(definition->memory, 2000);
    ck_assert_uint_eq(definition->vcpus, 0);
    lv_definition_unref(definition);
}
END_TEST

START_TEST(what_is_no_domain_is_refused)
{
    static const char *const bad[] = {
        "",
        "<",
        "<domain",
        "<network/>",
        "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><domain><title>&e;</title></domain>",
        "<domain><title>&undefined;</title></domain>",
        "<domain>\x01</domain>",
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct lv_definition *definition = NULL;
        ck_assert_int_eq(lv_definition_parse(bad[i], strlen(bad[i]), &definition, NULL),
                         ERR_SYNTAX);
        ck_assert_ptr_null(definition);
    }
    char *huge = calloc(1, LV_XML_MAX + 2);
    struct lv_definition *definition = NULL;
    memset(huge, ' ', LV_XML_MAX + 1);
    ck_assert_int_eq(lv_definition_parse(huge, LV_XML_MAX + 1, &definition, NULL), ERR_SYNTAX);
    free(huge);
}
END_TEST

START_TEST(many_links_are_cut)
{
    size_t len = 0, room = 200000;
    char *xml = malloc(room);

    len += (size_t)snprintf(xml, room, "<domain><devices>");
    for (int i = 0; i < 200; i++)
        len += (size_t)snprintf(xml + len, room - len,
                                "<interface><target dev='v%d'/></interface>"
                                "<disk><source file='/%d'/><target dev='v%d'/></disk>",
                                i, i, i);
    snprintf(xml + len, room - len, "</devices></domain>");
    struct lv_definition *definition = parse(xml);
    ck_assert_uint_eq(definition->nic_count, LV_NICS_MAX);
    ck_assert_uint_eq(definition->disk_count, LV_DISKS_MAX);
    lv_definition_unref(definition);
    free(xml);
}
END_TEST

#define GROUP_MAX 8

struct group {
    virTypedParameter params[GROUP_MAX];
    int count;
};

static void put(struct group *group, const char *name, unsigned long long value)
{
    virTypedParameter *param = &group->params[group->count++];
    snprintf(param->field, sizeof(param->field), "balloon.%s", name);
    param->type = VIR_TYPED_PARAM_ULLONG;
    param->value.ul = value;
}

START_TEST(memory_used_is_what_is_neither_free_nor_cache)
{
    struct group group = {0};
    struct lv_balloon balloon;

    put(&group, "current", 1000);
    put(&group, "available", 900);
    put(&group, "unused", 500);
    put(&group, "disk_caches", 100);
    put(&group, "last-update", 5000);
    lv_balloon_read(group.params, group.count, 5003, &balloon);
    ck_assert(balloon.has_used && balloon.has_cache);
    ck_assert_uint_eq(balloon.used, 300 * 1024);
    ck_assert_uint_eq(balloon.cache, 100 * 1024);
    ck_assert_uint_eq(balloon.measured_ms, 3000);
}
END_TEST

static void put_block(virTypedParameterPtr *params, int *count, int *room, const char *name,
                      unsigned long long value)
{
    virTypedParamsAddULLong(params, count, room, name, value);
}

/* One whose monitor said all, one that it was too busy for, one without a name. */
START_TEST(block_statistics_become_disks)
{
    virTypedParameterPtr params = NULL;
    int count = 0, room = 0;
    struct parts parts = {0};

    virTypedParamsAddUInt(&params, &count, &room, "block.count", 3);
    virTypedParamsAddString(&params, &count, &room, "block.0.name", "vda");
    virTypedParamsAddString(&params, &count, &room, "block.0.path", "/i/a");
    put_block(&params, &count, &room, "block.0.wr.reqs", 4);
    put_block(&params, &count, &room, "block.0.wr.bytes", 8192);
    put_block(&params, &count, &room, "block.0.wr.times", 12345);
    put_block(&params, &count, &room, "block.0.fl.reqs", 2);
    put_block(&params, &count, &room, "block.0.allocation", 4096);
    put_block(&params, &count, &room, "block.0.capacity", 1 << 20);
    virTypedParamsAddString(&params, &count, &room, "block.1.name", "vdb");
    lv_statistics_blocks(params, count, 77, &parts);
    ck_assert_uint_eq(parts.count, 2);
    ck_assert_str_eq(parts.part[0].name, "vda");
    ck_assert_str_eq(parts.part[0].words[0], "/i/a");
    ck_assert_int_eq(parts.part[0].at_ns, 77);
    ck_assert_uint_eq(parts.part[0].value[PART_FIELD_WRITE], 8192);
    ck_assert_uint_eq(parts.part[0].value[PART_FIELD_WRITE_NS], 12345);
    ck_assert_uint_eq(parts.part[0].value[PART_FIELD_ALLOCATION], 4096);
    ck_assert(!part_has(&parts.part[0], PART_FIELD_READ));
    ck_assert_uint_eq(parts.part[1].valid, 0);
    parts_clear(&parts);
    virTypedParamsFree(params, count);
}
END_TEST

/* As libvirt says them; UINT64_MAX: not known. */
static uint64_t fill_of(const char *path, uint64_t written, uint64_t physical, uint64_t capacity)
{
    virTypedParameterPtr params = NULL;
    int count = 0, room = 0;
    struct parts parts = {0};

    virTypedParamsAddUInt(&params, &count, &room, "block.count", 1);
    virTypedParamsAddString(&params, &count, &room, "block.0.name", "vda");
    virTypedParamsAddString(&params, &count, &room, "block.0.path", path);
    put_block(&params, &count, &room, "block.0.allocation", written);
    put_block(&params, &count, &room, "block.0.capacity", capacity);
    put_block(&params, &count, &room, "block.0.physical", physical);
    lv_statistics_blocks(params, count, 77, &parts);
    uint64_t ret = part_has(&parts.part[0], PART_FIELD_ALLOCATION)
                       ? parts.part[0].value[PART_FIELD_ALLOCATION]
                       : UINT64_MAX;
    parts_clear(&parts);
    virTypedParamsFree(params, count);
    return ret;
}

START_TEST(a_fill_is_what_the_image_takes)
{
    /* A qcow2 of which nothing was written since the machine started, and one of which some was. */
    ck_assert_uint_eq(fill_of("/i/a", 0, 8658944, 1 << 27), 8658944);
    ck_assert_uint_eq(fill_of("/i/a", 4096, 8658944, 1 << 27), 8658944);
    /* A file as long as its disk that takes nothing yet reads like a full one. */
    ck_assert_uint_eq(fill_of("/i/raw", 0, 1 << 26, 1 << 26), UINT64_MAX);
    ck_assert_uint_eq(fill_of("/i/raw", 4096, 1 << 26, 1 << 26), 1 << 26);
    /* A growing image on a device. */
    ck_assert_uint_eq(fill_of("/dev/vg/a", 4096, 1 << 28, 1 << 27), 4096);
    ck_assert_uint_eq(fill_of("/dev/vg/a", 0, 1 << 28, 1 << 27), UINT64_MAX);
}
END_TEST

static void add_disk(struct parts *parts, const char *name, uint64_t reads, uint64_t read_ns,
                     uint64_t writes)
{
    struct part *part = parts_add(parts, PART_DISK, 0, name);

    part->at_ns = 77;
    part_set(part, PART_FIELD_READ_OPS, reads);
    part_set(part, PART_FIELD_READ_NS, read_ns);
    part_set(part, PART_FIELD_WRITE_OPS, writes);
    part_set(part, PART_FIELD_WRITE_NS, writes * 5000000);
}

/* Over all disks that were there before; what went back or did nothing says nothing. */
START_TEST(times_are_what_operations_took_between_two_looks)
{
    struct parts before = {0}, now = {0};
    struct lv_times times;

    add_disk(&before, "vda", 10, 1000000, 7);
    add_disk(&before, "vdb", 100, 9000000, 50);
    add_disk(&now, "vdc", 1000, 99000000, 0);
    add_disk(&now, "vdb", 0, 0, 20);
    add_disk(&now, "vda", 30, 5000000, 7);
    lv_statistics_times(&before, &now, &times);
    ck_assert_int_eq(times.at_ns, 77);
    ck_assert_int_eq(times.read_us, 200);
    ck_assert_int_eq(times.write_us, -1);
    parts_clear(&before);
    parts_clear(&now);
}
END_TEST

static void name_image(struct parts *disks, const char *image)
{
    parts_clear(disks);
    parts_add(disks, PART_DISK, 0, "vda")->words[0] = xstrdup(image);
}

START_TEST(another_image_is_news_once)
{
    struct lv_definition *definition =
        parse("<domain type='kvm'><devices><disk><source file='/i/a'/><target dev='vda'/></disk>"
              "<panic model='isa'/></devices></domain>");
    struct parts before = {0}, now = {0};

    ck_assert(definition->panics);
    name_image(&now, "/i/a");
    ck_assert(!lv_statistics_new_image(definition, &before, &now));
    name_image(&now, "/i/overlay");
    ck_assert(lv_statistics_new_image(definition, &before, &now));
    ck_assert(!lv_statistics_new_image(NULL, &before, &now));
    name_image(&before, "/i/a");
    ck_assert(lv_statistics_new_image(definition, &before, &now));
    name_image(&before, "/i/overlay");
    ck_assert(!lv_statistics_new_image(definition, &before, &now));
    parts_clear(&before);
    parts_clear(&now);
    lv_definition_unref(definition);
}
END_TEST

START_TEST(the_balloon_says_more_than_what_is_used)
{
    struct group group = {0};
    struct lv_balloon balloon;

    put(&group, "current", 1000);
    put(&group, "swap_in", 3);
    put(&group, "major_fault", 17);
    put(&group, "unused", 500);
    put(&group, "available", 900);
    put(&group, "last-update", 5000);
    lv_balloon_read(group.params, group.count, 5003, &balloon);
    ck_assert_uint_eq(balloon.reported_s, 5000);
    ck_assert_uint_eq(balloon.report.value[PART_FIELD_BALLOON], 1000 * 1024);
    ck_assert_uint_eq(balloon.report.value[PART_FIELD_FREE], 500 * 1024);
    ck_assert_uint_eq(balloon.report.value[PART_FIELD_SWAP_IN], 3 * 1024);
    ck_assert_uint_eq(balloon.report.value[PART_FIELD_MAJOR_FAULTS], 17);
    ck_assert(!part_has(&balloon.report, PART_FIELD_SWAP_OUT));
}
END_TEST

START_TEST(an_old_or_impossible_report_is_unknown)
{
    struct group never = {0}, thin = {0}, wrong = {0};
    struct lv_balloon balloon;

    put(&never, "available", 900);
    put(&never, "unused", 500);
    put(&never, "last-update", 0);
    lv_balloon_read(never.params, never.count, 5000, &balloon);
    ck_assert(!balloon.has_used);
    never.params[2].value.ul = 1000;
    lv_balloon_read(never.params, never.count, 5000, &balloon);
    ck_assert(!balloon.has_used);
    /* A clock that was set back: fresh, not negative. */
    lv_balloon_read(never.params, never.count, 900, &balloon);
    ck_assert(balloon.has_used);
    ck_assert_uint_eq(balloon.measured_ms, 0);
    ck_assert(!balloon.has_cache);

    put(&thin, "current", 900);
    lv_balloon_read(thin.params, thin.count, 5000, &balloon);
    ck_assert(!balloon.has_used);

    put(&wrong, "available", 900);
    put(&wrong, "unused", 901);
    put(&wrong, "last-update", 5000);
    lv_balloon_read(wrong.params, wrong.count, 5000, &balloon);
    ck_assert(!balloon.has_used);
}
END_TEST

static void no_close(struct relay *relay)
{
    (void)relay;
}

static const struct relay_ops no_ops = {.close = no_close};

/* The devices of a domain with DEVICES, "a b c"; what went wrong when it has none. */
static const char *consoles(const char *devices)
{
    static char text[1024];
    char xml[2048];
    struct relay relay;
    struct error err = {0};
    int len =
        snprintf(xml, sizeof(xml), "<domain type='kvm'><devices>%s</devices></domain>", devices);

    text[0] = '\0';
    relay_init(&relay, &no_ops);
    if (lv_chardevs(xml, (size_t)len, &relay, &err) < 0)
        snprintf(text, sizeof(text), "%s", err.message);
    for (size_t i = 0, at = 0; i < CONSOLE_DEVICES_MAX && relay.devices[i]; i++)
        at +=
            (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", i ? " " : "", relay.devices[i]);
    relay_close(&relay);
    return text;
}

START_TEST(consoles_are_listed)
{
    ck_assert_str_eq(consoles("<serial type='pty'><alias name='serial0'/></serial>"
                              "<serial type='file'><alias name='serial1'/></serial>"
                              "<console type='pty'><alias name='serial0'/></console>"
                              "<console type='pty'><alias name='console1'/></console>"),
                     "serial0 console1");
    ck_assert_str_eq(consoles(""), "it has no serial console");
    ck_assert_str_eq(consoles("<serial type='tcp'><alias name='serial0'/></serial>"),
                     "its serial line leads elsewhere, not to a console");
    ck_assert_str_eq(consoles("<serial type='pty'/>"), /* off: it has no alias */
                     "its serial line leads elsewhere, not to a console");
}
END_TEST

/* As libvirt writes it down; TIMEOUT_S is 99 where nothing is said. */
static bool is_connected(const char *before, const char *state, int *timeout_s)
{
    char xml[1024];
    int len =
        snprintf(xml, sizeof(xml),
                 "<domstatus state='running'>%s<domain type='kvm'><devices>"
                 "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'%s/>"
                 "</channel></devices></domain></domstatus>",
                 before, state);

    *timeout_s = 99;
    return lv_agent_is_connected(xml, (size_t)len, timeout_s);
}

START_TEST(an_agent_is_seen)
{
    static const char *const bad[] = {"", "<agentTimeout>x</agentTimeout>",
                                      "<agentTimeout>-3</agentTimeout>",
                                      "<agentTimeout>1e30</agentTimeout>"};
    int timeout_s;

    ck_assert(is_connected("<agentTimeout>-2</agentTimeout>", " state='connected'", &timeout_s));
    ck_assert_int_eq(timeout_s, -2);
    ck_assert(is_connected("<agentTimeout>30</agentTimeout>", " state='connected'", &timeout_s));
    ck_assert_int_eq(timeout_s, 30);
    ck_assert(!is_connected("<agentTimeout>-2</agentTimeout>", "", &timeout_s));
    ck_assert(
        !is_connected("<agentTimeout>-2</agentTimeout>", " state='disconnected'", &timeout_s));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert(!is_connected(bad[i], " state='connected'", &timeout_s));
    ck_assert_int_eq(timeout_s, 99);
    ck_assert(!lv_agent_is_connected("<domain/>", strlen("<domain/>"), &timeout_s));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("libvirt xml");
    TCase *tcase = tcase_create("xml");

    virInitialize();
    tcase_add_test(tcase, a_machine_is_read);
    tcase_add_test(tcase, what_isolates_a_machine_is_read);
    tcase_add_test(tcase, disks_are_found_by_alias_and_by_target);
    tcase_add_test(tcase, the_disk_without_space_is_named_first);
    tcase_add_test(tcase, disks_are_read);
    tcase_add_test(tcase, pools_have_directories_or_not);
    tcase_add_test(tcase, a_container_is_told_by_its_init);
    tcase_add_test(tcase, nonsense_is_unknown_and_not_a_number);
    tcase_add_test(tcase, what_is_no_domain_is_refused);
    tcase_add_test(tcase, many_links_are_cut);
    tcase_add_test(tcase, memory_used_is_what_is_neither_free_nor_cache);
    tcase_add_test(tcase, consoles_are_listed);
    tcase_add_test(tcase, an_agent_is_seen);
    tcase_add_test(tcase, block_statistics_become_disks);
    tcase_add_test(tcase, a_fill_is_what_the_image_takes);
    tcase_add_test(tcase, times_are_what_operations_took_between_two_looks);
    tcase_add_test(tcase, another_image_is_news_once);
    tcase_add_test(tcase, the_balloon_says_more_than_what_is_used);
    tcase_add_test(tcase, an_old_or_impossible_report_is_unknown);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
