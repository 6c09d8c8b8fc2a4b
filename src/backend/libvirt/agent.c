#include "backend/libvirt/agent.h"

#include <fcntl.h>
#include <libxml/xpath.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "backend/libvirt/definition.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"

#define ANSWER_S 2
#define WAIT_NS (2500 * NS_PER_MS) /* it is asked twice: whether it is there, then what we want */
#define HANGS_S 10
#define CONNECTED \
    "/domstatus/domain/devices/channel/target" \
    "[@type='virtio' and @name='org.qemu.guest_agent.0' and @state='connected']"

bool lv_agent_is_connected(const char *xml, size_t len, int *timeout_s)
{
    xmlDoc *doc = lv_status_open(xml, len, NULL);
    xmlXPathContext *context = doc ? xmlXPathNewContext(doc) : NULL;
    xmlXPathObject *timeout = NULL, *channel = NULL;
    bool connected = false;

    if (context) {
        timeout =
            xmlXPathEvalExpression((const xmlChar *)"number(/domstatus/agentTimeout)", context);
        channel = xmlXPathEvalExpression((const xmlChar *)CONNECTED, context);
    }
    if (timeout && channel && channel->nodesetval && channel->nodesetval->nodeNr > 0 &&
        timeout->floatval >= VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK &&
        timeout->floatval <= INT32_MAX) {
        *timeout_s = (int)timeout->floatval;
        connected = true;
    }
    xmlXPathFreeObject(channel);
    xmlXPathFreeObject(timeout);
    xmlXPathFreeContext(context);
    xmlFreeDoc(doc);
    return connected;
}

static bool read_status(const struct lv_uri *uri, virDomainPtr dom, int *timeout_s)
{
    const char *name = virDomainGetName(dom);
    CLEANUP_FREE char *xml = NULL;

    if (!name || strchr(name, '/'))
        return false;
    CLEANUP_FREE char *path = xasprintf("%s/%s.xml", uri->run_dir, name);
    ssize_t len = io_read_regular(AT_FDCWD, path, LV_XML_MAX, &xml);
    return len > 0 && lv_agent_is_connected(xml, (size_t)len, timeout_s);
}

struct question {
    virDomainPtr dom;
    virDomainInterfacePtr *interfaces;
    int count;
};

static void *ask(void *user)
{
    struct question *question = user;

    question->count = virDomainInterfaceAddresses(question->dom, &question->interfaces,
                                                  VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, 0);
    return NULL;
}

/* The call may wait for another client's turn with the agent, far longer than for an answer: the
 * machine gets its own time back before that. */
static int ask_for_a_while(virDomainPtr dom, int timeout_s, virDomainInterfacePtr **ret)
{
    struct question question = {.dom = dom, .count = -1};
    pthread_t thread;
    bool started, ended;

    if (virDomainAgentSetResponseTimeout(dom, ANSWER_S, 0) < 0)
        return -1;
    started = pthread_create(&thread, NULL, ask, &question) == 0;
    int64_t until = clock_wall_ns() + WAIT_NS;
    struct timespec at = {.tv_sec = until / NS_PER_S, .tv_nsec = until % NS_PER_S};
    ended = !started || pthread_timedjoin_np(thread, NULL, &at) == 0;
    virDomainAgentSetResponseTimeout(dom, timeout_s, 0);
    if (!ended)
        pthread_join(thread, NULL);
    *ret = question.interfaces;
    return question.count;
}

static int connect_and_ask(const struct lv_uri *uri, virDomainPtr dom, int timeout_s,
                           virDomainInterfacePtr **ret)
{
    unsigned char uuid[VIR_UUID_BUFLEN];
    virConnectPtr conn = virConnectOpen(uri->open);
    virDomainPtr own = NULL;
    int count = -1;

    if (!conn)
        return -1;
    virConnectSetKeepAlive(conn, 2, 2);
    if (virDomainGetUUID(dom, uuid) == 0)
        own = virDomainLookupByUUID(conn, uuid);
    if (own) {
        count = ask_for_a_while(own, timeout_s, ret);
        virDomainFree(own);
    }
    virConnectClose(conn);
    return count;
}

int lv_agent_interfaces(const struct lv_uri *uri, virDomainPtr dom, virDomainInterfacePtr **ret)
{
    int timeout_s, count = -1;

    if (!uri->run_dir)
        return -1;
    /* One vctop at a time, or the second would give back what the first has set. */
    CLEANUP_CLOSE int lock = open(uri->run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) < 0)
        return -1;
    /* Nor does the end of vctop come between. */
    signal(SIGTERM, SIG_IGN);
    alarm(HANGS_S);
    if (read_status(uri, dom, &timeout_s))
        count = connect_and_ask(uri, dom, timeout_s, ret);
    alarm(0);
    signal(SIGTERM, SIG_DFL);
    return count;
}
