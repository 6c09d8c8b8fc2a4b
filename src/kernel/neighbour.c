#include "kernel/address.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/io.h"
#include "kernel/parse.h"

#define LEASES_DIR "/var/lib/libvirt/dnsmasq"
#define LEASE_FILES_MAX 64
#define FILE_MAX_BYTES (1024 * 1024)
#define NEIGHBOURS_MAX 65536

struct neighbour {
    uint8_t mac[ADDRESS_MAC_LEN];
    char address[INET6_ADDRSTRLEN];
};

struct neighbours {
    struct neighbour *entry;
    size_t count, room;
};

/* ADDRESS comes from a file that a guest's DHCP requests feed: only its canonical form is kept. */
static void add(struct neighbours *all, const char *mac, const char *address)
{
    struct neighbour entry;
    struct in6_addr binary;
    int family = strchr(address, ':') ? AF_INET6 : AF_INET;
    if (all->count == NEIGHBOURS_MAX || address_parse_mac(mac, entry.mac) != 0 ||
        inet_pton(family, address, &binary) != 1 ||
        !inet_ntop(family, &binary, entry.address, sizeof(entry.address)))
        return;
    if (all->count == all->room) {
        all->room = all->room ? all->room * 2 : 32;
        all->entry = xrealloc(all->entry, all->room, sizeof(*all->entry));
    }
    all->entry[all->count++] = entry;
}

static void add_leases(struct neighbours *all, const json_t *leases, int64_t now_s)
{
    size_t index;
    const json_t *lease;
    json_array_foreach(leases, index, lease)
    {
        const char *mac = json_string_value(json_object_get(lease, "mac-address"));
        const char *address = json_string_value(json_object_get(lease, "ip-address"));
        const json_t *expiry = json_object_get(lease, "expiry-time");
        bool ended = now_s > 0 && json_is_integer(expiry) && json_integer_value(expiry) > 0 &&
                     json_integer_value(expiry) < now_s;
        if (mac && address && !ended)
            add(all, mac, address);
    }
}

static void load_leases(struct neighbours *all, const char *root, int64_t now_s)
{
    char path[KERNEL_PATH_MAX];
    if (!kernel_path(path, "%s" LEASES_DIR, root))
        return;
    CLEANUP_CLOSEDIR DIR *dir = opendir(path);
    const struct dirent *entry;
    for (int files = 0; dir && files < LEASE_FILES_MAX && (entry = readdir(dir));) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".status") != 0)
            continue;
        files++;
        CLEANUP_FREE char *text = NULL;
        ssize_t len = io_read_regular(dirfd(dir), entry->d_name, FILE_MAX_BYTES, &text);
        json_t *leases = len > 0 ? json_loadb(text, (size_t)len, 0, NULL) : NULL;
        add_leases(all, leases, now_s);
        json_decref(leases);
    }
}

/* "192.0.2.7  0x1  0x2  52:54:00:aa:bb:cc  *  virbr0"; flags without ATF_COM (2): no answer yet. */
static void load_arp(struct neighbours *all, const char *root)
{
    char path[KERNEL_PATH_MAX];
    CLEANUP_FREE char *text = xmalloc(FILE_MAX_BYTES);
    if (!kernel_path(path, "%s/proc/net/arp", root) ||
        io_read_file(AT_FDCWD, path, text, FILE_MAX_BYTES) < 0)
        return;
    for (const char *line = text; line; line = parse_next_line(line)) {
        const char *p = line, *word[4];
        size_t len[4];
        for (int i = 0; i < 4; i++)
            len[i] = parse_word(&p, &word[i]);
        char address[INET6_ADDRSTRLEN] = "", mac[18] = "";
        if (len[0] >= sizeof(address) || len[3] != 17 ||
            !(strtoul(len[2] > 2 ? word[2] : "0", NULL, 16) & 2))
            continue;
        memcpy(address, word[0], len[0]);
        memcpy(mac, word[3], len[3]);
        add(all, mac, address);
    }
}

struct neighbours *neighbours_load(const char *root, int64_t now_s)
{
    struct neighbours *all = xcalloc(1, sizeof(*all));
    load_leases(all, root, now_s);
    load_arp(all, root);
    return all;
}

void neighbours_free(struct neighbours *neighbours)
{
    if (neighbours)
        free(neighbours->entry);
    free(neighbours);
}

size_t neighbours_find(const struct neighbours *neighbours, const uint8_t mac[ADDRESS_MAC_LEN],
                       char **ret, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < neighbours->count && count < max; i++) {
        const struct neighbour *entry = &neighbours->entry[i];
        bool known = memcmp(entry->mac, mac, ADDRESS_MAC_LEN) != 0;
        for (size_t j = 0; j < count && !known; j++)
            known = strcmp(ret[j], entry->address) == 0;
        if (!known)
            ret[count++] = xstrdup(entry->address);
    }
    return count;
}
