#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "kernel/address.h"
#include "test_kernel_tree.h"

#define TRIE \
    "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n" \
    "     +-- 127.0.0.0/8 2 0 2\n        |-- 127.0.0.1\n           /32 host LOCAL\n" \
    "     +-- 192.0.2.0/24 2 0 2\n        |-- 192.0.2.0\n           /24 link UNICAST\n" \
    "        |-- 192.0.2.7\n           /32 host LOCAL\n        |-- 192.0.2.255\n" \
    "           /32 link BROADCAST\n        |-- 198.51.100.1\n           /32 universe UNICAST\n" \
    "           /32 host LOCAL\nLocal:\n" \
    "        |-- 192.0.2.7\n           /32 host LOCAL\n"
#define INET6 \
    "00000000000000000000000000000001 01 80 10 80       lo\n" \
    "fe80000000000000021132fffe000001 02 40 20 80     eth0\n" \
    "20010db8000000000000000000000005 02 40 00 80     eth0\n"

static void release(char **addresses, int count)
{
    for (int i = 0; i < count; i++)
        free(addresses[i]);
}

START_TEST(own_addresses_are_found_without_doubles)
{
    char *got[8];
    tree_make();
    tree_put("/proc/5/net/fib_trie", TRIE);
    tree_put("/proc/5/net/if_inet6", INET6);
    int count = address_of_namespace(tree_root, 5, got, 8);
    ck_assert_int_eq(count, 3);
    ck_assert_str_eq(got[0], "192.0.2.7");
    ck_assert_str_eq(got[1], "198.51.100.1");
    ck_assert_str_eq(got[2], "2001:db8::5");
    release(got, count);
    count = address_of_namespace(tree_root, 5, got, 1);
    ck_assert_int_eq(count, 1);
    release(got, count);

    tree_put("/proc/6/net/if_inet6", "fe80000000000000021132fffe000001 02 40 20 80 eth0\n");
    count = address_of_namespace(tree_root, 6, got, 8);
    ck_assert_int_eq(count, 1);
    ck_assert_str_eq(got[0], "fe80::211:32ff:fe00:1");
    release(got, count);
    ck_assert_int_eq(address_of_namespace(tree_root, 7, got, 8), ERR_GONE);
    tree_remove();
}
END_TEST

static void use_texts(const char *text)
{
    char *got[8];
    tree_put("/proc/5/net/fib_trie", text);
    tree_put("/proc/5/net/if_inet6", text);
    int count = address_of_namespace(tree_root, 5, got, 8);
    ck_assert_int_ge(count, 0);
    release(got, count);
}

START_TEST(spoilt_texts_are_survived)
{
    tree_make();
    tree_spoil("  |-- 192.0.2.7\n   /32 host LOCAL\n", use_texts);
    tree_spoil("20010db8000000000000000000000005 02 40 00 80 e\n", use_texts);
    use_texts("|-- 1.2.3.4.5.6.7.8.9.10.11.12\n/32 host LOCAL\n|-- \n/32 host LOCAL\n");
    tree_remove();
}
END_TEST

START_TEST(live_namespace_has_no_loopback)
{
    char *got[32];
    int count = address_of_namespace("", getpid(), got, 32);
    ck_assert_int_ge(count, 0);
    for (int i = 0; i < count; i++) {
        ck_assert_int_ne(strncmp(got[i], "127.", 4), 0);
        ck_assert_str_ne(got[i], "::1");
    }
    release(got, count);
}
END_TEST

