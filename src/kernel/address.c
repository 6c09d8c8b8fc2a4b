#include "kernel/address.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/io.h"
#include "kernel/parse.h"

#define TEXT_MAX_BYTES (1024 * 1024)

struct found {
    char **ret;
    size_t count, max;
};

static void add(struct found *found, int family, const void *address)
{
    char text[INET6_ADDRSTRLEN];
    if (found->count == found->max || !inet_ntop(family, address, text, sizeof(text)))
        return;
    for (size_t i = 0; i < found->count; i++) {
        if (strcmp(found->ret[i], text) == 0)
            return;
    }
    found->ret[found->count++] = xstrdup(text);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The value of two digits, -1 when they are none. */
static int hex_byte(const char *text)
{
    int high = hex_digit(text[0]);
    int low = high < 0 ? -1 : hex_digit(text[1]);
    return low < 0 ? -1 : high << 4 | low;
}

static ssize_t read_net(const char *root, pid_t pid, const char *name, char *buf)
{
    char path[KERNEL_PATH_MAX];
    if (!kernel_path(path, "%s/proc/%d/net/%s", root, (int)pid, name))
        return ERR_IO;
    ssize_t got = io_read_file(AT_FDCWD, path, buf, TEXT_MAX_BYTES);
    return got < 0 ? kernel_code((int)-got) : got;
}

/* "           |-- 192.0.2.2" and on the next line "              /32 host LOCAL": an address of
 * this namespace.  Each stands in more than one trie. */
static void take_trie(const char *text, struct found *found)
{
    struct in_addr address;
    bool leaf = false;
    for (const char *line = text; line; line = parse_next_line(line)) {
        const char *p = line, *word;
        size_t len = parse_word(&p, &word);
        if (len == 3 && strncmp(word, "|--", 3) == 0) {
            char number[INET_ADDRSTRLEN] = "";
            len = parse_word(&p, &word);
            if (len < sizeof(number))
                memcpy(number, word, len);
            leaf = inet_pton(AF_INET, number, &address) == 1;
            continue;
        }
        if (!leaf || len < 2 || *word != '/')
            continue;
        bool host = parse_word(&p, &word) == 4 && strncmp(word, "host", 4) == 0;
        bool local = parse_word(&p, &word) == 5 && strncmp(word, "LOCAL", 5) == 0;
        if (host && local && len == 3 && strncmp(line + strspn(line, " "), "/32", 3) == 0 &&
            ntohl(address.s_addr) >> 24 != 127)
            add(found, AF_INET, &address);
    }
}

static bool parse_hex_address(const char *word, size_t len, struct in6_addr *ret)
{
    if (len != 32)
        return false;
    for (int i = 0; i < 16; i++) {
        int value = hex_byte(word + 2 * i);
        if (value < 0)
            return false;
        ret->s6_addr[i] = (uint8_t)value;
    }
    return true;
}

/* "ADDRESS ifindex prefix scope flags name", all hexadecimal: those with link scope or without. */
static void take_if_inet6(const char *text, bool link_local, struct found *found)
{
    for (const char *line = text; line; line = parse_next_line(line)) {
        const char *p = line, *word;
        struct in6_addr address;
        size_t len = parse_word(&p, &word);
        if (!parse_hex_address(word, len, &address) || IN6_IS_ADDR_LOOPBACK(&address) ||
            IN6_IS_ADDR_LINKLOCAL(&address) != link_local)
            continue;
        add(found, AF_INET6, &address);
    }
}

int address_of_namespace(const char *root, pid_t pid, char **ret, size_t max)
{
    struct found found = {.ret = ret, .max = max};
    CLEANUP_FREE char *text = xmalloc(TEXT_MAX_BYTES);
    ssize_t v4 = read_net(root, pid, "fib_trie", text);
    if (v4 >= 0)
        take_trie(text, &found);
    /* A kernel without IPv6 has no such file, one without routes none of the other. */
    ssize_t v6 = read_net(root, pid, "if_inet6", text);
    if (v6 >= 0) {
        take_if_inet6(text, false, &found);
        if (found.count == 0)
            take_if_inet6(text, true, &found);
    }
    return v4 < 0 && v6 < 0 ? (int)v4 : (int)found.count;
}

int address_parse_mac(const char *text, uint8_t ret[ADDRESS_MAC_LEN])
{
    uint8_t mac[ADDRESS_MAC_LEN];
    for (int i = 0; i < ADDRESS_MAC_LEN; i++, text += 3) {
        int value = hex_byte(text);
        if (value < 0 || text[2] != (i < ADDRESS_MAC_LEN - 1 ? ':' : '\0'))
            return ERR_SYNTAX;
        mac[i] = (uint8_t)value;
    }
    memcpy(ret, mac, sizeof(mac));
    return 0;
}
