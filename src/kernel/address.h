/* IP addresses of guests, without asking the guest.  Addresses are text, in canonical form made
 * here (never a guest's own bytes). */
#ifndef VCTOP_KERNEL_ADDRESS_H
#define VCTOP_KERNEL_ADDRESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ADDRESS_MAC_LEN 6

/* Addresses in the network namespace of PID, global ones first: IPv4 from net/fib_trie (not 127/8),
 * IPv6 from net/if_inet6 (not ::1; link-local ones only when there is nothing else).  At most MAX
 * new strings into RET (the caller frees); returns how many, or a negative error code. */
int address_of_namespace(const char *root, pid_t pid, char **ret, size_t max);

/* Who has which MAC, from the lease files of libvirt's dnsmasq
 * (/var/lib/libvirt/dnsmasq/ *.status, JSON) and /proc/net/arp. */
struct neighbours;

/* Reads them all anew; never NULL (nothing readable: empty).  Leases that ended before NOW_S
 * (seconds, CLOCK_REALTIME; 0: keep all) are left out.  Bounded: 64 files of 1 MB. */
struct neighbours *neighbours_load(const char *root, int64_t now_s);
void neighbours_free(struct neighbours *neighbours);

/* Addresses of MAC, leases first, without doubles; at most MAX new strings into RET.  Returns how
 * many. */
size_t neighbours_find(const struct neighbours *neighbours, const uint8_t mac[ADDRESS_MAC_LEN],
                       char **ret, size_t max);

/* "52:54:00:aa:bb:cc" into RET; 0 or ERR_SYNTAX. */
int address_parse_mac(const char *text, uint8_t ret[ADDRESS_MAC_LEN]);

#endif