START_TEST(hardware_addresses_are_strict)
{
    uint8_t mac[ADDRESS_MAC_LEN];
    ck_assert_int_eq(address_parse_mac("52:54:00:Aa:bB:0c", mac), 0);
    ck_assert_int_eq(mac[3], 0xaa);
    ck_assert_int_eq(mac[5], 0x0c);
    static const char *const bad[] = {"",
                                      "52",
                                      "52:54:00:aa:bb",
                                      "52:54:00:aa:bb:cc:dd",
                                      "52-54-00-aa-bb-cc",
                                      "52:54:00:aa:bb:c",
                                      "g2:54:00:aa:bb:cc"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_msg(address_parse_mac(bad[i], mac) == ERR_SYNTAX, "%s", bad[i]);
}
END_TEST

static size_t find(const struct neighbours *all, const char *mac, char **ret)
{
    uint8_t binary[ADDRESS_MAC_LEN];
    ck_assert_int_eq(address_parse_mac(mac, binary), 0);
    return neighbours_find(all, binary, ret, 4);
}

START_TEST(leases_come_before_the_neighbour_table)
{
    char *got[4];
    tree_make();
    tree_put("/var/lib/libvirt/dnsmasq/virbr0.status",
             "[{\"ip-address\": \"192.0.2.9\", \"mac-address\": \"52:54:00:00:00:01\","
             "\"hostname\": \"\\u001b[31mevil\", \"expiry-time\": 2000},"
             "{\"ip-address\": \"192.0.2.10\", \"mac-address\": \"52:54:00:00:00:02\","
             "\"expiry-time\": 900},"
             "{\"ip-address\": \"\\u001b[2J\", \"mac-address\": \"52:54:00:00:00:03\"},"
             "{\"ip-address\": 5, \"mac-address\": []}, 7, null]");
    tree_put("/var/lib/libvirt/dnsmasq/broken.status", "[{\"ip-address\":");
    tree_put("/var/lib/libvirt/dnsmasq/empty.status", "");
    tree_put("/var/lib/libvirt/dnsmasq/object.status", "{\"a\": 1}");
    tree_put("/var/lib/libvirt/dnsmasq/virbr0.conf", "[{\"ip-address\": \"203.0.113.1\","
                                                     "\"mac-address\": \"52:54:00:00:00:01\"}]");
    ck_assert_int_eq(mkfifo(tree_path("/var/lib/libvirt/dnsmasq/pipe.status"), 0600), 0);
    tree_put("/proc/net/arp",
             "IP address       HW type     Flags       HW address            Mask     Device\n"
             "192.0.2.9        0x1         0x2         52:54:00:00:00:01     *        virbr0\n"
             "192.0.2.11       0x1         0x2         52:54:00:00:00:01     *        virbr0\n"
             "192.0.2.12       0x1         0x0         52:54:00:00:00:04     *        virbr0\n"
             "192.0.2.13       0x1         0x2         52:54:00:00:00:04\n"
             "nonsense\n");
    struct neighbours *all = neighbours_load(tree_root, 1000);
    ck_assert_uint_eq(find(all, "52:54:00:00:00:01", got), 2);
    ck_assert_str_eq(got[0], "192.0.2.9");
    ck_assert_str_eq(got[1], "192.0.2.11");
    release(got, 2);
    ck_assert_uint_eq(find(all, "52:54:00:00:00:02", got), 0); /* ended */
    ck_assert_uint_eq(find(all, "52:54:00:00:00:03", got), 0); /* no address */
    ck_assert_uint_eq(find(all, "52:54:00:00:00:04", got), 1);
    ck_assert_str_eq(got[0], "192.0.2.13");
    release(got, 1);
    neighbours_free(all);
    all = neighbours_load(tree_root, 0);
    ck_assert_uint_eq(find(all, "52:54:00:00:00:02", got), 1);
    release(got, 1);
    neighbours_free(all);
    tree_remove();
    all = neighbours_load("/nowhere", 0);
    ck_assert_uint_eq(find(all, "52:54:00:00:00:02", got), 0);
    neighbours_free(all);
    neighbours_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel/address");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, own_addresses_are_found_without_doubles);
    tcase_add_test(tests, spoilt_texts_are_survived);
    tcase_add_test(tests, live_namespace_has_no_loopback);
    tcase_add_test(tests, hardware_addresses_are_strict);
    tcase_add_test(tests, leases_come_before_the_neighbour_table);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
