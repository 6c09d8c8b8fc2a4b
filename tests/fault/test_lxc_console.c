/* The fault list, LXC: what happens to a container's terminal while it is open.  Below the screen,
 * from the container to engine_console_take(). */
// clang-format off
// clang-format on
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "fault/console_rig.h"
#include "fault/lxc_guests.h"

static const struct console_request tty = {.kind = CONSOLE_SERIAL};
static const struct console_request shell = {.kind = CONSOLE_ATTACH, .rows = 33, .columns = 99};

static struct console_rig *setup(void)
{
    static char source[600];

    snprintf(source, sizeof(source), "lxc:%s", lxc_guests_path());
    return console_rig_new(source, NULL, false);
}

static void run_container(const char *name, const char *const *lines)
{
    lxc_guest_add(name, lines);
    lxc_guest_start(name);
}

static const struct console *ended(struct console_rig *rig, uint32_t id)
{
    return console_rig_state(rig, id, CONSOLE_ENDED);
}

/* Opens LXC_LIVE's first tty and has a word with the shell on it. */
static uint32_t open_tty(struct console_rig *rig)
{
    uint32_t id;

    console_rig_guest(rig, LXC_LIVE, STATE_RUNNING);
    id = console_rig_open(rig, LXC_LIVE, &tty);
    console_rig_state(rig, id, CONSOLE_OPEN);
    console_rig_type(rig, id, "\recho to''day\r");
    console_rig_see(rig, id, "today");
    return id;
}

START_TEST(a_tty_is_opened_and_given_back)
{
    struct console_rig *rig = setup();

    for (int i = 0; i < 3; i++) {
        uint32_t id = open_tty(rig);
        const struct console *console = engine_console(rig->engine, id);
        ck_assert_str_eq(console->device, "tty1"); /* it was free again */
        ck_assert_str_eq(console->devices[0], "tty1");
        ck_assert(console->resizable);
        engine_console_size(rig->engine, id, 21, 77);
        console_rig_type(rig, id, "stty size\r");
        console_rig_see(rig, id, "21 77");
        console_rig_close(rig, id);
    }
    console_rig_free(rig);
}
END_TEST

START_TEST(the_console_device)
{
    struct console_rig *rig = setup();
    struct console_request request = {.kind = CONSOLE_SERIAL, .device = (char *)"console"};

    console_rig_guest(rig, LXC_LIVE, STATE_RUNNING);
    uint32_t id = console_rig_open(rig, LXC_LIVE, &request);
    ck_assert_str_eq(console_rig_state(rig, id, CONSOLE_OPEN)->device, "console");
    console_rig_type(rig, id, "\rtty\r");
    console_rig_see(rig, id, "/dev/console");
    console_rig_close(rig, id);
    request.device = (char *)"sda";
    ck_assert_str_eq(ended(rig, console_rig_open(rig, LXC_LIVE, &request))->why,
                     "it has no console sda");
    console_rig_free(rig);
}
END_TEST

START_TEST(a_shell_is_clean)
{
    struct console_rig *rig = setup();

    setenv("SECRET", "of-this-host", 1);
    console_rig_guest(rig, LXC_LIVE, STATE_RUNNING);
    uint32_t id = console_rig_open(rig, LXC_LIVE, &shell);
    ck_assert(console_rig_state(rig, id, CONSOLE_OPEN)->resizable);
    console_rig_type(rig, id, "stty size; tty\r");
    console_rig_see(rig, id, "33 99");
    console_rig_see(rig, id, "/dev/pts/");
    engine_console_size(rig->engine, id, 20, 70);
    console_rig_type(rig, id, "stty size\r");
    console_rig_see(rig, id, "20 70");
    console_rig_type(rig, id, "echo $TERM $PATH [$SECRET] $((40 + 2))\r");
    console_rig_see(rig, id, "xterm-256color /usr/local/sbin");
    console_rig_see(rig, id, "[] 42");
    /* Signals have their default, and the terminal is its own. */
    console_rig_type(rig, id, "grep SigIgn /proc/self/status\r");
    console_rig_see(rig, id, "0000000000000000");
    console_rig_type(rig, id, "sh -c 'echo g\\o; exec sleep 99'\r");
    console_rig_see(rig, id, "go");
    console_rig_type(rig, id, "\003");
    console_rig_see(rig, id, "# ");
    console_rig_type(rig, id, "echo =$?; exit 7\r");
    console_rig_see(rig, id, "=130");
    const struct console *console = ended(rig, id);
    ck_assert_int_eq(console->exit_status, 7);
    ck_assert_str_eq(console->why, "the shell ended");
    console_rig_free(rig);
}
END_TEST

