#include "backend/libvirt/definition.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

#define TEXT_MAX 4096 /* titles have no bound in libvirt */

static bool is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static const xmlNode *child(const xmlNode *node, const char *name)
{
    for (const xmlNode *at = node->children; at; at = at->next)
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

static void read_devices(struct lv_definition *definition, const xmlNode *devices)
{
    for (const xmlNode *at = devices->children; at; at = at->next) {
        if (is(at, "interface")) {
            read_nic(definition, at);
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

xmlDoc *lv_definition_open(const char *xml, size_t len, struct error *err)
{
    xmlDoc *doc = NULL;

    if (len > LV_XML_MAX) {
        error_set(err, ERR_SYNTAX, NULL, "domain XML of %zu bytes is too long", len);
        return NULL;
    }
    /* libvirt writes none: it could only be there to define entities. */
    if (memmem(xml, len, "<!DOCTYPE", 9)) {
        error_set(err, ERR_SYNTAX, NULL, "domain XML with a document type");
        return NULL;
    }
    doc = xmlReadMemory(xml, (int)len, "domain.xml", NULL,
                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (!root || !is(root, "domain")) {
        xmlFreeDoc(doc);
        error_set(err, ERR_SYNTAX, NULL, "domain XML cannot be parsed");
        return NULL;
    }
    return doc;
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
    xmlFreeDoc(doc);
    *ret = definition;
    return 0;
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
    free(definition->title);
    free(definition->type);
    free(definition);
}
