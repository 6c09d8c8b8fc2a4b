/* The fault list, libvirt: the screen of a machine that is well, stopped, rebooted, gone, or
 * hostile. */
#include <check.h>
#include <signal.h>
#include <string.h>

#include "base/cleanup.h"
#include "fault/daemon.h"
#include "fault/hostile.h"
#include "fault/libvirt_view.h"
#include "fault/libvirt_virsh.h"

#define GIVEN_UP_MS 40000 /* 15 s are promised */
#define FIRMWARE "SeaBIOS (version "

static struct screen *open_screen(void)
{
    machine_run("beat", true);
    machine_run_seen("seen");
    struct screen *screen = view_start();

    ck_assert(steps_row_says(screen, "seen", " run ", PATIENCE_MS));
    ck_assert(steps_choose(screen, "seen"));
    screen_send(screen, "vz");
    ck_assert(screen_wait(screen, "seen screen", PATIENCE_MS));
    ck_assert(screen_wait(screen, FIRMWARE, PATIENCE_MS));
    return screen;
}

static void leave(struct screen *screen)
{
    screen_send(screen, "q");
    ck_assert(screen_wait(screen, "beat", PATIENCE_MS));
    view_check(screen, "beat");
    view_quit(screen);
}

/* The reboot itself is not waited for on the screen, which looks the same before and after. */
START_TEST(its_text_is_read_and_its_keys_pressed)
{
    struct screen *screen = open_screen();

    ck_assert(screen_wait(screen, "No bootable device.", PATIENCE_MS));
    screen_send(screen, "\r");
    ck_assert(screen_wait(screen, "inject an NMI", PATIENCE_MS));
    screen_send(screen, "n");
    ck_assert(screen_wait(screen, "Inject an NMI: seen?", PATIENCE_MS));
    view_say_yes(screen);
    screen_send(screen, "\r");
    ck_assert(screen_wait(screen, "press Ctrl-Alt-Del", PATIENCE_MS));
    screen_send(screen, "d");
    ck_assert(screen_wait(screen, "Press Ctrl-Alt-Del: seen?", PATIENCE_MS));
    view_say_yes(screen);
    screen_send(screen, "3"); /* its event */
    ck_assert(screen_wait(screen, "rebooted", PATIENCE_MS));
    screen_send(screen, "5");
    ck_assert(screen_wait(screen, "seen screen", PATIENCE_MS));
    ck_assert_uint_eq(screen_foreign_bytes(screen), 0);
    leave(screen);
}
END_TEST

START_TEST(row_08_its_qemu_is_stopped)
{
    struct screen *screen = open_screen();

    machine_signal("seen", SIGSTOP);
    ck_assert(screen_wait(screen, "QEMU stopped", PATIENCE_MS));
    ck_assert(screen_wait(screen, "has not answered within 15 s", GIVEN_UP_MS));
    /* Known to hang, it is not asked again: each question would hold a worker of libvirtd. */
    screen_send(screen, "\r");
    ck_assert(screen_wait(screen, "its screen cannot be seen: QEMU stopped", PATIENCE_MS));
    machine_signal("seen", SIGCONT);
    for (int i = 0; i < 20; i++) {
        screen_send(screen, "\r");
        if (screen_wait_gone(screen, "has not answered", 1000))
            break;
    }
    ck_assert(screen_wait(screen, FIRMWARE, PATIENCE_MS));
    leave(screen);
}
END_TEST

START_TEST(row_21_the_guest_goes_off)
{
    struct screen *screen = open_screen();

    ck_assert_int_eq(virsh("destroy", "seen"), 0);
    ck_assert(screen_wait(screen, "ended: the guest went off", PATIENCE_MS));
    leave(screen);
}
END_TEST

START_TEST(without_a_screen)
{
    struct screen *screen;

    machine_run("beat", true);
    screen = view_start();
    ck_assert(steps_row_says(screen, "beat", " run ", PATIENCE_MS));
    ck_assert(steps_choose(screen, "beat"));
    screen_send(screen, "v");
    ck_assert(screen_wait(screen, "ended: cannot see its screen", PATIENCE_MS));
    leave(screen);
}
END_TEST

/* Over its serial line instead. */
START_TEST(hostile_bytes_stay_in_the_pane)
{
    machine_run("beat", true);
    machine_run_saying("foe", hostile_bytes, strlen(hostile_bytes));
    struct screen *screen = view_start();

    ck_assert(steps_row_says(screen, "foe", " run ", PATIENCE_MS));
    ck_assert(steps_choose(screen, "foe"));
    screen_send(screen, "cz");
    ck_assert(screen_wait(screen, "every key goes to the guest", PATIENCE_MS));
    /* It hears nothing before its firmware has read the disk. */
    for (int i = 0; i < 4 && screen_find(screen, "all is well") < 0; i++) {
        screen_send(screen, "H");
        screen_wait(screen, "all is well", 8000);
    }
    hostile_check(screen);
    screen_send(screen, "\035");
    ck_assert(screen_wait(screen, "keyboard to it", PATIENCE_MS));
    screen_send(screen, "zq");
    ck_assert(screen_wait(screen, "Close the", PATIENCE_MS));
    view_say_yes(screen);
    ck_assert(screen_wait_gone(screen, "keyboard to it", PATIENCE_MS));
    view_check(screen, "beat");
    view_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {its_text_is_read_and_its_keys_pressed, row_08_its_qemu_is_stopped,
                                  row_21_the_guest_goes_off, without_a_screen,
                                  hostile_bytes_stay_in_the_pane};

    return daemon_main("screens", tests, ARRAY_SIZE(tests));
}
