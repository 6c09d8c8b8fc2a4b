#include "kernel/host_device.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "kernel/cgroup_text.h"
#include "kernel/held.h"
#include "kernel/parse.h"

#define RESCAN_NS (10 * NS_PER_S)
#define SECTOR 512 /* of /proc/diskstats, whatever the disk has */
#define ROUTES_MAX_BYTES (256 * 1024)

/* "major minor name reads merged sectors ms writes merged sectors ms ..." */
static bool parse_disk(const char *line, struct block_cache *blocks, struct host_device *ret)
{
    uint64_t major, minor, field[8];
    const char *name, *p = line;
    if (!parse_u64(&p, &major) || !parse_u64(&p, &minor) || major > UINT32_MAX ||
        minor > UINT32_MAX)
        return false;
    size_t len = parse_word(&p, &name);
    for (int i = 0; i < 8; i++) {
        if (!parse_u64(&p, &field[i]))
            return false;
    }
    if (len == 0 || len >= sizeof(ret->name) ||
        !block_is_disk(blocks, (uint32_t)major, (uint32_t)minor))
        return false;
    *ret = (struct host_device){.in_ops = field[0],
                                .in_bytes = parse_scale(field[2], SECTOR),
                                .out_ops = field[4],
                                .out_bytes = parse_scale(field[6], SECTOR)};
    memcpy(ret->name, name, len);
    return true;
}

int host_parse_disks(const char *text, struct block_cache *blocks, struct host_device *ret)
{
    int count = 0;
    for (const char *line = text; line && count < HOST_DEVICES_MAX; line = parse_next_line(line)) {
        if (parse_disk(line, blocks, &ret[count]))
            count++;
    }
    return count;
}

/* The order of the files of a link's statistics. */
enum {
    RX_BYTES,
    TX_BYTES,
    RX_PACKETS,
    TX_PACKETS,
    RX_ERRORS,
    TX_ERRORS,
    RX_DROPPED,
    TX_DROPPED,
    STATISTICS
};

static const char *const statistic_names[STATISTICS] = {
    "rx_bytes",  "tx_bytes",  "rx_packets", "tx_packets",
    "rx_errors", "tx_errors", "rx_dropped", "tx_dropped",
};

struct host_link {
    char name[32];
    bool seen; /* in the scan that runs */
    struct held file[STATISTICS];
};

struct host_links {
    const char *root;
    struct host_link link[HOST_DEVICES_MAX];
    int count;
    bool readable;
    int64_t scanned_ns; /* 0: never */
};

struct host_links *host_links_new(const char *root)
{
    struct host_links *links = xcalloc(1, sizeof(*links));
    links->root = root;
    return links;
}

static void close_link(struct host_link *link)
{
    for (int i = 0; i < STATISTICS; i++)
        held_close(&link->file[i], NULL);
}

void host_links_free(struct host_links *links)
{
    if (!links)
        return;
    for (int i = 0; i < links->count; i++)
        close_link(&links->link[i]);
    free(links);
}

static void see(struct host_links *links, const char *name, size_t len)
{
    if (len == 0 || len >= sizeof(links->link[0].name) || memchr(name, '/', len))
        return;
    for (int i = 0; i < links->count; i++) {
        if (strlen(links->link[i].name) == len && memcmp(links->link[i].name, name, len) == 0) {
            links->link[i].seen = true;
            return;
        }
    }
    if (links->count == HOST_DEVICES_MAX)
        return;
    struct host_link *link = &links->link[links->count++];
    *link = (struct host_link){.seen = true};
    memcpy(link->name, name, len);
    for (int i = 0; i < STATISTICS; i++)
        link->file[i] = HELD_INIT;
}

static bool see_physical(struct host_links *links)
{
    char path[KERNEL_PATH_MAX];
    if (!kernel_path(path, "%s/sys/class/net", links->root))
        return false;
    CLEANUP_CLOSEDIR DIR *dir = opendir(path);
    if (!dir)
        return false;
    const struct dirent *entry;
    struct stat st;
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] != '.' &&
            kernel_path(path, "%s/sys/class/net/%s/device", links->root, entry->d_name) &&
            stat(path, &st) == 0)
            see(links, entry->d_name, strlen(entry->d_name));
    }
    return true;
}

/* "Iface Destination Gateway Flags RefCnt Use Metric Mask ...": destination and mask 0. */
static void see_default_routes(struct host_links *links)
{
    char path[KERNEL_PATH_MAX];
    CLEANUP_FREE char *text = xmalloc(ROUTES_MAX_BYTES);
    if (!kernel_path(path, "%s/proc/net/route", links->root) ||
        io_read_file(AT_FDCWD, path, text, ROUTES_MAX_BYTES) < 0)
        return;
    for (const char *line = text; line; line = parse_next_line(line)) {
        const char *p = line, *word[8];
        size_t len[8];
        for (int i = 0; i < 8; i++)
            len[i] = parse_word(&p, &word[i]);
        if (len[1] == 8 && len[7] == 8 && memcmp(word[1], "00000000", 8) == 0 &&
            memcmp(word[7], "00000000", 8) == 0)
            see(links, word[0], len[0]);
    }
}

static void scan(struct host_links *links)
{
    for (int i = 0; i < links->count; i++)
        links->link[i].seen = false;
    links->readable = see_physical(links);
    bool any = false;
    for (int i = 0; i < links->count; i++)
        any |= links->link[i].seen;
    if (!any)
        see_default_routes(links);
    for (int i = 0; i < links->count;) {
        if (links->link[i].seen) {
            i++;
            continue;
        }
        close_link(&links->link[i]);
        links->link[i] = links->link[--links->count];
    }
}

static bool read_link(struct host_links *links, struct host_link *link, struct host_device *ret)
{
    uint64_t value[STATISTICS];
    for (int i = 0; i < STATISTICS; i++) {
        char path[KERNEL_PATH_MAX], buf[64];
        if (!kernel_path(path, "%s/sys/class/net/%s/statistics/%s", links->root, link->name,
                         statistic_names[i]) ||
            held_read(&link->file[i], path, NULL, buf, sizeof(buf)) < 0 ||
            !cgroup_parse_number(buf, &value[i]))
            return false;
    }
    *ret = (struct host_device){.in_bytes = value[RX_BYTES],
                                .out_bytes = value[TX_BYTES],
                                .in_ops = value[RX_PACKETS],
                                .out_ops = value[TX_PACKETS],
                                .errors = parse_add(value[RX_ERRORS], value[TX_ERRORS]),
                                .drops = parse_add(value[RX_DROPPED], value[TX_DROPPED])};
    memcpy(ret->name, link->name, sizeof(ret->name));
    return true;
}

int host_links_read(struct host_links *links, int64_t at_ns, struct host_device *ret)
{
    if (links->scanned_ns == 0 || at_ns - links->scanned_ns >= RESCAN_NS) {
        scan(links);
        links->scanned_ns = at_ns;
    }
    if (!links->readable)
        return -1;
    int count = 0;
    for (int i = 0; i < links->count; i++) {
        if (read_link(links, &links->link[i], &ret[count]))
            count++;
    }
    return count;
}
