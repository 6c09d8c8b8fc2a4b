#include "backend/libvirt/chardev.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <string.h>

#include "backend/libvirt/definition.h"

#define LINES "/domain/devices/serial | /domain/devices/console"
/* QEMU's are pseudo terminals; a container's console is one always and says so too. */
#define ALIASES \
    "/domain/devices/serial[@type='pty']/alias/@name | " \
    "/domain/devices/console[@type='pty']/alias/@name"

static bool has_device(const struct relay *relay, const char *name)
{
    for (size_t i = 0; i < CONSOLE_DEVICES_MAX && relay->devices[i]; i++) {
        if (strcmp(relay->devices[i], name) == 0)
            return true;
    }
    return false;
}

/* A domain's first console is its first serial line once more, under the same alias. */
static size_t add_all(xmlXPathContext *context, struct relay *relay)
{
    xmlXPathObject *found = xmlXPathEvalExpression((const xmlChar *)ALIASES, context);
    int count = found && found->nodesetval ? found->nodesetval->nodeNr : 0;

    for (int i = 0; i < count; i++) {
        xmlChar *name = xmlNodeGetContent(found->nodesetval->nodeTab[i]);
        if (name && *name && !has_device(relay, (const char *)name))
            relay_add_device(relay, (const char *)name);
        xmlFree(name);
    }
    xmlXPathFreeObject(found);
    return (size_t)count;
}

static bool has_lines(xmlXPathContext *context)
{
    xmlXPathObject *found = xmlXPathEvalExpression((const xmlChar *)LINES, context);
    bool any = found && found->nodesetval && found->nodesetval->nodeNr > 0;

    xmlXPathFreeObject(found);
    return any;
}

int lv_chardevs(const char *xml, size_t len, struct relay *relay, struct error *err)
{
    xmlDoc *doc = lv_definition_open(xml, len, err);
    xmlXPathContext *context;
    int rc = 0;

    if (!doc)
        return ERR_SYNTAX;
    context = xmlXPathNewContext(doc);
    if (!context || add_all(context, relay) == 0) {
        if (context && has_lines(context))
            rc = error_set(err, ERR_UNSUPPORTED, "virsh edit: give it a <serial type='pty'/>",
                           "its serial line leads elsewhere, not to a console");
        else
            rc = error_set(err, ERR_UNSUPPORTED,
                           "virsh edit: add <serial type='pty'/> to its devices, then restart it",
                           "it has no serial console");
    }
    xmlXPathFreeContext(context);
    xmlFreeDoc(doc);
    return rc;
}
