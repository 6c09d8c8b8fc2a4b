#include "kernel/link.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "kernel/parse.h"

#define BUFFER_BYTES (64 * 1024)
#define ANSWER_TIMEOUT_MS 200
#define LINKS_MAX 65536

struct link_entry {
    int ifindex;
    struct link_counters counters;
};

struct links {
    int fd;
    uint32_t seq;
    bool no_getstats;         /* an old kernel */
    struct link_entry *entry; /* by ifindex */
    size_t count, room;
    struct link_info *info;
    size_t info_count, info_room;
    char *buf;
};

int links_open(struct links **ret, struct error *err)
{
    CLEANUP_CLOSE int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return error_errno(err, errno, "Cannot ask the kernel for network links");
    struct timeval limit = {.tv_usec = ANSWER_TIMEOUT_MS * 1000};
    int room = 1024 * 1024;
    /* Best effort: without them a dump may fail, and says so then. */
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
        return error_errno(err, errno, "Cannot ask the kernel for network links");

    struct links *links = xcalloc(1, sizeof(*links));
    links->fd = move_fd(&fd);
    links->buf = xmalloc(BUFFER_BYTES);
    *ret = links;
    return 0;
}

void links_close(struct links *links)
{
    if (!links)
        return;
    close(links->fd);
    free(links->entry);
    free(links->info);
    free(links->buf);
    free(links);
}

/* Sends REQUEST and gives every message of the answer to VISIT.  0 or -errno. */
static int ask(struct links *links, struct nlmsghdr *request,
               void (*visit)(struct links *links, const struct nlmsghdr *message, void *user),
               void *user)
{
    request->nlmsg_seq = ++links->seq;
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    if (sendto(links->fd, request, request->nlmsg_len, 0, (const struct sockaddr *)&kernel,
               sizeof(kernel)) < 0)
        return -errno;
    for (;;) {
        ssize_t got = recv(links->fd, links->buf, BUFFER_BYTES, MSG_TRUNC);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got > BUFFER_BYTES)
            return -EMSGSIZE;
        size_t left = (size_t)got;
        for (const char *at = links->buf; left >= sizeof(struct nlmsghdr);) {
            const struct nlmsghdr *message = (const void *)at;
            size_t step = NLMSG_ALIGN(message->nlmsg_len);
            if (message->nlmsg_len < sizeof(*message) || message->nlmsg_len > left)
                break;
            at += step;
            left -= step < left ? step : left;
            if (message->nlmsg_seq != links->seq)
                continue; /* a late answer to what was given up */
            if (message->nlmsg_type == NLMSG_DONE)
                return 0;
            if (message->nlmsg_type == NLMSG_ERROR) {
                const struct nlmsgerr *error = NLMSG_DATA(message);
                return message->nlmsg_len >= NLMSG_LENGTH(sizeof(*error)) ? error->error : -EPROTO;
            }
            visit(links, message, user);
            if (!(request->nlmsg_flags & NLM_F_DUMP))
                return 0;
        }
    }
}

/* The attribute TYPE among LEN bytes from FIRST, NULL when there is none of at least SIZE bytes. */
static const void *attribute(const struct rtattr *first, int len, int type, size_t size)
{
    for (const struct rtattr *attr = first; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
        if ((attr->rta_type & NLA_TYPE_MASK) == type && RTA_PAYLOAD(attr) >= size)
            return RTA_DATA(attr);
    }
    return NULL;
}

static void add_counters(struct links *links, int ifindex, const void *stats)
{
    if (links->count == LINKS_MAX)
        return;
    if (links->count == links->room) {
        links->room = links->room ? links->room * 2 : 64;
        links->entry = xrealloc(links->entry, links->room, sizeof(*links->entry));
    }
    struct rtnl_link_stats64 s;
    memcpy(&s, stats, offsetof(struct rtnl_link_stats64, multicast));
    links->entry[links->count++] = (struct link_entry){.ifindex = ifindex,
                                                       .counters = {.rx_bytes = s.rx_bytes,
                                                                    .tx_bytes = s.tx_bytes,
                                                                    .rx_packets = s.rx_packets,
                                                                    .tx_packets = s.tx_packets,
                                                                    .rx_errors = s.rx_errors,
                                                                    .tx_errors = s.tx_errors,
                                                                    .rx_drops = s.rx_dropped,
                                                                    .tx_drops = s.tx_dropped}};
}

#define STATS_BYTES offsetof(struct rtnl_link_stats64, multicast)

static void take_stats(struct links *links, const struct nlmsghdr *message, void *user)
{
    (void)user;
    const struct if_stats_msg *body = NLMSG_DATA(message);
    int len = (int)message->nlmsg_len - (int)NLMSG_SPACE(sizeof(*body));
    if (message->nlmsg_type != RTM_NEWSTATS || len < 0)
        return;
    const struct rtattr *first = (const void *)((const char *)body + NLMSG_ALIGN(sizeof(*body)));
    const void *stats = attribute(first, len, IFLA_STATS_LINK_64, STATS_BYTES);
    if (stats)
        add_counters(links, (int)body->ifindex, stats);
}

static void add_info(struct links *links, const struct link_info *info)
{
    if (links->info_count == LINKS_MAX)
        return;
    if (links->info_count == links->info_room) {
        links->info_room = links->info_room ? links->info_room * 2 : 64;
        links->info = xrealloc(links->info, links->info_room, sizeof(*links->info));
    }
    links->info[links->info_count++] = *info;
}

