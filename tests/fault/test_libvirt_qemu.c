/* The fault list, libvirt: QEMUs that are stopped or killed under vctop. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "fault/daemon.h"
#include "fault/libvirt_record.h"
#include "fault/libvirt_view.h"
#include "fault/libvirt_virsh.h"

#define STOPPED 8
#define KILLS 12
#define FORCE_OFF_MS 40000 /* libvirt waits 10 s before it kills */
#define MONITOR_MS 7000    /* the selected machine's balloon is asked for every 5 s */

START_TEST(row_08_qemu_stopped)
{
    machine_run("beat", true);
    machine_run("victim", false);
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "victim", " run ", PATIENCE_MS));
    ck_assert(steps_choose(screen, "victim"));

    machine_signal("victim", SIGSTOP);
    ck_assert(steps_row_says(screen, "victim", "QEMU stop", SOON_MS));
    ck_assert(steps_row_says(screen, "victim", "!V", SOON_MS));
    ck_assert(screen_wait(screen, "victim: QEMU stopped by a signal", SOON_MS));
    screen_pump(screen, MONITOR_MS);
    ck_assert(steps_row_says(screen, "victim", "QEMU stop", 0));
    view_check(screen, "beat");

    machine_signal("victim", SIGCONT);
    ck_assert(steps_row_says(screen, "victim", " run ", SOON_MS));
    ck_assert(screen_wait_gone(screen, "QEMU stopped by", SOON_MS)); /* an event is told of it */
    view_check(screen, "beat");
    view_quit(screen);
}
END_TEST

/* Five calls that hang on one connection would be all that a daemon takes. */
START_TEST(row_09_eight_qemus_stopped)
{
    char name[24];

    machine_run("beat", true);
    machine_run("well", false);
    for (int i = 0; i < STOPPED; i++) {
        snprintf(name, sizeof(name), "victim%d", i);
        machine_run(name, false);
    }
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "well", " run ", PATIENCE_MS));
    ck_assert(steps_choose(screen, "victim3"));

    for (int i = 0; i < STOPPED; i++) {
        snprintf(name, sizeof(name), "victim%d", i);
        machine_signal(name, SIGSTOP);
    }
    for (int i = 0; i < STOPPED; i++) {
        snprintf(name, sizeof(name), "victim%d", i);
        ck_assert(steps_row_says(screen, name, "QEMU stop", SOON_MS));
    }
    ck_assert(screen_wait(screen, "8 hung", SOON_MS));
    screen_pump(screen, MONITOR_MS);
    view_check(screen, "beat");

    machine_define("another", NULL, false);
    ck_assert(steps_row_says(screen, "another", " off ", SOON_MS));
    view_ask(screen, "well", "p", "Pause: well?");
    view_say_yes(screen);
    ck_assert(steps_row_says(screen, "well", "paused", SOON_MS));
    view_ask(screen, "well", "p", "Resume: well?");
    view_say_yes(screen);
    ck_assert(steps_row_says(screen, "well", " run ", SOON_MS));
    view_check(screen, "beat");
    view_quit(screen);
}
END_TEST

START_TEST(row_10_force_off_of_a_stopped_qemu)
{
    machine_run("beat", true);
    machine_run("victim", false);
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "victim", " run ", PATIENCE_MS));
    machine_signal("victim", SIGSTOP);
    ck_assert(steps_row_says(screen, "victim", "QEMU stop", SOON_MS));

    view_ask(screen, "victim", "f", "Force off: victim?");
    view_type(screen, "victim");
    long long start = screen_now_ms();
    ck_assert(screen_wait(screen, "force off under way", SOON_MS));
    ck_assert(screen_wait(screen, "force off, 2 s", SOON_MS));
    view_check(screen, "beat");
    screen_send(screen, "?");
    ck_assert(screen_wait(screen, "Moving", SOON_MS));
    screen_send(screen, "q");
    ck_assert(screen_wait(screen, "by name", SOON_MS));
    ck_assert(screen_wait(screen, "victim: force off done in", FORCE_OFF_MS));
    ck_assert_int_lt(screen_now_ms() - start, FORCE_OFF_MS);
    ck_assert(steps_row_says(screen, "victim", " off ", SOON_MS));
    ck_assert_str_eq(machine_state("victim"), "shut off");
    view_check(screen, "beat");
    view_quit(screen);
}
END_TEST

/* The list says 200 times, at random moments; these take half a minute. */
START_TEST(row_11_qemus_killed_while_polled)
{
    static const char *const victims[] = {"victim0", "victim1", "victim2"};
    struct record *record;

    machine_run("beat", true);
    for (size_t i = 0; i < ARRAY_SIZE(victims); i++)
        machine_run(victims[i], false);
    struct screen *screen = view_start();
    ck_assert(steps_row_says(screen, "victim2", " run ", PATIENCE_MS));
    ck_assert(view_figures_go_on(screen, "beat"));
    record = record_start("0.5");

    srand(1);
    for (int i = 0; i < KILLS; i++) {
        const char *victim = victims[(size_t)i % ARRAY_SIZE(victims)];
        ck_assert(steps_row_says(screen, victim, " run ", SOON_MS));
        screen_pump(screen, rand() % 600);
        machine_signal(victim, SIGKILL);
        ck_assert(steps_row_says(screen, victim, "CRASHED", SOON_MS));
        ck_assert_ptr_null(strstr(screen_text(screen), "lost"));
        machine_start(victim);
    }
    view_check(screen, "beat");
    record_end(record);
    ck_assert_uint_gt(record_samples(record), KILLS / 2);
    for (size_t i = 0; i < record_samples(record); i++) {
        const json_t *beat = record_guest(record, i, "beat");
        ck_assert_msg(beat && json_is_number(json_object_get(beat, "cpu_percent")) &&
                          json_is_null(json_object_get(beat, "stale")),
                      "sample %zu has no figures of beat: %s", i, record_text(record, i));
    }
    record_free(record);
    view_quit(screen);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        row_08_qemu_stopped,
        row_09_eight_qemus_stopped,
        row_10_force_off_of_a_stopped_qemu,
        row_11_qemus_killed_while_polled,
    };

    return daemon_main("QEMUs", tests, ARRAY_SIZE(tests));
}
