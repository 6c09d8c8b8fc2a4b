/* The fault list, libvirt: a daemon that is not there, dies, or hangs. */
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/daemon.h"
#include "fault/libvirt_view.h"
#include "fault/libvirt_virsh.h"
#include "fault/manners.h"
#include "screen/family.h"

#define LOST_MS 5000    /* 2 s are promised for a daemon that dies */
#define SILENT_MS 12000 /* 10 s for one that hangs */
#define FREEZE_MS 15000 /* the list says 60 s: nothing happens in the rest */
#define AGAIN_MS 20000  /* it is tried again after 1, 2, 5, 10 s */
#define GROWTH_KIB 1536 /* of heaps that settle, and of history; a leak would be of connections */
#define ACTIONS 7       /* lines of the menu that change a guest */
#define DENIED "denied: run vctop as root or join the group libvirt"
/* In the header; the events below go on telling of it. */
#define ABSENT "session: the session's libvirtd is not running"
#define LOST "session lost " /* the header; an event has a colon there */

START_TEST(row_01_daemon_absent_at_start)
{
    machine_run("beat", true);
    machine_define("idle", NULL, false);
    daemon_signal(SIGKILL);
    unlink(daemon_path("run/libvirt/libvirt-sock"));
    unlink(daemon_path("run/libvirt/libvirt-sock-ro"));

    struct screen *screen = view_start();
    ck_assert(screen_wait(screen, ABSENT, SOON_MS));
    ck_assert(steps_row_says(screen, "box", " off ", SOON_MS));
    /* Long enough for the pauses between its tries to grow. */
    screen_pump(screen, 4000);
    ck_assert(screen_wait(screen, ABSENT, 0));
    /* Its QEMU runs on, and is shown for what it is once nobody else is expected to. */
    ck_assert(steps_row_says(screen, "beat", " run ", SOON_MS));
    ck_assert(screen_wait(screen, "managed by libvirt", SOON_MS));
    ck_assert_uint_eq(daemon_count_processes("libvirtd --"), 0);
    view_check(screen, NULL);

    daemon_start();
    ck_assert(steps_row_says(screen, "beat", " run ", AGAIN_MS));
    ck_assert(steps_row_says(screen, "idle", " off ", SOON_MS));
    ck_assert(screen_wait_gone(screen, ABSENT, SOON_MS));
    view_check(screen, "beat");
    view_quit(screen);
}
END_TEST

START_TEST(row_02_daemon_killed_and_started_again)
{
    machine_run("beat", true);
    machine_run("chosen", false);
    machine_define("idle", NULL, false);
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "idle", " off ", PATIENCE_MS));
    ck_assert(steps_choose(screen, "chosen"));

    daemon_signal(SIGKILL);
    ck_assert(screen_wait(screen, LOST, LOST_MS));
    /* The kernel still knows about those that run. */
    view_check(screen, "beat");
    ck_assert(steps_row_says(screen, "chosen", " run ", SOON_MS));
    ck_assert(steps_row_says(screen, "idle", "stale", SOON_MS));
    ck_assert(steps_choose(screen, "chosen"));

    /* The rows move on; the cursor goes with its guest. */
    daemon_start();
    machine_define("another", NULL, false);
    ck_assert(screen_wait_gone(screen, LOST, AGAIN_MS));
    ck_assert(steps_row_says(screen, "another", " off ", SOON_MS));
    ck_assert(steps_row_says(screen, "idle", " off ", SOON_MS));
    ck_assert(steps_cursor_is(screen, "chosen", SOON_MS));
    ck_assert(steps_row_says(screen, "chosen", " run ", SOON_MS));
    view_check(screen, "beat");
    view_quit(screen);
}
END_TEST

START_TEST(row_03_daemon_hangs)
{
    machine_run("beat", true);
    machine_define("idle", NULL, false);
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "beat", " run ", PATIENCE_MS));
    ck_assert(view_figures_go_on(screen, "beat"));
    pid_t worker = view_worker(screen);
    size_t threads = view_threads(worker);
    ck_assert_uint_gt(threads, 0);

    daemon_signal(SIGSTOP);
    long long end = screen_now_ms() + FREEZE_MS;
    ck_assert(screen_wait(screen, LOST, SILENT_MS));
    view_check(screen, "beat");
    for (; screen_now_ms() < end; screen_pump(screen, 250))
        ck_assert_uint_le(view_threads(worker), threads + 1);
    ck_assert_int_ge(steps_row_of(screen, "idle"), 0);
    ck_assert(screen_wait(screen, LOST, 0));
    view_check(screen, "beat");

    daemon_signal(SIGCONT);
    ck_assert(screen_wait_gone(screen, LOST, AGAIN_MS));
    machine_define("another", NULL, false);
    ck_assert(steps_row_says(screen, "another", " off ", SOON_MS));
    ck_assert_int_eq(view_worker(screen), worker);
    screen_pump(screen, 2000);
    ck_assert_uint_le(view_threads(worker), threads);
    view_check(screen, "beat");
    view_quit(screen);
}
END_TEST

static size_t entries(pid_t pid, const char *name)
{
    char path[64];
    size_t count = 0;

    snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
    CLEANUP_CLOSEDIR DIR *dir = opendir(path);
    while (dir && readdir(dir))
        count++;
    return count;
}

/* The list says a hundred times: what grows, grows in each.  Counted after the second and the last,
 * when the connection for a monitor's questions, which are asked every 5 s, is there again. */