/* USER non-NULL: the counters are wanted, else the map. */
static void take_link(struct links *links, const struct nlmsghdr *message, void *user)
{
    const struct ifinfomsg *body = NLMSG_DATA(message);
    int len = (int)message->nlmsg_len - (int)NLMSG_SPACE(sizeof(*body));
    if (message->nlmsg_type != RTM_NEWLINK || len < 0)
        return;
    const struct rtattr *first = IFLA_RTA(body);
    if (user) {
        const void *stats = attribute(first, len, IFLA_STATS64, STATS_BYTES);
        if (stats)
            add_counters(links, body->ifi_index, stats);
        return;
    }
    struct link_info info = {.ifindex = body->ifi_index, .peer_nsid = -1};
    const void *nsid = attribute(first, len, IFLA_LINK_NETNSID, sizeof(int32_t));
    if (nsid)
        memcpy(&info.peer_nsid, nsid, sizeof(int32_t));
    const void *peer = attribute(first, len, IFLA_LINK, sizeof(int32_t));
    if (peer)
        memcpy(&info.peer, peer, sizeof(int32_t));
    const char *name = attribute(first, len, IFLA_IFNAME, 1);
    if (name)
        memccpy(info.name, name, '\0', sizeof(info.name) - 1);
    add_info(links, &info);
}

static int dump_links(struct links *links, uint32_t skip, void *user)
{
    struct {
        struct nlmsghdr header;
        struct ifinfomsg body;
        struct rtattr mask;
        uint32_t mask_value;
    } request = {
        .header = {.nlmsg_len = sizeof(request),
                   .nlmsg_type = RTM_GETLINK,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .mask = {.rta_len = RTA_LENGTH(sizeof(uint32_t)), .rta_type = IFLA_EXT_MASK},
        .mask_value = skip,
    };
    return ask(links, &request.header, take_link, user);
}

static int dump_stats(struct links *links)
{
    struct {
        struct nlmsghdr header;
        struct if_stats_msg body;
    } request = {
        .header = {.nlmsg_len = sizeof(request),
                   .nlmsg_type = RTM_GETSTATS,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .body.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64),
    };
    return ask(links, &request.header, take_stats, NULL);
}

static int by_ifindex(const void *a, const void *b)
{
    int x = ((const struct link_entry *)a)->ifindex, y = ((const struct link_entry *)b)->ifindex;
    return (x > y) - (x < y);
}

int links_refresh(struct links *links, struct error *err)
{
    links->count = 0;
    int code = links->no_getstats ? -EOPNOTSUPP : dump_stats(links);
    if (code == -EOPNOTSUPP) {
        links->no_getstats = true;
        links->count = 0;
        code = dump_links(links, 0, links);
    }
    if (code < 0) {
        links->count = 0;
        return error_errno(err, -code, "Cannot read the counters of network links");
    }
    bool sorted = true;
    for (size_t i = 1; i < links->count && sorted; i++)
        sorted = links->entry[i - 1].ifindex <= links->entry[i].ifindex;
    if (!sorted)
        qsort(links->entry, links->count, sizeof(*links->entry), by_ifindex);
    return 0;
}

bool links_get(const struct links *links, int ifindex, struct link_counters *ret)
{
    if (links->count == 0)
        return false;
    struct link_entry key = {.ifindex = ifindex};
    const struct link_entry *entry =
        bsearch(&key, links->entry, links->count, sizeof(*links->entry), by_ifindex);
    if (entry)
        *ret = entry->counters;
    return entry != NULL;
}

int links_index(const char *name)
{
    return (int)if_nametoindex(name);
}

int links_map(struct links *links, struct error *err)
{
    links->info_count = 0;
    int code = dump_links(links, RTEXT_FILTER_SKIP_STATS, NULL);
    if (code < 0)
        return error_errno(err, -code, "Cannot read the network links");
    return 0;
}

static void take_nsid(struct links *links, const struct nlmsghdr *message, void *user)
{
    (void)links;
    int *ret = user;
    int len = (int)message->nlmsg_len - (int)NLMSG_SPACE(sizeof(struct rtgenmsg));
    if (message->nlmsg_type != RTM_NEWNSID || len < 0)
        return;
    const struct rtattr *first =
        (const void *)((const char *)NLMSG_DATA(message) + NLMSG_ALIGN(sizeof(struct rtgenmsg)));
    const void *nsid = attribute(first, len, NETNSA_NSID, sizeof(int32_t));
    if (nsid)
        memcpy(ret, nsid, sizeof(int32_t));
}

int links_nsid(struct links *links, pid_t pid)
{
    struct {
        struct nlmsghdr header;
        struct rtgenmsg body;
        char pad[NLMSG_ALIGN(sizeof(struct rtgenmsg)) - sizeof(struct rtgenmsg)];
        struct rtattr attr;
        uint32_t pid;
    } request = {
        .header = {.nlmsg_len = sizeof(request),
                   .nlmsg_type = RTM_GETNSID,
                   .nlmsg_flags = NLM_F_REQUEST},
        .attr = {.rta_len = RTA_LENGTH(sizeof(uint32_t)), .rta_type = NETNSA_PID},
        .pid = (uint32_t)pid,
    };
    int nsid = -1;
    return ask(links, &request.header, take_nsid, &nsid) < 0 ? -1 : nsid;
}

size_t links_into(const struct links *links, int nsid, int *ret, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; nsid >= 0 && i < links->info_count; i++) {
        if (links->info[i].peer_nsid != nsid)
            continue;
        if (count < max)
            ret[count] = links->info[i].ifindex;
        count++;
    }
    return count;
}

const struct link_info *links_info(const struct links *links, int ifindex)
{
    for (size_t i = 0; i < links->info_count; i++) {
        if (links->info[i].ifindex == ifindex)
            return &links->info[i];
    }
    return NULL;
}
