#include "kernel/qemu_args.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/parse.h"

#define MIB (UINT64_C(1) << 20)

bool qemu_is_program(const char *path)
{
    static const char deleted[] = " (deleted)";
    static const char whole[] = "qemu-system-";
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t len = strlen(name);

    if (len > sizeof(deleted) - 1 && strcmp(name + len - (sizeof(deleted) - 1), deleted) == 0)
        len -= sizeof(deleted) - 1;
    return (len > sizeof(whole) - 1 && strncmp(name, whole, sizeof(whole) - 1) == 0) ||
           (len == 8 && strncmp(name, "qemu-kvm", 8) == 0) ||
           (len == 3 && strncmp(name, "kvm", 3) == 0);
}

bool qemu_next_part(const char **text, char buf[QEMU_PART_MAX])
{
    const char *p = *text;
    size_t len = 0;

    if (!p)
        return false;
    for (;; p++) {
        if (*p == ',' && p[1] == ',')
            p++;
        else if (*p == ',' || *p == '\0')
            break;
        if (len < QEMU_PART_MAX - 1)
            buf[len++] = *p;
    }
    buf[len] = '\0';
    *text = *p ? p + 1 : NULL;
    return true;
}

const char *qemu_value_of(const char *part, const char *key)
{
    for (; *key && *part == *key; key++)
        part++;
    return !*key && *part == '=' ? part + 1 : NULL;
}

static void take_name(struct qemu_args *args, const char *text)
{
    char part[QEMU_PART_MAX];

    for (bool first = true; qemu_next_part(&text, part); first = false) {
        const char *name = qemu_value_of(part, "guest");
        if (!name && first && !strchr(part, '='))
            name = part;
        if (name)
            snprintf(args->name, sizeof(args->name), "%s", name);
    }
}

static bool take_uuid(struct qemu_args *args, const char *text)
{
    if (strlen(text) != QEMU_UUID_LEN)
        return false;
    for (int i = 0; i < QEMU_UUID_LEN; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    }
    for (int i = 0; i <= QEMU_UUID_LEN; i++)
        args->uuid[i] = (char)tolower((unsigned char)text[i]);
    return true;
}

/* Where there is no -uuid, the guest is given that of its first table. */
static void take_smbios(struct qemu_args *args, const char *text)
{
    char part[QEMU_PART_MAX];
    bool system = false;

    while (qemu_next_part(&text, part)) {
        const char *uuid = qemu_value_of(part, "uuid");
        if (strcmp(part, "type=1") == 0)
            system = true;
        else if (uuid && system)
            take_uuid(args, uuid);
    }
}

static uint64_t number(const char *text)
{
    uint64_t value;
    return parse_u64(&text, &value) && !*text ? value : 0;
}

static void take_smp(struct qemu_args *args, const char *text)
{
    static const char *const dimensions[] = {"drawers",  "books",   "sockets", "dies",
                                             "clusters", "modules", "cores",   "threads"};
    char part[QEMU_PART_MAX];
    uint64_t cpus = 0, most = 0, product = 1;

    for (bool first = true; qemu_next_part(&text, part); first = false) {
        const char *value = qemu_value_of(part, "cpus");
        if (value || (first && !strchr(part, '=')))
            cpus = number(value ? value : part);
        else if ((value = qemu_value_of(part, "maxcpus")))
            most = number(value);
        for (size_t i = 0; i < ARRAY_SIZE(dimensions); i++)
            if ((value = qemu_value_of(part, dimensions[i])) && number(value))
                product = parse_scale(product, number(value));
    }
    uint64_t all = cpus ? cpus : most ? most : product;
    args->vcpus = all <= UINT32_MAX ? (uint32_t)all : 0;
}

/* "2048", "2G", "1.5G": times UNIT without one. */
static uint64_t size_in_bytes(const char *text, uint64_t unit)
{
    static const char units[] = "bkmgtp";
    uint64_t thousandths;

    if (!parse_decimal(&text, 3, &thousandths))
        return 0;
    if (*text) {
        const char *at = strchr(units, tolower((unsigned char)*text));
        if (!at || text[1])
            return 0;
        unit = UINT64_C(1) << 10 * (at - units);
    }
    uint64_t bytes = parse_scale(thousandths, unit);
    return bytes == UINT64_MAX ? 0 : bytes / 1000;
}

static void take_memory(struct qemu_args *args, const char *text)
{
    char part[QEMU_PART_MAX];

    for (bool first = true; qemu_next_part(&text, part); first = false) {
        const char *value = qemu_value_of(part, "size");
        if (value || (first && !strchr(part, '=')))
            args->memory = size_in_bytes(value ? value : part, MIB);
    }
}

