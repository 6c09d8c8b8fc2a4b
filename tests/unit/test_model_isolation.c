/* From facts to a verdict: each finding and its opposite. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/isolation.h"
#include "model/world.h"

#define DEFAULT_CAPS UINT64_C(0x1fcfdfcffff) /* all but those that LXC drops */

static struct isolation it;

static void teardown(void)
{
    isolation_clear(&it);
}

static struct isolation_facts *facts(void)
{
    return &it.facts;
}

static void forget(enum isolation_fact fact)
{
    struct isolation_value *value = &it.facts.at[fact];
    for (size_t i = 0; i < value->count; i++)
        free(value->text[i]);
    free(value->text);
    *value = (struct isolation_value){0};
}

static void set_text(enum isolation_fact fact, const char *text)
{
    isolation_set_text(facts(), fact, text);
}

/* As LXC does it well: mapped ids, a filter, a profile. */
static void mapped(void)
{
    isolation_set_number(facts(), ISOLATION_FACT_UID, 100000);
    isolation_add(facts(), ISOLATION_FACT_UID_MAP, "0 100000 65536");
    isolation_add(facts(), ISOLATION_FACT_GID_MAP, "0 100000 65536");
    isolation_set_number(facts(), ISOLATION_FACT_SHARED, 0);
    set_text(ISOLATION_FACT_SECCOMP, "filter");
    set_text(ISOLATION_FACT_DRIVER, "apparmor");
    set_text(ISOLATION_FACT_PROFILE, "lxc-container-default-cgns");
    set_text(ISOLATION_FACT_MODE, "enforce");
    isolation_set_number(facts(), ISOLATION_FACT_CAP_BND, DEFAULT_CAPS);
    isolation_set_number(facts(), ISOLATION_FACT_NESTING, 0);
    isolation_add(facts(), ISOLATION_FACT_DEVICES, "c 1:3 rwm");
    isolation_add(facts(), ISOLATION_FACT_DEVICES, "b *:* m");
    isolation_begin_list(facts(), ISOLATION_FACT_WRITABLE);
    isolation_begin_list(facts(), ISOLATION_FACT_SYSTEM_WRITABLE);
}

static void privileged(void)
{
    mapped();
    forget(ISOLATION_FACT_UID_MAP);
    isolation_add(facts(), ISOLATION_FACT_UID_MAP, "0 0 4294967295");
}

static void machine(void)
{
    set_text(ISOLATION_FACT_ACCEL, "kvm");
    isolation_set_number(facts(), ISOLATION_FACT_UID, 64055);
    isolation_set_number(facts(), ISOLATION_FACT_CAP_EFF, 0);
    set_text(ISOLATION_FACT_SECCOMP, "filter");
    set_text(ISOLATION_FACT_DRIVER, "apparmor");
    set_text(ISOLATION_FACT_MODE, "enforce");
    isolation_add(facts(), ISOLATION_FACT_GRAPHICS, "vnc 127.0.0.1:5900, no password");
    isolation_begin_list(facts(), ISOLATION_FACT_GRAPHICS_OPEN);
    isolation_begin_list(facts(), ISOLATION_FACT_VFIO);
    isolation_begin_list(facts(), ISOLATION_FACT_WRITABLE);
    isolation_set_number(facts(), ISOLATION_FACT_NESTED, 0);
    isolation_begin_list(facts(), ISOLATION_FACT_MESSAGES);
}

static bool has(enum isolation_key key)
{
    for (size_t i = 0; i < it.findings; i++)
        if (it.finding[i].key == key)
            return true;
    return false;
}

static void judge(enum guest_kind kind, enum isolation_verdict verdict)
{
    char sentence[ISOLATION_SENTENCE_MAX];

    isolation_judge(&it, kind);
    isolation_sentence(&it, sentence, sizeof(sentence));
    ck_assert_msg(it.verdict == verdict, "%s", sentence);
    for (size_t i = 1; i < it.findings; i++)
        ck_assert_int_le(it.finding[i].weight, it.finding[i - 1].weight);
}

static void says(const char *text)
{
    char sentence[ISOLATION_SENTENCE_MAX];

    isolation_sentence(&it, sentence, sizeof(sentence));
    ck_assert_str_eq(sentence, text);
}

START_TEST(a_mapped_container_is_strong)
{
    mapped();
    judge(KIND_CONTAINER, ISOLATION_STRONG);
    ck_assert_uint_eq(it.findings, 0);
    says("strong");
}
END_TEST