START_TEST(a_command_and_its_exit_status)
{
    struct console_rig *rig = setup();
    char *words[] = {(char *)"sh", (char *)"-c", (char *)"echo 'one  two'; exit 3", NULL};
    char *none[] = {(char *)"no-such-command", NULL};
    char *list[] = {(char *)"ls", (char *)"/proc/self/fd", NULL};
    struct console_request request = {.kind = CONSOLE_ATTACH, .argv = words};

    console_rig_guest(rig, LXC_LIVE, STATE_RUNNING);
    uint32_t id = console_rig_open(rig, LXC_LIVE, &request);
    console_rig_see(rig, id, "one  two");
    ck_assert_int_eq(ended(rig, id)->exit_status, 3);
    /* Three descriptors, and the one that ls opens. */
    request.argv = list;
    id = console_rig_open(rig, LXC_LIVE, &request);
    console_rig_see(rig, id, "2");
    ck_assert_int_eq(ended(rig, id)->exit_status, 0);
    ck_assert_ptr_null(strchr(rig->seen, '4'));
    request.argv = none;
    const struct console *console = ended(rig, console_rig_open(rig, LXC_LIVE, &request));
    ck_assert_int_eq(console->exit_status, 127);
    ck_assert_str_eq(console->why, "there is no no-such-command in the container");
    console_rig_free(rig);
}
END_TEST

/* As behind any terminal that goes away. */
START_TEST(closing_hangs_up)
{
    struct console_rig *rig = setup();

    console_rig_guest(rig, LXC_LIVE, STATE_RUNNING);
    char *traps[] = {(char *)"sh", (char *)"-c",
                     (char *)"trap 'echo hung up >/hup' HUP; echo set; sleep 99 & wait", NULL};
    char *looks[] = {(char *)"sh", (char *)"-c",
                     (char *)"until [ -e /hup ]; do sleep 1; done; cat /hup; rm /hup", NULL};
    struct console_request request = {.kind = CONSOLE_ATTACH, .argv = traps};
    uint32_t id = console_rig_open(rig, LXC_LIVE, &request);
    console_rig_see(rig, id, "set");
    console_rig_close(rig, id);
    request.argv = looks;
    id = console_rig_open(rig, LXC_LIVE, &request);
    console_rig_see(rig, id, "hung up");
    console_rig_free(rig);
}
END_TEST

START_TEST(a_flood_is_held_back)
{
    struct console_rig *rig = setup();

    console_rig_guest(rig, LXC_LIVE, STATE_RUNNING);
    uint32_t id = console_rig_open(rig, LXC_LIVE, &shell);
    const struct console *console = console_rig_state(rig, id, CONSOLE_OPEN);
    console_rig_type(rig, id, "yes\r");
    rig->hold = true;
    while (engine_console_waiting(rig->engine, id) < CONSOLE_WINDOW)
        console_rig_turn(rig, id);
    uint64_t before = console->bytes_in;
    for (int i = 0; i < 20; i++)
        console_rig_turn(rig, id);
    ck_assert_uint_eq(console->bytes_in, before);
    rig->hold = false;
    while (rig->taken < 4 << 20)
        console_rig_turn(rig, id);
    console_rig_type(rig, id, "\003");
    console_rig_type(rig, id, "echo en''ough\r");
    console_rig_see(rig, id, "enough");
    console_rig_free(rig);
}
END_TEST

START_TEST(row_28_stopped_while_attached)
{
    struct console_rig *rig = setup();
    uint32_t id = open_tty(rig);
    uint32_t attached = console_rig_open(rig, LXC_LIVE, &shell);

    console_rig_state(rig, attached, CONSOLE_OPEN);
    lxc_guest_kill(LXC_LIVE);
    ck_assert_str_eq(ended(rig, id)->why, "the container stopped");
    ck_assert_str_eq(ended(rig, attached)->why, "the container stopped");
    console_rig_type(rig, id, "rm -rf /\r"); /* goes nowhere */
    console_rig_close(rig, id);
    console_rig_close(rig, attached);
    console_rig_free(rig);
}
END_TEST

static void freeze(const char *program)
{
    const char *argv[] = {"timeout", "20", program, "-P", lxc_guests_path(), "-n", LXC_LIVE, NULL};

    ck_assert_int_eq(lxc_run(argv, NULL, 0), 0);
}

START_TEST(row_29_frozen)
{
    struct console_rig *rig = setup();
    struct console_request request = {.kind = CONSOLE_ATTACH, .rows = 24, .columns = 80};
    struct error err;

    console_rig_guest(rig, LXC_LIVE, STATE_RUNNING);
    /* Known here before the screen knows it. */
    freeze("lxc-freeze");
    uint32_t id = console_rig_open(rig, LXC_LIVE, &shell);
    const struct console *console = ended(rig, id);
    ck_assert_str_eq(console->why, "it is frozen");
    ck_assert_str_eq(console->remedy, "resume it first");
    request.guest = console_rig_guest(rig, LXC_LIVE, STATE_PAUSED)->id;
    ck_assert_int_eq(engine_console_open(rig->engine, &request, &err), ERR_BUSY);
    ck_assert_str_eq(err.message, "it is frozen");
    console_rig_free(rig);
    /* Who comes later does not take it for one that was frozen just now. */
    rig = setup();
    ck_assert_int_eq(console_rig_guest(rig, LXC_LIVE, STATE_PAUSED)->state_since_ns, 0);
    freeze("lxc-unfreeze");
    console_rig_free(rig);
}
END_TEST

