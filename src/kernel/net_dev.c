#include "kernel/link.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "kernel/parse.h"

#define NET_DEV_MAX_BYTES (512 * 1024)

/* Order of the guest's counters in a devsum. */
enum {
    SUM_RX,
    SUM_TX,
    SUM_RX_PACKETS,
    SUM_TX_PACKETS,
    SUM_ERRORS,
    SUM_DROPS
};

static void add_guest(struct devsum *sum, uint64_t key, const struct link_counters *c)
{
    const uint64_t counters[DEVSUM_COUNTERS] = {
        [SUM_RX] = c->rx_bytes,
        [SUM_TX] = c->tx_bytes,
        [SUM_RX_PACKETS] = c->rx_packets,
        [SUM_TX_PACKETS] = c->tx_packets,
        [SUM_ERRORS] = parse_add(c->rx_errors, c->tx_errors),
        [SUM_DROPS] = parse_add(c->rx_drops, c->tx_drops),
    };
    devsum_add(sum, key, counters);
}

static void set_fields(struct devsum *sum, bool any, struct sample *sample)
{
    const uint64_t *total = devsum_end(sum);
    if (!any)
        return;
    sample_set(sample, FIELD_NET_RX, total[SUM_RX]);
    sample_set(sample, FIELD_NET_TX, total[SUM_TX]);
    sample_set(sample, FIELD_NET_RX_PACKETS, total[SUM_RX_PACKETS]);
    sample_set(sample, FIELD_NET_TX_PACKETS, total[SUM_TX_PACKETS]);
    sample_set(sample, FIELD_NET_ERRORS, total[SUM_ERRORS]);
    sample_set(sample, FIELD_NET_DROPS, total[SUM_DROPS]);
}

void links_sum_guest(const struct links *links, const int *ifindex, size_t count,
                     struct devsum *sum, struct sample *sample)
{
    bool any = false;
    devsum_begin(sum);
    for (size_t i = 0; i < count; i++) {
        struct link_counters c;
        if (!links_get(links, ifindex[i], &c))
            continue;
        const struct link_counters guest = {.rx_bytes = c.tx_bytes,
                                            .tx_bytes = c.rx_bytes,
                                            .rx_packets = c.tx_packets,
                                            .tx_packets = c.rx_packets,
                                            .rx_errors = c.tx_errors,
                                            .tx_errors = c.rx_errors,
                                            .rx_drops = c.tx_drops,
                                            .tx_drops = c.rx_drops};
        add_guest(sum, (uint64_t)ifindex[i], &guest);
        any = true;
    }
    set_fields(sum, any, sample);
}

/* "  eth0: rx_bytes packets errs drop fifo frame compressed multicast tx_bytes packets errs
 * drop..."
 */
static bool parse_line(const char *line, char name[32], struct link_counters *ret)
{
    while (*line == ' ')
        line++;
    /* An old alias may have a colon in its name: the counters stand behind the last one. */
    size_t line_len = strcspn(line, "\n");
    const char *colon = memrchr(line, ':', line_len);
    if (!colon || colon == line || colon - line >= 32)
        return false;
    uint64_t field[12];
    const char *p = colon + 1;
    for (size_t i = 0; i < 12; i++) {
        if (!parse_u64(&p, &field[i]))
            return false;
    }
    memcpy(name, line, (size_t)(colon - line));
    name[colon - line] = '\0';
    *ret = (struct link_counters){.rx_bytes = field[0],
                                  .rx_packets = field[1],
                                  .rx_errors = field[2],
                                  .rx_drops = field[3],
                                  .tx_bytes = field[8],
                                  .tx_packets = field[9],
                                  .tx_errors = field[10],
                                  .tx_drops = field[11]};
    return true;
}

int net_dev_parse(const char *text,
                  void (*visit)(const char *name, const struct link_counters *counters, void *user),
                  void *user)
{
    if (strncmp(text, "Inter-|", 7) != 0)
        return ERR_SYNTAX;
    for (const char *line = text; line; line = parse_next_line(line)) {
        char name[32];
        struct link_counters counters;
        if (parse_line(line, name, &counters))
            visit(name, &counters, user);
    }
    return 0;
}

/* Links whose traffic passes another link of the same namespace too, or never leaves it. */
bool net_dev_is_inside(const char *name)
{
    static const char *const prefixes[] = {"veth",  "br-",     "docker", "virbr", "vnet", "lxcbr",
                                           "lxdbr", "incusbr", "cni",    "ifb",   "dummy"};
    if (strcmp(name, "lo") == 0)
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    }
    return false;
}

struct guest_sum {
    struct devsum *sum;
    bool any;
};

static void add_named(const char *name, const struct link_counters *counters, void *user)
{
    struct guest_sum *guest = user;
    if (net_dev_is_inside(name))
        return;
    uint64_t key = UINT64_C(14695981039346656037); /* FNV-1a: names have no number here */
    for (const char *p = name; *p; p++)
        key = (key ^ (unsigned char)*p) * UINT64_C(1099511628211);
    add_guest(guest->sum, key, counters);
    guest->any = true;
}

int net_dev_sum(const char *root, pid_t pid, struct devsum *sum, struct sample *sample)
{
    char path[KERNEL_PATH_MAX];
    if (!kernel_path(path, "%s/proc/%d/net/dev", root, (int)pid))
        return ERR_IO;
    CLEANUP_FREE char *text = xmalloc(NET_DEV_MAX_BYTES);
    ssize_t got = io_read_file(AT_FDCWD, path, text, NET_DEV_MAX_BYTES);
    if (got < 0)
        return kernel_code((int)-got);
    struct guest_sum guest = {.sum = sum};
    devsum_begin(sum);
    int code = net_dev_parse(text, add_named, &guest);
    set_fields(sum, code == 0 && guest.any, sample);
    return code;
}