START_TEST(root_that_is_root_is_weak)
{
    privileged();
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    ck_assert(has(ISOLATION_PRIVILEGED_FOUND));
    set_text(ISOLATION_FACT_SECCOMP, "off");
    isolation_set_number(facts(), ISOLATION_FACT_CAP_BND, 0);
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    says("weak: root in the container is root on the host, no seccomp");
}
END_TEST

START_TEST(the_hosts_user_namespace_makes_root_root_whatever_the_map)
{
    mapped();
    forget(ISOLATION_FACT_UID_MAP);
    forget(ISOLATION_FACT_GID_MAP);
    isolation_set_number(facts(), ISOLATION_FACT_SHARED, 1u << SPACE_USER);
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    ck_assert(has(ISOLATION_PRIVILEGED_FOUND));
}
END_TEST

static const struct {
    enum isolation_space space;
    enum isolation_key key;
    enum isolation_verdict verdict; /* of a mapped one */
} spaces[] = {{SPACE_MNT, ISOLATION_SHARED_MNT_FOUND, ISOLATION_WEAK},
              {SPACE_PID, ISOLATION_SHARED_PID_FOUND, ISOLATION_WEAK},
              {SPACE_NET, ISOLATION_SHARED_NET_FOUND, ISOLATION_FAIR},
              {SPACE_IPC, ISOLATION_SHARED_IPC_FOUND, ISOLATION_FAIR},
              {SPACE_UTS, ISOLATION_SHARED_UTS_FOUND, ISOLATION_STRONG},
              {SPACE_CGROUP, ISOLATION_SHARED_CGROUP_FOUND, ISOLATION_STRONG}};

START_TEST(shared_namespaces_are_found_one_by_one)
{
    mapped();
    isolation_set_number(facts(), ISOLATION_FACT_SHARED, UINT64_C(1) << spaces[_i].space);
    judge(KIND_CONTAINER, spaces[_i].verdict);
    ck_assert_uint_eq(it.findings, 1);
    ck_assert(has(spaces[_i].key));
}
END_TEST

START_TEST(the_hosts_network_with_net_admin_is_worse_for_root)
{
    privileged();
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    ck_assert(!has(ISOLATION_HOST_NETWORK_ADMIN_FOUND));
    isolation_set_number(facts(), ISOLATION_FACT_SHARED, UINT64_C(1) << SPACE_NET);
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    ck_assert(has(ISOLATION_HOST_NETWORK_ADMIN_FOUND));
    isolation_set_number(facts(), ISOLATION_FACT_CAP_BND, 0);
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    ck_assert(!has(ISOLATION_HOST_NETWORK_ADMIN_FOUND));
}
END_TEST

START_TEST(capabilities_count_where_root_is_root)
{
    privileged();
    isolation_set_number(facts(), ISOLATION_FACT_CAP_BND, UINT64_C(0x1ffffffffff));
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    ck_assert(has(ISOLATION_CAPS_HOST_FOUND) && has(ISOLATION_CAPS_WIDE_FOUND));
    isolation_set_number(facts(), ISOLATION_FACT_CAP_BND, DEFAULT_CAPS);
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    ck_assert(!has(ISOLATION_CAPS_HOST_FOUND) && has(ISOLATION_CAPS_WIDE_FOUND));
    isolation_clear(&it);
    mapped();
    isolation_set_number(facts(), ISOLATION_FACT_CAP_BND, UINT64_C(0x1ffffffffff));
    judge(KIND_CONTAINER, ISOLATION_STRONG);
}
END_TEST

START_TEST(a_mapped_container_without_a_filter_or_profile_is_fair)
{
    mapped();
    set_text(ISOLATION_FACT_SECCOMP, "off");
    judge(KIND_CONTAINER, ISOLATION_FAIR);
    says("fair: no seccomp");
    set_text(ISOLATION_FACT_SECCOMP, "filter");
    set_text(ISOLATION_FACT_MODE, "unconfined");
    judge(KIND_CONTAINER, ISOLATION_FAIR);
    says("fair: no security profile");
    set_text(ISOLATION_FACT_MODE, "complain");
    judge(KIND_CONTAINER, ISOLATION_FAIR);
    says("fair: its security profile only complains");
    set_text(ISOLATION_FACT_DRIVER, "none");
    judge(KIND_CONTAINER, ISOLATION_FAIR);
    says("fair: the host has no AppArmor or SELinux");
    set_text(ISOLATION_FACT_DRIVER, "apparmor");
    set_text(ISOLATION_FACT_MODE, "mixed");
    judge(KIND_CONTAINER, ISOLATION_STRONG);
}
END_TEST

