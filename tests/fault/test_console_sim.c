/* Consoles from the guest to engine_console_take(), against the simulated host.
 * The rows of libvirt and LXC are in their own files. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fault/console_rig.h"

#define SPEC "sim:guests=12,machines=4,busy=web1,silent=win-ad"

static const struct console_request serial = {.kind = CONSOLE_SERIAL};
static const struct console_request shell = {.kind = CONSOLE_ATTACH};

static struct console_rig *setup(bool readonly)
{
    return console_rig_new("sim", SPEC, readonly);
}

/* The name of a running guest of that kind, not one of the special ones. */
static const char *running(struct console_rig *rig, enum guest_kind kind)
{
    const struct world *world = engine_world(rig->engine);
    int64_t until = clock_mono_ns() + CONSOLE_LIMIT_S * NS_PER_S;

    while (clock_mono_ns() < until) {
        for (size_t i = 0; i < world_guest_count(world); i++) {
            const struct guest *guest = world_guest_at(world, i);
            if (guest->state == STATE_RUNNING && guest->facts.kind == kind &&
                strcmp(guest->facts.name, "web1") != 0 && strcmp(guest->facts.name, "win-ad") != 0)
                return guest->facts.name;
        }
        console_rig_turn(rig, 0);
    }
    ck_abort_msg("nobody runs");
    return NULL;
}

START_TEST(a_dialogue_with_a_machine)
{
    struct console_rig *rig = setup(false);
    uint32_t id = console_rig_open(rig, running(rig, KIND_MACHINE), &serial);
    const struct console *console = console_rig_state(rig, id, CONSOLE_OPEN);

    ck_assert_str_eq(console->device, "serial0");
    ck_assert_str_eq(console->devices[1], "serial1");
    ck_assert(!console->resizable);
    console_rig_see(rig, id, "try help");
    console_rig_type(rig, id, "echo hello\r");
    console_rig_see(rig, id, "\r\nhello\r\n");
    ck_assert_int_gt(console->last_output_ns, 0);
    console_rig_type(rig, id, "poweroff\r");
    console = console_rig_state(rig, id, CONSOLE_ENDED);
    ck_assert_str_eq(console->why, "the guest went off");
    ck_assert_uint_eq(engine_console_count(rig->engine), 1);
    console_rig_close(rig, id);
    ck_assert_uint_eq(engine_console_count(rig->engine), 0);
    console_rig_free(rig);
}
END_TEST

START_TEST(a_shell_in_a_container_and_its_exit_status)
{
    struct console_rig *rig = setup(false);
    uint32_t id = console_rig_open(rig, running(rig, KIND_CONTAINER), &shell);

    ck_assert(console_rig_state(rig, id, CONSOLE_OPEN)->resizable);
    engine_console_size(rig->engine, id, 10, 42);
    console_rig_type(rig, id, "size\r");
    console_rig_see(rig, id, "10 rows 42 columns");
    console_rig_type(rig, id, "exit 7\r");
    ck_assert_int_eq(console_rig_state(rig, id, CONSOLE_ENDED)->exit_status, 7);
    console_rig_free(rig);
}
END_TEST

START_TEST(a_busy_console_is_taken_only_by_force)
{
    struct console_rig *rig = setup(false);
    struct console_request force = {.kind = CONSOLE_SERIAL, .force = true};
    uint32_t id = console_rig_open(rig, "web1", &serial);
    const struct console *console = console_rig_state(rig, id, CONSOLE_BUSY);

    ck_assert_str_eq(console->why, "its console is in use by another client");
    engine_console_close(rig->engine, id);
    id = console_rig_open(rig, "web1", &force);
    console_rig_state(rig, id, CONSOLE_OPEN);
    console_rig_free(rig);
}
END_TEST

