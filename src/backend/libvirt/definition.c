#include "backend/libvirt/definition.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backend/libvirt/isolation.h"
#include "backend/libvirt/owner.h"
#include "base/alloc.h"
#include "base/cleanup.h"

#define TEXT_MAX 4096 /* titles have no bound in libvirt */

static bool is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* NULL also without a NODE. */
static const xmlNode *child(const xmlNode *node, const char *name)
{
    for (const xmlNode *at = node ? node->children : NULL; at; at = at->next)
        if (is(at, name))
            return at;
    return NULL;
}

/* The caller frees. */
static char *kept(xmlChar *text)
{
    char *copy = text && *text ? xstrndup((const char *)text, TEXT_MAX) : NULL;
    xmlFree(text);
    return copy;
}

static char *content(const xmlNode *node)
{
    return node ? kept(xmlNodeGetContent(node)) : NULL;
}

/* NULL also without a NODE. */
static char *attribute(const xmlNode *node, const char *name)
{
    return node ? kept(xmlGetNoNsProp(node, (const xmlChar *)name)) : NULL;
}

static uint64_t number(const char *text)
{
    char *end;
    while (text && (*text == ' ' || *text == '\n' || *text == '\t'))
        text++;
    if (!text || *text < '0' || *text > '9')
        return 0;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    return errno ? 0 : value;
}

/* libvirt's units: bytes, KB (1000), k or KiB (1024), ...; KiB when there is none. */
static uint64_t unit_factor(const char *unit)
{
    static const char letters[] = "kmgtpe";

    if (!unit)
        return 1024;
    if (strcasecmp(unit, "b") == 0 || strcasecmp(unit, "bytes") == 0)
        return 1;
    char low = (char)(unit[0] | 0x20);
    const char *at = unit[0] ? strchr(letters, low) : NULL;
    bool decimal = strcasecmp(unit + (unit[0] != '\0'), "b") == 0;
    if (!at || (!decimal && unit[1] && strcasecmp(unit + 1, "ib") != 0))
        return 0;
    uint64_t base = decimal ? 1000 : 1024, factor = 1;
    for (long i = 0; i <= at - letters; i++)
        factor *= base;
    return factor;
}

static uint64_t memory_of(const xmlNode *node)
{
    char *text = content(node), *unit = attribute(node, "unit");
    uint64_t value = number(text), factor = unit_factor(unit), bytes = 0;

    if (__builtin_mul_overflow(value, factor, &bytes))
        bytes = 0;
    free(text);
    free(unit);
    return bytes;
}

static uint32_t vcpus_of(const xmlNode *node)
{
    char *current = attribute(node, "current"), *text = content(node);
    uint64_t value = number(current ? current : text);

    free(current);
    free(text);
    return value > UINT32_MAX ? 0 : (uint32_t)value;
}

static void read_nic(struct lv_definition *definition, const xmlNode *node)
{
    if (definition->nic_count == LV_NICS_MAX)
        return;
    definition->nics = xrealloc(definition->nics, definition->nic_count + 1, sizeof(struct lv_nic));
    struct lv_nic *nic = &definition->nics[definition->nic_count++];
    nic->dev = attribute(child(node, "target"), "dev");
    nic->mac = attribute(child(node, "mac"), "address");
    char *type = attribute(node, "type");
    nic->direct = type && strcmp(type, "direct") == 0;
    free(type);
}

/* The image or device of a disk; network disks have none here. */
static uint32_t disk_signs(const xmlNode *node)
{
    static const char *const names[] = {"file", "dev"};
    const xmlNode *source = child(node, "source");
    uint32_t signs = 0;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        char *path = attribute(source, names[i]);
        if (path)
            signs |= lv_owner_signs(LV_TRACE_DISK, path);
        free(path);
    }
    return signs;
}

static struct lv_disk *add_disk(struct lv_definition *definition)
{
    if (definition->disk_count == LV_DISKS_MAX)
        return NULL;
    definition->disks =
        xrealloc(definition->disks, definition->disk_count + 1, sizeof(struct lv_disk));
    struct lv_disk *disk = &definition->disks[definition->disk_count++];
    *disk = (struct lv_disk){0};
    return disk;
}

