/* The guest agent of a machine on this host. */
#ifndef VCTOP_BACKEND_LIBVIRT_AGENT_H
#define VCTOP_BACKEND_LIBVIRT_AGENT_H

#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stddef.h>

#include "backend/libvirt/uri.h"

/* What libvirt's daemon has written down of a running machine (XML, LEN bytes): true when its agent
 * is connected, with the seconds that any client's call waits for an answer in *TIMEOUT_S
 * (negative: a virDomainAgentResponseTimeoutValues). */
bool lv_agent_is_connected(const char *xml, size_t len, int *timeout_s);

/* Asks the agent of DOM on a writable connection for its interfaces.  Returns how many *RET has,
 * which the caller frees as those of virDomainInterfaceAddresses(); all that is in them is the
 * guest's own word.  Negative: it is not connected, cannot be asked without harm, or is silent.
 *
 * That time belongs to the machine and holds for all clients: it is 2 s meanwhile and then what it
 * was, so nobody is asked where that cannot be read.  Probe role only, for it ignores SIGTERM
 * meanwhile.  Blocks 2.5 s, or as long as libvirtd hangs: then SIGALRM ends the process. */
int lv_agent_interfaces(const struct lv_uri *uri, virDomainPtr dom, virDomainInterfacePtr **ret);

#endif
