/* The fault list, libvirt: what happens to a serial console while it is open.  Below the screen,
 * from the machine to engine_console_take(). */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "fault/console_rig.h"
#include "fault/daemon.h"
#include "fault/libvirt_virsh.h"
#include "fault/manners.h"

#define LOST_S 5 /* 2 s are promised */
#define FLOOD_BYTES (256u << 10)
#define GROWTH_KB 2048

static const struct console_request serial = {.kind = CONSOLE_SERIAL};
static const struct console_request force = {.kind = CONSOLE_SERIAL, .force = true};

static struct console_rig *setup(void)
{
    const char *const *env = daemon_environment();

    for (size_t i = 0; env[i]; i++)
        putenv((char *)env[i]);
    return console_rig_new("libvirt:" DAEMON_URI, NULL, false);
}

/* Opens the console of a machine that talks, and has a word with it. */
static uint32_t open_talking(struct console_rig *rig, const char *name)
{
    uint32_t id = console_rig_open(rig, name, &serial);

    console_rig_state(rig, id, CONSOLE_OPEN);
    console_rig_type(rig, id, "hello");
    console_rig_see(rig, id, "hello");
    return id;
}

static uint32_t run_and_open(struct console_rig *rig, const char *name)
{
    machine_run_talking(name);
    console_rig_guest(rig, name, STATE_RUNNING);
    return open_talking(rig, name);
}

START_TEST(a_console_is_opened_and_given_back)
{
    struct console_rig *rig = setup();
    struct console_request second = {.kind = CONSOLE_SERIAL, .device = (char *)"serial1"};
    struct console_request none = {.kind = CONSOLE_SERIAL, .device = (char *)"serial7"};
    uint32_t id = run_and_open(rig, "talk");
    const struct console *console = engine_console(rig->engine, id);

    ck_assert_str_eq(console->device, "serial0");
    ck_assert_str_eq(console->devices[0], "serial0");
    ck_assert_str_eq(console->devices[1], "serial1");
    ck_assert_ptr_null(console->devices[2]);
    ck_assert(!console->resizable);
    /* The other line is another console. */
    uint32_t other = console_rig_open(rig, "talk", &second);
    ck_assert_str_eq(console_rig_state(rig, other, CONSOLE_OPEN)->device, "serial1");
    uint32_t absent = console_rig_open(rig, "talk", &none);
    ck_assert_str_eq(console_rig_state(rig, absent, CONSOLE_ENDED)->why,
                     "it has no console serial7");
    /* Not freed in order, it would stay in use. */
    for (int i = 0; i < 3; i++) {
        console_rig_close(rig, id);
        id = open_talking(rig, "talk");
    }
    console_rig_free(rig);
}
END_TEST

START_TEST(without_a_serial_line)
{
    struct console_rig *rig = setup();

    machine_run("mute", false);
    console_rig_guest(rig, "mute", STATE_RUNNING);
    const struct console *console =
        console_rig_state(rig, console_rig_open(rig, "mute", &serial), CONSOLE_ENDED);
    ck_assert_str_eq(console->why, "it has no serial console");
    ck_assert_ptr_nonnull(strstr(console->remedy, "virsh edit"));
    console_rig_free(rig);
}
END_TEST

START_TEST(row_05_the_daemon_is_killed)
{
    struct console_rig *rig = setup();
    uint32_t id = run_and_open(rig, "talk");
    int64_t killed = clock_mono_ns();

    daemon_signal(SIGKILL);
    const struct console *console = console_rig_state(rig, id, CONSOLE_ENDED);
    ck_assert_int_lt(clock_mono_ns() - killed, LOST_S * NS_PER_S);
    ck_assert_str_eq(console->why, "libvirtd is lost");
    ck_assert_str_eq(console->remedy, "the guest goes on: open its console again later");
    daemon_start();
    console_rig_close(rig, id);
    console_rig_guest(rig, "talk", STATE_RUNNING);
    open_talking(rig, "talk");
    console_rig_free(rig);
}
END_TEST

