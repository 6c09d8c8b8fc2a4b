/* Network links of this host over rtnetlink: all counters in one dump a tick, and which host link
 * leads into which guest, asked only when guests come or go.  Not thread-safe; calls do not block
 * (the kernel answers within the call; a lost answer is given up after 200 ms). */
#ifndef VCTOP_KERNEL_LINK_H
#define VCTOP_KERNEL_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "model/devsum.h"
#include "model/field.h"

/* rtnl_link_stats64 of one link, as the host sees it. */
struct link_counters {
    uint64_t rx_bytes, tx_bytes, rx_packets, tx_packets;
    uint64_t rx_errors, tx_errors, rx_drops, tx_drops;
};

/* What leads where; from RTM_GETLINK. */
struct link_info {
    int ifindex;
    int peer_nsid; /* IFLA_LINK_NETNSID: namespace of the other end of a veth; -1 none */
    int peer;      /* IFLA_LINK: the other end's index there; 0 unknown */
    char name[16];
};

struct links;

int links_open(struct links **ret, struct error *err);
void links_close(struct links *links);

/* One RTM_GETSTATS dump (IFLA_STATS_LINK_64; RTM_GETLINK on kernels before 4.7).  On failure the
 * old counters are dropped. */
int links_refresh(struct links *links, struct error *err);

/* The counters as of the last links_refresh(); false when there is no such link. */
bool links_get(const struct links *links, int ifindex, struct link_counters *ret);

/* The index of the link of that name in this network namespace; 0 when there is none.  One ioctl:
 * ask once. */
int links_index(const char *name);

/* Reads all links with their peers (quadratic in the number of veths: only when guests have come or
 * gone).  It also makes the kernel give a nsid to every namespace with a veth into ours. */
int links_map(struct links *links, struct error *err);

/* The nsid that we know the network namespace of PID by (RTM_GETNSID); -1 when it has none: nothing
 * of ours leads there.  Our own may have one too, which no link leads into: whether a guest shares
 * it is told by proc_namespace(..., "net"). */
int links_nsid(struct links *links, pid_t pid);

/* Host ends of the veths that lead into NSID as of the last links_map(): at most MAX indexes into
 * RET.  Returns how many there are in all. */
size_t links_into(const struct links *links, int nsid, int *ret, size_t max);

/* What the last links_map() says of a link; NULL: nothing.  Valid until the next one. */
const struct link_info *links_info(const struct links *links, int ifindex);

/* Sums the COUNT links of one guest into SAMPLE, swapped to the guest's view (the host receives
 * what the guest sends), through SUM (one per life of the guest).  No link of them there: nothing
 * set. */
void links_sum_guest(const struct links *links, const int *ifindex, size_t count,
                     struct devsum *sum, struct sample *sample);

/* The guest's own view from /proc/PID/net/dev, for a namespace without a link of ours in it
 * (macvlan, a passed-through card): all but lo and what only carries traffic inside (bridges, host
 * ends of veths, by name).  Opened each time, for a held descriptor would keep the namespace of a
 * stopped container alive.  0, ERR_GONE, ERR_DENIED, ERR_SYNTAX. */
int net_dev_sum(const char *root, pid_t pid, struct devsum *sum, struct sample *sample);

/* A link by whose name it only carries traffic inside a namespace. */
bool net_dev_is_inside(const char *name);

/* Parses TEXT of a net/dev: calls VISIT for each link.  ERR_SYNTAX when it is no such text. */
int net_dev_parse(const char *text,
                  void (*visit)(const char *name, const struct link_counters *counters, void *user),
                  void *user);

#endif
