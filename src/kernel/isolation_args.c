/* What a QEMU's command line says of its isolation.  No password of it is ever kept. */
#include "kernel/isolation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/parse.h"
#include "kernel/qemu_args.h"

#define VNC_BASE 5900
#define HOST_MAX 128

struct args {
    struct isolation_facts *facts;
    bool machine, uefi, secure, tpm, encrypted;
};

/* PART is KEY, KEY=on or KEY=yes: set at all. */
static bool is_on(const char *part, const char *key)
{
    const char *value = qemu_value_of(part, key);

    return strcmp(part, key) == 0 ||
           (value && (strcmp(value, "on") == 0 || strcmp(value, "yes") == 0));
}

static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "localhost") == 0 ||
           strcmp(host, "::1") == 0 || strcmp(host, "[::1]") == 0;
}

static void say_graphics(struct args *args, const char *kind, const char *host, uint64_t port,
                         const char *guard)
{
    char text[HOST_MAX + 64];

    snprintf(text, sizeof(text), "%s %.*s:%" PRIu64, kind, HOST_MAX, host[0] ? host : "*", port);
    if (!is_loopback(host) && !guard)
        isolation_add(args->facts, ISOLATION_FACT_GRAPHICS_OPEN, text);
    size_t len = strlen(text);
    snprintf(text + len, sizeof(text) - len, ", %s", guard ? guard : "no password");
    isolation_add(args->facts, ISOLATION_FACT_GRAPHICS, text);
}

/* What keeps strangers from it; NULL: nothing. */
static const char *guard_of(const char *part)
{
    if (is_on(part, "password") || qemu_value_of(part, "password-secret"))
        return "password";
    if (is_on(part, "sasl"))
        return "SASL";
    return qemu_value_of(part, "tls-creds") ? "TLS" : NULL;
}

/* "HOST:DISPLAY,password=on,...", "unix:PATH", "none". */
static void take_vnc(struct args *args, const char *text)
{
    char part[QEMU_PART_MAX], where[QEMU_PART_MAX];
    const char *guard = NULL;
    bool reverse = false;
    uint64_t display;

    if (!qemu_next_part(&text, where))
        return;
    while (qemu_next_part(&text, part)) {
        const char *found = guard_of(part);
        guard = found ? found : guard;
        reverse |= is_on(part, "reverse");
    }
    char *colon = strrchr(where, ':');
    if (!colon || strncmp(where, "unix:", 5) == 0 || reverse) {
        if (strcmp(where, "none") != 0)
            isolation_add(args->facts, ISOLATION_FACT_GRAPHICS,
                          reverse ? "vnc, outgoing" : "vnc on a socket file");
        return;
    }
    *colon++ = '\0';
    const char *digits = colon;
    if (parse_u64(&digits, &display) && display < 60000)
        say_graphics(args, "vnc", where, VNC_BASE + display, guard);
}

static void take_display(struct args *args, const char *text)
{
    const char *vnc = qemu_value_of(text, "vnc");

    if (vnc)
        take_vnc(args, vnc);
}

/* "port=5900,addr=0.0.0.0,disable-ticketing=on": a ticket is asked for unless it says so. */
static void take_spice(struct args *args, const char *text)
{
    char part[QEMU_PART_MAX], host[HOST_MAX] = "";
    bool open = false, file = false;
    const char *sasl = NULL;
    uint64_t port = 0, secure = 0;

    while (qemu_next_part(&text, part)) {
        const char *value;
        if ((value = qemu_value_of(part, "port")))
            parse_u64(&value, &port);
        else if ((value = qemu_value_of(part, "tls-port")))
            parse_u64(&value, &secure);
        else if ((value = qemu_value_of(part, "addr")))
            snprintf(host, sizeof(host), "%s", value);
        open |= is_on(part, "disable-ticketing");
        file |= is_on(part, "unix");
        sasl = is_on(part, "sasl") ? "SASL" : sasl;
    }
    if (file)
        isolation_add(args->facts, ISOLATION_FACT_GRAPHICS, "spice on a socket file");
    else if (port || secure)
        say_graphics(args, "spice", host, port ? port : secure,
                     sasl   ? sasl
                     : open ? NULL
                            : "password");
}

static void take_machine(struct args *args, const char *text)
{
    char part[QEMU_PART_MAX];

    for (bool first = true; qemu_next_part(&text, part); first = false) {
        const char *type = qemu_value_of(part, "type");
        if (type || (first && !strchr(part, '='))) {
            isolation_set_text(args->facts, ISOLATION_FACT_MACHINE, type ? type : part);
            args->machine = true;
        }
        args->uefi |= strncmp(part, "pflash", 6) == 0;
    }
}