/* A source names its path by its kind: file=, dev=, dir=. */
static char *source_path(const xmlNode *source)
{
    static const char *const names[] = {"file", "dev", "dir"};
    char *path = NULL;

    for (size_t i = 0; source && !path && i < sizeof(names) / sizeof(names[0]); i++)
        path = attribute(source, names[i]);
    if (path && path[0] != '/') {
        free(path);
        path = NULL;
    }
    return path;
}

static void read_disk(struct lv_definition *definition, const xmlNode *node)
{
    const xmlNode *source = child(node, "source");
    char *target = attribute(child(node, "target"), "dev");
    struct lv_disk *disk = target ? add_disk(definition) : NULL;

    if (!disk) {
        free(target);
        return;
    }
    disk->target = target;
    disk->source = source_path(source);
    disk->pool = attribute(source, "pool");
    disk->volume = attribute(source, "volume");
    disk->alias = attribute(child(node, "alias"), "name");
    disk->format = attribute(child(node, "driver"), "type");
}

/* Of a container: where it has its root.  Shares of a machine are no disks. */
static void read_filesystem(struct lv_definition *definition, const xmlNode *node)
{
    char *target = attribute(child(node, "target"), "dir");
    struct lv_disk *disk = target && strcmp(target, "/") == 0 ? add_disk(definition) : NULL;

    free(target);
    if (!disk)
        return;
    disk->target = xstrdup("rootfs");
    disk->source = source_path(child(node, "source"));
}

static uint32_t content_signs(enum lv_owner_trace where, const xmlNode *node)
{
    char *text = content(node);
    uint32_t signs = text ? lv_owner_signs(where, text) : 0;

    free(text);
    return signs;
}

static uint32_t entry_signs(const xmlNode *system)
{
    uint32_t signs = 0;

    for (const xmlNode *at = system ? system->children : NULL; at; at = at->next)
        if (is(at, "entry"))
            signs |= content_signs(LV_TRACE_SYSTEM, at);
    return signs;
}

/* What whoever made the domain has left in it. */
static const char *find_owner(const xmlNode *root)
{
    const xmlNode *metadata = child(root, "metadata"), *devices = child(root, "devices");
    uint32_t signs = content_signs(LV_TRACE_NAME, child(root, "name")) |
                     content_signs(LV_TRACE_DESCRIPTION, child(root, "description"));

    for (const xmlNode *at = metadata ? metadata->children : NULL; at; at = at->next)
        if (at->type == XML_ELEMENT_NODE && at->ns && at->ns->href)
            signs |= lv_owner_signs(LV_TRACE_NAMESPACE, (const char *)at->ns->href);
    for (const xmlNode *at = devices ? devices->children : NULL; at; at = at->next)
        if (is(at, "disk"))
            signs |= disk_signs(at);
    for (const xmlNode *at = root->children; at; at = at->next)
        if (is(at, "sysinfo"))
            signs |= entry_signs(child(at, "system"));
    return lv_owner(signs);
}

static void read_devices(struct lv_definition *definition, const xmlNode *devices)
{
    for (const xmlNode *at = devices->children; at; at = at->next) {
        if (is(at, "interface")) {
            read_nic(definition, at);
        } else if (is(at, "disk")) {
            read_disk(definition, at);
        } else if (is(at, "filesystem")) {
            read_filesystem(definition, at);
        } else if (is(at, "panic")) {
            definition->panics = true;
        } else if (is(at, "memballoon")) {
            char *model = attribute(at, "model");
            definition->balloon = model && strcmp(model, "none") != 0;
            free(model);
        }
    }
}

static void read_domain(struct lv_definition *definition, const xmlNode *root)
{
    definition->type = attribute(root, "type");
    definition->manager = find_owner(root);
    for (const xmlNode *at = root->children; at; at = at->next) {
        if (is(at, "title")) {
            free(definition->title);
            definition->title = content(at);
        } else if (is(at, "memory")) {
            definition->memory = memory_of(at);
        } else if (is(at, "currentMemory")) {
            definition->current_memory = memory_of(at);
        } else if (is(at, "vcpu")) {
            definition->vcpus = vcpus_of(at);
        } else if (is(at, "devices")) {
            read_devices(definition, at);
        } else if (is(at, "os")) {
            /* "exe" is an init in namespaces (lxc, openvz): a container, whatever runs it. */
            char *os = content(child(at, "type"));
            if (os && strcmp(os, "exe") == 0)
                definition->kind = KIND_CONTAINER;
            free(os);
        }
    }
    if (!definition->current_memory)
        definition->current_memory = definition->memory;
}

