#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/error.h"
#include "kernel/link.h"
#include "kernel/proc.h"
#include "test_kernel_tree.h"

#define HEADER \
    "Inter-|   Receive                                                |  Transmit\n" \
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs " \
    "drop fifo colls carrier compressed\n"

static void expect(const struct sample *sample, enum field field, uint64_t value)
{
    ck_assert_msg(sample_has(sample, field), "%s is not set", field_name(field));
    ck_assert_uint_eq(sample->value[field], value);
}

START_TEST(a_namespace_counts_what_leaves_it)
{
    tree_make();
    tree_put("/proc/5/net/dev", HEADER "    lo: 9 9 9 9 0 0 0 0 9 9 9 9 0 0 0 0\n"
                                       "  eth0: 100 2 3 4 0 0 0 0 200 5 6 7 0 0 0 0\n"
                                       "  eth1:1000 20 0 0 0 0 0 0 2000 50 0 0 0 0 0 0\n"
                                       "docker0: 7 7 7 7 0 0 0 0 7 7 7 7 0 0 0 0\n"
                                       "veth12@x: 7 7 7 7 0 0 0 0 7 7 7 7 0 0 0 0\n");
    struct devsum *sum = devsum_new();
    struct sample sample = {0};
    ck_assert_int_eq(net_dev_sum(tree_root, 5, sum, &sample), 0);
    expect(&sample, FIELD_NET_RX, 1100);
    expect(&sample, FIELD_NET_TX, 2200);
    expect(&sample, FIELD_NET_RX_PACKETS, 22);
    expect(&sample, FIELD_NET_TX_PACKETS, 55);
    expect(&sample, FIELD_NET_ERRORS, 9);
    expect(&sample, FIELD_NET_DROPS, 11);

    /* An unplugged card takes nothing back. */
    tree_put("/proc/5/net/dev", HEADER "  eth0: 110 2 3 4 0 0 0 0 200 5 6 7 0 0 0 0\n");
    ck_assert_int_eq(net_dev_sum(tree_root, 5, sum, &sample), 0);
    expect(&sample, FIELD_NET_RX, 1110);

    struct sample none = {0};
    tree_put("/proc/5/net/dev", HEADER "    lo: 9 9 9 9 0 0 0 0 9 9 9 9 0 0 0 0\n");
    ck_assert_int_eq(net_dev_sum(tree_root, 5, sum, &none), 0);
    ck_assert_uint_eq(none.valid, 0);
    tree_put("/proc/5/net/dev", "rubbish");
    ck_assert_int_eq(net_dev_sum(tree_root, 5, sum, &none), ERR_SYNTAX);
    ck_assert_int_eq(net_dev_sum(tree_root, 6, sum, &none), ERR_GONE);
    ck_assert_uint_eq(none.valid, 0);
    devsum_free(sum);
    tree_remove();
}
END_TEST

static void ignore(const char *name, const struct link_counters *counters, void *user)
{
    (void)counters;
    (void)user;
    ck_assert_uint_lt(strlen(name), 32);
}

static void use_text(const char *text)
{
    net_dev_parse(text, ignore, NULL);
}

START_TEST(spoilt_texts_are_survived)
{
    tree_spoil("Inter-|\n eth0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n : 1 2\n", use_text);
    use_text(
        "Inter-|\n an-interface-name-longer-than-any-kernel-allows: 1 2 3 4 5 6 7 8 9 1 1 1\n");
}
END_TEST

START_TEST(live_counters_agree_with_sysfs)
{
    struct links *links = NULL;
    struct error err = {0};
    ck_assert_msg(links_open(&links, &err) == 0, "%s", err.message);
    struct link_counters counters;
    int lo = links_index("lo");
    ck_assert_int_gt(lo, 0);
    ck_assert(!links_get(links, lo, &counters)); /* nothing was read yet */
    ck_assert_msg(links_refresh(links, &err) == 0, "%s", err.message);
    ck_assert(links_get(links, lo, &counters));
    FILE *file = fopen("/sys/class/net/lo/statistics/rx_bytes", "r");
    unsigned long long bytes = 0;
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%llu", &bytes), 1);
    fclose(file);
    ck_assert_uint_le(counters.rx_bytes, bytes);
    ck_assert(!links_get(links, 0x7ffffff0, &counters));
    ck_assert_int_eq(links_index("no-such-link"), 0);
    ck_assert_int_eq(links_nsid(links, 0x7ffffff0), -1);

    struct sample sample = {0};
    struct devsum *sum = devsum_new();
    links_sum_guest(links, (int[]){0x7ffffff0}, 1, sum, &sample);
    ck_assert_uint_eq(sample.valid, 0);
    devsum_free(sum);
    links_close(links);
    links_close(NULL);
}
END_TEST