/* "memory-backend-ram,id=x,size=1G", or the same as a JSON object. */
static void take_object(struct qemu_args *args, const char *text)
{
    static const char key[] = "\"size\":";
    char part[QEMU_PART_MAX];
    uint64_t bytes = 0;

    if (args->backends == QEMU_BACKENDS_MAX || !strstr(text, "memory-backend-"))
        return;
    if (*text == '{') {
        const char *at = strstr(text, key);
        at = at ? at + sizeof(key) - 1 : text;
        parse_u64(&at, &bytes);
    } else {
        while (qemu_next_part(&text, part)) {
            const char *value = qemu_value_of(part, "size");
            if (value)
                bytes = size_in_bytes(value, 1);
        }
    }
    if (bytes)
        args->backend[args->backends++] = bytes;
}

/* "kvm", or a list "kvm:tcg" of which the first that works is taken. */
static void take_accel(struct qemu_args *args, const char *text)
{
    args->kvm = strncmp(text, "kvm", 3) == 0;
}

static void take_machine(struct qemu_args *args, const char *text)
{
    char part[QEMU_PART_MAX];

    for (bool first = true; qemu_next_part(&text, part); first = false) {
        const char *type = qemu_value_of(part, "type"), *accel = qemu_value_of(part, "accel");
        if (accel)
            take_accel(args, accel);
        else if (type || (first && !strchr(part, '=')))
            args->no_machine = strcmp(type ? type : part, "none") == 0;
    }
}

static void take_accel_option(struct qemu_args *args, const char *text)
{
    char part[QEMU_PART_MAX];

    if (qemu_next_part(&text, part)) {
        const char *value = qemu_value_of(part, "accel");
        take_accel(args, value ? value : part);
    }
}

static void take_path(struct qemu_args *args, const char *text)
{
    static const struct {
        const char *part;
        enum qemu_mark mark;
    } marks[] = {
        {"/run/qemu-server/", QEMU_MARK_PROXMOX}, {"/var/lib/incus/", QEMU_MARK_INCUS},
        {"/var/log/incus/", QEMU_MARK_INCUS},     {"/run/incus/", QEMU_MARK_INCUS},
        {"/var/snap/lxd/", QEMU_MARK_LXD},        {"/var/lib/lxd/", QEMU_MARK_LXD},
        {"/var/log/lxd/", QEMU_MARK_LXD},
    };

    for (size_t i = 0; args->mark == QEMU_MARK_NONE && i < ARRAY_SIZE(marks); i++)
        if (strstr(text, marks[i].part))
            args->mark = marks[i].mark;
}

/* libvirt's monitor is always called so; where its files are says which daemon it was. */
static void take_libvirt(struct qemu_args *args, const char *option, const char *text)
{
    bool monitor = strcmp(option, "mon") == 0 && strstr(text, "chardev=charmonitor");
    bool session = strcmp(option, "object") == 0 && strstr(text, "/.config/libvirt/qemu/");

    if (session)
        args->mark = QEMU_MARK_LIBVIRT_SESSION;
    else if (monitor && args->mark != QEMU_MARK_LIBVIRT_SESSION)
        args->mark = QEMU_MARK_LIBVIRT;
}

static void take_option(struct qemu_args *args, const char *option, const char *value,
                        bool *uuid_given)
{
    static const struct {
        const char *option;
        void (*take)(struct qemu_args *args, const char *text);
    } options[] = {
        {"name", take_name},       {"smp", take_smp},         {"m", take_memory},
        {"machine", take_machine}, {"M", take_machine},       {"accel", take_accel_option},
        {"pidfile", take_path},    {"readconfig", take_path}, {"chardev", take_path},
        {"qmp", take_path},        {"D", take_path},          {"object", take_object},
    };

    for (size_t i = 0; i < ARRAY_SIZE(options); i++)
        if (strcmp(option, options[i].option) == 0)
            options[i].take(args, value);
    if (strcmp(option, "uuid") == 0)
        *uuid_given = take_uuid(args, value) || *uuid_given;
    else if (strcmp(option, "smbios") == 0 && !*uuid_given)
        take_smbios(args, value);
    else if (strcmp(option, "id") == 0 && number(value) <= UINT32_MAX)
        args->vmid = (uint32_t)number(value);
    take_libvirt(args, option, value);
}

void qemu_args_parse(struct qemu_args *ret, const char *cmdline, size_t len)
{
    const char *end = cmdline + len, *option = NULL;
    bool uuid_given = false, elsewhere = false;

    *ret = (struct qemu_args){.kvm = -1};
    for (const char *arg = cmdline; arg < end;) {
        const char *stop = memchr(arg, '\0', (size_t)(end - arg));
        if (!stop)
            break;
        if (option)
            take_option(ret, option, arg, &uuid_given);
        /* "-name" and "--name" are the same.  What follows an option may be its value or another
         * option: it is looked at as both. */
        option = arg[0] == '-' && arg[1] ? arg + 1 + (arg[1] == '-') : NULL;
        if (option && strcmp(option, "enable-kvm") == 0)
            ret->kvm = 1;
        elsewhere |= option && (strcmp(option, "readconfig") == 0 || strcmp(option, "smp") == 0);
        arg = stop + 1;
    }
    /* QEMU's own default, unless a file or what was cut off may say something else. */
    if (!ret->vcpus && !elsewhere && len > 0 && end[-1] == '\0')
        ret->vcpus = 1;
}