/* Each model once. */
static void say_model(struct args *args, const char *model)
{
    const struct isolation_value *known = &args->facts->at[ISOLATION_FACT_MODELS];

    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->text[i], model) == 0)
            return;
    isolation_add(args->facts, ISOLATION_FACT_MODELS, model);
}

/* "file=...,if=ide,media=disk": one without an interface gets what the machine type has. */
static void take_drive(struct args *args, const char *text)
{
    char part[QEMU_PART_MAX], bus[8] = "";
    bool disk = true;

    args->uefi |= strstr(text, "if=pflash") != NULL;
    while (qemu_next_part(&text, part)) {
        const char *value = qemu_value_of(part, "if");
        if (value)
            snprintf(bus, sizeof(bus), "%s", value);
        disk &= strcmp(part, "media=cdrom") != 0;
    }
    if (disk && (strcmp(bus, "ide") == 0 || strcmp(bus, "scsi") == 0 || strcmp(bus, "virtio") == 0))
        say_model(args, bus);
}

/* -hda and its like */
static void take_disk(struct args *args, const char *text)
{
    (void)text;
    say_model(args, "ide");
}

/* "user,model=e1000" */
static void take_nic(struct args *args, const char *text)
{
    char part[QEMU_PART_MAX];

    while (qemu_next_part(&text, part)) {
        const char *model = qemu_value_of(part, "model");
        if (model)
            say_model(args, model);
    }
}

/* A disk or a network card; bridges, ports and drives for CDs are passed over. */
static void take_model(struct args *args, const char *driver)
{
    static const char *const beginnings[] = {
        "virtio-blk", "virtio-net", "ide-hd", "scsi-hd", "scsi-block", "nvme",    "e1000",
        "rtl8139",    "pcnet",      "ne2k_",  "i825",    "tulip",      "vmxnet3", "usb-net"};

    for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
        if (strncmp(driver, beginnings[i], strlen(beginnings[i])) == 0)
            say_model(args, driver);
}

