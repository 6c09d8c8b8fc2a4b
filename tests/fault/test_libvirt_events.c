/* The fault list, libvirt: a system that panics, and long work on a machine's images, are told in
 * the words that fit.  (Broken memory of the host, which is told too, cannot be made without KVM.)
 */
#include <check.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "fault/daemon.h"
#include "fault/libvirt_view.h"
#include "fault/libvirt_virsh.h"

static void must(const char *command)
{
    ck_assert_msg(virsh(command, NULL) == 0, "virsh %s: %s", command, virsh_output());
}

static void expect(struct screen *screen, const char *text)
{
    ck_assert(screen_wait(screen, text, PATIENCE_MS));
}

static struct screen *hold(const char *name, const char *on_crash)
{
    machine_hold_panicking(name, on_crash);
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, name, "paused", PATIENCE_MS));
    ck_assert_int_eq(virsh("resume", name), 0);
    return screen;
}

static void expect_event(struct screen *screen, const char *text)
{
    screen_send(screen, "3");
    expect(screen, text);
    screen_send(screen, "1");
    expect(screen, "by name");
}

START_TEST(a_panic_is_kept)
{
    struct screen *screen = hold("kept", "preserve");

    ck_assert(steps_row_says(screen, "kept", "CRASHED", PATIENCE_MS));
    expect(screen, "crashed: kernel panic");
    ck_assert_str_eq(machine_state("kept"), "crashed");
    expect_event(screen, "kernel panic in the guest");
    view_quit(screen);
}
END_TEST

/* Not as if its QEMU had crashed; who comes later cannot know. */
START_TEST(a_panic_ends_it)
{
    struct screen *screen = hold("ended", "destroy");

    ck_assert(steps_row_says(screen, "ended", "CRASHED", PATIENCE_MS));
    expect(screen, "crashed: kernel panic");
    ck_assert(screen_wait_gone(screen, "QEMU was killed", SOON_MS));
    ck_assert_str_eq(machine_state("ended"), "shut off");
    expect_event(screen, "kernel panic in the guest");
    view_quit(screen);
    screen = view_start();
    expect(screen, "kernel panic, or QEMU was killed");
    view_quit(screen);
}
END_TEST

/* It panics again as soon as it is up again. */
START_TEST(a_panic_restarts_it)
{
    struct screen *screen = hold("again", "restart");

    expect_event(screen, "kernel panic in the guest (2 times)");
    ck_assert_int_eq(virsh("destroy", "again"), 0);
    ck_assert(steps_row_says(screen, "again", " off ", PATIENCE_MS));
    view_quit(screen);
}
END_TEST

static void put_overlay(const char *name)
{
    char command[400];

    snprintf(command, sizeof(command),
             "snapshot-create-as restless %s --disk-only --no-metadata"
             " --diskspec hda,file=%s/%s.qcow2 --diskspec hdc,snapshot=no",
             name, daemon_folder(), name);
    must(command);
}

START_TEST(row_17_work_on_images)
{
    machine_run_restless("restless");
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "restless", " run ", PATIENCE_MS));
    ck_assert(steps_choose(screen, "restless"));
    screen_send(screen, "\r]]]");
    expect(screen, "restless.img");
    put_overlay("one");
    expect(screen, "one.qcow2"); /* of which no event tells */
    must("blockpull restless hda --wait");
    put_overlay("two");
    must("blockcommit restless hda --active --pivot --wait");
    must("vcpupin restless 0 0 --live");
    screen_send(screen, "q3");
    expect(screen, "pull of disk hda done");
    expect(screen, "commit of disk hda ready to be finished");
    expect(screen, "commit of disk hda done");
    expect(screen, "its vCPU 0 may run on CPUs 0");
    screen_send(screen, "1");
    expect(screen, "by name");
    screen_send(screen, "\r");
    expect(screen, "one.qcow2"); /* where the commit has left it */
    screen_send(screen, "q");
    expect(screen, "by name");
    view_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *tests[] = {a_panic_is_kept, a_panic_ends_it, a_panic_restarts_it,
                            row_17_work_on_images};

    return daemon_main("libvirt_events", tests, ARRAY_SIZE(tests));
}