START_TEST(devices_are_judged_by_what_may_be_done_with_them)
{
    privileged();
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    ck_assert(!has(ISOLATION_DEVICES_ALL_FOUND) && !has(ISOLATION_DEVICES_DISK_FOUND));
    isolation_add(facts(), ISOLATION_FACT_DEVICES, "b 8:0 rw");
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    ck_assert(has(ISOLATION_DEVICES_DISK_FOUND));
    isolation_add(facts(), ISOLATION_FACT_DEVICES, "a *:* rwm");
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    ck_assert(has(ISOLATION_DEVICES_ALL_FOUND) && !has(ISOLATION_DEVICES_DISK_FOUND));
}
END_TEST

START_TEST(what_it_may_write_is_named)
{
    mapped();
    isolation_add(facts(), ISOLATION_FACT_WRITABLE, "/srv/data at /mnt");
    judge(KIND_CONTAINER, ISOLATION_FAIR);
    says("fair: may write /srv/data at /mnt of the host");
    isolation_add(facts(), ISOLATION_FACT_WRITABLE, "/home");
    isolation_add(facts(), ISOLATION_FACT_SYSTEM_WRITABLE, "/sys");
    judge(KIND_CONTAINER, ISOLATION_FAIR);
    says("fair: may write /srv/data at /mnt and 1 more of the host");
    forget(ISOLATION_FACT_UID_MAP);
    isolation_add(facts(), ISOLATION_FACT_UID_MAP, "0 0 4294967295");
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    ck_assert(has(ISOLATION_SYSTEM_WRITABLE_FOUND) && has(ISOLATION_HOST_WRITABLE_FOUND));
}
END_TEST

START_TEST(nesting_is_told_and_costs_only_root)
{
    mapped();
    isolation_set_number(facts(), ISOLATION_FACT_NESTING, 1);
    judge(KIND_CONTAINER, ISOLATION_STRONG);
    ck_assert(has(ISOLATION_NESTING_FOUND));
}
END_TEST

START_TEST(what_is_unknown_is_not_good)
{
    static const enum isolation_fact needed[] = {ISOLATION_FACT_UID_MAP, ISOLATION_FACT_SHARED,
                                                 ISOLATION_FACT_SECCOMP, ISOLATION_FACT_DRIVER,
                                                 ISOLATION_FACT_WRITABLE};

    mapped();
    forget(needed[_i]);
    judge(KIND_CONTAINER, ISOLATION_UNKNOWN);
    isolation_clear(&it);
    privileged(); /* but what is bad is bad whatever else is unknown */
    if (needed[_i] != ISOLATION_FACT_UID_MAP)
        forget(needed[_i]);
    judge(KIND_CONTAINER, ISOLATION_WEAK);
    isolation_clear(&it);
    judge(KIND_CONTAINER, ISOLATION_UNKNOWN);
    judge(KIND_MACHINE, ISOLATION_UNKNOWN);
}
END_TEST

START_TEST(what_is_missing_is_said)
{
    mapped();
    forget(ISOLATION_FACT_SECCOMP);
    set_text(ISOLATION_FACT_MODE, "unconfined");
    judge(KIND_CONTAINER, ISOLATION_UNKNOWN);
    says("unknown: seccomp cannot be read, no security profile");
}
END_TEST

START_TEST(a_confined_machine_is_strong)
{
    machine();
    judge(KIND_MACHINE, ISOLATION_STRONG);
    isolation_set_number(facts(), ISOLATION_FACT_NESTED, 1);
    judge(KIND_MACHINE, ISOLATION_STRONG);
    ck_assert(has(ISOLATION_NESTED_FOUND));
}
END_TEST

