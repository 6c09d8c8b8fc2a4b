/* Who owns a guest, and what the owner makes of it when we act on it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/manager.h"
#include "model/manager_sign.h"

enum {
    PLACE,
    NAME
};

static const struct manager_sign table[] = {
    {"One", PLACE, "/var/one/*", 2}, {"One", NAME, "one-[0-9]*", 1}, {"Two", NAME, "*-vm", 1},
    {"Two", PLACE, "*two*", 1},      {"Three", PLACE, "*", 1},
};
#define COUNT (sizeof(table) / sizeof(table[0]))

static const char *owner(const char *place, const char *name)
{
    return manager_of_signs(table, COUNT,
                            manager_signs_in(table, COUNT, PLACE, place) |
                                manager_signs_in(table, COUNT, NAME, name));
}

START_TEST(a_weak_sign_wants_another_one)
{
    ck_assert_ptr_null(owner("", ""));
    ck_assert_ptr_null(owner("", "one-7"));
    ck_assert_ptr_null(owner("", "x-vm"));
    ck_assert_str_eq(owner("/var/one/disk", ""), "One");
    ck_assert_str_eq(owner("/data/two/disk", "x-vm"), "Two");
    ck_assert_ptr_null(owner("/data/two/disk", "x"));
    /* Two weak ones of different owners are none. */
    ck_assert_ptr_null(owner("/data/two/disk", "one-7"));
}
END_TEST

START_TEST(the_heaviest_wins)
{
    ck_assert_str_eq(owner("/var/one/two", "one-7-vm"), "One");
    ck_assert_str_eq(owner("/var/one/two", "x-vm"), "One"); /* of equals the first */
}
END_TEST

START_TEST(a_sign_counts_once_and_in_its_place)
{
    uint32_t seen = manager_signs_in(table, COUNT, NAME, "one-7") |
                    manager_signs_in(table, COUNT, NAME, "one-8");

    ck_assert_ptr_null(manager_of_signs(table, COUNT, seen));
    ck_assert_uint_eq(manager_signs_in(table, COUNT, NAME, "/var/one/x"), 0);
    ck_assert_ptr_null(manager_of_signs(table, COUNT, 0));
}
END_TEST

/* 80 columns, a border, and a margin. */
#define ROOM 76

START_TEST(every_owner_has_words_for_every_action_that_fit)
{
    static const char *const names[] = {"OpenStack",  "oVirt",    "KubeVirt",  "CloudStack",
                                        "OpenNebula", "Proxmox",  "LXD",       "Incus",
                                        "Vagrant",    "minikube", "Multipass", "GNOME Boxes",
                                        "Waydroid",   "Cockpit",  "somebody"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        for (int action = 0; action < ACTION_COUNT; action++) {
            char line[200];
            const char *words = manager_will(names[i], (enum action)action);
            ck_assert_ptr_nonnull(words);
            ck_assert_uint_gt(strlen(words), 8);
            snprintf(line, sizeof(line), "Managed by %s: %s.", names[i], words);
            ck_assert_msg(strlen(line) <= ROOM, "%s", line);
        }
}
END_TEST

START_TEST(to_stop_is_not_to_start)
{
    ck_assert_str_eq(manager_will("KubeVirt", ACTION_FORCE_OFF),
                     manager_will("KubeVirt", ACTION_SHUTDOWN));
    ck_assert_ptr_nonnull(
        strstr(manager_will("KubeVirt", ACTION_SHUTDOWN), "will be started again"));
    ck_assert_ptr_nonnull(strstr(manager_will("KubeVirt", ACTION_START), "started there"));
    ck_assert_str_eq(manager_will("LXD", ACTION_PAUSE), manager_will("LXD", ACTION_REBOOT));
    ck_assert_str_eq(manager_will("nobody known", ACTION_START), "it may undo this");
}
END_TEST

START_TEST(an_owner_has_its_tool)
{
    ck_assert_str_eq(manager_tool("Proxmox VE", KIND_MACHINE), "qm");
    ck_assert_str_eq(manager_tool("Proxmox VE", KIND_CONTAINER), "pct");
    ck_assert_str_eq(manager_tool("KubeVirt", KIND_MACHINE), "virtctl");
    ck_assert_str_eq(manager_tool("Kubernetes", KIND_CONTAINER), "kubectl");
    ck_assert_str_eq(manager_tool("OpenStack", KIND_MACHINE), "its own tool");
    ck_assert_str_eq(manager_tool("nobody known", KIND_CONTAINER), "its own tool");
    /* Whom we have a tool for, but no words. */
    ck_assert_str_eq(manager_will("Docker", ACTION_START), "it may undo this");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model/manager");
    TCase *tests = tcase_create("all");

    tcase_add_test(tests, a_weak_sign_wants_another_one);
    tcase_add_test(tests, the_heaviest_wins);
    tcase_add_test(tests, a_sign_counts_once_and_in_its_place);
    tcase_add_test(tests, every_owner_has_words_for_every_action_that_fit);
    tcase_add_test(tests, to_stop_is_not_to_start);
    tcase_add_test(tests, an_owner_has_its_tool);
    suite_add_tcase(suite, tests);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
