#include "model/action.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/guest.h"

#define ALL (ACTION_BIT(ACTION_COUNT) - 1)

static struct guest guest_in(enum guest_kind kind, enum guest_state state)
{
    struct guest guest = {.state = state};
    guest.facts.kind = kind;
    guest.facts.can = ALL;
    guest.facts.persistent = 1;
    return guest;
}

/* What is allowed, as the keys of the menu; each refusal has a reason, nothing else has one. */
static const char *allowed(const struct guest *guest, bool readonly)
{
    static char keys[ACTION_COUNT + 1];
    size_t count = 0;
    for (int i = 0; i < ACTION_COUNT; i++) {
        char reason[128] = "untouched";
        if (action_allowed(guest, (enum action)i, readonly, reason, sizeof(reason))) {
            keys[count++] = i == ACTION_RESUME ? 'P' : action_key((enum action)i);
            ck_assert_str_eq(reason, "");
        } else {
            ck_assert_str_ne(reason, "");
            ck_assert_str_ne(reason, "untouched");
        }
    }
    keys[count] = '\0';
    return keys;
}

static void expect_reason(const struct guest *guest, enum action action, const char *why)
{
    char reason[128];
    ck_assert(!action_allowed(guest, action, false, reason, sizeof(reason)));
    ck_assert_str_eq(reason, why);
}

START_TEST(words_lead_back)
{
    for (int i = 0; i < ACTION_COUNT; i++) {
        ck_assert_int_eq(action_from_word(action_word((enum action)i)), i);
        ck_assert_str_ne(action_name((enum action)i), "");
        ck_assert_str_ne(action_consequence((enum action)i, KIND_MACHINE), "");
        ck_assert_str_ne(action_consequence((enum action)i, KIND_CONTAINER), "");
    }
    ck_assert_int_eq(action_from_word("explode"), ACTION_COUNT);
    ck_assert_str_eq(action_name(ACTION_COUNT), "");
    ck_assert(action_wants_name(ACTION_FORCE_OFF) && action_wants_name(ACTION_RESET));
    ck_assert(!action_wants_name(ACTION_SHUTDOWN));
}
END_TEST