START_TEST(each_finding_of_a_machine)
{
    machine();
    set_text(ISOLATION_FACT_ACCEL, "tcg");
    judge(KIND_MACHINE, ISOLATION_WEAK);
    says("weak: emulated, which QEMU does not call a border");
    set_text(ISOLATION_FACT_ACCEL, "kvm");

    isolation_set_number(facts(), ISOLATION_FACT_UID, 0);
    judge(KIND_MACHINE, ISOLATION_FAIR);
    says("fair: QEMU is root, without capabilities");
    isolation_set_number(facts(), ISOLATION_FACT_CAP_EFF, 3);
    judge(KIND_MACHINE, ISOLATION_WEAK);
    says("weak: QEMU is root with capabilities (2 of them)");
    isolation_set_number(facts(), ISOLATION_FACT_UID, 64055);
    judge(KIND_MACHINE, ISOLATION_STRONG); /* chown and dac_override of a user: no */
    isolation_set_number(facts(), ISOLATION_FACT_CAP_EFF, UINT64_C(1) << 21);
    judge(KIND_MACHINE, ISOLATION_WEAK);
    says("weak: QEMU keeps sys_admin");
    isolation_set_number(facts(), ISOLATION_FACT_CAP_EFF, 0);

    isolation_add(facts(), ISOLATION_FACT_VFIO, "IOMMU group 12 (0000:01:00.0)");
    judge(KIND_MACHINE, ISOLATION_FAIR);
    says("fair: has a device of the host (IOMMU group 12 (0000:01:00.0))");
    isolation_add(facts(), ISOLATION_FACT_VFIO, "noiommu-0, no IOMMU");
    judge(KIND_MACHINE, ISOLATION_WEAK);
    forget(ISOLATION_FACT_VFIO);

    isolation_add(facts(), ISOLATION_FACT_MESSAGES, "deprecated configuration: machine type");
    judge(KIND_MACHINE, ISOLATION_STRONG);
    isolation_add(facts(), ISOLATION_FACT_MESSAGES, "tainted: custom argv");
    judge(KIND_MACHINE, ISOLATION_FAIR);
    says("fair: tainted: custom argv");
    forget(ISOLATION_FACT_MESSAGES);

    isolation_add(facts(), ISOLATION_FACT_GRAPHICS_OPEN, "vnc 0.0.0.0:5900");
    judge(KIND_MACHINE, ISOLATION_WEAK);
    says("weak: vnc 0.0.0.0:5900 is open without a password");
    forget(ISOLATION_FACT_GRAPHICS_OPEN);
    isolation_add(facts(), ISOLATION_FACT_WRITABLE, "/srv/share");
    judge(KIND_MACHINE, ISOLATION_FAIR);
}
END_TEST

START_TEST(values_read_as_people_read_them)
{
    char text[200];

    mapped();
    isolation_value_text(facts(), ISOLATION_FACT_UID_MAP, 0, text, sizeof(text));
    ck_assert_str_eq(text, "0-65535 -> 100000-165535");
    isolation_set_number(facts(), ISOLATION_FACT_CAP_EFF, UINT64_C(1) << 21 | UINT64_C(1) << 50);
    isolation_value_text(facts(), ISOLATION_FACT_CAP_EFF, 0, text, sizeof(text));
    ck_assert_str_eq(text, "sys_admin 50");
    isolation_value_text(facts(), ISOLATION_FACT_WRITABLE, 0, text, sizeof(text));
    ck_assert_str_eq(text, "none");
    isolation_value_text(facts(), ISOLATION_FACT_NO_NEW_PRIVS, 0, text, sizeof(text));
    ck_assert_str_eq(text, "-");
}
END_TEST

START_TEST(a_sentence_never_overruns)
{
    char sentence[ISOLATION_SENTENCE_MAX];

    privileged();
    for (size_t size = 1; size < sizeof(sentence); size++) {
        isolation_judge(&it, KIND_CONTAINER);
        isolation_sentence(&it, sentence, size);
        ck_assert_uint_lt(strlen(sentence), size);
    }
}
END_TEST

/* ---- in the world ---- */

static struct world *world;

static void world_setup(void)
{
    world = world_new(1000000000);
    world_add_source(world, "lxc:/p", true);
}

static void world_teardown(void)
{
    world_free(world);
}

static void add(uint32_t handle, const char *name, const char *life, const char *map)
{
    struct facts guest = {.handle = handle,
                          .key = (char *)name,
                          .life = (char *)life,
                          .name = (char *)name,
                          .kind = KIND_CONTAINER};

    world_facts(world, "lxc:/p", &guest, 1, 1);
    world_row(world, "lxc:/p", handle, STATE_RUNNING, NULL, NULL, NULL, 1, 1);
    if (!map)
        return;
    mapped();
    forget(ISOLATION_FACT_UID_MAP);
    isolation_add(facts(), ISOLATION_FACT_UID_MAP, map);
    world_isolation(world, "lxc:/p", handle, facts());
    world_isolation_settle(world);
    isolation_clear(&it);
}

static const char *word(uint32_t handle)
{
    return guest_isolation(world_find_handle(world, "lxc:/p", handle));
}