static bool run(const char *const *argv)
{
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 1);
        dup2(null, 2);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* A process in a network namespace of its own, with one end of a veth pair HOST in it. */
static pid_t start_guest(const char *host, const char *peer)
{
    int ready[2];
    char byte, pid[16];
    ck_assert_int_eq(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWNET) != 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    close(ready[1]);
    bool ok = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    snprintf(pid, sizeof(pid), "%d", (int)child);
    const char *const add[] = {"ip",   "link", "add", host,    "type", "veth",
                               "peer", "name", peer,  "netns", pid,    NULL};
    const char *const up[] = {"ip", "link", "set", host, "up", NULL};
    if (ok && run(add) && run(up))
        return child;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return -1;
}

START_TEST(live_veth_leads_to_its_guest)
{
    char host[16], peer[16], pid[16];
    snprintf(host, sizeof(host), "vtt%dh", (int)(getpid() % 100000));
    snprintf(peer, sizeof(peer), "vtt%dg", (int)(getpid() % 100000));
    pid_t guest = start_guest(host, peer);
    if (guest < 0) {
        printf("SKIP: no network namespace with a veth can be made here\n");
        return;
    }
    struct links *links = NULL;
    struct error err = {0};
    int ends[4] = {0};
    snprintf(pid, sizeof(pid), "%d", (int)guest);
    ck_assert_int_eq(links_open(&links, &err), 0);
    int code = links_map(links, &err);
    int nsid = links_nsid(links, guest);
    size_t count = links_into(links, nsid, ends, 4);
    int index = links_index(host);
    uint64_t theirs = proc_namespace("", guest, "net"), ours = proc_namespace("", 0, "net");

    /* Traffic: what the guest sends is what it sends, though its host end receives it. */
    const char *const up[] = {"nsenter", "-t", pid, "-n", "ip", "link", "set", peer, "up", NULL};
    const char *const address[] = {
        "nsenter", "-t", pid, "-n", "ip", "addr", "add", "dev", peer, "198.51.100.2/24", NULL};
    const char *const ping[] = {"nsenter",
                                "-t",
                                pid,
                                "-n",
                                "bash",
                                "-c",
                                "for i in 1 2 3; do echo x > /dev/udp/198.51.100.9/9; done",
                                NULL};
    bool talked = run(up) && run(address) && run(ping);
    usleep(200000);
    struct sample by_veth = {0}, by_netns = {0};
    struct devsum *one = devsum_new(), *two = devsum_new();
    int refreshed = links_refresh(links, &err);
    links_sum_guest(links, ends, 1, one, &by_veth);
    net_dev_sum("", guest, two, &by_netns);
    kill(guest, SIGKILL);
    waitpid(guest, NULL, 0);
    const char *const drop[] = {"ip", "link", "del", host, NULL};
    run(drop);

    ck_assert_int_eq(code, 0);
    ck_assert_int_eq(refreshed, 0);
    ck_assert_int_ge(nsid, 0);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(ends[0], index);
    ck_assert_uint_ne(theirs, ours);
    ck_assert(sample_has(&by_veth, FIELD_NET_TX) && sample_has(&by_netns, FIELD_NET_TX));
    ck_assert_uint_le(by_veth.value[FIELD_NET_TX], by_netns.value[FIELD_NET_TX]);
    if (talked)
        ck_assert_uint_gt(by_veth.value[FIELD_NET_TX_PACKETS], 0);
    else
        printf("SKIP: the guest could not be made to send\n");
    devsum_free(one);
    devsum_free(two);
    links_close(links);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel/link");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_namespace_counts_what_leaves_it);
    tcase_add_test(tests, spoilt_texts_are_survived);
    tcase_add_test(tests, live_counters_agree_with_sysfs);
    tcase_add_test(tests, live_veth_leads_to_its_guest);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