/* d shutdown, r reboot, p pause, P resume, h hard reset, f force off, s start, t autostart. */
START_TEST(states_allow_what_they_should)
{
    static const struct {
        enum guest_kind kind;
        enum guest_state state;
        const char *keys;
    } cases[] = {
        {KIND_MACHINE, STATE_OFF, "st"},         {KIND_CONTAINER, STATE_OFF, "st"},
        {KIND_MACHINE, STATE_RUNNING, "drphft"}, {KIND_CONTAINER, STATE_RUNNING, "drphft"},
        {KIND_MACHINE, STATE_PAUSED, "Phft"},    {KIND_CONTAINER, STATE_PAUSED, "Pft"},
        {KIND_MACHINE, STATE_STARTING, "ft"},    {KIND_CONTAINER, STATE_STOPPING, "ft"},
        {KIND_MACHINE, STATE_CRASHED, "hft"},    {KIND_MACHINE, STATE_UNKNOWN, ""},
        {KIND_CONTAINER, STATE_DENIED, ""},      {KIND_CONTAINER, STATE_BROKEN, ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct guest guest = guest_in(cases[i].kind, cases[i].state);
        ck_assert_str_eq(allowed(&guest, false), cases[i].keys);
        ck_assert_str_eq(allowed(&guest, true), "");
    }
}
END_TEST

START_TEST(reasons_are_plain)
{
    struct guest guest = guest_in(KIND_CONTAINER, STATE_PAUSED);
    expect_reason(&guest, ACTION_SHUTDOWN, "frozen: resume it or force it off");
    expect_reason(&guest, ACTION_PAUSE, "already frozen");
    guest = guest_in(KIND_MACHINE, STATE_RUNNING);
    expect_reason(&guest, ACTION_START, "already running");
    expect_reason(&guest, ACTION_RESUME, "not paused");
    guest = guest_in(KIND_MACHINE, STATE_PAUSED);
    expect_reason(&guest, ACTION_SHUTDOWN, "paused: resume it first");
    expect_reason(&guest, ACTION_PAUSE, "already paused");
    guest = guest_in(KIND_MACHINE, STATE_OFF);
    expect_reason(&guest, ACTION_FORCE_OFF, "it is off");

    char reason[128];
    ck_assert(!action_allowed(&guest, ACTION_START, true, reason, sizeof(reason)));
    ck_assert_str_eq(reason, "read-only (--readonly)");
    char small[5];
    ck_assert(!action_allowed(&guest, ACTION_START, true, small, sizeof(small)));
    ck_assert_str_eq(small, "read");
    ck_assert(!action_allowed(&guest, ACTION_COUNT, false, reason, sizeof(reason)));
}
END_TEST

START_TEST(a_crashed_guest_without_a_process_can_be_started)
{
    struct guest guest = guest_in(KIND_MACHINE, STATE_CRASHED);

    guest.facts.life = (char *)"77:1"; /* it panicked and is kept as it was */
    ck_assert_str_eq(allowed(&guest, false), "hft");
    guest.facts.life = (char *)""; /* its QEMU was killed */
    ck_assert_str_eq(allowed(&guest, false), "st");
    expect_reason(&guest, ACTION_FORCE_OFF, "it has crashed: start it");
}
END_TEST

START_TEST(sources_limit_what_can_be_done)
{
    struct guest guest = guest_in(KIND_CONTAINER, STATE_RUNNING);
    guest.facts.can = ACTION_BIT(ACTION_SHUTDOWN) | ACTION_BIT(ACTION_START);
    ck_assert_str_eq(allowed(&guest, false), "d");
    expect_reason(&guest, ACTION_RESET, "a container has no reset button");
    expect_reason(&guest, ACTION_REBOOT, "this source cannot");
    guest.facts.manager = (char *)"Proxmox";
    ck_assert_str_eq(allowed(&guest, false), "d"); /* its owner is no obstacle by itself */
    guest.facts.can = 0;
    expect_reason(&guest, ACTION_SHUTDOWN, "managed by Proxmox: use pct");
    guest.facts.kind = KIND_MACHINE;
    expect_reason(&guest, ACTION_SHUTDOWN, "managed by Proxmox: use qm");
    guest.facts.manager = (char *)"systemd unit web.service";
    expect_reason(&guest, ACTION_START, "managed by systemd unit web.service: use systemctl");
    guest.facts.manager = (char *)"somebody";
    expect_reason(&guest, ACTION_START, "managed by somebody: use its own tool");
    guest.facts.manager = NULL;
    guest.id.source = (char *)"proc";
    expect_reason(&guest, ACTION_FORCE_OFF, "not under libvirt: use its own monitor");
}
END_TEST

START_TEST(a_hung_qemu_can_only_be_forced_off)
{
    static const char *const blames[] = {"QEMU stopped", "QEMU in D state"};
    for (size_t i = 0; i < ARRAY_SIZE(blames); i++) {
        struct guest guest = guest_in(KIND_MACHINE, STATE_RUNNING);
        guest.blame = (char *)blames[i];
        ck_assert_str_eq(allowed(&guest, false), "f");
        expect_reason(&guest, ACTION_SHUTDOWN, "QEMU does not answer: only force off helps");
    }
    struct guest guest = guest_in(KIND_MACHINE, STATE_RUNNING);
    guest.blame = (char *)"monitor silent 41 s";
    ck_assert_str_eq(allowed(&guest, false), "drphft");
}
END_TEST

START_TEST(autostart_is_a_switch)
{
    struct guest guest = guest_in(KIND_MACHINE, STATE_RUNNING);
    char reason[128];
    ck_assert(action_allowed(&guest, ACTION_AUTOSTART_ON, false, reason, sizeof(reason)));
    expect_reason(&guest, ACTION_AUTOSTART_OFF, "autostart is off already");
    guest.facts.autostart = 1;
    ck_assert(action_allowed(&guest, ACTION_AUTOSTART_OFF, false, reason, sizeof(reason)));
    expect_reason(&guest, ACTION_AUTOSTART_ON, "autostart is on already");
    guest.facts.autostart = -1;
    ck_assert_str_eq(allowed(&guest, false), "drphf");
    guest.facts.autostart = 0;
    guest.facts.persistent = 0;
    ck_assert_str_eq(allowed(&guest, false), "drphf");
}
END_TEST

START_TEST(transient_machines_lose_more)
{
    struct guest guest = guest_in(KIND_MACHINE, STATE_RUNNING);
    ck_assert_ptr_null(action_also_lost(ACTION_FORCE_OFF, &guest));
    guest.facts.persistent = 0;
    ck_assert_ptr_nonnull(action_also_lost(ACTION_FORCE_OFF, &guest));
    ck_assert_ptr_nonnull(action_also_lost(ACTION_SHUTDOWN, &guest));
    ck_assert_ptr_null(action_also_lost(ACTION_REBOOT, &guest));
    guest.facts.persistent = -1;
    ck_assert_ptr_null(action_also_lost(ACTION_FORCE_OFF, &guest));
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("model_action");
    tcase_add_test(tests, words_lead_back);
    tcase_add_test(tests, states_allow_what_they_should);
    tcase_add_test(tests, reasons_are_plain);
    tcase_add_test(tests, a_crashed_guest_without_a_process_can_be_started);
    tcase_add_test(tests, sources_limit_what_can_be_done);
    tcase_add_test(tests, a_hung_qemu_can_only_be_forced_off);
    tcase_add_test(tests, autostart_is_a_switch);
    tcase_add_test(tests, transient_machines_lose_more);
    Suite *suite = suite_create("model_action");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