/* The document with a root element of NAME, the caller's to free with xmlFreeDoc(); NULL, and ERR
 * is filled with ERR_SYNTAX. */
static xmlDoc *read_document(const char *xml, size_t len, const char *name, struct error *err)
{
    if (len > LV_XML_MAX) {
        error_set(err, ERR_SYNTAX, NULL, "%s XML of %zu bytes is too long", name, len);
        return NULL;
    }
    /* libvirt writes none: it could only be there to define entities. */
    if (memmem(xml, len, "<!DOCTYPE", 9)) {
        error_set(err, ERR_SYNTAX, NULL, "%s XML with a document type", name);
        return NULL;
    }
    xmlDoc *doc = xmlReadMemory(xml, (int)len, "libvirt.xml", NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (root && is(root, name))
        return doc;
    xmlFreeDoc(doc);
    error_set(err, ERR_SYNTAX, NULL, "%s XML cannot be parsed", name);
    return NULL;
}

int lv_pool_definition_parse(const char *xml, size_t len, struct lv_pool_definition *ret,
                             struct error *err)
{
    static const char *const of_files[] = {"dir", "fs", "netfs", "vstorage"};
    xmlDoc *doc = read_document(xml, len, "pool", err);

    if (!doc)
        return ERR_SYNTAX;
    const xmlNode *root = xmlDocGetRootElement(doc), *target = child(root, "target");
    struct lv_pool_definition pool = {.type = attribute(root, "type")};
    for (size_t i = 0; pool.type && i < sizeof(of_files) / sizeof(of_files[0]); i++)
        if (strcmp(pool.type, of_files[i]) == 0)
            pool.directory = target ? content(child(target, "path")) : NULL;
    if (pool.directory && pool.directory[0] != '/') {
        free(pool.directory);
        pool.directory = NULL;
    }
    xmlFreeDoc(doc);
    *ret = pool;
    return 0;
}

void lv_pool_definition_clear(struct lv_pool_definition *pool)
{
    free(pool->type);
    free(pool->directory);
    *pool = (struct lv_pool_definition){0};
}

xmlDoc *lv_definition_open(const char *xml, size_t len, struct error *err)
{
    return read_document(xml, len, "domain", err);
}

xmlDoc *lv_status_open(const char *xml, size_t len, struct error *err)
{
    return read_document(xml, len, "domstatus", err);
}

int lv_definition_parse(const char *xml, size_t len, struct lv_definition **ret, struct error *err)
{
    xmlDoc *doc = lv_definition_open(xml, len, err);

    if (!doc)
        return ERR_SYNTAX;
    struct lv_definition *definition = xcalloc(1, sizeof(*definition));
    definition->refs = 1;
    definition->kind = KIND_MACHINE;
    read_domain(definition, xmlDocGetRootElement(doc));
    lv_isolation_of_xml(xmlDocGetRootElement(doc), &definition->isolation);
    xmlFreeDoc(doc);
    *ret = definition;
    return 0;
}

const char *lv_definition_disk(const struct lv_definition *definition, const char *name)
{
    for (size_t i = 0; definition && i < definition->disk_count; i++) {
        const struct lv_disk *disk = &definition->disks[i];
        if (strcmp(disk->target, name) == 0 || (disk->alias && strcmp(disk->alias, name) == 0))
            return disk->target;
    }
    return NULL;
}

struct lv_definition *lv_definition_ref(struct lv_definition *definition)
{
    if (definition)
        __atomic_add_fetch(&definition->refs, 1, __ATOMIC_RELAXED);
    return definition;
}

void lv_definition_unref(struct lv_definition *definition)
{
    if (!definition || __atomic_sub_fetch(&definition->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < definition->nic_count; i++) {
        free(definition->nics[i].dev);
        free(definition->nics[i].mac);
    }
    free(definition->nics);
    for (size_t i = 0; i < definition->disk_count; i++) {
        free(definition->disks[i].target);
        free(definition->disks[i].alias);
        free(definition->disks[i].source);
        free(definition->disks[i].format);
        free(definition->disks[i].pool);
        free(definition->disks[i].volume);
    }
    free(definition->disks);
    isolation_facts_clear(&definition->isolation);
    free(definition->title);
    free(definition->type);
    free(definition);
}