/* Whom the daemon does not let in any more; its sampler is in already. */
START_TEST(no_permission)
{
    struct console_rig *rig = setup();

    machine_run_talking("talk");
    console_rig_guest(rig, "talk", STATE_RUNNING);
    ck_assert_int_eq(chmod(daemon_path("run/libvirt/libvirt-sock"), 0), 0);
    const struct console *console =
        console_rig_state(rig, console_rig_open(rig, "talk", &serial), CONSOLE_ENDED);
    ck_assert_ptr_nonnull(strstr(console->why, "libvirt refuses access: "));
    ck_assert_ptr_nonnull(strstr(console->why, "Permission denied"));
    ck_assert_str_eq(console->remedy, "run vctop as root or join the group libvirt");
    console_rig_free(rig);
}
END_TEST

/* One that hangs sends no end either: keepalive tells, within 4 to 6 s. */
START_TEST(row_05_the_daemon_is_stopped)
{
    struct console_rig *rig = setup();
    uint32_t id = run_and_open(rig, "talk");

    daemon_signal(SIGSTOP);
    ck_assert_str_eq(console_rig_state(rig, id, CONSOLE_ENDED)->why, "libvirtd is lost");
    console_rig_close(rig, id);
    /* Nothing can be opened, and that is told. */
    id = console_rig_open(rig, "talk", &serial);
    ck_assert_str_eq(console_rig_state(rig, id, CONSOLE_ENDED)->why,
                     "the guest's side has not answered within 10 s");
    daemon_signal(SIGCONT);
    console_rig_free(rig);
}
END_TEST

