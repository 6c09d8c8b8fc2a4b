#include "kernel/part_link.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "kernel/parse.h"

#define PORTS_MAX 4096
#define TEXT_BYTES 65536

static bool leads_out(const char *root, const char *port)
{
    char path[KERNEL_PATH_MAX], text[1024];
    struct stat st;

    if (kernel_path(path, "%s/sys/class/net/%s/device", root, port) && stat(path, &st) == 0)
        return true;
    if (!kernel_path(path, "%s/sys/class/net/%s/uevent", root, port) ||
        io_read_file(AT_FDCWD, path, text, sizeof(text)) < 0)
        return false;
    for (const char *line = text; line; line = parse_next_line(line))
        if (strncmp(line, "DEVTYPE=bond\n", 13) == 0 || strncmp(line, "DEVTYPE=vlan\n", 13) == 0)
            return true;
    return false;
}

static void find_uplink(const char *root, struct link_hops *ret)
{
    char path[KERNEL_PATH_MAX];
    const struct dirent *entry;
    int count = 0, seen = 0;

    if (!kernel_path(path, "%s/sys/class/net/%s/brif", root, ret->bridge))
        return;
    CLEANUP_CLOSEDIR DIR *ports = opendir(path);
    while (ports && (entry = readdir(ports)) && seen++ < PORTS_MAX && count < 2) {
        if (entry->d_name[0] == '.' || strlen(entry->d_name) >= sizeof(ret->uplink) ||
            !leads_out(root, entry->d_name))
            continue;
        count++;
        snprintf(ret->uplink, sizeof(ret->uplink), "%.15s", entry->d_name);
    }
    if (count != 1)
        ret->uplink[0] = '\0';
}

void link_hops(const char *root, const char *dev, struct link_hops *ret)
{
    char path[KERNEL_PATH_MAX], master[PATH_MAX];

    *ret = (struct link_hops){0};
    if (strchr(dev, '/') || !kernel_path(path, "%s/sys/class/net/%s/master", root, dev))
        return;
    ssize_t len = readlink(path, master, sizeof(master) - 1);
    if (len <= 0)
        return;
    master[len] = '\0';
    const char *slash = strrchr(master, '/');
    const char *name = slash ? slash + 1 : master;
    if (strlen(name) >= sizeof(ret->bridge))
        return;
    snprintf(ret->bridge, sizeof(ret->bridge), "%s", name);
    find_uplink(root, ret);
}

void link_add_network(const char *root, const char *dev, struct isolation_facts *ret)
{
    const struct isolation_value *said = &ret->at[ISOLATION_FACT_NETWORK];
    char text[2 * IF_NAMESIZE + sizeof(ISOLATION_UPLINK)];
    struct link_hops hops;

    link_hops(root, dev, &hops);
    if (!hops.bridge[0])
        return;
    snprintf(text, sizeof(text), "%s%s%s", hops.bridge, hops.uplink[0] ? ISOLATION_UPLINK : "",
             hops.uplink);
    for (size_t i = 0; i < said->count; i++)
        if (strcmp(said->text[i], text) == 0)
            return;
    isolation_add(ret, ISOLATION_FACT_NETWORK, text);
}

static void set_counters(struct part *part, const struct link_counters *c)
{
    part->at_ns = clock_mono_ns();
    part_set(part, PART_FIELD_RX, c->rx_bytes);
    part_set(part, PART_FIELD_TX, c->tx_bytes);
    part_set(part, PART_FIELD_RX_PACKETS, c->rx_packets);
    part_set(part, PART_FIELD_TX_PACKETS, c->tx_packets);
    part_set(part, PART_FIELD_RX_ERRORS, c->rx_errors);
    part_set(part, PART_FIELD_TX_ERRORS, c->tx_errors);
    part_set(part, PART_FIELD_RX_DROPS, c->rx_drops);
    part_set(part, PART_FIELD_TX_DROPS, c->tx_drops);
}

static void set_drops(struct links *links, const char *dev, enum part_field field,
                      struct part *part)
{
    struct link_counters c;

    if (dev[0] && links_get(links, links_index(dev), &c))
        part_set(part, field, parse_add(c.rx_drops, c.tx_drops));
}

struct part *part_link_add(struct links *links, const char *root, const char *name, const char *dev,
                           bool direct, struct parts *parts)
{
    struct link_counters c;
    struct link_hops hops;

    if (!links_get(links, links_index(dev), &c))
        return NULL;
    const struct link_counters swapped = {.rx_bytes = c.tx_bytes,
                                          .tx_bytes = c.rx_bytes,
                                          .rx_packets = c.tx_packets,
                                          .tx_packets = c.rx_packets,
                                          .rx_errors = c.tx_errors,
                                          .tx_errors = c.rx_errors,
                                          .rx_drops = c.tx_drops,
                                          .tx_drops = c.rx_drops};
    struct part *part = parts_add(parts, PART_LINK, 0, name);
    set_counters(part, direct ? &c : &swapped);
    link_hops(root, dev, &hops);
    part->words[0] = xstrdup(dev);
    part->words[1] = hops.bridge[0] ? xstrdup(hops.bridge) : NULL;
    part->words[2] = hops.uplink[0] ? xstrdup(hops.uplink) : NULL;
    set_drops(links, hops.bridge, PART_FIELD_BRIDGE_DROPS, part);
    set_drops(links, hops.uplink, PART_FIELD_UPLINK_DROPS, part);
    return part;
}

static void add_own(const char *name, const struct link_counters *counters, void *user)
{
    struct parts *parts = user;

    if (!net_dev_is_inside(name) && parts->count < PARTS_MAX)
        set_counters(parts_add(parts, PART_LINK, 0, name), counters);
}

/* Text of /proc/PID/net/NAME, NULL when it cannot be had.  The caller frees. */
static char *net_text(const char *root, pid_t pid, const char *name)
{
    char path[KERNEL_PATH_MAX];
    char *text = xmalloc(TEXT_BYTES);

    if (kernel_path(path, "%s/proc/%d/net/%s", root, (int)pid, name) &&
        io_read_file(AT_FDCWD, path, text, TEXT_BYTES) > 0)
        return text;
    free(text);
    return NULL;
}

bool part_links_own(const char *root, pid_t pid, struct parts *parts)
{
    CLEANUP_FREE char *text = net_text(root, pid, "dev");

    if (text)
        net_dev_parse(text, add_own, parts);
    return text != NULL;
}

static bool take_word(const char *text, char name[16])
{
    const char *word;
    size_t len = parse_word(&text, &word);

    if (len == 0 || len >= 16)
        return false;
    memcpy(name, word, len);
    name[len] = '\0';
    return true;
}

bool part_link_name(const char *root, pid_t pid, int index, char name[16])
{
    CLEANUP_FREE char *igmp = net_text(root, pid, "igmp");
    CLEANUP_FREE char *inet6 = net_text(root, pid, "if_inet6");
    uint64_t number;

    /* "2\teth0      :     1      V3"; lines of groups begin with a blank. */
    for (const char *line = igmp; line; line = parse_next_line(line)) {
        const char *p = line;
        if (*p >= '0' && *p <= '9' && parse_u64(&p, &number) && number == (uint64_t)index)
            return take_word(p, name);
    }
    /* "fe80… 02 40 20 80     eth0": the second number is the index, all are hexadecimal. */
    for (const char *line = inet6; line; line = parse_next_line(line)) {
        const char *p = parse_skip_words(line, 1);
        if (!p || strtol(p, NULL, 16) != index)
            continue;
        p = parse_skip_words(p, 4);
        return p && take_word(p, name);
    }
    return false;
}