/* A flood that nobody takes stops at its source; one that is taken flows; ^C is not behind it. */
START_TEST(a_flood_is_held_back)
{
    struct console_rig *rig = setup(false);
    uint32_t id = console_rig_open(rig, running(rig, KIND_MACHINE), &serial);
    const struct console *console = console_rig_state(rig, id, CONSOLE_OPEN);

    console_rig_type(rig, id, "flood\r");
    rig->hold = true;
    while (engine_console_waiting(rig->engine, id) < CONSOLE_WINDOW)
        console_rig_turn(rig, id);
    uint64_t before = console->bytes_in;
    for (int i = 0; i < 10; i++)
        console_rig_turn(rig, id);
    ck_assert_uint_eq(console->bytes_in, before);
    rig->hold = false;
    while (rig->taken < 4 << 20)
        console_rig_turn(rig, id);
    ck_assert_uint_le(engine_console_waiting(rig->engine, id), CONSOLE_WINDOW);
    console_rig_type(rig, id, "\003");
    console_rig_see(rig, id, "^C");
    console_rig_close(rig, id);
    console_rig_free(rig);
}
END_TEST

START_TEST(its_process_dies)
{
    struct console_rig *rig = setup(false);
    uint32_t id = console_rig_open(rig, running(rig, KIND_MACHINE), &serial);

    console_rig_state(rig, id, CONSOLE_OPEN);
    console_rig_type(rig, id, "crash\r");
    const struct console *console = console_rig_state(rig, id, CONSOLE_ENDED);
    ck_assert_str_eq(console->why, "the console's process died (it ended with status 9)");
    console_rig_type(rig, id, "rm -rf /\r"); /* goes nowhere */
    console_rig_turn(rig, id);
    console_rig_free(rig);
}
END_TEST

/* A console that hangs is killed when it is closed. */
START_TEST(a_stopped_process_is_killed)
{
    struct console_rig *rig = setup(false);
    uint32_t id = console_rig_open(rig, running(rig, KIND_MACHINE), &serial);
    pid_t pid = 0;

    console_rig_state(rig, id, CONSOLE_OPEN);
    ck_assert_int_eq(console_rig_children(rig, "console", &pid), 1);
    kill(pid, SIGSTOP);
    console_rig_close(rig, id);
    console_rig_free(rig);
}
END_TEST

START_TEST(readonly_shows_logs_only)
{
    struct console_rig *rig = setup(true);
    struct console_request request = {.kind = CONSOLE_LOG, .rows = 24, .columns = 80};
    const char *name = running(rig, KIND_MACHINE);
    struct error err;
    uint32_t id = console_rig_open(rig, name, &request);

    console_rig_state(rig, id, CONSOLE_OPEN);
    console_rig_see(rig, id, "line 41\n");
    console_rig_type(rig, id, "x");
    request.kind = CONSOLE_SERIAL;
    request.guest = console_rig_guest(rig, name, STATE_RUNNING)->id;
    ck_assert_int_eq(engine_console_open(rig->engine, &request, &err), ERR_DENIED);
    console_rig_free(rig);
}
END_TEST

START_TEST(a_silent_one_says_nothing)
{
    struct console_rig *rig = setup(false);
    uint32_t id = console_rig_open(rig, "win-ad", &serial);
    const struct console *console = console_rig_state(rig, id, CONSOLE_OPEN);

    console_rig_type(rig, id, "\r");
    for (int i = 0; i < 10; i++)
        console_rig_turn(rig, id);
    ck_assert_uint_eq(console->bytes_in, 0);
    console_rig_free(rig);
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("console_sim");
    TCase *tests = tcase_create("console_sim");
    SRunner *runner;
    int failed;

    console_rig_main(argc, argv);
    tcase_set_timeout(tests, 2 * CONSOLE_LIMIT_S);
    tcase_add_test(tests, a_dialogue_with_a_machine);
    tcase_add_test(tests, a_shell_in_a_container_and_its_exit_status);
    tcase_add_test(tests, a_busy_console_is_taken_only_by_force);
    tcase_add_test(tests, a_flood_is_held_back);
    tcase_add_test(tests, its_process_dies);
    tcase_add_test(tests, a_stopped_process_is_killed);
    tcase_add_test(tests, readonly_shows_logs_only);
    tcase_add_test(tests, a_silent_one_says_nothing);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
