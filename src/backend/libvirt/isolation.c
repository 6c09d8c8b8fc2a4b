#include "backend/libvirt/isolation.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"

static bool is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static const xmlNode *child(const xmlNode *node, const char *name)
{
    for (const xmlNode *at = node ? node->children : NULL; at; at = at->next)
        if (is(at, name))
            return at;
    return NULL;
}

/* The caller frees; NULL when there is none. */
static char *copy_of(xmlChar *text)
{
    char *copy = text && *text ? xstrdup((const char *)text) : NULL;
    xmlFree(text);
    return copy;
}

static char *attribute(const xmlNode *node, const char *name)
{
    return node ? copy_of(xmlGetNoNsProp(node, (const xmlChar *)name)) : NULL;
}

static bool has(const xmlNode *node, const char *name, const char *value)
{
    CLEANUP_FREE char *text = attribute(node, name);
    return text && strcmp(text, value) == 0;
}

/* "apparmor: libvirt-UUID", "none". */
static void take_seclabel(const xmlNode *node, struct isolation_facts *ret)
{
    CLEANUP_FREE char *type = attribute(node, "type"), *model = attribute(node, "model");
    const xmlNode *label = child(node, "label");
    CLEANUP_FREE char *value = label ? copy_of(xmlNodeGetContent(label)) : NULL;
    CLEANUP_FREE char *text = xasprintf("%s%s%s",
                                        model  ? model
                                        : type ? type
                                               : "?",
                                        value ? ": " : "", value ? value : "");

    /* DAC only says whose process it is, which the kernel says better. */
    if (!model || strcmp(model, "dac") != 0)
        isolation_set_text(ret, ISOLATION_FACT_SECLABEL, text);
}

static void take_os(const xmlNode *node, struct isolation_facts *ret)
{
    const xmlNode *loader = child(node, "loader"), *type = child(node, "type");
    CLEANUP_FREE char *machine = attribute(type, "machine");
    CLEANUP_FREE char *how = type ? copy_of(xmlNodeGetContent(type)) : NULL;
    bool uefi = has(node, "firmware", "efi") || has(loader, "type", "pflash");

    isolation_set_text(ret, ISOLATION_FACT_MACHINE, machine);
    /* A kernel that knows Xen, or an init in namespaces, is started without any. */
    if (!how || strcmp(how, "hvm") != 0)
        return;
    isolation_set_text(ret, ISOLATION_FACT_FIRMWARE, uefi ? "uefi" : "bios");
    isolation_set_number(ret, ISOLATION_FACT_SECURE_BOOT, uefi && has(loader, "secure", "yes"));
}

/* What virtiofs shares is not in QEMU's command line. */
static void take_filesystem(const xmlNode *node, struct isolation_facts *ret)
{
    CLEANUP_FREE char *directory = attribute(child(node, "source"), "dir");

    if (directory && has(child(node, "driver"), "type", "virtiofs") && !child(node, "readonly"))
        isolation_add(ret, ISOLATION_FACT_WRITABLE, directory);
}

/* MODEL is freed. */
static void take_model(char *model, struct isolation_facts *ret)
{
    if (model)
        isolation_add(ret, ISOLATION_FACT_MODELS, model);
    free(model);
}

static void take_devices(const xmlNode *devices, struct isolation_facts *ret)
{
    CLEANUP_FREE char *tpm = attribute(child(child(devices, "tpm"), "backend"), "type");

    isolation_set_text(ret, ISOLATION_FACT_TPM, tpm ? tpm : "none");
    isolation_begin_list(ret, ISOLATION_FACT_MODELS);
    for (const xmlNode *at = devices->children; at; at = at->next) {
        if (is(at, "filesystem"))
            take_filesystem(at, ret);
        else if (is(at, "disk") && !has(at, "device", "cdrom") && !has(at, "device", "floppy"))
            take_model(attribute(child(at, "target"), "bus"), ret);
        else if (is(at, "interface"))
            take_model(attribute(child(at, "model"), "type"), ret);
    }
}

void lv_isolation_of_xml(const xmlNode *root, struct isolation_facts *ret)
{
    CLEANUP_FREE char *type = attribute(root, "type");
    CLEANUP_FREE char *encryption = attribute(child(root, "launchSecurity"), "type");

    if (type && (strcmp(type, "kvm") == 0 || strcmp(type, "qemu") == 0))
        isolation_set_text(ret, ISOLATION_FACT_ACCEL, type[0] == 'k' ? "kvm" : "tcg");
    isolation_set_text(ret, ISOLATION_FACT_SEV, encryption ? encryption : "none");
    for (const xmlNode *at = root->children; at; at = at->next) {
        if (is(at, "seclabel"))
            take_seclabel(at, ret);
        else if (is(at, "os"))
            take_os(at, ret);
        else if (is(at, "devices"))
            take_devices(at, ret);
    }
}
