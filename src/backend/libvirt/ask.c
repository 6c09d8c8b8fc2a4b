#include "backend/libvirt/act.h"

#include <arpa/inet.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "backend/libvirt/agent.h"
#include "backend/libvirt/words.h"
#include "base/alloc.h"

/* In canonical form, for the text comes from elsewhere; NULL for what leads nowhere from here. */
static char *canonical(const char *text)
{
    char out[INET6_ADDRSTRLEN];
    struct in_addr v4;
    struct in6_addr v6;

    if (text && inet_pton(AF_INET, text, &v4) == 1) {
        uint32_t host = ntohl(v4.s_addr);
        if (host >> 24 == 127 || host >> 16 == 0xa9fe || host == 0)
            return NULL;
        return xstrdup(inet_ntop(AF_INET, &v4, out, sizeof(out)));
    }
    if (text && inet_pton(AF_INET6, text, &v6) == 1) {
        if (IN6_IS_ADDR_LOOPBACK(&v6) || IN6_IS_ADDR_LINKLOCAL(&v6) || IN6_IS_ADDR_UNSPECIFIED(&v6))
            return NULL;
        return xstrdup(inet_ntop(AF_INET6, &v6, out, sizeof(out)));
    }
    return NULL;
}

static void add(struct frame_answer *answer, size_t *count, char *address)
{
    for (size_t i = 0; address && i < *count; i++) {
        if (strcmp(answer->values[i], address) == 0) {
            free(address);
            return;
        }
    }
    if (address && *count < FACTS_ADDRESSES_MAX)
        answer->values[(*count)++] = address;
    else
        free(address);
}

/* What a call said; false when its source could not be asked. */
static bool take(virDomainInterfacePtr *interfaces, int got, struct frame_answer *answer,
                 size_t *count)
{
    for (int i = 0; i < got; i++) {
        for (unsigned j = 0; j < interfaces[i]->naddrs; j++)
            add(answer, count, canonical(interfaces[i]->addrs[j].addr));
        virDomainInterfaceFree(interfaces[i]);
    }
    free(interfaces);
    return got >= 0;
}

static bool ask_source(virDomainPtr dom, unsigned source, struct frame_answer *answer,
                       size_t *count)
{
    virDomainInterfacePtr *interfaces = NULL;
    int got = virDomainInterfaceAddresses(dom, &interfaces, source, 0);

    return take(interfaces, got, answer, count);
}

static int ask_addresses(const struct lv_uri *uri, virDomainPtr dom, bool agent,
                         struct frame_answer *answer, struct error *err)
{
    size_t count = 0;
    bool asked = ask_source(dom, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE, answer, &count);

    if (count == 0)
        asked |= ask_source(dom, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP, answer, &count);
    if (count == 0 && agent) {
        virDomainInterfacePtr *interfaces = NULL;
        int got = lv_agent_interfaces(uri, dom, &interfaces);
        asked |= take(interfaces, got, answer, &count);
    }
    return asked ? 0 : lv_error(err, virGetLastError(), "addresses");
}

/* As it runs, or will: without passwords, which only a writable connection is told. */
static int ask_configuration(virDomainPtr dom, struct frame_answer *answer, struct error *err)
{
    char *xml = virDomainGetXMLDesc(dom, 0);

    if (!xml)
        return lv_error(err, virGetLastError(), "configuration");
    answer->text = xml; /* from malloc() */
    return 0;
}

int lv_ask(const struct lv_uri *uri, const struct frame_ask *request, struct frame_answer *answer,
           struct error *err)
{
    bool configuration = request->question && strcmp(request->question, "configuration") == 0;

    if (!configuration && (!request->question || strcmp(request->question, "addresses") != 0))
        return error_set(err, ERR_UNSUPPORTED, NULL, "libvirt cannot be asked that");
    virConnectPtr conn = virConnectOpenReadOnly(uri->open);
    if (!conn) {
        lv_trouble(virGetLastError(), uri, false, err);
        return err ? err->code : ERR_LOST;
    }
    virConnectSetKeepAlive(conn, 2, 2);
    virDomainPtr dom = virDomainLookupByUUIDString(conn, request->key ? request->key : "");
    if (!dom) {
        int rc = lv_error(err, virGetLastError(), request->question);
        virConnectClose(conn);
        return rc;
    }
    int rc = configuration ? ask_configuration(dom, answer, err)
                           : ask_addresses(uri, dom, request->agent, answer, err);
    virDomainFree(dom);
    virConnectClose(conn);
    return rc;
}