START_TEST(row_04_daemon_restarted_again_and_again)
{
    size_t files[2] = {0}, threads[2] = {0};
    long memory[2] = {0};

    machine_run("beat", true);
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "beat", " run ", PATIENCE_MS));
    pid_t worker = view_worker(screen);
    for (int round = 0; round < 8; round++) {
        bool counted = round == 1 || round == 7;

        daemon_signal(SIGKILL);
        ck_assert(screen_wait(screen, LOST, LOST_MS));
        daemon_start();
        ck_assert(screen_wait_gone(screen, LOST, AGAIN_MS));
        screen_pump(screen, counted ? 7000 : 1000);
        if (!counted)
            continue;
        files[round > 1] = entries(worker, "fd") + entries(screen_pid(screen), "fd");
        threads[round > 1] = entries(worker, "task");
        memory[round > 1] = manners_resident_kib(worker) + manners_resident_kib(screen_pid(screen));
    }
    ck_assert_int_eq(view_worker(screen), worker);
    ck_assert_uint_le(files[1], files[0] + 1);
    ck_assert_uint_le(threads[1], threads[0] + 1);
    manners_grew("six restarts", memory[1] - memory[0], GROWTH_KIB);
    view_check(screen, "beat");
    view_quit(screen);
}
END_TEST

/* The thread of that name in PID, 0 without one. */
static pid_t thread_named(pid_t pid, const char *name)
{
    char path[64], text[32];
    pid_t found = 0;

    snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
    CLEANUP_CLOSEDIR DIR *dir = opendir(path);
    for (const struct dirent *entry; dir && !found && (entry = readdir(dir));) {
        snprintf(path, sizeof(path), "/proc/%ld/task/%.16s/comm", (long)pid, entry->d_name);
        CLEANUP_FCLOSE FILE *file = fopen(path, "re");
        if (file && fgets(text, sizeof(text), file) && !strncmp(text, name, strlen(name)))
            found = (pid_t)atol(entry->d_name);
    }
    return found;
}

/* Only that thread: the daemon answers its other threads, and no event comes. */
START_TEST(row_07_event_loop_stands_still)
{
    /* The leak detector stops all threads to look: one that is held already it cannot read. */
    manners_tell_sanitizer("detect_leaks=0");
    machine_run("beat", true);
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "beat", " run ", PATIENCE_MS));
    pid_t worker = view_worker(screen), loop = thread_named(worker, "libvirt-loop");
    ck_assert_int_gt(loop, 0);

    ck_assert_int_eq(ptrace(PTRACE_SEIZE, loop, NULL, NULL), 0);
    ck_assert_int_eq(ptrace(PTRACE_INTERRUPT, loop, NULL, NULL), 0);
    ck_assert_int_eq(waitpid(loop, NULL, __WALL), loop);
    view_check(screen, "beat");
    long long end = screen_now_ms() + AGAIN_MS;
    while (waitpid(loop, NULL, __WALL | WNOHANG) == 0 && screen_now_ms() < end)
        screen_pump(screen, 100);
    ck_assert_int_gt(family_successor(screen, "--role=worker libvirt:", worker, AGAIN_MS), 0);
    machine_define("another", NULL, false);
    ck_assert(steps_row_says(screen, "another", " off ", SOON_MS));
    view_check(screen, "beat");
    view_quit(screen);
}
END_TEST

/* Who may watch, but not open the socket to act: the reason is said once, and then stands beside
 * every action, also of another guest; figures go on. */
START_TEST(row_23_actions_are_denied)
{
    machine_run("beat", true);
    machine_define("idle", NULL, false);
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "idle", " off ", PATIENCE_MS));

    ck_assert_int_eq(chmod(daemon_path("run/libvirt/libvirt-sock"), 0), 0);
    view_ask(screen, "idle", "s", "Start: idle?");
    view_say_yes(screen);
    ck_assert(screen_wait(screen, "idle: could not start", SOON_MS));
    ck_assert_int_ge(screen_find(screen, "libvirt refuses access"), 0);
    ck_assert(steps_choose(screen, "beat"));
    screen_send(screen, "m");
    ck_assert(screen_wait(screen, "force off", PATIENCE_MS));
    int grey = 0;
    for (const char *at = screen_text(screen); (at = strstr(at, DENIED)); at++)
        grey++;
    ck_assert_msg(grey == ACTIONS, "%d:\n%s", grey, screen_text(screen));
    screen_send(screen, "f\r");
    screen_pump(screen, 500);
    screen_send(screen, "\033");
    ck_assert(screen_wait_gone(screen, "force off", PATIENCE_MS));
    screen_pump(screen, 3000);
    const char *first = strstr(screen_text(screen), "start failed");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(strstr(first + 1, "start failed"));
    view_check(screen, "beat");
    ck_assert_int_eq(family_find(screen, "--role=job"), 0);
    ck_assert_int_eq(chmod(daemon_path("run/libvirt/libvirt-sock"), 0700), 0);
    ck_assert_str_eq(machine_state("idle"), "shut off");
    view_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_01_daemon_absent_at_start,
        row_02_daemon_killed_and_started_again,
        row_03_daemon_hangs,
        row_04_daemon_restarted_again_and_again,
        row_07_event_loop_stands_still,
        row_23_actions_are_denied,
    };

    return daemon_main("libvirt's daemon", tests, ARRAY_SIZE(tests));
}