START_TEST(those_who_share_ids_are_told_of)
{
    const struct guest *guest;
    char sentence[ISOLATION_SENTENCE_MAX];

    add(1, "a", "1", "0 100000 65536");
    ck_assert_str_eq(word(1), "strong");
    add(2, "b", "1", "0 200000 65536");
    ck_assert_str_eq(word(1), "strong");
    ck_assert_str_eq(word(2), "strong");
    add(3, "c", "1", "0 265535 10");
    ck_assert_str_eq(word(1), "strong");
    ck_assert_str_eq(word(2), "fair");
    ck_assert_str_eq(word(3), "fair");
    guest = world_find_handle(world, "lxc:/p", 3);
    isolation_sentence(guest->isolation, sentence, sizeof(sentence));
    ck_assert_str_eq(sentence, "fair: shares its user ids with b");
    add(4, "d", "1", "0 200000 65536");
    isolation_sentence(guest->isolation, sentence, sizeof(sentence));
    ck_assert_ptr_nonnull(strstr(sentence, " and 1 more"));
    /* It goes, and it is over. */
    world_gone(world, "lxc:/p", 2, 2, 2);
    world_gone(world, "lxc:/p", 4, 2, 2);
    world_isolation_settle(world);
    ck_assert_str_eq(word(3), "strong");
    /* Root of the host has all ids: nothing to tell of. */
    add(5, "e", "1", "0 0 4294967295");
    ck_assert_str_eq(word(1), "strong");
    ck_assert_str_eq(word(5), "weak");
}
END_TEST

START_TEST(another_life_is_unknown_again)
{
    add(1, "a", "1", "0 100000 65536");
    ck_assert_str_eq(word(1), "strong");
    add(1, "a", "2", NULL);
    ck_assert_str_eq(word(1), "unknown");
    world_row(world, "lxc:/p", 1, STATE_OFF, NULL, NULL, NULL, 2, 2);
    ck_assert_ptr_null(word(1));
}
END_TEST

START_TEST(hostile_texts_are_sanitised_at_the_door)
{
    add(1, "a", "1", NULL);
    mapped();
    set_text(ISOLATION_FACT_PROFILE, "evil\033[2J");
    isolation_add(facts(), ISOLATION_FACT_WRITABLE, "/srv\n/x");
    world_isolation(world, "lxc:/p", 1, facts());
    const struct guest *guest = world_find_handle(world, "lxc:/p", 1);
    ck_assert_ptr_null(
        strchr(isolation_text(&guest->isolation->facts, ISOLATION_FACT_PROFILE), '\033'));
    ck_assert_ptr_null(strchr(guest->isolation->facts.at[ISOLATION_FACT_WRITABLE].text[0], '\n'));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("isolation");
    TCase *pure = tcase_create("pure"), *in_world = tcase_create("world");

    tcase_add_checked_fixture(pure, NULL, teardown);
    tcase_add_test(pure, a_mapped_container_is_strong);
    tcase_add_test(pure, root_that_is_root_is_weak);
    tcase_add_test(pure, the_hosts_user_namespace_makes_root_root_whatever_the_map);
    tcase_add_loop_test(pure, shared_namespaces_are_found_one_by_one, 0,
                        (int)(sizeof(spaces) / sizeof(spaces[0])));
    tcase_add_test(pure, the_hosts_network_with_net_admin_is_worse_for_root);
    tcase_add_test(pure, capabilities_count_where_root_is_root);
    tcase_add_test(pure, a_mapped_container_without_a_filter_or_profile_is_fair);
    tcase_add_test(pure, devices_are_judged_by_what_may_be_done_with_them);
    tcase_add_test(pure, what_it_may_write_is_named);
    tcase_add_test(pure, nesting_is_told_and_costs_only_root);
    tcase_add_loop_test(pure, what_is_unknown_is_not_good, 0, 5);
    tcase_add_test(pure, what_is_missing_is_said);
    tcase_add_test(pure, a_confined_machine_is_strong);
    tcase_add_test(pure, each_finding_of_a_machine);
    tcase_add_test(pure, values_read_as_people_read_them);
    tcase_add_test(pure, a_sentence_never_overruns);
    suite_add_tcase(suite, pure);
    tcase_add_checked_fixture(in_world, world_setup, world_teardown);
    tcase_add_test(in_world, those_who_share_ids_are_told_of);
    tcase_add_test(in_world, another_life_is_unknown_again);
    tcase_add_test(in_world, hostile_texts_are_sanitised_at_the_door);
    suite_add_tcase(suite, in_world);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
