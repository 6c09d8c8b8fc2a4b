/* The fault list, libvirt: a daemon that is not there, dies, or hangs. */
// sources: tests/fault/daemon.c tests/fault/libvirt_view.c tests/fault/libvirt_virsh.c
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "fault/daemon.h"
#include "fault/libvirt_view.h"
#include "fault/libvirt_virsh.h"

#define LOST_MS 5000    /* 2 s are promised for a daemon that dies */
#define SILENT_MS 12000 /* 10 s for one that hangs */
#define FREEZE_MS 15000 /* the list says 60 s: nothing happens in the rest */
#define AGAIN_MS 20000  /* it is tried again after 1, 2, 5, 10 s */
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
    view_choose(screen, "chosen");

    daemon_signal(SIGKILL);
    ck_assert(screen_wait(screen, LOST, LOST_MS));
    /* The kernel still knows about those that run. */
    view_check(screen, "beat");
    ck_assert(steps_row_says(screen, "chosen", " run ", SOON_MS));
    ck_assert(steps_row_says(screen, "idle", "stale", SOON_MS));
    view_choose(screen, "chosen");

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

int main(void)
{
    const TTest *const tests[] = {
        row_01_daemon_absent_at_start,
        row_02_daemon_killed_and_started_again,
        row_03_daemon_hangs,
    };

    return daemon_main("libvirt's daemon", tests, ARRAY_SIZE(tests));
}
