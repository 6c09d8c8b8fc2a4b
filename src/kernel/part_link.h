/* Network links as parts of a guest, with the hops behind them: bridge and uplink. */
#ifndef VCTOP_KERNEL_PART_LINK_H
#define VCTOP_KERNEL_PART_LINK_H

#include "kernel/link.h"
#include "model/isolation.h"
#include "model/part.h"

struct link_hops {
    char bridge[16]; /* whose port it is; "" none */
    char uplink[16]; /* the bridge's only port that leads out of this host; "" none or many */
};

/* Where the packets of the host's link DEV go, from /sys/class/net below ROOT: master; and of its
 * ports those that are hardware (they have a device), a bond or a VLAN. */
void link_hops(const char *root, const char *dev, struct link_hops *ret);

/* Adds to the NETWORK of RET where the packets of DEV go, once each: "br0 -> eno1", "br0" where no
 * uplink or more than one is known.  Nothing for a link without a bridge. */
void link_add_network(const char *root, const char *dev, struct isolation_facts *ret);

/* Adds the link NAME of a guest, whose end on the host is DEV, with the counters of the last
 * links_refresh(): the guest's view.  DIRECT: the host's view is the guest's (macvtap).  NULL when
 * there is no such link. */
struct part *part_link_add(struct links *links, const char *root, const char *name, const char *dev,
                           bool direct, struct parts *parts);

/* Adds those of the namespace of PID that lead out of it, as it sees them itself: where no link of
 * ours leads there.  From /proc/PID/net/dev, as net_dev_sum().  False when that cannot be read. */
bool part_links_own(const char *root, pid_t pid, struct parts *parts);

/* What the link INDEX is called in the network namespace of PID, from /proc/PID/net/igmp (every
 * link that knows IPv4) or net/if_inet6; false when neither has it. */
bool part_link_name(const char *root, pid_t pid, int index, char name[16]);

#endif