/* `virsh console` wants a terminal: script gives it one.  Waits until it is connected. */
static pid_t start_virsh_console(const char *name)
{
    char command[128], said[4096] = "";
    int in[2], out[2];
    size_t len = 0;
    ssize_t got;

    ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    snprintf(command, sizeof(command), "virsh -c " DAEMON_URI " console %s", name);
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        dup2(in[0], STDIN_FILENO); /* stays open as long as the test lives */
        dup2(out[1], STDOUT_FILENO);
        dup2(out[1], STDERR_FILENO);
        execlp("script", "script", "-qec", command, "/dev/null", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    while (!strstr(said, "Escape character")) {
        got = read(out[0], said + len, sizeof(said) - 1 - len);
        ck_assert_msg(got > 0, "virsh says: %s", said);
        len += (size_t)got;
        said[len] = '\0';
    }
    return pid;
}

START_TEST(row_18_in_use_elsewhere)
{
    struct console_rig *rig = setup();

    machine_run_talking("talk");
    console_rig_guest(rig, "talk", STATE_RUNNING);
    pid_t virsh_console = start_virsh_console("talk");
    uint32_t id = console_rig_open(rig, "talk", &serial);
    ck_assert_str_eq(console_rig_state(rig, id, CONSOLE_BUSY)->why,
                     "its console is in use by another client");
    console_rig_close(rig, id);
    id = console_rig_open(rig, "talk", &force);
    console_rig_state(rig, id, CONSOLE_OPEN);
    console_rig_type(rig, id, "mine");
    console_rig_see(rig, id, "mine");
    ck_assert_int_eq(waitpid(virsh_console, NULL, 0), virsh_console); /* it was thrown out */

    /* And now us. */
    uint32_t thief = console_rig_open(rig, "talk", &force);
    console_rig_state(rig, thief, CONSOLE_OPEN);
    ck_assert_str_eq(console_rig_state(rig, id, CONSOLE_ENDED)->why,
                     "another client took the console over");
    console_rig_free(rig);
}
END_TEST

START_TEST(row_19_flood)
{
    struct console_rig *rig = setup();
    uint32_t id = run_and_open(rig, "talk");
    pid_t pid = 0;

    ck_assert_int_eq(console_rig_children(rig, "console", &pid), 1);
    console_rig_type(rig, id, "Y");
    rig->taken = 0;
    while (rig->taken < FLOOD_BYTES)
        console_rig_turn(rig, id);
    long before = manners_resident_kib(pid);
    ck_assert_int_gt(before, 0);
    /* Nobody takes it: it waits in the guest. */
    rig->hold = true;
    while (engine_console_waiting(rig->engine, id) < CONSOLE_WINDOW)
        console_rig_turn(rig, id);
    for (int i = 0; i < 40; i++)
        console_rig_turn(rig, id);
    rig->hold = false;
    rig->taken = 0;
    while (rig->taken < FLOOD_BYTES)
        console_rig_turn(rig, id);
    manners_grew("a flood", manners_resident_kib(pid) - before, GROWTH_KB);
    console_rig_type(rig, id, "!");
    console_rig_see(rig, id, "!");
    console_rig_type(rig, id, "Y");
    console_rig_close(rig, id);
    console_rig_free(rig);
}
END_TEST

START_TEST(row_20_qemu_is_stopped)
{
    struct console_rig *rig = setup();

    machine_run_talking("talk");
    console_rig_guest(rig, "talk", STATE_RUNNING);
    machine_signal("talk", SIGSTOP);
    uint32_t id = console_rig_open(rig, "talk", &serial);
    const struct console *console = console_rig_state(rig, id, CONSOLE_OPEN);
    uint64_t before = console->bytes_in;
    console_rig_type(rig, id, "is anybody there");
    for (int i = 0; i < 20; i++)
        console_rig_turn(rig, id);
    ck_assert_uint_eq(console->bytes_in, before);
    console_rig_close(rig, id);
    machine_signal("talk", SIGCONT);
    open_talking(rig, "talk");
    console_rig_free(rig);
}
END_TEST

START_TEST(row_21_the_guest_goes_off)
{
    struct console_rig *rig = setup();
    uint32_t id = run_and_open(rig, "talk");

    ck_assert_int_eq(virsh("destroy", "talk"), 0);
    const struct console *console = console_rig_state(rig, id, CONSOLE_ENDED);
    ck_assert_str_eq(console->why, "the guest went off");
    console_rig_type(rig, id, "rm -rf /\r"); /* goes nowhere */
    console_rig_close(rig, id);

    /* Off, and gone. */
    struct console_request request = {.kind = CONSOLE_SERIAL, .rows = 24, .columns = 80};
    struct error err;
    request.guest = console_rig_guest(rig, "talk", STATE_OFF)->id;
    ck_assert_int_eq(engine_console_open(rig->engine, &request, &err), ERR_GONE);
    ck_assert_str_eq(err.message, "it is off");
    console_rig_free(rig);
}
END_TEST

START_TEST(row_21_undefined_meanwhile)
{
    struct console_rig *rig = setup();
    uint32_t id = run_and_open(rig, "talk");

    ck_assert_int_eq(virsh("undefine", "talk"), 0);
    ck_assert_int_eq(virsh("destroy", "talk"), 0);
    ck_assert_str_eq(console_rig_state(rig, id, CONSOLE_ENDED)->why, "the guest went off");
    console_rig_free(rig);
}
END_TEST

/* What the screen believes is older than what is. */
START_TEST(another_life_is_not_opened)
{
    struct console_rig *rig = setup();
    struct console_request old = {.kind = CONSOLE_SERIAL, .life = (char *)"1:1"};

    machine_run_talking("talk");
    console_rig_guest(rig, "talk", STATE_RUNNING);
    uint32_t id = console_rig_open(rig, "talk", &old);
    ck_assert_ptr_nonnull(strstr(console_rig_state(rig, id, CONSOLE_ENDED)->why, "anew"));
    console_rig_free(rig);
}
END_TEST

START_TEST(its_log)
{
    struct console_rig *rig = setup();
    struct console_request log = {.kind = CONSOLE_LOG};

    machine_define("fresh", NULL, false);
    uint32_t id = console_rig_open(rig, "fresh", &log);
    ck_assert_str_eq(console_rig_state(rig, id, CONSOLE_ENDED)->why,
                     "there is no log of its QEMU: it never ran here");
    machine_start("fresh");
    id = console_rig_open(rig, "fresh", &log);
    console_rig_state(rig, id, CONSOLE_OPEN);
    console_rig_see(rig, id, "qemu-system");
    ck_assert_int_eq(virsh("destroy", "fresh"), 0);
    console_rig_see(rig, id, "shutting down");
    console_rig_free(rig);
}
END_TEST

int main(int argc, char **argv)
{
    const TTest *const tests[] = {a_console_is_opened_and_given_back,
                                  without_a_serial_line,
                                  no_permission,
                                  row_05_the_daemon_is_killed,
                                  row_05_the_daemon_is_stopped,
                                  row_18_in_use_elsewhere,
                                  row_19_flood,
                                  row_20_qemu_is_stopped,
                                  row_21_the_guest_goes_off,
                                  row_21_undefined_meanwhile,
                                  another_life_is_not_opened,
                                  its_log};

    console_rig_main(argc, argv);
    return daemon_main("libvirt_console", tests, ARRAY_SIZE(tests));
}