START_TEST(row_37_ttys_exhausted)
{
    static const char *const one[] = {"lxc.tty.max = 1", NULL}, *const none[] = {"lxc.tty.max = 0",
                                                                                 NULL};
    struct console_rig *rig = setup();

    run_container("one", one);
    run_container("none", none);
    console_rig_guest(rig, "one", STATE_RUNNING);
    uint32_t id = console_rig_open(rig, "one", &tty);
    console_rig_state(rig, id, CONSOLE_OPEN);
    const struct console *console = ended(rig, console_rig_open(rig, "one", &tty));
    ck_assert_str_eq(console->why, "its only tty is in use");
    ck_assert_str_eq(console->remedy, "attach to it, or raise lxc.tty.max in its configuration");
    console_rig_close(rig, id);
    console_rig_state(rig, console_rig_open(rig, "one", &tty), CONSOLE_OPEN);
    console_rig_guest(rig, "none", STATE_RUNNING);
    ck_assert_str_eq(ended(rig, console_rig_open(rig, "none", &tty))->why, "it has no ttys");
    console_rig_free(rig);
}
END_TEST

START_TEST(row_38_no_shell)
{
    struct console_rig *rig = setup();
    char *hide[] = {(char *)"mount", (char *)"-t",   (char *)"tmpfs",
                    (char *)"none",  (char *)"/bin", NULL};
    struct console_request request = {.kind = CONSOLE_ATTACH, .argv = hide};

    console_rig_guest(rig, LXC_LIVE, STATE_RUNNING);
    ck_assert_int_eq(ended(rig, console_rig_open(rig, LXC_LIVE, &request))->exit_status, 0);
    const struct console *console = ended(rig, console_rig_open(rig, LXC_LIVE, &shell));
    ck_assert_str_eq(console->why, "there is no shell in the container");
    ck_assert_int_eq(console->exit_status, 127);
    console_rig_free(rig);
}
END_TEST

/* liblxc would wait for ever. */
START_TEST(row_26_monitor_stopped)
{
    struct console_rig *rig = setup();

    console_rig_guest(rig, LXC_LIVE, STATE_RUNNING);
    uint32_t open = open_tty(rig);
    pid_t monitor = lxc_guest_monitor(LXC_LIVE);
    kill(monitor, SIGSTOP);
    uint32_t id = console_rig_open(rig, LXC_LIVE, &tty);
    ck_assert_ptr_nonnull(strstr(ended(rig, id)->why, "is stopped (SIGSTOP)"));
    console_rig_close(rig, id);
    /* What is open needs no monitor. */
    console_rig_type(rig, open, "echo st''ill\r");
    console_rig_see(rig, open, "still");
    kill(monitor, SIGCONT);
    console_rig_free(rig);
}
END_TEST

static void write_log(const char *mode, const char *text)
{
    CLEANUP_FCLOSE FILE *file = fopen(lxc_guest_file(LXC_LIVE, LXC_LIVE ".log"), mode);

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
}

START_TEST(its_log_is_followed)
{
    struct console_rig *rig = setup();
    struct console_request log = {.kind = CONSOLE_LOG};
    char path[600];

    snprintf(path, sizeof(path), "%s", lxc_guest_file(LXC_LIVE, LXC_LIVE ".log"));
    console_rig_guest(rig, LXC_LIVE, STATE_RUNNING);
    unlink(path);
    uint32_t id = console_rig_open(rig, LXC_LIVE, &log);
    ck_assert_ptr_nonnull(strstr(ended(rig, id)->why, "there is no log of it"));
    write_log("w", "first\n");
    id = console_rig_open(rig, LXC_LIVE, &log);
    console_rig_state(rig, id, CONSOLE_OPEN);
    console_rig_see(rig, id, "first\n");
    write_log("a", "second\n");
    console_rig_see(rig, id, "second\n");
    write_log("w", "cut\n"); /* shorter than what was read */
    console_rig_see(rig, id, "cut\n");
    ck_assert_int_eq(rename(path, lxc_guest_file(LXC_LIVE, "old")), 0);
    write_log("w", "rotated\n");
    console_rig_see(rig, id, "rotated\n");
    unlink(path);
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    id = console_rig_open(rig, LXC_LIVE, &log);
    ck_assert_ptr_nonnull(strstr(ended(rig, id)->why, "is no plain file"));
    unlink(path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    id = console_rig_open(rig, LXC_LIVE, &log);
    ck_assert_ptr_nonnull(strstr(ended(rig, id)->why, "is no plain file"));
    console_rig_free(rig);
}
END_TEST

int main(int argc, char **argv)
{
    const TTest *const tests[] = {a_tty_is_opened_and_given_back,
                                  the_console_device,
                                  a_shell_is_clean,
                                  a_command_and_its_exit_status,
                                  closing_hangs_up,
                                  a_flood_is_held_back,
                                  row_26_monitor_stopped,
                                  row_28_stopped_while_attached,
                                  row_29_frozen,
                                  row_37_ttys_exhausted,
                                  row_38_no_shell,
                                  its_log_is_followed};

    console_rig_main(argc, argv);
    return lxc_guests_main("lxc_console", tests, ARRAY_SIZE(tests));
}