static void take_bios(struct args *args, const char *text)
{
    static const char *const names[] = {"OVMF", "ovmf", "AAVMF", "edk2"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        args->uefi |= strstr(text, names[i]) != NULL;
}

static void take_global(struct args *args, const char *text)
{
    args->secure |= (strstr(text, "cfi.pflash01") && strstr(text, "property=secure") &&
                     strstr(text, "value=on")) ||
                    strcmp(text, "cfi.pflash01.secure=on") == 0;
}

static void take_tpm(struct args *args, const char *text)
{
    char part[QEMU_PART_MAX];

    if (!qemu_next_part(&text, part))
        return;
    const char *type = qemu_value_of(part, "type");
    isolation_set_text(args->facts, ISOLATION_FACT_TPM, type ? type : part);
    args->tpm = true;
}

static void take_object(struct args *args, const char *text)
{
    static const struct {
        const char *object, *name;
    } kinds[] = {{"sev-snp-guest", "SEV-SNP"},
                 {"sev-guest", "SEV"},
                 {"tdx-guest", "TDX"},
                 {"pef-guest", "PEF"},
                 {"s390-pv-guest", "Secure Execution"}};

    for (size_t i = 0; i < ARRAY_SIZE(kinds) && !args->encrypted; i++) {
        size_t len = strlen(kinds[i].object);
        const char *at = strstr(text, kinds[i].object);
        if (!at || (at > text && at[-1] != '"') || (at[len] && !strchr(",\"", at[len])))
            continue;
        isolation_set_text(args->facts, ISOLATION_FACT_SEV, kinds[i].name);
        args->encrypted = true;
    }
}

/* The value of "KEY":"..." in TEXT, a JSON object of libvirt's; cut at SIZE. */
static bool json_value(const char *text, const char *key, char *dst, size_t size)
{
    char quoted[32];

    snprintf(quoted, sizeof(quoted), "\"%s\":\"", key);
    const char *at = strstr(text, quoted);
    if (!at)
        return false;
    at += strlen(quoted);
    snprintf(dst, size, "%.*s", (int)strcspn(at, "\""), at);
    return true;
}

/* Only what was there at the start: what is plugged later shows in what QEMU holds open. */
static void take_device(struct args *args, const char *text)
{
    char part[QEMU_PART_MAX], host[HOST_MAX] = "";

    if (text[0] == '{') {
        if (json_value(text, "driver", part, sizeof(part)))
            take_model(args, part);
        if (!strstr(text, "\"driver\":\"vfio-"))
            return;
        if (!json_value(text, "host", host, sizeof(host)))
            json_value(text, "sysfsdev", host, sizeof(host));
    } else {
        const char *rest = text;
        if (qemu_next_part(&rest, part))
            take_model(args, part);
        if (strncmp(text, "vfio-", 5) != 0)
            return;
        while (qemu_next_part(&text, part)) {
            const char *value = qemu_value_of(part, "host");
            value = value ? value : qemu_value_of(part, "sysfsdev");
            if (value)
                snprintf(host, sizeof(host), "%.*s", HOST_MAX - 1, value);
        }
    }
    isolation_add(args->facts, ISOLATION_FACT_VFIO, host[0] ? host : "a device");
}

/* "local,path=/srv/share,readonly=on": 9p. */
static void take_share(struct args *args, const char *text)
{
    char part[QEMU_PART_MAX], path[QEMU_PART_MAX] = "";
    bool read_only = false;

    while (qemu_next_part(&text, part)) {
        const char *value = qemu_value_of(part, "path");
        if (value)
            snprintf(path, sizeof(path), "%s", value);
        read_only |= is_on(part, "readonly");
    }
    if (path[0] && !read_only)
        isolation_add(args->facts, ISOLATION_FACT_WRITABLE, path);
}

/* Whether the model of the CPU lets the guest run guests: 1, 0, -1 it depends. */
static int offers_nesting(const char *text)
{
    char part[QEMU_PART_MAX];
    int ret = 0;

    for (bool first = true; qemu_next_part(&text, part); first = false) {
        if (first)
            ret = strcmp(part, "host") == 0 || strcmp(part, "max") == 0 ? -1 : 0;
        else if (is_on(part, "vmx") || is_on(part, "svm") || strcmp(part, "+vmx") == 0 ||
                 strcmp(part, "+svm") == 0)
            ret = -1;
        else if (strcmp(part, "vmx=off") == 0 || strcmp(part, "svm=off") == 0 ||
                 strcmp(part, "-vmx") == 0 || strcmp(part, "-svm") == 0)
            ret = 0;
    }
    return ret;
}

/* What a processor offers is only there when the host's module lets it through: a "no" is certain,
 * the rest is for isolation_qemu.c to say. */
static void take_cpu(struct args *args, const char *text)
{
    args->facts->at[ISOLATION_FACT_NESTED].known = offers_nesting(text) == 0;
}

static void take_option(struct args *args, const char *option, const char *value)
{
    static const struct {
        const char *option;
        void (*take)(struct args *args, const char *text);
    } options[] = {
        {"vnc", take_vnc},         {"display", take_display}, {"spice", take_spice},
        {"machine", take_machine}, {"M", take_machine},       {"drive", take_drive},
        {"bios", take_bios},       {"global", take_global},   {"tpmdev", take_tpm},
        {"object", take_object},   {"device", take_device},   {"fsdev", take_share},
        {"virtfs", take_share},    {"cpu", take_cpu},         {"hda", take_disk},
        {"hdb", take_disk},        {"hdc", take_disk},        {"hdd", take_disk},
        {"nic", take_nic},         {"net", take_nic},
    };

    for (size_t i = 0; i < ARRAY_SIZE(options); i++)
        if (strcmp(option, options[i].option) == 0)
            options[i].take(args, value);
}

void isolation_of_args(const char *cmdline, size_t len, bool whole, struct isolation_facts *ret)
{
    static const enum isolation_fact lists[] = {
        ISOLATION_FACT_GRAPHICS, ISOLATION_FACT_GRAPHICS_OPEN, ISOLATION_FACT_WRITABLE,
        ISOLATION_FACT_VFIO, ISOLATION_FACT_MODELS};
    struct args args = {.facts = ret};
    const char *end = cmdline + len, *option = NULL;

    ret->at[ISOLATION_FACT_NESTED].known = whole; /* a processor by default offers none */
    for (const char *arg = cmdline; arg < end;) {
        const char *stop = memchr(arg, '\0', (size_t)(end - arg));
        if (!stop)
            break;
        if (option)
            take_option(&args, option, arg);
        option = arg[0] == '-' && arg[1] ? arg + 1 + (arg[1] == '-') : NULL;
        arg = stop + 1;
    }
    if (!whole)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
        isolation_begin_list(ret, lists[i]);
    isolation_set_text(ret, ISOLATION_FACT_FIRMWARE, args.uefi ? "uefi" : "bios");
    isolation_set_number(ret, ISOLATION_FACT_SECURE_BOOT, args.uefi && args.secure);
    if (!args.tpm)
        isolation_set_text(ret, ISOLATION_FACT_TPM, "none");
    if (!args.encrypted)
        isolation_set_text(ret, ISOLATION_FACT_SEV, "none");
    if (!args.machine)
        isolation_set_text(ret, ISOLATION_FACT_MACHINE, "QEMU's default");
}
